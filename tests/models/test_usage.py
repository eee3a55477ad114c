"""Sensors that are silent or stuck far beyond their own record, and a person who is only still."""

from dataclasses import replace

from models.home import Home
from models.kinds import AlertKind, SensorKind
from models.localtime import DAY_S, HOUR_S
from models.vocabulary import Change, HomeSpec, Reading, Said, Sensor
from tests.models.test_faults import news, told
from tests.models.world import copied, findings, link, morning_s, run

HALL = Sensor("hall", SensorKind.MOTION, "hall", "r1")
BEDROOM = Sensor("bedroom", SensorKind.MOTION, "bedroom", "r1")
TAP = Sensor("tap", SensorKind.TAP, "kitchen", "r1")
CHAIR = Sensor("chair", SensorKind.SEAT, "lounge", "r1")
DOOR = Sensor("door", SensorKind.DOOR, "outside-door", "r1")
CELLAR = Sensor("cellar", SensorKind.MOTION, "cellar", "r1")
WARM = Sensor("warm", SensorKind.TEMPERATURE, "lounge", "r1")
BAND = Sensor("band", SensorKind.HEART_RATE, "worn", "r1")
SPEC = HomeSpec("h", "Europe/London", ("r1",), (HALL, BEDROOM, TAP, CHAIR, DOOR, WARM, BAND))


def day(number: int, *, without: tuple[str, ...] = ()) -> list[Reading]:
    """07:00 to 22:00: the hall every six minutes, the bedroom every two hours, the tap, the chair and the door."""
    rows = [(7 + turn * 0.1 + (turn * 7 % 5) * 0.003, "hall", 1.0) for turn in range(150)]
    rows += [(7.03 + 2 * turn, "bedroom", 1.0) for turn in range(8)]
    rows += [(8.02 + 2 * turn + on, "tap", float(not on)) for turn in range(7) for on in (0, 0.01)]
    rows += [(9.04, "chair", 1.0), (9.8, "chair", 0.0), (14.04, "chair", 1.0), (16.04, "chair", 0.0)]
    rows += [(11.04 + 4 * turn + on, "door", float(not on)) for turn in range(2) for on in (0, 0.02)]
    readings = (Reading(round(morning_s(number, hours) * 1000), name, value) for hours, name, value in rows)
    return sorted(one for one in readings if one.sensor not in without)


def lived(days: int, *more: Sensor) -> tuple[Home, list[Said]]:
    home = Home(replace(SPEC, sensors=(*SPEC.sensors, *more)))
    return home, run(home, [one for number in range(days) for one in day(number)])


def kinds(said: list[Said]) -> list[tuple[AlertKind, str]]:
    return [(one.kind, one.evidence.observed.split(" (")[0].removeprefix("The sensor ")) for one in told(said)]


def test_a_dead_detector_is_told_after_a_day_and_ends_when_it_is_heard() -> None:
    home, said = lived(10)
    assert told(said) == []
    dead_s = morning_s(10, 6)
    said = run(home, [one for number in range(10, 13) for one in day(number, without=("bedroom",))])
    assert kinds(said)[0] == (AlertKind.SENSOR_SILENT, "bedroom")
    [finding] = [one for one in told(said) if "bedroom" in one.evidence.observed]
    assert dead_s + 12 * HOUR_S <= finding.opened_s <= dead_s + 2 * DAY_S
    assert "has said nothing since 21:01 on Wednesday 12 March" in finding.evidence.observed
    assert finding.evidence.usual == (
        "On 10 days before, others were active for 25 min at most until it spoke, too; now for 3 h 03."
    )
    said = run(home, day(13))
    [ended] = [one for one in news(said) if one.change is Change.RESOLVED]
    assert "bedroom (motion, bedroom) is heard again" in ended.observed


def test_a_tap_that_nobody_turns_may_be_a_persons_own_affair_for_three_days() -> None:
    home, _ = lived(10)
    said = run(home, [one for number in range(10, 12) for one in day(number, without=("tap",))])
    assert kinds(said) == []
    said = run(home, [one for number in range(12, 15) for one in day(number, without=("tap",))])
    assert kinds(said) == [(AlertKind.SENSOR_SILENT, "tap")]
    assert told(said)[0].evidence.to_do.startswith("Ask whether tap is still used")


def test_all_sensors_quiet_is_a_still_person_and_no_fault() -> None:
    home, _ = lived(10)
    said = home.advance(morning_s(13, 12) * 1000)
    assert told(said) == []
    assert findings(said, AlertKind.INACTIVITY)


def test_a_detector_that_was_never_heard_is_told_once_others_were_for_long() -> None:
    home, said = lived(5, CELLAR)
    assert kinds(said) == []
    said = run(home, [one for number in range(5, 10) for one in day(number)])
    assert kinds(said) == [(AlertKind.SENSOR_SILENT, "cellar")]
    assert "has never said anything" in told(said)[0].evidence.observed


