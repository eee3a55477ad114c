"""A house with wires and a strap: the real daemon with real gpiozero and real bleak, on mock pins and a private bus."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from gpiozero.pins.mock import MockFactory, MockPin

from gateway.clock import Clock
from gateway.config.reading import parse
from gateway.daemon import Daemon
from gateway.devices import sources_of
from gateway.inbox import Edge, Sink, Source
from gateway.systemd import Notifier
from models.kinds import AlertKind
from models.vocabulary import RADIO, Said
from tests.bluez.standin import Bluez, Wearable, strap
from tests.notes import Notes

WIRES = {"front-door": 17, "kitchen-tap": 27}
WORN = strap()


def toml(folder: Path, wearables: int = 1) -> str:
    """One resident with two wires and so many straps; every kind on that needs no day to learn."""
    wired = "".join(
        f'[[sensors]]\nid = "{name}"\nkind = "{name.split("-")[1]}"\nplace = "hallway"\ngpio = {{ pin = {pin} }}\n'
        for name, pin in WIRES.items()
    )
    worn = "".join(
        f'[[sensors]]\nid = "{kind.replace("_", "-")}-{n}"\nkind = "{kind}"\nplace = "worn"\nresident = "r1"\n'
        f'ble = {{ address = "C0:FF:EE:00:00:{n:02}", profile = "heart_rate" }}\n'
        for n in range(1, wearables + 1)
        for kind in ("heart_rate", "battery")
    )
    alerts = "".join(
        f'[alerts.{kind}]\nreason = "lives alone"\nowner = "team"\n'
        for kind in AlertKind
        if kind in ("inactivity", "radio_down")
    )
    return f"""
[home]
id = "h-test"
timezone = "Europe/London"
[gateway]
pin_factory = "mock"
data_dir = "{folder}"
[[residents]]
id = "r1"
[[recipients]]
id = "team"
hours = "24h"
{wired}{worn}{alerts}"""


class House:
    """The daemon is up for as long as the block lasts.

    Attributes:
        edges: everything that the sources handed over, with the clock's seconds.
        said: everything that the home said.
        log: the daemon's.
    """

    def __init__(self, folder: Path, clock: Clock, log: Any = None, *, wearables: int = 1) -> None:
        self.clock = clock
        self.edges: list[tuple[float, Edge]] = []
        self.said: list[Said] = []
        self.log = log or Notes()
        self.config = parse(toml(folder, wearables))
        self._factory = MockFactory()
        self._pins = {name: self._factory.pin(pin) for name, pin in WIRES.items()}
        sources: list[Source] = [
            _Overheard(source, self._heard) for source in sources_of(self.config, clock, self.log, self._factory)
        ]
        self.daemon = Daemon(self.config, clock, self.log, Notifier({}, pid=0), sources, said=self.said.append)
        self._stop = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    def _heard(self, edge: Edge) -> None:
        self.edges.append((self.clock.monotonic_s(), edge))

    async def __aenter__(self) -> Self:
        ready = asyncio.Event()
        self._running = asyncio.create_task(self.daemon.run(self._stop, ready.set))
        up = asyncio.create_task(ready.wait())
        await asyncio.wait({self._running, up}, return_when=asyncio.FIRST_COMPLETED)
        if not up.done():
            up.cancel()
            await self._running
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        assert self._running is not None
        try:
            await self._running
        finally:
            self._factory.reset()

    def move(self, wire: str, *, active: bool) -> None:
        """The contact of `wire` closes or opens (active low)."""
        pin = self._pins[wire]
        assert isinstance(pin, MockPin)
        (pin.drive_low if active else pin.drive_high)()

    def radio(self) -> list[tuple[float, bool]]:
        """When the radio was told to be there, and when not."""
        return [(at_s, bool(edge.value)) for at_s, edge in self.edges if edge.sensor == RADIO]

    def values(self, sensor: str) -> list[float]:
        """What a sensor's source handed over."""
        return [edge.value for _, edge in self.edges if edge.sensor == sensor]

    def check(self) -> None:
        """Raise what has ended the daemon, if anything has."""
        assert self._running is not None
        if self._running.done():
            self._running.result()
            raise AssertionError("the daemon has ended")


class _Overheard:
    def __init__(self, source: Source, heard: Callable[[Edge], None]) -> None:
        self.name = source.name
        self._source = source
        self._heard = heard

    async def run(self, sink: Sink) -> None:
        def overhear(edge: Edge) -> None:
            self._heard(edge)
            sink(edge)

        await self._source.run(overhear)


def on_air(bluez: Bluez, wearable: Wearable = WORN, *, bpm: int = 60) -> None:
    """What a worn strap does all the time: it advertises until somebody listens to it, then it notifies."""
    if bluez.listening(wearable, "2a37"):
        bluez.notify(wearable, "2a37", bytes([0x06, bpm]))
    elif not bluez.connected(wearable):
        bluez.advertise(wearable)
