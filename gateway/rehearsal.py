"""A simulated resident in front of the real daemon: mock pins, notification bytes, a clock moved by hand.

Everything behind the drivers is what runs in a home: sources, inbox, pipeline, core, databases. The composition
root of `wren demo` and of the tests that need a whole gateway.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Self

from gateway.clock import ManualClock
from gateway.config.reading import parse
from gateway.config.tables import Config
from gateway.daemon import Daemon
from gateway.devices import sources_of
from gateway.inbox import Edge, Sink, Source
from gateway.log import Log
from gateway.sources.ble.profiles import PROFILES
from gateway.sources.ble.stream import Counts, Stream
from gateway.systemd import Notifier
from models.vocabulary import RADIO, Said

if TYPE_CHECKING:
    from gateway.pipeline import Pipeline
    from gateway.sources.simulator.act import Act


class SimulatedRadio:
    """A `gateway.inbox.Source` whose wearables notify when they are told to."""

    name = "ble"

    def __init__(self, config: Config, clock: ManualClock) -> None:
        self._sensors = {s.id: (str(s.kind), s.ble.profile) for s in config.sensors if s.ble}
        self._clock = clock
        self._streams: dict[str, Stream] = {}
        self._sink: Sink | None = None
        self._is_up = True
        self.counts = Counts()

    async def run(self, sink: Sink) -> None:
        """Pass notifications on until cancelled."""
        self._sink = sink
        for sensor, (measurement, profile) in self._sensors.items():
            for characteristic in PROFILES[profile].characteristics:
                if measurement in characteristic.measures:
                    self._streams[sensor] = Stream(characteristic, {measurement: sensor}, sink, self.counts)
        await asyncio.get_running_loop().create_future()

    def notify(self, sensor: str, payload: bytes) -> None:
        """A wearable sends `payload`, as it stands in the air."""
        if self._is_up and sensor in self._streams:
            self._streams[sensor].notified(self._clock.monotonic_s(), payload)

    def turn(self, *, up: bool) -> None:
        """The adapter goes, or comes back; the home is told, as `gateway.sources.ble.source` tells it."""
        if up is not self._is_up and self._sink is not None:
            self._is_up = up
            self._sink(Edge(self._clock.monotonic_s(), RADIO, float(up)))


class Rehearsal:
    """A home with a simulated resident.

    Args:
        config_path: its home.toml, with mock pins.
        start_s: UTC second at which it begins.
        log: where events go.
        seed: of the wiring's bounce.
        heard: shown every edge as the sources hand it over.
        said: shown everything that the home says.
        clock: the one to move, if others live by it too; it stands at `start_s`.

    Attributes:
        stage: the home's wiring, on which the simulated person acts.
        radio: its wearables, and the adapter that hears them.
    """

    def __init__(
        self,
        config_path: Path,
        start_s: float,
        log: Log,
        *,
        seed: int = 0,
        heard: Callable[[str, float], None] | None = None,
        said: Callable[[Said], None] = lambda _: None,
        clock: ManualClock | None = None,
    ) -> None:
        from gpiozero.pins.mock import MockFactory

        from gateway.sources.simulator.stage import Stage

        self.config = parse(config_path.read_text(encoding="utf-8"), where=str(config_path))
        self.clock = clock or ManualClock(start_s)
        self._factory = MockFactory()
        self.radio = SimulatedRadio(self.config, self.clock)
        self.stage = Stage(self.config, self.clock, pin=self._factory.pin, notify=self.radio.notify, seed=seed)
        wired = sources_of(_without_radio(self.config), self.clock, log, self._factory)
        sources: list[Source] = [*wired, self.radio]
        if heard is not None:
            sources = [_Overheard(source, heard) for source in sources]
        self._daemon = Daemon(self.config, self.clock, log, Notifier({}, pid=0), sources, said=said)
        self._stop = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    @property
    def pipeline(self) -> "Pipeline":
        """The daemon's pipeline, once it is running."""
        assert self._daemon.pipeline is not None
        return self._daemon.pipeline

    async def __aenter__(self) -> Self:
        """The daemon is up and watching."""
        ready = asyncio.Event()
        self._running = asyncio.create_task(self._daemon.run(self._stop, ready.set))
        up = asyncio.create_task(ready.wait())
        await asyncio.wait({self._running, up}, return_when=asyncio.FIRST_COMPLETED)
        if self._running.done():
            up.cancel()
            await self._running
        await self._settle()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        assert self._running is not None
        try:
            await self._running
        finally:
            self._factory.reset()

    async def live(
        self, acts: "Iterable[Act]", *, breath_s: float, pause: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """Let `acts` happen; the daemon gets a turn whenever `breath_s` of simulated time have passed.

        `pause` is awaited after each turn, while time stands still.
        """
        due_s = self.clock.utc_s() + breath_s
        for act in acts:
            while act.at_s >= due_s:
                self.stage.wait_until(due_s)
                await self._turn(pause)
                due_s += breath_s
            self.stage.perform(act)
        await self._turn(pause)

    async def wait_until(
        self, utc_s: float, *, breath_s: float, pause: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """Let time pass in which nothing happens."""
        while self.clock.utc_s() < utc_s:
            self.stage.wait_until(min(utc_s, self.clock.utc_s() + breath_s))
            await self._turn(pause)

    async def _turn(self, pause: Callable[[], Awaitable[None]] | None) -> None:
        await self._settle()
        if pause is not None:
            await pause()

    async def _settle(self) -> None:
        assert self._running is not None
        settling = asyncio.ensure_future(self.pipeline.settle())
        await asyncio.wait({settling, self._running}, return_when=asyncio.FIRST_COMPLETED)
        if not settling.done():
            settling.cancel()
            await self._running  # it has ended before its time: this raises why


class _Overheard:
    def __init__(self, source: Source, heard: Callable[[str, float], None]) -> None:
        self.name = source.name
        self._source = source
        self._heard = heard

    async def run(self, sink: Sink) -> None:
        def overhear(edge: Edge) -> None:
            self._heard(edge.sensor, edge.value)
            sink(edge)

        await self._source.run(overhear)


def _without_radio(config: Config) -> Config:
    import msgspec

    return msgspec.structs.replace(config, sensors=tuple(s for s in config.sensors if not s.ble))
