"""Sensors that cannot be believed, through the home's own door: a dead one, one that repeats itself, a still person."""

import json

from models.health import CLOCKWORK, NEEDED, SILENT_LEAST, Health
from models.home import Home
from models.kinds import AlertKind, SensorKind
from models.localtime import MINUTE_S
from models.signals import Event, Phase
from models.vocabulary import GATEWAY_LINK, HomeSpec, Reading, Sensor
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


def test_with_the_bedroom_dead_only_who_moves_without_a_pause_is_in_the_bathroom() -> None:
    """To and fro between bed and bathroom looks like a long stay then; with the bedroom alive it would be one."""
    at_s = morning_s(12, 5)
    to_and_fro = [Reading((at_s + 480 * turn) * 1000, "bath", 1.0) for turn in range(7)]
    alive, home = _lived(12), _lived(10)
    assert len(findings(run(alive, to_and_fro) + alive.advance((at_s + 2 * 3600) * 1000), AlertKind.LONG_STAY)) == 1
    run(home, [reading for day in range(10, 12) for reading in _day(day, dead="bedroom")])
    assert findings(run(home, to_and_fro) + home.advance((at_s + 4 * 3600) * 1000), AlertKind.LONG_STAY) == []
    at_s = morning_s(12, 12)
    steady = [Reading((at_s + 60 * minute) * 1000, "bath", 1.0) for minute in range(0, 180, 5)]
    said = run(home, [Reading((at_s - 60) * 1000, "hall", 1.0), *steady])
    assert len(findings(said, AlertKind.LONG_STAY)) == 1


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


def test_a_sensor_as_regular_as_a_clock_makes_no_stay_in_an_empty_bathroom() -> None:
    home = _lived(10)
    start_s = morning_s(10, 26)
    said = run(home, [Reading((start_s + 60 * turn) * 1000, "bath", 1.0) for turn in range(5 * 60)])
    said += home.advance((start_s + 5 * 3600) * 1000)
    assert findings(said, AlertKind.LONG_STAY) == []


def test_bursts_as_regular_as_a_clock_are_no_person_either() -> None:
    """A bad contact: many edges within seconds, once a minute, for an hour at night."""
    home = _lived(10)
    start_s = morning_s(10, 26)
    seen = [start_s * 1000 + minute * 60_000 + edge * 60 for minute in range(60) for edge in range(30)]
    said = run(home, [Reading(at_ms, "bath", 1.0) for at_ms in seen])
    said += home.advance((start_s + 4 * 3600) * 1000)
    assert findings(said, AlertKind.LONG_STAY) == []


def test_who_moves_about_without_a_clock_in_hand_is_believed() -> None:
    home = _lived(10)
    start_s, at_s = morning_s(10, 12), morning_s(10, 12)
    seen = [Reading((start_s - 60) * 1000, "hall", 1.0)]
    for turn in range(90):
        seen.append(Reading(at_s * 1000, "bath", 1.0))
        at_s += 61 + (turn * 7) % 20
    said = run(home, seen) + home.advance(at_s * 1000)
    assert len(findings(said, AlertKind.LONG_STAY)) == 1


def test_clockwork_is_suspect_until_it_has_stopped_for_an_hour() -> None:
    health = Health([HALL, BEDROOM])
    minutes = range(1000, 1000 + CLOCKWORK + 2)
    assert _feed(health, HALL, minutes) == [True] * (CLOCKWORK + 1) + [False]
    assert health.suspects() == ["hall"]
    assert _feed(health, BEDROOM, range(1050, 1100, 45)) == [True, True]
    assert health.suspects() == []
    assert not health.was_sound()  # of today's counts
    health.day_ended()
    assert health.was_sound()
    assert _feed(health, HALL, range(2000, 2001)) == [True]


def test_one_interval_that_differs_does_not_clear_a_clockwork() -> None:
    health = Health([HALL])
    _feed(health, HALL, range(1000, 1000 + 3 * CLOCKWORK))
    late_ms = (1000 + 3 * CLOCKWORK) * 60_000
    said = [health.believes(Event(late_ms + ms, HALL, Phase.FIRED, 1.0)) for ms in (-25_000, 0, 60_000)]
    assert said[0] is False


def test_two_odd_days_do_not_hide_that_a_sensor_is_dead() -> None:
    """A hall that was shut off for two days once is missed as soon as any other."""
    health = Health([HALL, BEDROOM])
    for day in range(16):
        for minute in range(day * 1440, day * 1440 + 900, 30):
            _feed(health, HALL, range(minute, minute + 30, 5))
            if day not in (5, 6):
                _feed(health, BEDROOM, range(minute + 27, minute + 28))
        health.day_ended()
    _feed(health, HALL, range(40_000, 40_000 + 2 * SILENT_LEAST * 5, 5))
    assert health.suspects() == ["bedroom"]


def test_what_repeats_itself_is_no_person_again_because_the_gateway_was_down_meanwhile() -> None:
    home = _lived(10)
    start_s = morning_s(10, 8)
    cut_s = start_s + 2 * 3600
    stuck = [Reading((start_s + 60 * turn) * 1000, "kitchen", 1.0) for turn in range(18 * 60)]
    down = range(cut_s * 1000, (cut_s + 1800) * 1000)
    stuck = [one for one in stuck if one.at_ms not in down]
    links = [Reading(down.start, GATEWAY_LINK, 0.0), Reading(down.stop, GATEWAY_LINK, 1.0)]
    (silence,) = findings(run(home, sorted([*stuck, *links])), AlertKind.INACTIVITY)
    assert silence.since_s < cut_s  # only what was said before it was found out is taken for somebody


def test_after_a_machine_somebody_is_believed_from_their_second_step_on() -> None:
    health = Health([HALL])
    assert not all(_feed(health, HALL, range(100, 100 + 3 * CLOCKWORK)))
    health.seeing()
    again = Health([HALL])
    again.restore(json.loads(json.dumps(health.state())))
    for one in (health, again):
        assert _feed(one, HALL, range(400, 409, 3)) == [False, True, True]
    assert again.state() == health.state()
