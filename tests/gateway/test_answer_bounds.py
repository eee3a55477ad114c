"""What an answer may do: every type at its bounds, and nothing else ever."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.answers.answer_bounds import AWAY_AT_MOST_S, Bounds, Input
from gateway.answers.answered import Dealt, Refused
from gateway.config.tables import AnswersTable
from gateway.store.outbox_rows import KnownAlert
from gateway.uplink.answers import Acknowledged, Answer, Away, BudgetOf, NewNormal, OutcomeOf, Snooze
from models.kinds import AlertKind
from models.localtime import DAY_S
from models.told import ACCEPTED, SNOOZABLE, Telling, parse

from .answering import utc

NOW_S = 1_795_183_320
OF_THEM = {"a" * 32: "late_start", "b" * 32: "inactivity", "c" * 32: "late_start", "e" * 32: "levitation"}


def known(alert_id: str) -> KnownAlert | None:
    whose = "r9" if alert_id[0] == "c" else "r1"
    return KnownAlert(whose, OF_THEM[alert_id], NOW_S - 900) if alert_id in OF_THEM else None


def judge(answer: Answer, *, clock_set: bool = True, **allowed: Any) -> tuple[Dealt, Input | None]:
    bounds = Bounds(AnswersTable(**allowed), frozenset({"r1", "r2"}), known)
    return bounds.judge(answer, NOW_S, clock_set=clock_set)


def said(answer: Answer, **how: Any) -> tuple[str, float] | Refused | None:
    dealt, found = judge(answer, **how)
    return dealt.refused if found is None else (found.told.name(), found.value)


def of(what: type[Answer], **fields: Any) -> Answer:
    return what(home="h-test", seq=1, given_at=utc(NOW_S), **fields)


@pytest.mark.parametrize(
    ("answer", "becomes"),
    [
        (of(Acknowledged, alert_id="b" * 32), (f"@ack/r1/inactivity/{NOW_S - 900}", 1)),
        (of(Acknowledged, alert_id="d" * 32), Refused.UNKNOWN_ALERT),
        (of(Acknowledged, alert_id="c" * 32), Refused.UNKNOWN_RESIDENT),
        (of(Acknowledged, alert_id="e" * 32), Refused.UNKNOWN_ALERT),
        (of(OutcomeOf, alert_id="a" * 32, outcome="not_useful"), (f"@outcome/r1/late_start/{NOW_S - 900}", 3)),
        (of(NewNormal, alert_id="a" * 32), (f"@new-normal/r1/late_start/{NOW_S - 900}", 1)),
        (of(NewNormal, alert_id="b" * 32), Refused.NOT_THIS_KIND),
        (of(Away, resident="r2", until=utc(NOW_S + 60)), ("@away/r2", NOW_S + 60)),
        (of(Away, resident="household", until=None), ("@away/household", 0)),
        (of(Away, resident="r3", until=None), Refused.UNKNOWN_RESIDENT),
        (of(Away, resident="r1", until=utc(NOW_S)), Refused.PAST),
        (of(Away, resident="r1", until=utc(NOW_S + AWAY_AT_MOST_S)), ("@away/r1", NOW_S + AWAY_AT_MOST_S)),
        (of(Away, resident="r1", until=utc(NOW_S + AWAY_AT_MOST_S + 1)), Refused.TOO_LONG),
        (of(BudgetOf, attention_per_week=0.5), Refused.NOT_ALLOWED),
    ],
)
def test_each_answer_is_one_thing_that_people_may_tell(answer: Answer, becomes: object) -> None:
    assert said(answer) == becomes


@pytest.mark.parametrize("kind", AlertKind)
def test_a_snooze_never_keeps_quiet_what_is_urgent(kind: AlertKind) -> None:
    answer = of(Snooze, resident="r1", kind=kind, until=utc(NOW_S + DAY_S))
    assert said(answer) == ((f"@snooze/r1/{kind}", NOW_S + DAY_S) if kind in SNOOZABLE else Refused.NOT_THIS_KIND)


@pytest.mark.parametrize("days", [0, 1, 14])
def test_a_snooze_is_as_long_as_this_home_allows(days: int) -> None:
    def snooze(until_s: int) -> tuple[str, float] | Refused | None:
        answer = of(Snooze, resident="r1", kind=AlertKind.LATE_START, until=utc(until_s))
        return said(answer, snooze_at_most_days=days)

    longest_s = NOW_S + days * DAY_S
    assert snooze(longest_s + 1) == (Refused.TOO_LONG if days else Refused.NOT_ALLOWED)
    assert snooze(NOW_S) == ("@snooze/r1/late_start", 0), "its end needs no leave"
    if days:
        assert snooze(longest_s) == ("@snooze/r1/late_start", longest_s)


def test_a_budget_is_within_the_bounds_of_this_home() -> None:
    for per_week, fits in ((0.4, False), (0.5, True), (2.0, True), (2.1, False)):
        found = said(of(BudgetOf, attention_per_week=per_week), attention_per_week=(0.5, 2.0))
        assert found == (("@budget/household", per_week) if fits else Refused.OUT_OF_BOUNDS)


def test_without_the_time_nothing_goes_on_until_a_time_but_everything_else_does() -> None:
    until = utc(NOW_S + 60)
    assert said(of(Away, resident="r1", until=until), clock_set=False) is Refused.CLOCK_NOT_SET
    snooze = of(Snooze, resident="r1", kind=AlertKind.LATE_START, until=until)
    assert said(snooze, clock_set=False) is Refused.CLOCK_NOT_SET
    assert said(of(Away, resident="r1", until=None), clock_set=False) == ("@away/r1", 0)
    assert isinstance(said(of(Acknowledged, alert_id="a" * 32), clock_set=False), tuple)


ids = st.sampled_from([*OF_THEM, "d" * 32])
times = st.integers(0, 4_000_000_000).map(utc)
whose = st.sampled_from(["r1", "r2", "r3", "household"])
common = {"home": st.just("h-test"), "seq": st.integers(1, 2**53 - 1), "given_at": times}
ANSWERS = st.one_of(
    st.builds(Acknowledged, **common, alert_id=ids),
    st.builds(OutcomeOf, **common, alert_id=ids, outcome=st.sampled_from(["useful", "sensor_fault"])),
    st.builds(NewNormal, **common, alert_id=ids),
    st.builds(Snooze, **common, resident=whose, kind=st.sampled_from(AlertKind), until=times),
    st.builds(Away, **common, resident=whose, until=st.none() | times),
    st.builds(BudgetOf, **common, attention_per_week=st.floats(0.1, 7)),
)


@given(ANSWERS, st.integers(0, 14), st.booleans())
def test_whatever_is_answered_only_what_this_home_allows_is_told(
    answer: Answer,
    days: int,
    clock_set: bool,
) -> None:
    dealt, found = judge(answer, clock_set=clock_set, snooze_at_most_days=days, attention_per_week=(0.5, 2.0))
    assert dealt.seq == answer.seq
    assert (found is None) == (dealt.refused is not None)
    if found is None:
        return
    told, value = found
    assert parse(told.name()) == told
    assert told.resident in {"r1", "r2", "household"}
    match told.what:
        case Telling.ACK | Telling.OUTCOME | Telling.NEW_NORMAL:
            assert told.opened_s is not None
            assert told.what is not Telling.NEW_NORMAL or told.kind in ACCEPTED
        case Telling.SNOOZE:
            assert told.kind in SNOOZABLE
            assert value == 0 or (clock_set and NOW_S < value <= NOW_S + days * DAY_S)
        case Telling.AWAY:
            assert value == 0 or (clock_set and NOW_S < value <= NOW_S + AWAY_AT_MOST_S)
        case Telling.BUDGET:
            assert 0.5 <= value <= 2.0
        case _:
            pytest.fail(f"nobody at the desk may tell {told.what}")
