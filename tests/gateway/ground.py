"""A gateway to stand on: the real daemon with real databases, a clock moved by hand and a source fed by hand."""

import asyncio
import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from gateway.clock import ManualClock
from gateway.config.places import places_of
from gateway.config.reading import parse
from gateway.daemon import Daemon
from gateway.inbox import Edge, Sink
from gateway.pipeline import Pipeline
from gateway.store.outbox_reader import OutboxReader
from gateway.store.outbox_rows import Message
from gateway.systemd import Notifier
from gateway.uplink import wire
from models.kinds import SensorKind
from models.vocabulary import Reading, Said
from tests.notes import Notes

if TYPE_CHECKING:
    from gateway.config.tables import Config

START_S = int(datetime(2025, 3, 3, 8, tzinfo=UTC).timestamp())
"""A Monday, 08:00 in London."""

SENSORS = {
    "hall": (SensorKind.MOTION, "hallway"),
    "bath": (SensorKind.MOTION, "bathroom"),
    "kettle": (SensorKind.APPLIANCE, "kitchen"),
    "chair": (SensorKind.SEAT, "lounge"),
    "bed": (SensorKind.BED, "bedroom"),
    "button": (SensorKind.BUTTON, "lounge"),
}


def home_toml(folder: Path, *, retention_days: int = 60, more: str = "") -> str:
    """One resident, a sensor of each sort, every alert kind on; databases under `folder`."""
    sensors = "".join(
        f'[[sensors]]\nid = "{name}"\nkind = "{kind}"\nplace = "{place}"\nresident = "r1"\n'
        for name, (kind, place) in SENSORS.items()
    )
    alerts = "".join(
        f'[alerts.{kind}]\nreason = "lives alone"\nowner = "team"\n'
        for kind in ("help_button", "inactivity", "long_stay")
    )
    return f"""
[home]
id = "h-test"
timezone = "Europe/London"
[gateway]
pin_factory = "mock"
data_dir = "{folder}"
retention_days = {retention_days}
[[residents]]
id = "r1"
[[recipients]]
id = "team"
hours = "24h"
{sensors}{alerts}{more}"""


class Hand:
    """A source that senses what the test feels."""

    name = "hand"

    def __init__(self) -> None:
        self.sink: Sink | None = None

    async def run(self, sink: Sink) -> None:
        self.sink = sink
        await asyncio.get_running_loop().create_future()


class Gateway:
    """A daemon that is up and watching for as long as the block lasts; `crash` ends it without a goodbye."""

    def __init__(self, folder: Path, clock: ManualClock, *, toml: str | None = None) -> None:
        self.folder = folder
        self.clock = clock
        self.config: Config = parse(toml or home_toml(folder))
        self.log = Notes()
        self.hand = Hand()
        self.said: list[Said] = []
        self.daemon = Daemon(self.config, clock, self.log, Notifier({}, pid=0), [self.hand], said=self.said.append)
        self.running: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()

    async def __aenter__(self) -> Self:
        ready = asyncio.Event()
        self.running = asyncio.create_task(self.daemon.run(self._stop, ready.set))
        up = asyncio.create_task(ready.wait())
        await asyncio.wait({self.running, up}, return_when=asyncio.FIRST_COMPLETED)
        if self.running.done():
            up.cancel()
            await self.running
        await self.settle()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        assert self.running is not None
        if not self.running.cancelled():
            await self.running

    @property
    def pipeline(self) -> Pipeline:
        assert self.daemon.pipeline is not None
        return self.daemon.pipeline

    def offer(self, sensor: str, value: float = 1.0) -> None:
        """An edge, now; nobody waits for what becomes of it."""
        assert self.hand.sink is not None
        self.hand.sink(Edge(self.clock.monotonic_s(), sensor, value))

    async def feel(self, sensor: str, value: float = 1.0, *, after_s: float = 0.0) -> None:
        """An edge, and all that follows from it."""
        self.clock.move_s(after_s)
        self.offer(sensor, value)
        await self.settle()

    async def wait(self, seconds: float) -> None:
        """Time passes, and all that follows from it."""
        self.clock.move_s(seconds)
        await self.settle()

    async def until(self, true: Callable[[], object], *, step_s: float = 1.0) -> None:
        """Time passes, `step_s` before each look, until `true()` is.

        One step alone may be missed by a task that is still busy, and has not begun to sleep when it is taken.
        """

        def is_so() -> object:
            self.clock.move_s(step_s)
            return true()

        await eventually(is_so)

    async def settle(self) -> None:
        assert self.running is not None
        settling = asyncio.ensure_future(self.pipeline.settle())
        await asyncio.wait({settling, self.running}, return_when=asyncio.FIRST_COMPLETED)
        if not settling.done():
            settling.cancel()
            await self.running

    async def crash(self) -> None:
        """What is in memory is lost."""
        assert self.running is not None
        self.running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.running

    def durable(self) -> list[Reading]:
        """The inputs that a power cut now would leave."""
        with copied(places_of(self.config).home_db) as raw:
            rows = raw.execute("SELECT at_ms, name, value FROM inputs JOIN sensors ON code = sensor ORDER BY seq")
            return [Reading(*row) for row in rows]

    def checkpoints(self) -> list[tuple[int, int]]:
        """(sequence number, set aside) of each checkpoint that a power cut now would leave."""
        with copied(places_of(self.config).home_db) as raw:
            return raw.execute("SELECT seq, set_aside FROM checkpoints ORDER BY number").fetchall()

    def kept(self) -> list[Message]:
        """The messages in the outbox."""
        with OutboxReader(places_of(self.config).outbox_db) as outbox:
            return list(outbox.messages())

    def alerts(self) -> list[wire.Alert]:
        """The alerts in the outbox."""
        messages = [wire.decode(message.body) for message in self.kept()]
        return [message for message in messages if isinstance(message, wire.Alert)]


@contextlib.contextmanager
def copied(database: Path) -> Iterator[sqlite3.Connection]:
    """A copy of a database that another process or thread has to itself, as a power cut would leave it."""
    with tempfile.TemporaryDirectory() as folder:
        for path in database.parent.glob(f"{database.name}*"):
            if not path.name.endswith("-shm"):
                shutil.copy(path, folder)
        raw = sqlite3.connect(Path(folder) / database.name)
        try:
            yield raw
        finally:
            raw.close()


async def eventually(true: Callable[[], object], *, within_s: float = 30.0) -> None:
    """Return when `true()` is; for what a thread or another process has to do first."""
    async with asyncio.timeout(within_s):
        while not true():  # noqa: ASYNC110 - a thread or a process has no event to wait for
            await asyncio.sleep(0.005)
