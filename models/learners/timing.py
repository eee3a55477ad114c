"""When, on the face of the clock, something happens on an ordinary day: first up, to bed.

Times are measured from 04:00, where the resident day starts, so that an evening that ends after midnight is a
late one and not an early one. The middle and the spread come from this person's own recent days, the nearer
the heavier. Lateness has a long tail, for which a mean and a spread would give no honest probability: beyond
the upper quarter it is fitted by a generalised Pareto tail of fixed shape (Pickands, "Statistical inference
using extreme order statistics", Annals of Statistics 3, 1975), its scale drawn towards an ordinary one while
there are few days.
"""

from collections import deque
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Self

from river import base

from models.localtime import DAY_S, DAY_STARTS_H, HOUR_S, MINUTE_S

NEEDED: Final = 5
"""Days before anything is said."""

REMEMBERED: Final = 84
"""Recent days kept: three half-lives."""

WEEKENDS_FROM: Final = 28
"""Days before Saturdays and Sundays are told from the others: four of each."""

_UPPER: Final = 0.75
_SHAPE: Final = 0.3
_ORDINARY_SCALE_S: Final = 28 * MINUTE_S
_SCALE_WEIGHT: Final = 10.0
"""Where the tail begins, its shape, and the scale and weight (in late days) of an ordinary one: as over the
first-up times of ten recorded homes together."""

_UNSURE_DAYS: Final = 3.0
"""The tail of `n` days is drawn out by this over `n`: what few days say of rare ones is itself uncertain."""

_WEEKEND_WEIGHT: Final = 8.0
"""Weekend days that it takes to believe half of a difference between weekends and weekdays."""


class Usually(NamedTuple):
    """The central nine tenths of days, in seconds of the clock since midnight."""

    low_s: int
    high_s: int


