"""The one scanner. It listens only while a device is missing, and it notices when it has gone deaf."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from gateway.clock import Clock
from gateway.errors import SourceUnavailable
from gateway.sources.ble.stream import Counts

if TYPE_CHECKING:
    from bleak import BleakScanner
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData

QUIET_S: Final = 90.0
"""BlueZ can stop scanning without a word. Nearly every home hears some advert every few seconds (a telephone, a
television), so 90 s without any is deafness; and BlueZ forgets an unseen device after 180 s, which leaves time
for a restart and a second one. In a home without neighbours a restart each 90 s costs a few D-Bus calls."""

CHECK_S: Final = 15.0

START_S: Final = 20.0
"""BlueZ starts and stops within a second or has stalled."""


def radio_errors() -> tuple[type[Exception], ...]:
    """What bleak raises when BlueZ, the bus or the link fails underneath it, races of its own included."""
    from bleak_retry_connector import BLEAK_RETRY_EXCEPTIONS
    from dbus_fast.errors import DBusFastError

    return (*BLEAK_RETRY_EXCEPTIONS, DBusFastError, AssertionError, KeyError, OSError)


class Scanner:
    """Tells who waits for a device that it is there.

    Args:
        adapter: such as "hci0".
        clock: paces the check for silence.
        counts: where to count.
    """

    def __init__(self, adapter: str, clock: Clock, counts: Counts) -> None:
        self._adapter = adapter
        self._clock = clock
        self._counts = counts
        self._missing: dict[str, asyncio.Event] = {}
        self._sighted: dict[str, BLEDevice] = {}
        self._somebody_waits = asyncio.Event()
        self._heard_s = 0.0
        self._anew = False

    def miss(self, address: str) -> None:
        """Listen for `address`, from now until `found`; what was heard before is forgotten.

        BlueZ tells of an unchanged advert only if its strength has changed much, or when a scan has just begun;
        so a scan that is running already is begun anew.
        """
        self._missing[address] = asyncio.Event()
        self._somebody_waits.set()
        self._anew = True

    async def sight(self, address: str) -> "BLEDevice":
        """The device, as soon as it has been heard since `miss`."""
        await self._missing[address].wait()
        return self._sighted[address]

    def found(self, address: str) -> None:
        """Stop listening for `address`: it is connected."""
        self._missing.pop(address, None)
        if not self._missing:
            self._somebody_waits.clear()

    async def run(self) -> None:
        """Scan whenever somebody waits. Ends by raising SourceUnavailable."""
        while True:
            await self._somebody_waits.wait()
            await self._scan()

    async def _scan(self) -> None:
        from bleak import BleakScanner

        self._anew = False
        scanner = BleakScanner(self._heard, scanning_mode="active", bluez={"adapter": self._adapter})
        try:
            async with asyncio.timeout(START_S):
                await scanner.start()
        except radio_errors() as error:
            advice = "It is tried again; if it stays, restart bluetoothd or replug the adapter."
            raise SourceUnavailable("Bluetooth scanning cannot be started.", advice=advice) from error
        self._counts.scans += 1
        self._heard_s = self._clock.monotonic_s()
        try:
            while self._somebody_waits.is_set() and not self._anew:
                await self._clock.sleep_s(CHECK_S)
                if self._clock.monotonic_s() - self._heard_s >= QUIET_S:
                    self._counts.quiet_scans += 1
                    return
        finally:
            await self._stop(scanner)

    async def _stop(self, scanner: "BleakScanner") -> None:
        with suppress(*radio_errors()):  # without its radio it has stopped; if not, starting anew says so
            async with asyncio.timeout(START_S):
                await scanner.stop()

    def _heard(self, device: "BLEDevice", _advert: "AdvertisementData") -> None:
        self._heard_s = self._clock.monotonic_s()
        waits = self._missing.get(device.address)
        if waits is None:
            self._counts.adverts_ignored += 1
            return
        self._sighted[device.address] = device
        waits.set()
