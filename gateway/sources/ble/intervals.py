"""How often does this device advertise? Learnt of each, so that "missing" is its own.

After habluetooth's AdvertisementTracker: the intervals last heard, and the longest of them. Ours goes on learning, and
never takes an absence for an interval.
"""

import math
from collections import deque
from collections.abc import Iterable
from typing import Final

KEPT: Final = 64
"""Intervals. Adverts are lost to other traffic; with one in ten lost, the longest of 64 is at least twice the pace in
999 devices of 1,000 (of 16 it would be so in four of five)."""

NEEDED: Final = 16
"""Before anything is missed. habluetooth needs as many."""

LONGEST_TIMES: Final = 3.0
"""Missing after so many times the longest interval. At one advert in ten lost that is five missed in a row: once in ten
weeks for a device that advertises each minute."""

SHORTEST_S: Final = 60.0
"""Nothing is missing sooner: BlueZ searches in rounds of 10.24 s with 5 s between, many controllers report a device
once a round, and an attempt at connecting another device takes the radio for up to 40 s. A fault has to be told
within 60 s or within the device's own interval."""

ABSENCES: Final = 3
"""A device that was missing so often, with fewer than `NEEDED` ordinary intervals between, has a new pace."""


class Pace:
    """The pace of one device. Times are monotonic seconds.

    Args:
        intervals_s: what was learnt before.

    >>> pace = Pace()
    >>> for second in range(0, 170, 10):
    ...     pace.heard(second)
    >>> pace.longest_s, pace.limit_s, pace.is_missing(219), pace.is_missing(220)
    (10, 60.0, False, True)
    """

    def __init__(self, intervals_s: Iterable[float] = ()) -> None:
        self._intervals_s = deque((one for one in intervals_s if 0 <= one < math.inf), maxlen=KEPT)
        self._heard_s: float | None = None
        self._since_s: float | None = None
        self._absences = 0
        self._ordinary = 0

    @property
    def intervals_s(self) -> list[float]:
        """What was learnt."""
        return list(self._intervals_s)

    @property
    def longest_s(self) -> float | None:
        """The longest of the last intervals; None until there are enough."""
        return max(self._intervals_s) if len(self._intervals_s) >= NEEDED else None

    @property
    def limit_s(self) -> float | None:
        """After how long a silence it is missing; None while that is not known."""
        return None if self.longest_s is None else max(SHORTEST_S, LONGEST_TIMES * self.longest_s)

    def listen(self, now_s: float) -> None:
        """Listening begins: what was not listened to is no interval, and no silence."""
        self._heard_s, self._since_s = None, now_s

    def heard(self, now_s: float, *, regular: bool = True) -> None:
        """It was heard; `regular` if it advertises by a clock, and not when something happens."""
        if not regular:
            self._heard_s, self._since_s = None, now_s
            return
        if self._heard_s is not None:
            if self.is_missing(now_s):
                self._was_absent()
            else:
                self._intervals_s.append(now_s - self._heard_s)
                self._ordinary += 1
                if self._ordinary >= NEEDED:
                    self._absences = 0
        self._heard_s = self._since_s = now_s

    def left(self) -> None:
        """It is taken to be gone, for whatever reason: how long it stays away is no interval."""
        self._heard_s = None

    def _was_absent(self) -> None:
        self._absences += 1
        self._ordinary = 0
        if self._absences >= ABSENCES:
            self._absences = 0
            self._intervals_s.clear()

    def is_missing(self, now_s: float, *, unlearnt_s: float | None = None) -> bool:
        """Whether it has been silent for too long. `unlearnt_s`: the limit while its own is not known (None: never)."""
        limit_s = unlearnt_s if self.limit_s is None else self.limit_s
        return limit_s is not None and self._since_s is not None and now_s - self._since_s >= limit_s
