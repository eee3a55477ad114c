"""How long the way from one place to the next ordinarily takes, and whether the last week was slower.

Times between two rooms span three orders of magnitude and have heavy tails: somebody stops on the way, or sat still
before they set out. So nothing is fitted. The trips of the last seven days are ranked among those of the weeks before
(Mann and Whitney, "On a test of whether one of two random variables is stochastically larger than the other", Annals
of Mathematical Statistics 18, 1947); that this person's weeks differ among themselves by more than chance is learnt
from how their past weeks ranked.
"""

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, Self

from river import base

LONGEST_S: Final = 1200
"""Who takes longer than 20 min from one room to the next stayed in one of them."""

NEEDED_DAYS: Final = 14
NEEDED_TRIPS: Final = 40
NEEDED_LATELY: Final = 8
"""Days and trips before those that are judged, and trips among these, below which a rank says little."""

DOUBTED: Final = 0.25
"""What the trips of days that were rare weigh in what is usual, so that a slow week does not become the rule."""

A_DAY: Final = 60
"""Trips of one day and pair that are kept; more are told apart by nothing."""

_STEPS: Final = 31
_EDGES_S: Final = tuple(2 ** (step / 3) for step in range(1, _STEPS))
"""Times are kept to a third of an octave: 1 s to 1.26 s, and so on to 20 min."""

_HALF_LIFE_DAYS: Final = 28.0
_PRIOR_SPREAD: Final = 1.5
_PRIOR_WEEKS: Final = 4.0
_WILDEST: Final = 9.0
"""Variance of a week's rank beyond that of independent trips: near 1.5 in ten recorded homes (the median over pairs
of rooms), how many weeks of one's own that weighs,
and how many times as far from the middle as most weeks one week may at most be taken to be."""


class Trips(NamedTuple):
    """The last days' trips beside the usual ones.

    `slow` of `total` took longer than three in four usually do (`usual_s`); most of these between `low_s` and
    `high_s`. `known` is how many usual ones are remembered.
    """

    slow: int
    total: int
    low_s: float
    high_s: float
    usual_s: float
    known: int


class _Day(NamedTuple):
    """The trips of one day by their step, what they weigh, and the rank of the week that they ended."""

    steps: list[int]
    weight: float
    z: float | None = None


