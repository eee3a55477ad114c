"""The daemon's side: a socket in its private folder, to which a technician's terminal may listen.

Only who may read home.db may connect (the folder is 0700: root and the daemon's user), and connecting is what looking
at raw data is: the trail gets an entry, the panel shows it for as long as somebody listens. Nothing can be said to the
daemon here. A watcher that is too slow loses lines and is told how many; it never slows the daemon down.
"""

import asyncio
import os
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from gateway import VERSION
from gateway.clock import Clock
from gateway.inbox import Edge
from gateway.live.forms import Begin, Heard, Line, Missed, Seen, Told
from gateway.log import Log
from models.vocabulary import Finding, Said, Update

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

MOST_WATCHERS: Final = 8
MOST_WAITING: Final = 2_000
"""Lines for one watcher: 20 lines at 10 edges/s for ten seconds."""

LONGEST_PATH: Final = 107
"""Bytes that Linux takes as the address of a socket in the file system (unix(7)), without the zero at its end."""


class LiveFeed:
    """Shows what comes in, and what the home says, to whoever listens on this gateway.

    Args:
        path: where the socket is made.
        home: the id of the home.
        clock: stamps what the home says.
        log: told when it cannot be offered, which is no reason to stop sensing.

    Attributes:
        sensors: what the daemon runs with, for `Begin`.
        watched: called when somebody begins to listen: enters it into the trail.
        looking: called for all that is shown: the panel says so.
    """

    def __init__(self, path: Path, home: str, clock: Clock, log: Log) -> None:
        self._path = path
        self._home = home
        self._clock = clock
        self._log = log
        self._watchers: set[_Watcher] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.sensors = ""
        self.watched: Callable[[], Awaitable[object]] = _nobody
        self.looking: Callable[[], None] = lambda: None

    async def run(self) -> None:
        """Offer it until cancelled."""
        self._loop = asyncio.get_running_loop()
        try:
            server = await self._offered()
        except OSError as error:
            self._log.warning("live_not_offered", fault=error)
            return
        try:
            async with server:
                await server.serve_forever()
        finally:
            self._path.unlink(missing_ok=True)

    async def _offered(self) -> asyncio.Server:
        if len(os.fsencode(self._path)) > LONGEST_PATH:
            raise OSError(36, "the path is too long for a socket", str(self._path))
        self._path.unlink(missing_ok=True)  # of a daemon that was killed
        before = os.umask(0o177)
        try:
            return await asyncio.start_unix_server(self._serve, self._path, start_serving=False)
        finally:
            os.umask(before)

    def seen(self, edge: Edge) -> None:
        """Show `edge`; from any thread."""
        if self._watchers and self._loop is not None:
            self._loop.call_soon_threadsafe(self._show, Seen(edge.sensor, edge.value, edge.monotonic_s))

    def heard(self, sensors: tuple[str, ...], rssi_dbm: int) -> None:
        """Show that a device of the home was heard; from the loop's own thread."""
        if self._watchers:
            self._show(Heard(sensors, rssi_dbm, self._clock.monotonic_s()))

    def told(self, said: Said) -> None:
        """Show what the home says, without its words; from the loop's own thread."""
        if self._watchers and isinstance(said, Finding | Update):
            change = "raised" if isinstance(said, Finding) else str(said.change)
            self._show(Told(said.resident, str(said.kind), change, self._clock.monotonic_s()))

    def _show(self, line: Line) -> None:
        self.looking()
        for watcher in self._watchers:
            watcher.take(line)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        watcher = _Watcher(writer)
        try:
            if len(self._watchers) >= MOST_WATCHERS:
                return
            self._watchers.add(watcher)
            self.looking()
            await self.watched()
            watcher.begin(Begin(VERSION, self._home, self._clock.monotonic_s(), self._clock.utc_s(), self.sensors))
            sending = asyncio.ensure_future(watcher.send())
            gone = asyncio.ensure_future(reader.read(1))  # nothing is ever said to the daemon: a byte, too, ends it
            try:
                await asyncio.wait((sending, gone), return_when=asyncio.FIRST_COMPLETED)
            finally:
                sending.cancel()
                gone.cancel()
        finally:
            self._watchers.discard(watcher)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


class _Watcher:
    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._waiting: deque[Line] = deque()
        self._missed = 0
        self._more = asyncio.Event()

    def begin(self, line: Begin) -> None:
        """Before what has come in already."""
        self._waiting.appendleft(line)
        self._more.set()

    def take(self, line: Line) -> None:
        if len(self._waiting) >= MOST_WAITING:
            self._missed += 1
            return
        if self._missed:
            self._waiting.append(Missed(self._missed))
            self._missed = 0
        self._waiting.append(line)
        self._more.set()

    async def send(self) -> None:
        with suppress(OSError):
            while True:
                await self._more.wait()
                self._more.clear()
                while self._waiting:
                    self._writer.write(msgspec.json.encode(self._waiting.popleft()) + b"\n")
                    await self._writer.drain()


async def _nobody() -> None:
    return
