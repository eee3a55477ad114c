"""Sensors that cannot be believed, through the home's own door: a dead one, one that repeats itself, a still person."""

import json

from models.health import NEEDED, SILENT_LEAST, Health
from models.home import Home
from models.localtime import MINUTE_S
from models.signals import Event, Phase
from models.vocabulary import AlertKind, HomeSpec, Reading, Sensor, SensorKind
from tests.models.world import findings, morning_s, run, summaries

HALL = Sensor("hall", SensorKind.MOTION, "hall", "r1")
BEDROOM = Sensor("bedroom", SensorKind.MOTION, "bedroom", "r1")
BATH = Sensor("bath", SensorKind.MOTION, "bathroom", "r1")
KITCHEN = Sensor("kitchen", SensorKind.MOTION, "kitchen", "r1")
SPEC = HomeSpec("h", "Europe/London", ("r1",), (HALL, BEDROOM, BATH, KITCHEN))


def _day(day: int, *, dead: str = "") -> list[Reading]:
    """07:00 to 22:00 round and round the home, a room every five minutes; two visits to the bathroom at night."""
    rounds = ("bedroom", "hall", "bath", "hall", "kitchen", "hall")
    start_s = morning_s(day, 7)
    seen = [(start_s + turn * 5 * MINUTE_S, rounds[turn % 6]) for turn in range(180)]
    for visit_s in (morning_s(day, 25), morning_s(day, 28)):
        seen += [(visit_s - 60, "bedroom"), (visit_s, "bath"), (visit_s + 120, "bath"), (visit_s + 240, "bedroom")]
    return [Reading(at_s * 1000, sensor, 1.0) for at_s, sensor in sorted(seen) if sensor != dead]


def _lived(days: int) -> Home:
    home = Home(SPEC)
    run(home, [reading for day in range(days) for reading in _day(day)])
    return home


def test_a_dead_sensor_makes_no_endless_stay_and_the_week_names_it() -> None:
    """With the bedroom dead, every visit at night seems to go on until morning."""
    home = _lived(10)
    said = run(home, [reading for day in range(10, 22) for reading in _day(day, dead="bedroom")])
    assert findings(said, AlertKind.LONG_STAY) == []
    assert findings(said, AlertKind.LESS_ACTIVE) == []
    lines = [line for one in summaries(said) for line in one.lines]
    assert any("The sensor bedroom is silent or busy as it never was" in line for line in lines)


def test_a_sensor_that_comes_back_is_believed_again() -> None:
    home = _lived(10)
    run(home, [reading for day in range(10, 13) for reading in _day(day, dead="bedroom")])
    run(home, [reading for day in range(13, 15) for reading in _day(day)])
    at_s = morning_s(15, 12)
    run(home, [Reading((at_s - 60) * 1000, "hall", 1.0), Reading(at_s * 1000, "bath", 1.0)])
    assert len(findings(home.advance((at_s + 5400) * 1000), AlertKind.LONG_STAY)) == 1


def test_a_still_person_makes_no_sensor_suspect() -> None:
    """Nobody moves for a day: that is for the silence to say, not for the sensors."""
    home = _lived(10)
    at_s = morning_s(10, 12)
    run(home, [Reading((at_s - 60) * 1000, "hall", 1.0), Reading(at_s * 1000, "bath", 1.0)])
    said = home.advance((at_s + 20 * 3600) * 1000)
    assert len(findings(said, AlertKind.LONG_STAY)) == 1
    assert len(findings(said, AlertKind.INACTIVITY)) == 1


def test_a_sensor_that_repeats_itself_does_not_hide_a_silence() -> None:
    home = _lived(10)
    start_s = morning_s(10, 8)
    stuck = [Reading((start_s + 20 * turn) * 1000, "kitchen", 1.0) for turn in range(3 * 60 * 20)]
    said = run(home, stuck)
    assert len(findings(said, AlertKind.INACTIVITY)) == 1


def _feed(health: Health, sensor: Sensor, minutes: range) -> list[bool]:
    return [health.believes(Event(minute * 60_000, sensor, Phase.FIRED, 1.0)) for minute in minutes]


def test_nothing_is_suspect_before_enough_days() -> None:
    health = Health([HALL, BEDROOM])
    for day in range(NEEDED - 1):
        _feed(health, HALL, range(day * 1440, day * 1440 + 600, 10))
        _feed(health, BEDROOM, range(day * 1440 + 5, day * 1440 + 600, 50))
        health.day_ended()
    _feed(health, HALL, range(9000, 9000 + 5 * SILENT_LEAST * 10, 10))
    assert health.suspects() == []


def test_its_state_round_trips_at_any_moment() -> None:
    health = Health([HALL, BEDROOM])
    for day in range(8):
        _feed(health, HALL, range(day * 1440, day * 1440 + 600, 10))
        _feed(health, BEDROOM, range(day * 1440 + 5, day * 1440 + 600, 50))
        health.day_ended()
    again = Health([HALL, BEDROOM])
    again.restore(json.loads(json.dumps(health.state())))
    later = range(20_000, 20_000 + 4 * SILENT_LEAST * 10, 10)
    assert _feed(again, HALL, later) == _feed(health, HALL, later)
    assert again.suspects() == health.suspects() == ["bedroom"]
    assert again.state() == health.state()