class Transit(base.Estimator):
    """The ordinary time between two places, of one person.

    Args:
        days: how many days are judged together.

    >>> transit = Transit()
    >>> for day in range(30):
    ...     transit.learn_one([12, 20 + day % 7, 45])
    >>> round(transit.score_one([14, 19, 40]), 2), round(transit.slower(), 2)
    (0.52, 1.01)
    >>> for day in range(6):
    ...     transit.learn_one([40, 75, 130])
    >>> round(transit.score_one([35, 80, 150]), 4), round(transit.slower(), 2)
    (0.0, 3.01)
    """

    def __init__(self, days: int = 7) -> None:
        self.days = days
        self._lately: list[_Day] = []
        self._usual = [0.0] * _STEPS
        self._usual_days = 0
        self._spread = _PRIOR_SPREAD * _PRIOR_WEEKS
        self._spread_weeks = _PRIOR_WEEKS
        self._reference_s: float | None = None

    def learn_one(self, trips_s: Sequence[float], *, weight: float = 1.0) -> None:
        """Learn the trips of one day, in seconds; with a `weight` of 0 they are judged and never become usual."""
        self._lately.append(_Day([_step(trip_s) for trip_s in trips_s[:A_DAY]], weight))
        if len(self._lately) > self.days:
            self._become_usual(self._lately.pop(0))
        recent = self._recent([])
        if self._is_ready(recent):
            self._lately[-1] = self._lately[-1]._replace(z=round(_z(recent, self._usual), 3))

    def _become_usual(self, day: _Day) -> None:
        """A day is no longer judged. Only now does its rank teach, too: a slow week must not excuse itself."""
        steps, weight, z = day
        if weight == 0:
            return
        keep = 0.5 ** (1 / _HALF_LIFE_DAYS)
        if z is not None:
            surprise = min(z * z, _WILDEST * self._spread / self._spread_weeks)
            self._spread = self._spread * keep + weight * surprise / self.days
            self._spread_weeks = self._spread_weeks * keep + weight / self.days
        if not steps:
            return
        usual = [share * keep for share in self._usual]
        for step in steps:
            usual[step] += weight
        self._usual = [round(share, 3) for share in usual]
        self._usual_days += 1
        if self._reference_s is None and self._is_known():
            self._reference_s = round(_quantile(self._usual, 0.5), 2)

    def score_one(self, trips_s: Sequence[float]) -> float | None:
        """Probability that a week is at least as slow as the last days with today's `trips_s`. None while not ready."""
        recent = self._recent(trips_s)
        if not self._is_ready(recent):
            return None
        z = _z(recent, self._usual) / math.sqrt(max(1.0, self._spread / self._spread_weeks))
        return 0.5 * math.erfc(z / math.sqrt(2))

    def slower(self) -> float:
        """How many times as long the last days' middle trip took as the usual one; 1.0 while not ready."""
        recent = self._recent([])
        return _quantile(recent, 0.5) / _quantile(self._usual, 0.5) if self._is_ready(recent) else 1.0

    def beyond_first(self, trips_s: Sequence[float]) -> list[float]:
        """Each of today's trips as log of its ratio to the middle trip of this person's first weeks; [] before then."""
        if self._reference_s is None:
            return []
        return [math.log(max(1.0, trip_s) / self._reference_s) for trip_s in trips_s]

    def trips(self) -> Trips:
        """The last days' trips, those learnt last with them. To be asked only once `score_one` has given a score."""
        recent = self._recent([])
        usual_s = _quantile(self._usual, 0.75)
        slow = [
            0.0 if edge_s <= usual_s else count for edge_s, count in zip((*_EDGES_S, LONGEST_S), recent, strict=True)
        ]
        count, known = round(sum(recent)), round(sum(self._usual))
        if not sum(slow):
            return Trips(0, count, usual_s, usual_s, usual_s, known)
        return Trips(round(sum(slow)), count, _quantile(slow, 0.2), _quantile(slow, 0.8), usual_s, known)

    def doubt(self) -> None:
        """The days that were judged last are rare, so they teach slowly."""
        self._lately = [day._replace(weight=min(day.weight, DOUBTED)) for day in self._lately]

    def accept(self) -> None:
        """From now on the last days are what is usual; what came before is forgotten."""
        self._usual, self._usual_days, self._reference_s = [0.0] * _STEPS, 0, None
        for day in self._lately:
            self._become_usual(_Day(day.steps, 1.0))
        self._lately = []

    @property
    def weight(self) -> float:
        """How many trips it knows, old ones counting less."""
        return sum(self._usual) + sum(len(day.steps) for day in self._lately)

    def _recent(self, trips_s: Sequence[float]) -> list[float]:
        """How many trips of each length there were in the last days, today's with them if they are given."""
        days = [day.steps for day in self._lately]
        if trips_s:
            days = [*days[max(0, len(days) - self.days + 1) :], [_step(trip_s) for trip_s in trips_s[:A_DAY]]]
        recent = [0.0] * _STEPS
        for steps in days:
            for step in steps:
                recent[step] += 1.0
        return recent

    def _is_known(self) -> bool:
        return self._usual_days >= NEEDED_DAYS - self.days and sum(self._usual) >= NEEDED_TRIPS

    def _is_ready(self, recent: list[float]) -> bool:
        return self._is_known() and sum(recent) >= NEEDED_LATELY

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "days": self.days,
            "lately": [[list(day.steps), day.weight, day.z] for day in self._lately],
            "usual": list(self._usual),
            "usual_days": self._usual_days,
            "spread": self._spread,
            "spread_weeks": self._spread_weeks,
            "reference_s": self._reference_s,
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """The learner that said `state`."""
        transit = cls(days=state["days"])
        transit._lately = [_Day(list(steps), weight, z) for steps, weight, z in state["lately"]]
        transit._usual = list(state["usual"])
        transit._usual_days = state["usual_days"]
        transit._spread = state["spread"]
        transit._spread_weeks = state["spread_weeks"]
        transit._reference_s = state["reference_s"]
        return transit


def _step(trip_s: float) -> int:
    return bisect_right(_EDGES_S, trip_s)


def _z(recent: list[float], usual: list[float]) -> float:
    """Mann and Whitney's statistic of `recent` among `usual`, equal times by half, above 0 if slower."""
    below = 0.0
    ranks = 0.0
    for mine, theirs in zip(recent, usual, strict=True):
        ranks += mine * (below + theirs / 2)
        below += theirs
    count = sum(recent)
    return (ranks / (count * below) - 0.5) * math.sqrt(12 / (1 / count + 1 / below))


def _quantile(counts: list[float], share: float) -> float:
    """The time, in seconds, that `share` of the trips keep under; even in logarithms within a step."""
    left = share * sum(counts)
    for step, count in enumerate(counts):
        if count and left <= count:
            return float(2 ** ((step + left / count) / 3))
        left -= count
    return float(LONGEST_S)
