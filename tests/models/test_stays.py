"""Stays that are too long: in the bathroom always, elsewhere by what is learnt."""

import pytest

from models.bathroom import CEILING_S, FLOOR_S, MARGIN_S
from models.home import Home
from models.kinds import AlertKind, SensorKind, Severity
from models.localtime import DAY_S, HOUR_S
from models.stays import NEVER_EARLIER_S
from models.vocabulary import Change, Reading, Sensor
from tests.models.world import (
    SENSORS,
    clock_step,
    copied,
    findings,
    link,
    morning_s,
    run,
    spec,
    summaries,
    updates,
)

STAY = AlertKind.LONG_STAY
TEN_S = morning_s(1)


def _in_the_bathroom(home: Home, at_s: int) -> None:
    home.step(Reading((at_s - 60) * 1000, "hall", 1))
    home.step(Reading(at_s * 1000, "bath-motion", 1))


def test_ninety_minutes_in_the_bathroom_raise_at_that_second_from_the_first_day() -> None:
    home = Home(spec())
    _in_the_bathroom(home, TEN_S)
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
    _in_the_bathroom(home, TEN_S)
    home.step(Reading((TEN_S + 5399) * 1000, elsewhere, 1))
    home.step(Reading((TEN_S + 5399) * 1000, "chair", 0))
    assert findings(home.advance((TEN_S + 3 * HOUR_S) * 1000), STAY) == []


@pytest.mark.parametrize(("sensor", "value"), [("steps", 12), ("steps", 0), ("pulse", 70), ("kettle", 0), ("hall", 0)])
def test_what_says_nothing_of_where_somebody_is_does_not_end_the_stay(sensor: str, value: float) -> None:
    home = Home(spec())
    home.step(Reading((TEN_S - 30) * 1000, "kettle", 1))
    _in_the_bathroom(home, TEN_S)
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
    _in_the_bathroom(home, at_s)
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
    _in_the_bathroom(home, at_s)
    found = findings(home.advance((at_s + 5400) * 1000), STAY)
    assert [one.opened_s - at_s for one in found] == [FLOOR_S]


def test_long_visits_do_not_move_the_fixed_limit() -> None:
    home = Home(spec())
    run(home, _visits(20, 70))
    at_s = morning_s(21)
    _in_the_bathroom(home, at_s)
    assert [one.opened_s - at_s for one in findings(home.advance((at_s + 9000) * 1000), STAY)] == [5400]


@pytest.mark.parametrize("minutes", [25, 40])
def test_after_two_weeks_the_limit_is_the_own_longest_and_twenty_five_minutes(minutes: int) -> None:
    home = Home(spec())
    run(home, _visits(20, minutes))
    at_s = morning_s(21)
    _in_the_bathroom(home, at_s)
    found = findings(home.advance((at_s + 9000) * 1000), STAY)
    assert [one.opened_s - at_s for one in found] == [(minutes + 5) * 60 + MARGIN_S]


def test_getting_up_at_night_for_the_bathroom_is_a_stay_even_at_one_glimpse() -> None:
    """The fall that Wren is there for: up from bed, into the bathroom, and nothing more."""
    home = Home(spec())
    at_s = morning_s(2, 3)
    _in_the_bathroom(home, at_s)
    assert [one.opened_s - at_s for one in findings(home.advance((at_s + 9000) * 1000), STAY)] == [CEILING_S]


def test_one_glimpse_on_the_way_to_bed_is_not_a_stay() -> None:
    """Somebody went past the bathroom to a bedroom where no sensor wakes up."""
    home = Home(spec())
    at_s = morning_s(2, 23)
    run(home, [Reading((at_s - 60 * minute) * 1000, "hall", 1) for minute in range(120, 1, -10)])
    _in_the_bathroom(home, at_s)
    assert findings(home.advance((at_s + 9000) * 1000), STAY) == []


def _nights(home: Home, days: range, back_s: int) -> list[int]:
    """A look into the bathroom on the way to bed each night; the bedroom is seen again after `back_s`."""
    found = []
    for day in days:
        at_s = morning_s(day, 23)
        said = run(home, [Reading((at_s - 60 * minute) * 1000, "hall", 1) for minute in (*range(120, 9, -10), 1)])
        said += run(home, [Reading(at_s * 1000, "bath-motion", 1), Reading((at_s + back_s) * 1000, "hall", 1)])
        found += [one.opened_s - at_s for one in findings(said, STAY)]
    return found


def test_a_glimpse_at_night_is_a_stay_where_thirty_times_the_leaving_was_seen() -> None:
    home = Home(spec())
    assert _nights(home, range(1, 31), 120) == []
    assert len(_nights(copied(home), range(31, 32), 3 * HOUR_S)) == 1
    fewer = Home(spec())
    assert _nights(fewer, range(1, 30), 120) == []
    assert _nights(fewer, range(30, 31), 3 * HOUR_S) == []


