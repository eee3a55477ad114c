"""The composition root of `wren run`: the only place that builds things and knows them all."""

import asyncio
import random
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from gateway import desk_key
from gateway.answers.answer_bounds import Bounds
from gateway.answers.way_back import WayBack
from gateway.aside import Aside
from gateway.clock import Clock
from gateway.config.places import Places, make, places_of
from gateway.config.tables import Config
from gateway.errors import SourceError, StoreError
from gateway.heartbeat import Heartbeat
from gateway.inbox import Edge, Inbox, Sink, Source
from gateway.live.feed import LiveFeed
from gateway.log import Log
from gateway.pipeline import Pipeline
from gateway.receipts import Receipts
from gateway.recovery import recover
from gateway.retention import Retention
from gateway.rights.handover import Copyist
from gateway.stamping import Stamper
from gateway.store.ledger import Ledger
from gateway.store.trail import What
from gateway.store.writer import Writer
from gateway.supervise import Watchdog, supervise
from gateway.systemd import Notifier
from gateway.trail import wording_trail
from gateway.trail.audit import Audit
from gateway.trail.receipts_seen import ReceiptsSeen
from gateway.trail.recorder import Recorder
from gateway.uplink.book_reader import BookReader
from models.kinds import SensorKind
from models.vocabulary import RADIO, SENSOR_LINK, Said

if TYPE_CHECKING:
    from gateway.panel.lamp import Panel
    from gateway.walktest.month import Month
    from gateway.walktest.standing import Standing

WATCH: Final = "watch"
"""The command that listens to what is shown live; the others that do so show no more than it does."""

MOST_TO_GO_ON: Final = 2**48
"""No home has sent so many, and numbers end at 2**53: whoever held its key once must not have used them up for it."""


