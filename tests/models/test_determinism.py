"""The same inputs give the same sayings: however often the home is asked, and wherever it was cut and restored."""

import math
from itertools import pairwise

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from models.home import Home
from models.kinds import AlertKind, SensorKind
from models.localtime import LocalTime
from models.vocabulary import CLOCK_STEP, GATEWAY_LINK, RADIO, SENSOR_LINK, Reading, Sensor
from tests.models.world import SENSORS, a_life, copied, findings, run, spec, trained

_MINUTE, _HOUR = 60_000, 3_600_000
_GAPS_MS = st.one_of(
    st.sampled_from([0, 0, 1, 20, 49, 50, 51, 999]),
    st.integers(0, 5 * _MINUTE),
    st.integers(0, 12 * _HOUR),
    st.integers(-_HOUR, 0),
    st.just(40 * _HOUR),
)
_VALUES = st.sampled_from([1.0, 1.0, 1.0, 0.0, 0.0, 72.0, 0.5, -1.0, math.inf, math.nan])
_NAMES = st.sampled_from([*(sensor.id for sensor in SENSORS), "nobody-knows"])
_SENSED = st.tuples(_GAPS_MS, _NAMES, _VALUES)
_LINKED = st.tuples(_GAPS_MS, st.just(GATEWAY_LINK), st.sampled_from([0.0, 1.0]))
_STEPPED = st.tuples(
    st.integers(0, _HOUR), st.just(CLOCK_STEP), st.one_of(st.floats(-7200, 7200), st.sampled_from([-9e6, 9e6, 0.7]))
)
_LOST = st.tuples(
    _GAPS_MS,
    st.sampled_from([RADIO, *(SENSOR_LINK + sensor.id for sensor in SENSORS), f"{SENSOR_LINK}nobody-knows"]),
    st.sampled_from([0.0, 0.0, 1.0]),
)
_MOVES = st.lists(st.one_of(_SENSED, _SENSED, _SENSED, _LINKED, _LOST, _LOST, _STEPPED), min_size=1, max_size=40)


def _begun(*, learnt: bool) -> Home:
    return trained() if learnt else Home(spec())


def _inputs(home: Home, moves: list[tuple[int, str, float]]) -> list[Reading]:
    now_ms = home.now_ms or 1_741_000_000_000
    found = []
    for gap_ms, name, value in moves:
        if name == CLOCK_STEP:
            now_ms += gap_ms + round(value * 1000)
        else:
            now_ms = max(now_ms, now_ms + gap_ms) if gap_ms >= 0 else now_ms
        found.append(Reading(now_ms + min(gap_ms, 0), name, value))
    return found


@given(moves=_MOVES, learnt=st.booleans())
def test_a_step_is_time_passing_and_then_the_step(moves: list[tuple[int, str, float]], learnt: bool) -> None:
    one, other = _begun(learnt=learnt), _begun(learnt=learnt)
    for reading in _inputs(one, moves):
        said = one.step(reading)
        # a stepped clock has only come as far as its old face said
        before_ms = reading.at_ms - (round(reading.value * 1000) if reading.sensor == CLOCK_STEP else 0)
        assert said == other.advance(before_ms) + other.step(reading)
        assert one.state() == other.state()


@given(moves=_MOVES, learnt=st.booleans(), pauses=st.lists(st.integers(0, 30 * _HOUR), min_size=1, max_size=8))
def test_asking_often_changes_nothing(moves: list[tuple[int, str, float]], learnt: bool, pauses: list[int]) -> None:
    seldom, often = _begun(learnt=learnt), _begun(learnt=learnt)
    for reading in _inputs(seldom, moves):
        assert seldom.step(reading) == often.step(reading)
    moments = sorted(seldom.now_ms + pause for pause in pauses)
    said = [word for moment in moments for word in often.advance(moment)]
    assert said == seldom.advance(moments[-1])
    assert seldom.state() == often.state()
    assert seldom.silence_deadlines_s() == often.silence_deadlines_s()


@given(moves=_MOVES, learnt=st.booleans(), data=st.data())
def test_a_restored_home_goes_on_as_if_nothing_had_been(
    moves: list[tuple[int, str, float]], learnt: bool, data: st.DataObject
) -> None:
    home = _begun(learnt=learnt)
    inputs = _inputs(home, moves)
    cut = data.draw(st.integers(0, len(inputs)))
    run(home, inputs[:cut])
    other = copied(home)
    assert other.state() == home.state()
    assert other.silence_deadlines_s() == home.silence_deadlines_s()
    for reading in inputs[cut:]:
        assert other.step(reading) == home.step(reading)
    end_ms = home.now_ms + 40 * _HOUR
    assert other.advance(end_ms) == home.advance(end_ms)
    assert other.state() == home.state()


