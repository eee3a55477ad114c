"""How useful people found the alerts of one kind about one resident, by what they answered.

A Beta distribution over "the next answer says useful": each `useful` counts for the kind, each `not useful`
against it; a known reason and a sensor fault are counted and say nothing of either. Old answers fade. What is
mostly not useful is held back for a while and then tried again. Alerts that are urgent are counted and never held
back (ALERTS, rule 5).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Self

from models.localtime import DAY_S
from models.told import Outcome

PRIOR: Final = (2.0, 1.0)
"""Weakly useful, worth three answers: a kind must show that it is not, and five in a row that were not do."""

HALF_LIFE_S: Final = 90 * DAY_S
"""After a season an answer counts half: people, and what they want to hear of, change."""

SURE: Final = 0.9
"""Held back from this probability on that fewer than half of the alerts are useful."""

TRIAL_AFTER_S: Final = 60 * DAY_S
"""Two months later it is told again, on trial; the next answer that says "not useful" may hold it back again."""

REMEMBERED: Final = 12
"""Alerts that can still be answered, or answered anew: a busy month of one kind."""


class Usefulness(NamedTuple):
    """A share of useful alerts: the expected one, and where it lies with nine chances in ten."""

    expected: float
    low: float
    high: float


@dataclass(slots=True)
class _Alert:
    """An alert that may be answered. Times are UTC seconds; `weighs`: it was not urgent, so an answer counts."""

    opened_s: int
    weighs: bool
    outcome: Outcome | None = None
    answered_s: int = 0


@dataclass(slots=True)
class Answers:
    """The alerts of one kind about one resident, and what was answered.

    >>> answers = Answers()
    >>> for week in range(5):
    ...     answers.raised(week * 7 * DAY_S, weighs=True)
    ...     assert answers.answer(Outcome.NOT_USEFUL, at_s=week * 7 * DAY_S + 3600)
    >>> answers.alerts, answers.count(Outcome.NOT_USEFUL), answers.is_held_back(28 * DAY_S + 3600)
    (5, 5, True)
    >>> answers.is_held_back(95 * DAY_S), [round(part, 2) for part in answers.usefulness(28 * DAY_S + 3600)]
    (False, [0.27, 0.06, 0.55])

    Attributes:
        alerts: how many there were, held back or not.
        held_back_s: since when it is held back (UTC seconds), None if it is not.
    """

    alerts: int = 0
    held_back_s: int | None = None
    _recent: list[_Alert] = field(default_factory=list)
    _older: dict[Outcome, int] = field(default_factory=dict)
    _weights: tuple[float, float] = (0.0, 0.0)
    _weighed_s: int = 0

    def raised(self, opened_s: int, *, weighs: bool) -> None:
        """An alert was raised, or held back, at `opened_s`; it `weighs` if it was not urgent."""
        self.alerts += 1
        self._recent.append(_Alert(opened_s, weighs))
        while len(self._recent) > REMEMBERED:
            self._settle(self._recent.pop(0))

    def answer(self, outcome: Outcome, *, at_s: int, opened_s: int | None = None) -> bool:
        """Somebody says what became of the alert that opened at `opened_s` (None: the last one).

        The last word on an alert counts, once. False if there is no such alert, or it was too long ago.
        """
        told = [one for one in self._recent if opened_s in (None, one.opened_s)]
        if not told:
            return False
        alert = told[-1]
        if alert.outcome is outcome:
            return True
        alert.outcome, alert.answered_s = outcome, at_s
        if not alert.weighs:
            return True
        if outcome is Outcome.USEFUL:
            self.held_back_s = None
        elif outcome is Outcome.NOT_USEFUL and not self.is_held_back(at_s):
            self.held_back_s = at_s if _below(0.5, *self._beta(at_s)) > SURE else None
        return True

    def last_s(self) -> int | None:
        """When the last alert of this kind opened (UTC seconds)."""
        return self._recent[-1].opened_s if self._recent else None

    def is_held_back(self, at_s: int) -> bool:
        """Whether this kind is only told of in the week's summary at `at_s`."""
        return self.held_back_until_s(at_s) is not None

    def held_back_until_s(self, at_s: int) -> int | None:
        """When it is told again, on trial (UTC seconds); None if it is not held back at `at_s`."""
        until_s = None if self.held_back_s is None else self.held_back_s + TRIAL_AFTER_S
        return until_s if until_s is not None and at_s < until_s else None

    def usefulness(self, at_s: int) -> Usefulness | None:
        """The share of useful alerts, as far as it is known at `at_s`; None before any answer says something of it."""
        for_it, against_it = self._beta(at_s)
        if (for_it, against_it) == PRIOR:
            return None
        low, high = (_quantile(chance, for_it, against_it) for chance in (0.05, 0.95))
        return Usefulness(for_it / (for_it + against_it), low, high)

    def weight(self, at_s: int) -> float:
        """By how much of its first budget this kind is worth asking for, from what was answered: at most 1."""
        for_it, against_it = self._beta(at_s)
        return min(1.0, for_it / (for_it + against_it) * sum(PRIOR) / PRIOR[0])

    def count(self, outcome: Outcome) -> int:
        """How many alerts were answered so."""
        return self._older.get(outcome, 0) + sum(alert.outcome is outcome for alert in self._recent)

    def shift(self, by_s: int) -> None:
        """The clock was stepped: what was said `x` ago was still said `x` ago. An alert keeps its name."""
        self._weighed_s += by_s
        self.held_back_s = None if self.held_back_s is None else self.held_back_s + by_s
        for alert in self._recent:
            alert.answered_s += by_s

    def _beta(self, at_s: int) -> tuple[float, float]:
        faded = _kept(at_s - self._weighed_s)
        for_it, against_it = (prior + faded * old for prior, old in zip(PRIOR, self._weights, strict=True))
        for alert in self._recent:
            if alert.weighs and alert.outcome is Outcome.USEFUL:
                for_it += _kept(at_s - alert.answered_s)
            elif alert.weighs and alert.outcome is Outcome.NOT_USEFUL:
                against_it += _kept(at_s - alert.answered_s)
        return for_it, against_it

    def _settle(self, alert: _Alert) -> None:
        """An alert that can no longer be answered: what was said of it is kept as a number."""
        if alert.outcome is None:
            return
        self._older[alert.outcome] = self._older.get(alert.outcome, 0) + 1
        if alert.weighs and alert.outcome in (Outcome.USEFUL, Outcome.NOT_USEFUL):
            at_s = max(self._weighed_s, alert.answered_s)
            new = _kept(at_s - alert.answered_s)
            for_it, against_it = (_kept(at_s - self._weighed_s) * old for old in self._weights)
            useful = alert.outcome is Outcome.USEFUL
            self._weights = (for_it + new * useful, against_it + new * (not useful))
            self._weighed_s = at_s

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "alerts": self.alerts,
            "held_back_s": self.held_back_s,
            "recent": [
                [one.opened_s, one.weighs, None if one.outcome is None else int(one.outcome), one.answered_s]
                for one in self._recent
            ],
            "older": [[int(outcome), count] for outcome, count in sorted(self._older.items())],
            "weights": list(self._weights),
            "weighed_s": self._weighed_s,
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """The answers that said `state`."""
        for_it, against_it = state["weights"]
        recent = [
            _Alert(opened_s, weighs, None if outcome is None else Outcome(outcome), answered_s)
            for opened_s, weighs, outcome, answered_s in state["recent"]
        ]
        older = {Outcome(outcome): count for outcome, count in state["older"]}
        return cls(state["alerts"], state["held_back_s"], recent, older, (for_it, against_it), state["weighed_s"])


def _kept(age_s: int) -> float:
    return math.exp2(-max(age_s, 0) / HALF_LIFE_S)


def _below(share: float, for_it: float, against_it: float) -> float:
    """Probability that a Beta variable is below `share`: the regularised incomplete beta function.

    By its hypergeometric series, all of whose terms are positive (NIST DLMF, 8.17.8). River's `proba.Beta` asks scipy,
    which is 90 MB more than a gateway needs for this.
    """
    if share > for_it / (for_it + against_it):  # where the series converges slowly the other tail is the short one
        return 1 - _below(1 - share, against_it, for_it)
    log_beta = math.lgamma(for_it) + math.lgamma(against_it) - math.lgamma(for_it + against_it)
    front = math.exp(for_it * math.log(share) + against_it * math.log1p(-share) - log_beta) / for_it
    term = total = 1.0
    step = 0
    while term > total * 1e-15:
        term *= share * (for_it + against_it + step) / (for_it + 1 + step)
        total += term
        step += 1
    return min(1.0, front * total)


def _quantile(chance: float, for_it: float, against_it: float) -> float:
    """The share below which a Beta variable is with probability `chance`, by halving."""
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if _below(middle, for_it, against_it) < chance else (low, middle)
    return (low + high) / 2
