"""What share of the silences that begin like this one outlast each age.

Two sources are weighed against each other. The first is a hazard: the rate at which this person's silences
end, by half hour of the day, age of the silence and kind of the last sign: a Gamma-Poisson rate shrunk
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

# Population shapes: read off ten homes of people living alone, and rounded.
_AGE_EDGES_S: Final = (1800, 3600, 5400, 7200, 10_800, 14_400, 21_600, 28_800)
_AGE_FACTORS: Final = (1.45, 1.2, 1.1, 1.1, 1.05, 0.9, 0.7, 0.45, 0.4)
_PLACE_FACTORS: Final = {"door": 0.85, "bathroom": 0.9, "hallway": 1.1, "lounge": 1.3}
_FACTORS: Final = tuple(_PLACE_FACTORS.get(context, 1.0) for context in CONTEXTS)
_ENDS_PER_H: Final = ((6.0, 0.12), (7.5, 0.5), (22.0, 1.2), (24.0, 0.5))
"""Silences that end in an hour of silence, until each hour of the day."""

_STRANGE, _STRANGER = 0.02, 4.0
"""Two long silences in a hundred are of another sort, and end four times as slowly."""

# How much of one's own record outweighs the population: in hours of silence, and in long silences.
_RATE_WEIGHT_H: Final = 2.0
_FACTOR_WEIGHT: Final = 20.0
_MEMORY_WEIGHT: Final = 4.0

_BESIDE: Final = 0.6
"""What the half hours beside one count for in its rate."""

_NEAR_H: Final = 0.75
"""Silences that began within about three quarters of an hour of this one are its likes."""

_OTHER_CONTEXT: Final = 0.15
"""What a silence after another kind of sign counts for."""

_BLUR: Final = (0.88, 0.94, 1.0, 1.07, 1.15)
"""A remembered silence of two hours could as well have lasted from 1 h 45 to 2 h 20."""

_ACTIVE_H: Final = 2.0
_ACTIVE_WEIGHT: Final = 5.0
"""Before anything is learnt: two active hours to each long silence."""

_PLAIN: Final = ("hours", "ends", "expected", "ended")

Curve = NDArray[np.float64]


class Outlook(NamedTuple):
    """What may follow a last sign of life. Arrays run over ages 0, 15 min, ... (`STEPS` + 1 values)."""

    outlast: Curve
    """Probability that a long silence outlasts each age."""

    second: NDArray[np.int64]
    """Second of the local day at each age, 0 to 86,399."""

    active_h: float
    """Hours of ordinary activity to each such silence: how much of life this start stands for."""


class Memory(NamedTuple):
    """One notable silence."""

    start_s: int
    hour: float
    length_s: int
    context: int


class Survival:
    """One person's silences: how they end. Cheap to learn from, a tenth of a millisecond to ask.

    Args:
        local: the home's local time.
    """

    def __init__(self, local: LocalTime) -> None:
        self._local = local
        self._hours = [0.0] * _HALF_HOURS
        self._ends = [0.0] * _HALF_HOURS
        self._expected = [0.0] * len(CONTEXTS)
        self._ended = [0.0] * len(CONTEXTS)
        self._active = [[0.0] * 24 for _ in CONTEXTS]
        self._starts = [[0.0] * 24 for _ in CONTEXTS]
        self._memory: list[Memory] = []
        self._arrays: _Arrays | None = None

    def learn(self, start_s: int, end_s: int, context: int) -> None:
        """Take in a silence after a sign of kind `CONTEXTS[context]`."""
        second = self._local.second_of_day(start_s)
        length_s = end_s - start_s
        if length_s <= LONG_S:
            self._active[context][second // HOUR_S] += length_s / HOUR_S
            return
        self._active[context][second // HOUR_S] += LONG_S / HOUR_S
        self._starts[context][second // HOUR_S] += 1.0
        self._learn_hazard(start_s, end_s, context)
        if length_s >= NOTABLE_S:
            self._memory.append(Memory(start_s, second / HOUR_S, length_s, context))
            del self._memory[:-_MEMORIES]
        self._arrays = None

    def forget(self, days: int) -> None:
        """Let `days` days pass."""
        keep = 0.5 ** (days / FORGETTING_DAYS)
        for row in (self._hours, self._ends, self._expected, self._ended, *self._active, *self._starts):
            row[:] = [number * keep for number in row]
        self._arrays = None

    def outlook(self, start_s: int, context: int) -> Outlook:
        """What may follow a sign of kind `CONTEXTS[context]` at `start_s` (UTC seconds)."""
        if self._arrays is None:
            rates = [self._rate(half_hour) for half_hour in range(_HALF_HOURS)]
            self._arrays = _Arrays(rates, self._memory)
        arrays = self._arrays
        seconds = self._clock(start_s)
        hour = float(seconds[0]) / HOUR_S
        steps = arrays.rates[(seconds[:-1] + STEP_S // 2) % DAY_S // _HALF_HOUR_S] * _STEP_FACTORS
        hazard = np.concatenate(([0.0], np.cumsum(steps))) * self._factor(context)
        outlast = _MEMORY_WEIGHT * ((1.0 - _STRANGE) * np.exp(-hazard) + _STRANGE * np.exp(-hazard / _STRANGER))
        if self._memory:
            apart = np.abs(hour - arrays.hours)
            apart = np.minimum(apart, 24.0 - apart)
            age = (start_s - arrays.starts_s) / (DAY_S * FORGETTING_DAYS)
            weights = np.exp(apart * apart * (-0.5 / _NEAR_H**2) - math.log(2.0) * age) * arrays.alike[context]
            ended = np.bincount(arrays.ended, np.repeat(weights, len(_BLUR)), STEPS + 2)
            outlast += np.cumsum(ended[:0:-1])[::-1] / len(_BLUR)
        starts, active = self._likes(hour, context)
        return Outlook(
            outlast / (_MEMORY_WEIGHT + starts),
            seconds % DAY_S,
            (active + _ACTIVE_WEIGHT * _ACTIVE_H) / (starts + _ACTIVE_WEIGHT),
        )

    def longest_s(self, context: int) -> int:
        """The longest remembered silence after a sign of kind `CONTEXTS[context]`, in seconds."""
        return max((past.length_s for past in self._memory if past.context == context), default=0)

    def state(self) -> dict[str, Any]:
        """Everything learnt, as plain JSON: about a thousand numbers."""
        return {
            **{name: list(getattr(self, f"_{name}")) for name in _PLAIN},
            "by_hour": {
                name: [list(active), list(starts)]
                for name, active, starts in zip(CONTEXTS, self._active, self._starts, strict=True)
                if any(active)
            },
            "memory": [[*memory[:3], CONTEXTS[memory.context]] for memory in self._memory],
        }

    @classmethod
    def from_state(cls, local: LocalTime, state: dict[str, Any]) -> Self:
        """The one that `state` was taken from."""
        survival = cls(local)
        for name in _PLAIN:
            setattr(survival, f"_{name}", [float(number) for number in state[name]])
        for name, (active, starts) in state["by_hour"].items():
            survival._active[CONTEXTS.index(name)] = [float(number) for number in active]
            survival._starts[CONTEXTS.index(name)] = [float(number) for number in starts]
        survival._memory = [
            Memory(start_s, hour, length_s, CONTEXTS.index(name)) for start_s, hour, length_s, name in state["memory"]
        ]
        return survival

    def _learn_hazard(self, start_s: int, end_s: int, context: int) -> None:
        factor = self._factor(context)
        at_s = start_s + LONG_S
        half_hour = 0
        while at_s < end_s and at_s < start_s + DAY_S:
            second = self._local.second_of_day(at_s)
            spent_s = min(STEP_S - second % STEP_S, end_s - at_s)
            half_hour = second // _HALF_HOUR_S
            hours = spent_s / HOUR_S * _age_factor(at_s - start_s)
            self._expected[context] += hours * self._rate(half_hour)
            self._hours[half_hour] += hours * factor
            at_s += spent_s
        self._ends[half_hour] += 1.0
        self._ended[context] += 1.0

    def _rate(self, half_hour: int) -> float:
        """Silences that end in an hour of silence, in this half hour of the day and, less so, beside it."""
        before, after = half_hour - 1, (half_hour + 1) % _HALF_HOURS
        ends = self._ends[half_hour] + _BESIDE * (self._ends[before] + self._ends[after])
        hours = self._hours[half_hour] + _BESIDE * (self._hours[before] + self._hours[after])
        return (ends + _RATE_WEIGHT_H * _prior_rate(half_hour / 2)) / (hours + _RATE_WEIGHT_H)

    def _factor(self, context: int) -> float:
        """How much faster than others the silences after this kind of sign end."""
        return (self._ended[context] + _FACTOR_WEIGHT * _FACTORS[context]) / (self._expected[context] + _FACTOR_WEIGHT)

    def _likes(self, hour: float, context: int) -> tuple[float, float]:
        """Long silences, and active hours, after starts like this one."""
        starts = active = 0.0
        for step in range(-2, 3):
            near = (int(hour) + step) % 24
            apart = int(hour) + step + 0.5 - hour
            weight = math.exp(-0.5 * (apart / _NEAR_H) ** 2)
            other = weight * _OTHER_CONTEXT
            mine = weight - other
            starts += mine * self._starts[context][near] + other * sum([row[near] for row in self._starts])
            active += mine * self._active[context][near] + other * sum([row[near] for row in self._active])
        return starts, active

    def _clock(self, start_s: int) -> NDArray[np.int64]:
        """Local seconds since midnight at each age; not wrapped, and jumping where the clocks are changed."""
        seconds: NDArray[np.int64] = self._local.second_of_day(start_s) + _AGES_S
        before_s = self._local.offset_s(start_s)
        if self._local.offset_s(start_s + DAY_S) != before_s:
            seconds = seconds + np.array([self._local.offset_s(start_s + int(age)) - before_s for age in _AGES_S])
        return seconds


class _Arrays:
    """What was learnt, laid out for numpy; it follows from the state, so it is never saved."""

    __slots__ = ("alike", "ended", "hours", "rates", "starts_s")

    def __init__(self, rates: list[float], memory: list[Memory]) -> None:
        self.rates = np.array(rates)
        self.starts_s = np.array([past.start_s for past in memory])
        self.hours = np.array([past.hour for past in memory])
        contexts = np.array([past.context for past in memory], dtype=np.intp)
        self.alike = np.where(contexts == np.arange(len(CONTEXTS))[:, None], 1.0, _OTHER_CONTEXT)
        steps = [min(math.ceil(past.length_s * blur / STEP_S), STEPS + 1) for past in memory for blur in _BLUR]
        self.ended = np.array(steps, dtype=np.intp)


def _prior_rate(hour: float) -> float:
    return next(rate for until_h, rate in _ENDS_PER_H if hour < until_h)


def _age_factor(age_s: int) -> float:
    return _AGE_FACTORS[sum(age_s >= edge_s for edge_s in _AGE_EDGES_S)]


_AGES_S: Final = np.arange(STEPS + 1) * STEP_S
_STEP_FACTORS: Final = np.array([_age_factor(int(age)) for age in _AGES_S[:-1]]) * (STEP_S / HOUR_S)
_STEP_FACTORS[0] = 0.0
_STEP_FACTORS[1] *= 2.0 / 3.0
"""A silence can end from `LONG_S` on, which is 5 minutes into the second step."""
