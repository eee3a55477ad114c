"""What share of the silences that begin like this one outlast each age.

Two sources are weighed against each other. The first is a hazard: the rate at which this person's silences
end, by half hour of the day, age of the silence and kind of the last sign: a Gamma-Poisson rate shrunk
towards a population. The second is a memory of this person's own long silences, weighed by how near they
began in the day and whether the same kind of sign came last. The hazard alone forgets that some silences
are of another sort (asleep in the chair); the memory alone knows nothing in the first weeks. Outings are kept
apart in both: the hazard is that of silences at home.

The cumulative hazard is the time rescaling of Brown et al., "The time-rescaling theorem" (Neural
Computation 14, 2002): under it, ordinary silences are exponential.
"""

import math
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from models.learners.population import (
    AGES_S,
    CONTEXTS,
    FACTORS,
    LONG_S,
    OUTING_OUTLASTS,
    OUTINGS,
    STEP_FACTORS,
    STEP_S,
    STRANGE,
    STRANGER,
    age_factor,
    prior_rate,
)
from models.learners.remembered import FORGETTING_DAYS, NEAR_H, OTHER_CONTEXT, Curve, Memory, Remembered
from models.localtime import DAY_S, HOUR_S, LocalTime

NOTABLE_S: Final = HOUR_S
"""Silences of at least an hour are remembered one by one: two to seven a day in ten homes."""

_MEMORIES: Final = 160
"""Notable silences kept, the newest: at least three weeks of a quiet home."""

_HALF_HOUR_S: Final = 1800
_HALF_HOURS: Final = DAY_S // _HALF_HOUR_S
_DAY_H: Final = 24

# How much of one's own record outweighs the population: in hours of silence, and in long silences.
_RATE_WEIGHT_H: Final = 2.0
_FACTOR_WEIGHT: Final = 20.0
_MEMORY_WEIGHT: Final = 4.0

_BESIDE: Final = 0.6
"""What the half hours beside one count for in its rate."""

_ACTIVE_H: Final = 2.0
_ACTIVE_WEIGHT: Final = 5.0
"""Before anything is learnt: two active hours to each long silence."""

_PRIOR_RATES: Final = np.array([prior_rate(half_hour / 2) for half_hour in range(_HALF_HOURS)])

_PLAIN: Final = ("hours", "ends", "expected", "ended")


