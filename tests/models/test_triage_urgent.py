"""No sequence of answers changes anything urgent."""

from functools import cache
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.messages import drafts_of
from models.kinds import AlertKind, Severity
from models.localtime import DAY_S, HOUR_S
from models.told import Outcome, Telling, Told
from models.vocabulary import HOUSEHOLD, Finding, Reading, Said, Update
from tests.models.answering import BED, EXIT, HELP, LATE, STAY, answer
from tests.models.world import a_life, copied, findings, morning_s, run, saved, trained


def _hard_days() -> list[Reading]:
    """Days 12 to 20: late mornings, long stays, doors at night, presses for help, hours of nothing, fewer taps."""
    life = [one for one in a_life(20, seed=4) if one.at_ms > morning_s(12, 4.1) * 1000]
    days = range(12, 20)

    def gone(first: float, last: float, *only: int) -> None:
        nonlocal life
        for day in only or days:
            start, end = morning_s(day, first) * 1000, morning_s(day, last) * 1000
            life = [one for one in life if not start <= one.at_ms < end]

    gone(4.2, 10.4)
    gone(13, 15, 13, 15, 17)
    life += [Reading(morning_s(day, 13) * 1000 + 5, "bath-motion", 1) for day in (13, 15, 17)]
    gone(15.5, 20.5, 14, 16)
    life += [Reading(morning_s(day, 15.5) * 1000 + 5, "chair", 1) for day in (14, 16)]
    life += [Reading(morning_s(day, 20.5) * 1000 + 5, "chair", 0) for day in (14, 16)]
    gone(24.9, 28, 12, 14, 18)
    life += [Reading(morning_s(day, 25) * 1000 + 5, "front-door", 1) for day in (12, 14, 18)]
    life += [Reading(morning_s(day, 25.3) * 1000 + 5, "hall", 1) for day in (12, 14, 18)]
    gone(12, 24, 19)
    life += [Reading(morning_s(day, 11) * 1000 + 5, "button", 1) for day in days]
    return sorted(life)


def _urgent(said: list[Said]) -> list[bytes]:
    """The messages about what is urgent, but for their numbers."""
    urgent = {(one.kind, one.opened_s) for one in findings(said) if one.severity is Severity.URGENT}
    about = [one for one in said if isinstance(one, Finding | Update) and (one.kind, one.opened_s) in urgent]
    return [draft.encode(1) for draft in drafts_of("h-test", about)]


@cache
def _undisturbed() -> tuple[list[Said], list[bytes]]:
    home = trained()
    said = run(home, _hard_days()) + home.advance(morning_s(21, 12) * 1000)
    return said, _urgent(said)


ANSWERED = st.lists(
    st.tuples(st.integers(0, 9 * DAY_S), st.sampled_from(AlertKind), st.sampled_from(Outcome)), max_size=60
)
NEVER_USEFUL = [
    (hour * HOUR_S, kind, Outcome.NOT_USEFUL) for hour in range(8 * 24) for kind in (LATE, STAY, BED, EXIT, HELP)
]


@settings(max_examples=12, deadline=None)
@given(ANSWERED)
@example(NEVER_USEFUL)
def test_no_sequence_of_answers_changes_anything_urgent(answered: list[tuple[int, AlertKind, Outcome]]) -> None:
    start_s = morning_s(12, 4.1)
    told = [answer(kind, outcome, start_s + after_s) for after_s, kind, outcome in answered]
    home = trained()
    said: list[Said] = []
    for index, one in enumerate(sorted([*_hard_days(), *told])):
        said += home.step(one)
        if index % 400 == 399:
            home = copied(home)
    said += home.advance(morning_s(21, 12) * 1000)
    assert _urgent(said) == _undisturbed()[1]


_TOLD = st.lists(
    st.tuples(
        st.integers(0, 9 * DAY_S),
        st.one_of(
            st.tuples(st.just(Telling.SNOOZE), st.sampled_from(AlertKind), st.just(14.0 * DAY_S)),
            st.tuples(st.just(Telling.BUDGET), st.none(), st.sampled_from([0.1, 1.0, 7.0])),
            st.tuples(st.just(Telling.ACK), st.sampled_from(AlertKind), st.just(1.0)),
        ),
    ),
    max_size=60,
)
_EVERYTHING = [
    (hour * HOUR_S, told)
    for hour in range(8 * 24)
    for told in (
        *((Telling.SNOOZE, kind, 14.0 * DAY_S) for kind in (LATE, STAY, BED, EXIT, HELP)),
        (Telling.BUDGET, None, 0.1 if hour % 48 < 24 else 7.0), (Telling.ACK, STAY, 1.0),
    )
]  # fmt: skip
_Word = tuple[Telling, AlertKind | None, float]


@settings(max_examples=12, deadline=None)
@given(_TOLD)
@example(_EVERYTHING)
def test_nor_does_a_snooze_a_budget_or_an_acknowledgement(said_so: list[tuple[int, _Word]]) -> None:
    start_s = morning_s(12, 4.1)
    told = [
        Reading(
            (start_s + after_s) * 1000, Told(what, HOUSEHOLD if kind is None else "r1", kind).name(),
            value + start_s + after_s if what is Telling.SNOOZE else value,
        )
        for after_s, (what, kind, value) in said_so
    ]  # fmt: skip
    home = trained()
    said = run(home, sorted([*_hard_days(), *told])) + home.advance(morning_s(21, 12) * 1000)
    assert _urgent(said) == _undisturbed()[1]


def test_answers_leave_no_trace_in_what_is_learnt_of_anything_urgent() -> None:
    """Only what was answered, what was said, and the levels of changes over days may differ."""
    states = []
    for told in ([], [answer(kind, outcome, morning_s(12, 4.1) + after_s) for after_s, kind, outcome in NEVER_USEFUL]):
        home = trained()
        run(home, sorted([*_hard_days(), *told]))
        home.advance(morning_s(21, 12) * 1000)
        state = saved(home)
        assert state.pop("voice")
        for stream in state["streams"].values():
            for part in ("trends", "slow", "summaries"):
                assert stream.pop(part)
        states.append(state)
    assert states[0] == states[1]


def test_the_hard_days_are_hard_and_answers_do_change_what_is_not_urgent() -> None:
    said, urgent = _undisturbed()
    assert {one.kind for one in findings(said) if one.severity is Severity.URGENT} >= {
        HELP, AlertKind.INACTIVITY, STAY, EXIT,
    }  # fmt: skip
    assert len(urgent) > 10
    home = trained()
    told = [answer(LATE, Outcome.NOT_USEFUL, morning_s(day, 11)) for day in range(12, 20)]
    heard = run(home, sorted([*_hard_days(), *told]))
    late = [len(findings(one, LATE)) for one in (said, heard)]
    assert late[1] < late[0]


def test_time_between_the_answers_changes_nothing() -> None:
    home, slow = trained(), trained()
    told = [answer(LATE, Outcome.NOT_USEFUL, morning_s(day, 11)) for day in range(12, 20)]
    rows = sorted([*_hard_days(), *told])
    said = run(home, rows)
    slowly: list[Said] = []
    for one, after in pairwise([*rows, rows[-1]]):
        slowly += slow.step(one) + slow.advance((one.at_ms + after.at_ms) // 2)
    assert slowly == said
    assert slow.state() == home.state()
