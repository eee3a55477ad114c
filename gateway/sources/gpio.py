"""Wires: one gpiozero device for each line, edges handed over as they happen, levels re-read to heal.

Nothing is debounced here: gpiozero's `bounce_time` drops edges, and `models.signals` debounces on timestamps.
In the driver's thread an edge is stamped and handed over; nothing else happens there.
"""

import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from gateway.clock import Clock
from gateway.errors import SourceError, SourceUnavailable
from gateway.inbox import Edge, Sink

if TYPE_CHECKING:
    from gpiozero import Factory

REREAD_S: Final = 30.0
"""An edge that the kernel's queue or the driver lost is made up for after this long at most."""

OVERTAKEN_S: Final = 1.0
"""An edge this soon after a re-read healed to the same level is the one that the re-read saw."""


@dataclass(frozen=True, slots=True)
class Line:
    """One sensor on one wire.

    Attributes:
        sensor_id: the sensor's id.
        pin: its BCM number.
        active_low: a low level means "on", and the pin is pulled up; otherwise high, and pulled down.
        fires_only: the sensor rests inactive (a button, a motion sensor), so that finding it inactive at the
            start is no news and is not reported. A button that is held down at the start is.
    """

    sensor_id: str
    pin: int
    active_low: bool
    fires_only: bool = False


def pin_factory(name: Literal["lgpio", "mock"]) -> "Factory":
    """The driver called `name`, and no other: there is no fallback.

    Raises SourceError, with the next step, when this machine cannot provide it.
    """
    if name == "mock":
        from gpiozero.pins.mock import MockFactory

        return MockFactory()
    try:
        from gpiozero.pins.lgpio import LGPIOFactory
    except ImportError as error:
        advice = (
            'Install it with `pip install "wren-gateway[pi]"`, or set pin_factory = "mock" where there are no pins.'
        )
        raise SourceError("The GPIO driver lgpio is not installed.", advice=advice) from error
    except OSError as error:
        # On import lgpio makes a FIFO, .lgd-nfy0, in the working directory.
        advice = "Start wren in a directory that its user may write to; wren.service names one (WorkingDirectory=)."
        raise SourceError(f"lgpio cannot make its FIFO in the working directory: {error}.", advice=advice) from error
    try:
        return LGPIOFactory()
    except _driver_errors() as error:
        advice = (
            "Run this on a Raspberry Pi, as a member of the group gpio, with /dev/gpiochip* visible to the service."
        )
        raise SourceError(f"lgpio cannot open the pins of this machine: {error}.", advice=advice) from error


class GpioSource:
    """Every wired sensor of the home; a `gateway.inbox.Source`.

    Args:
        lines: what is connected where.
        pin_factory: from `pin_factory()`; the caller closes it when the process ends.
        clock: stamps the edges and paces the re-reading.
    """

    name = "gpio"

    def __init__(self, lines: Sequence[Line], pin_factory: "Factory", clock: Clock) -> None:
        self._lines = tuple(lines)
        self._pin_factory = pin_factory
        self._clock = clock

    async def run(self, sink: Sink) -> None:
        """Hand the present levels to `sink`, then every edge, until cancelled.

        Raises SourceError when a pin cannot be claimed, SourceUnavailable when one can no longer be read.
        """
        with ExitStack() as claimed:
            watches = [
                claimed.enter_context(closing(_Watch(line, self._pin_factory, self._clock, sink)))
                for line in self._lines
            ]
            while True:
                for watch in watches:
                    watch.reread()
                await self._clock.sleep_s(REREAD_S)


class _Watch:
    # One claimed pin. The lock keeps a re-read, on the loop, from overtaking an edge in the driver's thread.

    def __init__(self, line: Line, pin_factory: "Factory", clock: Clock, sink: Sink) -> None:
        from gpiozero import DigitalInputDevice

        self._line = line
        self._clock = clock
        self._sink = sink
        self._lock = threading.Lock()
        self._reported: bool | None = False if line.fires_only else None
        self._healed_s = -OVERTAKEN_S
        try:
            self._device = DigitalInputDevice(line.pin, pull_up=line.active_low, pin_factory=pin_factory)
        except _driver_errors() as error:
            advice = "Free the pin, or correct its number or active level in home.toml."
            raise SourceError(f"Pin {line.pin} ({line.sensor_id}) cannot be used: {error}.", advice=advice) from error
        # Not when_activated and when_deactivated: those pass on an edge only if it differs from the one before,
        # so that after a lost release the next press of a button would be swallowed.
        self._device.pin.when_changed = self._changed

    def _changed(self, _ticks: float, state: int) -> None:
        stamp_s = self._clock.monotonic_s()
        active = bool(state) is not self._line.active_low
        with self._lock:
            if active is self._reported:
                if stamp_s - self._healed_s < OVERTAKEN_S:
                    return  # the re-read saw it first
                self._report(stamp_s, active=not active)  # it must have been there: that edge was lost
            self._report(stamp_s, active=active)

    def reread(self) -> None:
        with self._lock:
            try:
                active = bool(self._device.is_active)
            except _driver_errors() as error:
                advice = "It is tried again; if it stays, look at /dev/gpiochip* and the service's groups."
                problem = f"Pin {self._line.pin} ({self._line.sensor_id}) can no longer be read: {error}."
                raise SourceUnavailable(problem, advice=advice) from error
            if active is not self._reported:
                self._healed_s = self._clock.monotonic_s()
                self._report(self._healed_s, active=active)

    def _report(self, stamp_s: float, *, active: bool) -> None:
        self._reported = active
        self._sink(Edge(stamp_s, self._line.sensor_id, float(active)))

    def close(self) -> None:
        self._device.pin.when_changed = None
        self._device.close()


def _driver_errors() -> tuple[type[Exception], ...]:
    from gpiozero.exc import GPIOZeroError

    # lgpio's own exception, once it is loaded, derives from nothing but Exception
    lgpio = sys.modules.get("lgpio")
    return (GPIOZeroError, OSError, lgpio.error) if lgpio else (GPIOZeroError, OSError)