class Outlook(NamedTuple):
    """What may follow a last sign of life. Arrays run over ages 0, 15 min, ... (`STEPS` + 1 values)."""

    outlast: Curve
    """Probability that a long silence outlasts each age."""

    home: Curve
    """Probability that it does, and that the person is at home."""

    second: NDArray[np.int64]
    """Second of the local day at each age, 0 to 86,399."""

    active_h: float
    """Hours of ordinary activity to each such silence: how much of life this start stands for."""


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
        self._busy: list[int] = []
        self._arrays: Remembered | None = None

    def learn(self, start_s: int, end_s: int, context: int, *, outing: bool) -> None:
        """Take in a silence after a sign of kind `CONTEXTS[context]`; `outing`: it was spent elsewhere."""
        second = self._local.second_of_day(start_s)
        length_s = end_s - start_s
        if not self._busy or self._busy[-1] != start_s // HOUR_S:
            self._busy = self._busy_until(start_s)
        if length_s <= LONG_S:
            self._active[context][second // HOUR_S] += length_s / HOUR_S
            return
        self._active[context][second // HOUR_S] += LONG_S / HOUR_S
        self._starts[context][second // HOUR_S] += 1.0
        if not outing:
            self._learn_hazard(start_s, end_s, context)
        if length_s >= NOTABLE_S:
            self._memory.append(Memory(start_s, second / HOUR_S, length_s, context, outing, len(self._busy)))
            del self._memory[:-_MEMORIES]
        self._arrays = None

    def forget(self, days: int) -> None:
        """A new day has something to teach, `days` after the last one that had.

        It alone makes older: what lies between was spent elsewhere, unseen or not to be learnt from, and whoever comes
        back is compared with what was usual before.
        """
        keep = 0.5 ** (1 / FORGETTING_DAYS)
        if days > 1:
            self._memory = [past._replace(start_s=past.start_s + (days - 1) * DAY_S) for past in self._memory]
        for row in (self._hours, self._ends, self._expected, self._ended, *self._active, *self._starts):
            row[:] = [number * keep for number in row]
        self._arrays = None

    def outlook(self, start_s: int, context: int, *, imagined: bool = False) -> Outlook:
        """What may follow a sign of kind `CONTEXTS[context]` at `start_s` (UTC seconds).

        `imagined`: it was not seen; the day before it is taken to be as busy as the last one.
        """
        if self._arrays is None:
            self._arrays = Remembered(self._rates(), self._memory)
        arrays = self._arrays
        seconds = self._clock(start_s)
        hour = float(seconds[0]) / HOUR_S
        steps = arrays.rates[(seconds[:-1] + STEP_S // 2) % DAY_S // _HALF_HOUR_S] * STEP_FACTORS
        hazard = np.concatenate(([0.0], np.cumsum(steps))) * self._factor(context)
        at_home = (1.0 - STRANGE) * np.exp(-hazard) + STRANGE * np.exp(-hazard / STRANGER)
        home = _MEMORY_WEIGHT * (1.0 - OUTINGS[context]) * at_home
        away = _MEMORY_WEIGHT * OUTINGS[context] * OUTING_OUTLASTS
        if self._memory:
            busy = self._busy if imagined else self._busy_until(start_s)
            learnt_s = (self._busy[-1] + _DAY_H) * HOUR_S  # nothing ages while nothing is learnt
            weights = arrays.weights(min(start_s, learnt_s), hour, context, len(busy))
            home += arrays.outlast(weights * arrays.at_home)
            away += arrays.outlast(weights * (1.0 - arrays.at_home))
        starts, active = self._likes(hour, context)
        weight = _MEMORY_WEIGHT + starts
        return Outlook(
            (home + away) / weight,
            home / weight,
            seconds % DAY_S,
            (active + _ACTIVE_WEIGHT * _ACTIVE_H) / (starts + _ACTIVE_WEIGHT),
        )

    def commonest(self, contexts: Sequence[int]) -> int:
        """The one of `contexts` with most activity."""
        return max(contexts, key=lambda context: sum(self._active[context]))

    def longest_outing_s(self) -> int:
        """The longest remembered outing, in seconds; 0 if there is none."""
        return max((past.length_s for past in self._memory if past.outing), default=0)

    def state(self) -> dict[str, Any]:
        """Everything learnt, as plain JSON: about a thousand numbers."""
        return {
            **{name: list(getattr(self, f"_{name}")) for name in _PLAIN},
            "by_hour": {
                name: [list(active), list(starts)]
                for name, active, starts in zip(CONTEXTS, self._active, self._starts, strict=True)
                if any(active)
            },
            "memory": [[*past[:3], CONTEXTS[past.context], past.outing, past.busy_h] for past in self._memory],
            "busy": list(self._busy),
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
            Memory(start_s, hour, length_s, CONTEXTS.index(name), outing, busy_h)
            for start_s, hour, length_s, name, outing, busy_h in state["memory"]
        ]
        survival._busy = list(state["busy"])
        return survival

    def _busy_until(self, at_s: int) -> list[int]:
        """The UTC hours in which something was seen, of the day that ends with a sign at `at_s`."""
        last = at_s // HOUR_S
        # a clock that was stepped back leaves hours that are yet to come: they go as well
        return [*(hour for hour in self._busy if last - _DAY_H < hour < last), last]

    def _learn_hazard(self, start_s: int, end_s: int, context: int) -> None:
        factor = self._factor(context)
        at_s = start_s + LONG_S
        half_hour = 0
        while at_s < end_s and at_s < start_s + DAY_S:
            second = self._local.second_of_day(at_s)
            spent_s = min(STEP_S - second % STEP_S, end_s - at_s)
            half_hour = second // _HALF_HOUR_S
            hours = spent_s / HOUR_S * age_factor(at_s - start_s)
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
        return (ends + _RATE_WEIGHT_H * float(_PRIOR_RATES[half_hour])) / (hours + _RATE_WEIGHT_H)

    def _rates(self) -> Curve:
        """`_rate` of each half hour."""
        ends, hours = np.array(self._ends), np.array(self._hours)
        ends += _BESIDE * (np.roll(ends, 1) + np.roll(ends, -1))
        hours += _BESIDE * (np.roll(hours, 1) + np.roll(hours, -1))
        rates: Curve = (ends + _RATE_WEIGHT_H * _PRIOR_RATES) / (hours + _RATE_WEIGHT_H)
        return rates

    def _factor(self, context: int) -> float:
        """How much faster than others the silences after this kind of sign end."""
        return (self._ended[context] + _FACTOR_WEIGHT * FACTORS[context]) / (self._expected[context] + _FACTOR_WEIGHT)

    def _likes(self, hour: float, context: int) -> tuple[float, float]:
        """Long silences, and active hours, after starts like this one."""
        starts = active = 0.0
        for step in range(-2, 3):
            near = (int(hour) + step) % 24
            apart = int(hour) + step + 0.5 - hour
            weight = math.exp(-0.5 * (apart / NEAR_H) ** 2)
            other = weight * OTHER_CONTEXT
            mine = weight - other
            starts += mine * self._starts[context][near] + other * sum([row[near] for row in self._starts])
            active += mine * self._active[context][near] + other * sum([row[near] for row in self._active])
        return starts, active

    def _clock(self, start_s: int) -> NDArray[np.int64]:
        """Local seconds since midnight at each age; not wrapped, and jumping where the clocks are changed."""
        seconds: NDArray[np.int64] = self._local.second_of_day(start_s) + AGES_S
        before_s = self._local.offset_s(start_s)
        if self._local.offset_s(start_s + DAY_S) != before_s:
            seconds = seconds + np.array([self._local.offset_s(start_s + int(age)) - before_s for age in AGES_S])
        return seconds
