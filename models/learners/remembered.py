"""The long silences of one person, remembered one by one and laid out for numpy."""

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.learners.population import CONTEXTS, STEP_S, STEPS

Curve = NDArray[np.float64]

OTHER_CONTEXT: Final = 0.1
"""What a silence after another kind of sign counts for."""

_BLUR: Final = (0.88, 0.94, 1.0, 1.07, 1.15)
"""A remembered silence of two hours could as well have lasted from 1 h 45 to 2 h 20."""


class Memory(NamedTuple):
    """One notable silence."""

    start_s: int
    hour: float
    length_s: int
    context: int
    outing: bool


class Remembered:
    """What was learnt, laid out for numpy; it follows from the state, so it is never saved."""

    __slots__ = ("alike", "at_home", "ended", "hours", "rates", "starts_s")

    def __init__(self, rates: list[float], memory: list[Memory]) -> None:
        self.rates = np.array(rates)
        self.starts_s = np.array([past.start_s for past in memory])
        self.hours = np.array([past.hour for past in memory])
        self.at_home = np.array([not past.outing for past in memory], dtype=np.float64)
        contexts = np.array([past.context for past in memory], dtype=np.intp)
        self.alike = np.where(contexts == np.arange(len(CONTEXTS))[:, None], 1.0, OTHER_CONTEXT)
        steps = [min(math.ceil(past.length_s * blur / STEP_S), STEPS + 1) for past in memory for blur in _BLUR]
        self.ended = np.array(steps, dtype=np.intp)

    def outlast(self, weights: Curve) -> Curve:
        """The weight of the remembered silences that outlast each age."""
        ended = np.bincount(self.ended, np.repeat(weights, len(_BLUR)), STEPS + 2)
        outlast: Curve = np.cumsum(ended[:0:-1])[::-1] / len(_BLUR)
        return outlast
