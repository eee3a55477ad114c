"""The Bluetooth source above real bleak and a real D-Bus: a strap is found, connected, read, lost and found again."""

import asyncio
from functools import partial

from gateway.inbox import Edge
from gateway.sources.ble.connection import SILENT_S
from gateway.sources.ble.hearing import QUIET_S
from tests.bluez.standin import Bluez, Wearable, strap
from tests.bluez.straps import STRANGER, STRAP, listening


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
