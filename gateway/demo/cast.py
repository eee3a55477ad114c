"""Everybody on stage: the desk, the uplink as a process of its own, and the gateway with its resident."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from gateway.config.places import Places, places_of
from gateway.demo import desk_people
from gateway.errors import UplinkUnavailable
from gateway.rehearsal import Rehearsal
from gateway.uplink.book_reader import BookReader
from models.vocabulary import Said

if TYPE_CHECKING:
    from desk.server import Address
    from gateway.enrol import Outcome
    from gateway.log import Log

_ARRIVAL_S = 20.0
_STEP_S = 5.0
_HEARD_S = 120.0


@dataclass(slots=True)
class Cast:
    """The demo's processes and folders.

    Attributes:
        desk: the addresses of its two doors.
        desk_folder: where it keeps what it knows.
        known: how the desk knows the gateway.
        home: the gateway and its simulated resident.
        places: the gateway's databases.
        answers: how many of the desk's people the home has heard.
    """

    desk: "Address"
    desk_folder: Path
    known: "Outcome"
    home: Rehearsal
    places: Places
    answers: int = 0

    async def arrived(self, message_id: str) -> float:
        """Wait for the desk's receipt of a message; returns for how many real seconds.

        Raises UplinkUnavailable when there is none after 20 s.
        """
        return await self._settled(lambda: message_id)

    async def _settled(self, wanted: Callable[[], str]) -> float:
        book, loop = BookReader(self.places.uplink_db), asyncio.get_running_loop()
        start_s = loop.time()
        while wanted() not in await asyncio.to_thread(book.settled):
            if loop.time() - start_s > _ARRIVAL_S:
                advice = "Look at uplink.log in the demo's folder (keep it with --keep)."
                raise UplinkUnavailable(f"No receipt from the desk within {_ARRIVAL_S:.0f} s.", advice=advice)
            await asyncio.sleep(0.05)
        return loop.time() - start_s

    async def answered(self, message_id: str) -> float:
        """Somebody at the desk sees to this alert; returns after how many seconds of the story the home has heard.

        Raises UplinkUnavailable when it does not within two minutes.
        """
        start_s = self.home.clock.utc_s()
        waiting = len(self.home.pipeline.home.unanswered())
        await asyncio.to_thread(desk_people.acknowledge, self.desk_folder, message_id, self.home.clock)
        while len(self.home.pipeline.home.unanswered()) >= waiting:
            await self.carried()
            if self.home.clock.utc_s() - start_s > _HEARD_S:
                advice = "Look at gateway.log in the demo's folder (keep it with --keep)."
                raise UplinkUnavailable(f"The house has not heard the answer in {_HEARD_S:.0f} s.", advice=advice)
            await self.home.wait_until(self.home.clock.utc_s() + _STEP_S, breath_s=_STEP_S)
        self.answers += 1
        return self.home.clock.utc_s() - start_s

    async def carried(self) -> None:
        """Time stands still until the desk has the newest heartbeat, whose receipt brings what was answered."""
        from gateway.store.outbox_reader import OutboxReader

        with OutboxReader(self.places.outbox_db) as outbox:
            # asked anew each time: the uplink passes over one that another has followed
            await self._settled(lambda: outbox.statuses()[-1].id)

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
    """Set the stage in `folder`: desk first, then the configuration that points to it, enrolment, uplink, gateway."""
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
            second="on-call-second",
        ),
        encoding="utf-8",
    )
    home = Rehearsal(config, start_s, log, seed=seed, heard=heard, said=said, clock=clock)
    places = places_of(home.config)
    known = await asyncio.to_thread(desk_people.enrol, home.config, folder / "desk", clock, address.fingerprint)
    with (folder / "uplink.log").open("wb") as uplink_log:
        uplink = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "gateway",
            "uplink",
            "--folder",
            str(places.uplink),
            stdout=uplink_log,
            stderr=uplink_log,
        )
    try:
        async with home:
            yield Cast(address, folder / "desk", known, home, places)
    finally:
        if uplink.returncode is None:
            uplink.terminate()
        await uplink.wait()
        desk.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await desk
