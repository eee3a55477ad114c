"""Everything that is heard by radio while somebody presses things: sensors that speak, straps, badges.

The scan runs in a thread of its own with its own loop: bleak needs one, and the conversation waits for keys.
"""

import asyncio
import math
import threading
import time
from typing import TYPE_CHECKING, Final

from gateway.clock import SystemClock
from gateway.errors import SourceError, SourceUnavailable
from gateway.setup.heard import Heard
from gateway.sources.ble import bthome
from gateway.sources.ble.adapter import radio
from gateway.sources.ble.adverts import NO_STRENGTH_DBM
from gateway.sources.ble.scanner import radio_errors

if TYPE_CHECKING:
    from bleak.args.bluez import BlueZScannerArgs
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData

_AGAIN_S: Final = 5.0
_JOIN_S: Final = 20.0
_LOOK_S: Final = 0.2
_MOST_DEVICES: Final = 300
"""A street's worth; whoever invents addresses must not fill the memory."""


class Air:
    """What the adapter hears, from the beginning of the context to its end.

    Attributes:
        problem: why nothing can be heard; "" while it can.
    """

    def __init__(self, adapter: str) -> None:
        self.problem = "The radio has not begun to listen yet."
        self._adapter = adapter
        self._lock = threading.Lock()
        self._devices: dict[str, Heard] = {}
        self._keys: dict[str, bytes] = {}
        self._stop = threading.Event()
        self._begun_s = time.monotonic()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def devices(self) -> list[Heard]:
        """Every device that was heard, the strongest first."""
        with self._lock:
            return sorted(self._devices.values(), key=lambda one: -one.rssi)

    def device(self, address: str) -> Heard | None:
        """One of them."""
        with self._lock:
            return self._devices.get(address)

    def fresh(self) -> None:
        """What was said so far is dealt with."""
        with self._lock:
            for one in self._devices.values():
                one.fresh()

    def use_key(self, address: str, key: bytes) -> bool:
        """Try a key on what `address` said last; whether it fits. It is kept if it does."""
        with self._lock:
            found = self._devices.get(address)
            if found is None or not found.opens(key):
                return False
            self._keys[address] = key
            return True

    def close(self) -> None:
        """Stop listening."""
        self._stop.set()
        self._thread.join(_JOIN_S)

    def _run(self) -> None:
        try:
            bthome.load()
            asyncio.run(self._listen())
        except Exception as error:  # noqa: BLE001 - a radio that fails in a new way must not end the conversation
            self.problem = f"The radio cannot be listened to ({type(error).__name__})."

    async def _listen(self) -> None:
        while not self._stop.is_set():
            try:
                async with radio(self._adapter, SystemClock()) as adapter:
                    await self._scan()
                    del adapter
            except SourceError as error:
                self.problem = f"{error.problem} {error.advice}"
            await self._pause(_AGAIN_S)

    async def _scan(self) -> None:
        from bleak import BleakScanner

        bluez: BlueZScannerArgs = {"adapter": self._adapter, "filters": {"DuplicateData": True}}
        scanner = BleakScanner(self._heard, scanning_mode="active", bluez=bluez)
        try:
            await scanner.start()
        except radio_errors() as error:
            advice = "Give the address by hand, or look at `systemctl status bluetooth`."
            raise SourceUnavailable("Nothing can be heard by radio just now.", advice=advice) from error
        self.problem = ""
        self._begun_s = time.monotonic()
        try:
            await self._pause(math.inf)
        finally:
            try:
                await scanner.stop()
            except radio_errors():
                self.problem = "The radio stopped."

    async def _pause(self, seconds: float) -> None:
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s and not self._stop.is_set():  # noqa: ASYNC110 - it is set by another thread
            await asyncio.sleep(_LOOK_S)

    def _heard(self, device: "BLEDevice", advert: "AdvertisementData") -> None:
        if advert.rssi == NO_STRENGTH_DBM:
            return
        now_s = time.monotonic()
        with self._lock:
            if device.address not in self._devices:
                if len(self._devices) >= _MOST_DEVICES:
                    return
                self._devices[device.address] = Heard(device.address, now_s - self._begun_s)
            self._devices[device.address].take(
                now_s,
                advert.rssi,
                advert.local_name,
                advert.service_uuids,
                advert.service_data.get(bthome.SERVICE),
                self._keys.get(device.address),
            )
