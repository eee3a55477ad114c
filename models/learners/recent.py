"""How unusual the last few days are together, against the weeks before them.

One night with one more visit says nothing; three of them say more than each. The total of the last days is
compared with what this person's own earlier days predict for as many days: a negative binomial whose variance
holds the extra spread of a real life, the likeness of neighbouring days, and how little a short past knows. The
days under judgement are not part of that past, so a slow change cannot hide in its own baseline.
"""

import math
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Final, Self

from river import base

from models.learners.negative_binomial import tails

REMEMBERED: Final = 70
"""Days kept: ten weeks."""

NEEDED: Final = 10
"""Days of past before a judgement."""

_HALF_LIFE_DAYS: Final = 21.0
_PRIOR_SPREAD: Final = 1.8
_PRIOR_LIKENESS: Final = 0.2
_PRIOR_DAYS: Final = 7.0
"""Variance over mean of daily counts and correlation of neighbouring days, in the ten recorded homes, and how many
days of one's own they weigh."""


class Recent(base.Estimator):
    """The last days of one habit.

    Args:
        days: how many days are judged together.
        direction: 1 if more of it is what matters, -1 if less.

    >>> visits = Recent(days=3, direction=1)
    >>> for night in range(20):
    ...     visits.learn_one(2 + night % 2)
    >>> visits.learn_one(5); visits.learn_one(6)
    >>> round(visits.score_one(5), 4), round(visits.score_one(2), 2)
    (0.0052, 0.05)
    """

    def __init__(self, days: int = 3, direction: int = 1) -> None:
        self.days = days
        self.direction = direction
        self._past: deque[int | None] = deque(maxlen=REMEMBERED)

    def learn_one(self, count: int | None) -> None:
        """Learn the count of one day; None if it could not be seen."""
        self._past.append(count)

    def score_one(self, count: int | None) -> float | None:
        """Probability that the last `days` days, today's `count` with them, add up to at least so much (or little).

        None while not ready, and where one of these days could not be seen.
        """
        recent = [*list(self._past)[len(self._past) - self.days + 1 :], count]
        past = list(self._past)[: len(self._past) - self.days + 1]
        known = [value for value in recent if value is not None]
        seen = sum(value is not None for value in past)
        if len(recent) < self.days or len(known) < max(1, self.days - 1) or seen < NEEDED:
            return None
        mean, spread, likeness, weight = _baseline(past)
        days = len(known)
        variance = mean * spread * days * (1 + 2 * likeness * (1 - 1 / days)) + days * days * mean * spread / weight
        at_most, at_least = tails(mean * days, max(variance / (mean * days), 1.02), sum(known))
        return at_least if self.direction > 0 else at_most

    def usual(self) -> tuple[float, float] | None:
        """Mean a day of the days before the last, and its standard deviation. None while not ready."""
        past = list(self._past)[: len(self._past) - self.days + 1]
        if sum(value is not None for value in past) < NEEDED:
            return None
        mean, spread, _, _ = _baseline(past)
        return mean, math.sqrt(mean * spread)

    def usual_and_last(self) -> tuple[tuple[float, float], list[int | None], int]:
        """Mean and deviation a day before the last days, the last days oldest first, and how many days are known.

        To be asked after the last of them has been learnt, and only once `score_one` has given a score.
        """
        past = list(self._past)[: len(self._past) - self.days]
        mean, spread, _, _ = _baseline(past)
        known = sum(value is not None for value in past)
        return (mean, math.sqrt(mean * spread)), list(self._past)[-self.days :], known

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"days": self.days, "direction": self.direction, "past": list(self._past)}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """The learner that said `state`."""
        recent = cls(days=state["days"], direction=state["direction"])
        recent._past.extend(state["past"])
        return recent


def _baseline(past: Sequence[int | None]) -> tuple[float, float, float, float]:
    """Mean, variance over mean, correlation of neighbouring days, and the weight of all this in days."""
    keep = 0.5 ** (1 / _HALF_LIFE_DAYS)
    pairs = [(keep**age, value) for age, value in enumerate(reversed(past)) if value is not None]
    weight = sum(w for w, _ in pairs)
    mean = max(sum(w * value for w, value in pairs) / weight, 0.2)
    squares = sum(w * (value - mean) ** 2 for w, value in pairs)
    spread = (squares / mean + _PRIOR_SPREAD * _PRIOR_DAYS) / (weight + _PRIOR_DAYS)
    products = both = 0.0
    for age in range(len(past) - 1):
        newer, older = past[-1 - age], past[-2 - age]
        if newer is not None and older is not None:
            products += keep**age * (newer - mean) * (older - mean)
            both += keep**age * mean * spread
    likeness = (products + _PRIOR_LIKENESS * _PRIOR_DAYS * mean * spread) / (both + _PRIOR_DAYS * mean * spread)
    return mean, spread, min(max(likeness, 0.0), 0.8), weight
