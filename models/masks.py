"""Which habits could not be counted in a part of the day: those of sensors that could not be heard.

So are those of which every sensor is silent as it never was in a home that is lived in (`models.usage`): before a
technician is sent that takes days, but no day of them is a count of zero. And while a link is lost, a part of the day
in which the rest saw nothing at all counts nothing: of a silence the silence is told.

A count of what could not be heard is no count of zero: it is neither judged nor learnt, while other habits go on.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

BLIND_SHARE: Final = 0.2
"""Of a part of the day: what is seen in four fifths of it is a count that can be compared."""

UnheardS = Callable[[str, int, int], int]
"""Of a sensor (its id): seconds between two UTC seconds in which it could not be heard."""


def all_heard(_sensor: str, _start_s: int, _end_s: int) -> int:
    """Nothing is known against any sensor."""
    return 0


def none_unused(_at_s: int) -> dict[str, int]:
    """Nothing is silent as it never was."""
    return {}


class Masks:
    """The masks of one stream's habits.

    Args:
        sensors_of: for each habit, the sensors that it is counted by; any of them that is missing makes it less.
        unheard_s: when they could not be heard.

    Attributes:
        unused_s: at a UTC second, the sensors that are silent as they never were, and their last words; to be set.
        sees_all: whether no link of what sees this life is lost just now; to be set.

    >>> unheard_s = lambda sensor, start, end: 3600 * (sensor == "tap")
    >>> masks = Masks({"kitchen-tap": ["tap"], "fridge": ["fridge"]}, unheard_s)
    >>> sorted(masks.part(0, 5 * 3600)), sorted(masks.part(5 * 3600, 9 * 3600)), sorted(masks.day())
    ([], ['kitchen-tap'], ['kitchen-tap'])
    """

    __slots__ = ("_sensors_of", "_today", "_unheard_s", "sees_all", "unused_s")

    def __init__(self, sensors_of: Mapping[str, Iterable[str]], unheard_s: UnheardS) -> None:
        self._sensors_of = {name: tuple(sensors) for name, sensors in sensors_of.items()}
        self._unheard_s = unheard_s
        self.unused_s: Callable[[int], Mapping[str, int]] = none_unused
        self.sees_all: Callable[[], bool] = lambda: True
        self._today: set[str] = set()

    def part(self, start_s: int, end_s: int, *, blank: bool = False) -> frozenset[str]:
        """The habits that could not be counted in the part of the day between two UTC seconds.

        `blank`: nothing at all was seen in it, though it is a part in which people are up.
        """
        most_s = BLIND_SHARE * (end_s - start_s)
        unheard = {sensor for sensors in self._sensors_of.values() for sensor in sensors}
        unheard = {sensor for sensor in unheard if self._unheard_s(sensor, start_s, end_s) > most_s}
        unused = {name for name, word_s in self.unused_s(end_s).items() if end_s - max(start_s, word_s) > most_s}
        is_dark = blank and not self.sees_all()
        masked = frozenset(
            name
            for name, sensors in self._sensors_of.items()
            if unheard.intersection(sensors) or unused.issuperset(sensors or [""]) or is_dark
        )
        self._today |= masked
        return masked

    def day(self) -> frozenset[str]:
        """The habits that could not be counted in some part of the day, which is over."""
        masked, self._today = frozenset(self._today), set()
        return masked

    def state(self) -> list[str]:
        """Plain JSON."""
        return sorted(self._today)

    def restore(self, state: Iterable[str]) -> None:
        """Take over what `state()` said."""
        self._today = set(state)


def sensors_of(habits_of: Mapping[str, Iterable[tuple[str, Any]]]) -> dict[str, list[str]]:
    """The other way round: for each habit, the sensors whose events count for it.

    >>> sensors_of({"tap": [("kitchen-tap", 60)], "hall": [("hall", 60)]})
    {'kitchen-tap': ['tap'], 'hall': ['hall']}
    """
    found: dict[str, list[str]] = {}
    for sensor, habits in habits_of.items():
        for name, _ in habits:
            found.setdefault(name, []).append(sensor)
    return found
