"""How long without any sign of life is still ordinary for this person, at this hour, after this sign.

A silence is the time between two signs of life. `Silence` learns at what rate this person's silences
end (by slot of the day, age of the silence and kind of the last sign), and puts the deadline where one
more hour of waiting stops being worth the false alerts that it would save.
"""

import math
from collections.abc import Iterator
from typing import Any, Final, NamedTuple, Self

from river import base

from models.localtime import DAY_S, HOUR_S, LocalTime
from models.vocabulary import BATHROOM, BEDROOM, KITCHEN, OUTSIDE_DOOR, Sensor, SensorKind

LONG_S: Final = 20 * 60
"""Shorter silences are the texture of being active; they are neither scored nor learnt."""

MIN_DEADLINE_S: Final = 30 * 60
"""A deadline is never earlier than this after the last sign of life."""

CEILING_H: Final = 8
"""Waking silence that always alerts, whatever was learnt (ALERTS, rule 6)."""

NIGHT_ENDS_H: Final = 7
NIGHT_STARTS_H: Final = 22
"""Hours in which nobody's silence counts as waking."""

LEARNING_DAYS: Final = 3
"""Resident days before the first deadline."""

HALF_LIFE_DAYS: Final = 21
"""Ordinary weeks repeat; three of them are enough to follow a change within a month."""

_SLOT_S: Final = 1800
_SLOTS: Final = DAY_S // _SLOT_S
_AGES_S: Final = (0, 1800, 3600, 5400, 7200, 10_800, 14_400, 21_600)
_SMOOTHING: Final = (1.0, 0.6, 0.2)
_PRIOR_H: Final = 2.0
_PRIOR_AGE: Final = 15.0
_PRIOR_CONTEXT: Final = 15.0
_HORIZON_S: Final = 40 * HOUR_S


class Gap(NamedTuple):
    """A silence that ended, seen in full: UTC seconds of the signs around it, and what the first one was."""

    start_s: int
    end_s: int
    context: str


def context_of(sensor: Sensor, value: float) -> str:
    """What the last sign of life says about the silence that follows it; one of `CONTEXTS`."""
    if sensor.kind is SensorKind.DOOR and sensor.place == OUTSIDE_DOOR:
        return "door"
    if sensor.kind is SensorKind.BED:
        return "bed_on" if value else "bed_off"
    if sensor.kind is SensorKind.SEAT:
        return "seat_on" if value else "seat_off"
    return sensor.place if sensor.place in CONTEXTS else "other"


CONTEXTS: Final = ("door", "bed_on", "bed_off", "seat_on", "seat_off", BEDROOM, BATHROOM, KITCHEN, "hallway", "other")


def _prior_rate(slot: int) -> float:
    hour = slot * _SLOT_S / HOUR_S
    return 0.12 if hour < 6 else 0.5 if hour < 7.5 or hour >= 22 else 1.2


