"""The distribution of over-dispersed counts, by its mean and its variance over its mean.

Negative binomial with size r = mean / (over - 1); the terms follow from each other (Johnson, Kemp and Kotz,
"Univariate Discrete Distributions", 3rd ed., section 5.1). In logarithms, since a busy day's first terms underflow.
"""

import math
from collections.abc import Iterator
from typing import Final

MOST: Final = 2000
"""Counts beyond this are not summed term by term; no habit of a person reaches it."""

_NORMAL_ABOVE: Final = 400.0
"""There a normal with the same variance is as good, and quicker."""


def masses(mean: float, over: float) -> Iterator[float]:
    """Probability of 0, 1, 2, ... up to `MOST`. `mean` > 0, `over` > 1."""
    size = mean / (over - 1)
    log_mass = -size * math.log(over)
    log_ratio = math.log((over - 1) / over)
    for count in range(MOST):
        yield math.exp(log_mass)
        log_mass += log_ratio + math.log((size + count) / (count + 1))


def tails(mean: float, over: float, count: int) -> tuple[float, float]:
    """Probability of at most, and of at least, `count`. The latter is never quite 0.

    >>> [round(tail, 3) for tail in tails(7.0, 1.8, 12)]
    [0.926, 0.109]
    """
    if mean > _NORMAL_ABOVE or count >= MOST:
        deviation = math.sqrt(2 * mean * over)
        return _normal((count + 0.5 - mean) / deviation), max(1e-12, _normal((mean - count + 0.5) / deviation))
    below = 0.0
    for value, mass in enumerate(masses(mean, over)):
        if value == count:
            return min(1.0, below + mass), max(1e-12, 1 - below)
        below += mass
    return 1.0, 1e-12


def _normal(z: float) -> float:
    return 0.5 * math.erfc(-z)
