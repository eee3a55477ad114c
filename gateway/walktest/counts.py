"""walk-month.json: how often, how strong and how clean each sensor was on each of the last days.

Counts only, no moments: what they are for is to be held against the certificate. The file stays in the house.
"""

from pathlib import Path
from typing import Final, Literal

import msgspec

from gateway import small_files
from gateway.inbox import Edge
from gateway.walktest.bounce import APART_S, Bounce

KEPT_DAYS: Final = 31
BIN_MS: Final = 10
"""How long contacts took to come to rest is counted in steps of so much, up to a second."""

_MOST_BYTES: Final = 4 << 20


class DayOf(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One sensor on one day: values, adverts by their dBm, and changes by how long they bounced (ms, rounded up)."""

    values: int = 0
    dbm: dict[str, int] = {}
    bounced_ms: dict[str, int] = {}


class Counts(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What is counted, by the day's number (UTC days since 1970) and the sensor.

    Attributes:
        since_day: from when on this counts for the certificate that there is.
        certificate: whose `issued_at` that is; another one begins anew.
        looked_day: when the month was last held against it.
        told: what has drifted and was told, as `sign/sensor`, with what was measured.
        pressed_day: when each help button was last pressed.
    """

    version: Literal[1] = 1
    days: dict[int, dict[str, DayOf]] = {}
    since_day: int = 0
    certificate: str = ""
    looked_day: int = 0
    told: dict[str, float] = {}
    pressed_day: dict[str, int] = {}

    def of(self, day: int, sensor: str) -> DayOf:
        """The counts of a sensor on a day, to be added to."""
        return self.days.setdefault(day, {}).setdefault(sensor, DayOf())

    def forget(self, day: int) -> None:
        """Days that no month from `day` on needs."""
        self.days = {one: found for one, found in self.days.items() if day - KEPT_DAYS < one <= day}

    def not_beyond(self, day: int) -> None:
        """A clock that was ahead is set right: what was noted of days to come was today at the latest."""
        self.since_day, self.looked_day = min(self.since_day, day), min(self.looked_day, day)
        self.pressed_day = {name: min(at, day) for name, at in self.pressed_day.items()}

    def lately(self, sensor: str, day: int, days: int) -> list[DayOf]:
        """The counts of a sensor on the last `days` days before `day`, and on it."""
        return [found for one, by in self.days.items() if day - days <= one and (found := by.get(sensor)) is not None]


class Counter:
    """Adds up what comes in.

    Args:
        counts: what there is of before.
        bouncing: the sensors whose contacts bounce.
        buttons: the help buttons.
    """

    def __init__(self, counts: Counts, bouncing: frozenset[str], buttons: frozenset[str]) -> None:
        self.counts = counts
        self._buttons = buttons
        self._bounces = {name: Bounce() for name in bouncing}
        self._open: dict[str, float] = {}

    def take(self, edge: Edge, day: int) -> None:
        """A value came in."""
        name = edge.sensor
        self.counts.of(day, name).values += 1
        if name in self._buttons:
            self.counts.pressed_day[name] = day
        if (bounce := self._bounces.get(name)) is not None:
            lasted_ms = bounce.take(edge.monotonic_s)
            self._open[name] = edge.monotonic_s
            if lasted_ms is not None:
                self._keep(name, lasted_ms, day)

    def hear(self, sensor: str, dbm: int, day: int) -> None:
        """An advert came in."""
        by = self.counts.of(day, sensor).dbm
        by[str(dbm)] = by.get(str(dbm), 0) + 1

    def settle(self, now_s: float, day: int) -> None:
        """Changes that are over are counted, though nothing came after them."""
        for name, last_s in list(self._open.items()):
            if now_s - last_s >= APART_S:
                del self._open[name]
                self._keep(name, self._bounces[name].lasted_ms, day)
                self._bounces[name] = Bounce()

    def _keep(self, name: str, lasted_ms: int, day: int) -> None:
        by = self.counts.of(day, name).bounced_ms
        rounded = str(min(-(-lasted_ms // BIN_MS) * BIN_MS, 1000))
        by[rounded] = by.get(rounded, 0) + 1


def write(path: Path, text: bytes) -> None:
    """Put it in the place of `path`. Raises OSError."""
    small_files.write(path, text, flushed=True)


def read(path: Path) -> Counts:
    """What `write` wrote; nothing yet if it is not there or cannot be read: then the month begins anew."""
    try:
        return msgspec.json.decode(small_files.read(path, _MOST_BYTES), type=Counts)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return Counts()
