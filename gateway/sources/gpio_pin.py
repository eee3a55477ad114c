"""One pin, claimed: the driver behind it, its level, and what can be wrong with it."""

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from gateway.errors import SourceError, SourceUnavailable
from gateway.sources.gpio_line import Line

if TYPE_CHECKING:
    from gpiozero import DigitalInputDevice, Factory

Changed = Callable[[float, int], None]
"""Called in the driver's thread at every edge, with the driver's ticks and the level (1 is high). gpiozero keeps only a
weak reference to it: its owner must live."""


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
    except driver_errors() as error:
        advice = (
            "Run this on a Raspberry Pi, as a member of the group gpio, with /dev/gpiochip* visible to the service."
        )
        raise SourceError(f"lgpio cannot open the pins of this machine: {error}.", advice=advice) from error


class ClaimedPin:
    """A pin that is ours until it is closed.

    Args:
        line: which, and how it is pulled.
        pin_factory: from `pin_factory()`.
        changed: told of every edge; None to read the level only.

    Raises SourceError when it cannot be claimed: it is in use, or cannot be pulled that way.
    """

    def __init__(self, line: Line, pin_factory: "Factory", changed: Changed | None = None) -> None:
        self._line = line
        device: DigitalInputDevice | None = None
        why: str | None = None
        try:
            device = _claim(line, pin_factory)
            # Not when_activated and when_deactivated: those pass on an edge only if it differs from the one before,
            # so that after a lost release the next press of a button would be swallowed.
            device.pin.when_changed = changed
        except driver_errors() as error:
            why = str(error)
        if why is not None or device is None:
            # Raised out here: the driver's error holds on to half a device, and gpiozero to the pin for its sake.
            if device is not None:
                device.close()
            advice = "It is tried again. Free the pin, or correct its number, pull or active level in home.toml."
            raise SourceError(f"Pin {line.pin} ({line.sensor_id}) cannot be used: {why}.", advice=advice)
        self._device = device

    def is_high(self) -> bool:
        """The level now. Raises SourceUnavailable when it can no longer be read."""
        try:
            return bool(self._device.pin.state)
        except driver_errors() as error:
            advice = "It is tried again; if it stays, look at /dev/gpiochip* and the service's groups."
            problem = f"Pin {self._line.pin} ({self._line.sensor_id}) can no longer be read: {error}."
            raise SourceUnavailable(problem, advice=advice) from error

    def close(self) -> None:
        """Hear no more of it, and let others have it."""
        with suppress(*driver_errors()):  # one that is gone cannot be given back
            self._device.pin.when_changed = None
            self._device.close()


def _claim(line: Line, pin_factory: "Factory") -> "DigitalInputDevice":
    from gpiozero import DigitalInputDevice

    # gpiozero derives the active level from the pull; here they are apart, and levels are told by the line's own
    if line.pulled == "none":
        return DigitalInputDevice(line.pin, pull_up=None, active_state=True, pin_factory=pin_factory)
    return DigitalInputDevice(line.pin, pull_up=line.pulled == "up", pin_factory=pin_factory)


def driver_errors() -> tuple[type[Exception], ...]:
    """What a pin's driver raises."""
    from gpiozero.exc import GPIOZeroError

    # lgpio's own exception, once it is loaded, derives from nothing but Exception
    lgpio = sys.modules.get("lgpio")
    return (GPIOZeroError, OSError, lgpio.error) if lgpio else (GPIOZeroError, OSError)
