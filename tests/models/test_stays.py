"""Stays that are too long: in the bathroom always, elsewhere by what is learnt."""

import pytest

from models.bathroom import CEILING_S, FLOOR_S, MARGIN_S
from models.home import Home
from models.kinds import SensorKind, Severity
from models.localtime import HOUR_S
from models.vocabulary import Change, Reading, Sensor
from tests.models.staying import STAY, TEN_S, in_the_bathroom
from tests.models.world import SENSORS, clock_step, findings, link, morning_s, run, spec, updates


def test_ninety_minutes_in_the_bathroom_raise_at_that_second_from_the_first_day() -> None:
    home = Home(spec())
    in_the_bathroom(home, TEN_S)
    home.step(Reading((TEN_S + 1200) * 1000, "toilet", 1))  # moving about in there changes nothing
    assert findings(home.advance((TEN_S + 5400) * 1000 - 1), STAY) == []
    (finding,) = findings(home.advance((TEN_S + 5400) * 1000), STAY)
    assert (finding.opened_s, finding.since_s) == (TEN_S + CEILING_S, TEN_S)
    assert finding.severity is Severity.URGENT
    assert "Ninety minutes" in finding.evidence.because
    assert home.step(Reading((TEN_S + 5500) * 1000, "bath-motion", 1)) == []
    (update,) = updates(home.step(Reading((TEN_S + 6000) * 1000, "hall", 1)))
    assert (update.change, update.opened_s) == (Change.RESOLVED, finding.opened_s)


@pytest.mark.parametrize("elsewhere", ["hall", "tap", "front-door", "chair", "bed"])
def test_being_seen_elsewhere_ends_the_stay(elsewhere: str) -> None:
    home = Home(spec())
    in_the_bathroom(home, TEN_S)
    home.step(Reading((TEN_S + 5399) * 1000, elsewhere, 1))
    home.step(Reading((TEN_S + 5399) * 1000, "chair", 0))
    assert findings(home.advance((TEN_S + 3 * HOUR_S) * 1000), STAY) == []


@pytest.mark.parametrize(("sensor", "value"), [("steps", 12), ("steps", 0), ("pulse", 70), ("kettle", 0), ("hall", 0)])
def test_what_says_nothing_of_where_somebody_is_does_not_end_the_stay(sensor: str, value: float) -> None:
    home = Home(spec())
    home.step(Reading((TEN_S - 30) * 1000, "kettle", 1))
    in_the_bathroom(home, TEN_S)
    for minute in range(1, 80):
        home.step(Reading((TEN_S + minute * 60) * 1000, sensor, value))
    assert [one.opened_s for one in findings(home.advance((TEN_S + 5400) * 1000), STAY)] == [TEN_S + 5400]


def test_a_bathroom_that_knows_of_somebody_has_the_fixed_limit_too() -> None:
    presence = Sensor("radar", SensorKind.PRESENCE, "bathroom", "r1")
    home = Home(spec((*SENSORS, presence)))
    home.step(Reading((TEN_S - 60) * 1000, "radar", 0))
    home.step(Reading(TEN_S * 1000, "radar", 1))
    assert [one.opened_s for one in findings(home.advance((TEN_S + 5400) * 1000), STAY)] == [TEN_S + 5400]


def _visits(days: int, minutes: int) -> list[Reading]:
    found = []
    for day in range(days):
        for visit in range(6):
            at_s = morning_s(day + 1, 8 + 2 * visit)
            found += [
                Reading(at_s * 1000, "bath-motion", 1),
                Reading((at_s + (minutes + visit) * 60) * 1000, "hall", 1),
                Reading((at_s + max(3000, 60 * (minutes + visit) + 600)) * 1000, "lounge", 1),
            ]
    return found


@pytest.mark.parametrize("minutes", [1, 2, 4])
def test_what_is_learnt_is_earlier_than_the_fixed_limit_but_never_below_the_floor(minutes: int) -> None:
    home = Home(spec())
    run(home, _visits(20, minutes))
    at_s = morning_s(21)
    in_the_bathroom(home, at_s)
    (finding,) = findings(home.advance((at_s + 5400) * 1000), STAY)
    assert FLOOR_S <= finding.opened_s - at_s < CEILING_S
    assert "Nine stays in ten" in finding.evidence.usual
    assert "Ninety" not in finding.evidence.because


