"""A private bus and a BlueZ stand-in on a thread of their own, so that a test need not be a coroutine."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Final

from tests import bthome_air
from tests.bluez.bus import PrivateBus
from tests.bluez.standin import Bluez, Wearable

DEVICE: Final = Wearable("C0:FF:EE:00:00:02", service_data={"fcd2": bthome_air.plain(bytes([0x02, 0xCA, 0x09]))})
"""A thermometer that advertises 25.06 degrees."""


class Air:
    """The bus is up from `start` to `stop`; `bluez` may come and go.

    Attributes:
        address: the bus's.
        bluez: the stand-in; use it through `do`.
    """

    def __init__(self, folder: Path, *, adapter: str = "hci0") -> None:
        self._bus = PrivateBus(folder)
        self._adapter = adapter
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._advertising: asyncio.Task[None] | None = None
        self.rssi = -60
        self.address = self._bus.address
        self.bluez: Bluez | None = None

    def start(self) -> None:
        self._bus.start()
        self._thread.start()
        self.come()

    def come(self, adapter: str | None = None) -> None:
        """bluetoothd starts, and the thermometer is on the air."""
        self.do(self._come(adapter or self._adapter))

    def go(self) -> None:
        """bluetoothd ends."""
        self.do(self._go())

    def hush(self) -> None:
        """The thermometer is off the air."""

        async def done() -> None:
            if self._advertising is not None:
                self._advertising.cancel()

        self.do(done())

    def heard(self, rssi: int) -> None:
        """The thermometer comes in so strong, from now on."""
        self.hush()
        self.call(lambda bluez: bluez.advertise(DEVICE, rssi))

    def kill_bus(self) -> None:
        self._bus.stop()

    def call(self, work: Callable[[Bluez], object]) -> None:
        """Do something with the stand-in, on its own thread."""

        async def done() -> None:
            assert self.bluez is not None
            work(self.bluez)

        self.do(done())

    def do(self, work: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def stop(self) -> None:
        self.go()
        self._bus.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)
        self._loop.close()

    async def _come(self, adapter: str) -> None:
        self.bluez = await Bluez(self.address, adapter=adapter).__aenter__()
        self._advertising = asyncio.create_task(self._advertise(self.bluez))

    async def _go(self) -> None:
        if self._advertising is not None:
            self._advertising.cancel()
        if self.bluez is not None:
            await self.bluez.__aexit__()
        self.bluez = self._advertising = None

    async def _advertise(self, bluez: Bluez) -> None:
        while True:
            bluez.advertise(DEVICE, self.rssi)
            await asyncio.sleep(0.05)
