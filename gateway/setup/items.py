"""What moved since somebody began to press things, as numbered lines that do not change places under a finger."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.pictures.header import named
from gateway.setup.air import Air
from gateway.setup.heard import Heard
from gateway.setup.naming import WIRED, words_of
from gateway.setup.pins import Pins
from gateway.setup.trace import Trace
from models.kinds import SensorKind

Ref = tuple[str, str]
"""("pin", "17") or ("air", "C0:FF:EE:00:00:01")."""

_MOST: Final = 9


@dataclass(frozen=True)
class Item:
    """One thing that moved, or is heard.

    Attributes:
        ref: which.
        words: what it did.
        kinds: what it can be.
        guess: what it most likely is.
        doubtful: it moves as nothing does that a person moves.
        trace, heard: where that is known from.
    """

    ref: Ref
    words: str
    kinds: Collection[SensorKind]
    guess: SensorKind | None
    doubtful: bool = False
    trace: Trace | None = None
    heard: Heard | None = None

    def line(self) -> str:
        """What it did, and what it may be."""
        return self.words if self.guess is None or self.doubtful else f"{self.words}; {words_of(self.guess)}?"


@dataclass
class Seen:
    """All that moved in this round, in the order in which it began."""

    pins: Pins
    air: Air
    _order: list[Ref] = field(default_factory=list)

    def fresh(self) -> None:
        """What moved so far is dealt with."""
        self.pins.fresh()
        self.air.fresh()
        self._order = []

    def items(self, sensors: list[dict[str, Any]]) -> tuple[list[Item], list[str]]:
        """What moved and is not set up yet, at most nine; and what moved of `sensors`, in words."""
        pins, devices = used(sensors)
        found: dict[Ref, Item] = {}
        known = []
        for trace in self.pins.moved():
            if trace.pin in pins:
                known.append(f"GPIO{trace.pin} {trace.says()}: that is {pins[trace.pin]}, set up already")
            else:
                item = _of_pin(trace)
                found[item.ref] = item
        for heard in self.air.devices():
            if heard.news and heard.address in devices:
                known.append(f"{heard.label()}, {heard.says()}: that is {devices[heard.address]}, set up already")
            elif heard.news:
                item = of_device(heard)
                found[item.ref] = item
        self._order += [ref for ref in found if ref not in self._order]
        return [found[ref] for ref in self._order if ref in found][:_MOST], known

    def on_air(self, most: int | None = _MOST) -> list[Item]:
        """What is heard, the strongest first, whether it moved or not."""
        return [of_device(one) for one in self.air.devices()][:most]


def used(sensors: list[dict[str, Any]]) -> tuple[dict[int, str], dict[str, str]]:
    """Pins and addresses of these sensors, and by which."""
    pins = {one["gpio"]["pin"]: str(one.get("id")) for one in sensors if "pin" in one.get("gpio", {})}
    devices = {str(one["ble"]["address"]): str(one.get("id")) for one in reversed(sensors)
               if "address" in one.get("ble", {})}  # fmt: skip
    return pins, devices


def _of_pin(trace: Trace) -> Item:
    words = f"{named(trace.pin)} {trace.says()}"
    return Item(("pin", str(trace.pin)), words, WIRED, trace.guess(), doubtful=trace.is_noisy(), trace=trace)


def of_device(heard: Heard) -> Item:
    """A device as something to choose."""
    often = "" if heard.news < 2 else f", {heard.news} times"
    words = f"{heard.label()}, {heard.says()}{often}"
    return Item(("air", heard.address), words, heard.kinds(), heard.guess(), heard=heard)
