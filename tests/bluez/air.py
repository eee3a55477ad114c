"""Devices that only advertise, and a source that runs and hears them by a clock moved by hand."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.clock import ManualClock
from gateway.sources.ble.device import BleDevice
from gateway.sources.ble.source import BleSource
from models.vocabulary import RADIO
from tests.bluez.standin import Bluez, Wearable, strap
from tests.bthome_air import KEY

if TYPE_CHECKING:
    from gateway.inbox import Edge


BUTTON, DOOR, TAG = "C0:FF:EE:00:00:01", "C0:FF:EE:00:00:02", "C0:FF:EE:00:00:03"
STRANGER = strap("C0:FF:EE:00:00:99")

HELP = BleDevice(BUTTON, "bthome", {"button": "help", "battery": "help-battery"}, key=KEY)
FRIDGE = BleDevice(DOOR, "bthome", {"fridge": "fridge", "temperature": "fridge-temperature"})
BADGE = BleDevice(TAG, "beacon", {"badge": "badge"})


class Air:
    """A source that listens, the clock that it runs by and what it has said."""

    def __init__(self, bluez: Bluez, *devices: BleDevice, private: Path | None = None) -> None:
        self.bluez = bluez
        self.clock = ManualClock()
        self.edges: list[Edge] = []
        self.source = BleSource(
            devices, "hci0", self.clock, random.Random(7),
            private=private, forgetting=None if private is None else private / "forget-counter",
        )  # fmt: skip
        self.counts = self.source.counts
        self.task = asyncio.create_task(self.source.run(self.edges.append))
        self._strangers = 0

    def values(self, sensor: str) -> list[float]:
        return [edge.value for edge in self.edges if edge.sensor == sensor]

    @property
    def said(self) -> list[tuple[str, float]]:
        return [(edge.sensor, edge.value) for edge in self.edges if edge.sensor != RADIO]

    async def until(self, done: Callable[[], object], *, passing_s: float = 0.0) -> None:
        async with asyncio.timeout(20):
            while not done():
                if self.task.done():
                    await self.task
                self.clock.move_s(passing_s)
                await asyncio.sleep(0.001)

    async def say(self, wearable: Wearable, *, rssi: int = -60) -> None:
        """`wearable` advertises; returns when the source has dealt with it."""
        before = self.counts.adverts + self.counts.adverts_ignored
        self.bluez.advertise(wearable, rssi)
        await self.until(lambda: self.counts.adverts + self.counts.adverts_ignored > before)

    async def hear(self, address: str, data: bytes) -> None:
        await self.say(Wearable(address, service_data={"fcd2": data}))

    async def pass_s(self, seconds: float, *, step_s: float = 5.0) -> None:
        """Let time pass in which only a stranger is heard, so that the radio is not deaf."""
        until_s = self.clock.monotonic_s() + seconds
        while self.clock.monotonic_s() < until_s:
            self.clock.move_s(min(step_s, until_s - self.clock.monotonic_s()))
            self._strangers += 1
            await self.say(STRANGER, rssi=-50 - self._strangers % 2 * 20)
            for _ in range(3):
                await asyncio.sleep(0.0005)

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@asynccontextmanager
async def listening(bluez: Bluez, *devices: BleDevice, private: Path | None = None) -> AsyncIterator[Air]:
    air = Air(bluez, *devices, private=private)
    try:
        await air.until(lambda: bluez.scanning)
        yield air
    finally:
        await air.stop()
