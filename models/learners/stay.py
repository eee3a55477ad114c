"""How long in one place is still ordinary: in the bathroom, in a chair, in bed, by day or by night.

Stays are short as a rule and long now and then, with a heavy tail; a mean and a spread say little about how
long is too long. The upper tenth of this person's own recent stays is fitted by a Pareto tail (Hill, "A
simple general approach to inference about the tail of a distribution", Annals of Statistics 3, 1975), drawn
towards an ordinary tail while there are few of them.
"""

import math
from bisect import bisect_right
from collections import deque
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Self

from river import base

from models.localtime import DAY_S, HOUR_S

REMEMBERED: Final = 256
"""Recent stays kept: two weeks of bathroom visits, two months of chair sits."""

NEEDED: Final = 20
"""Stays before the tail means anything: two of them make up the upper tenth."""

_UPPER: Final = 0.1
_ORDINARY_TAIL: Final = 0.4
_TAIL_WEIGHT: Final = 8.0
"""Mean of log(stay / upper tenth) beyond the upper tenth, and the weight of that prior in stays. The mean
over bathroom stays of ten recorded homes is 0.3 to 0.5."""

_LEARNING_S: Final = 3 * DAY_S
"""Day 0 to 2: only fixed limits (LEARNER, "Learning-in")."""


class Dwell(NamedTuple):
    """A stay that was seen from its beginning to its end, in UTC seconds."""

    start_s: int
    end_s: int


class Stay(base.Estimator):
    """The ordinary length of one person's stays in one place in one part of the day.

    Args:
        budget_per_day: how often a day a stay beyond the limit may be expected when all is ordinary.

    >>> stay = Stay(budget_per_day=0.01)
    >>> for visit in range(60):
    ...     stay.learn_one(Dwell(visit * 8000, visit * 8000 + 120 + 60 * (visit % 7)))
    >>> stay.limit_s() // 60
    52
    """

    def __init__(self, budget_per_day: float = 0.01) -> None:
        self.budget_per_day = budget_per_day
        self._stays: deque[tuple[int, int]] = deque(maxlen=REMEMBERED)
        self._fitted: tuple[float, int, float] | None = None  # follows from the stays, so it is never saved

    def learn_one(self, dwell: Dwell) -> None:
        """Learn one stay."""
        self._stays.append((dwell.start_s, max(1, dwell.end_s - dwell.start_s)))
        self._fitted = None

    def score_one(self, length_s: float) -> float | None:
        """Stays at least this long, expected a day. None while not ready."""
        fit = self._fit()
        if fit is None:
            return None
        per_day, upper_s, tail = fit
        if length_s <= upper_s:
            beyond = sum(1 for _, stay_s in self._stays if stay_s >= length_s)
            return per_day * max(beyond, 1) / len(self._stays)
        return float(per_day * _UPPER * math.exp(-math.log(length_s / upper_s) / tail))

    def limit_s(self) -> int | None:
        """The length at which a stay becomes rarer than the budget. None while not ready."""
        fit = self._fit()
        if fit is None:
            return None
        per_day, upper_s, tail = fit
        beyond = max(1.0, per_day * _UPPER / self.budget_per_day)
        return math.ceil(upper_s * math.exp(tail * math.log(beyond)))

    def usual_s(self) -> int | None:
        """The length that nine in ten stays keep under. None while not ready."""
        fit = self._fit()
        return None if fit is None else fit[1]

    def longest_s(self, since_s: int) -> int | None:
        """The longest stay that began at `since_s` or later. None if there was none."""
        return max((stay_s for start_s, stay_s in self._stays if start_s >= since_s), default=None)

    @property
    def known(self) -> int:
        """How many stays the limit is learnt from."""
        return len(self._stays)

    def shift(self, by_s: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago."""
        self._stays = deque(((start_s + by_s, length_s) for start_s, length_s in self._stays), maxlen=REMEMBERED)
        self._fitted = None

    def _fit(self) -> tuple[float, int, float] | None:
        if self._fitted is None:  # asked at each event of a stay, it changes only when one ends
            self._fitted = self._fit_anew()
        return self._fitted

    def _fit_anew(self) -> tuple[float, int, float] | None:
        """Stays a day, the length that nine in ten keep under, and how slowly the longer ones thin out."""
        if len(self._stays) < NEEDED:
            return None
        span_s = self._stays[-1][0] - self._stays[0][0]
        if span_s < _LEARNING_S - HOUR_S * 12:
            return None
        lengths_s = sorted([stay_s for _, stay_s in self._stays])
        upper_s = lengths_s[math.ceil(len(lengths_s) * (1 - _UPPER)) - 1]
        excess = [math.log(stay_s / upper_s) for stay_s in lengths_s[bisect_right(lengths_s, upper_s) :]]
        tail = (sum(excess) + _ORDINARY_TAIL * _TAIL_WEIGHT) / (len(excess) + _TAIL_WEIGHT)
        return (len(lengths_s) - 1) * DAY_S / span_s, upper_s, tail

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"budget_per_day": self.budget_per_day, "stays": [list(stay) for stay in self._stays]}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """The learner that said `state`."""
        stay = cls(budget_per_day=state["budget_per_day"])
        stay._stays.extend((start_s, length_s) for start_s, length_s in state["stays"])
        return stay
