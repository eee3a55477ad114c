"""Whatever is told of absences, in whatever order: restored exactly, never unwatched for ever."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.home import Home
from models.kinds import Severity
from models.localtime import DAY_S
from models.portrait import Watching
from models.told import Telling
from models.vocabulary import CLOCK_STEP, GATEWAY_LINK, Reading, Summary
from tests.models.absences import MINUTE, gone, tell
from tests.models.world import (
    SENSORS,
    copied,
    findings,
    link,
    run,
    summaries,
    trained,
)

_GAPS_MS = st.one_of(st.integers(0, 20 * MINUTE), st.integers(0, 12 * 3_600_000), st.just(9 * DAY_S * 1000))
_HOW = st.one_of(
    st.sampled_from([0.0, 1.0, -1.0, math.nan, math.inf, 1e300, 0.5]), st.integers(-3 * DAY_S, 80 * DAY_S).map(float)
)
"""How far ahead of now a time is told, or a value that is none."""

_WORDS = ["@away/r1", "@hospital/r1", "@alone/r1", "@away/r2", "@away/household"]
_MOVES = st.lists(
    st.one_of(
        st.tuples(_GAPS_MS, st.sampled_from([one.id for one in SENSORS]), st.sampled_from([1.0, 0.0, 1.0])),
        st.tuples(_GAPS_MS, st.sampled_from(_WORDS), _HOW),
        st.tuples(_GAPS_MS, st.just(GATEWAY_LINK), st.sampled_from([0.0, 1.0])),
        st.tuples(st.integers(0, 3_600_000), st.just(CLOCK_STEP), st.sampled_from([-7200.0, 7200.0, -9e6, 9e6])),
    ),
    min_size=1,
    max_size=25,
)


def _inputs(home: Home, moves: list[tuple[int, str, float]]) -> list[Reading]:
    now_ms, found = home.now_ms, list[Reading]()
    for gap_ms, name, value in moves:
        now_ms += gap_ms + (round(value * 1000) if name == CLOCK_STEP else 0)
        ahead = name.startswith(("@away", "@alone")) and math.isfinite(value) and abs(value) > 1
        found.append(Reading(now_ms, name, now_ms / 1000 + value if ahead else value))
    return found


@pytest.mark.slow
@settings(max_examples=20)
@given(moves=_MOVES, data=st.data())
def test_whatever_is_told_a_restored_home_goes_on(moves: list[tuple[int, str, float]], data: st.DataObject) -> None:
    home = trained()
    inputs = _inputs(home, moves)
    cut = data.draw(st.integers(0, len(inputs)))
    run(home, inputs[:cut])
    other = copied(home)
    assert other.state() == home.state()
    for reading in inputs[cut:]:
        # asked in between, and not
        between_ms = (other.now_ms + reading.at_ms) // 2 if reading.sensor != CLOCK_STEP else other.now_ms
        said = other.advance(max(between_ms, other.now_ms))
        assert said + other.step(reading) == home.step(reading)
        assert other.state() == home.state()
    end_ms = home.now_ms + 70 * DAY_S * 1000
    assert copied(home).advance(end_ms) == home.advance(end_ms)


@given(moves=_MOVES)
def test_whatever_was_told_a_silence_is_urgent_again_after_it(moves: list[tuple[int, str, float]]) -> None:
    home = trained()
    run(home, _inputs(home, moves))
    home.step(link(home.now_ms + 1000, up=True))
    at_s = home.now_ms // 1000 + 60
    for what in (Telling.AWAY, Telling.HOSPITAL):
        home.step(tell(what, 0, at_s))
    sign = [Reading((at_s + 7200 + index) * 1000, name, 1) for index, name in enumerate(["lounge", "hall", "lounge"])]
    said = run(home, sign) + home.advance((at_s + 4 * DAY_S) * 1000)
    raised = [one for one in findings(said) if one.severity is Severity.URGENT]
    trusted = "not judged" not in str(summaries(said)[-1].lines if summaries(said) else "")
    assert raised or not trusted


@pytest.mark.slow
@settings(max_examples=20)
@given(moves=_MOVES)
def test_no_word_keeps_anybody_unwatched_for_longer_than_sixty_days(moves: list[tuple[int, str, float]]) -> None:
    home = trained()
    run(home, _inputs(home, moves))
    home.step(link(home.now_ms + 1000, up=True))
    at_s = home.now_ms // 1000
    home.advance((at_s + 61 * DAY_S) * 1000)
    run(home, [Reading((at_s + 61 * DAY_S + 60) * 1000, "lounge", 1)])
    assert home.portrait().streams[0].watching is not Watching.ELSEWHERE


def test_a_summary_of_an_absence_is_one_that_can_be_sent() -> None:
    from gateway.messages import drafts_of

    home, _left_s, back_s = gone(days=9)
    said = home.advance((back_s + 2 * DAY_S) * 1000)
    assert [one for one in said if isinstance(one, Summary)]
    for draft in drafts_of("h-test", said):
        assert draft.encode(1)
