"""How long without any sign of life is still ordinary for this person, at this hour, after this sign.

A silence is the time between two signs of life. A deadline trades two things off: every hour that it is put
later is an hour more in which nobody notices a collapse, and every silence that ends just before it is a
false alert saved. `Silence` puts it where the price of one false alert, in hours of waiting, makes both equal.
So the alert budget is spent where it buys most: little at night, little after signs after which anything may
follow, and deadlines are tight in the busy hours of the day.
"""

from typing import Any, Final, NamedTuple, Self

import numpy as np
from river import base

from models.kinds import SensorKind
from models.learners.population import CONTEXTS, STEP_S
from models.learners.survival import NOTABLE_S, Outlook, Survival
from models.localtime import DAY_S, HOUR_S, LocalTime
from models.vocabulary import Sensor

MIN_DEADLINE_S: Final = NOTABLE_S
"""A deadline is never earlier than this after the last sign of life: below it, silences are not remembered."""

CEILING_H: Final = 8
"""Waking silence that always alerts, whatever was learnt (ALERTS, rule 6)."""

SURELY_OUT: Final = 0.95
"""Out, rather than silent at home, in nineteen cases of twenty or more: then silence means nothing."""

NOT_HOME_H: Final = 16
"""Longest absence that nobody is told of."""

_LONGER: Final = 1.25
"""An absence is unusual if it is longer than the longest remembered one by a quarter."""

_BY_DOOR: Final = frozenset({"door", "doorway"})

NIGHT_ENDS_H: Final = 7
NIGHT_STARTS_H: Final = 22
"""Hours in which no silence counts as waking. Wider would cost hours of notice, narrower wakes people up."""

_NIGHT_WEIGHT: Final = 0.2
"""What an hour of waiting counts for after a sign at night: enough to notice before the morning is over."""

LEARNING_DAYS: Final = 3
"""Resident days before the first deadline (LEARNER: day 0-2 only fixed safety rules)."""

USUAL_SHARE: Final = 0.95
"""Share of the long silences of this sort that end within what `usual_s` calls usual."""

_PRICE_OF_ONE_H: Final = 3.5
_SLOWING: Final = 0.493
"""False alerts a person-day are (price / 3.5 h) ** -0.493, between 0.2 and 0.04: pooled over ten homes
(docs/decisions/0010)."""

MAX_PRICE_H: Final = 2400.0
"""Most hours of waiting that one false alert is worth; a budget under 0.04 gets no later deadlines than this.
Rarer silences are days out and outages that no door tells of; most outlast the ceiling, so that two and a half
times this price saves two alerts in seventeen and costs an hour and more of notice (docs/decisions/0010)."""

_ROOMS: Final = {name: name for name in ("bedroom", "bathroom", "kitchen", "hallway", "lounge")} | {
    "living": "lounge",
    "living-room": "lounge",
    "hall": "hallway",
}
_CONTEXT_NUMBER: Final = {name: number for number, name in enumerate(CONTEXTS)}
_INDOORS: Final = tuple(_CONTEXT_NUMBER[name] for name in CONTEXTS if name not in {*_BY_DOOR, "arrived"})


class Gap(NamedTuple):
    """A silence that ended, seen in full: UTC seconds of the signs around it, and what the first one was.

    `outing`: it turned out to have been spent elsewhere.
    """

    start_s: int
    end_s: int
    context: str
    outing: bool = False


def context_of(sensor: Sensor, value: float) -> str:
    """What the last sign of life says about the silence that follows it; one of `CONTEXTS`."""
    if sensor.is_outside_door:
        return "door"
    if sensor.kind is SensorKind.BED:
        return "bed_on" if value else "bed_off"
    if sensor.kind is SensorKind.SEAT:
        return "seat_on" if value else "seat_off"
    return _ROOMS.get(sensor.place, "other")


