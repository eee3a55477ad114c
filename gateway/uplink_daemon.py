"""The composition root of `wren uplink`, the second process: it has the network, and never opens home.db.

It is built from the folder that `wren enrol` wrote alone: of the home it knows an opaque id, and never opens home.toml.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

from gateway.clock import Clock
from gateway.log import Log
from gateway.store.outbox_reader import OutboxReader
from gateway.supervise import Watchdog
from gateway.systemd import Notifier
from gateway.uplink import enrolment, files, key_file
from gateway.uplink.book import Book
from gateway.uplink.client import Client
from gateway.uplink.keys import key_of
from gateway.uplink.letterbox import Letterbox
from gateway.uplink.registrar import FIRST_SEQUENCE
from gateway.uplink.service import Service


async def carry(
    folder: Path,
    clock: Clock,
    log: Log,
    notifier: Notifier,
    stop: asyncio.Event,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Carry what the outbox holds to the desk until `stop` is set; `ready` is called when that has begun.

    Args:
        folder: with enrolment.json and key.pem; uplink.db is kept there.
        clock: what waits are measured by.
        log: where events go.
        notifier: the line to systemd.
        stop: ends it.
        ready: called once.

    Raises NotEnrolled when there is no enrolment or no key of this board, ConfigError when the certificate authority
    cannot be used, StoreError when uplink.db cannot. That the outbox is missing or the desk away is waited out.
    """
    known = enrolment.read(folder / files.ENROLMENT)
    key = key_file.load(folder / files.KEY)
    desk_key = key_of(known.desk_key)
    with (
        OutboxReader(Path(known.outbox) / "outbox.db") as outbox,
        Book(folder / files.DATABASE, utc_s=clock.utc_s, log=log) as book,
    ):
        book.jump_to(FIRST_SEQUENCE)  # that was the enrolment
        client = Client(known.url, key, desk_key, book, ca_pem=known.ca_pem, utc_s=clock.utc_s)
        watchdog = Watchdog(notifier, clock, _no_other_proof)
        letterbox = Letterbox(book, desk_key, known.home, log)
        service = Service(outbox, book, client, clock, log, progress=watchdog.progressed, answers=letterbox.take)
        async with asyncio.TaskGroup() as group:
            pinging = group.create_task(watchdog.run())
            sending = group.create_task(service.run())
            notifier.ready()
            log.info("ready")
            ready()
            await stop.wait()
            notifier.stopping()
            service.stop()
            await sending
            pinging.cancel()
    log.info("stopped")


async def _no_other_proof() -> None:
    """The service looks at the outbox every second, so its progress is the only proof of life that counts."""
    await asyncio.Event().wait()
