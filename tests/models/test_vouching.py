"""Sensors that anybody can imitate: alone they neither raise nor clear anything, however they are made up."""

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.home import Home
from models.kinds import AlertKind, SensorKind
from models.localtime import DAY_S, HOUR_S
from models.trust import sees_indoors
from models.vocabulary import Reading, Sensor
from models.vouching import VOUCHED_S, Vouching
from tests.models.world import SENSORS, copied, findings, morning_s, run, saved, spec, trained, updates

WEAK = ("weak-door", "weak-motion", "weak-fridge", "weak-presence")
MADE_UP = (
    Sensor("weak-door", SensorKind.DOOR, "outside-door", "r1", weak=True),
    Sensor("weak-motion", SensorKind.MOTION, "bathroom", "r1", weak=True),
    Sensor("weak-fridge", SensorKind.FRIDGE, "kitchen", "r1", weak=True),
    Sensor("weak-presence", SensorKind.PRESENCE, "study", "r1", weak=True),
)
HOME = spec((*SENSORS, *MADE_UP))


@cache
def _state() -> dict[str, object]:
    return trained().state()


def silent_since(hours: float = 9) -> tuple[Home, int]:
    """A home in which the last true sign came on day 12, and when its silence is told."""
    home = Home.restore(HOME, _state())
    run(home, [Reading(morning_s(12, hours) * 1000, "lounge", 1)])
    deadline_s = home.silence_deadlines_s()["r1"]
    assert deadline_s is not None
    return home, deadline_s


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.sampled_from(WEAK), st.integers(VOUCHED_S + 1, 2 * DAY_S), st.sampled_from([0.0, 1.0])),
        max_size=30,
    )
)
def test_whatever_is_made_up_in_the_street_changes_nothing_that_is_said(made_up: list[tuple[str, int, float]]) -> None:
    home, _ = silent_since()
    other, _ = silent_since()
    begun_s = morning_s(12, 9)
    forged = sorted(Reading((begun_s + after_s) * 1000, name, value) for name, after_s, value in made_up)
    said = run(home, forged) + home.advance((begun_s + 2 * DAY_S + HOUR_S) * 1000)
    told = other.advance((begun_s + 2 * DAY_S + HOUR_S) * 1000)
    care = [(one.kind, one.opened_s, one.severity) for one in findings(said) if one.kind in _OF_LIFE]
    assert care == [(one.kind, one.opened_s, one.severity) for one in findings(told) if one.kind in _OF_LIFE]
    mine, others = ([one.kind for one in updates(words) if one.kind in _OF_LIFE] for words in (said, told))
    assert mine == others


_OF_LIFE = frozenset({AlertKind.INACTIVITY, AlertKind.LONG_STAY, AlertKind.LATE_START, AlertKind.NIGHT_EXIT,
                      AlertKind.NOT_HOME, AlertKind.OUT_OF_BED})  # fmt: skip


def test_a_made_up_sign_does_not_end_an_alert_and_a_true_one_does() -> None:
    home, deadline_s = silent_since()
    assert findings(home.advance(deadline_s * 1000), AlertKind.INACTIVITY) != []
    for number, name in enumerate(WEAK):
        assert updates(home.step(Reading((deadline_s + 60 + number) * 1000, name, 1))) == []
    assert updates(home.step(Reading((deadline_s + 120) * 1000, "tap", 1))) != []


@pytest.mark.parametrize(("after_s", "counts"), [(1, True), (VOUCHED_S, True), (VOUCHED_S + 1, False)])
def test_it_counts_within_ten_minutes_of_a_true_one(after_s: int, *, counts: bool) -> None:
    home, _ = silent_since()
    seen_s = morning_s(12, 9) + after_s
    run(home, [Reading(seen_s * 1000, "weak-fridge", 1)])
    assert (last_sign_s(home) == seen_s) is counts


def test_those_that_can_be_imitated_do_not_vouch_for_each_other() -> None:
    home, deadline_s = silent_since()
    begun_s = morning_s(12, 9)
    run(home, [Reading((begun_s + minute * 60) * 1000, WEAK[minute % 3 + 1], 1) for minute in range(1, 300, 4)])
    assert last_sign_s(home) <= begun_s + VOUCHED_S < deadline_s


def last_sign_s(home: Home) -> int:
    at_ms: int = saved(home)["streams"]["r1"]["inactivity"]["sign_ms"]
    return at_ms // 1000


def test_of_such_sensors_alone_no_silence_is_judged() -> None:
    assert not sees_indoors([Sensor("front", SensorKind.DOOR, "outside-door"), *MADE_UP])
    assert not sees_indoors(MADE_UP)
    home = Home(spec(MADE_UP))
    said = run(home, [Reading(morning_s(day, 9) * 1000, name, 1) for day in range(10) for name in WEAK])
    assert findings(said + home.advance(morning_s(20, 9) * 1000), AlertKind.INACTIVITY) == []


def test_a_restored_home_and_a_stepped_clock_remember_the_true_sign() -> None:
    home, _ = silent_since()
    again = copied(home)
    later = [Reading((morning_s(12, 9) + 300) * 1000, "weak-motion", 1)]
    assert run(again, later) == run(home, later)
    assert again.state() == home.state()
    vouching = Vouching()
    vouching.restore(5000)
    vouching.shift(-2000)
    assert vouching.state() == 3000


def test_the_same_sensors_with_a_key_do_count() -> None:
    strong = Home.restore(spec((*SENSORS, *(replace(one, weak=False) for one in MADE_UP))), _state())
    run(strong, [Reading(morning_s(12, 9) * 1000, "lounge", 1), Reading(morning_s(12, 10) * 1000, "weak-fridge", 1)])
    assert saved(strong)["streams"]["r1"]["inactivity"]["sign_ms"] == morning_s(12, 10) * 1000
