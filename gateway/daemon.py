"""The composition root of `wren run`: the only place that builds things and knows them all."""

import asyncio
import random
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from gateway.clock import Clock
from gateway.config_tables import Config
from gateway.errors import SourceError, StoreError
from gateway.heartbeat import Heartbeat
from gateway.inbox import Inbox, Sink, Source
from gateway.log import Log
from gateway.pipeline import Pipeline
from gateway.places import Places, make, places_of
from gateway.recovery import recover
from gateway.retention import Retention
from gateway.stamping import Stamper
from gateway.store.ledger import Ledger
from gateway.store.writer import Writer
from gateway.supervise import Watchdog, supervise
from gateway.systemd import Notifier
from gateway.uplink.book import BookReader
from models.kinds import SensorKind
from models.vocabulary import Said

if TYPE_CHECKING:
    from gpiozero import Factory

    from gateway.sources.ble.source import BleDevice
    from gateway.sources.gpio import Line

_FIRES_ONLY: Final = frozenset({SensorKind.BUTTON, SensorKind.MOTION, SensorKind.TOILET})


class Daemon:
    """One home's gateway.

    Args:
        config: the home.
        clock: the machine's, or one that is moved by hand.
        log: where events go.
        notifier: the line to systemd.
        sources: what senses; `sources_of` gives what the configuration names.
        said: shown everything that the home says.

    Attributes:
        pipeline: set once the home has been recovered.
    """

    def __init__(
        self,
        config: Config,
        clock: Clock,
        log: Log,
        notifier: Notifier,
        sources: Sequence[Source] = (),
        *,
        said: Callable[[Said], None] = lambda _: None,
    ) -> None:
        self._config = config
        self._clock = clock
        self._log = log
        self._notifier = notifier
        self._sources = sources
        self._said = said
        self._places = places_of(config)
        self.pipeline: Pipeline | None = None

    async def run(self, stop: asyncio.Event, ready: Callable[[], None] = lambda: None) -> None:
        """Sense, learn and raise alerts until `stop` is set; `ready` is called when the home is being watched.

        Raises StoreError when a database cannot be used; a bug in any part ends everything.
        """
        make(self._places.private, 0o700)
        make(self._places.outbox, 0o750)
        async with Writer() as writer:
            ledger = await writer.do(lambda: _open(self._places))
            try:
                self._tell_damage(ledger)
                await self._watch(ledger, writer, stop, ready)
            except BaseException:
                await writer.do(ledger.close)
                raise
            await writer.do(ledger.stop)

    async def _watch(self, ledger: Ledger, writer: Writer, stop: asyncio.Event, ready: Callable[[], None]) -> None:
        buttons = frozenset(s.id for s in self._config.sensors if s.kind is SensorKind.BUTTON)
        inbox = Inbox(asyncio.get_running_loop(), never_drop=buttons)
        recovered_yet = asyncio.Event()

        async def probe() -> None:
            await recovered_yet.wait()
            assert self.pipeline is not None
            await self.pipeline.probe()

        watchdog = Watchdog(self._notifier, self._clock, probe)
        alive_ms = await writer.do(ledger.journal.alive_ms)
        stamper = Stamper(self._clock, alive_ms or 0)
        async with asyncio.TaskGroup() as group:
            # the sensors are read before anything that was learnt is loaded
            jobs = [group.create_task(self._supervised(source, inbox.offer)) for source in self._sources]
            jobs.append(group.create_task(watchdog.run()))
            spec = self._config.spec(live=True)
            recovered = await recover(spec, ledger, writer, self._log, watchdog.progressed)
            self.pipeline = pipeline = Pipeline(
                recovered,
                stamper,
                inbox,
                ledger,
                writer,
                self._clock,
                self._log,
                self._places.portrait,
                progressed=watchdog.progressed,
                said=self._said,
            )
            await pipeline.begin()
            heartbeat = Heartbeat(pipeline.home, ledger, writer, self._clock, self._settled)
            days = self._config.gateway.retention_days
            retention = Retention(spec, ledger, writer, self._clock, self._log, self._settled, days=days)
            jobs += [group.create_task(heartbeat.run()), group.create_task(retention.run())]
            working = group.create_task(pipeline.run())
            recovered_yet.set()
            self._notifier.ready()
            self._log.info("ready", seq=pipeline.last_seq)
            ready()
            await stop.wait()
            self._notifier.stopping()
            for job in jobs:
                job.cancel()
            pipeline.stop()
            await working
        self._log.info("stopped", seq=pipeline.last_seq, dropped=inbox.dropped)

    async def _supervised(self, source: Source, sink: Sink) -> None:
        rng = random.Random(f"{self._config.home.id}/{source.name}")  # noqa: S311 - spreads retries, no secret

        def down(name: str, error: SourceError) -> None:
            self._notifier.status(f"{name} is down ({type(error).__name__}); see the journal")

        def up(name: str) -> None:
            self._notifier.status(f"{name} is up")

        await supervise(source, sink, self._clock, rng, self._log, on_up=up, on_down=down)

    def _settled(self) -> frozenset[str]:
        # The messenger's file is no reason to stop watching: what cannot be looked up counts as not delivered.
        try:
            return BookReader(self._places.uplink_db).settled()
        except StoreError as error:
            self._log.warning("receipts_unreadable", fault=error)
            return frozenset()

    def _tell_damage(self, ledger: Ledger) -> None:
        for schema, opened in (("home", ledger.journal.opened), ("outbox", ledger.outbox.opened)):
            if opened.moved_aside is not None:
                self._log.error("database_moved_aside", schema=schema, count=opened.salvaged_rows)
            elif not opened.stopped_cleanly:
                self._log.warning("unclean_stop", schema=schema)


def _open(places: Places) -> Ledger:
    return Ledger.open(places.private, places.outbox)


def sources_of(config: Config, clock: Clock, factory: "Factory | None" = None) -> list[Source]:
    """The sources that `config` names: its pins and its radio. Libraries are loaded only for what is there.

    Args:
        config: the home.
        clock: stamps their edges.
        factory: the pins to use instead of the configured driver's (the demo drives its own mock pins).

    Raises SourceError when the pin driver is not to be had on this machine.
    """
    sources: list[Source] = []
    lines = _lines(config)
    if lines:
        from gateway.sources.gpio import GpioSource, pin_factory

        sources.append(GpioSource(lines, factory or pin_factory(config.gateway.pin_factory), clock))
    devices = _devices(config)
    if devices:
        from gateway.sources.ble.source import BleSource

        rng = random.Random(config.home.id)  # noqa: S311 - spreads retries, no secret
        sources.append(BleSource(devices, config.gateway.adapter, clock, rng))
    return sources


def _lines(config: Config) -> "list[Line]":
    from gateway.sources.gpio import Line

    return [
        Line(s.id, s.gpio.pin, active_low=s.gpio.active == "low", fires_only=s.kind in _FIRES_ONLY)
        for s in config.sensors
        if s.gpio
    ]


def _devices(config: Config) -> "list[BleDevice]":
    found: dict[tuple[str, str], dict[str, str]] = {}
    for sensor in config.sensors:
        if sensor.ble:
            found.setdefault((sensor.ble.address, sensor.ble.profile), {})[str(sensor.kind)] = sensor.id
    if not found:
        return []
    from gateway.sources.ble.source import BleDevice

    return [BleDevice(address, profile, sensors) for (address, profile), sensors in found.items()]
