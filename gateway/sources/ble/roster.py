"""Every device of the home on the radio: whose an advert is, who is missing, and what is remembered of each."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway.clock import Clock
from gateway.forgetting import asked
from gateway.inbox import Sink
from gateway.sources.ble import bthome
from gateway.sources.ble.adverts import SERVICES, Advertiser
from gateway.sources.ble.device import ADVERTISED, BTHOME, BleDevice
from gateway.sources.ble.identity import Identities
from gateway.sources.ble.memory import Memory
from gateway.sources.ble.presence import Bond, Link
from gateway.sources.ble.profiles import PROFILES
from gateway.sources.ble.stream import Counts

if TYPE_CHECKING:
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData

LOOK_S: Final = 2.0
"""A technician waits for `wren forget-counter`; looking costs one listing of a folder and a few comparisons."""


class Roster:
    """The devices of one attempt at listening.

    Args:
        devices: all of them.
        sink: takes what they say.
        counts: where to count.
        memory: what is known of them from before.
        clock: stamps adverts and paces the looks.
        forgetting: the folder of `gateway.forgetting`; None if there is none.
    """

    def __init__(
        self,
        devices: Iterable[BleDevice],
        sink: Sink,
        counts: Counts,
        memory: Memory,
        clock: Clock,
        forgetting: Path | None,
    ) -> None:
        self._devices = tuple(devices)
        self._memory = memory
        self._clock = clock
        self._forgetting = forgetting
        self._heeded: set[str] = set()
        services = SERVICES | {name: profile.service for name, profile in PROFILES.items()}
        self._identities = Identities(self._devices, services)
        now_s = clock.monotonic_s()
        advertised = [device for device in self._devices if device.profile in ADVERTISED]
        self._advertisers = {one.identity: Advertiser(one, sink, counts, memory, now_s) for one in advertised}
        connected = [device for device in self._devices if device.profile not in ADVERTISED]
        self._bonds = {one.identity: Bond(Link(one.sensors.values(), sink), now_s) for one in connected}
        if any(device.profile == BTHOME for device in advertised):
            bthome.load()
        memory.begin(now_s)

    @property
    def has_advertisers(self) -> bool:
        """Whether listening must never rest."""
        return bool(self._advertisers)

    def bond(self, device: BleDevice) -> Bond:
        """The link of a device that is connected to."""
        return self._bonds[device.identity]

    def heard(self, device: "BLEDevice", advert: "AdvertisementData") -> str | None:
        """Take an advert. Returns the identity of the device that it is of; None if it is a stranger's."""
        identity = self._identities.of(device, advert)
        if identity is not None and (advertiser := self._advertisers.get(identity)) is not None:
            advertiser.heard(self._clock.monotonic_s(), device, advert)
        return identity

    async def tend(self) -> None:
        """Look who is missing, heed technicians and keep what is to be remembered, until cancelled."""
        try:
            while True:
                await self._clock.sleep_s(LOOK_S)
                await self._look()
        finally:
            self._memory.stop(self._clock.monotonic_s())

    async def _look(self) -> None:
        now_s = self._clock.monotonic_s()
        for advertiser in self._advertisers.values():
            advertiser.look(now_s)
        for bond in self._bonds.values():
            bond.look(now_s)
        left = [] if self._forgetting is None else asked(self._forgetting)
        forgotten = [path for path in left if path.name not in self._heeded]
        for path in forgotten:
            self._forget(path.name)
        if forgotten or self._memory.is_due(now_s):
            text = self._memory.snapshot(now_s)
            await asyncio.to_thread(self._memory.write, text)  # a card may take a second for it
        for path in forgotten:  # only now: a power cut before this only makes it happen twice
            try:
                path.unlink(missing_ok=True)
            except OSError:  # heeded once: forgotten every two seconds, a counter would keep no replay out
                self._heeded.add(path.name)

    def _forget(self, sensor: str) -> None:
        for device in self._devices:
            if sensor in device.sensors.values() and (advertiser := self._advertisers.get(device.identity)):
                advertiser.forget_counter()
