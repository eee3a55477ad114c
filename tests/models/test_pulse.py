"""Resting pulse through the home's own door: what counts as rest, what is left out, what is said and how weakly."""

import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.home import Home
from models.kinds import AlertKind, SensorKind
from models.localtime import DAY_S, HOUR_S, MINUTE_S
from models.pulse import NIGHT, SEATED
from models.vocabulary import SENSOR_LINK, Finding, Habit, HabitTable, HomeSpec, Reading, Said, Sensor
from tests.models.world import copied, run, summaries

START_S = int(datetime(2025, 3, 3, 7, tzinfo=UTC).timestamp())
HALL = Sensor("hall", SensorKind.MOTION, "hall", "r1")
TAP = Sensor("tap", SensorKind.TAP, "kitchen", "r1")
CHAIR = Sensor("chair", SensorKind.SEAT, "lounge", "r1")
STRAP = Sensor("strap", SensorKind.HEART_RATE, "worn", "r1")
STEPS = Sensor("steps", SensorKind.STEPS, "worn", "r1")
SPEC = HomeSpec("h", "UTC", ("r1",), (HALL, TAP, CHAIR, STRAP, STEPS))
_WORN_EVERY_S = 2 * MINUTE_S

Pulses = Callable[[int], float | None]
"""The pulse of a night by its number; None if the strap was not worn."""


def usual(night: int) -> float:
    return 60.0 + night * 7 % 4


