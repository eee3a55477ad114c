"""The two rivals: River's half-space trees, and 2 sigma per slot; each behind River's `QuantileFilter`.

Both see the same counts of the same recordings, learn after they score, and choose their threshold from their own past
scores alone. They are asked for the rate of false alerts that Wren came to on the same untouched recordings.

River brings scipy along; this module is loaded only when rivals are run (docs/decisions/0003).
"""

import math
from collections.abc import Hashable
from copy import deepcopy
from typing import Any, Final

from river import anomaly, stats
from river.base import AnomalyDetector

from gateway.evaluation.counts import Counts

SIGMAS: Final = 2.0
_FEWEST: Final = 7
_LEAST_SIGMA: Final = 1.0
"""A count is not known better than to one."""


class SigmaPerSlot(AnomalyDetector):
    """How many standard deviations the most unusual count of a slot lies from that slot's mean."""

    def __init__(self) -> None:
        self._moments: dict[tuple[int, Hashable], tuple[Any, Any]] = {}

    def learn_one(self, x: dict[Hashable, Any]) -> None:
        """Learn the counts of one slot."""
        for name, value in _without_slot(x).items():
            key = (int(x["slot"]), name)
            if key not in self._moments:
                self._moments[key] = (stats.Mean(), stats.Var())
            for moment in self._moments[key]:
                moment.update(value)

    def score_one(self, x: dict[Hashable, Any]) -> float:
        """The greatest |z|; 0 before the slot was seen seven times."""
        return max((self._z(int(x["slot"]), name, value) for name, value in _without_slot(x).items()), default=0.0)

    def _z(self, slot: int, name: Hashable, value: float) -> float:
        if (slot, name) not in self._moments:
            return 0.0
        mean, var = self._moments[slot, name]
        if mean.n < _FEWEST:
            return 0.0
        return float(abs(value - mean.get()) / max(math.sqrt(var.get()), _LEAST_SIGMA))


class HalfSpace(AnomalyDetector):
    """River's `HalfSpaceTrees` on counts that are brought into [0, 1] by the greatest one seen so far."""

    def __init__(self, window: int, seed: int) -> None:
        self.window = window
        self.seed = seed
        self._trees: Any = anomaly.HalfSpaceTrees(window_size=window, seed=seed)
        self._most: dict[Hashable, float] = {}

    def learn_one(self, x: dict[Hashable, Any]) -> None:
        """Learn one hour or day."""
        for name, value in x.items():
            self._most[name] = max(self._most.get(name, 1.0), value)
        self._trees.learn_one(self._scaled(x))

    def score_one(self, x: dict[Hashable, Any]) -> float:
        """River's score, 0 to 1; 0 until the first window is full."""
        return float(self._trees.score_one(self._scaled(x)))

    def _scaled(self, x: dict[Hashable, Any]) -> dict[Hashable, float]:
        return {name: min(1.0, value / self._most.get(name, 1.0)) for name, value in x.items()}


def _features(counts: Counts) -> dict[Hashable, Any]:
    features: dict[Hashable, Any] = dict(counts.features)
    features["slot"] = float(counts.slot)
    return features


def _without_slot(x: dict[Hashable, Any]) -> dict[Hashable, float]:
    return {name: value for name, value in x.items() if name != "slot"}


class Rival:
    """A detector behind a quantile filter.

    Args:
        detector: scores counts.
        share: which share of hours or days to alert at, by its own past scores.
        from_s: no alert before, as with Wren's count.
    """

    def __init__(self, detector: AnomalyDetector, share: float, from_s: int) -> None:
        self._filter: Any = anomaly.QuantileFilter(detector, q=1.0 - share)
        self._from_s = from_s
        self._alerting = False

    def hear(self, counts: Counts) -> bool:
        """Take one hour or day; whether it opens an alert. What goes on is one alert."""
        x = _features(counts)
        score = self._filter.score_one(x)
        alerting = score > 0 and bool(self._filter.classify(score)) and counts.end_s >= self._from_s
        self._filter.learn_one(x)
        opened, self._alerting = alerting and not self._alerting, alerting
        return opened

    def copy(self) -> "Rival":
        """One that goes on from here on its own."""
        return deepcopy(self)


def plain_sigma_share(all_counts: list[Counts], from_s: int) -> tuple[int, int]:
    """How often the rule in its plain form, 2 sigma, would alert: hours, and out of how many."""
    detector, alerts, of = SigmaPerSlot(), 0, 0
    for counts in all_counts:
        x = _features(counts)
        if counts.end_s >= from_s:
            of += 1
            alerts += detector.score_one(x) > SIGMAS
        detector.learn_one(x)
    return alerts, of
