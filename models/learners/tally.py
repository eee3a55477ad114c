"""How often: a count in one part of the day, against what this person's own past predicts.

Counts of habits are over-dispersed and start from nothing. A Gamma-Poisson model with exponential forgetting
gives a negative-binomial prediction that is wide at first (Gelman et al., "Bayesian Data Analysis", 3rd ed.,
section 2.6); the extra spread of a real life beyond Poisson is learnt beside it, from the Pearson statistic. So is
the share of empty days, on which this person was away or ill (`strange_days`): by expectation and maximisation, one
day at a time (Neal and Hinton, "A View of the EM Algorithm that Justifies Incremental Variants", 1998).
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple, Self

from river import base

from models.learners.strange_days import Days, empty_chance

NEEDED: Final = 3
"""Days before a prediction is offered (LEARNER: "an honest probability from the third day on")."""

_PRIOR_SHAPE: Final = 0.5
_PRIOR_DAYS: Final = 0.1
_PRIOR_SPREAD: Final = 1.8
_PRIOR_SPREAD_DAYS: Final = 6.0
"""Variance over mean of daily counts in the recorded homes lies between 1.2 and 4 with a median near 1.8."""

_PRIOR_EMPTY: Final = 0.004
_PRIOR_EMPTY_DAYS: Final = 20.0
"""One day in 250 is empty, and a home has twenty days' worth of that belief. Half or twice of either does as well."""


_days = lru_cache(maxsize=1)(Days)
"""All that is asked of a day asks the same distribution, which is summed up term by term."""


class Usual(NamedTuple):
    """What the past predicts: the central 90 % of counts."""

    low: int
    high: int


class Tally(base.Estimator):
    """The ordinary count of one habit in one part of the day.

    Args:
        half_life_days: how many days it takes for a day to count half.

    >>> tally = Tally()
    >>> for count in (7, 9, 8, 11, 7, 10, 9):
    ...     tally.learn_one(count)
    >>> tally.usual(), round(tally.score_one(3), 3), tally.direction(3)
    (Usual(low=3, high=15), 0.095, 'less')
    """

    def __init__(self, half_life_days: float = 21.0) -> None:
        self.half_life_days = half_life_days
        self._count = _PRIOR_SHAPE
        self._days = _PRIOR_DAYS
        self._pearson = _PRIOR_SPREAD * _PRIOR_SPREAD_DAYS
        self._pearson_days = _PRIOR_SPREAD_DAYS
        self._empty = _PRIOR_EMPTY * _PRIOR_EMPTY_DAYS
        self._empty_days = _PRIOR_EMPTY_DAYS
        self._seen = 0

    def learn_one(self, count: int) -> None:
        """Learn the count of one part of a day that could be seen."""
        keep = 0.5 ** (1 / self.half_life_days)
        if self._seen >= NEEDED:
            expected = self._predicted()
            mean = max(self._count / self._days, 0.1)
            # one wild day may at most triple what it says about the spread
            surprise = min((count - mean) ** 2 / mean, 12.0 * self._spread())
            self._pearson = self._pearson * keep + surprise
            self._pearson_days = self._pearson_days * keep + 1
            # the prior is not forgotten: what is forgotten of these days comes back as it
            prior = _PRIOR_EMPTY_DAYS * (1 - keep)
            was_empty = 0.0 if count else empty_chance(*expected)
            self._empty = self._empty * keep + _PRIOR_EMPTY * prior + was_empty
            self._empty_days = self._empty_days * keep + prior + 1
        self._count = self._count * keep + count
        self._days = self._days * keep + 1
        self._seen += 1

    def score_one(self, count: int) -> float | None:
        """Probability of a count at least so far out on its side, both sides together. None while not ready."""
        if self._seen < NEEDED:
            return None
        return _days(*self._predicted()).rarity(count)

    def direction(self, count: int) -> str:
        """``"more"``, ``"less"`` or ``"same"`` as the middle of the prediction; ``"unknown"`` while not ready."""
        if self._seen < NEEDED:
            return "unknown"
        days = _days(*self._predicted())
        at_most, at_least = days.at_most(count), days.at_least(count)
        if at_most > 0.4 and at_least > 0.4:  # the middle fifth
            return "same"
        return "less" if at_most < at_least else "more"

    def usual(self) -> Usual | None:
        """The central 90 % of what is predicted. None while not ready."""
        if self._seen < NEEDED:
            return None
        return Usual(*_days(*self._predicted()).central())

    @property
    def days(self) -> int:
        """How many days it has learnt from."""
        return self._seen

    def _spread(self) -> float:
        return self._pearson / self._pearson_days

    def _predicted(self) -> tuple[float, float, float]:
        """Mean, variance over mean (the uncertainty of the mean itself widens it by 1 / days), share of empty days."""
        over = max(self._spread() * (1 + 1 / self._days), 1.02)
        return self._count / self._days, over, self._empty / self._empty_days

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "half_life_days": self.half_life_days,
            "count": self._count,
            "days": self._days,
            "pearson": self._pearson,
            "pearson_days": self._pearson_days,
            "empty": self._empty,
            "empty_days": self._empty_days,
            "seen": self._seen,
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """The learner that said `state`."""
        tally = cls(half_life_days=state["half_life_days"])
        tally._count = state["count"]
        tally._days = state["days"]
        tally._pearson = state["pearson"]
        tally._pearson_days = state["pearson_days"]
        tally._empty = state["empty"]
        tally._empty_days = state["empty_days"]
        tally._seen = state["seen"]
        return tally
