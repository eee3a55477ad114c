"""The Bluetooth source above real bleak and a real D-Bus: found, connected, lost, deaf, gone and back again."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial

import pytest

from gateway.clock import ManualClock
from gateway.errors import SourceUnavailable
from gateway.inbox import Edge
from gateway.sources.ble import connection
from gateway.sources.ble.adapter import CHECK_S
from gateway.sources.ble.connection import SILENT_S
from gateway.sources.ble.device import BleDevice
from gateway.sources.ble.hearing import QUIET_S
from gateway.sources.ble.profiles import PROFILES, ConnectedProfile, Profile
from gateway.sources.ble.source import BleSource
from models.vocabulary import RADIO, SENSOR_LINK
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
        bluez.deaf_until = "StartDiscovery"
        await home.until(lambda: home.counts.quiet_scans == 1, passing_s=1)
        await home.until(lambda: bluez.scanning and bluez.deaf_until is None)
        await home.connected(bluez)
        assert home.counts.power_cycles == 0


async def test_a_strap_that_speaks_is_not_cut_off_in_order_to_find_one_that_does_not(bluez: Bluez) -> None:
    async with listening(STRAP, strap("C0:FF:EE:00:00:02")) as home:
        await home.connected(bluez)
        bluez.deaf_until = "nothing"

        def speaks() -> bool:
            bluez.notify(STRAP, "2a37", bytes([0x06, 61]))
            return home.clock.monotonic_s() >= 600

        await home.until(speaks, passing_s=2)
        assert home.counts.quiet_scans >= 5
        assert home.counts.power_cycles == 0
        assert [edge.value for edge in home.radio] == [1]


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


async def test_four_straps_are_heard_at_once_and_each_under_its_own_name(bluez: Bluez) -> None:
    async with listening(*STRAPS) as home:
        await all_heard(home, bluez, STRAPS, readings=5)
        await home.until(lambda: home.counts.connections == 4)
        for n in range(4):
            assert set(home.values(f"pulse-{n + 1}")) == {60 + n}
        for one in STRAPS:
            bluez.lose(one)
        await home.until(lambda: home.counts.losses == 4)
        await all_heard(home, bluez, STRAPS)
        await home.until(lambda: home.counts.connections == 8)


async def test_one_connection_is_attempted_at_a_time(bluez: Bluez) -> None:
    async with listening(*STRAPS) as home:
        await home.until(lambda: bluez.scanning)
        bluez.leave_unanswered("Connect", STRAPS[0])
        for one in STRAPS:
            bluez.advertise(one)
        await home.until(lambda: bluez.calls["Connect"])
        await asyncio.sleep(0.05)
        assert bluez.calls["Connect"] == 1


@pytest.mark.parametrize("method", ["Connect", "StartNotify", "ReadValue"])
async def test_a_device_that_never_answers_takes_nothing_from_the_others(
    bluez: Bluez, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setattr(connection, "CONNECT_S", 0.3)
    monkeypatch.setattr(connection, "PART_S", 0.3)
    bad, *good = STRAPS
    bluez.leave_unanswered(method, bad)
    async with listening(*STRAPS) as home:
        await home.until(lambda: bluez.scanning)
        bluez.advertise(bad)
        await home.until(lambda: bluez.calls["Connect"] == 1)
        await all_heard(home, bluez, good)
        for one in good:
            bluez.lose(one)
        bluez.advertise(bad, rssi=-40)
        await all_heard(home, bluez, good)
        assert home.values("pulse-1") == []


async def test_a_device_that_drops_each_link_is_asked_ever_more_rarely(bluez: Bluez) -> None:
    bad, *good = STRAPS
    async with listening(*STRAPS) as home:

        def drops() -> bool:
            if bluez.listening(bad, "2a37"):
                bluez.lose(bad)
            elif bluez.scanning and not bluez.connected(bad):
                bluez.advertise(bad)
            for one in good:
                if bluez.listening(one, "2a37"):
                    bluez.notify(one, "2a37", bytes([0x06, 61]))
                elif bluez.scanning and not bluez.connected(one):
                    bluez.advertise(one)
            return home.clock.monotonic_s() >= 600

        await home.until(drops, passing_s=0.5)
        assert home.counts.losses + home.counts.connection_failures <= 26  # 40 if every loss began anew
        assert all(len(home.values(f"pulse-{n}")) >= 100 for n in (2, 3, 4))


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
                told = "had been switched off"
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


async def test_no_radio_at_the_start_says_what_to_do(bus: PrivateBus) -> None:
    async with Bluez(bus.address, adapter="hci1"), listening() as home:
        error, _ = await home.failure()
        assert "no Bluetooth adapter" in error.problem
        assert "bluetoothctl" in error.advice
        assert [edge.value for edge in home.radio] == [0]


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
