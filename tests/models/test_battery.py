"""Batteries: low ones, and those that will be empty within two weeks; a cold night and a wild value are neither."""

import dataclasses
import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.battery import Battery
from models.home import Home
from models.kinds import AlertKind
from models.localtime import DAY_S
from models.vocabulary import Change, Reading
from tests.models.test_faults import home_at, news, told
from tests.models.world import morning_s, run


def falls(days: int, start: float, a_day: float, *, noise: float = 0.0, seed: int = 1) -> list[float]:
    rng = Random(seed)
    return [max(0.0, start - a_day * day + rng.uniform(-noise, noise)) for day in range(days)]


def low_on(values: list[float]) -> int | None:
    """The day on which a battery with one value a day is low; None if it never is."""
    battery = Battery()
    for day, value in enumerate(values):
        battery.take(day, value)
        battery.day_ended(day)
        if battery.low_s is not None:
            return day
    return None


@pytest.mark.parametrize("seed", range(5))
def test_what_falls_is_told_two_weeks_before_it_is_empty(seed: int) -> None:
    day = low_on(falls(60, 80, 2, noise=3, seed=seed))
    assert day is not None
    assert 22 <= day <= 30  # 28 to 20 per cent are left


def test_a_good_battery_is_never_told_of() -> None:
    assert low_on(falls(300, 95, 0.2, noise=2)) is None
    assert low_on([70.0] * 300) is None


def test_a_cold_night_and_a_wild_value_are_no_end() -> None:
    values = falls(60, 60, 0.1)
    values[20], values[33] = 35.0, 4.0
    assert low_on(values) is None


def test_a_low_one_that_stays_low_is_believed() -> None:
    assert low_on([60.0, 59.0, 4.0, 4.0]) == 3
    assert low_on([16.0, 15.0]) == 1
    assert low_on([9.0]) == 0


def test_what_is_charged_every_few_days_is_no_trend() -> None:
    assert low_on([80.0, 65.0, 50.0, 35.0] * 20) is None


def test_nothing_is_known_of_a_course_before_a_week() -> None:
    assert low_on(falls(6, 90, 6)) is None
    assert low_on(falls(8, 90, 6)) == 6


@given(st.lists(st.tuples(st.floats(0, 100), st.booleans()), max_size=60), st.integers(0, 60))
def test_its_state_round_trips(moves: list[tuple[float, bool]], cut: int) -> None:
    one, other = Battery(), Battery()
    for place, (value, ends) in enumerate(moves):
        if place == cut:
            other = Battery()
            other.restore(json.loads(json.dumps(one.state())))
        for battery in (one, other):
            battery.take(place, value)
            if ends:
                battery.day_ended(place)
    assert one.state() == other.state()
    assert len(one.days) <= 28


def test_a_low_battery_is_told_and_ends_with_a_new_one() -> None:
    at_s = morning_s(0)
    home = home_at(at_s)
    said = run(home, [Reading((at_s + 60) * 1000, "door-cell", 14.0)]) + home.advance((at_s + 120) * 1000)
    [finding] = told(said)
    assert finding.kind is AlertKind.BATTERY_LOW
    assert finding.evidence.observed == "The battery door-cell (battery, outside door) is at 14 %."
    run(home, [Reading((at_s + 200) * 1000, "door-cell", 29.0)])
    assert news(home.advance((at_s + 300) * 1000)) == []  # a warmer room
    said = run(home, [Reading((at_s + 400) * 1000, "door-cell", 97.0)]) + home.advance((at_s + 500) * 1000)
    [ended] = news(said)
    assert ended.change is Change.RESOLVED
    assert "No battery is low any more" in ended.observed


def test_what_was_known_of_a_battery_goes_with_its_device() -> None:
    at_s = morning_s(0)
    home = home_at(at_s)
    run(home, [Reading((at_s + 60) * 1000, "door-cell", 14.0)])
    assert told(home.advance((at_s + 120) * 1000))
    state = home.state()
    now = dataclasses.replace(home.spec, sensors=tuple(
        dataclasses.replace(one, fitted="2026-11-22T14:02:00Z") if one.id == "door-cell" else one
        for one in home.spec.sensors
    ))  # fmt: skip
    same, other = Home.restore(home.spec, state), Home.restore(now, state)
    assert news(same.advance((at_s + 7200) * 1000)) == []
    [ended] = news(other.advance((at_s + 7200) * 1000))
    assert ended.change is Change.RESOLVED
    again = Home.restore(now, json.loads(json.dumps(other.state())))
    said = run(again, [Reading((at_s + 7260) * 1000, "door-cell", 12.0)]) + again.advance((at_s + 7320) * 1000)
    assert [one.kind for one in news(said) or told(said)] == [AlertKind.BATTERY_LOW], "the new one is judged by itself"


def test_one_that_falls_is_told_with_its_days() -> None:
    at_s = morning_s(0)
    home = home_at(at_s)
    levels = falls(12, 70, 4)
    said = run(
        home, [Reading((at_s + day * DAY_S + 60) * 1000, "door-cell", round(level)) for day, level in enumerate(levels)]
    )
    [finding] = told(said)
    assert finding.evidence.observed == (
        "The battery door-cell (battery, outside door) is at 46 % and would be empty in about 12 days."
    )
    assert finding.evidence.cannot_tell.startswith("This cannot tell whether the battery is weak")
