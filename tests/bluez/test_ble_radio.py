"""The radio itself above real bleak and a real D-Bus: deaf, gone, back again, refused, never there."""

import pytest

from gateway.sources.ble.adapter import CHECK_S
from gateway.sources.ble.hearing import QUIET_S
from tests.bluez.bus import PrivateBus
from tests.bluez.standin import Bluez
from tests.bluez.straps import STRANGER, STRAP, listening


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