def test_however_regular_somebody_is_the_floor_holds() -> None:
    home = Home(spec())
    run(home, [one for one in _visits(20, 1) if one.sensor != "hall"])
    for day in range(21, 62):
        for hour in range(8, 20):
            at_s = morning_s(day, hour)
            run(home, [Reading(at_s * 1000, "bath-motion", 1), Reading((at_s + 60) * 1000, "hall", 1)])
            run(home, [Reading((at_s + 1800) * 1000, "lounge", 1)])
    at_s = morning_s(63)
    in_the_bathroom(home, at_s)
    found = findings(home.advance((at_s + 5400) * 1000), STAY)
    assert [one.opened_s - at_s for one in found] == [FLOOR_S]


def test_long_visits_do_not_move_the_fixed_limit() -> None:
    home = Home(spec())
    run(home, _visits(20, 70))
    at_s = morning_s(21)
    in_the_bathroom(home, at_s)
    assert [one.opened_s - at_s for one in findings(home.advance((at_s + 9000) * 1000), STAY)] == [5400]


@pytest.mark.parametrize("minutes", [25, 40])
def test_after_two_weeks_the_limit_is_the_own_longest_and_twenty_five_minutes(minutes: int) -> None:
    home = Home(spec())
    run(home, _visits(20, minutes))
    at_s = morning_s(21)
    in_the_bathroom(home, at_s)
    found = findings(home.advance((at_s + 9000) * 1000), STAY)
    assert [one.opened_s - at_s for one in found] == [(minutes + 5) * 60 + MARGIN_S]


def test_a_blind_stretch_forgets_who_is_where() -> None:
    home = Home(spec())
    in_the_bathroom(home, TEN_S)
    run(home, [link((TEN_S + 600) * 1000, up=False), link((TEN_S + 1800) * 1000, up=True)])
    assert findings(home.advance((TEN_S + 3 * HOUR_S) * 1000), STAY) == []


def test_a_restart_does_not_forget_who_is_in_the_bathroom() -> None:
    home = Home(spec())
    in_the_bathroom(home, TEN_S)
    run(home, [link((TEN_S + 600) * 1000, up=False), link((TEN_S + 605) * 1000, up=True)])
    assert [one.opened_s for one in findings(home.advance((TEN_S + 3 * HOUR_S) * 1000), STAY)] == [TEN_S + 5400]


def test_an_open_stay_ends_with_the_first_sign_after_a_blind_stretch_and_is_never_said_twice() -> None:
    home = Home(spec())
    in_the_bathroom(home, TEN_S)
    home.advance((TEN_S + 5400) * 1000)
    run(home, [link((TEN_S + 5500) * 1000, up=False), link((TEN_S + 6600) * 1000, up=True)])
    (update,) = updates(home.step(Reading((TEN_S + 6700) * 1000, "bath-motion", 1)))
    assert (update.change, update.opened_s) == (Change.RESOLVED, TEN_S + 5400)
    said = home.advance((TEN_S + 6700 + 5400) * 1000)
    assert updates(said) == []
    assert [one.opened_s for one in findings(said, STAY)] == [TEN_S + 6700 + 5400]


@pytest.mark.parametrize("by_s", [0.7, -3.0, 3600.0, -7200.0, 90_000_000.0])
def test_a_step_of_the_clock_neither_hides_a_stay_nor_lengthens_it(by_s: float) -> None:
    home = Home(spec())
    in_the_bathroom(home, TEN_S)
    home.advance((TEN_S + 600) * 1000)
    said = home.step(clock_step(home, by_s))
    assert findings(said) == []
    due_ms = TEN_S * 1000 + 5_400_000 + round(by_s * 1000)
    assert findings(home.advance(due_ms - 1), STAY) == []
    (finding,) = findings(home.advance(due_ms + 999), STAY)
    assert finding.opened_s - finding.since_s in {5400, 5401}