def test_a_glimpse_that_once_was_left_unseen_is_no_stay_for_a_month_and_the_week_says_so() -> None:
    home = Home(spec())
    _nights(home, range(1, 31), 120)
    assert len(_nights(home, range(31, 32), 3 * HOUR_S)) == 1
    assert _nights(home, range(32, 33), 3 * HOUR_S) == []
    said = run(home, [Reading(morning_s(day) * 1000, "hall", 1) for day in range(33, 40)])
    assert any("for no more than a moment" in line for one in summaries(said) for line in one.lines)
    # who had moved in there for longer than a motion sensor rests is judged as ever
    at_s = morning_s(40, 23)
    run(home, [Reading((at_s - 60 * minute) * 1000, "hall", 1) for minute in range(120, 1, -10)])
    _in_the_bathroom(home, at_s)
    home.step(Reading((at_s + 90) * 1000, "bath-motion", 1))
    assert len(findings(home.advance((at_s + 9000) * 1000), STAY)) == 1


def test_who_came_to_the_bathroom_unseen_may_have_left_it_unseen() -> None:
    home = Home(spec())
    at_s = morning_s(2, 23)
    run(home, [Reading((at_s + minute * 60) * 1000, "hall", 1) for minute in range(-80, -29, 10)])
    run(home, [Reading((at_s + second) * 1000, "bath-motion", 1) for second in (0, 90, 180)])
    assert findings(home.advance((at_s + 9000) * 1000), STAY) == []


def test_who_goes_on_moving_in_there_is_in_there_whatever_was_missed_before() -> None:
    home = Home(spec())
    _left_unseen(home, range(1, 8))
    at_s = morning_s(9)
    home.step(Reading((at_s - 60) * 1000, "hall", 1))
    said = run(home, [Reading((at_s + 300 * step) * 1000, "bath-motion", 1) for step in range(20)])
    assert [one.opened_s - at_s for one in findings(said, STAY)] == [CEILING_S]


def _sits(home: Home, days: int) -> None:
    for day in range(1, days + 1):
        for hour in (9, 13, 17, 20):
            at_s = morning_s(day, hour)
            home.step(Reading(at_s * 1000, "chair", 1))
            home.step(Reading((at_s + 1800 + 60 * hour) * 1000, "chair", 0))
            home.step(Reading((at_s + 1900 + 60 * hour) * 1000, "hall", 1))


def _seated(days: int = 14) -> tuple[Home, int]:
    home = Home(spec())
    home.step(Reading((morning_s(1) - 9000) * 1000, "chair", 0))
    home.step(Reading((morning_s(1) - 8999) * 1000, "sofa", 0))
    _sits(home, days)
    at_s = morning_s(days + 1)
    home.step(Reading(at_s * 1000, "chair", 1))
    return home, at_s


def test_a_seat_raises_by_what_is_learnt_and_not_below_two_hours() -> None:
    home, at_s = _seated()
    (finding,) = findings(home.advance((at_s + 6 * HOUR_S) * 1000), STAY)
    assert finding.opened_s - at_s >= NEVER_EARLIER_S["seat"]
    assert finding.severity is Severity.ATTENTION
    assert finding.evidence.observed.startswith("On the seat (lounge) since 10:00")


def test_a_seat_has_no_limit_before_enough_is_known() -> None:
    home, at_s = _seated(3)
    assert findings(home.advance((at_s + 10 * HOUR_S) * 1000), STAY) == []