@given(moves=_MOVES, learnt=st.booleans())
def test_nothing_is_said_before_the_deadline(moves: list[tuple[int, str, float]], learnt: bool) -> None:
    home = _begun(learnt=learnt)
    for reading in _inputs(home, moves):
        home.step(reading)
        due_ms = home.deadline_ms()
        assert due_ms is not None
        assert due_ms > home.now_ms
        other = copied(home)
        assert other.advance(due_ms - 1) == []
        assert {**other.state(), "now_ms": home.now_ms} == home.state()


@given(moves=_MOVES, learnt=st.booleans())
def test_a_silence_raises_at_its_deadline_to_the_second(moves: list[tuple[int, str, float]], learnt: bool) -> None:
    home = _begun(learnt=learnt)
    run(home, _inputs(home, moves))
    deadline_s = home.silence_deadlines_s()["r1"]
    if deadline_s is None or deadline_s * 1000 <= home.now_ms:
        return
    for hour in range(1, 60):
        at_ms = home.now_ms + hour * 1000
        if at_ms >= deadline_s * 1000:
            break
        said = home.advance(at_ms)
        assert findings(said, AlertKind.INACTIVITY) == []
        assert home.silence_deadlines_s()["r1"] == deadline_s
    assert findings(home.advance(deadline_s * 1000 - 1), AlertKind.INACTIVITY) == []
    raised = findings(home.advance(deadline_s * 1000), AlertKind.INACTIVITY)
    assert [finding.opened_s for finding in raised] == [deadline_s]
    assert findings(home.advance(deadline_s * 1000 + 30 * _HOUR), AlertKind.INACTIVITY) == []


@settings(max_examples=5, phases=[Phase.explicit, Phase.generate])  # shrinking weeks would take hours
@given(
    seed=st.integers(0, 1_000),
    zone=st.sampled_from(["Europe/London", "Australia/Lord_Howe", "America/Los_Angeles"]),
    jumps=st.lists(st.tuples(st.integers(0, 1_500), st.integers(-7_200, 7_200)), max_size=4),
)
def test_weeks_of_a_life_with_a_clock_that_jumps(seed: int, zone: str, jumps: list[tuple[int, int]]) -> None:
    inputs, off_ms = list[Reading](), 0
    steps = dict(jumps)
    for index, reading in enumerate(a_life(21, seed=seed, timezone=zone)):
        if index in steps:
            off_ms += steps[index] * 1000
            inputs.append(Reading(reading.at_ms - 1 + off_ms, CLOCK_STEP, float(steps[index])))
        inputs.append(reading._replace(at_ms=reading.at_ms + off_ms))
    seldom, often = Home(spec(timezone=zone)), Home(spec(timezone=zone))
    for index, reading in enumerate(inputs):
        asked = often.now_ms and reading.sensor != CLOCK_STEP
        said = often.advance((often.now_ms + reading.at_ms) // 2) if asked else []
        assert said + often.step(reading) == seldom.step(reading)
        if index % 500 == 0:
            often = copied(often)
    assert often.state() == seldom.state()


def test_contacts_that_settle_at_the_same_moment_do_so_in_the_same_order_after_a_restore() -> None:
    home = Home(spec())
    start_ms = 1_741_000_000_000
    for name in ("toilet", "tap", "chair"):
        home.step(Reading(start_ms, name, 0))
    # both bounce, the one that the configuration names last first
    for offset, value in ((1000, 1), (1010, 0)):
        for name in ("toilet", "chair", "tap"):
            home.step(Reading(start_ms + offset, name, value))
    other = copied(home)
    assert home.advance(start_ms + _MINUTE) == other.advance(start_ms + _MINUTE)
    assert home.state() == other.state()


def test_the_state_stays_bounded() -> None:
    home = Home(spec())
    sizes = {}
    local = LocalTime("Europe/London")
    inputs = a_life(100)
    for one, nxt in pairwise(inputs):
        home.step(one)
        if local.day(one.at_ms // 1000) != local.day(nxt.at_ms // 1000):
            sizes[local.day(one.at_ms // 1000)] = len(str(home.state()))
    days = list(sizes.values())
    assert days[99 - 1] < 1.1 * days[70]
    assert days[-1] < 125_000


def test_sensors_that_are_new_or_gone_do_not_stop_a_restore() -> None:
    home = trained()
    fewer = Home.restore(spec(SENSORS[:3]), home.state())
    new = Sensor("fridge", SensorKind.FRIDGE, "kitchen", "r1")
    more = Home.restore(spec((*SENSORS, new)), home.state())
    at_ms = home.now_ms + _MINUTE
    for other in (fewer, more):
        other.step(Reading(at_ms, "bed", 0))
        assert other.silence_deadlines_s()["r1"] is not None
        other.advance(at_ms + 48 * _HOUR)
    more.step(Reading(more.now_ms + 1, "fridge", 1))
    assert more.left_out()["unknown_sensor"] == 0
