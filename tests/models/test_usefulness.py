"""How useful a kind of alert was found: counted once for each alert, faded, and heeded only where it may be."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.kinds import AlertKind
from models.localtime import DAY_S
from models.told import Outcome, Telling, Told, parse
from models.usefulness import HALF_LIFE_S, REMEMBERED, TRIAL_AFTER_S, Answers

USEFUL, NOT = Outcome.USEFUL, Outcome.NOT_USEFUL
NOW_S = 1_700_000_000


def _answers(*outcomes: Outcome, weighs: bool = True) -> Answers:
    answers = Answers()
    for number, outcome in enumerate(outcomes):
        answers.raised(NOW_S + number, weighs=weighs)
        answers.answer(outcome, at_s=NOW_S + number)
    return answers


@pytest.mark.parametrize(
    ("outcomes", "held"),
    [
        ([NOT] * 4, False),
        ([NOT] * 5, True),
        ([USEFUL] + [NOT] * 5, False),
        ([USEFUL] + [NOT] * 6, True),
        ([NOT, Outcome.KNOWN_REASON, NOT, Outcome.SENSOR_FAULT, NOT, NOT], False),
        ([Outcome.KNOWN_REASON] * 9, False),
        ([Outcome.SENSOR_FAULT] * 9, False),
    ],
)
def test_a_kind_is_held_back_when_it_is_most_likely_not_useful(outcomes: list[Outcome], held: bool) -> None:
    assert _answers(*outcomes).is_held_back(NOW_S + 10) is held


def test_answers_to_urgent_alerts_are_counted_and_change_nothing() -> None:
    answers = _answers(*[NOT] * 20, weighs=False)
    assert (answers.alerts, answers.count(NOT)) == (20, 20)
    assert not answers.is_held_back(NOW_S + 30)
    assert answers.usefulness(NOW_S + 30) is None
    assert answers.weight(NOW_S + 30) == 1


def test_the_last_word_on_an_alert_counts_and_counts_once() -> None:
    answers = _answers(*[NOT] * 4)
    for _ in range(10):  # a slip that is taken again
        assert answers.answer(NOT, at_s=NOW_S + 9)
    assert (answers.count(NOT), answers.is_held_back(NOW_S + 9)) == (4, False)
    assert answers.answer(USEFUL, at_s=NOW_S + 9, opened_s=NOW_S)
    assert (answers.count(NOT), answers.count(USEFUL)) == (3, 1)


def test_a_word_on_no_alert_is_left() -> None:
    assert not Answers().answer(NOT, at_s=NOW_S)
    answers = _answers(NOT)
    assert not answers.answer(USEFUL, at_s=NOW_S, opened_s=NOW_S + 1)
    assert answers.count(USEFUL) == 0


def test_two_months_later_it_is_on_trial_and_one_more_word_decides() -> None:
    answers = _answers(*[NOT] * 7)
    trial_s = NOW_S + 4 + TRIAL_AFTER_S
    assert answers.is_held_back(trial_s - 1)
    assert not answers.is_held_back(trial_s)
    answers.raised(trial_s, weighs=True)
    assert answers.answer(NOT, at_s=trial_s + 60)
    assert answers.is_held_back(trial_s + 60)


def test_one_that_was_held_back_and_is_marked_useful_brings_the_kind_back() -> None:
    answers = _answers(*[NOT] * 9)
    answers.raised(NOW_S + 20, weighs=True)
    assert answers.answer(USEFUL, at_s=NOW_S + 21)
    assert not answers.is_held_back(NOW_S + 21)


def test_answers_fade() -> None:
    answers = _answers(*[NOT] * 3)
    at_once, later = answers.usefulness(NOW_S), answers.usefulness(NOW_S + 3 + 4 * HALF_LIFE_S)
    assert at_once is not None
    assert later is not None
    assert at_once.expected == pytest.approx(2 / 6, abs=1e-4)
    assert later.expected == pytest.approx(2 / (3 + 3 / 16), abs=1e-4)


OUTCOMES = st.lists(
    st.tuples(st.integers(0, 40 * DAY_S), st.booleans(), st.sampled_from(Outcome) | st.none(), st.integers(0, 3)),
    max_size=40,
)


@given(OUTCOMES)
def test_its_state_is_bounded_and_makes_the_same_answers(steps: list[tuple[int, bool, Outcome | None, int]]) -> None:
    answers, at_s = Answers(), NOW_S
    for wait_s, weighs, outcome, back in steps:
        at_s += wait_s
        answers.raised(at_s, weighs=weighs)
        if outcome is not None:
            answers.answer(outcome, at_s=at_s + back, opened_s=None if back else at_s)
    state = json.loads(json.dumps(answers.state()))
    again = Answers.from_state(state)
    assert again == answers
    assert again.usefulness(at_s) == answers.usefulness(at_s)
    assert len(state["recent"]) <= REMEMBERED
    assert answers.alerts == len(steps)
    assert sum(map(answers.count, Outcome)) == sum(outcome is not None for _, _, outcome, _ in steps)
    assert 0 < answers.weight(at_s) <= 1
    useful = answers.usefulness(at_s)
    assert useful is None or 0 < useful.low < useful.expected < useful.high < 1


@given(
    st.sampled_from(Telling),
    st.from_regex(r"[a-z0-9][a-z0-9-]{0,47}", fullmatch=True),
    st.sampled_from(AlertKind),
    st.none() | st.integers(1, 10**11),
)
def test_a_name_says_what_was_told(what: Telling, resident: str, kind: AlertKind, opened_s: int | None) -> None:
    of_a_kind = what in (Telling.OUTCOME, Telling.NEW_NORMAL, Telling.ACK, Telling.SNOOZE)
    told = Told(what, resident, kind, opened_s) if of_a_kind else Told(what, resident)
    assert parse(told.name()) == told


@given(st.text(max_size=40) | st.from_regex(r"@(outcome|away)(/[a-z_0-9]*){0,4}", fullmatch=True))
@example("@away/r1/0")
def test_whatever_the_name_it_is_told_in_one_way_only(name: str) -> None:
    told = parse(name)
    assert told is None or told.name() == name
