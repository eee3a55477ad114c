"""The life of findings: what is one alert, what is held back, and what nothing holds back."""

from typing import Final

import pytest

from models.claims import Ending, Opening
from models.kinds import NOTES, AlertKind, Severity
from models.localtime import DAY_S, LocalTime
from models.told import Outcome, Telling, Told
from models.triage import SOON_S, Triage
from models.usefulness import TRIAL_AFTER_S
from models.vocabulary import Change, Evidence, Finding, Update
from tests.models.answering import BED, EXIT, HELP, LATE, STAY

NOW_S: Final = 1_700_000_000
EVIDENCE = Evidence("Seen.", "Usual.", "Because.", "Coverage.", "This cannot tell.", "Ring them.")


def _claim(
    at_s: int, kind: AlertKind = LATE, severity: Severity = Severity.ATTENTION, *, fixed: bool = False
) -> Opening:
    return Opening("r1", kind, severity, at_s - 60, at_s, EVIDENCE, fixed)


def _triage(kinds: frozenset[AlertKind] = frozenset(AlertKind)) -> Triage:
    return Triage(LocalTime("Europe/London"), kinds)


def _not_useful(triage: Triage, kind: AlertKind = LATE, severity: Severity = Severity.ATTENTION) -> int:
    """Five alerts of `kind`, a day apart, each marked not useful; returns when the last one ended."""
    for day in range(5):
        at_s = NOW_S + day * DAY_S
        assert isinstance(triage.judge(_claim(at_s, kind, severity)), Finding)
        triage.judge(Ending("r1", kind, at_s + 60, "Over."))
        triage.answered(Told(Telling.OUTCOME, "r1", kind), at_s + 90, Outcome.NOT_USEFUL)
    return NOW_S + 4 * DAY_S + 90


def test_what_is_mostly_not_useful_is_held_back_and_the_summary_says_so() -> None:
    triage = _triage()
    at_s = _not_useful(triage) + DAY_S
    assert triage.judge(_claim(at_s)) is None
    assert triage.judge(Ending("r1", LATE, at_s + 60, "Over.")) is None
    held, score = triage.account("r1", at_s + 120)
    assert held.startswith("Held back because most were marked not useful: late start (once).")
    assert score.startswith(
        "Late start: 5 of 6 alerts so far were answered, 5 as not useful. By this most likely between 5 and 5"
    )
    assert triage.account("r1", at_s + 180) == [score], "what was held back is told of once"
    assert triage.account("r2", at_s) == []


def test_one_that_was_held_back_can_be_marked_useful_and_brings_the_kind_back() -> None:
    triage = _triage()
    at_s = _not_useful(triage) + DAY_S
    assert triage.judge(_claim(at_s)) is None
    triage.answered(Told(Telling.OUTCOME, "r1", LATE), at_s + 60, Outcome.USEFUL)
    assert isinstance(triage.judge(_claim(at_s + DAY_S)), Finding)


def test_after_two_months_it_is_told_again_on_trial() -> None:
    triage = _triage()
    at_s = _not_useful(triage) + TRIAL_AFTER_S
    assert triage.judge(_claim(at_s - 1)) is None
    assert isinstance(triage.judge(_claim(at_s)), Finding)


@pytest.mark.parametrize("kind", [STAY, EXIT, AlertKind.INACTIVITY])
def test_what_is_urgent_is_never_held_back(kind: AlertKind) -> None:
    triage = _triage()
    at_s = _not_useful(triage, kind, Severity.URGENT) + DAY_S
    assert isinstance(triage.judge(_claim(at_s, kind, Severity.URGENT)), Finding)


def test_a_kind_that_is_held_back_is_told_where_it_is_urgent() -> None:
    triage = _triage()
    at_s = _not_useful(triage) + DAY_S
    assert isinstance(triage.judge(_claim(at_s, LATE, Severity.URGENT)), Finding)


@pytest.mark.parametrize("kind", [STAY, BED])
def test_what_stands_in_for_others_is_never_held_back(kind: AlertKind) -> None:
    triage = _triage()
    at_s = _not_useful(triage, kind) + DAY_S
    assert isinstance(triage.judge(_claim(at_s, kind)), Finding)


def test_a_fixed_limit_is_never_held_back() -> None:
    triage = _triage()
    at_s = _not_useful(triage) + DAY_S
    assert isinstance(triage.judge(_claim(at_s, fixed=True)), Finding)


@pytest.mark.parametrize("kind", sorted(NOTES))
@pytest.mark.parametrize("severity", Severity)
def test_notes_are_never_alerts(kind: AlertKind, severity: Severity) -> None:
    triage = _triage()
    assert triage.judge(_claim(NOW_S, kind, severity, fixed=True)) is None
    assert not triage.is_told("r1", kind)


def test_what_comes_back_at_once_is_news_of_the_same_alert() -> None:
    triage = _triage()
    triage.judge(_claim(NOW_S, EXIT, Severity.URGENT))
    triage.judge(Ending("r1", EXIT, NOW_S + 300, "Over."))
    again = triage.judge(_claim(NOW_S + 300 + SOON_S - 1, EXIT, Severity.URGENT))
    assert isinstance(again, Update)
    assert (again.opened_s, again.change) == (NOW_S, Change.REPEATED)
    assert again.observed == "Again, shortly after it had ended: Seen."
    over = triage.judge(Ending("r1", EXIT, NOW_S + 2 * SOON_S, "Over."))
    assert isinstance(over, Update)
    assert over.opened_s == NOW_S
    assert isinstance(triage.judge(_claim(NOW_S + 3 * SOON_S, EXIT, Severity.URGENT)), Finding)


def test_what_comes_back_and_is_more_urgent_is_a_new_alert() -> None:
    triage = _triage()
    triage.judge(_claim(NOW_S, STAY))
    triage.judge(Ending("r1", STAY, NOW_S + 300, "Over."))
    assert isinstance(triage.judge(_claim(NOW_S + 600, STAY, Severity.URGENT)), Finding)


def test_a_help_button_is_a_new_alert_each_time() -> None:
    triage = _triage()
    triage.judge(_claim(NOW_S, HELP, Severity.URGENT))
    assert triage.judge(Ending("r1", HELP, NOW_S + 600, "")) is None
    assert isinstance(triage.judge(_claim(NOW_S + 601, HELP, Severity.URGENT)), Finding)


def test_an_alert_that_makes_way_for_several_changes_ends_with_a_sentence() -> None:
    triage = _triage()
    triage.judge(_claim(NOW_S, AlertKind.LESS_ACTIVE))
    merged = triage.judge(Ending("r1", AlertKind.LESS_ACTIVE, NOW_S + DAY_S, ""))
    assert isinstance(merged, Update)
    assert merged.change is Change.RESOLVED
    assert merged.observed.startswith("More has changed since.")
