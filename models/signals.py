"""From raw values to events: debounce on timestamps, duplicates, implausible values.

Contacts bounce, gateways repeat themselves, wearables say 0 bpm. One `Line` per sensor turns its readings
into events that mean something, and counts what it leaves out.
"""

from enum import StrEnum
from typing import Any, Final, NamedTuple

from models.kinds import SensorKind
from models.vocabulary import Sensor

NEVER: Final = 1 << 62
"""A time that does not come."""

_PLAUSIBLE: Final = {
    SensorKind.HEART_RATE: (25.0, 240.0),
    SensorKind.STEPS: (0.0, 400.0),
    SensorKind.TEMPERATURE: (-30.0, 60.0),
    SensorKind.HUMIDITY: (0.0, 100.0),
    SensorKind.BATTERY: (0.0, 100.0),
    SensorKind.WATER: (0.0, 500.0),
}
"""What a living body, a room or a tap can give (bpm, steps a minute, °C, %, %, litres of one draw); outside it the
sensor is wrong."""


class Phase(StrEnum):
    """What happened: a level rose or fell, something fired, or a value was measured."""

    ON = "on"
    OFF = "off"
    FIRED = "fired"
    VALUE = "value"


class Event(NamedTuple):
    """Something that a sensor saw happen, at `at_ms` (UTC, milliseconds)."""

    at_ms: int
    sensor: Sensor
    phase: Phase
    value: float


class Line:
    """The readings of one sensor on their way to becoming events.

    A sensor that has never said 0 only fires: each of its 1s is an event. Once it has said 0 it has a level:
    the first edge counts at once (so a button is never late) and further edges within its
    `Sensor.debounce_ms` are bounce; if the contact then rests on the other side, that is an event too, when it has
    settled.

    Attributes:
        heard_ms: when it last said anything (UTC, ms), or None.
        level: 1, 0 or None while unknown.
        settles_ms: when a bouncing contact will have settled; NEVER if it is at rest.
        bounces, duplicates, implausible: how many readings were left out, and why.
    """

    __slots__ = (
        "_changed_ms",
        "_has_level",
        "_limits",
        "_raw",
        "bounces",
        "duplicates",
        "heard_ms",
        "implausible",
        "level",
        "sensor",
        "settles_ms",
    )

    def __init__(self, sensor: Sensor) -> None:
        self.sensor = sensor
        self.heard_ms: int | None = None
        self.level: int | None = None
        self.settles_ms = NEVER
        self.bounces = self.duplicates = self.implausible = 0
        self._changed_ms = -sensor.debounce_ms
        self._has_level = False
        self._limits = _PLAUSIBLE.get(sensor.kind)
        self._raw = 0

    def take(self, at_ms: int, value: float) -> Event | None:
        """The event that this reading is, or None."""
        if self._limits is not None:
            return self._measured(at_ms, value, *self._limits)
        if value == 1:
            event = self._high(at_ms)
        elif value == 0:
            event = self._low(at_ms)
        else:
            self.implausible += 1
            return None
        self.heard_ms = at_ms
        return event

    def _measured(self, at_ms: int, value: float, least: float, most: float) -> Event | None:
        if not least <= value <= most:  # nor is "not a number"
            self.implausible += 1
            return None
        if at_ms == self.heard_ms:
            self.duplicates += 1
            return None
        self.heard_ms = at_ms
        return Event(at_ms, self.sensor, Phase.VALUE, value)

    def _high(self, at_ms: int) -> Event | None:
        if not self._has_level:
            if self.level == 1 and at_ms - self._changed_ms < self.sensor.debounce_ms:
                self.duplicates += 1
                return None
            self.level, self._changed_ms = 1, at_ms
            return Event(at_ms, self.sensor, Phase.FIRED, 1.0)
        return self._edge(at_ms, 1)

    def _low(self, at_ms: int) -> Event | None:
        if not self._has_level:
            self._has_level = True
            if self.level is None:
                self.level = 0
                return None
        return self._edge(at_ms, 0)

    def _edge(self, at_ms: int, raw: int) -> Event | None:
        if at_ms - self._changed_ms < self.sensor.debounce_ms:
            self.bounces += 1
            self._raw = raw
            self.settles_ms = NEVER if raw == self.level else self._changed_ms + self.sensor.debounce_ms
            return None
        if raw == self.level:
            self.duplicates += 1
            return None
        return self._change(at_ms, raw)

    def settle(self) -> Event | None:
        """The event of a contact that came to rest on the other side; call it at `settles_ms`."""
        at_ms = self.settles_ms
        self.settles_ms = NEVER
        return None if at_ms == NEVER else self._change(at_ms, self._raw)

    def _change(self, at_ms: int, level: int) -> Event:
        self.level = self._raw = level
        self._changed_ms = at_ms
        return Event(at_ms, self.sensor, Phase.ON if level else Phase.OFF, float(level))

    def shift(self, by_ms: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago."""
        self._changed_ms += by_ms
        if self.settles_ms != NEVER:
            self.settles_ms += by_ms
        if self.heard_ms is not None:
            self.heard_ms += by_ms

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "heard_ms": self.heard_ms,
            "level": self.level,
            "settles_ms": None if self.settles_ms == NEVER else self.settles_ms,
            "changed_ms": self._changed_ms,
            "has_level": self._has_level,
            "raw": self._raw,
            "left_out": [self.bounces, self.duplicates, self.implausible],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over what `state()` said."""
        self.heard_ms = state["heard_ms"]
        self.level = state["level"]
        self.settles_ms = NEVER if state["settles_ms"] is None else state["settles_ms"]
        self._changed_ms = state["changed_ms"]
        self._has_level = state["has_level"]
        self._raw = state["raw"]
        self.bounces, self.duplicates, self.implausible = state["left_out"]
