"""The same inputs give the same sayings, whatever is mixed: links, panels, badges, lines that chatter, answers.

As `tests.models.test_determinism`, in a home that has every sort of sensor that there is, and two people.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from models.home import Home
from models.kinds import AlertKind, SensorKind
from models.localtime import HOUR_S
from models.told import Outcome, Telling, Told
from models.vocabulary import CLOCK_STEP, GATEWAY_LINK, RADIO, SENSOR_LINK, PanelSpec, Reading, Recipients, Said, Sensor
from tests.models.world import SENSORS, a_life, copied, run, spec

_RADIO_HEARD = {"front-door", "tap", "lounge", "pulse", "steps"}
_MORE = (
    Sensor("badge", SensorKind.BADGE, "worn", wireless=True),
    Sensor("badge-2", SensorKind.BADGE, "worn", "r1", wireless=True),
    Sensor("weak-motion", SensorKind.MOTION, "study", "r1", wireless=True, weak=True),
    Sensor("weak-door", SensorKind.DOOR, "outside-door", "r1", wireless=True, weak=True),
    Sensor("warm", SensorKind.TEMPERATURE, "lounge", "r1"),
    Sensor("cell", SensorKind.BATTERY, "outside-door", "r1", wireless=True),
)
_ALL = (*(replace(one, wireless=one.id in _RADIO_HEARD) for one in SENSORS), *_MORE)
_PANELS = {"r1": PanelSpec(), "r2": PanelSpec(pauses_all=True)}
_ANSWER = dict.fromkeys(frozenset(AlertKind) - {AlertKind.LONG_STAY}, Recipients("team", "others"))
_SPECS = {
    1: replace(spec(_ALL), panels={"r1": PanelSpec(pauses_all=True)}, recipients=_ANSWER),
    2: replace(
        spec([replace(one, resident=None if one.kind is SensorKind.MOTION else one.resident) for one in _ALL],
             residents=("r1", "r2")),
        panels=_PANELS, recipients=_ANSWER, unanswered_after_s=120,
    ),
}  # fmt: skip
_HOUR_MS = HOUR_S * 1000

_GAPS_MS = st.one_of(
    st.sampled_from([0, 1, 49, 50, 999, 10_000, 60_000, 601_000, 1_800_000]),
    st.integers(0, 12 * _HOUR_MS),
    st.just(30 * _HOUR_MS),
)
_IDS = [sensor.id for sensor in _ALL]
_WHO = ["r1", "r2", "household", "nobody"]


def _told(what: Telling, kind: AlertKind | None = None) -> st.SearchStrategy[str]:
    return st.sampled_from([Told(what, who, kind).name() for who in _WHO])


_SENSED = st.tuples(_GAPS_MS, st.sampled_from(_IDS), st.sampled_from([1.0, 1.0, 0.0, 0.0, 15.0, 29.0, 72.0, 500.0]))
_LINKED = st.tuples(
    _GAPS_MS,
    st.sampled_from([GATEWAY_LINK, RADIO, RADIO, *(SENSOR_LINK + name for name in _IDS), f"{SENSOR_LINK}unknown"]),
    st.sampled_from([0.0, 0.0, 1.0]),
)
_PANEL = st.tuples(_GAPS_MS, _told(Telling.PANEL), st.sampled_from([1.0, 1.0, 0.0]))
_PRESSED = st.tuples(_GAPS_MS, _told(Telling.OK), st.just(1.0))
_UNTIL_H = st.sampled_from([-1.0, 0.5, 1.0, 4.0, 9.0, 48.0, float("inf"), float("nan")])
_UNTIL = st.tuples(_GAPS_MS, st.one_of(*map(_told, (Telling.PAUSE, Telling.AWAY, Telling.ALONE))), _UNTIL_H)
_HOSPITAL = st.tuples(_GAPS_MS, _told(Telling.HOSPITAL), st.sampled_from([0.0, 1.0]))
_OUTCOME = st.tuples(
    _GAPS_MS, st.sampled_from(list(AlertKind)).flatmap(lambda kind: _told(Telling.OUTCOME, kind)),
    st.sampled_from([float(one) for one in Outcome]),
)  # fmt: skip
_KINDS = st.sampled_from([AlertKind.HELP_BUTTON, AlertKind.HELP_BUTTON, *AlertKind])
_ACKED = st.tuples(_GAPS_MS, _KINDS.flatmap(lambda kind: _told(Telling.ACK, kind)), st.sampled_from([1.0, 1.0, 0.0]))
_SNOOZED = st.tuples(_GAPS_MS, _KINDS.flatmap(lambda kind: _told(Telling.SNOOZE, kind)), _UNTIL_H)
_BUDGET = st.tuples(_GAPS_MS, _told(Telling.BUDGET), st.sampled_from([0.0, 0.2, 1.0, 3.0, 99.0, float("nan")]))
_CALLED = st.tuples(_GAPS_MS, st.just("button"), st.just(1.0))
_STEPPED = st.tuples(
    st.integers(0, _HOUR_MS), st.just(CLOCK_STEP), st.one_of(st.floats(-7200, 7200), st.sampled_from([-9e6, 9e6, 0.7]))
)
_CHATTER = st.tuples(_GAPS_MS, st.sampled_from([f"~{name}" for name in _IDS]), st.integers(20, 400).map(float))
"""So many edges of one sensor, 33 ms apart."""
_ASKED = st.tuples(st.integers(-60, 3600).map(lambda seconds: seconds * 1000), st.just("?"), st.just(0.0))
"""Until so long before, or after, the moment that the home waits for: where what is asked and told hangs together."""

_MOVES = st.lists(
    st.one_of(
        _SENSED, _SENSED, _LINKED, _LINKED, _PANEL, _PRESSED, _PRESSED, _UNTIL, _HOSPITAL, _OUTCOME, _STEPPED,
        _CHATTER, _ASKED, _ACKED, _SNOOZED, _BUDGET, _CALLED, _CALLED,
    ),
    min_size=1, max_size=30,
)  # fmt: skip
_Moves = list[tuple[int, str, float]]
_LIFE = st.sampled_from([(1, 0), (1, 12), (2, 0), (2, 12)])
"""How many live there, and for how many days they are known."""


@cache
def _known(people: int, days: int) -> str:
    home = Home(_SPECS[people])
    run(home, a_life(days) if days else ())
    return json.dumps(home.state())


def _begun(life: tuple[int, int]) -> Home:
    home = Home.restore(_SPECS[life[0]], json.loads(_known(*life)))
    now_ms = home.now_ms or 1_741_000_000_000
    run(home, [Reading(now_ms, Told(Telling.PANEL, who).name(), 1.0) for who in home.spec.residents])
    return home


def _rows(home: Home, move: tuple[int, str, float]) -> Iterator[Reading]:
    """The inputs that one move is, now."""
    gap_ms, name, value = move
    at_ms = home.now_ms + max(gap_ms, 0)
    if name == "?":
        due_ms = home.deadline_ms() or home.now_ms
        yield Reading(max(home.now_ms, due_ms + gap_ms), Told(Telling.OK, "r1").name(), 1.0)
    elif name.startswith("~"):
        for edge in range(int(value)):
            yield Reading(at_ms + 33 * edge, name[1:], float(edge % 2 == 0))
    elif name == CLOCK_STEP:
        yield Reading(at_ms + round(value * 1000), name, value)
    elif name.partition("/")[0] in ("@pause", "@away", "@alone", "@snooze"):
        yield Reading(at_ms, name, at_ms // 1000 + value * HOUR_S)
    else:
        yield Reading(at_ms, name, value)


def _lived(home: Home, moves: _Moves) -> list[tuple[Reading, list[Said]]]:
    return [(row, home.step(row)) for move in moves for row in _rows(home, move)]


@given(moves=_MOVES, life=_LIFE, share=st.floats(0, 1))
def test_a_step_is_time_passing_and_then_the_step(moves: _Moves, life: tuple[int, int], share: float) -> None:
    one, other = _begun(life), _begun(life)
    for row, said in _lived(one, moves):
        # a stepped clock has only come as far as its old face said
        before_ms = row.at_ms - (round(row.value * 1000) if row.sensor == CLOCK_STEP else 0)
        some_ms = other.now_ms + round((before_ms - other.now_ms) * share)
        assert said == other.advance(some_ms) + other.advance(before_ms) + other.step(row)
    assert one.state() == other.state()


@given(moves=_MOVES, life=_LIFE, pauses=st.lists(st.integers(0, 30 * _HOUR_MS), min_size=1, max_size=8))
def test_asking_often_changes_nothing(moves: _Moves, life: tuple[int, int], pauses: list[int]) -> None:
    seldom, often = _begun(life), _begun(life)
    for row, said in _lived(seldom, moves):
        assert said == often.step(row)
    moments = sorted(seldom.now_ms + pause for pause in pauses)
    said = [word for moment in moments for word in often.advance(moment)]
    assert said == seldom.advance(moments[-1])
    assert seldom.state() == often.state()
    assert seldom.panels.asking() == often.panels.asking()


@given(moves=_MOVES, life=_LIFE, data=st.data())
def test_a_restored_home_goes_on_as_if_nothing_had_been(
    moves: _Moves, life: tuple[int, int], data: st.DataObject
) -> None:
    home, other = _begun(life), _begun(life)
    lived = _lived(home, moves)
    cuts = data.draw(st.sets(st.integers(0, len(lived)), max_size=3))
    for index, (row, said) in enumerate(lived):
        if index in cuts:
            other = copied(other)
        assert other.step(row) == said
    other = copied(other)
    assert other.state() == home.state()
    assert other.advance(home.now_ms) == home.advance(home.now_ms) == []  # a limit is looked up again after a restore
    assert other.deadline_ms() == home.deadline_ms()
    assert other.silence_deadlines_s() == home.silence_deadlines_s()
    assert (other.panels.asking(), other.panels.paused()) == (home.panels.asking(), home.panels.paused())
    assert other.unanswered() == home.unanswered()
    end_ms = home.now_ms + 40 * _HOUR_MS
    assert other.advance(end_ms) == home.advance(end_ms)
    assert other.state() == home.state()


@given(moves=_MOVES, life=_LIFE)
def test_nothing_is_said_or_asked_before_the_deadline(moves: _Moves, life: tuple[int, int]) -> None:
    home = _begun(life)
    _lived(home, moves)
    assert home.advance(home.now_ms) == []  # what depends on what was told is looked up only then
    due_ms = home.deadline_ms()
    assert due_ms is not None
    assert due_ms > home.now_ms
    asking = home.panels.asking()
    other = copied(home)
    assert other.advance(due_ms - 1) == []
    assert other.panels.asking() == asking
    assert {**other.state(), "now_ms": home.now_ms} == home.state()
