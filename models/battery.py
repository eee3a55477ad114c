"""Which batteries have to be changed: those that are low, and those that will be empty within two weeks.

By the medians of days and the median of all slopes between them (Theil 1950, Sen 1968): a cold night, a wild value or
a day that is missing moves neither. A value that rises far is another battery, or one that was charged.
"""

from collections.abc import Iterable, Mapping
from statistics import median
from typing import Any, Final

LOW_PERCENT: Final = 15.0
WELL_PERCENT: Final = 30.0
"""Low from the one on, and well again from the other: a new battery, not a warmer room."""

EMPTY_WITHIN_DAYS: Final = 14
"""Time for a visit that is planned anyway."""

WELL_BEYOND_DAYS: Final = 28
"""One that was said to be empty soon is well again when it would last for so long."""

NEEDED_DAYS: Final = 7
REMEMBERED_DAYS: Final = 28
CHANGED_BY: Final = 20.0
"""Per cent by which no used battery rises."""

_MOST_A_DAY: Final = 96
"""Values of one day that are kept: one every quarter of an hour."""


class Battery:
    """One battery. Values are per cent.

    Attributes:
        level: its last value; None before the first.
        low_s: since when it is low, or known to be empty soon (UTC s); None if it is neither.
        days: the medians of the last days, oldest first; None where it was not heard.

    >>> battery = Battery()
    >>> for day in range(8):
    ...     battery.take(day, 60.0 - 4 * day)
    ...     battery.day_ended(day)
    >>> battery.low_s, battery.empty_in_days()
    (6, 8.0)
    >>> battery.take(9, 98.0)
    >>> battery.low_s, battery.days
    (None, [])
    """

    __slots__ = ("_doubted", "_today", "days", "level", "low_s")

    def __init__(self) -> None:
        self.level: float | None = None
        self.low_s: int | None = None
        self.days: list[float | None] = []
        self._today: list[float] = []
        self._doubted = False

    def take(self, at_s: int, percent: float) -> None:
        """It says that so much is left. One wild value beside what it said before is not believed yet."""
        last = self.level
        if last is not None and last >= WELL_PERCENT and percent <= LOW_PERCENT and not self._doubted:
            self._doubted = True
            return
        self._doubted = False
        self.level = percent
        if last is not None and percent - last >= CHANGED_BY:
            self.days, self._today = [], []
        if len(self._today) < _MOST_A_DAY:
            self._today.append(percent)
        if percent <= LOW_PERCENT and self.low_s is None:
            self.low_s = at_s
        elif percent >= WELL_PERCENT and self.low_s is not None and not self._falls(WELL_BEYOND_DAYS):
            self.low_s = None

    def day_ended(self, at_s: int) -> None:
        """A day is over."""
        if not self._today and not self.days:
            return
        self.days = [*self.days, median(self._today) if self._today else None][-REMEMBERED_DAYS:]
        self._today = []
        if self.low_s is None and self._falls(EMPTY_WITHIN_DAYS):
            self.low_s = at_s

    def slope(self) -> float | None:
        """Per cent a day, by the medians of the days; None before `NEEDED_DAYS` are known."""
        known = [(day, percent) for day, percent in enumerate(self.days) if percent is not None]
        if len(known) < NEEDED_DAYS:
            return None
        return median(
            (percent - before) / (day - then)
            for place, (day, percent) in enumerate(known)
            for then, before in known[:place]
        )

    def empty_in_days(self) -> float | None:
        """In how many days nothing would be left; None while it is not known to fall."""
        slope = self.slope()
        return None if self.level is None or slope is None or slope >= 0 else -self.level / slope

    def why(self) -> tuple[str, tuple[float, ...]]:
        """Which of the two it is, and what was measured: per cent, and days left."""
        days = self.empty_in_days()
        if self.level is None or days is None or self.level <= LOW_PERCENT:
            return "low", (self.level or 0.0,)
        return "falling", (self.level, days)

    def _falls(self, within_days: int) -> bool:
        days = self.empty_in_days()
        return days is not None and days <= within_days

    def shift(self, by_s: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago."""
        self.low_s = None if self.low_s is None else self.low_s + by_s

    def state(self) -> list[Any]:
        """Plain JSON."""
        return [self.level, self.low_s, list(self.days), list(self._today), self._doubted]

    def restore(self, state: list[Any]) -> None:
        """Take over what `state()` said."""
        self.level, self.low_s, days, today, self._doubted = state
        self.days, self._today = list(days), list(today)


class Batteries:
    """All batteries of a home.

    Args:
        sensors: the ids of the sensors of the kind battery.
    """

    def __init__(self, sensors: Iterable[str]) -> None:
        self.known = {sensor: Battery() for sensor in sensors}

    def replaced(self, sensor: str) -> None:
        """Nothing is known of this one any more."""
        self.known[sensor] = Battery()

    def day_ended(self, at_s: int) -> None:
        """Once a day."""
        for battery in self.known.values():
            battery.day_ended(at_s)

    def shift(self, by_s: int) -> None:
        """The clock was stepped."""
        for battery in self.known.values():
            battery.shift(by_s)

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {name: battery.state() for name, battery in sorted(self.known.items())}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said; a battery that is new begins anew."""
        for name, battery in self.known.items():
            if name in state:
                battery.restore(state[name])