class Timing(base.Estimator):
    """When one thing happens on this person's days.

    Args:
        half_life_days: how many days it takes for a day to count half.

    >>> timing = Timing()
    >>> for minute in (0, 10, 25, 5, 15, 0, 20, 10, 30, 5):
    ...     timing.learn_one(7 * HOUR_S + minute * 60)
    >>> clock = lambda second: f"{second // HOUR_S:02d}:{second % HOUR_S // 60:02d}"
    >>> clock(timing.usual().low_s), clock(timing.usual().high_s), clock(timing.limit_s(0.03))
    ('07:00', '08:29', '08:58')
    """

    def __init__(self, half_life_days: float = 28.0) -> None:
        self.half_life_days = half_life_days
        self._days: deque[tuple[int, bool]] = deque(maxlen=REMEMBERED)
        self._usual: Usually | None = None  # follows from the days, so it is never saved

    def learn_one(self, second_of_day: int, *, weekend: bool = False) -> None:
        """Learn that on one day it happened at `second_of_day` (of the clock, since midnight)."""
        self._days.append((_since_four(second_of_day), weekend))
        self._usual = None

    def accept(self) -> None:
        """From now on the last days, as many as it takes to say anything, are what is usual; forget those before."""
        self._days = deque(list(self._days)[-NEEDED:], maxlen=REMEMBERED)
        self._usual = None

    def score_one(self, second_of_day: int, *, weekend: bool = False) -> float | None:
        """Share of days on which it happens at `second_of_day` or later. None while not ready."""
        if len(self._days) < NEEDED:
            return None
        at_s = _since_four(second_of_day) - (self._shift_s() if weekend else 0)
        days = self._sorted()
        upper_s, scale_s = self._tail(days)
        if at_s > upper_s:
            return float((1 - _UPPER) * (1 + _SHAPE * (at_s - upper_s) / scale_s) ** (-1 / _SHAPE))
        later = sum(weight for day_s, weight in days if day_s >= at_s)
        return max(1 - _UPPER, later / sum(weight for _, weight in days))

    def limit_s(self, chance: float, *, weekend: bool = False) -> int | None:
        """The time on the clock by which it has happened on all but `chance` of days.

        `chance` is at most a quarter. None while not ready, and where that is later than the day is long.
        """
        if len(self._days) < NEEDED:
            return None
        upper_s, scale_s = self._tail(self._sorted())
        beyond_s = scale_s / _SHAPE * (((1 - _UPPER) / min(chance, 1 - _UPPER)) ** _SHAPE - 1)
        limit_s = round(upper_s + beyond_s) + (self._shift_s() if weekend else 0)
        return _clock(limit_s) if limit_s < DAY_S else None

    def usual(self) -> Usually | None:
        """When it happens on nine days in ten. None while not ready."""
        if self._usual is None and len(self._days) >= NEEDED:  # asked at each event of a night, learnt once a day
            self._usual = self._usual_now()
        return self._usual

    def _usual_now(self) -> Usually:
        days = self._sorted()
        upper_s, scale_s = self._tail(days)
        high_s = upper_s + scale_s / _SHAPE * (((1 - _UPPER) / 0.05) ** _SHAPE - 1)
        return Usually(_clock(_quantile(days, 0.05)), _clock(min(round(high_s), DAY_S - 1)))

    def last_min(self) -> float | None:
        """Minutes after 04:00 at which it happened on the last day that was learnt. None before the first."""
        return self._days[-1][0] / 60 if self._days else None

    @property
    def known(self) -> int:
        """How many days it has in mind."""
        return len(self._days)

    def _sorted(self) -> list[tuple[int, float]]:
        """Each day's time since 04:00, weekends moved to where a weekday would be, with its weight."""
        shift_s = self._shift_s()
        keep = 0.5 ** (1 / self.half_life_days)
        newest = len(self._days) - 1
        return sorted(
            (day_s - (shift_s if weekend else 0), keep ** (newest - index))
            for index, (day_s, weekend) in enumerate(self._days)
        )

    def _tail(self, days: list[tuple[int, float]]) -> tuple[int, float]:
        """Where the upper quarter begins, and the scale of what lies beyond."""
        upper_s, unsure = _quantile(days, _UPPER), 1 + _UNSURE_DAYS / len(days)
        beyond = [(day_s - upper_s, weight) for day_s, weight in days if day_s > upper_s]
        if not beyond:
            return upper_s, unsure * _ORDINARY_SCALE_S
        # the middle excess and not the mean: one day in bed with a cold says nothing of the others
        own_s = _quantile(beyond, 0.5) * _SHAPE / (2**_SHAPE - 1)
        known = sum(weight for _, weight in beyond)
        return upper_s, unsure * (own_s * known + _ORDINARY_SCALE_S * _SCALE_WEIGHT) / (known + _SCALE_WEIGHT)

    def _shift_s(self) -> int:
        """How much later weekends are than weekdays, as far as that is known."""
        if len(self._days) < WEEKENDS_FROM:
            return 0
        weekends = [(day_s, 1.0) for day_s, weekend in self._days if weekend]
        weekdays = [(day_s, 1.0) for day_s, weekend in self._days if not weekend]
        if not weekends or not weekdays:
            return 0
        later_s = _quantile(sorted(weekends), 0.5) - _quantile(sorted(weekdays), 0.5)
        return round(later_s * len(weekends) / (len(weekends) + _WEEKEND_WEIGHT))

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"half_life_days": self.half_life_days, "days": [list(day) for day in self._days]}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """The learner that said `state`."""
        timing = cls(half_life_days=state["half_life_days"])
        timing._days.extend((day_s, weekend) for day_s, weekend in state["days"])
        return timing


def _quantile(weighed: list[tuple[int, float]], share: float) -> int:
    """The first of the sorted values by which `share` of the weight is reached."""
    left = share * sum(weight for _, weight in weighed)
    for value, weight in weighed:
        left -= weight
        if left <= 1e-9:
            return value
    return weighed[-1][0]


def _since_four(second_of_day: int) -> int:
    return (second_of_day - DAY_STARTS_H * HOUR_S) % DAY_S


def _clock(since_four_s: int) -> int:
    return (since_four_s + DAY_STARTS_H * HOUR_S) % DAY_S