class Daemon:
    """One home's gateway.

    Args:
        config: the home.
        clock: the machine's, or one that is moved by hand.
        log: where events go.
        notifier: the line to systemd.
        sources: what senses; `gateway.devices.sources_of` gives what the configuration names.
        said: shown everything that the home says.
        panels: what the residents see and press; `gateway.devices.panels_of` gives what the configuration names.
        live: shows what happens to who listens on this gateway; None: nobody may.
        walked: how the home stands to its walk-test, and the counts that are held against it; None: of no concern.
        configuration: the SHA-256 of the file that `config` was read from, for the trail.

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
        panels: "Sequence[Panel]" = (),
        live: LiveFeed | None = None,
        walked: "tuple[Standing, Month] | None" = None,
        configuration: str = "",
    ) -> None:
        self._config = config
        self._clock = clock
        self._log = log
        self._notifier = notifier
        self._sources = sources
        self._ears = [said, *(panel.hear for panel in panels)]
        self._panels = panels
        self._live = live
        self._walked = walked
        self._configuration = configuration
        self._down: set[str] = set()
        self._lost: set[str] = set()
        self._by_radio = {sensor.id for sensor in config.sensors if sensor.ble}
        self._is_deaf = False
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
                await writer.do(lambda: self._go_on(ledger))
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
        audit = Audit(ledger, writer, self._clock)
        fitted = [(one.id, one.fitted) for one in self._config.sensors if one.fitted is not None]
        recorder = Recorder(audit, self._places, self._clock, self._log, self._configuration, fitted)
        await recorder.begin((("home", ledger.journal.opened), ("outbox", ledger.outbox.opened)))
        async with asyncio.TaskGroup() as group:
            # the sensors are read before anything that was learnt is loaded
            sources = (*self._sources, *self._panels)

            def offer(edge: Edge) -> None:  # from any thread
                self._note(edge)
                inbox.offer(edge)
                if self._live is not None:
                    self._live.seen(edge)
                if self._walked is not None:
                    self._walked[1].saw(edge)

            jobs = [group.create_task(self._supervised(source, offer)) for source in sources]
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
                said=self._hear,
            )
            await pipeline.begin()
            if self._panels:
                jobs.append(group.create_task(self._light_up(pipeline, ledger, writer, recorder.looked_at)))
            aside = Aside()
            settled = Receipts(self._places.uplink_db, aside, self._log).settled
            way_back = await self._way_back(ledger, writer, audit, aside)
            seen = ReceiptsSeen(BookReader(self._places.uplink_db), aside, self._clock)
            walked = {} if self._walked is None else {"walked": self._walked[0].said}
            heartbeat = Heartbeat(pipeline.home, ledger, writer, self._clock, settled, way_back, seen, **walked)
            way_back.dealt = heartbeat.answered
            self._ears.append(heartbeat.hear)
            jobs.append(group.create_task(self._supervised(way_back, inbox.offer)))
            kept = self._config.gateway
            retention = Retention(
                spec, ledger, writer, self._clock, self._log, settled,
                days=kept.retention_days, habit_days=kept.habit_days, message_days=kept.message_days,
            )  # fmt: skip
            jobs += [group.create_task(heartbeat.run()), group.create_task(retention.run())]
            copyist = Copyist(self._places.private, ledger, writer, self._clock, self._log, recorder.seen_raw)
            jobs.append(group.create_task(copyist.run()))
            jobs.append(group.create_task(recorder.run()))
            if self._live is not None:
                self._live.sensors = "" if self._walked is None else self._walked[0].sensors
                jobs.append(group.create_task(self._show(self._live, audit, recorder)))
            if self._walked is not None:
                standing, month = self._walked
                standing.changed = heartbeat.nudge
                for panel in self._panels:
                    panel.asked_to_show = standing.shows
                jobs += [group.create_task(standing.run()), group.create_task(month.run(inbox.offer))]
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
        await recorder.end()
        self._log.info("stopped", seq=pipeline.last_seq, dropped=inbox.dropped)

    def _note(self, edge: Edge) -> None:
        """What sources say of their links, for the panels' light; the home has its own account of them."""
        if edge.sensor == RADIO:
            self._is_deaf = not edge.value
        elif edge.sensor.startswith(SENSOR_LINK):
            sensor = edge.sensor.removeprefix(SENSOR_LINK)
            (self._lost.discard if edge.value else self._lost.add)(sensor)

    async def _supervised(self, source: Source, sink: Sink) -> None:
        rng = random.Random(f"{self._config.home.id}/{source.name}")  # noqa: S311 - spreads retries, no secret

        def down(name: str, error: SourceError) -> None:
            self._down.add(name)
            self._notifier.status(f"{name} is down ({type(error).__name__}); see the journal")

        def up(name: str) -> None:
            self._down.discard(name)
            self._notifier.status(f"{name} is up")

        await supervise(source, sink, self._clock, rng, self._log, on_up=up, on_down=down)

    async def _way_back(self, ledger: Ledger, writer: Writer, audit: Audit, aside: Aside) -> WayBack:
        residents = frozenset(resident.id for resident in self._config.residents)
        bounds = Bounds(self._config.answers, residents, ledger.outbox.alert)
        home = self._config.home.id
        way_back = WayBack(home, self._places, bounds, writer, audit, aside, self._clock, self._log)
        await way_back.begin()
        return way_back

    async def _light_up(
        self, pipeline: Pipeline, ledger: Ledger, writer: Writer, looked_at: Callable[[], bool]
    ) -> None:
        from gateway.panel.facts import Outlook
        from gateway.sources.slips import SlipSource

        sensing = {source.name for source in self._sources} - {SlipSource.name}
        linked = {sensor.id for sensor in self._config.sensors if sensor.gpio or sensor.ble}

        def senses() -> bool:
            if linked and linked <= self._lost | (self._by_radio if self._is_deaf else set()):
                return False  # a source that is up may still have lost every wire
            return not sensing or not sensing <= self._down

        outlook = Outlook(
            pipeline.home, ledger, writer, self._clock, self._log,
            senses=senses, looked_at=looked_at, panels=self._panels, path=self._places.panel,
        )  # fmt: skip
        for panel in self._panels:
            panel.facts = outlook.facts
        await outlook.run()

    async def _show(self, live: LiveFeed, audit: Audit, recorder: Recorder) -> None:
        """Whoever listens looks at raw data: that is entered into the trail, and the panel shows it."""
        live.watched = lambda: audit.note(What.ACCESS, WATCH, wording_trail.looked(WATCH))
        live.looking = recorder.seen_raw
        self._ears.append(live.told)
        await live.run()

    def _hear(self, said: Said) -> None:
        for hear in self._ears:
            hear(said)

    def _go_on(self, ledger: Ledger) -> None:
        """Number messages from above what the desk had heard of this home when this gateway was enrolled."""
        try:
            desk = desk_key.read(self._places.desk)
        except StoreError as error:  # no reason to stop watching
            self._log.warning("desk_unreadable", fault=error)
            return
        if desk is None:
            return
        if max(desk.last_seq, desk.last_status_seq) > MOST_TO_GO_ON:
            self._log.error("number_not_believed")
            return
        ledger.outbox.go_on_after(desk.last_seq, desk.last_status_seq)

    def _tell_damage(self, ledger: Ledger) -> None:
        for schema, opened in (("home", ledger.journal.opened), ("outbox", ledger.outbox.opened)):
            if opened.moved_aside is not None:
                self._log.error("database_moved_aside", schema=schema, count=opened.salvaged_rows)
            elif not opened.stopped_cleanly:
                self._log.warning("unclean_stop", schema=schema)


def _open(places: Places) -> Ledger:
    return Ledger.open(places.private, places.outbox)
