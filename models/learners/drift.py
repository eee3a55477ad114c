"""A habit that moves slowly, over weeks, and keeps moving one way.

Each day's value is compared with every earlier one: how many went up, how many down (Mann, "Nonparametric tests
against trend", Econometrica 13, 1945; Kendall 1975). Days that resemble their neighbours make such a count look surer
than it is, so its variance is corrected by the effective number of days (Yue and Wang, "The Mann-Kendall test modified
by effective sample size to detect trend in serially correlated hydrological series", Water Resources Management 18,
2004). How fast it moves is the median slope over all pairs (Theil 1950; Sen 1968). A week away or a sensor that was
out for some days sways neither. Against River's drift detectors on the same days: docs/decisions/0013.
"""

import math
from collections import deque
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple, Self

import numpy as np
from river import base

Indices = np.ndarray[tuple[int], np.dtype[np.intp]]

REMEMBERED: Final = 90
"""Days kept: three months."""

NEEDED: Final = 28
"""Days before a trend is spoken of (LEARNER, "Learning-in"), of which three in four were seen."""

_SEEN: Final = 21
_ENDS_DAYS: Final = 14, 7
"""A trend is said as the mean of its first two weeks and of its last."""

_PRIOR_LIKENESS: Final = 0.2
_PRIOR_DAYS: Final = 14.0
"""Correlation of neighbouring days in the ten recorded homes, and how many days of one's own it weighs."""


class Course(NamedTuple):
    """Where a habit came from and where it is: means a day, how many days ago the first was, and days known."""

    then: float
    now: float
    ago_days: int
    known: int


class Drift(base.Estimator):
    """The course of one habit over weeks.

    Args:
        direction: 1 if more of it is what matters, -1 if less.

    >>> chair = Drift(direction=-1)
    >>> for day in range(40):
    ...     chair.learn_one(14 + 7 * day % 5 - day // 20)
    >>> round(chair.score_one(12), 4), round(chair.slope(), 3)
    (0.0421, 0.0)
    >>> chair.course()
    Course(then=15.928571428571429, now=15.0, ago_days=32, known=40)
    """

    def __init__(self, direction: int = -1) -> None:
        self.direction = direction
        self._days: deque[float | None] = deque(maxlen=REMEMBERED)

    def learn_one(self, value: float | None) -> None:
        """Learn the value of one day; None if it could not be seen."""
        if self._days or value is not None:
            self._days.append(value)

    def score_one(self, value: float | None) -> float | None:
        """Probability that a habit without a trend moves so far in this direction until today's `value`.

        None while not ready, where today could not be seen, and where every day was the same.
        """
        days = [*self._days, value][-REMEMBERED:]
        known = [index for index, each in enumerate(days) if each is not None]
        if value is None or len(days) < NEEDED or len(known) < _SEEN:
            return None
        at, values = np.array(known, dtype=float), np.array([days[index] for index in known], dtype=float)
        if values.min() == values.max():
            return None
        before, after = _pairs(len(values))
        moved = values[after] - values[before]
        ups = float(np.sign(moved).sum())
        _, ties = np.unique(values, return_counts=True)
        count = len(values)
        variance = (count * (count - 1) * (2 * count + 5) - float((ties * (ties - 1) * (2 * ties + 5)).sum())) / 18
        residuals = values - float(np.median(moved / (at[after] - at[before]))) * at
        z = (ups - math.copysign(1.0, ups)) / math.sqrt(max(variance, 1.0) * _stretch(residuals)) if ups else 0.0
        return 0.5 * math.erfc(self.direction * z / math.sqrt(2))

    def slope(self) -> float:
        """How much it moves a day; 0.0 before two days are known."""
        known = [(index, value) for index, value in enumerate(self._days) if value is not None]
        if len(known) < 2:
            return 0.0
        at, values = np.array(known, dtype=float).T
        before, after = _pairs(len(values))
        return float(np.median((values[after] - values[before]) / (at[after] - at[before])))

    def course(self) -> Course | None:
        """Then and now. None while not ready."""
        known = [(index, value) for index, value in enumerate(self._days) if value is not None]
        if len(self._days) < NEEDED or len(known) < _SEEN:
            return None
        first, last = known[: _ENDS_DAYS[0]], known[-_ENDS_DAYS[1] :]
        then, now = (sum(value for _, value in some) / len(some) for some in (first, last))
        middle = sum(index for index, _ in first) / len(first)
        return Course(then, now, round(len(self._days) - 1 - middle), len(known))

    def usual(self) -> float | None:
        """The median of the days that are known; None before a week of them."""
        known = sorted(value for value in self._days if value is not None)
        return known[len(known) // 2] if len(known) >= _ENDS_DAYS[1] else None

    def start_again(self) -> None:
        """Forget all but the last two weeks: what was told is told, and what goes on from here is something new."""
        self._days = deque(list(self._days)[-_ENDS_DAYS[0] :], maxlen=REMEMBERED)

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"direction": self.direction, "days": list(self._days)}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """The learner that said `state`."""
        drift = cls(direction=state["direction"])
        drift._days.extend(state["days"])
        return drift


@lru_cache(maxsize=1)
def _pairs(count: int) -> tuple[Indices, Indices]:
    """Every earlier day with every later one; the habits of one morning mostly have as many days as each other."""
    before, after = np.triu_indices(count, 1)
    return before, after


def _stretch(residuals: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> float:
    """Days over effective days, from the correlation of neighbouring ranks once the trend is taken out (AR(1))."""
    ranks = np.argsort(np.argsort(residuals, kind="stable"), kind="stable").astype(float)
    ranks -= ranks.mean()
    count = len(ranks)
    likeness = float(ranks[1:] @ ranks[:-1]) / float(ranks @ ranks)
    likeness = (likeness * count + _PRIOR_LIKENESS * _PRIOR_DAYS) / (count + _PRIOR_DAYS)
    likeness = min(max(likeness, 0.0), 0.8)
    return (1 + likeness) / (1 - likeness)
