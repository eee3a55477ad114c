"""Several straps at once above real bleak and a real D-Bus: none takes anything from the others."""

import asyncio

import pytest

from gateway.sources.ble import connection
from tests.bluez.standin import Bluez, strap
from tests.bluez.straps import STRAP, STRAPS, all_heard, listening


async def test_two_straps_are_connected_one_after_the_other(bluez: Bluez) -> None:
    other = strap("C0:FF:EE:00:00:02", battery=30)
    async with listening(STRAP, other) as home:
        await home.connected(bluez, STRAP)
        await home.connected(bluez, other)
        bluez.notify(other, "2a37", bytes([0, 90]))
        bluez.notify(STRAP, "2a37", bytes([0, 60]))
        await home.until(lambda: home.values("pulse-1") and home.values("pulse-2"))
        assert (home.values("pulse-1"), home.values("pulse-2")) == ([60], [90])


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
