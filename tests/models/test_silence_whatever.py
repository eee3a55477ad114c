"""The silence learner, whatever it is asked and whatever it has seen: deadlines, rarity, budget, state."""

import json
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from models.learners.population import CONTEXTS, STEP_S
from models.learners.silence import CEILING_H, MIN_DEADLINE_S, Gap, Silence
from models.localtime import HOUR_S, LocalTime
from models.presence import MAYBE_OUT
from tests.models.silences import KNOWN, LONDON, MONDAY_S, PLACES, STARTS, follow


@given(STARTS, PLACES)
def test_a_deadline_lies_between_the_least_wait_and_the_ceiling(start_s: int, context: str) -> None:
    deadline_s = KNOWN.deadline_s(start_s, context)
    assert deadline_s is not None
    assert start_s + MIN_DEADLINE_S <= deadline_s <= KNOWN.ceiling_s(start_s)


@given(STARTS, PLACES, st.floats(0.002, 1.0), st.floats(0.002, 1.0))
def test_a_larger_budget_never_notices_later(start_s: int, context: str, one: float, other: float) -> None:
    state = KNOWN.state()
    least, most = (Silence.from_state({**state, "budget_per_day": budget}) for budget in sorted((one, other)))
    later_s, sooner_s = least.deadline_s(start_s, context), most.deadline_s(start_s, context)
    assert later_s is None or (sooner_s is not None and sooner_s <= later_s)
    assert later_s is not None or context in MAYBE_OUT


@given(STARTS, PLACES)
def test_a_longer_silence_is_never_less_rare(start_s: int, context: str) -> None:
    scores = [KNOWN.score_one(Gap(start_s, start_s + step * STEP_S, context)) for step in range(0, 70, 3)]
    rarities = [score for score in scores if score is not None]
    assert len(rarities) == len(scores)
    assert all(later <= earlier for earlier, later in pairwise(rarities))
    assert rarities[-1] < rarities[0] / 10


@given(STARTS, PLACES, st.sampled_from((0.05, 0.1, 0.2)))
def test_the_score_at_the_deadline_is_the_budget(start_s: int, context: str, budget: float) -> None:
    silence = Silence.from_state({**KNOWN.state(), "budget_per_day": budget})
    deadline_s = silence.deadline_s(start_s, context)
    assert deadline_s is not None
    if not start_s + MIN_DEADLINE_S < deadline_s < silence.ceiling_s(start_s):
        return
    at_deadline = silence.score_one(Gap(start_s, deadline_s, context))
    a_step_later = silence.score_one(Gap(start_s, deadline_s + STEP_S, context))
    assert at_deadline is not None
    assert a_step_later is not None
    assert at_deadline >= budget * (1 - 1e-9)
    assert a_step_later <= budget * (1 + 1e-9)


@given(STARTS, PLACES)
def test_what_is_usual_is_over_before_an_alert_in_the_day(start_s: int, context: str) -> None:
    usual_s = KNOWN.usual_s(start_s, context)
    assert usual_s is not None
    assert usual_s > start_s
    if 8 <= LONDON.second_of_day(start_s) / HOUR_S < 16:
        deadline_s = KNOWN.deadline_s(start_s, context)
        assert deadline_s is not None
        assert usual_s <= deadline_s


@given(st.integers(0, 10_000_000), st.sampled_from(("Europe/London", "America/St_Johns", "Asia/Kolkata")))
def test_the_ceiling_is_eight_waking_hours(offset_s: int, zone: str) -> None:
    silence = Silence(zone)
    local = LocalTime(zone)
    start_s = MONDAY_S + offset_s
    ceiling_s = silence.ceiling_s(start_s)
    awake = sum(7 <= local.second_of_day(at_s) / HOUR_S < 22 for at_s in range(start_s, ceiling_s, 60))
    assert abs(awake - CEILING_H * 60) <= 1


GAPS = st.lists(st.tuples(st.integers(1, 20 * HOUR_S), PLACES), min_size=1, max_size=80)


@given(GAPS, GAPS)
def test_state_survives_json_exactly(before: list[tuple[int, str]], after: list[tuple[int, str]]) -> None:
    one = Silence("America/New_York", 0.1)
    at_s = follow(one, MONDAY_S, before)
    saved = json.dumps(one.state())
    other = Silence.from_state(json.loads(saved))
    assert json.dumps(other.state()) == saved
    end_s = follow(one, at_s, after)
    follow(other, at_s, after)
    assert json.dumps(other.state()) == json.dumps(one.state())
    for context in CONTEXTS:
        assert other.deadline_s(end_s, context) == one.deadline_s(end_s, context)
        assert other.score_one(Gap(end_s, end_s + 9000, context)) == one.score_one(Gap(end_s, end_s + 9000, context))
