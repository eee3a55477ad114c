"""One wire as it fares: claimed, listened to, lost, tried again. It keeps no other wire waiting."""

import threading
from typing import TYPE_CHECKING, Final, NamedTuple

from gateway.clock import Clock
from gateway.errors import SourceError
from gateway.inbox import Edge, Sink
from gateway.log import Log
from gateway.sources.gpio_ear import Contact, Ear, Pulses
from gateway.sources.gpio_line import Line
from gateway.sources.gpio_pin import ClaimedPin
from models.vocabulary import SENSOR_LINK

if TYPE_CHECKING:
    from gpiozero import Factory


SOON: Final = 3
"""So many times a lost line is tried at the next look, for `wren pins` may just have had it in its hand."""


class Seen(NamedTuple):
    """How a line stands: whether its level is high (None: not to be read), and why it cannot be read."""

    is_high: bool | None
    problem: str = ""
    left_out: int = 0
    litres: float | None = None


class Watch:
    """One line. The lock keeps a re-read, on the loop, from overtaking an edge in the driver's thread.

    Args:
        line: which.
        pin_factory: the pins.
        clock: stamps its edges.
        sink: takes them, and "@link/<sensor>" when the line is lost and when it can be read again.
        log: told of failures, of repeated ones ever more rarely.
    """

    def __init__(self, line: Line, pin_factory: "Factory", clock: Clock, sink: Sink, log: Log) -> None:
        self._line = line
        self._pin_factory = pin_factory
        self._clock = clock
        self._sink = sink
        self._log = log
        self._lock = threading.Lock()
        self._pin: ClaimedPin | None = None
        self._ear = self._fresh()
        self._problem = ""
        self._failures = 0
        self._told = self._tellings = 0

    def look(self, *, fully: bool) -> None:
        """What is due: the end of a draw, a level to be healed; if `fully`, every level, and a line long lost again."""
        if self._pin is None:
            if (self._failures > SOON and not fully) or not self._claim():
                return
            fully = True
        assert self._pin is not None
        try:
            with self._lock:
                now_s = self._clock.monotonic_s()
                if self._ear.wants_level(now_s) or fully:
                    self._ear.level(now_s, active=self._pin.is_high() is not self._line.active_low)
        except SourceError as error:
            self._pin.close()
            self._pin = None
            self._lose(error)
            return
        if fully:
            self._tell_left_out()

    def seen(self) -> Seen:
        """How it stands now."""
        if self._pin is None:
            return Seen(None, self._problem or "not claimed yet")
        try:
            return Seen(self._pin.is_high(), "", self._ear.left_out, self._ear.litres)
        except SourceError as error:
            return Seen(None, error.problem)

    def close(self) -> None:
        """Give the pin back."""
        if self._pin is not None:
            self._pin.close()
            self._pin = None

    def _fresh(self) -> Ear:
        meter = self._line.meter
        return Contact(self._line, self._tell) if meter is None else Pulses(meter, self._tell)

    def _claim(self) -> bool:
        self._ear = self._fresh()
        try:
            self._pin = ClaimedPin(self._line, self._pin_factory, self._changed)
        except SourceError as error:
            self._lose(error)
            return False
        if self._failures:
            self._log.info("wire_back", source="gpio", attempt=self._failures)
        self._failures = 0
        self._problem = ""
        self._link(up=True)  # also at the start: it may have been lost when the daemon was stopped
        return True

    def _lose(self, error: SourceError) -> None:
        self._failures += 1
        self._problem = error.problem
        if self._failures == 1:
            self._link(up=False)
        if self._failures.bit_count() == 1:  # the 1st, 2nd, 4th, 8th … time
            self._log.error("wire_lost", source="gpio", attempt=self._failures, fault=error)

    def _link(self, *, up: bool) -> None:
        now_s = self._clock.monotonic_s()
        for sensor in self._line.sensors:
            self._sink(Edge(now_s, f"{SENSOR_LINK}{sensor}", float(up)))

    def _changed(self, _ticks: float, state: int) -> None:
        now_s = self._clock.monotonic_s()
        with self._lock:
            self._ear.changed(now_s, active=bool(state) is not self._line.active_low)

    def _tell(self, at_s: float, sensor: str, value: float) -> None:
        self._sink(Edge(at_s, sensor, value))

    def _tell_left_out(self) -> None:
        left_out = self._ear.left_out
        if left_out > self._told:
            self._tellings += 1
            if self._tellings.bit_count() == 1:
                self._log.warning("edges_left_out", source="gpio", count=left_out)
        self._told = left_out
