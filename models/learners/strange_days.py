"""What a day's count may be, strange days among the ordinary ones: away, ill, visited.

Ordinary days follow a negative binomial. It makes a whole day away as good as impossible, and a model that has to
stretch over such days is too wide for all the others. So a share of days is taken to be of another sort (a mixture
for contaminated data: Tukey, "A Survey of Sampling from Contaminated Distributions", 1960): empty ones, for most of
which nothing at all is counted, and crowded ones, with a long tail.
"""

import math
from bisect import bisect_left
from typing import Final

from models.learners.negative_binomial import MOST, masses, tails

CROWDED: Final = 0.01
"""The share of crowded days: one in a hundred."""

NOTHING: Final = 0.6
"""On so many of the empty days nothing is counted; on the others anything below the ordinary mean is as likely."""

_CROWD: Final = 1.5
"""The counts of crowded days tail off with this power of the count over the mean.

Each of these may be half or twice as much, and what is called rare stays as rare to a tenth (docs/decisions/0021)."""

_SURE: Final = 1e-9
"""A probability below this is none."""


class Days:
    """The distribution of one habit's daily count.

    Args:
        mean: of ordinary days, above 0.
        over: their variance over their mean, above 1.
        empty: the share of empty days.

    >>> days = Days(mean=7.0, over=1.8, empty=0.01)
    >>> round(days.at_most(0), 3), round(days.at_least(12), 3), round(days.rarity(0), 3), days.central()
    (0.012, 0.112, 0.023, (2, 14))
    """

    __slots__ = ("_asked", "_below", "_empty", "_mean", "_over", "_terms")

    def __init__(self, mean: float, over: float, empty: float) -> None:
        self._mean = mean
        self._over = over
        self._empty = empty
        self._terms = masses(mean, over)
        self._below: list[float] = []
        self._asked: dict[int, float] = {}

    def at_most(self, count: int) -> float:
        """Probability of `count` or less."""
        known = self._asked.get(count)
        if known is None:
            known = self._asked[count] = self._empty * self._empty_at_most(count) + self._others_at_most(count)
        return known

    def at_least(self, count: int) -> float:
        """Probability of `count` or more; never quite 0."""
        return max(_SURE, 1.0 - self.at_most(count - 1)) if count > 0 else 1.0

    def rarity(self, count: int) -> float:
        """Probability of a count at least so far out, both sides together.

        The tail on its own side, and of the other as much as is no likelier (Blaker, "Confidence Curves and Improved
        Exact Confidence Intervals for Discrete Distributions", Canadian Journal of Statistics 28, 2000): doubling
        would call half as rare what has no other side, such as three visits where there is mostly none.
        """
        below, above = self.at_most(count), self.at_least(count)
        if below <= above:
            beyond = count + 1
            while self.at_least(beyond) > below:
                beyond = 2 * beyond + 1
            other = bisect_left(range(beyond), True, lo=count + 1, key=lambda k: self.at_least(k) <= below)
            return min(1.0, below + self.at_least(other))
        other = bisect_left(range(count), True, key=lambda k: self.at_most(k) > above)
        return min(1.0, above + (self.at_most(other - 1) if other else 0.0))

    def central(self) -> tuple[int, int]:
        """The central 90 % of counts."""
        below_low, high = 0, 1
        while (at_most := self.at_most(high)) < 0.95:
            below_low = high if at_most <= 0.05 else below_low
            high *= 2
        counts = range(high + 1)
        low = bisect_left(counts, True, lo=below_low, key=lambda k: self.at_most(k) > 0.05)
        return low, bisect_left(counts, True, lo=high // 2, key=lambda k: self.at_most(k) >= 0.95)

    def _empty_at_most(self, count: int) -> float:
        if count >= self._mean:
            return 1.0
        return NOTHING + (1.0 - NOTHING) * (count + 1) / (self._mean + 1)

    def _others_at_most(self, count: int) -> float:
        crowded = 1.0 - math.pow((self._mean + 1) / (count + 2), _CROWD) if count + 1 > self._mean else 0.0
        return (1.0 - self._empty - CROWDED) * self._ordinary_at_most(count) + CROWDED * crowded

    def _ordinary_at_most(self, count: int) -> float:
        if self._mean > MOST / 5 or count >= MOST:
            return tails(self._mean, self._over, count)[0]
        while len(self._below) <= count:
            if self._below and self._below[-1] > 1.0 - _SURE:
                return 1.0
            self._below.append((self._below[-1] if self._below else 0.0) + next(self._terms))
        return min(1.0, self._below[count])


def empty_chance(mean: float, over: float, empty: float) -> float:
    """The probability that a day on which nothing was counted was an empty one.

    >>> round(empty_chance(0.5, 1.2, 0.01), 3), round(empty_chance(12.0, 2.0, 0.01), 3)
    (0.009, 0.961)
    """
    ordinary = (1.0 - empty) * math.exp(-mean / (over - 1.0) * math.log(over))
    return empty * NOTHING / (empty * NOTHING + ordinary)