class Silence(base.Estimator):
    """The deadline of one silence stream: a resident, or a household whose sensors nobody owns.

    Args:
        timezone: IANA name of the home's zone.
        budget_per_day: false `inactivity` alerts a person-day to solve for.

    >>> silence = Silence("Europe/London", budget_per_day=0.05)
    >>> for hour in range(24 * 14):  # two weeks in which something is seen every hour
    ...     silence.learn_one(Gap(hour * 3600, hour * 3600 + 3600, "lounge"))
    >>> noon_s = 14 * 86_400 + 12 * 3600
    >>> (silence.usual_s(noon_s, "lounge") - noon_s) / 3600, (silence.deadline_s(noon_s, "lounge") - noon_s) / 3600
    (1.25, 4.25)
    """

    def __init__(self, timezone: str = "UTC", budget_per_day: float = 0.02) -> None:
        self.timezone = timezone
        self.budget_per_day = budget_per_day
        self._local = LocalTime(timezone)
        self._survival = Survival(self._local)
        self._first_day: int | None = None
        self._day = 0

    def learn_one(self, gap: Gap) -> None:
        """Learn a silence that was seen in full. Call it for every one, however short."""
        day = self._local.day(gap.end_s)
        if self._first_day is None:
            self._first_day = self._day = self._local.day(gap.start_s)
        if day > self._day:
            self._survival.forget(day - self._day)
            self._day = day
        self._survival.learn(gap.start_s, gap.end_s, _CONTEXT_NUMBER[gap.context], outing=gap.outing)

    def score_one(self, gap: Gap) -> float | None:
        """Silences at least this rare, expected a person-day. None while not ready."""
        if not self.is_ready(gap.end_s):
            return None
        outlook = self._survival.outlook(gap.start_s, _CONTEXT_NUMBER[gap.context])
        return _rate(_price_to_wait(outlook, (gap.end_s - gap.start_s) // STEP_S))

    def deadline_s(self, start_s: int, context: str, *, imagined: bool = False) -> int | None:
        """UTC second at which an alert opens if nothing is seen after a last sign at `start_s`.

        None while learning, and when away: an outside door was used by which this person may have left, waiting
        until the ceiling is worth it, and who has not come back by then is out. `imagined`: there was no such sign.
        """
        if not self.is_ready(start_s):
            return None
        outlook = self._survival.outlook(start_s, _CONTEXT_NUMBER[context], imagined=imagined)
        step = int(np.argmin(_waiting(outlook) + _price(self.budget_per_day) * outlook.outlast))
        deadline_s, ceiling_s = start_s + max(step * STEP_S, MIN_DEADLINE_S), self.ceiling_s(start_s)
        if deadline_s >= ceiling_s and context in _BY_DOOR:
            then = -(-(ceiling_s - start_s) // STEP_S)
            if outlook.home[then] <= (1.0 - SURELY_OUT) * outlook.outlast[then]:
                return None
        return min(deadline_s, ceiling_s)

    def commonest_room(self) -> str:
        """The context, indoors, in which most time was spent."""
        return CONTEXTS[self._survival.commonest(_INDOORS)]

    def longest_outing_s(self) -> int:
        """The longest remembered outing, in seconds; 0 if there is none."""
        return self._survival.longest_outing_s()

    def not_home_s(self, start_s: int) -> int:
        """UTC second at which somebody who is out since `start_s` has been so for longer than this person's outings.

        Never before the ceiling of silence, never after `NOT_HOME_H`.
        """
        own_s = int(_LONGER * self._survival.longest_outing_s())
        return min(max(start_s + own_s, self.ceiling_s(start_s)), start_s + NOT_HOME_H * HOUR_S)

    def usual_s(self, start_s: int, context: str) -> int | None:
        """UTC second by which `USUAL_SHARE` of the long silences that begin like this one have ended."""
        if not self.is_ready(start_s):
            return None
        outlast = self._survival.outlook(start_s, _CONTEXT_NUMBER[context]).outlast
        return start_s + int(np.count_nonzero(outlast > 1.0 - USUAL_SHARE)) * STEP_S

    def ceiling_s(self, start_s: int, hours: int = CEILING_H) -> int:
        """UTC second at which so many `hours` of waking silence have passed since `start_s`."""
        left_s = hours * HOUR_S
        sleep_s = self._next_s(start_s, NIGHT_STARTS_H)
        wake_s = self._next_s(start_s, NIGHT_ENDS_H)
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
            "survival": self._survival.state(),
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """The learner that `state` was taken from."""
        silence = cls(state["timezone"], state["budget_per_day"])
        silence._first_day = state["first_day"]
        silence._day = state["day"]
        silence._survival = Survival.from_state(silence._local, state["survival"])
        return silence

    def _next_s(self, at_s: int, hour: int) -> int:
        """The first UTC second after `at_s` at which the clock shows `hour`; plain arithmetic on all but two days."""
        if self._local.offset_s(at_s + DAY_S) != self._local.offset_s(at_s):
            return self._local.next_clock_s(at_s, hour * HOUR_S)
        return at_s + (hour * HOUR_S - self._local.second_of_day(at_s) - 1) % DAY_S + 1

    def is_ready(self, at_s: int) -> bool:
        """Whether anything but the ceiling can be said of a silence that begins at `at_s`."""
        return self._first_day is not None and self._local.day(at_s) - self._first_day >= LEARNING_DAYS


def _waiting(outlook: Outlook) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Hours that waiting until each age costs: for every waking hour of such silences at home, the time until then."""
    awake = (outlook.second >= NIGHT_ENDS_H * HOUR_S) & (outlook.second < NIGHT_STARTS_H * HOUR_S)
    step_h = STEP_S / HOUR_S
    begins_h = outlook.active_h * (1.0 if awake[0] else _NIGHT_WEIGHT)
    stake_h = begins_h + np.cumsum(np.where(awake, np.minimum(outlook.home, 1.0), 0.0)) * step_h
    return np.concatenate(([0.0], np.cumsum(stake_h[:-1]) * step_h))


def _price_to_wait(outlook: Outlook, step: int) -> float:
    """The least price of a false alert, in hours, at which it is worth waiting until `step` or longer."""
    waiting, outlast = _waiting(outlook), outlook.outlast
    step = min(step, len(waiting) - 1)
    if step == 0:
        return 0.0
    dearer = waiting[step:, None] - waiting[None, :step]
    rarer = np.maximum(outlast[None, :step] - outlast[step:, None], 1e-12)
    return float((dearer / rarer).max(axis=1).min())


def _price(budget_per_day: float) -> float:
    return min(_PRICE_OF_ONE_H * float(budget_per_day ** (-1.0 / _SLOWING)), MAX_PRICE_H)


def _rate(price: float) -> float:
    return float((max(price, _PRICE_OF_ONE_H * 1e-3) / _PRICE_OF_ONE_H) ** -_SLOWING)
