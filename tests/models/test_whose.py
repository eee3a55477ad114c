"""Whose life an event belongs to: a resident's, or the household's where it cannot be told apart."""

from models.home import Home
from models.kinds import AlertKind, SensorKind
from models.vocabulary import HOUSEHOLD, HabitTable, Reading, Sensor
from models.whose import owner_of, streams_of
from tests.models.world import SENSORS, a_life, findings, morning_s, run, spec, summaries

TAP = Sensor("tap", SensorKind.TAP, "kitchen")
HALL = Sensor("hall", SensorKind.MOTION, "hallway")
LOUNGE = Sensor("lounge", SensorKind.MOTION, "lounge")
BED_1 = Sensor("bed-1", SensorKind.BED, "bedroom", "r1")
BED_2 = Sensor("bed-2", SensorKind.BED, "bedroom", "r2")
PULSE_1 = Sensor("pulse-1", SensorKind.HEART_RATE, "worn", "r1")


def test_one_resident_owns_whatever_is_sensed() -> None:
    assert set(streams_of(spec((TAP, BED_1))).values()) == {("r1",)}
    assert owner_of(TAP, spec((TAP, BED_1))) == "r1"


def test_sensors_that_belong_to_no_one_resident_are_the_households() -> None:
    assert streams_of(spec((TAP, HALL))) == {"tap": (HOUSEHOLD,), "hall": (HOUSEHOLD,)}
    assert owner_of(TAP, spec((TAP, HALL))) == HOUSEHOLD
    home = Home(spec((TAP, HALL)))
    assert set(home.silence_deadlines_s()) == {HOUSEHOLD}


def test_of_two_residents_owned_signs_count_for_both_streams() -> None:
    two = spec((TAP, BED_1, BED_2, PULSE_1), residents=("r1", "r2"))
    assert streams_of(two) == {
        "tap": (HOUSEHOLD,),
        "bed-1": ("r1", HOUSEHOLD),
        "bed-2": ("r2", HOUSEHOLD),
        "pulse-1": ("r1",),
    }
    assert [owner_of(one, two) for one in two.sensors] == [HOUSEHOLD, "r1", "r2", "r1"]


def test_two_residents_who_share_nothing_have_no_household() -> None:
    assert streams_of(spec((BED_1, BED_2), residents=("r1", "r2"))) == {"bed-1": ("r1",), "bed-2": ("r2",)}


def test_a_thermometer_that_nobody_owns_makes_no_shared_home() -> None:
    room = Sensor("room", SensorKind.TEMPERATURE, "lounge")
    home = Home(spec((BED_1, BED_2, room), residents=("r1", "r2")))
    run(home, [Reading(morning_s(0, 9) * 1000, "bed-1", 0), Reading(morning_s(0, 9) * 1000 + 1, "bed-1", 1)])
    found = findings(home.advance(morning_s(1, 9) * 1000), AlertKind.INACTIVITY)
    assert [one.resident for one in found] == ["r1"]


def _two_at_home(days: int) -> tuple[Home, list[Reading]]:
    """Both sleep in beds of their own; by day only shared rooms are sensed."""
    home = Home(spec((TAP, HALL, LOUNGE, BED_1, BED_2), residents=("r1", "r2")))
    inputs = []
    for one in a_life(days, seed=3):
        if one.sensor == "bed":
            inputs += [one._replace(sensor="bed-1"), one._replace(sensor="bed-2", at_ms=one.at_ms + 600_000)]
        elif one.sensor in {"tap", "hall", "lounge"}:
            inputs.append(one)
    return home, sorted(inputs)


def test_who_is_only_sensed_in_bed_is_not_missed_all_day() -> None:
    home, inputs = _two_at_home(14)
    assert findings(run(home, inputs)) == []
    assert home.silence_deadlines_s()["r1"] is None
    assert home.silence_deadlines_s()[HOUSEHOLD] is not None
    assert not home.learning()


def test_the_household_is_missed_when_nobody_moves() -> None:
    home, inputs = _two_at_home(14)
    run(home, [one for one in inputs if one.at_ms < morning_s(13, 11) * 1000])
    found = findings(home.advance(morning_s(13, 23) * 1000), AlertKind.INACTIVITY)
    assert [one.resident for one in found] == [HOUSEHOLD]


def test_one_of_two_moving_about_ends_nobodys_stay() -> None:
    bath = Sensor("bath", SensorKind.MOTION, "bathroom")
    home = Home(spec((*SENSORS[:1], bath, HALL, LOUNGE, TAP), residents=("r1", "r2")))
    home.step(Reading(morning_s(1) * 1000, "bath", 1))
    assert findings(home.advance(morning_s(1, 13) * 1000), AlertKind.LONG_STAY) == []


def test_each_stream_has_its_own_habits_and_summaries() -> None:
    home, inputs = _two_at_home(9)
    said = run(home, inputs)
    tables: dict[str, set[str]] = {}
    for one in said:
        if isinstance(one, HabitTable):
            tables.setdefault(one.resident, set()).update(habit.name for habit in one.habits)
    assert "bedroom-bed-night" in tables["r1"]
    assert "kitchen-tap-night" not in tables["r1"]
    assert "kitchen-tap-night" in tables[HOUSEHOLD]
    assert {one.resident for one in summaries(said)} == {"r1", "r2", HOUSEHOLD}