class Silence(base.Estimator):
    """The deadline of one silence stream: a resident, or a household whose sensors nobody owns.

    Args:
        timezone: IANA name of the home's zone.
        budget_per_day: false `inactivity` alerts a person-day to solve for.
    """

    def __init__(self, timezone: str = "UTC", budget_per_day: float = 0.02) -> None:
        self.timezone = timezone
        self.budget_per_day = budget_per_day
        self._local = LocalTime(timezone)
        self._first_day: int | None = None
        self._day = 0
        self._hours = [0.0] * _SLOTS
        self._ends = [0.0] * _SLOTS
        self._age_expected = [0.0] * len(_AGES_S)
        self._age_ends = [0.0] * len(_AGES_S)
        self._context_expected = [0.0] * len(CONTEXTS)
        self._context_ends = [0.0] * len(CONTEXTS)
        self._rates: list[float] = []
        self._age_factors: list[float] = []

    def learn_one(self, gap: Gap) -> None:
        """Learn one silence that was seen in full. Call it for every silence; the short ones cost nothing."""
        if self._first_day is None:
            self._first_day = self._day = self._local.day(gap.start_s)
        if gap.end_s - gap.start_s <= LONG_S:
            return
        day = self._local.day(gap.end_s)
        if day > self._day:
            self._forget(day - self._day)
            self._day = day
        where = CONTEXTS.index(gap.context)
        slot = age = 0
        for at_s, spent_s, slot, age, rate, factor, here in self._walk(gap.start_s, gap.context):
            hours = min(spent_s, gap.end_s - at_s) / HOUR_S
            self._hours[slot] += hours * factor * here
            self._age_expected[age] += hours * rate * here
            self._context_expected[where] += hours * rate * factor
            if at_s + spent_s >= gap.end_s:
                break
        self._ends[slot] += 1.0
        self._age_ends[age] += 1.0
        self._context_ends[where] += 1.0

    def score_one(self, gap: Gap) -> float | None:
        """Silences at least this rare, expected a person-day. None while not ready."""
        if not self._ready(gap.end_s):
            return None
        low, high = -5.0, 20.0
        age_s = gap.end_s - gap.start_s
        curve = self._curve(gap.start_s, gap.context)
        for _ in range(30):
            middle = (low + high) / 2
            if self._best_s(curve, math.exp(middle)) < age_s:
                low = middle
            else:
                high = middle
        return _rate_at(math.exp(low))

    def deadline_s(self, start_s: int, context: str) -> int | None:
        """UTC second at which an alert opens if nothing is seen after a last sign at `start_s`."""
        if not self._ready(start_s):
            return None
        best_s = self._best_s(self._curve(start_s, context), _price_of(self.budget_per_day))
        return min(start_s + max(best_s, MIN_DEADLINE_S), self.ceiling_s(start_s))

    def usual_s(self, start_s: int, context: str) -> int | None:
        """UTC second before which 95 % of the silences that begin like this one have ended."""
        if not self._ready(start_s):
            return None
        due = -math.log(0.05)
        hazard = 0.0
        for at_s, spent_s, _, _, rate, factor, here in self._walk(start_s, context):
            step = rate * factor * here * spent_s / HOUR_S
            if hazard + step >= due:
                return at_s + int(spent_s * (due - hazard) / step)
            hazard += step
        return start_s + _HORIZON_S

    def ceiling_s(self, start_s: int) -> int:
        """UTC second at which `CEILING_H` of waking silence have passed."""
        left_s = CEILING_H * HOUR_S
        sleep_s = self._local.next_clock_s(start_s, NIGHT_STARTS_H * HOUR_S)
        wake_s = self._local.next_clock_s(start_s, NIGHT_ENDS_H * HOUR_S)
        if sleep_s < wake_s:
            if start_s + left_s <= sleep_s:
                return start_s + left_s
            left_s -= sleep_s - start_s
        return wake_s + left_s

    def state(self) -> dict[str, Any]:
        """Everything learnt, as plain JSON."""
        return {
            "timezone": self.timezone,
            "budget_per_day": self.budget_per_day,
            "first_day": self._first_day,
            "day": self._day,
            "hours": list(self._hours),
            "ends": list(self._ends),
            "age_expected": list(self._age_expected),
            "age_ends": list(self._age_ends),
            "context_expected": list(self._context_expected),
            "context_ends": list(self._context_ends),
            "rates": list(self._rates),
            "age_factors": list(self._age_factors),
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """The learner that `state` was taken from."""
        learner = cls(state["timezone"], state["budget_per_day"])
        learner._first_day = state["first_day"]
        learner._day = state["day"]
        for name in (
            "hours", "ends", "age_expected", "age_ends", "context_expected", "context_ends", "rates", "age_factors"
        ):  # fmt: skip
            setattr(learner, f"_{name}", [float(number) for number in state[name]])
        return learner

    def _ready(self, at_s: int) -> bool:
        return self._first_day is not None and self._local.day(at_s) - self._first_day >= LEARNING_DAYS

    def _forget(self, days: int) -> None:
        keep = 0.5 ** (min(days, 7) / HALF_LIFE_DAYS)
        for name in ("hours", "ends", "age_expected", "age_ends", "context_expected", "context_ends"):
            setattr(self, f"_{name}", [number * keep for number in getattr(self, f"_{name}")])
        self._rates = []

    def _refresh(self) -> None:
        self._rates = []
        for slot in range(_SLOTS):
            ends, hours = _PRIOR_H * _prior_rate(slot), _PRIOR_H
            for away, weight in enumerate(_SMOOTHING):
                for near in {slot + away, slot - away}:
                    ends += weight * self._ends[near % _SLOTS]
                    hours += weight * self._hours[near % _SLOTS]
            self._rates.append(ends / hours)
        self._age_factors = [
            (ends + _PRIOR_AGE) / (expected + _PRIOR_AGE)
            for ends, expected in zip(self._age_ends, self._age_expected, strict=True)
        ]

    def _walk(self, start_s: int, context: str) -> Iterator[tuple[int, int, int, int, float, float, float]]:
        if not self._rates:
            self._refresh()
        where = CONTEXTS.index(context)
        here = (self._context_ends[where] + _PRIOR_CONTEXT) / (self._context_expected[where] + _PRIOR_CONTEXT)
        at_s, age = start_s + LONG_S, 0
        second = self._local.second_of_day(at_s)
        while at_s < start_s + _HORIZON_S:
            while age + 1 < len(_AGES_S) and at_s - start_s >= _AGES_S[age + 1]:
                age += 1
            slot = second // _SLOT_S
            spent_s = (slot + 1) * _SLOT_S - second
            if age + 1 < len(_AGES_S):
                spent_s = min(spent_s, start_s + _AGES_S[age + 1] - at_s)
            yield at_s, spent_s, slot, age, self._rates[slot], self._age_factors[age], here
            at_s += spent_s
            second = (second + spent_s) % DAY_S

    def _curve(self, start_s: int, context: str) -> list[tuple[int, float, float]]:
        """Age in seconds, expected cost of waiting until then in hours, probability of a false alert then."""
        curve = []
        hazard, weight, cost = 0.0, 0.7, 0.7 * LONG_S / HOUR_S
        for at_s, spent_s, slot, _, rate, factor, here in self._walk(start_s, context):
            curve.append((at_s - start_s, cost, _tail(hazard)))
            hours = spent_s / HOUR_S
            if NIGHT_ENDS_H <= slot * _SLOT_S / HOUR_S < NIGHT_STARTS_H:
                weight += hours * math.exp(-hazard)
            cost += hours * weight
            hazard += rate * factor * here * hours
            if hazard > 20.0:
                break
        return curve

    @staticmethod
    def _best_s(curve: list[tuple[int, float, float]], price: float) -> int:
        return min((cost + price * false, age_s) for age_s, cost, false in curve)[1]


def _tail(hazard: float) -> float:
    """Share of silences that outlast an accumulated hazard: an exponential, and a few absences nobody foresees."""
    return 0.97 * math.exp(-1.15 * hazard) + 0.03 * math.exp(-hazard / 4)


def _price_of(budget_per_day: float) -> float:
    """Hours of waiting that one false alert less is worth, where the budget is met."""
    return 14.0 / budget_per_day


def _rate_at(price: float) -> float:
    return 14.0 / price
