"""Which sensors cannot be believed just now: silent for longer than they ever are, or busy as no person is.

A dead sensor in the bedroom makes every visit to the bathroom look endless; one that repeats itself makes a room
look full. Time is counted in minutes in which this home was seen to be lived in, so a quiet person does not make a
sensor suspect: only others being active while it is not does (RELIABILITY, rows 16 and 17).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from models.kinds import SensorKind
from models.signals import Event
from models.vocabulary import Sensor

NEEDED: Final = 5
"""Days on which a silence of this sensor ended, before it can be suspect."""

REMEMBERED: Final = 30
SILENT_BEYOND: Final = 1.5
"""How many times its long silence of the last weeks a sensor may be silent before it is suspect."""

_OUTLIERS: Final = 5
"""One day in so many, and two of them at most, does not say how long a silence of it ordinarily is: its battery was
empty, or a room was closed."""

SILENT_LEAST: Final = 60
"""Lived-in minutes of silence below which nothing is suspect."""

BUSY_MIN: Final = 6 * 60
"""Minutes without a pause: nobody moves for so long, not even on a floor; a sensor that is stuck does."""

CHATTER_A_MIN: Final = 120
"""Events within a minute that only a bad contact makes."""

CLOCKWORK: Final = 16
"""Equal intervals in a row that only a machine makes: in 860 days of thirteen homes there were at most three, and in
one of them ten. A broken sensor, or one that repeats its last word, says nothing of a person."""

_CLOCKWORK_MS: Final = (20_000, 150_000)
"""Intervals so short keep a silence or a stay alive; a burst within the shorter one counts once."""

_EQUAL_MS: Final = 1000
"""Many sensors tell the time in whole seconds."""

_FORGOTTEN_MIN: Final = 60
"""A machine that has stopped for so long is no reason to doubt anything."""

_PAUSE_MIN: Final = 3
_NEVER_JUDGED: Final = frozenset({SensorKind.BUTTON, SensorKind.STEPS})
_SEES_BY_ITSELF: Final = frozenset({SensorKind.MOTION, SensorKind.PRESENCE})
"""Whoever lives in a home passes its detectors. A tap, a fridge or a door that is not used is a person's own affair."""

_FEW_A_DAY: Final = 2.0
"""A sensor that speaks less often than this cannot be missed within days."""


