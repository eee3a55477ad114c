"""Which sensors cannot be believed just now: silent for longer than they ever are, or busy without an end.

A dead sensor in the bedroom makes every visit to the bathroom look endless; one that repeats itself makes a room
look full. Time is counted in minutes in which this home was seen to be lived in, so a quiet person does not make a
sensor suspect: only others being active while it is not does (RELIABILITY, rows 16 and 17).
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from models.signals import Event
from models.vocabulary import Sensor, SensorKind

NEEDED: Final = 5
"""Days with this sensor before it can be suspect."""

REMEMBERED: Final = 30
SILENT_BEYOND: Final = 1.5
BUSY_BEYOND: Final = 2.0
"""How many times its longest of the last weeks a sensor may be silent, or busy, before it is suspect."""

SILENT_LEAST: Final = 60
BUSY_LEAST: Final = 45
"""Lived-in minutes of silence, and minutes without a pause, below which nothing is suspect."""

_PAUSE_MIN: Final = 3
_NEVER_JUDGED: Final = frozenset({SensorKind.BUTTON, SensorKind.STEPS})
_SEES_BY_ITSELF: Final = frozenset({SensorKind.MOTION, SensorKind.PRESENCE})
"""Whoever lives in a home passes its detectors. A tap, a fridge or a door that is not used is a person's own affair."""

_FEW_A_DAY: Final = 2.0
"""A sensor that speaks less often than this cannot be missed within days."""


class _Known:
    """One sensor: its present run of silence and of activity, and the longest of each day."""

    __slots__ = ("busiest", "busy_from", "events", "last", "quiet", "quietest", "sees", "today")

    def __init__(self, *, sees: bool) -> None:
        self.sees = sees
        self.quiet = 0
        self.busy_from = 0
        self.last = 0
        self.events = 0
        self.today = [0, 0]
        self.quietest: list[int] = []
        self.busiest: list[int] = []


class Health:
    """The sensors of one stream.

    Args:
        sensors: those whose events are signs of life of this stream.
    """

    def __init__(self, sensors: Iterable[Sensor]) -> None:
        self._known = {
            sensor.id: _Known(sees=sensor.kind in _SEES_BY_ITSELF)
            for sensor in sensors
            if sensor.kind not in _NEVER_JUDGED
        }
        self._minute = 0

    def believes(self, event: Event) -> bool:
        """Take an event of this stream; whether its sensor can be believed."""
        known = self._known.get(event.sensor.id)
        if known is None:
            return True
        minute = event.at_ms // 60_000
        if minute - known.last > _PAUSE_MIN:
            known.busy_from = minute
        known.last = minute
        known.events += 1
        if self._is_busy(known):
            return False
        if minute != self._minute:
            self._minute = minute
            for other in self._known.values():
                other.quiet += 1
        known.today[0] = max(known.today[0], known.quiet)
        known.today[1] = max(known.today[1], minute - known.busy_from)
        known.quiet = 0
        return True

    def suspects(self) -> list[str]:
        """The sensors that are silent or busy beyond what they ever were, by id."""
        return sorted(name for name, known in self._known.items() if self._is_silent(known) or self._is_busy(known))

    def _is_silent(self, known: _Known) -> bool:
        if not known.sees or len(known.quietest) < NEEDED or known.events < _FEW_A_DAY * len(known.quietest):
            return False
        return known.quiet > max(SILENT_LEAST, SILENT_BEYOND * max(known.quietest))

    @staticmethod
    def _is_busy(known: _Known) -> bool:
        if len(known.busiest) < NEEDED:
            return False
        return known.last - known.busy_from > max(BUSY_LEAST, BUSY_BEYOND * max(known.busiest))

    def day_ended(self) -> None:
        """Once a day: the longest runs of today become part of what is ordinary, unless they are suspect."""
        for known in self._known.values():
            if known.events and not self._is_silent(known) and not self._is_busy(known):
                known.quietest = [*known.quietest, max(known.today[0], known.quiet)][-REMEMBERED:]
                known.busiest = [*known.busiest, known.today[1]][-REMEMBERED:]
            known.today = [0, 0]

    def shift(self, by_ms: int) -> None:
        """The clock was stepped."""
        for known in self._known.values():
            known.last += by_ms // 60_000
            known.busy_from += by_ms // 60_000

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "minute": self._minute,
            "sensors": {
                name: [k.quiet, k.busy_from, k.last, k.events, list(k.today), list(k.quietest), list(k.busiest)]
                for name, k in sorted(self._known.items())
            },
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said; sensors that are new start from nothing."""
        self._minute = state["minute"]
        for name, known in self._known.items():
            if name in state["sensors"]:
                known.quiet, known.busy_from, known.last, known.events, today, quietest, busiest = state["sensors"][
                    name
                ]
                known.today, known.quietest, known.busiest = list(today), list(quietest), list(busiest)
