"""The long silences of one person, remembered one by one and laid out for numpy."""

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.learners.population import CONTEXTS, STEP_S, STEPS
from models.localtime import DAY_S

Curve = NDArray[np.float64]

OTHER_CONTEXT: Final = 0.1
"""What a silence after another kind of sign counts for."""

FORGETTING_DAYS: Final = 30.0
"""Half-life of everything learnt: a month, so that a new habit outweighs the old one within one."""

NEAR_H: Final = 0.75
"""Silences that began within about three quarters of an hour of this one are its likes."""

_QUIETER_H: Final = 6.0
"""A silence remembered from a day with six busy hours fewer than today counts six tenths, with twelve fewer an eighth.
Three hours to six did as well (docs/decisions/0010)."""

_BLUR: Final = (0.88, 0.94, 1.0, 1.07, 1.15)
"""A remembered silence of two hours could as well have lasted from 1 h 45 to 2 h 20."""


class Memory(NamedTuple):
    """One notable silence. `busy_h`: in how many hours of the day before it something was seen.

    `start_s` tells how old it is, in days that taught something: it is moved on by the others.
    """

    start_s: int
    hour: float
    length_s: int
    context: int
    outing: bool
    busy_h: int


class Remembered:
    """What was learnt, laid out for numpy; it follows from the state, so it is never saved."""

    __slots__ = ("alike", "at_home", "busy_h", "ended", "hours", "rates", "starts_s")

    def __init__(self, rates: Curve, memory: list[Memory]) -> None:
        columns = np.array(memory, dtype=np.float64).reshape(-1, len(Memory._fields)).T
        self.rates = rates
        self.starts_s, self.hours, lengths_s, contexts, outings, self.busy_h = columns
        self.at_home = 1.0 - outings
        self.alike = np.where(contexts == np.arange(len(CONTEXTS))[:, None], 1.0, OTHER_CONTEXT)
        steps = np.ceil(np.outer(lengths_s, _BLUR) / STEP_S).astype(np.intp)
        self.ended = np.minimum(steps, STEPS + 1).ravel()

    def weights(self, start_s: int, hour: float, context: int, busy_h: int) -> Curve:
        """How much each remembered silence is like one that begins at `start_s` (UTC), at `hour` o'clock.

        A day on which hardly anything is seen (away, ill, sensors out of reach) says little about a busy one. A busy
        one does tell about a quiet one: what ends a silence then may still come.
        """
        apart_h = np.abs(hour - self.hours)
        apart_h = np.minimum(apart_h, 24.0 - apart_h) / NEAR_H
        half_lives = (start_s - self.starts_s) / (DAY_S * FORGETTING_DAYS)
        quieter = np.maximum(busy_h - self.busy_h, 0) / _QUIETER_H
        near = np.exp(-0.5 * (apart_h * apart_h + quieter * quieter) - math.log(2.0) * half_lives)
        weights: Curve = self.alike[context] * near
        return weights

    def outlast(self, weights: Curve) -> Curve:
        """The weight of the remembered silences that outlast each age."""
        ended = np.bincount(self.ended, np.repeat(weights, len(_BLUR)), STEPS + 2)
        outlast: Curve = np.cumsum(ended[:0:-1])[::-1] / len(_BLUR)
        return outlast
