"""How the silences of a population end: what a home is taken to be like before it is known.

Shapes read off ten homes of people living alone, and rounded.
"""

import math
from typing import Any, Final

import numpy as np

from models.localtime import DAY_S, HOUR_S

STEP_S: Final = 900
STEPS: Final = DAY_S // STEP_S
"""Ages are looked at every quarter of an hour, up to one day."""

LONG_S: Final = 20 * 60
"""Shorter silences are the texture of being active: only their time is counted."""

CONTEXTS: Final = (
    "door", "doorway", "arrived", "bed_on", "bed_off", "seat_on", "seat_off",
    "bedroom", "bathroom", "kitchen", "hallway", "lounge", "other",
)  # fmt: skip
"""What the last sign of life can say about the silence that follows; a closed list."""

AGES_S: Final = np.arange(STEPS + 1) * STEP_S

_AGE_EDGES_S: Final = (1800, 3600, 5400, 7200, 10_800, 14_400, 21_600, 28_800)
_AGE_FACTORS: Final = (1.45, 1.2, 1.1, 1.1, 1.05, 0.9, 0.7, 0.45, 0.4)
_CONTEXT_FACTORS: Final = {"door": 0.85, "arrived": 1.1, "bathroom": 0.9, "hallway": 1.1, "lounge": 1.3}
FACTORS: Final = tuple(_CONTEXT_FACTORS.get(context, 1.0) for context in CONTEXTS)
"""How much faster than others the silences after each kind of sign end."""

_ENDS_PER_H: Final = ((6.0, 0.12), (7.5, 0.5), (22.0, 1.2), (24.0, 0.5))
"""Silences that end in an hour of silence, until each hour of the day."""

STRANGE: Final = 0.01
STRANGER: Final = 4.0
"""One long silence in a hundred is of another sort, and ends four times as slowly."""

_OUTINGS: Final = {"door": 0.4, "doorway": 0.1}
OUTINGS: Final = tuple(_OUTINGS.get(context, 0.0) for context in CONTEXTS)
"""What share of the long silences after each kind of sign are outings."""

_OUTING_H: Final = 1.1
_OUTING_SPREAD: Final = 0.75
_DAY_OUT: Final = 0.03
_DAY_OUT_H: Final = 10.0
"""An outing lasts about an hour (log-normal); three in a hundred are days out, of ten hours on average."""


def prior_rate(hour: float) -> float:
    """Silences that end in an hour of silence at `hour` o'clock."""
    return next(rate for until_h, rate in _ENDS_PER_H if hour < until_h)


def age_factor(age_s: int) -> float:
    """How much faster than others a silence of this age ends."""
    return _AGE_FACTORS[sum(age_s >= edge_s for edge_s in _AGE_EDGES_S)]


def _step_factors() -> np.ndarray[Any, np.dtype[np.float64]]:
    factors = np.array([age_factor(int(age)) for age in AGES_S[:-1]]) * (STEP_S / HOUR_S)
    factors[0] = 0.0
    factors[1] *= 2.0 / 3.0  # a silence can end from LONG_S on, which is 5 minutes into the second step
    return factors


def _outing_outlasts() -> np.ndarray[Any, np.dtype[np.float64]]:
    hours = np.maximum(AGES_S, LONG_S) / HOUR_S
    ordinary = np.array([math.erfc(math.log(h / _OUTING_H) / _OUTING_SPREAD / math.sqrt(2.0)) for h in hours])
    outlasts: np.ndarray[Any, np.dtype[np.float64]] = (1.0 - _DAY_OUT) * ordinary / ordinary[0]
    return outlasts + _DAY_OUT * np.exp(-AGES_S / (_DAY_OUT_H * HOUR_S))


STEP_FACTORS: Final = _step_factors()
"""Age factor times hours, for each step of age."""

OUTING_OUTLASTS: Final = _outing_outlasts()
"""What share of outings of at least `LONG_S` outlast each age."""
