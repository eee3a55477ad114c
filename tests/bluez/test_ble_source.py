"""The Bluetooth source above real bleak and a real D-Bus: found, connected, lost, deaf, gone and back again."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

import pytest

from gateway.clock import ManualClock
from gateway.errors import SourceUnavailable
from gateway.inbox import Edge
from gateway.sources.ble.adapter import CHECK_S
from gateway.sources.ble.connection import SILENT_S
from gateway.sources.ble.profiles import PROFILES, ConnectedProfile, Profile
from gateway.sources.ble.scanner import QUIET_S
from gateway.sources.ble.source import BleDevice, BleSource
from tests.bluez.bus import PrivateBus
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
        devices = [
            BleDevice(wearable.address, "heart_rate", {"heart_rate": f"pulse-{n}", "battery": f"battery-{n}"})
            for n, wearable in enumerate(wearables, 1)
        ]
        self.source = BleSource(devices, "hci0", self.clock, random.Random(7), profiles=every_notification())
        self.counts = self.source.counts
        self.task = asyncio.create_task(self.source.run(self.edges.append))

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


async def test_a_strap_is_found_and_connected_and_its_battery_read(bluez: Bluez) -> None:
    async with listening() as home:
        await home.connected(bluez)
        await home.until(lambda: home.values("battery-1"))
        home.clock.move_s(3.5)
        bluez.notify(STRAP, "2a37", bytes([0x06, 61]))
        await home.until(home.values)
        assert home.edges == [Edge(0.0, "battery-1", 80.0), Edge(3.5, "pulse-1", 61.0)]
    assert not bluez.connected(STRAP)
    assert not bluez.scanning


async def test_a_thousand_notifications_arrive_in_order(bluez: Bluez) -> None:
    sent = [40 + n * n % 149 for n in range(1000)]
    async with listening() as home:
        await home.connected(bluez)
        for bpm in sent:
            bluez.notify(STRAP, "2a37", bytes([0, bpm]))
        await home.until(lambda: len(home.values()) == 1000)
        assert home.values() == sent


async def test_scanning_rests_while_everybody_is_connected(bluez: Bluez) -> None:
    async with listening() as home:
        await home.connected(bluez)
        await home.until(lambda: not bluez.scanning, passing_s=1)
        assert home.clock.monotonic_s() < QUIET_S  # so it is rest, not deafness
        bluez.lose(STRAP)
        await home.until(lambda: bluez.scanning, passing_s=1)


async def test_a_strap_that_is_not_worn_says_nothing(bluez: Bluez) -> None:
    async with listening() as home:
        await home.connected(bluez)
        bluez.notify(STRAP, "2a37", bytes([0x04, 62]))
        bluez.notify(STRAP, "2a37", bytes([0x06, 63]))
        await home.until(home.values)
        assert home.values() == [63]
        assert home.counts.unmeasured == 1


async def test_malformed_and_impossible_payloads_are_counted_and_dropped(bluez: Bluez) -> None:
    async with listening() as home:
        await home.connected(bluez)
        for payload in (b"", b"\x00", b"\x01\x48", b"\x10\x48\x00", b"\x00\xff", b"\x00\x00", b"\x00\x40"):
            bluez.notify(STRAP, "2a37", payload)
        await home.until(home.values)
        assert home.values() == [64]
        assert home.counts.malformed == 6


async def test_a_lost_strap_is_connected_again(bluez: Bluez) -> None:
    async with listening() as home:
        await home.connected(bluez)
        await home.until(lambda: home.values("battery-1"))
        bluez.lose(STRAP)
        await home.until(lambda: home.counts.losses == 1)
        await home.connected(bluez, passing_s=0.5)
        bluez.notify(STRAP, "2a37", bytes([0, 66]))
        await home.until(home.values)
        assert home.counts.connections == 2


async def test_a_lost_strap_is_found_by_a_scan_that_runs_already(bluez: Bluez) -> None:
    other = strap("C0:FF:EE:00:00:02")  # stays away, so that scanning goes on
    async with listening(STRAP, other) as home:
        await home.connected(bluez)
        bluez.lose(STRAP)
        await home.until(lambda: home.counts.losses == 1)
        await home.connected(bluez, passing_s=0.5)
        assert home.clock.monotonic_s() < QUIET_S


async def test_a_refused_connection_is_tried_again_when_the_strap_is_next_heard(bluez: Bluez) -> None:
    refusal = ("org.bluez.Error.Failed", "br-connection-profile-unavailable")
    bluez.refusals["Connect"] = [refusal] * 4
    async with listening() as home:
        await home.connected(bluez, passing_s=0.5)
        assert home.counts.connection_failures == 2
        assert bluez.calls["Connect"] == 5


async def test_a_device_without_the_service_is_left_and_tried_again_later(bluez: Bluez) -> None:
    lamp = Wearable(STRAP.address, {"180f": {"2a19": (["read"], b"\x50")}})
    async with listening() as home:
        await home.until(lambda: bluez.scanning)
        bluez.advertise(lamp)
        await home.until(lambda: home.counts.connection_failures == 1)
        await home.until(lambda: not bluez.connected(lamp))
        assert home.counts.connections == 0
        assert home.edges == []


async def test_a_connection_that_has_gone_silent_is_made_anew(bluez: Bluez) -> None:
    async with listening() as home:
        await home.connected(bluez)
        bluez.notify(STRAP, "2a37", bytes([0, 66]))
        await home.until(home.values)
        home.clock.move_s(SILENT_S - 1)
        bluez.notify(STRAP, "2a37", bytes([0, 67]))
        await home.until(lambda: len(home.values()) == 2)
        home.clock.move_s(1)
        await asyncio.sleep(0.02)
        assert bluez.connected(STRAP)
        await home.until(lambda: home.counts.losses == 1, passing_s=5)
        await home.until(lambda: not bluez.connected(STRAP))


async def test_the_battery_is_read_every_hour(bluez: Bluez) -> None:
    async with listening() as home:
        await home.connected(bluez)
        for minute in range(122):
            bluez.notify(STRAP, "2a37", bytes([0, 60 + minute]))
            await home.until(partial(home.more_than, minute))
            home.clock.move_s(60)
        await home.until(lambda: bluez.calls["ReadValue"] == 3)
        assert home.counts.losses == 0


async def test_adverts_of_strangers_are_dropped(bluez: Bluez) -> None:
    async with listening() as home:
        await home.until(lambda: bluez.scanning)
        for n in range(100):
            bluez.advertise(STRANGER, rssi=-50 - n % 2 * 10)
        await home.until(lambda: home.counts.adverts_ignored == 100)
        assert bluez.calls["Connect"] == 0
        assert home.edges == []


async def test_two_straps_are_connected_one_after_the_other(bluez: Bluez) -> None:
    other = strap("C0:FF:EE:00:00:02", battery=30)
    async with listening(STRAP, other) as home:
        await home.connected(bluez, STRAP)
        await home.connected(bluez, other)
        bluez.notify(other, "2a37", bytes([0, 90]))
        bluez.notify(STRAP, "2a37", bytes([0, 60]))
        await home.until(lambda: home.values("pulse-1") and home.values("pulse-2"))
        assert (home.values("pulse-1"), home.values("pulse-2")) == ([60], [90])


async def test_a_deaf_scanner_is_started_anew_and_a_hearing_one_is_left_alone(bluez: Bluez) -> None:
    async with listening() as home:
        await home.until(lambda: bluez.scanning)

        def somebody_is_heard() -> bool:
            bluez.advertise(STRANGER, rssi=-50 - int(home.clock.monotonic_s()) // 5 % 2 * 10)
            return home.clock.monotonic_s() > 3 * QUIET_S

        await home.until(somebody_is_heard, passing_s=5)
        assert home.counts.quiet_scans == 0
        await home.until(lambda: home.counts.quiet_scans == 2, passing_s=1)
        await home.until(lambda: bluez.scanning)
        assert home.clock.monotonic_s() <= 5 * QUIET_S + 60
        await home.connected(bluez)


@pytest.mark.parametrize("event", ["power off", "pulled out", "bluetoothd gone", "bluetoothd restarted", "bus gone"])
@pytest.mark.parametrize("connected", [False, True])
async def test_a_radio_that_goes_is_told_within_a_minute_and_comes_back(
    bluez: Bluez, bus: PrivateBus, event: str, *, connected: bool
) -> None:
    successor = Bluez(bus.address)
    async with listening() as home:
        await home.until(lambda: home.counts.scans)
        if connected:
            await home.connected(bluez)
        match event:
            case "power off":
                bluez.power(on=False)
                told = "switched off"
            case "pulled out":
                bluez.pull_out()
                told = "no Bluetooth adapter hci0"
            case "bluetoothd gone":
                await bluez.__aexit__()
                told = "not running"
            case "bluetoothd restarted":
                await bluez.__aexit__()
                await successor.__aenter__()
                told = "restarted"
            case _:
                bus.stop()
                told = "D-Bus was lost"
        error, after_s = await home.failure()
        assert told in error.problem
        assert error.advice
        assert after_s <= 2 * CHECK_S <= 60

    # what the supervisor does next, as often as it takes
    match event:
        case "power off":
            bluez.power(on=True)
        case "pulled out":
            bluez.plug_in()
        case "bluetoothd gone":
            await successor.__aenter__()
        case "bus gone":
            bus.start()
            await successor.__aenter__()
    now = bluez if event in ("power off", "pulled out") else successor
    async with listening() as home:
        await home.connected(now)
        now.notify(STRAP, "2a37", bytes([0, 71]))
        await home.until(home.values)
        assert home.values() == [71]
    if now is successor:
        await successor.__aexit__()


@pytest.mark.parametrize(
    ("adapter", "powered", "told"), [("hci1", True, "no Bluetooth adapter"), ("hci0", False, "off")]
)
async def test_no_radio_at_the_start_says_what_to_do(bus: PrivateBus, adapter: str, powered: bool, told: str) -> None:
    async with Bluez(bus.address, adapter=adapter, powered=powered), listening() as home:
        error, _ = await home.failure()
        assert told in error.problem
        assert "bluetoothctl" in error.advice


async def test_no_bus_at_all(bus: PrivateBus) -> None:
    bus.stop()
    async with listening() as home:
        error, _ = await home.failure()
        assert "D-Bus cannot be reached" in error.problem


async def test_scanning_that_is_refused_is_told(bluez: Bluez) -> None:
    bluez.refusals["StartDiscovery"] = [("org.bluez.Error.NotReady", "Resource Not Ready")]
    async with listening() as home:
        error, _ = await home.failure()
        assert "cannot be started" in error.problem
        assert STRAP.address not in error.problem + error.advice
