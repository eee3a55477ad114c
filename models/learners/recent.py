"""How unusual the last few days are together, against the weeks before them.

One night with one more visit says nothing; three of them say more than each. The total of the last days is
compared with what this person's own earlier days predict for as many days: a negative binomial whose variance
holds the extra spread of a real life, the likeness of neighbouring days, and how little a short past knows. Counts of
hundreds a day are compared by their logarithm instead, day by day (`models.learners.log_level`). The days under
judgement are not part of that past, so a slow change cannot hide in its own baseline; and a day teaches by its weight,
so one that is set apart, or doubted, does not become the baseline by lasting.
"""

import math
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Final, Self

from river import base

from models.learners import log_level
from models.learners.log_level import Day
from models.learners.negative_binomial import tails

REMEMBERED: Final = 70
"""Days kept: ten weeks."""

NEEDED: Final = 10
"""Days of past before a judgement."""

DOUBTED: Final = 0.25
"""What a day weighs that was rare: a change that nobody calls normal is half learnt after seven weeks, not three."""

_KEEP: Final = 0.5 ** (1 / 21)
"""A day back weighs this much less: half after three weeks."""

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
        by_share: whether it is a count of hundreds a day, of which a share more or less matters on every day.
        told: what the person said is usual: it stands for the days that are still missing; None if not asked.

    >>> visits = Recent(days=3, direction=1)
    >>> for night in range(20):
    ...     visits.learn_one(2 + night % 2)
    >>> visits.learn_one(5); visits.learn_one(6)
    >>> round(visits.score_one(5), 4), round(visits.score_one(2), 2)
    (0.0052, 0.05)
    """

    def __init__(self, days: int = 3, direction: int = 1, *, by_share: bool = False, told: int | None = None) -> None:
        self.told = told
        self.days = days
        self.direction = direction
        self.by_share = by_share
        self._past: deque[Day] = deque(maxlen=REMEMBERED)

    def learn_one(self, count: int | None, *, weight: float = 1.0) -> None:
        """Learn the count of one day; None if it could not be seen.

        With a `weight` of 0 it is set apart: judged together with the others, and no part of what is usual. A long
        time of which nothing could be seen ages nothing.
        """
        if count is None and all(past is None for past, _ in self._last(self.days)) and self._past:
            return
        self._past.append((count, weight))

    def doubt(self) -> None:
        """The days that were judged last are rare, so they teach slowly."""
        for index in range(max(0, len(self._past) - self.days), len(self._past)):
            count, weight = self._past[index]
            self._past[index] = count, min(weight, DOUBTED)

    def accept(self, days: int) -> None:
        """From now on the last `days` are what is usual; what came before is forgotten."""
        self._past = deque(((count, 1.0) for count, _ in self._last(days)), maxlen=REMEMBERED)

    def score_one(self, count: int | None, *, apart: bool = False) -> float | None:
        """Probability that the last `days` days, today's `count` with them, add up to at least so much (or little).

        None while not ready, and where one of these days could not be seen. Where today is to be set `apart`, it is
        judged with the days before it that were set apart too, however few.
        """
        days = min(self.days, self._set_apart() + 1) if apart else self.days
        recent = [*(past for past, _ in self._last(days - 1)), count]
        past = self._before(days - 1)
        known = [value for value in recent if value is not None]
        if len(recent) < days or len(known) < max(1, days - 1) or _seen(past) < NEEDED:
            return None
        at_most, at_least = _shares(past, known) if self.by_share else _counts(past, known)
        return at_least if self.direction > 0 else at_most

    def usual(self) -> tuple[float, float] | None:
        """Mean a day of the days before the last, and its standard deviation. None while not ready."""
        return self._usual(self._before(self.days - 1))

    def usual_and_last(self) -> tuple[tuple[float, float], list[int | None], int] | None:
        """Mean and deviation a day before the last days, the last days oldest first, and how many days are known.

        Fewer than `NEEDED` are known where what was told stands for the others. To be asked after the last of them has
        been learnt. None while not ready.
        """
        days = min(self.days, self._set_apart() or self.days)
        past = self._before(days)
        usual = self._usual(past)
        known = _seen(list(self._past)[: max(0, len(self._past) - days)])
        return None if usual is None else (usual, [count for count, _ in self._last(days)], known)

    def _usual(self, past: list[Day]) -> tuple[float, float] | None:
        if _seen(past) < NEEDED:
            return None
        if self.by_share:
            level = log_level.level(past, _KEEP)
            mean = math.exp(level.mean)
            return mean, mean * level.deviation
        mean, spread, _, _ = _baseline(past)
        return mean, math.sqrt(mean * spread)

    def _last(self, days: int) -> list[Day]:
        return list(self._past)[max(0, len(self._past) - days) :]

    def _before(self, days: int) -> list[Day]:
        before = list(self._past)[: max(0, len(self._past) - days)]
        if self.told is None:
            return before
        return [(self.told, 1.0)] * (NEEDED - _seen(before)) + before

    def _set_apart(self) -> int:
        """How many of the last days in a row were set apart."""
        return next((age for age, (_, weight) in enumerate(reversed(self._past)) if weight > 0), len(self._past))

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        past = [list(day) for day in self._past]
        return {
            "days": self.days,
            "direction": self.direction,
            "by_share": self.by_share,
            "told": self.told,
            "past": past,
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """The learner that said `state`."""
        recent = cls(days=state["days"], direction=state["direction"], by_share=state["by_share"], told=state["told"])
        recent._past.extend((count, weight) for count, weight in state["past"])
        return recent


def _seen(past: Sequence[Day]) -> int:
    return sum(count is not None and weight > 0 for count, weight in past)


def _shares(past: Sequence[Day], known: Sequence[int]) -> tuple[float, float]:
    return log_level.tails(log_level.level(past, _KEEP), known)


def _counts(past: Sequence[Day], known: Sequence[int]) -> tuple[float, float]:
    mean, spread, likeness, weight = _baseline(past)
    days = len(known)
    variance = mean * spread * days * (1 + 2 * likeness * (1 - 1 / days)) + days * days * mean * spread / weight
    return tails(mean * days, max(variance / (mean * days), 1.02), sum(known))


def _baseline(past: Sequence[Day]) -> tuple[float, float, float, float]:
    """Mean, variance over mean, correlation of neighbouring days, and the weight of all this in days."""
    pairs = [(_KEEP**age * w, count) for age, (count, w) in enumerate(reversed(past)) if count is not None]
    weight = sum(w for w, _ in pairs)
    mean = max(sum(w * value for w, value in pairs) / weight, 0.2)
    squares = sum(w * (value - mean) ** 2 for w, value in pairs)
    spread = (squares / mean + _PRIOR_SPREAD * _PRIOR_DAYS) / (weight + _PRIOR_DAYS)
    products = both = 0.0
    for age in range(len(past) - 1):
        (newer, newer_w), (older, older_w) = past[-1 - age], past[-2 - age]
        if newer is not None and older is not None:
            w = _KEEP**age * min(newer_w, older_w)
            products += w * (newer - mean) * (older - mean)
            both += w * mean * spread
    likeness = (products + _PRIOR_LIKENESS * _PRIOR_DAYS * mean * spread) / (both + _PRIOR_DAYS * mean * spread)
    return mean, spread, min(max(likeness, 0.0), 0.8), weight
