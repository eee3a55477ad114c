"""Pins and radio opened for as long as somebody presses things, and the daemon that has the pins until then."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

from gateway.config.tables import Gateway
from gateway.setup import service
from gateway.setup.air import Air
from gateway.setup.asking import Asker
from gateway.setup.items import Seen
from gateway.setup.merging import Data
from gateway.setup.pins import Pins, Pull
from gateway.setup.taken import taken
from gateway.trail import accesses

_STOPPED: Final = "The home is not watched until the end of this conversation. Wren is started again at its end."


class Listening:
    """What is needed to see things move; nothing is claimed before it is needed.

    Attributes:
        apart: pins that something else of this machine uses.
        has_stopped: whether the daemon was stopped and is to be started again.
    """

    def __init__(self, root: Path = Path("/")) -> None:
        self.apart = taken(root)
        self.has_stopped = False
        self._was_asked = False

    @contextmanager
    def open(self, asker: Asker, data: Data) -> Iterator[Seen]:
        """Pins and radio, until the context ends."""
        self._free_the_pins(asker)
        gateway: dict[str, Any] = data.get("gateway", {})
        asker.screen.show(["Looking at the pins and the radio ..."])
        accesses.leave(_private(gateway) / "accesses", "setup")  # it shows what goes on here, as `wren pins` does
        driver: Literal["lgpio", "mock"] = "mock" if gateway.get("pin_factory") == "mock" else "lgpio"
        air = Air(str(gateway.get("adapter", "hci0")))
        pins: Pins | None = None
        try:
            pins = Pins(driver, self._untouched(data), _known(data))
            yield Seen(pins, air)
        finally:
            try:
                if pins is not None:
                    pins.close()
            finally:
                air.close()

    def _free_the_pins(self, asker: Asker) -> None:
        if self.has_stopped or self._was_asked or not service.is_running():
            return
        self._was_asked = True
        lines = ["Wren is running here and has the pins. May it be stopped while the sensors are set up?", _STOPPED]
        if not asker.yes(lines, default=True):
            return
        self.has_stopped = True  # before it is true: an end in between must start it, too
        if not service.stop():
            asker.tell(["Wren could not be stopped. Pins that it has cannot be watched; run this as root."])

    def end(self, say: Callable[[str], None]) -> None:
        """Start the daemon again if it was stopped."""
        if not self.has_stopped:
            return
        self.has_stopped = False
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave the home unwatched
        started = service.start()
        say("Wren is running again." if started else "Wren did not start again: sudo systemctl status wren says why.")

    def _untouched(self, data: Data) -> frozenset[int]:
        panels = {pin for one in data.get("panels", []) for key, pin in one.items() if key.endswith("_pin")}
        return frozenset({*self.apart, *panels})


def _private(gateway: dict[str, Any]) -> Path:
    """The daemon's folder by these answers, which may not be whole yet."""
    return Path(str(gateway.get("data_dir", Gateway().data_dir))) / "private"


def _known(data: Data) -> dict[int, Pull]:
    """The pins of the sensors that there are, and how each is pulled."""
    found: dict[int, Pull] = {}
    for one in data.get("sensors", []):
        gpio = one.get("gpio", {})
        if isinstance(gpio.get("pin"), int):
            pull = gpio.get("pull") or ("down" if gpio.get("active") == "high" else "up")
            found[gpio["pin"]] = "down" if pull == "down" else "up"
    return found
