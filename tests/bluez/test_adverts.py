"""Devices that only advertise, above real bleak and a real D-Bus: read, thinned, replayed, missing, back, badges."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gateway import forgetting
from gateway.clock import ManualClock
from gateway.sources.ble.adverts import GONE_S
from gateway.sources.ble.bthome import Why
from gateway.sources.ble.device import BleDevice
from gateway.sources.ble.intervals import NEEDED, SHORTEST_S
from gateway.sources.ble.memory import ASIDE, FILE, KEPT_EVERY_S, KEPT_SOON_S
from gateway.sources.ble.presence import REMADE_WITHIN_S
from gateway.sources.ble.source import BleSource
from models.vocabulary import RADIO
from tests.bluez.standin import Bluez, Wearable, strap
from tests.bthome_air import (
    DOUBLE_PRESS,
    HOLD_RELEASE,
    KEY,
    LONG_PRESS,
    MOTION,
    NO_PRESS,
    OPEN,
    PRESS,
    SHUT,
    STILL,
    TRIGGERED,
    plain,
    sealed,
)

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


async def test_a_sealed_press_is_heard_once_however_often_it_is_sent(bluez: Bluez) -> None:
    async with listening(bluez, HELP) as air:
        press = sealed(PRESS, 5, BUTTON, flags=TRIGGERED)
        for _ in range(3):
            await air.hear(BUTTON, press)
        assert air.said == [("@link/help", 1), ("@link/help-battery", 1), ("help", 1)]
        assert (air.counts.repeated, air.counts.replayed) == (2, 0)
        assert bluez.tells_all
        assert bluez.calls["Connect"] == 0


async def test_whoever_is_in_need_may_press_as_they_can(bluez: Bluez) -> None:
    async with listening(bluez, HELP) as air:
        for counter, how in enumerate((PRESS, DOUBLE_PRESS, LONG_PRESS, NO_PRESS, HOLD_RELEASE)):
            await air.hear(BUTTON, sealed(how, counter, BUTTON))
        assert air.values("help") == [1, 1, 1]


async def test_a_replay_is_refused_and_counted_and_proves_nothing(bluez: Bluez) -> None:
    async with listening(bluez, HELP) as air:
        await air.hear(BUTTON, sealed(PRESS, 200, BUTTON))
        for counter in (200, 199, 99, 5, 0):  # below 100, too, which bthome-ble would let pass
            await air.hear(BUTTON, sealed(LONG_PRESS, counter, BUTTON))
        assert air.values("help") == [1]
        assert air.counts.replayed == 5
        await air.hear(BUTTON, sealed(PRESS, 201, BUTTON))
        assert air.values("help") == [1, 1]


async def test_what_is_not_sealed_by_this_key_is_refused(bluez: Bluez) -> None:
    forged = sealed(PRESS, 9_000_000, BUTTON, key=bytes(16))
    async with listening(bluez, HELP) as air:
        for data in (plain(PRESS, packet_id=1), forged, b"", b"\x41", plain(PRESS, flags=0x20)):
            await air.hear(BUTTON, data)
        assert air.said == []
        assert air.counts.refused == {
            Why.UNENCRYPTED: 1, Why.NOT_AUTHENTIC: 1, Why.TOO_SHORT: 2, Why.OTHER_VERSION: 1
        }  # fmt: skip
        await air.hear(BUTTON, sealed(PRESS, 6, BUTTON))  # the forged counter was not believed
        assert air.values("help") == [1]


async def test_counters_survive_a_restart_and_a_technician_lets_one_begin_anew(bluez: Bluez, tmp_path: Path) -> None:
    async with listening(bluez, HELP, private=tmp_path) as air:
        await air.hear(BUTTON, sealed(PRESS, 5000, BUTTON))
    assert KEY.hex() not in (tmp_path / FILE).read_text()
    async with listening(bluez, HELP, private=tmp_path) as air:
        await air.hear(BUTTON, sealed(LONG_PRESS, 5000, BUTTON))
        await air.hear(BUTTON, sealed(PRESS, 1, BUTTON))  # a new battery: it counts from 1
        assert (air.values("help"), air.counts.replayed) == ([], 2)
        asked = forgetting.ask(tmp_path / "forget-counter", "help")
        await air.until(lambda: not asked.exists(), passing_s=0.5)
        await air.hear(BUTTON, sealed(PRESS, 2, BUTTON))
        assert air.values("help") == [1]
        await air.hear(BUTTON, sealed(PRESS, 1, BUTTON))
        assert air.counts.replayed == 3


async def test_a_counter_is_kept_soon_after_a_press_and_else_rarely(bluez: Bluez, tmp_path: Path) -> None:
    kept = tmp_path / FILE
    async with listening(bluez, HELP, private=tmp_path) as air:
        await air.pass_s(KEPT_EVERY_S)
        assert not kept.exists()
        await air.hear(BUTTON, sealed(bytes([0x01, 80]), 1, BUTTON))
        await air.until(kept.exists, passing_s=1)
        first = kept.read_bytes()
        await air.hear(BUTTON, sealed(bytes([0x01, 80]), 2, BUTTON))
        await air.pass_s(KEPT_SOON_S + 10)
        assert kept.read_bytes() == first
        await air.hear(BUTTON, sealed(PRESS, 3, BUTTON))
        await air.until(lambda: kept.read_bytes() != first, passing_s=1)
        assert air.clock.monotonic_s() < KEPT_EVERY_S * 2


async def test_a_memory_that_cannot_be_read_is_put_aside(bluez: Bluez, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"version": 9}')
    async with listening(bluez, HELP, private=tmp_path) as air:
        await air.hear(BUTTON, sealed(PRESS, 5, BUTTON))
        assert air.values("help") == [1]
    assert (tmp_path / ASIDE).exists()
    assert "5" in (tmp_path / FILE).read_text()


async def test_one_device_feeds_several_sensors_and_says_only_what_is_new(bluez: Bluez) -> None:
    def fridge(state: bytes, tenths: int, packet_id: int) -> bytes:
        return plain(state + bytes([0x45]) + tenths.to_bytes(2, "little"), packet_id=packet_id)

    async with listening(bluez, FRIDGE) as air:
        for n, (state, tenths) in enumerate([(SHUT, 40), (SHUT, 41), (OPEN, 42), (OPEN, 42), (SHUT, 52)]):
            await air.pass_s(20)
            await air.hear(DOOR, fridge(state, tenths, n))
        assert air.values("fridge") == [0, 1, 0]
        assert air.values("fridge-temperature") == [4.0, 5.2]


async def test_motion_is_told_again_only_by_a_new_advert(bluez: Bluez) -> None:
    hall = BleDevice(DOOR, "bthome", {"motion": "hall"})
    async with listening(bluez, hall) as air:
        await air.hear(DOOR, plain(MOTION))
        for _ in range(5):  # the same, on and on
            await air.pass_s(60, step_s=20)
            await air.hear(DOOR, plain(MOTION))
        assert air.values("hall") == [1]
        for packet_id in range(3):
            await air.pass_s(40, step_s=20)
            await air.hear(DOOR, plain(MOTION, packet_id=packet_id))
        await air.hear(DOOR, plain(STILL, packet_id=9))
        assert air.values("hall") == [1, 1, 1, 0]  # once a minute


async def test_a_device_is_missing_after_three_times_its_own_longest_interval(bluez: Bluez, tmp_path: Path) -> None:
    async with listening(bluez, FRIDGE, private=tmp_path) as air:
        for n in range(NEEDED + 1):
            await air.hear(DOOR, plain(SHUT, packet_id=n))
            await air.pass_s(100 if n == 7 else 40, step_s=20)
        await air.pass_s(255)
        assert air.values("@link/fridge") == [1]
        await air.pass_s(10)
        assert air.values("@link/fridge") == air.values("@link/fridge-temperature") == [1, 0]
        await air.hear(DOOR, plain(SHUT, packet_id=99))
        assert air.values("@link/fridge") == [1, 0, 1]
    async with listening(bluez, FRIDGE, private=tmp_path) as air:  # what was learnt is known after a restart
        await air.pass_s(295)
        assert air.values("@link/fridge") == []
        await air.pass_s(10)
        assert air.values("@link/fridge") == [0]


async def test_whatever_has_no_interval_is_never_missing(bluez: Bluez) -> None:
    async with listening(bluez, HELP, FRIDGE) as air:
        for n in range(NEEDED + 9):  # presses, each an advert of its own
            await air.hear(BUTTON, sealed(PRESS, n, BUTTON, flags=TRIGGERED))
            await air.pass_s(20, step_s=20)
        await air.hear(DOOR, plain(SHUT))  # heard too rarely to know
        await air.pass_s(4 * 3600, step_s=60)
        assert air.values("@link/help") == air.values("@link/fridge") == [1]


async def test_a_badge_is_there_while_it_is_heard(bluez: Bluez) -> None:
    badge = Wearable(TAG)
    async with listening(bluez, BADGE) as air:
        await air.say(badge)
        assert air.said == [("badge", 1)]
        await air.pass_s(GONE_S - 10, step_s=60)
        assert air.values("badge") == [1]
        await air.pass_s(20)
        assert air.values("badge") == [1, 0]
        for _ in range(NEEDED + 2):  # the next visit: unchanged adverts are heard, all of them
            await air.say(badge)
            await air.pass_s(10, step_s=10)
        assert air.values("badge") == [1, 0, 1]
        await air.pass_s(SHORTEST_S + 5)
        assert air.values("badge") == [1, 0, 1, 0]
        assert not [edge for edge in air.edges if edge.sensor.startswith("@link")]  # it went home: no fault


async def test_a_sealed_badge_is_not_held_here_by_a_recording_of_it(bluez: Bluez) -> None:
    carer = BleDevice(TAG, "bthome", {"badge": "badge"}, key=KEY)
    async with listening(bluez, carer) as air:
        recorded = sealed(bytes([0x01, 90]), 7, TAG)
        await air.hear(TAG, recorded)
        for _ in range(10):
            await air.pass_s(GONE_S / 10, step_s=30)
            await air.hear(TAG, recorded)
        await air.pass_s(10)
        assert air.values("badge") == [1, 0]


async def test_a_name_is_followed_through_rotating_addresses(bluez: Bluez) -> None:
    worn = BleDevice(None, "heart_rate", {"heart_rate": "pulse"}, name="Example H9 0001")
    async with listening(bluez, worn) as air:
        for n in range(3):
            toy = Wearable(f"4A:00:00:00:01:{n:02X}", name="Example H9 0001")  # the name, and not the service
            await air.say(toy, rssi=-50)
            body = strap(f"4A:00:00:00:00:{n:02X}")
            body.name = "Example H9 0001"

            def listened_to(body: Wearable = body) -> bool:
                bluez.advertise(body)
                return bluez.listening(body, "2a37")

            await air.until(listened_to, passing_s=0.5)
            bluez.notify(body, "2a37", bytes([0x06, 60 + n]))
            await air.until(lambda n=n: 60 + n in air.values("pulse"), passing_s=0.5)  # type: ignore[misc]
            bluez.lose(body)
        assert air.values("pulse") == [60, 61, 62]
        assert air.counts.connections == 3


async def test_the_link_of_a_connected_strap(bluez: Bluez) -> None:
    worn = strap("C0:FF:EE:00:00:05")
    device = BleDevice(worn.address, "heart_rate", {"heart_rate": "pulse"})
    async with listening(bluez, device, BADGE) as air:  # so that listening never rests

        def beats() -> bool:
            bluez.advertise(worn)
            bluez.notify(worn, "2a37", bytes([0x06, 61]))
            return bluez.listening(worn, "2a37")

        await air.pass_s(REMADE_WITHIN_S + 5)
        assert air.values("@link/pulse") == [0]  # never heard
        await air.until(lambda: beats() and air.values("pulse"), passing_s=0.1)
        assert air.values("@link/pulse") == [0, 1]
        bluez.lose(worn)
        await air.until(lambda: air.counts.losses == 1)
        await air.pass_s(20)
        await air.until(lambda: beats() and air.counts.connections == 2, passing_s=0.5)
        await air.until(lambda: beats() and len(air.values("pulse")) > 1, passing_s=0.5)
        assert air.values("@link/pulse") == [0, 1]  # made again in time
        bluez.lose(worn)
        await air.until(lambda: air.counts.losses == 2)
        lost_s = air.clock.monotonic_s()
        await air.until(lambda: air.values("@link/pulse") == [0, 1, 0], passing_s=0.5)
        assert air.clock.monotonic_s() - lost_s <= REMADE_WITHIN_S + 5


@pytest.mark.parametrize("many", [3])
async def test_several_devices_at_once_each_under_its_own_name(bluez: Bluez, many: int) -> None:
    doors = [BleDevice(f"C0:FF:EE:00:01:{n:02}", "bthome", {"door": f"door-{n}"}, key=KEY) for n in range(many)]
    worn = strap("C0:FF:EE:00:00:05")
    device = BleDevice(worn.address, "heart_rate", {"heart_rate": "pulse"})
    async with listening(bluez, *doors, device, HELP, BADGE) as air:

        def connected() -> bool:
            bluez.advertise(worn)
            return bluez.listening(worn, "2a37")

        await air.until(connected, passing_s=0.1)
        for counter in range(6):
            for n, door in enumerate(doors):
                assert door.address is not None
                await air.hear(door.address, sealed((OPEN, SHUT)[(counter + n) % 2], counter, door.address))
            bluez.notify(worn, "2a37", bytes([0x06, 70]))
            await air.hear(BUTTON, sealed(PRESS, counter, BUTTON))
            await air.say(Wearable(TAG))
            await air.pass_s(11, step_s=11)
        assert bluez.scanning  # all the time, connected or not
        for n in range(many):
            assert air.values(f"door-{n}") == [(counter + n + 1) % 2 for counter in range(6)]
        assert air.values("help") == [1] * 6
        assert set(air.values("pulse")) == {70}
        assert air.values("badge") == [1]
