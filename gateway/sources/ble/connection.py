"""One device: wait until it is heard, connect, listen until it is lost, and again."""

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from gateway.clock import Clock
from gateway.sources.ble.characteristic import Characteristic
from gateway.sources.ble.presence import Bond
from gateway.sources.ble.profiles import Profile
from gateway.sources.ble.scanner import Scanner, radio_errors
from gateway.sources.ble.stream import Counts, Stream

if TYPE_CHECKING:
    from bleak import BleakClient
    from bleak.backends.characteristic import BleakGATTCharacteristic

    Polled = dict[BleakGATTCharacteristic, tuple[float, Stream]]

FIRST_PAUSE_S: Final = 2.0
LONGEST_PAUSE_S: Final = 60.0
"""Between attempts, doubling from the first. A wearable that comes home is connected within a minute."""

ATTEMPTS: Final = 2
"""At once, for failures of BlueZ's own making; after that the device has to be heard again first."""

SILENT_S: Final = 90.0
"""A strap notifies every second. BlueZ can go on calling a device connected that says nothing any more, so after
this long without a payload it is connected anew. A strap that is silent while not worn is not harmed by that."""

CONNECT_S: Final = 45.0
"""For all attempts of one turn: bleak gives each 20 s. Others wait for the turn, so a device that never answers may
have no more than this, and its pause grows to `LONGEST_PAUSE_S`."""

STEADY_S: Final = 60.0
"""A link that was lost sooner counts as a failure: a device that drops each link at once would otherwise take every
second turn."""

PART_S: Final = 15.0
"""BlueZ waits 10 s for a device that has gone; this is for BlueZ itself."""


class Connection:
    """Keeps one device connected and its notifications flowing into its streams.

    Args:
        identity: whose (see `device.BleDevice`).
        profile: how to talk to it.
        streams: where payloads go, for each of the profile's characteristics that has a sensor.
        scanner: tells when it is there.
        turn: held while connecting, because adapters fail when asked for two connections at a time.
        clock: stamps payloads and paces everything.
        rng: spreads the attempts of several devices.
        counts: where to count.
        heard: called with each payload.
        bond: told when a link is made and lost.
    """

    def __init__(
        self,
        identity: str,
        profile: Profile,
        streams: Sequence[tuple[Characteristic, Stream]],
        *,
        scanner: Scanner,
        turn: asyncio.Lock,
        clock: Clock,
        rng: random.Random,
        counts: Counts,
        heard: Callable[[], None],
        bond: Bond,
    ) -> None:
        self._identity = identity
        self._profile = profile
        self._streams = streams
        self._scanner = scanner
        self._turn = turn
        self._clock = clock
        self._rng = rng
        self._counts = counts
        self._heard = heard
        self._bond = bond

    async def keep(self) -> None:
        """Never returns. What goes wrong with the link or the device is counted and tried again."""
        failures = 0
        while True:
            self._scanner.miss(self._identity)
            failures = 0 if await self._once() else failures + 1
            longest_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(failures, 10))
            await self._clock.sleep_s(self._rng.uniform(longest_s / 2, longest_s))

    async def _once(self) -> bool:
        # From one absence to the next; False if it never came to listening, or not for long.
        gone = asyncio.Event()
        client = await self._connect(gone)
        if client is None:
            return False
        try:
            polled = await self._subscribe(client)
            if polled is None:
                return False
            self._counts.connections += 1
            connected_s = self._clock.monotonic_s()
            self._bond.made()
            await self._listen(client, polled, gone)
        finally:
            self._bond.lost(self._clock.monotonic_s())
            await self._part(client)
        self._counts.losses += 1
        return self._clock.monotonic_s() - connected_s >= STEADY_S

    async def _connect(self, gone: asyncio.Event) -> "BleakClient | None":
        from bleak import BleakClient
        from bleak_retry_connector import establish_connection

        device = await self._scanner.sight(self._identity)
        async with self._turn:
            try:
                async with asyncio.timeout(CONNECT_S):
                    client = await establish_connection(
                        BleakClient, device, "wearable", lambda _client: gone.set(), max_attempts=ATTEMPTS
                    )
            except radio_errors():
                self._counts.connection_failures += 1
                return None
        self._scanner.found(self._identity)
        return client

    async def _subscribe(self, client: "BleakClient") -> "Polled | None":
        # What has to be read now and then; None if the device is not of this kind, or lost already.
        polled: Polled = {}
        try:
            if client.services.get_service(self._profile.service) is None:
                self._counts.connection_failures += 1
                return None
            for known, stream in self._streams:
                offered = client.services.get_characteristic(known.uuid)
                if offered is None:
                    continue
                if {"notify", "indicate"} & set(offered.properties):
                    async with asyncio.timeout(PART_S):
                        await client.start_notify(offered, self._taking(stream))
                if known.read_every_s is not None and "read" in offered.properties:
                    polled[offered] = (known.read_every_s, stream)
        except radio_errors():
            self._counts.connection_failures += 1
            return None
        return polled

    async def _listen(self, client: "BleakClient", polled: "Polled", gone: asyncio.Event) -> None:
        # Until the link is lost, or nothing has come for too long.
        started_s = self._clock.monotonic_s()
        due_s = dict.fromkeys(polled, started_s)
        while not gone.is_set():
            for offered, (every_s, stream) in polled.items():
                if self._clock.monotonic_s() >= due_s[offered]:
                    due_s[offered] += every_s
                    await self._read(client, offered, stream)
            await self._first_of(gone, SILENT_S)
            live = [stream.heard_s for known, stream in self._streams if known.read_every_s is None]
            if live and self._clock.monotonic_s() - max(started_s, *live) >= SILENT_S:
                return

    async def _read(self, client: "BleakClient", offered: "BleakGATTCharacteristic", stream: Stream) -> None:
        with suppress(*radio_errors()):  # a link that is lost says so by itself; any other read comes again
            async with asyncio.timeout(PART_S):
                payload = bytes(await client.read_gatt_char(offered))
            self._heard()
            stream.notified(self._clock.monotonic_s(), payload)

    def _taking(self, stream: Stream) -> "Callable[[BleakGATTCharacteristic, bytearray], None]":
        def take(_offered: "BleakGATTCharacteristic", payload: bytearray) -> None:
            self._heard()
            stream.notified(self._clock.monotonic_s(), bytes(payload))

        return take

    async def _first_of(self, gone: asyncio.Event, seconds: float) -> None:
        waits = [asyncio.ensure_future(gone.wait()), asyncio.ensure_future(self._clock.sleep_s(seconds))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _part(self, client: "BleakClient") -> None:
        with suppress(*radio_errors()):  # whoever is gone need not be told
            async with asyncio.timeout(PART_S):
                await client.disconnect()
