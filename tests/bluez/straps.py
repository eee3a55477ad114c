"""Straps, and a source that runs and listens to them by a clock moved by hand."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from gateway.clock import ManualClock
from gateway.errors import SourceUnavailable
from gateway.inbox import Edge
from gateway.sources.ble.device import BleDevice
from gateway.sources.ble.profiles import PROFILES, ConnectedProfile, Profile
from gateway.sources.ble.source import BleSource
from models.vocabulary import RADIO, SENSOR_LINK
from tests.bluez.standin import Bluez, Wearable, strap

STRAP = strap()
STRANGER = strap("C0:FF:EE:00:00:99")


def every_notification() -> dict[str, Profile]:
    """The profiles as they are, but without thinning."""
    profile = PROFILES["heart_rate"]
    raw = (
        type(known)(known.uuid, known.measures, known.decode, 0.0, known.read_every_s)
        for known in profile.characteristics
    )
    return {"heart_rate": ConnectedProfile(profile.service, tuple(raw))}


class Listening:
    """A source that runs, the clock that it runs by and what it has said."""

    def __init__(self, *wearables: Wearable) -> None:
        self.clock = ManualClock()
        self.edges: list[Edge] = []
        self.radio: list[Edge] = []
        devices = [
            BleDevice(wearable.address, "heart_rate", {"heart_rate": f"pulse-{n}", "battery": f"battery-{n}"})
            for n, wearable in enumerate(wearables, 1)
        ]
        self.source = BleSource(devices, "hci0", self.clock, random.Random(7), profiles=every_notification())
        self.counts = self.source.counts
        self.task = asyncio.create_task(self.source.run(self.take))

    def take(self, edge: Edge) -> None:
        if edge.sensor == RADIO:
            self.radio.append(edge)
        elif not edge.sensor.startswith(SENSOR_LINK):
            self.edges.append(edge)

    def values(self, sensor: str = "pulse-1") -> list[float]:
        return [edge.value for edge in self.edges if edge.sensor == sensor]

    def more_than(self, readings: int) -> bool:
        return len(self.values()) > readings

    async def until(self, done: Callable[[], object], *, passing_s: float = 0.0) -> None:
        """Let the real bus do its work until `done`, while `passing_s` of the clock pass at each look."""
        async with asyncio.timeout(10):
            while not done():
                if self.task.done():
                    await self.task
                self.clock.move_s(passing_s)
                await asyncio.sleep(0.002)

    async def connected(self, bluez: Bluez, wearable: Wearable = STRAP, *, passing_s: float = 0.0) -> None:
        """Let `wearable` advertise, as they do all the time, until it is listened to."""

        before = self.counts.connections

        def heard() -> bool:
            if bluez.scanning and not bluez.connected(wearable):
                bluez.advertise(wearable)
            return self.counts.connections > before

        await self.until(heard, passing_s=passing_s)

    async def failure(self, *, passing_s: float = 1.0) -> tuple[SourceUnavailable, float]:
        """What ends the source, and after how many seconds of its clock."""
        begun_s = self.clock.monotonic_s()
        async with asyncio.timeout(10):
            while not self.task.done():
                self.clock.move_s(passing_s)
                await asyncio.sleep(0.002)
        with pytest.raises(SourceUnavailable) as caught:
            await self.task
        return caught.value, self.clock.monotonic_s() - begun_s

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@asynccontextmanager
async def listening(*wearables: Wearable) -> AsyncIterator[Listening]:
    running = Listening(*(wearables or (STRAP,)))
    try:
        yield running
    finally:
        await running.stop()


STRAPS = tuple(strap(f"C0:FF:EE:00:00:{n:02}") for n in range(1, 5))


async def all_heard(home: Listening, bluez: Bluez, straps: Sequence[Wearable], *, readings: int = 1) -> None:
    """Let `straps` advertise until they are listened to, and notify then, until each was heard so often again."""
    wanted = {f"pulse-{STRAPS.index(one) + 1}": readings for one in straps}
    wanted = {sensor: len(home.values(sensor)) + more for sensor, more in wanted.items()}

    def heard() -> bool:
        for one in straps:
            if bluez.listening(one, "2a37"):
                bluez.notify(one, "2a37", bytes([0x06, 60 + STRAPS.index(one)]))
            elif bluez.scanning and not bluez.connected(one):
                bluez.advertise(one)
        return all(len(home.values(sensor)) >= count for sensor, count in wanted.items())

    await home.until(heard, passing_s=0.25)