def test_a_seat_that_stays_taken_while_somebody_is_about_is_stuck() -> None:
    home, _ = lived(7)
    taken_s = morning_s(7, 14.04)
    said = run(home, [one for one in day(7) if one.sensor != "chair" or one.at_ms <= taken_s * 1000 + 999])
    said += run(home, day(8, without=("chair",)))
    [finding] = [one for one in told(said) if one.kind is AlertKind.SENSOR_STUCK]
    assert finding.since_s == taken_s
    assert finding.opened_s - taken_s >= 12 * HOUR_S
    assert "chair (seat, lounge) has been on since 14:02 on Monday 10 March" in finding.evidence.observed
    assert "On 7 days before it was never on for longer than 2 h." in finding.evidence.usual
    home = copied(home)
    said = run(home, [Reading(morning_s(9, 7) * 1000, "chair", 0.0)]) + home.advance(morning_s(9, 8) * 1000)
    assert any("chair (seat, lounge) works as usual again" in one.observed for one in news(said))


def test_who_sits_in_it_without_moving_has_no_stuck_seat() -> None:
    home, _ = lived(7)
    taken_s = morning_s(7, 14.04)
    run(home, [one for one in day(7) if one.at_ms <= taken_s * 1000 + 999])
    assert told(home.advance(morning_s(9, 12) * 1000)) == []


def test_a_door_that_stands_open_for_a_day_is_no_fault() -> None:
    home, _ = lived(10)
    open_ms = morning_s(10, 15.04) * 1000
    said = run(home, [one for one in day(10) if one.sensor != "door" or one.at_ms <= open_ms + 999])
    said += run(home, day(11, without=("door",)))
    assert [one for one in kinds(said) if one[1] == "door"] == []
    said = run(home, [one for number in (12, 13) for one in day(number, without=("door",))])
    assert (AlertKind.SENSOR_STUCK, "door") in kinds(said)


def test_a_stop_of_the_gateway_begins_a_stay_anew() -> None:
    home, _ = lived(7)
    taken_s = morning_s(7, 14.04)
    run(home, [one for one in day(7) if one.at_ms <= taken_s * 1000 + 999])
    run(home, [link(morning_s(7, 15) * 1000, up=False), link(morning_s(8, 15) * 1000, up=True)])
    late = [one for one in day(8) if one.at_ms > morning_s(8, 15) * 1000 and one.sensor != "chair"]
    assert [one for one in kinds(run(home, late)) if one[0] is AlertKind.SENSOR_STUCK] == []


def test_impossible_values_are_told_when_they_keep_coming() -> None:
    home, _ = lived(1)
    at_s = morning_s(1, 0)
    one_wild = [Reading(at_s * 1000, "warm", 85.0), Reading((at_s + 300) * 1000, "warm", 20.0)]
    assert told(run(home, one_wild) + home.advance((at_s + 6 * HOUR_S) * 1000)) == []
    wild = [Reading((at_s + 7 * HOUR_S + 300 * turn) * 1000, "warm", 85.0) for turn in range(40)]
    [finding] = [one for one in told(run(home, wild)) if one.kind is AlertKind.SENSOR_STUCK]
    assert finding.evidence.observed.startswith("The sensor warm (temperature, lounge) has given ")
    assert finding.opened_s - (at_s + 7 * HOUR_S) <= 3 * HOUR_S
    said = run(home, [Reading((at_s + 11 * HOUR_S) * 1000, "warm", 20.0)])
    said += home.advance((at_s + 12 * HOUR_S) * 1000)
    assert [one.change for one in news(said) if one.kind is AlertKind.SENSOR_STUCK] == [Change.RESOLVED]


def test_a_band_on_the_bedside_table_says_zero_all_night() -> None:
    home, _ = lived(1)
    zeros = [Reading((morning_s(1, 0) + 60 * turn) * 1000, "band", 0.0) for turn in range(12 * 60)]
    said = run(home, zeros)
    assert told(said) == []
    zeros = [Reading(home.now_ms + 60_000 * turn, "band", 0.0) for turn in range(14 * 60)]
    assert kinds(run(home, zeros)) == [(AlertKind.SENSOR_STUCK, "band")]


def test_a_clockwork_is_told_and_hides_nobody() -> None:
    home, _ = lived(10)
    start_s = morning_s(10, 23)
    ticks = [Reading((start_s + 60 * turn) * 1000, "hall", 1.0) for turn in range(20 * 60)]
    said = run(home, ticks)
    assert kinds(said)[0] == (AlertKind.SENSOR_STUCK, "hall")
    assert "repeats itself like a clock" in told(said)[0].evidence.observed
    # 20 hours of ticks are no 20 hours in which somebody was about, so nothing else is missed
    assert [one for one in kinds(said) if one[0] is AlertKind.SENSOR_SILENT] == []
