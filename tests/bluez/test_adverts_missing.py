"""Who is there and who is missing, above real bleak and a real D-Bus: intervals, badges, names, links."""

from pathlib import Path

import pytest

from gateway.sources.ble.adverts import GONE_S
from gateway.sources.ble.device import BleDevice
from gateway.sources.ble.intervals import NEEDED, SHORTEST_S
from gateway.sources.ble.presence import REMADE_WITHIN_S
from tests.bluez.air import BADGE, BUTTON, DOOR, FRIDGE, HELP, TAG, listening
from tests.bluez.standin import Bluez, Wearable, strap
from tests.bthome_air import KEY, OPEN, PRESS, SHUT, TRIGGERED, plain, sealed


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