def day(number: int, bpm: float | None, *, taps: int = 8, seated: float | None = None) -> Iterator[Reading]:
    """From 07:00 to 07:00: about the house, perhaps an hour on a chair with a pulse of `seated`, and a night."""
    seven_s = START_S + number * DAY_S
    rows = [(seven_s + minute * MINUTE_S, "hall", 1.0) for minute in range(20 + number % 3, 15 * 60, 12)]
    rows += [
        (seven_s + HOUR_S + use * 90 * MINUTE_S + off, "tap", 1.0 - off / 20) for use in range(taps) for off in (0, 20)
    ]
    if seated is not None:
        sat_s = seven_s + 7 * HOUR_S
        rows = [row for row in rows if not sat_s <= row[0] < sat_s + 2 * HOUR_S]
        rows += [(sat_s, "chair", 1.0), (sat_s + 2 * HOUR_S, "chair", 0.0)]
        rows += [(sat_s + at_s, "strap", seated) for at_s in range(60, 2 * HOUR_S, _WORN_EVERY_S)]
    if bpm is not None:
        night_s = seven_s + 16 * HOUR_S
        rows += [(night_s + at_s, "strap", bpm + at_s // 600 % 5) for at_s in range(0, 8 * HOUR_S, _WORN_EVERY_S)]
    return (Reading(at_s * 1000, sensor, value) for at_s, sensor, value in sorted(rows))


def live(home: Home, pulses: Pulses, days: range, **others: int) -> list[Said]:
    return [word for number in days for word in run(home, day(number, pulses(number), **others))]


def rows(said: list[Said], name: str) -> list[Habit]:
    return [habit for one in said if isinstance(one, HabitTable) for habit in one.habits if habit.name == name]


def noted(said: list[Said], of: str = "Resting pulse") -> list[str]:
    return [line for one in summaries(said) if one.period == "day" for line in one.lines if f"Noted: {of}" in line]


@pytest.fixture(scope="module")
def learnt() -> Home:
    """A home with 25 ordinary nights; it is 07:00 and the last of them is not judged yet."""
    home = Home(SPEC)
    said = live(home, usual, range(25))
    assert noted(said) == []
    assert not [one for one in said if isinstance(one, Finding) and "pulse" in one.evidence.observed]
    return home


def test_each_worn_night_is_a_row_beside_the_persons_own_range(learnt: Home) -> None:
    said = live(Home(SPEC), usual, range(16))
    found = rows(said, NIGHT)
    assert len(found) == 15  # the last night is not over
    assert all(60 <= habit.observed <= 64 for habit in found)
    assert found[0].rarity_days is None
    last = found[-1]
    assert last.rarity_days is not None
    assert last.usual_low is not None
    assert last.usual_high is not None
    assert 50 < last.usual_low < 60 < 63 < last.usual_high < 75


def test_two_raised_nights_are_a_line_in_the_summary_and_no_alert(learnt: Home) -> None:
    said = live(copied(learnt), lambda night: usual(night) + 12 * (25 <= night < 28), range(25, 32))
    (line,) = noted(said)
    assert "bpm on 2 of the last 3 nights that could be judged." in line
    assert "On nine nights in ten it is " in line
    assert "This is one weak sign and cannot tell why." in line
    assert not [one for one in said if isinstance(one, Finding) and one.kind is AlertKind.RESTING_PULSE]
    (morning,) = [one for one in summaries(said) if line in one.lines]
    assert morning.headline == "No alert was raised. Noted: resting pulse. One weak sign says little."
    (week,) = [one for one in summaries(said) if one.period == "week"]
    assert "Noted this week, each a weak sign by itself: resting pulse (once)." in week.lines


def test_one_raised_night_is_not_told(learnt: Home) -> None:
    assert noted(live(copied(learnt), lambda night: usual(night) + 25 * (night == 26), range(25, 32))) == []


def test_nights_without_the_strap_are_neither_low_nor_high(learnt: Home) -> None:
    said = live(copied(learnt), lambda night: None if night % 2 else usual(night), range(25, 33))
    assert noted(said) == []
    assert len(rows(said, NIGHT)) == 4


def test_a_short_night_is_no_row(learnt: Home) -> None:
    home = copied(learnt)
    short = [one for one in day(25, 90.0) if one.sensor != "strap" or one.at_ms % (DAY_S * 1000) < HOUR_S * 1000]
    said = run(home, short) + live(home, lambda _: None, range(26, 28))
    assert len(rows(said, NIGHT)) == 1  # the night before


def test_a_pulse_while_walking_is_not_at_rest(learnt: Home) -> None:
    home = copied(learnt)
    night_ms = (START_S + 25 * DAY_S + 16 * HOUR_S) * 1000
    walked = [Reading(night_ms + minute * 60_000 + 1, "steps", 40.0) for minute in range(0, 480, 9)]
    said = run(home, sorted([*day(25, 61.0), *walked])) + live(home, usual, range(26, 28))
    assert len(rows(said, NIGHT)) == 2  # the night before, and the one after


def test_an_hour_on_a_chair_is_judged_where_the_nights_are_not_worn() -> None:
    home = Home(SPEC)
    said = [w for number in range(20) for w in run(home, day(number, None, seated=66.0 + number % 3))]
    assert len(rows(said, SEATED)) == 19
    assert rows(said, NIGHT) == []
    said = [w for number in range(20, 25) for w in run(home, day(number, None, seated=84.0))]
    (line,) = noted(said)
    assert "Resting pulse while sitting still 84 and 84 bpm" in line


@given(value=st.one_of(st.floats(allow_nan=True), st.sampled_from([0.0, -61.0, 1e9, math.nan, math.inf, 24.9, 240.1])))
@settings(max_examples=12)
def test_an_absurd_pulse_is_left_out_and_counted(learnt: Home, value: float) -> None:
    if 25 <= value <= 240:
        return
    home, other = copied(learnt), copied(learnt)
    before = home.left_out()["implausible"]
    bad = [Reading(one.at_ms + 1, "strap", value) for one in day(25, 61.0) if one.sensor == "strap"]
    said = run(home, sorted([*day(25, 61.0), *bad])) + live(home, usual, range(26, 28))
    assert said == run(other, day(25, 61.0)) + live(other, usual, range(26, 28))
    assert home.left_out()["implausible"] == before + len(bad)


def test_a_strap_that_repeats_one_impossible_rest_is_no_resting_pulse(learnt: Home) -> None:
    """Plausible of a runner, and of nobody who has not moved for hours."""
    assert noted(live(copied(learnt), lambda _: 190.0, range(25, 32))) == []


def test_somebody_with_two_straps_has_one_pulse() -> None:
    home = Home(HomeSpec("h", "UTC", ("r1",), (HALL, STRAP, Sensor("other", SensorKind.HEART_RATE, "worn", "r1"))))
    twice = [
        Reading(one.at_ms + off, name, one.value)
        for number in range(20)
        for one in day(number, usual(number))
        if one.sensor in {"hall", "strap"}
        for off, name in ((0, one.sensor), *([(7000, "other")] if one.sensor == "strap" else []))
    ]
    said = run(home, sorted(twice))
    assert noted(said) == []
    assert all(60 <= habit.observed <= 64 for habit in rows(said, NIGHT))
    assert len(rows(said, NIGHT)) == 19


def test_a_strap_alone_gives_nights() -> None:
    home = Home(HomeSpec("h", "UTC", ("r1",), (STRAP,)))
    nights = [one for number in range(14) for one in day(number, usual(number)) if one.sensor == "strap"]
    assert len(rows(run(home, nights), NIGHT)) == 12  # neither the one it began in, nor the one that is not over


def test_less_at_the_tap_and_a_raised_pulse_are_one_alert_that_lists_both(learnt: Home) -> None:
    said = live(copied(learnt), lambda night: usual(night) + 12, range(25, 30), taps=1)
    several = [one for one in said if isinstance(one, Finding) and one.kind is AlertKind.SEVERAL_CHANGES]
    assert len(several) == 1
    evidence = several[0].evidence
    assert "Kitchen tap used less" in evidence.observed
    assert "Resting pulse at night" in evidence.observed
    assert "Resting pulse is a weak sign, and never an alert alone." in evidence.details
    assert not [one for one in said if isinstance(one, Finding) and one.kind is AlertKind.LESS_TAP_USE]


def test_a_clock_step_in_a_stretch_loses_that_stretch_only(learnt: Home) -> None:
    home = copied(learnt)
    night = [*day(25, 61.0)]
    cut = len(night) - 60
    said = run(home, night[:cut])
    said += home.step(Reading(home.now_ms + 20_000, "@clock", 20.0))
    said += run(home, [one._replace(at_ms=one.at_ms + 20_000) for one in night[cut:]])
    said += live(home, usual, range(26, 28))
    assert len(rows(said, NIGHT)) == 3


def test_a_day_of_which_the_pulse_was_heard_for_its_morning_only_is_not_judged() -> None:
    """The strap is missing from three hours after a high pulse on a chair; or only while it is charged at dawn."""
    for lost_h, judged in ((11, False), (23, True)):
        home = Home(SPEC)
        live(home, lambda _: None, range(20), seated=60)
        seven_s = START_S + 20 * DAY_S
        said = run(home, [one for one in day(20, None, seated=75) if one.at_ms < (seven_s + lost_h * HOUR_S) * 1000])
        said += run(home, [Reading((seven_s + lost_h * HOUR_S) * 1000, f"{SENSOR_LINK}strap", 0.0)])
        said += home.advance((seven_s + DAY_S) * 1000)
        assert len(rows(said, SEATED)) == 1 + judged  # the day before is closed first
