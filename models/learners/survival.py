"""What share of the silences that begin like this one outlast each age.

Two sources are weighed against each other. The first is a hazard: the rate at which this person's silences
end, by half hour of the day, age of the silence and kind of the last sign, each a Gamma-Poisson rate shrunk
towards a population. The second is a memory of this person's own long silences, weighed by how near they
began in the day and whether the same kind of sign came last. The hazard alone forgets that some silences
are of another sort (out for the day, asleep in the chair); the memory alone knows nothing in the first weeks.

The cumulative hazard is the time rescaling of Brown et al., "The time-rescaling theorem" (Neural
Computation 14, 2002): under it, ordinary silences are exponential.
"""

import math
from typing import Any, Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from models.localtime import DAY_S, HOUR_S, LocalTime

STEP_S: Final = 900
STEPS: Final = DAY_S // STEP_S
"""Ages are looked at every quarter of an hour, up to one day."""

LONG_S: Final = 20 * 60
"""Shorter silences are the texture of being active: only their time is counted."""

NOTABLE_S: Final = HOUR_S
"""Silences of at least an hour are remembered one by one: two to seven a day in ten homes."""

CONTEXTS: Final = (
    "door", "bed_on", "bed_off", "seat_on", "seat_off",
    "bedroom", "bathroom", "kitchen", "hallway", "lounge", "other",
)  # fmt: skip
"""What the last sign of life can say about the silence that follows; a closed list."""

FORGETTING_DAYS: Final = 30.0
"""Half-life of everything learnt: a month, so that a new habit outweighs the old one within one."""

_MEMORIES: Final = 160
"""Notable silences kept, the newest: at least three weeks of a quiet home."""

_HALF_HOUR_S: Final = 1800
_HALF_HOURS: Final = DAY_S // _HALF_HOUR_S

# Population shapes, from ten homes; each is checked by leaving the home out on which it is judged.
_AGE_EDGES_S: Final = (1800, 3600, 5400, 7200, 10_800, 14_400, 21_600, 28_800)
_AGE_FACTORS: Final = (1.45, 1.2, 1.1, 1.1, 1.05, 0.9, 0.7, 0.45, 0.4)
_CONTEXT_FACTORS: Final = {"door": 0.85, "bathroom": 0.9, "hallway": 1.1, "lounge": 1.3}
_EVENING_H, _NIGHT_H, _MORNING_H = 22.0, 0.0, 6.0
_ENDS_PER_H_AWAKE, _ENDS_PER_H_ASLEEP, _ENDS_PER_H_BETWEEN = 1.2, 0.12, 0.5

# How much of one's own record outweighs the population: in hours, or in silences expected.
_RATE_WEIGHT_H: Final = 2.0
_FACTOR_WEIGHT: Final = 20.0
_MEMORY_WEIGHT: Final = 8.0

_NEAR_H: Final = 0.75
"""Silences that began within about three quarters of an hour of this one are its likes."""

_OTHER_CONTEXT: Final = 0.15
"""What a silence after another kind of sign counts for."""

_BLUR: Final = (0.88, 0.94, 1.0, 1.07, 1.15)
"""A remembered silence of two hours could as well have lasted from 1 h 45 to 2 h 20."""

_ACTIVE_H: Final = 2.0
_ACTIVE_WEIGHT: Final = 5.0
"""Before anything is learnt: two active hours to each long silence."""

Curve = NDArray[np.float64]


class Outlook(NamedTuple):
    """What may follow a last sign of life. Arrays run over ages 0, 15 min, ... (`STEPS` + 1 values)."""

    outlast: Curve
    """Probability that a long silence outlasts each age."""

    hour: Curve
    """Local hour of the day at each age, 0 to 24."""

    active_h: float
    """Hours of ordinary activity to each such silence: how much of life this start stands for."""


