"""Every free pin watched at once, pulled both ways, so that whatever is moved shows.

A pin is pulled up and listened to, which shows contacts to ground and whatever drives its wire. What is open then is
the same as nothing at all, so once a second all pins that are high and quiet are pulled down for a moment and read: one
whose answer to that changes is a contact to 3.3 V, and is pulled down from then on.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, Literal

from gateway.errors import SourceError
from gateway.setup.trace import Trace
from gateway.sources.gpio_line import Line
from gateway.sources.gpio_pin import ClaimedPin, pin_factory

if TYPE_CHECKING:
    from gpiozero import Factory

HEADER: Final = range(28)
_SETTLE_S: Final = 0.02
"""What a pull of 50 kilohms needs over a long cable with 100 nF at the pin, four times over (docs/sensors.md)."""

_PROBE_S: Final = 1.0
_QUIET_S: Final = 1.5
_FIXED: Final = (2, 3)
"""Pulled up on the board; nothing else can be set."""

Pull = Literal["up", "down"]


class _Wire:
    """One pin: its claim, and what it did. Edges come in the driver's thread."""

    def __init__(self, pin: int, pull: Pull, factory: "Factory", lock: threading.Lock, *, known: bool) -> None:
        self.pull: Pull = pull
        self.known = known
        self._number = pin
        self._factory = factory
        self._lock = lock
        self._deaf_until_s = 0.0
        self._claimed: ClaimedPin | None = None
        self.answer: bool | None = None
        self.trace = Trace(pin, rest_high=True)
        self.listen()
        self.trace = Trace(pin, rest_high=self.level(), pull=pull)

    def listen(self) -> None:
        """Claim it with its pull; what the pull itself moves is no edge. Raises SourceError."""
        self.close()
        self._deaf_until_s = time.monotonic() + _SETTLE_S
        self._claimed = ClaimedPin(self._line(self.pull), self._factory, self._changed)

    def ask(self) -> None:
        """Claim it with a pull down for a moment. Raises SourceError."""
        self.close()
        self._claimed = ClaimedPin(self._line("down"), self._factory)

    def fresh(self) -> None:
        """What it did is dealt with; its rest is the same as before."""
        high = self.level()
        with self._lock:
            self.trace = Trace(self._number, self.trace.rest_high, self.pull, began_high=high)

    def level(self) -> bool:
        """Raises SourceError."""
        assert self._claimed is not None
        return self._claimed.is_high()

    def look(self) -> None:
        """Make up for an edge that was lost."""
        high = self.level()
        with self._lock:
            self.trace.edge(time.monotonic(), high=high)

    def close(self) -> None:
        if self._claimed is not None:
            self._claimed.close()
            self._claimed = None

    def _line(self, pull: Pull) -> Line:
        return Line("setup", self._number, active_low=True, pull=pull)

    def _changed(self, _ticks: float, state: int) -> None:
        now_s = time.monotonic()
        with self._lock:
            if now_s >= self._deaf_until_s:
                self.trace.edge(now_s, high=bool(state))


class Pins:
    """The pins of this machine while somebody moves things.

    Args:
        driver: of [gateway] pin_factory.
        apart: pins that are not to be touched.
        known: pins of sensors that the home has already, with their pull.

    Attributes:
        problem: why no pin can be watched; "" if they can.
        refused: pins that could not be claimed, because somebody else has them.
    """

    def __init__(self, driver: Literal["lgpio", "mock"], apart: frozenset[int], known: Mapping[int, Pull]) -> None:
        self.problem = ""
        self.refused: list[int] = []
        self._lock = threading.Lock()
        self._wires: dict[int, _Wire] = {}
        self._factory: Factory | None = None
        self._probed_s = 0.0
        try:
            self._factory = pin_factory(driver)
        except SourceError as error:
            self.problem = f"{error.problem} {error.advice}"
            return
        for pin in HEADER:
            if pin in apart:
                continue
            try:
                pull = "up" if pin in _FIXED else known.get(pin, "up")
                self._wires[pin] = _Wire(pin, pull, self._factory, self._lock, known=pin in known)
            except SourceError:
                self.refused.append(pin)
        self._probe(first=True)

    @property
    def watched(self) -> list[int]:
        """The pins that are looked at."""
        return list(self._wires)

    def look(self) -> None:
        """Time has passed: heal what was lost, and see who answers to a pull down."""
        for pin, wire in list(self._wires.items()):
            try:
                wire.look()
            except SourceError:
                self._lose(pin)
        if time.monotonic() - self._probed_s >= _PROBE_S:
            self._probe(first=False)

    def moved(self) -> list[Trace]:
        """Every pin that did something since the last `fresh`."""
        with self._lock:
            return [wire.trace for wire in self._wires.values() if wire.trace.edges]

    def is_high(self, pin: int) -> bool | None:
        """Its level now; None if it is not watched."""
        return self._wires[pin].trace.high if pin in self._wires else None

    def fresh(self, pin: int | None = None) -> None:
        """What moved so far is dealt with, of one pin or of all."""
        for number, wire in list(self._wires.items()):
            try:
                if pin in (None, number):
                    wire.fresh()
            except SourceError:
                self._lose(number)

    def close(self) -> None:
        """Give all pins back."""
        for wire in self._wires.values():
            wire.close()
        self._wires.clear()
        if self._factory is not None:
            self._factory.close()
            self._factory = None

    def _probe(self, *, first: bool) -> None:
        asked = []
        for pin, wire in list(self._wires.items()):
            last_s = wire.trace.edges[-1][0] if wire.trace.edges else 0.0
            is_quiet = first or time.monotonic() - last_s > _QUIET_S
            if pin not in _FIXED and not wire.known and wire.pull == "up" and wire.trace.high and is_quiet:
                asked.append(pin)
        self._each(asked, _Wire.ask)
        time.sleep(_SETTLE_S)
        for pin in [pin for pin in asked if pin in self._wires]:
            wire = self._wires[pin]
            try:
                answer = wire.level()
            except SourceError:
                self._lose(pin)
                continue
            if wire.answer is not None and answer is not wire.answer:
                wire.pull = "down"
                wire.trace = Trace(pin, rest_high=wire.answer, pull="down")
                wire.trace.edge(time.monotonic(), high=answer)
            wire.answer = answer
        self._each(asked, _Wire.listen)
        self._probed_s = time.monotonic()

    def _each(self, pins: list[int], do: Callable[[_Wire], None]) -> None:
        for pin in pins:
            try:
                if pin in self._wires:
                    do(self._wires[pin])
            except SourceError:
                self._lose(pin)

    def _lose(self, pin: int) -> None:
        self._wires.pop(pin).close()
        self.refused.append(pin)
