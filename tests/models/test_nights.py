"""At night: out through a door and not seen again, or out of bed and not back."""

import pytest

from models.home import Home
from models.kinds import AlertKind, SensorKind, Severity
from models.learners.timing import Timing
from models.localtime import HOUR_S, MINUTE_S, LocalTime
from models.nights import EXIT_CEILING_S
from models.out_of_bed import CEILING_S
from models.own_night import own_night
from models.vocabulary import Change, Evidence, Reading, Said, Sensor
from models.wording import FORBIDDEN
from tests.models.nightly import BED, EXIT, asleep, at, until
from tests.models.world import SENSORS, a_life, clock_step, copied, findings, link, morning_s, run, spec, updates


def test_a_door_at_night_and_nobody_indoors_raises_five_minutes_later_to_the_second() -> None:
    home = asleep()
    at(home, 26.5, "front-door")
    assert home.advance((morning_s(0, 26.5) + EXIT_CEILING_S) * 1000 - 1) == []
    (finding,) = findings(home.advance((morning_s(0, 26.5) + EXIT_CEILING_S) * 1000), EXIT)
    assert (finding.since_s, finding.opened_s) == (morning_s(0, 26.5), morning_s(0, 26.5) + 300)
    assert finding.severity is Severity.URGENT
    assert "02:30" in finding.evidence.observed
    assert until(home, 30) == []
    (update,) = updates(at(home, 30.01, "hall"))
    assert (update.change, update.opened_s) == (Change.RESOLVED, finding.opened_s)
    assert update.observed.startswith("Seen indoors again at 06:00 (hall")


def test_a_door_that_says_when_it_shuts_raises_at_the_same_time() -> None:
    home = asleep()
    at(home, 20.9 + 2, "front-door", 0)  # it has a level; nothing has changed
    at(home, 26.5, "front-door", 1)
    at(home, 26.5 + 8 / 3600, "front-door", 0)
    assert [one.opened_s for one in until(home, 28)] == [morning_s(0, 26.5) + 300]


def test_leaving_past_a_sensor_that_sees_the_door_is_still_leaving_once_it_shuts() -> None:
    home = asleep()
    at(home, 22.9, "front-door", 0)
    at(home, 26.5, "front-door", 1)
    at(home, 26.5 + 3 / 3600, "hall")
    at(home, 26.5 + 8 / 3600, "front-door", 0)
    assert [one.opened_s for one in until(home, 28)] == [morning_s(0, 26.5) + 8 + 300]


@pytest.mark.parametrize(("sensor", "value"), [("hall", 1), ("bath-motion", 1), ("tap", 1), ("chair", 1)])
def test_being_seen_indoors_within_five_minutes_keeps_it_quiet(sensor: str, value: float) -> None:
    home = asleep()
    at(home, 26.5, "front-door")
    at(home, 26.5 + 299 / 3600, sensor, value)
    assert until(home, 32) == []


@pytest.mark.parametrize("sensor", ["steps", "button", "pulse"])
def test_what_is_worn_or_carried_says_nothing_of_indoors(sensor: str) -> None:
    home = asleep()
    at(home, 26.5, "front-door")
    at(home, 26.52, sensor, 60)
    assert len(until(home, 28)) == 1


@pytest.mark.parametrize("hours", [22.9, 30.1])
def test_before_and_after_the_night_a_door_is_everyday_life(hours: float) -> None:
    home = asleep()
    at(home, 22.2, "hall")
    at(home, hours, "front-door")
    assert until(home, hours + 1) == []


def test_coming_home_at_night_is_not_leaving() -> None:
    home = asleep()
    at(home, 22.5, "front-door")
    at(home, 25.5, "front-door")
    assert until(home, 27) == []
    at(home, 27.5, "front-door")
    at(home, 27.501, "hall")
    at(home, 27.51, "front-door")
    assert until(home, 29) == []


def test_who_has_not_been_seen_since_noon_is_not_known_to_be_at_home() -> None:
    home = Home(spec(alerts=frozenset({EXIT})))
    at(home, 12, "lounge")
    at(home, 26, "front-door")
    assert until(home, 28) == []