class Survival:
    """One person's silences: how they end. Cheap to learn from, a tenth of a millisecond to ask."""

    def __init__(self, local: LocalTime) -> None:
        self._local = local
        self._hours = [0.0] * _HALF_HOURS
        self._ends = [0.0] * _HALF_HOURS
        self._expected = [0.0] * len(CONTEXTS)
        self._ended = [0.0] * len(CONTEXTS)
        self._active = [[0.0] * 24 for _ in CONTEXTS]
        self._starts = [[0.0] * 24 for _ in CONTEXTS]
        self._memory: list[list[int]] = []
        self._cache: _Cache | None = None

    def learn(self, start_s: int, end_s: int, context: int) -> None:
        """Take in a silence after a sign of kind `CONTEXTS[context]`."""
        hour = self._local.second_of_day(start_s) // HOUR_S
        length_s = end_s - start_s
        if length_s <= LONG_S:
            self._active[context][hour] += length_s / HOUR_S
            return
        self._active[context][hour] += LONG_S / HOUR_S
        self._starts[context][hour] += 1.0
        self._learn_hazard(start_s, end_s, context)
        if length_s >= NOTABLE_S:
            self._memory.append([start_s, length_s, context])
            del self._memory[:-_MEMORIES]
        self._cache = None

    def forget(self, days: int) -> None:
        """Let `days` days pass."""
        keep = 0.5 ** (days / FORGETTING_DAYS)
        for row in (self._hours, self._ends, self._expected, self._ended, *self._active, *self._starts):
            row[:] = [number * keep for number in row]
        self._cache = None

    def outlook(self, start_s: int, context: int) -> Outlook:
        """What may follow a sign of kind `CONTEXTS[context]` at `start_s` (UTC seconds)."""
        cache = self._cached()
        seconds = self._clock(start_s)
        hazard = self._hazard(cache, seconds, context)
        expected = 0.97 * np.exp(-1.15 * hazard) + 0.03 * np.exp(-0.25 * hazard)
        likes = np.abs(seconds[0] / HOUR_S - cache.centres)
        near = np.exp(-0.5 * (np.minimum(likes, 24.0 - likes) / _NEAR_H) ** 2)
        alike = cache.alike[context]
        starts = float(near @ (alike @ cache.starts))
        active = float(near @ (alike @ np.array(self._active)))
        outlast = _MEMORY_WEIGHT * ((1.0 - _ABSENT) * expected + _ABSENT * _ABSENCE)
        if self._memory:
            apart = np.abs(seconds[0] / HOUR_S - cache.began_h)
            weights = np.exp(-0.5 * (np.minimum(apart, 24.0 - apart) / _NEAR_H) ** 2)
            weights *= alike[cache.contexts] * 0.5 ** ((start_s - cache.began_s) / (DAY_S * FORGETTING_DAYS))
            ended = np.bincount(cache.ended, np.repeat(weights / len(_BLUR), len(_BLUR)), STEPS + 2)
            outlast = outlast + (ended.sum() - np.cumsum(ended))[: STEPS + 1]
        return Outlook(
            outlast / (_MEMORY_WEIGHT + starts),
            (seconds % DAY_S) / HOUR_S,
            (active + _ACTIVE_WEIGHT * _ACTIVE_H) / (starts + _ACTIVE_WEIGHT),
        )

    def state(self) -> dict[str, Any]:
        """Everything learnt, as plain JSON."""
        return {
            "hours": list(self._hours),
            "ends": list(self._ends),
            "expected": list(self._expected),
            "ended": list(self._ended),
            "active": {name: list(row) for name, row in zip(CONTEXTS, self._active, strict=True) if any(row)},
            "starts": {name: list(row) for name, row in zip(CONTEXTS, self._starts, strict=True) if any(row)},
            "memory": [[start_s, length_s, CONTEXTS[context]] for start_s, length_s, context in self._memory],
        }

    @classmethod
    def from_state(cls, local: LocalTime, state: dict[str, Any]) -> Self:
        """The one that `state` was taken from."""
        survival = cls(local)
        survival._hours = [float(number) for number in state["hours"]]
        survival._ends = [float(number) for number in state["ends"]]
        survival._expected = [float(number) for number in state["expected"]]
        survival._ended = [float(number) for number in state["ended"]]
        for name, row in state["active"].items():
            survival._active[CONTEXTS.index(name)] = [float(number) for number in row]
        for name, row in state["starts"].items():
            survival._starts[CONTEXTS.index(name)] = [float(number) for number in row]
        survival._memory = [[start_s, length_s, CONTEXTS.index(name)] for start_s, length_s, name in state["memory"]]
        return survival

    def _learn_hazard(self, start_s: int, end_s: int, context: int) -> None:
        cache = self._cached()
        here = self._factor(context)
        at_s = start_s + LONG_S
        last = 0
        while at_s < end_s and at_s < start_s + DAY_S:
            second = self._local.second_of_day(at_s)
            spent_s = min(STEP_S - second % STEP_S, end_s - at_s)
            last = second // _HALF_HOUR_S
            hours = spent_s / HOUR_S * _AGE_FACTOR[(at_s - start_s) // STEP_S]
            self._hours[last] += hours * here
            self._expected[context] += hours * cache.rates[last]
            at_s += spent_s
        self._ends[last] += 1.0
        self._ended[context] += 1.0

    def _factor(self, context: int) -> float:
        prior = _CONTEXT_FACTORS.get(CONTEXTS[context], 1.0)
        return (self._ended[context] + _FACTOR_WEIGHT * prior) / (self._expected[context] + _FACTOR_WEIGHT)

    def _hazard(self, cache: "_Cache", seconds: NDArray[np.int64], context: int) -> Curve:
        half_hours = (seconds[:-1] + STEP_S // 2) % DAY_S // _HALF_HOUR_S
        steps = cache.rates[half_hours] * _AGE_FACTOR * (self._factor(context) * STEP_S / HOUR_S)
        steps[0] = 0.0
        steps[1] *= 2.0 / 3.0  # a silence is long from 20 minutes on, not 15
        return np.concatenate(([0.0], np.cumsum(steps)))

    def _clock(self, start_s: int) -> NDArray[np.int64]:
        """Local seconds since midnight at each age; not wrapped, and jumping where the clocks are changed."""
        seconds = self._local.second_of_day(start_s) + _AGES_S
        before_s = self._local.offset_s(start_s)
        if self._local.offset_s(start_s + DAY_S) != before_s:
            seconds = seconds + np.array([self._local.offset_s(start_s + int(age)) - before_s for age in _AGES_S])
        return seconds

    def _cached(self) -> "_Cache":
        if self._cache is None:
            self._cache = _Cache(self._local, self._hours, self._ends, self._starts, self._memory)
        return self._cache


class _Cache:
    """Arrays over what was learnt; follows from the state, so it is never saved."""

    __slots__ = ("alike", "began_h", "began_s", "centres", "contexts", "ended", "rates", "starts")

    def __init__(
        self,
        local: LocalTime,
        hours: list[float],
        ends: list[float],
        starts: list[list[float]],
        memory: list[list[int]],
    ) -> None:
        seen_h, seen = np.array(hours), np.array(ends)
        near_h = seen_h + 0.6 * (np.roll(seen_h, 1) + np.roll(seen_h, -1))
        near = seen + 0.6 * (np.roll(seen, 1) + np.roll(seen, -1))
        self.rates = (near + _RATE_WEIGHT_H * _PRIOR_RATES) / (near_h + _RATE_WEIGHT_H)
        self.centres = np.arange(24) + 0.5
        self.alike = np.where(np.eye(len(CONTEXTS)) > 0, 1.0, _OTHER_CONTEXT)
        self.starts = np.array(starts)
        self.began_s = np.array([start_s for start_s, _, _ in memory])
        self.began_h = np.array([local.second_of_day(start_s) / HOUR_S for start_s, _, _ in memory])
        self.contexts = np.array([context for _, _, context in memory], dtype=np.intp)
        lengths = np.array([length_s for _, length_s, _ in memory], dtype=np.float64)
        steps = np.ceil(lengths[:, None] * np.array(_BLUR) / STEP_S) if memory else np.zeros((0, 5))
        self.ended = np.minimum(steps, STEPS + 1).astype(np.intp).ravel()


def _prior_rate(hour: float) -> float:
    if _NIGHT_H <= hour < _MORNING_H:
        return _ENDS_PER_H_ASLEEP
    return _ENDS_PER_H_BETWEEN if hour >= _EVENING_H or hour < _MORNING_H + 1.5 else _ENDS_PER_H_AWAKE


def _age_factor(age_s: int) -> float:
    return _AGE_FACTORS[sum(age_s >= edge_s for edge_s in _AGE_EDGES_S)]


_AGES_S: Final = np.arange(STEPS + 1) * STEP_S
_AGE_FACTOR: Final = np.array([_age_factor(step * STEP_S) for step in range(STEPS)])
_PRIOR_RATES: Final = np.array([_prior_rate(half_hour / 2) for half_hour in range(_HALF_HOURS)])

_ABSENT: Final = 0.006
_ABSENCE: Final = 1.0 / (1.0 + (_AGES_S / (9.0 * HOUR_S)) ** 4)
"""Six long silences in a thousand are absences that nothing announces; half of them outlast nine hours."""

assert math.isclose(float(_ABSENCE[36]), 0.5)
