"""Planned visits: windows of the week in which a sign of life may be a visitor's.

What is seen in them is not counted, today as in the weeks before, so that counts outside visits compare with each
other. A window in which nothing is seen changes nothing (ALERTS, rule 13).
"""

from collections.abc import Iterable
from typing import Final

from models.localtime import DAY_S, LocalTime
from models.vocabulary import HOUSEHOLD, VisitWindow

_THURSDAY: Final = 3
"""The weekday of 1970-01-01."""


class Visits:
    """The planned visits that concern one stream.

    Args:
        resident: whose stream it is; the household's has everybody's visits.

    >>> visits = Visits("r1", LocalTime("Europe/London"), [VisitWindow(8 * 3600, 9 * 3600, frozenset({0}))])
    >>> monday_s = 1740_988_800  # 2025-03-03 08:00
    >>> visits.hold(monday_s), visits.hold(monday_s + 3600), visits.hold(monday_s + DAY_S)
    (True, False, False)
    """

    def __init__(self, resident: str, local: LocalTime, windows: Iterable[VisitWindow]) -> None:
        concerned = (None, resident)
        self._local = local
        self._windows = [one for one in windows if resident == HOUSEHOLD or one.resident in concerned]

    def __bool__(self) -> bool:
        return bool(self._windows)

    def hold(self, at_s: int) -> bool:
        """Whether somebody is expected to be there at `at_s` (UTC seconds)."""
        if not self._windows:
            return False
        second = self._local.second_of_day(at_s)
        today = ((at_s + self._local.offset_s(at_s)) // DAY_S + _THURSDAY) % 7
        return any(_holds(window, second, today) for window in self._windows)


def _holds(window: VisitWindow, second: int, today: int) -> bool:
    if window.from_s < window.to_s:
        return today in window.days and window.from_s <= second < window.to_s
    begun_today = today in window.days and second >= window.from_s
    return begun_today or ((today - 1) % 7 in window.days and second < window.to_s)
