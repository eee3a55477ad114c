"""What has drifted since the walk-test, as the technician is told of it: once, and not beside a more urgent word."""

import json
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from models.home import Home
from models.kinds import AlertKind
from models.localtime import DAY_S
from models.vocabulary import RADIO, SENSOR_LINK, WALK_DRIFT, Change, Reading, Said
from models.walk_drift import SIGNS
from tests.models.test_faults import SPEC, T_S, home_at, lost, news, told
from tests.models.world import run

DRIFT = AlertKind.WALK_TEST_DRIFT


def drift(sign: str, sensor: str, at_s: int, value: float) -> Reading:
    return Reading(at_s * 1000, f"{WALK_DRIFT}{sign}/{sensor}", value)


def test_a_weaker_radio_is_told_once_and_ends_when_it_is_mended() -> None:
    home = home_at()
    said = run(home, [drift("weak", "front-door", T_S + 100, 14.0)]) + home.advance((T_S + 110) * 1000)
    [finding] = told(said)
    assert finding.kind is DRIFT
    assert finding.evidence.observed == (
        "The radio of front-door (door, outside door) comes in 14 dB weaker than at the walk-test, "
        "seen at 10:01 on Monday 3 March."
    )
    assert finding.evidence.coverage.startswith("What it says is still used; some of it may be missed.")
    said = run(home, [drift("weak", "front-door", T_S + 3600, 15.0)]) + home.advance((T_S + 3700) * 1000)
    assert (told(said), news(said)) == ([], [])
    said = run(home, [drift("weak", "front-door", T_S + 4000, 0.0)]) + home.advance((T_S + 4010) * 1000)
    [update] = news(said)
    assert update.change is Change.RESOLVED
    assert update.observed.startswith(
        "The sensor front-door (door, outside door) is as at the walk-test again, seen at 11:06"
    )


def test_what_is_told_at_once_is_not_told_twice() -> None:
    home = home_at()
    said = run(home, [lost("front-door", T_S + 60)]) + home.advance((T_S + 200) * 1000)
    assert [one.kind for one in told(said)] == [AlertKind.SENSOR_SILENT]
    said = run(home, [drift("unseen", "front-door", T_S + 300, 30.0)]) + home.advance((T_S + 400) * 1000)
    assert told(said) == []
    said = run(home, [lost("front-door", T_S + 500, up=True)]) + home.advance((T_S + 2 * DAY_S) * 1000)
    assert [one.kind for one in told(said)] == [DRIFT], "once the urgent word is over, what drifted is still so"


def test_a_radio_that_is_down_explains_what_comes_by_it() -> None:
    home = home_at()
    said = run(home, [Reading((T_S + 60) * 1000, RADIO, 0.0)]) + home.advance((T_S + 200) * 1000)
    said += run(home, [drift("margin", "hall", T_S + 300, -84.0), drift("bounce", "tap", T_S + 300, 90.0)])
    said += home.advance((T_S + 400) * 1000)
    found = [one for one in told(said) if one.kind is DRIFT]
    assert [one.evidence.observed.split(" (")[0] for one in found] == ["The contact of tap"]


def test_a_state_of_before_there_were_walk_tests_can_be_read() -> None:
    home = home_at()
    state = json.loads(json.dumps(home.state()))
    del state["house"]["faults"]["drift"]
    del state["house"]["faults"]["troubles"][str(DRIFT)]
    again = Home.restore(SPEC, state)
    said = run(again, [drift("press", "tap", T_S + 300, 190.0)]) + again.advance((T_S + 400) * 1000)
    assert [one.kind for one in told(said)] == [DRIFT]


_INPUTS = st.lists(
    st.one_of(
        st.tuples(
            st.integers(1, 30_000),
            st.tuples(st.sampled_from(SIGNS), st.sampled_from(["front-door", "tap", "hall", "gone"])).map(
                lambda of: f"{WALK_DRIFT}{of[0]}/{of[1]}"
            ),
            st.sampled_from([0.0, 12.0, -85.0, float("nan"), 1e9]),
        ),
        st.tuples(st.integers(1, 30_000), st.just(f"{SENSOR_LINK}front-door"), st.sampled_from([0.0, 1.0])),
        st.tuples(st.integers(1, 30_000), st.just(RADIO), st.sampled_from([0.0, 1.0])),
    ),
    max_size=25,
)


@given(inputs=_INPUTS)
@settings(max_examples=60, deadline=None)
def test_whenever_it_is_asked_and_restarted_it_says_the_same(inputs: list[tuple[int, str, float]]) -> None:
    seldom, often = home_at(), home_at()
    at_ms = T_S * 1000
    said: tuple[list[Said], list[Said]] = ([], [])
    for gap_s, name, value in inputs:
        for now_ms in range(at_ms, at_ms + gap_s * 1000, 7_000_000):
            said[1].extend(often.advance(now_ms))
        at_ms += gap_s * 1000
        said[0].extend(seldom.step(Reading(at_ms, name, value)))
        said[1].extend(often.step(Reading(at_ms, name, value)))
        often = Home.restore(SPEC, json.loads(json.dumps(often.state())))
    said[0].extend(seldom.advance(at_ms + DAY_S * 1000))
    said[1].extend(often.advance(at_ms + DAY_S * 1000))
    assert said[0] == said[1]
    theirs = [one for one in told(said[0]) if one.kind is DRIFT]
    ends = [one.opened_s for one in news(said[0]) if one.kind is DRIFT and one.change is Change.RESOLVED]
    for before, after in pairwise(theirs):
        assert before.opened_s in ends, "one alert is open at a time"
        assert before.opened_s < after.opened_s
