"""The one scanner. It listens while a device is missing or advertises, and it notices when it has gone deaf."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from gateway.clock import Clock
from gateway.errors import SourceUnavailable
from gateway.sources.ble.hearing import QUIET_S, Hearing, Step
from gateway.sources.ble.stream import Counts

if TYPE_CHECKING:
    from bleak import BleakScanner
    from bleak.args.bluez import BlueZDiscoveryFilters, BlueZScannerArgs
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData

CHECK_S: Final = 15.0

START_S: Final = 15.0
"""BlueZ starts and stops within a second or has stalled. Home Assistant waits as long."""


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
        whose: takes each advert, and says of which of the home's devices it is (see `roster.Roster.heard`).
        always: whether to listen all the time, because some devices are never connected to.
        hearing: when silence is deafness.
        heard: called with each advert, ours or not.
        power_cycle: switches the adapter off and on.
        deaf: called when the radio is called deaf, and again while it is.
    """

    def __init__(
        self,
        adapter: str,
        clock: Clock,
        counts: Counts,
        *,
        whose: "Callable[[BLEDevice, AdvertisementData], str | None]",
        always: bool,
        hearing: Hearing,
        heard: Callable[[], None],
        power_cycle: Callable[[], Awaitable[None]],
        deaf: Callable[[], None],
    ) -> None:
        self._adapter = adapter
        self._clock = clock
        self._counts = counts
        self._whose = whose
        self._always = always
        self._hearing = hearing
        self._note = heard
        self._power_cycle = power_cycle
        self._deaf = deaf
        self._missing: dict[str, asyncio.Event] = {}
        self._sighted: dict[str, BLEDevice] = {}
        self._somebody_waits = asyncio.Event()
        if always:
            self._somebody_waits.set()
        self._heard_s = 0.0
        self._anew = False

    def miss(self, identity: str) -> None:
        """Listen for a device, from now until `found`; what was heard before is forgotten.

        BlueZ tells of an unchanged advert only if its strength has changed much, or when a scan has just begun;
        so a scan that is running already is begun anew, unless it was told to hear all of them.
        """
        self._missing[identity] = asyncio.Event()
        self._somebody_waits.set()
        self._anew = not self._always

    async def sight(self, identity: str) -> "BLEDevice":
        """The device, as soon as it has been heard since `miss`."""
        await self._missing[identity].wait()
        return self._sighted[identity]

    def found(self, identity: str) -> None:
        """Stop listening for a device: it is connected."""
        self._missing.pop(identity, None)
        if not self._missing and not self._always:
            self._somebody_waits.clear()

    async def run(self) -> None:
        """Scan whenever somebody waits, and mend what has gone deaf. Ends by raising SourceUnavailable."""
        while True:
            await self._somebody_waits.wait()
            step = await self._scan()
            if step is Step.POWER_CYCLE:
                self._counts.power_cycles += 1
                await self._power_cycle()
            elif step is Step.GIVE_UP:
                self._deaf()  # and listens on: a radio that was wrongly called deaf must not miss a help button
            if not self._somebody_waits.is_set():
                self._hearing.rest()

    async def _scan(self) -> Step:
        # Until nobody waits, or somebody new does, or it is to be begun anew for being quiet.
        from bleak import BleakScanner

        self._anew = False
        # who is only heard must be heard each time, changed or not; the others once
        filters: BlueZDiscoveryFilters = {"DuplicateData": self._always}
        bluez: BlueZScannerArgs = {"adapter": self._adapter, "filters": filters}
        scanner = BleakScanner(self._heard, scanning_mode="active", bluez=bluez)
        try:
            async with asyncio.timeout(START_S):
                await scanner.start()
        except radio_errors() as error:
            advice = "It is tried again; if it stays, restart bluetoothd or replug the adapter."
            raise SourceUnavailable("Bluetooth scanning cannot be started.", advice=advice) from error
        self._counts.scans += 1
        self._heard_s = begun_s = self._clock.monotonic_s()
        self._hearing.scan_begun(begun_s)
        try:
            while self._somebody_waits.is_set() and not self._anew:
                now_s = self._clock.monotonic_s()
                quiet_s = self._heard_s + QUIET_S - now_s
                step = self._hearing.next(now_s)
                if step is not Step.NOTHING:
                    return step
                if quiet_s <= 0:
                    self._counts.quiet_scans += 1
                    break
                await self._clock.sleep_s(min(CHECK_S, quiet_s, self._hearing.due_s(now_s)))
            return Step.NOTHING
        finally:
            await self._stop(scanner)

    async def _stop(self, scanner: "BleakScanner") -> None:
        with suppress(*radio_errors()):  # without its radio it has stopped; if not, starting anew says so
            async with asyncio.timeout(START_S):
                await scanner.stop()

    def _heard(self, device: "BLEDevice", advert: "AdvertisementData") -> None:
        self._heard_s = self._clock.monotonic_s()
        self._note()
        identity = self._whose(device, advert)
        if identity is None:
            self._counts.adverts_ignored += 1
        elif (waits := self._missing.get(identity)) is not None:
            self._sighted[identity] = device
            waits.set()
