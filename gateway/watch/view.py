"""A watcher's picture of the home, from what the daemon shows line by line. Pure: it is handed the time."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from gateway.config.tables import SensorTable
from gateway.live.forms import Begin, Heard, Line, Missed, Seen, Told
from models.vocabulary import RADIO, SENSOR_LINK

MOST_EVENTS: Final = 200
"""More than any terminal has lines."""

FRESH_S: Final = 4.0
"""For so long what is new is highlighted: somebody who pressed it looks up from it."""

STRONGER_DB: Final = 8
"""An advert is an event of its own if it came in so much stronger or weaker than the last that was one."""

UNKNOWN: Final = "?"
"""The kind and place of a sensor that is not in the home.toml that was read."""


@dataclass(slots=True)
class Row:
    """One sensor. Times are the watcher's monotonic seconds; None: not since the watching began.

    Attributes:
        times: how many edges to anything but 0, as the driver saw them, before they are debounced.
        told_dbm: the strength at the last event that told of it.
        is_lost: the daemon has said that it hears the sensor no longer.
    """

    sensor: str
    kind: str
    place: str
    by_radio: bool
    value: float | None = None
    seen_s: float | None = None
    times: int = 0
    rssi_dbm: int | None = None
    told_dbm: int | None = None
    heard_s: float | None = None
    is_lost: bool = False

    def last_s(self) -> float | None:
        """When anything was known of it last."""
        return max((at_s for at_s in (self.seen_s, self.heard_s) if at_s is not None), default=None)


class Event(NamedTuple):
    """Something that happened, for the list of events.

    Attributes:
        at_s: the watcher's monotonic seconds.
        line: what the daemon showed; a text is said by the watcher itself.
        row: the sensor it is about, if it is about one.
    """

    at_s: float
    line: Line | str
    row: Row | None = None


class View:
    """What is on the screen.

    Args:
        sensors: those of home.toml, in its order.
    """

    def __init__(self, sensors: Iterable[SensorTable]) -> None:
        self.rows = {one.id: Row(one.id, str(one.kind), one.place, by_radio=one.ble is not None) for one in sensors}
        self.events: deque[Event] = deque(maxlen=MOST_EVENTS)
        self.missed = 0
        self.is_deaf = False
        self.version = ""
        self.gone_s: float | None = None
        """Since when no daemon answers."""
        self._ahead_s = 0.0

    def take(self, line: Line, now_s: float) -> Event | None:
        """Take what the daemon showed, at `now_s`; the event that it is, if it is one.

        The daemon's monotonic clock and the watcher's are compared at each beginning, so that ages hold in either.
        """
        if isinstance(line, Begin):
            return self._begin(line, now_s)
        if isinstance(line, Missed):
            self.missed += line.lines
            return self._note(now_s, line)
        at_s = min(line.monotonic_s + self._ahead_s, now_s)
        if isinstance(line, Told):
            return self._note(at_s, line)
        if isinstance(line, Heard):
            return self._heard(line, at_s)
        return self._seen(line, at_s)

    def lost(self, now_s: float) -> Event | None:
        """The daemon does not answer any more; an event the first time."""
        if self.gone_s is not None:
            return None
        self.gone_s = now_s
        return self._note(now_s, "Wren's daemon has ended. Waiting for it ...")

    def ordered(self, most: int) -> list[Row]:
        """At most `most` rows: in the order of home.toml if all fit, else those that were heard of last."""
        rows = list(self.rows.values())
        if len(rows) <= most:
            return rows
        latest = sorted(rows, key=lambda row: -(row.last_s() or float("-inf")))[:most]
        return [row for row in rows if row in latest]

    def _begin(self, line: Begin, now_s: float) -> Event | None:
        self._ahead_s = now_s - line.monotonic_s
        self.version = line.version
        if self.gone_s is None:
            return None
        self.gone_s = None
        self.is_deaf = False
        for row in self.rows.values():
            row.is_lost = False  # the new one says it again
        return self._note(now_s, f"Wren's daemon is back (version {line.version}).")

    def _seen(self, line: Seen, at_s: float) -> Event | None:
        if line.sensor == RADIO:
            self.is_deaf = not line.value
            return self._note(at_s, line)
        if line.sensor.startswith(SENSOR_LINK):
            row = self._row(line.sensor.removeprefix(SENSOR_LINK))
            row.is_lost = not line.value
            return self._note(at_s, line, row)
        if line.sensor.startswith("@"):
            return None  # what people told the home, and the gateway's own: not a sensor
        row = self._row(line.sensor)
        row.value, row.seen_s = line.value, at_s
        row.times += bool(line.value)
        row.is_lost = False
        return self._note(at_s, line, row)

    def _heard(self, line: Heard, at_s: float) -> Event | None:
        is_news = False
        rows = [self._row(name) for name in line.sensors]
        for row in rows:
            row.heard_s, row.rssi_dbm = at_s, line.rssi_dbm
            if row.told_dbm is None or abs(row.told_dbm - line.rssi_dbm) >= STRONGER_DB:
                row.told_dbm, is_news = line.rssi_dbm, True
        return self._note(at_s, line, rows[0]) if rows and is_news else None

    def _row(self, sensor: str) -> Row:
        return self.rows.setdefault(sensor, Row(sensor, UNKNOWN, UNKNOWN, by_radio=False))

    def _note(self, at_s: float, line: Line | str, row: Row | None = None) -> Event:
        event = Event(at_s, line, row)
        self.events.append(event)
        return event