def test_a_seat_that_is_stuck_while_its_person_is_elsewhere_raises_nothing() -> None:
    home, at_s = _seated()
    said = []
    for day in range(3):
        for minute in range(20, 12 * 60, 20):  # and never off again
            said += home.step(Reading((at_s + day * DAY_S + minute * 60) * 1000, "tap", minute // 20 % 2))
    assert findings(said, STAY) == []


def test_movement_around_an_occupied_seat_is_no_contradiction() -> None:
    home, at_s = _seated()
    home.step(Reading((at_s + 1000) * 1000, "lounge", 1))
    assert len(findings(home.advance((at_s + 6 * HOUR_S) * 1000), STAY)) == 1


def test_off_the_seat_for_a_moment_is_the_same_stay() -> None:
    home, at_s = _seated()
    straight = copied(home).advance((at_s + 6 * HOUR_S) * 1000)
    home.step(Reading((at_s + 3000) * 1000, "chair", 0))
    home.step(Reading((at_s + 3120) * 1000, "chair", 1))
    fidgeted = home.advance((at_s + 6 * HOUR_S) * 1000)
    assert [one.opened_s for one in findings(straight, STAY)] == [one.opened_s for one in findings(fidgeted, STAY)]


def test_off_the_seat_for_longer_is_another_stay() -> None:
    home, at_s = _seated()
    first = findings(copied(home).advance((at_s + 6 * HOUR_S) * 1000), STAY)[0].opened_s
    home.step(Reading((at_s + 3000) * 1000, "chair", 0))
    home.step(Reading((at_s + 3121) * 1000, "chair", 1))
    (finding,) = findings(home.advance((at_s + 8 * HOUR_S) * 1000), STAY)
    assert finding.opened_s > first
    assert finding.since_s == at_s + 3121


def test_a_seat_that_was_left_for_another_in_the_same_room_is_not_watched_any_more() -> None:
    home, at_s = _seated()
    for day in range(14):  # the sofa is known as well
        for hour in (11, 15, 18):
            start_s = at_s + DAY_S * day + HOUR_S * (hour - 10)
            home.step(Reading(start_s * 1000, "sofa", 1))
            home.step(Reading((start_s + 2000 + 60 * hour) * 1000, "sofa", 0))
            home.step(Reading((start_s + 2200 + 60 * hour) * 1000, "hall", 1))
    at_s = home.now_ms // 1000 + 15 * HOUR_S
    home.step(Reading(at_s * 1000, "chair", 0))
    home.step(Reading((at_s + 5) * 1000, "chair", 1))
    home.step(Reading((at_s + 1000) * 1000, "chair", 0))
    home.step(Reading((at_s + 1010) * 1000, "sofa", 1))
    found = findings(home.advance((at_s + 12 * HOUR_S) * 1000), STAY)
    assert [one.since_s for one in found] == [at_s + 1010]


def _left_unseen(home: Home, days: range) -> list[int]:
    """Into the bathroom, and 100 minutes later to the door: how long the alerts of these days took."""
    found = []
    for day in days:
        at_s = morning_s(day)
        _in_the_bathroom(home, at_s)
        said = home.step(Reading((at_s + 6000) * 1000, "front-door", 1))
        found += [one.opened_s - at_s for one in findings(said, STAY)]
    return found


def test_a_bathroom_that_was_twice_left_unseen_is_not_judged_and_the_week_says_so() -> None:
    home = Home(spec())
    assert _left_unseen(home, range(1, 8)) == [5400, 5400]
    said = run(home, [Reading(morning_s(day) * 1000, "hall", 1) for day in range(8, 16)])
    lines = [line for one in summaries(said) for line in one.lines]
    assert any("Long stays in the bathroom by day are not judged" in line for line in lines)
    # by night it still is, and after a month again by day
    night_s = morning_s(17, 1)
    _in_the_bathroom(home, night_s)
    home.step(Reading((night_s + 90) * 1000, "bath-motion", 1))
    assert [one.opened_s - night_s for one in findings(home.advance((night_s + 6000) * 1000), STAY)] == [5400]
    home.step(Reading((night_s + 6001) * 1000, "hall", 1))
    assert _left_unseen(home, range(40, 41)) == [5400]


def test_a_home_that_cannot_see_anybody_leave_judges_no_bathroom() -> None:
    few = tuple(sensor for sensor in SENSORS if sensor.place in {"bathroom", "kitchen", "outside-door", "worn"})
    home = Home(spec(few))
    home.step(Reading(TEN_S * 1000, "bath-motion", 1))
    assert findings(home.advance((TEN_S + 7 * HOUR_S) * 1000), STAY) == []


def test_a_blind_stretch_forgets_who_is_where() -> None:
    home = Home(spec())
    _in_the_bathroom(home, TEN_S)
    run(home, [link((TEN_S + 600) * 1000, up=False), link((TEN_S + 1800) * 1000, up=True)])
    assert findings(home.advance((TEN_S + 3 * HOUR_S) * 1000), STAY) == []


def test_a_restart_does_not_forget_who_is_in_the_bathroom() -> None:
    home = Home(spec())
    _in_the_bathroom(home, TEN_S)
    run(home, [link((TEN_S + 600) * 1000, up=False), link((TEN_S + 605) * 1000, up=True)])
    assert [one.opened_s for one in findings(home.advance((TEN_S + 3 * HOUR_S) * 1000), STAY)] == [TEN_S + 5400]


def test_an_open_stay_ends_with_the_first_sign_after_a_blind_stretch_and_is_never_said_twice() -> None:
    home = Home(spec())
    _in_the_bathroom(home, TEN_S)
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
    _in_the_bathroom(home, TEN_S)
    home.advance((TEN_S + 600) * 1000)
    said = home.step(clock_step(home, by_s))
    assert findings(said) == []
    due_ms = TEN_S * 1000 + 5_400_000 + round(by_s * 1000)
    assert findings(home.advance(due_ms - 1), STAY) == []
    (finding,) = findings(home.advance(due_ms + 999), STAY)
    assert finding.opened_s - finding.since_s in {5400, 5401}