def test_two_nights_out_are_two_alerts_and_a_door_that_goes_on_is_one() -> None:
    home = asleep()
    said = at(home, 26.5, "front-door")
    for minute in range(1, 30):
        said += at(home, 26.5 + minute / 60, "front-door")
    assert len(findings(said, EXIT)) == 1
    assert updates(said) == []
    at(home, 27.1, "hall")
    at(home, 50.5, "hall")
    at(home, 50.6, "front-door")
    assert len(until(home, 52)) == 1


def test_who_has_been_about_since_four_is_up_and_goes_out_as_they_like() -> None:
    home = asleep()
    for minute in (1, 5, 9, 13):
        at(home, 28 + minute / 60, "lounge")
    at(home, 28.25, "front-door")
    assert until(home, 29) == []


def test_who_wanders_before_four_is_not() -> None:
    home = asleep()
    for minute in (1, 5, 9, 13):
        at(home, 26 + minute / 60, "lounge")
    at(home, 26.25, "front-door")
    assert len(until(home, 29)) == 1


def test_the_own_night_is_learnt_and_always_holds_two_to_four() -> None:
    to_bed, up = Timing(), Timing()
    assert own_night(to_bed, up) == (23 * HOUR_S, 6 * HOUR_S, 0)
    for minute in range(30):
        to_bed.learn_one(21 * HOUR_S + minute * 60)
        up.learn_one(7 * HOUR_S + minute * 60)
    night = own_night(to_bed, up)
    assert 21.5 * HOUR_S < night.starts_s < 23 * HOUR_S
    assert 7 * HOUR_S <= night.ends_s < 7.2 * HOUR_S
    assert night.known == 30
    owl, lark = Timing(), Timing()
    for minute in range(30):
        owl.learn_one(3 * HOUR_S + minute * 60)
        lark.learn_one(4 * HOUR_S + 60)
    assert own_night(owl, lark)[:2] == (2 * HOUR_S, 4 * HOUR_S + 60)
    for hour in range(24):
        assert own_night(owl, lark).holds(hour * HOUR_S) == (2 <= hour <= 4)


def test_what_is_learnt_moves_the_night() -> None:
    home = Home(spec(alerts=frozenset({EXIT})))
    run(home, a_life(20)[:-3])
    at(home, 19 * 24 + 30.3, "front-door")  # 06:18, in bed until seven
    (finding,) = until(home, 19 * 24 + 31)
    assert "learnt from" in finding.evidence.usual


@pytest.mark.parametrize("lost", [26.51, 20])
def test_a_blind_hour_raises_nothing_and_is_not_being_out(lost: float) -> None:
    home = asleep()
    if lost > 26:
        at(home, 26.5, "front-door")
    home.step(link(round(morning_s(0, max(lost, 22.5)) * 1000), up=False))
    home.step(link(morning_s(0, 27) * 1000, up=True))
    at(home, 27.5, "front-door")
    assert until(home, 32) == []


def test_a_restart_during_the_five_minutes_counts_them_anew() -> None:
    home = asleep()
    at(home, 26.5, "front-door")
    home.step(link((morning_s(0, 26.5) + 240) * 1000, up=False))
    home.step(link((morning_s(0, 26.5) + 360) * 1000, up=True))
    assert [one.opened_s for one in until(home, 28)] == [morning_s(0, 26.5) + 360 + 300]


def test_a_step_of_the_clock_moves_neither_limit() -> None:
    home = asleep()
    at(home, 26.5, "front-door")
    at(home, 26.5, "bed", 0)
    home.step(clock_step(home, 600.0))
    at(home, 26.5 + 1 / 6 + 1 / 60, "hall")
    assert until(home, 27) == []
    assert [one.opened_s for one in until(home, 29, BED)] == [morning_s(0, 26.5) + 600 + CEILING_S]


def test_in_a_home_of_two_a_shared_door_says_nothing_of_either() -> None:
    shared = [Sensor(s.id, s.kind, s.place, "r1" if s.kind is SensorKind.BED else None) for s in SENSORS]
    home = Home(spec(shared, residents=("r1", "r2"), alerts=frozenset({EXIT})))
    at_ms = morning_s(0, 21) * 1000
    run(home, [Reading(at_ms, "hall", 1), Reading(at_ms + 18_000_000, "front-door", 1)])
    assert findings(home.advance(at_ms + 36_000_000), EXIT) == []