class _Known:
    """One sensor: its silence and its activity now, and the longest silence that ended on each of the last days."""

    __slots__ = (
        "burst_ms", "busy_from", "days", "equal", "events", "interval_ms", "last", "longest", "quiet", "quietest",
        "sees", "this_minute",
    )  # fmt: skip

    def __init__(self, *, sees: bool) -> None:
        self.sees = sees
        self.quiet = 0
        self.longest = 0
        self.busy_from = 0
        self.last = 0
        self.this_minute = 0
        self.events = 0
        self.days = 0
        self.burst_ms = 0
        self.interval_ms = 0
        self.equal = 0
        self.quietest: list[int] = []


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
        self._doubted = False

    def believes(self, event: Event) -> bool:
        """Take an event of this stream; whether its sensor can be believed."""
        known = self._known.get(event.sensor.id)
        if known is None:
            return True
        minute = event.at_ms // 60_000
        if minute - known.last > _PAUSE_MIN:
            known.busy_from = minute
        known.this_minute = known.this_minute + 1 if minute == known.last else 1
        known.last = minute
        known.events += 1
        _keep_time(known, event.at_ms)
        if _is_busy(known) or known.equal >= CLOCKWORK:
            self._doubted = True
            return False
        if minute != self._minute:
            self._minute = minute
            for other in self._known.values():
                other.quiet += 1
        if known.quiet > known.longest:
            known.longest = known.quiet
        known.quiet = 0
        return True

    def suspects(self) -> list[str]:
        """The sensors that are silent beyond what they ever were, or busy as no person is, by id."""
        return sorted(
            name
            for name, known in self._known.items()
            if _is_silent(known) or _is_busy(known) or self._is_clockwork(known)
        )

    def stuck(self) -> list[str]:
        """The sensors that have been busy as no person is for long, and still are, by id: for `models.faults`."""
        return sorted(
            name
            for name, known in self._known.items()
            if self._minute - known.last <= _FORGOTTEN_MIN
            and (known.equal >= 2 * CLOCKWORK or known.last - known.busy_from >= BUSY_MIN)
        )

    def doubt(self) -> None:
        """What was said today is not to be believed: one of the sensors chattered."""
        self._doubted = True

    def seeing(self) -> None:
        """The gateway sees again: that it could not is no pause of a machine, and makes nobody of one."""
        for known in self._known.values():
            known.burst_ms, known.equal = 0, min(known.equal, CLOCKWORK)

    def _is_clockwork(self, known: _Known) -> bool:
        return known.equal >= CLOCKWORK and self._minute - known.last <= _FORGOTTEN_MIN

    def was_sound(self, lost: Collection[str] = ()) -> bool:
        """Whether no sensor is suspect, and none was left out today for being busy: what it said before that counts.

        That a link is `lost` explains why its sensor is silent; what depends on that one is masked (`models.masks`).
        """
        return not self._doubted and set(self.suspects()) <= set(lost)

    def day_ended(self) -> None:
        """Once a day: the longest silence that ended today becomes part of what is ordinary.

        One that goes on does not: a dead sensor must not teach that being dead is ordinary.
        """
        self._doubted = False
        for known in self._known.values():
            if known.events and not _is_silent(known):
                known.days += 1
            if known.longest:
                known.quietest = [*known.quietest, known.longest][-REMEMBERED:]
            known.longest = 0

    def shift(self, by_ms: int) -> None:
        """The clock was stepped."""
        for known in self._known.values():
            known.last += by_ms // 60_000
            known.busy_from += by_ms // 60_000
            known.burst_ms += by_ms if known.burst_ms else 0

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "minute": self._minute,
            "doubted": self._doubted,
            "sensors": {
                name: [
                    *(k.quiet, k.longest, k.busy_from, k.last, k.this_minute, k.events, k.days, list(k.quietest)),
                    *(k.burst_ms, k.interval_ms, k.equal),
                ]
                for name, k in sorted(self._known.items())
            },
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said; sensors that are new start from nothing."""
        self._minute = state["minute"]
        self._doubted = state["doubted"]
        for name, known in self._known.items():
            if name in state["sensors"]:
                known.quiet, known.longest, known.busy_from, known.last, *rest = state["sensors"][name]
                known.this_minute, known.events, known.days, quietest, *rest = rest
                known.burst_ms, known.interval_ms, known.equal = rest
                known.quietest = list(quietest)


def _is_silent(known: _Known) -> bool:
    if not known.sees or len(known.quietest) < NEEDED or known.events < _FEW_A_DAY * known.days:
        return False
    return is_odd(known.quiet, known.quietest)


def is_odd(quiet: int, quietest: Sequence[int]) -> bool:
    """Whether `quiet` is oddly long (lived minutes) beside the longest silence of each of the last days."""
    ordinary = sorted(quietest)[-1 - min(2, len(quietest) // _OUTLIERS)]
    return quiet > max(SILENT_LEAST, SILENT_BEYOND * ordinary)


def _is_busy(known: _Known) -> bool:
    return known.last - known.busy_from >= BUSY_MIN or known.this_minute > CHATTER_A_MIN


def _keep_time(known: _Known, at_ms: int) -> None:
    """Count the equal intervals in a row; what comes in between takes half of them away."""
    if not known.burst_ms:
        known.burst_ms = at_ms
        return
    interval_ms = at_ms - known.burst_ms
    if interval_ms < _CLOCKWORK_MS[0]:
        return
    equal = abs(interval_ms - known.interval_ms) <= _EQUAL_MS and interval_ms <= _CLOCKWORK_MS[1]
    if equal:
        known.equal = min(known.equal + 1, 2 * CLOCKWORK)
    else:
        known.equal = 0 if interval_ms > _FORGOTTEN_MIN * 60_000 else known.equal // 2
    known.burst_ms, known.interval_ms = at_ms, interval_ms
