"""Everybody on stage: the desk, the uplink as a process of its own, and the gateway with its resident."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from gateway.errors import UplinkUnavailable
from gateway.places import Places, places_of
from gateway.rehearsal import Rehearsal
from gateway.uplink.book import BookReader
from models.vocabulary import Said

if TYPE_CHECKING:
    from desk.server import Address
    from gateway.log import Log

_ARRIVAL_S = 20.0


@dataclass(slots=True)
class Cast:
    """The demo's processes and folders.

    Attributes:
        desk: the addresses of its two doors.
        home: the gateway and its simulated resident.
        places: the gateway's databases.
    """

    desk: "Address"
    home: Rehearsal
    places: Places

    async def arrived(self, message_id: str) -> float:
        """Wait for the desk's receipt of a message; returns for how many real seconds.

        Raises UplinkUnavailable when there is none after 20 s.
        """
        book, loop = BookReader(self.places.uplink_db), asyncio.get_running_loop()
        start_s = loop.time()
        while message_id not in await asyncio.to_thread(book.settled):
            if loop.time() - start_s > _ARRIVAL_S:
                advice = "Look at uplink.log in the demo's folder (keep it with --keep)."
                raise UplinkUnavailable(f"No receipt from the desk within {_ARRIVAL_S:.0f} s.", advice=advice)
            await asyncio.sleep(0.05)
        return loop.time() - start_s

    async def delivered(self) -> int:
        """Wait until nothing waits any more; returns how many messages the desk has."""
        from gateway.store.outbox_reader import OutboxReader

        book = BookReader(self.places.uplink_db)
        with OutboxReader(self.places.outbox_db) as outbox:
            messages = [message.id for message in outbox.messages()]
        for message_id in messages[-1:]:
            await self.arrived(message_id)
        for message_id in messages:
            if message_id not in book.settled():
                await self.arrived(message_id)
        return len(messages)


@contextlib.asynccontextmanager
async def on_stage(
    folder: Path,
    start_s: float,
    log: "Log",
    *,
    seed: int,
    timezone: str,
    people_port: int,
    heard: Callable[[str, float], None],
    said: Callable[[Said], None],
) -> AsyncIterator[Cast]:
    """Set the stage in `folder`: desk first, then the configuration that points to it, uplink, gateway."""
    from desk.server import Address, serve
    from gateway.clock import ManualClock
    from gateway.sources.simulator.house import home_toml

    doors: asyncio.Future[Address] = asyncio.get_running_loop().create_future()
    clock = ManualClock(start_s)  # the desk lives in the story's time
    desk = asyncio.create_task(
        serve(
            folder / "desk",
            clock,
            gateways_port=0,
            people_port=people_port,
            zone=ZoneInfo(timezone),
            ready=doors.set_result,
        )
    )
    desk.add_done_callback(lambda _: doors.done() or doors.cancel())
    try:
        address = await doors
    except asyncio.CancelledError:
        await desk  # why it could not open
        raise
    config = folder / "home.toml"
    config.write_text(
        home_toml(
            timezone=timezone,
            data_dir=folder / "gateway",
            uplink_url=address.gateways_url,
            uplink_dir=folder / "uplink",
            ca_file=address.ca_file,
        ),
        encoding="utf-8",
    )
    home = Rehearsal(config, start_s, log, seed=seed, heard=heard, said=said, clock=clock)
    with (folder / "uplink.log").open("wb") as uplink_log:
        uplink = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "gateway", "uplink", "--config", str(config), stdout=uplink_log, stderr=uplink_log
        )
    try:
        async with home:
            yield Cast(address, home, places_of(home.config))
    finally:
        if uplink.returncode is None:
            uplink.terminate()
        await uplink.wait()
        desk.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await desk
