"""The composition root of `wren uplink`, the second process: it has the network, and never opens home.db."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from gateway.clock import Clock
from gateway.config_tables import Config
from gateway.errors import ConfigError
from gateway.log import Log
from gateway.places import make, places_of
from gateway.store.outbox_reader import OutboxReader
from gateway.supervise import Watchdog
from gateway.systemd import Notifier
from gateway.uplink.book import Book
from gateway.uplink.client import Client
from gateway.uplink.service import Service


async def carry(
    config: Config,
    clock: Clock,
    log: Log,
    notifier: Notifier,
    stop: asyncio.Event,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Carry what the outbox holds to the provider until `stop` is set; `ready` is called when that has begun.

    Raises ConfigError when `config` names no provider or its certificate authority cannot be used, StoreError
    when uplink.db cannot. That the outbox is missing or the provider away is waited out.
    """
    if config.uplink is None:
        raise ConfigError(
            "The configuration has no [uplink] table, so there is nobody to send to.",
            advice="Add [uplink] with the provider's url (docs/configuration.md).",
        )
    ca_file = None if config.uplink.ca_file is None else Path(config.uplink.ca_file)
    client = Client(config.uplink.url, ca_file, utc_s=clock.utc_s)
    places = places_of(config)
    make(places.uplink, 0o750)
    with OutboxReader(places.outbox_db) as outbox, Book(places.uplink_db, utc_s=clock.utc_s, log=log) as book:
        watchdog = Watchdog(notifier, clock, _no_other_proof)
        service = Service(outbox, book, client, clock, log, progress=watchdog.progressed)
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
