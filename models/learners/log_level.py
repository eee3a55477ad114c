"""How busy days are, in logarithms: for counts of hundreds a day, of which a share more or less is what matters.

Half a day spent out leaves one low day, a change that lasts leaves every day lower. So each day counts for no more
than a limited number of its ordinary deviations, in the days that are judged and in those they are compared with
(Winsorised means: Huber and Ronchetti, "Robust Statistics", 2nd ed., section 1.3).
"""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

_PRIOR_DEVIATION: Final = 0.25
_PRIOR_LIKENESS: Final = 0.2
_PRIOR_DAYS: Final = 7.0
"""Standard deviation of the logarithm of daily active minutes (0.12 to 0.37 in the ten recorded homes), correlation
of neighbouring days, and how many days of one's own they weigh."""

_FAR: Final = 3.0
_FAR_RECENT: Final = 1.5
"""Deviations beyond which a day of the past, and one under judgement, says no more. With 1.25, 1.5 and 2 for the
latter, recall at equal false alerts was the same within 0.03."""

_MOST_ALIKE: Final = 0.8

Day = tuple[int | None, float]
"""The count of a day, None where it could not be seen, and what it weighs; the oldest first."""


class Level(NamedTuple):
    """What is usual: mean and standard deviation of the logarithm, likeness of neighbouring days, weight in days."""

    mean: float
    deviation: float
    likeness: float
    weight: float


def level(past: Sequence[Day], keep: float) -> Level:
    """Of days of which at least one weighs something; each day back weighs `keep` times the next."""
    days = [
        (math.log(max(count, 1)), keep**age * w) for age, (count, w) in enumerate(reversed(past)) if count is not None
    ]
    weight = sum(w for _, w in days)
    middle = _median(days)
    typical = 1.4826 * _median([(abs(value - middle), w) for value, w in days])  # of a normal: its deviation
    far = _FAR * (typical * weight + _PRIOR_DEVIATION * _PRIOR_DAYS) / (weight + _PRIOR_DAYS)

    def within(count: int) -> float:
        return min(max(math.log(max(count, 1)), middle - far), middle + far)

    mean = sum(w * min(max(value, middle - far), middle + far) for value, w in days) / weight
    squares = variance = likeness = both = 0.0
    for age, (count, w) in enumerate(reversed(past)):
        squares += 0.0 if count is None else keep**age * w * (within(count) - mean) ** 2
    variance = (squares + _PRIOR_DEVIATION**2 * _PRIOR_DAYS) / (weight + _PRIOR_DAYS)
    for age in range(len(past) - 1):
        (newer, newer_w), (older, older_w) = past[-1 - age], past[-2 - age]
        if newer is not None and older is not None:
            w = keep**age * min(newer_w, older_w)
            likeness += w * (within(newer) - mean) * (within(older) - mean)
            both += w * variance
    likeness = (likeness + _PRIOR_LIKENESS * _PRIOR_DAYS * variance) / (both + _PRIOR_DAYS * variance)
    return Level(mean, math.sqrt(variance), min(max(likeness, 0.0), _MOST_ALIKE), weight)


def tails(usual: Level, counts: Sequence[int]) -> tuple[float, float]:
    """Probability that days together are at most, and at least, as busy as `counts`.

    Student's t of their mean, for which neighbouring days tell less than as many unlike each other, and a short past
    knows little (Zwiers and von Storch, "Taking serial correlation into account in tests of the mean", Journal of
    Climate 8, 1995).

    >>> [round(tail, 3) for tail in tails(Level(math.log(240), 0.2, 0.2, 28.0), [160] * 7)]
    [0.002, 0.998]
    """
    days, alike = len(counts), usual.likeness
    far = _FAR_RECENT * usual.deviation
    away = sum(min(max(math.log(max(count, 1)) - usual.mean, -far), far) for count in counts) / days
    of_recent = (1 + 2 * alike * (1 - 1 / days)) / days
    of_past = (1 + alike) / (1 - alike) / usual.weight
    at_most = _students_t(away / (usual.deviation * math.sqrt(of_recent + of_past)), usual.weight + _PRIOR_DAYS)
    return max(1e-12, at_most), max(1e-12, 1 - at_most)


def _students_t(t: float, freedom: float) -> float:
    """Lower tail; within 1e-4 for seven degrees of freedom and more (Hill, Algorithm 395, CACM 13, 1970).

    >>> round(_students_t(-2.262, 9), 4), round(_students_t(1.812, 10), 4)
    (0.025, 0.95)
    """
    a = freedom - 0.5
    b = 48 * a * a
    z = math.copysign(math.sqrt(a * math.log1p(t * t / freedom)), t)
    z += (z**3 + 3 * z) / b
    return 0.5 * math.erfc(-z / math.sqrt(2))


def _median(days: list[tuple[float, float]]) -> float:
    half = sum(w for _, w in days) / 2
    for value, weight in sorted(days):
        half -= weight
        if half <= 0:
            return value
    return max(days)[0]