def test_in_a_home_of_two_with_sensors_of_their_own_each_is_judged() -> None:
    theirs = [Sensor(f"{s.id}-2", s.kind, s.place, "r2") for s in SENSORS]
    home = Home(spec([*SENSORS, *theirs], residents=("r1", "r2"), alerts=frozenset({EXIT})))
    at_ms = morning_s(0, 22) * 1000
    run(home, [Reading(at_ms, "hall", 1), Reading(at_ms, "hall-2", 1)])
    run(home, [Reading(at_ms + 14_400_000, "front-door-2", 1), Reading(at_ms + 14_460_000, "hall", 1)])
    assert [one.resident for one in findings(home.advance(at_ms + 36_000_000), EXIT)] == ["r2"]


@pytest.mark.parametrize("day", [26, 237])  # the nights on which London's clocks change
def test_on_a_night_of_23_or_25_hours_both_limits_are_lengths_of_time(day: int) -> None:
    home = Home(spec(alerts=frozenset({EXIT, BED})))
    local = LocalTime("Europe/London")
    evening_s = morning_s(day, 22)
    for minute in range(12):
        home.step(Reading((evening_s + minute * 60) * 1000, "lounge", 1))
    run(home, [Reading((evening_s + 800) * 1000, "bed", 0), Reading((evening_s + 1000) * 1000, "bed", 1)])
    left_s = local.at_clock_s(local.day(evening_s) + 1, HOUR_S) - 10 * MINUTE_S
    run(home, [Reading(left_s * 1000, "bed", 0), Reading((left_s + 60) * 1000, "front-door", 1)])
    assert [one.opened_s for one in findings(home.advance((left_s + 7200) * 1000))] == [left_s + 60 + 300]
    other = Home(spec(alerts=frozenset({BED})))
    run(other, [Reading(evening_s * 1000, "bed", 0), Reading((evening_s + 1000) * 1000, "bed", 1)])
    other.step(Reading(left_s * 1000, "bed", 0))
    assert [one.opened_s for one in findings(other.advance((left_s + 7200) * 1000))] == [left_s + CEILING_S]


def test_one_thing_is_said_once() -> None:
    home = asleep()
    at(home, 26, "bed", 0)
    at(home, 26.05, "front-door")
    assert [one.kind for one in findings(home.advance(morning_s(0, 30) * 1000))] == [EXIT]
    stays = asleep([BED, AlertKind.LONG_STAY])
    at(stays, 23.9, "bath-motion")
    at(stays, 25.38, "bath-motion")
    at(stays, 24.9, "bed", 0)  # too late to count
    stays.step(Reading(morning_s(0, 25.39) * 1000, "bed", 0))
    assert BED not in {one.kind for one in findings(stays.advance(morning_s(0, 25.6) * 1000))}


def test_cut_anywhere_and_asked_often_it_says_the_same() -> None:
    rows = [(26.0, "bed", 0.0), (26.2, "front-door", 1.0), (26.5, "hall", 1.0), (27.5, "bed", 1.0), (27.6, "bed", 0.0)]
    seldom, often = asleep(), asleep()
    said: list[Said] = []
    for hours, sensor, value in rows:
        for tenth in range(9):
            now_ms = often.now_ms + tenth * 30_000
            if now_ms <= morning_s(0, hours) * 1000:
                said += often.advance(now_ms)
                often = copied(often)
        said += at(often, hours, sensor, value)
    expected = [word for hours, sensor, value in rows for word in at(seldom, hours, sensor, value)]
    end_ms = morning_s(0, 34) * 1000
    assert said + often.advance(end_ms) == expected + seldom.advance(end_ms)
    assert {one.kind for one in findings(said + expected)} == {EXIT, BED}
    assert often.state() == seldom.state()


def test_their_sentences_say_what_was_seen_and_not_what_it_is() -> None:
    home = asleep()
    at(home, 26, "bed", 0)
    found = until(home, 26.9, BED)
    at(home, 27, "bed", 1)
    at(home, 27.1, "front-door")
    found += until(home, 28)
    assert [one.kind for one in found] == [BED, EXIT]
    for finding in found:
        evidence: Evidence = finding.evidence
        for text in (evidence.observed, evidence.usual, evidence.because, evidence.to_do, evidence.details):
            assert text
            assert not FORBIDDEN.search(text)
        assert evidence.cannot_tell
