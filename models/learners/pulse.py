"""How raised the resting pulse of the last nights is, beside the same person's nights of four weeks.

Resting pulse differs hugely between people and swings within a week, so one high night says nothing. What is judged is
the second highest of the last three nights: it is only as high as two of them are. It is compared with the median
and the median absolute deviation of the nights before (Rousseeuw and Croux, "Alternatives to the Median Absolute
Deviation", JASA 1993, section 1), in Student's t of four degrees of freedom: heavy tails, since swings of
10 bpm that mean nothing are common.
"""

import math
import statistics
from collections import deque
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Self

from river import base

NEEDED: Final = 10
"""Nights of past before a judgement, besides the last three; as for habits (models.learners.recent)."""

RAISED: Final = 2
"""How many of the last nights must be so high."""

_LIKENESS: Final = 0.3
"""How alike neighbouring nights are (correlation of 0.0 to 0.6 in the recorded bands): the chance of two raised nights
lies so far from that of two unlike ones towards that of one."""

_TO_DEVIATION: Final = 1.4826
"""A normal's standard deviation over its median absolute deviation."""

_PRIOR_BPM: Final = 3.0
_PRIOR_NIGHTS: Final = 7.0
"""The deviation of one person's nights in the six recorded bands (1.9 to 3.6 bpm where nights were worn), and how many
nights of one's own it weighs."""


class UsualPulse(NamedTuple):
    """The middle nine tenths of this person's nights in bpm, what nine nights in ten do not exceed, and of how many."""

    low: float
    high: float
    most: float
    nights: int


class Pulse(base.Estimator):
    """The resting pulse of one person, night by night.

    Args:
        nights: how many of the last nights are judged together; two of them must be raised.
        remembered: how many earlier nights they are compared with.

    >>> pulse = Pulse()
    >>> for bpm in (61, 62, 60, 63, 61, 62, 60, 61, 62, 61, 60, 62):
    ...     pulse.learn_one(bpm)
    >>> round(pulse.score_one(72), 2), pulse.direction(72)
    (0.3, 'more')
    >>> pulse.learn_one(72); round(pulse.score_one(71), 4)
    0.0019
    """

    def __init__(self, nights: int = 3, remembered: int = 28) -> None:
        self.nights = nights
        self.remembered = remembered
        self._past: deque[float | None] = deque(maxlen=remembered + nights - 1)

    def learn_one(self, bpm: float | None) -> None:
        """Learn one night; None if it was not worn for long enough."""
        self._past.append(bpm)

    def score_one(self, bpm: float | None) -> float | None:
        """Probability that two of the last nights, this one of `bpm` with them, are at least as high as they are.

        None while not ready, and where this night or both before it are unknown.
        """
        spread = self._spread()
        if bpm is None or spread is None or not self.last():
            return None
        last = [*self.last(), bpm]
        one = _above((sorted(last)[-RAISED] - spread[0]) / spread[1])
        others = len(last) - 1
        two_apart = 1 - (1 - one) ** len(last) - len(last) * one * (1 - one) ** others
        return two_apart + _LIKENESS * (one - two_apart)

    def chance_one(self, bpm: float) -> float | None:
        """Probability of one night at least so far out on its side, both sides together. None while not ready."""
        spread = self._spread()
        return None if spread is None else min(1.0, 2 * _above(abs(bpm - spread[0]) / spread[1]))

    def direction(self, bpm: float) -> str:
        """``"more"``, ``"less"`` or ``"same"`` (the middle fifth); ``"unknown"`` while not ready."""
        chance = self.chance_one(bpm)
        spread = self._spread()
        if chance is None or spread is None:
            return "unknown"
        if chance > 0.8:
            return "same"
        return "more" if bpm > spread[0] else "less"

    def usual(self) -> UsualPulse | None:
        """The central 90 % of nights, by the nights before the last. None while not ready."""
        spread = self._spread()
        if spread is None:
            return None
        middle, deviation = spread
        half = _NINETEEN_IN_TWENTY * deviation
        return UsualPulse(middle - half, middle + half, middle + _NINE_IN_TEN * deviation, len(self._known()))

    def last(self) -> tuple[float, ...]:
        """The nights that are judged together with the next one, oldest first, as far as they are known."""
        return tuple(
            night for night in list(self._past)[max(0, len(self._past) - self.nights + 1) :] if night is not None
        )

    def _known(self) -> list[float]:
        past = list(self._past)[: max(0, len(self._past) - self.nights + 1)]
        return [night for night in past if night is not None]

    def _spread(self) -> tuple[float, float] | None:
        """Middle and deviation (bpm) of the nights before the last, widened by how few they are."""
        known = self._known()
        if len(known) < NEEDED:
            return None
        middle = statistics.median(known)
        own = _TO_DEVIATION * statistics.median(abs(night - middle) for night in known)
        variance = (own * own * len(known) + _PRIOR_BPM**2 * _PRIOR_NIGHTS) / (len(known) + _PRIOR_NIGHTS)
        return middle, math.sqrt(variance * (1 + 1 / len(known)))

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"nights": self.nights, "remembered": self.remembered, "past": list(self._past)}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """The learner that said `state`."""
        pulse = cls(nights=state["nights"], remembered=state["remembered"])
        pulse._past.extend(state["past"])
        return pulse


_NINETEEN_IN_TWENTY: Final = 2.132
_NINE_IN_TEN: Final = 1.533
"""So many deviations above the middle are exceeded once in 20 and once in 10, by Student's t of four degrees."""


def _above(t: float) -> float:
    """Probability that Student's t with four degrees of freedom is at least `t`.

    In closed form for even degrees (Johnson, Kotz and Balakrishnan, "Continuous Univariate Distributions" 2, 28.2).

    >>> [round(_above(t), 4) for t in (0.0, 2.132, 4.604)]
    [0.5, 0.05, 0.005]
    """
    cosine2 = 4 / (4 + t * t)
    return 0.5 * (1 - t / math.sqrt(4 + t * t) * (1 + cosine2 / 2))
