"""Debounce, duplicates and values that no body and no room can give."""

import math
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.kinds import SensorKind
from models.signals import NEVER, Event, Line, Phase
from models.vocabulary import DEBOUNCE_MS, Sensor

TAP = Sensor("tap", SensorKind.TAP, "kitchen")


def _with_level(level: int = 0) -> Line:
    line = Line(TAP)
    line.take(0, 0)
    if level:
        line.take(10_000, 1)
    return line


def _feed(line: Line, edges: list[tuple[int, int]]) -> list[Event]:
    """As the home does: what has settled comes before the reading of the same moment."""
    events: list[Event | None] = []
    for at_ms, value in edges:
        while line.settles_ms <= at_ms:
            events.append(line.settle())
        events.append(line.take(at_ms, value))
    while line.settles_ms != NEVER:
        events.append(line.settle())
    return [event for event in events if event is not None]


@given(
    level=st.integers(0, 1),
    gaps=st.lists(st.integers(0, DEBOUNCE_MS), max_size=30),
    values=st.lists(st.integers(0, 1), min_size=31, max_size=31),
)
def test_a_bounce_train_of_any_shape_ends_at_the_level_at_which_it_rests(
    level: int, gaps: list[int], values: list[int]
) -> None:
    line = _with_level(level)
    times = list(accumulate(gaps, initial=50_000))
    events = _feed(line, list(zip(times, values, strict=False)))
    assert line.level == values[len(gaps)]
    phases = [event.phase for event in events]
    assert all(one is not other for one, other in pairwise(phases))
    assert all(one.at_ms - other.at_ms >= DEBOUNCE_MS for other, one in pairwise(events))
    assert phases == [] or (phases[-1] is Phase.ON) == (line.level == 1)


@given(level=st.integers(0, 1), after_ms=st.integers(DEBOUNCE_MS, 10**9))
def test_the_first_edge_is_never_delayed(level: int, after_ms: int) -> None:
    line = _with_level(level)
    event = line.take(10_000 + after_ms, 1 - level)
    assert event is not None
    assert event.at_ms == 10_000 + after_ms
    assert event.phase is (Phase.OFF if level else Phase.ON)


def test_a_level_that_comes_back_within_the_bounce_is_no_event() -> None:
    line = _with_level()
    assert [e.phase for e in _feed(line, [(1000, 1), (1010, 0), (1020, 1)])] == [Phase.ON]
    assert line.bounces == 2


def test_a_short_press_that_ends_within_the_bounce_is_released_once_it_has_settled() -> None:
    line = _with_level()
    events = _feed(line, [(1000, 1), (1049, 0)])
    assert [(event.at_ms, event.phase) for event in events] == [(1000, Phase.ON), (1050, Phase.OFF)]


def test_each_contact_has_its_own_time_to_settle() -> None:
    worn = Line(Sensor("pad", SensorKind.SEAT, "lounge", debounce_ms=1000))
    worn.take(0, 0)
    flicker = [(10_000, 1), (10_300, 0), (10_500, 1), (10_900, 0)]
    assert [(e.at_ms, e.phase) for e in _feed(worn, flicker)] == [(10_000, Phase.ON), (11_000, Phase.OFF)]
    keen = Line(Sensor("hall", SensorKind.PRESENCE, "hall", debounce_ms=0))
    keen.take(0, 0)
    assert [e.phase for e in _feed(keen, [(10_000, 1), (10_001, 0), (10_001, 1)])] == [Phase.ON, Phase.OFF, Phase.ON]


def test_the_same_level_again_is_a_duplicate() -> None:
    line = _with_level(1)
    assert line.take(20_000, 1) is None
    assert line.take(30_000, 1) is None
    assert (line.duplicates, line.level) == (2, 1)


def test_a_sensor_that_only_fires_fires_with_each_lone_one() -> None:
    line = Line(TAP)
    events = [line.take(at_ms, 1) for at_ms in (0, 60_000, 60_049, 60_050)]
    assert [event and event.phase for event in events] == [Phase.FIRED, Phase.FIRED, None, Phase.FIRED]
    assert line.duplicates == 1


def test_the_first_level_is_not_an_event() -> None:
    assert Line(TAP).take(5, 0) is None


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 0.5, 2, -1, 1e300])
@pytest.mark.parametrize("kind", [SensorKind.TAP, SensorKind.BUTTON, SensorKind.BED])
def test_what_is_neither_on_nor_off_is_counted_and_dropped(kind: SensorKind, value: float) -> None:
    line = Line(Sensor("s", kind, "kitchen"))
    assert line.take(1000, value) is None
    assert (line.implausible, line.heard_ms, line.level) == (1, None, None)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (SensorKind.HEART_RATE, (25, 240), (24.9, 240.1, 0)),
        (SensorKind.STEPS, (0, 400), (-1, 401)),
        (SensorKind.TEMPERATURE, (-30, 60), (-30.1, 60.1)),
        (SensorKind.HUMIDITY, (0, 100), (-0.1, 100.1)),
        (SensorKind.BATTERY, (0, 100), (-1, 101)),
    ],
)
def test_what_no_body_and_no_room_can_give_is_counted_and_dropped(
    kind: SensorKind, good: tuple[float, ...], bad: tuple[float, ...]
) -> None:
    line = Line(Sensor("s", kind, "worn"))
    for at_ms, value in enumerate(good):
        event = line.take(at_ms, value)
        assert event is not None
        assert (event.phase, event.value) == (Phase.VALUE, value)
    refused = (*bad, math.nan, math.inf, -math.inf)
    assert [line.take(1000, value) for value in refused] == [None] * len(refused)
    assert line.implausible == len(refused)


def test_two_values_of_one_moment_are_one() -> None:
    line = Line(Sensor("p", SensorKind.HEART_RATE, "worn"))
    assert line.take(1000, 70) is not None
    assert line.take(1000, 71) is None
    assert line.duplicates == 1


@given(
    edges=st.lists(st.tuples(st.integers(0, 120), st.sampled_from([0, 1, 0.5])), max_size=30), cut=st.integers(0, 30)
)
def test_a_restored_line_goes_on_as_if_nothing_had_been(edges: list[tuple[int, float]], cut: int) -> None:
    line = Line(TAP)
    at_ms = 0
    for index, (gap_ms, value) in enumerate(edges):
        if index == cut:
            other = Line(TAP)
            other.restore(line.state())
            assert other.state() == line.state()
            line = other
        at_ms += gap_ms
        while line.settles_ms <= at_ms:
            line.settle()
        line.take(at_ms, value)
    untouched = Line(TAP)
    at_ms = 0
    for gap_ms, value in edges:
        at_ms += gap_ms
        while untouched.settles_ms <= at_ms:
            untouched.settle()
        untouched.take(at_ms, value)
    assert line.state() == untouched.state()
