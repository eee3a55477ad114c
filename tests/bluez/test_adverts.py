"""Devices that only advertise, above real bleak and a real D-Bus: read, thinned, refused, replayed, remembered."""

from pathlib import Path

from gateway import forgetting
from gateway.sources.ble.bthome import Why
from gateway.sources.ble.device import BleDevice
from gateway.sources.ble.memory import ASIDE, FILE, KEPT_EVERY_S, KEPT_SOON_S
from tests.bluez.air import BUTTON, DOOR, FRIDGE, HELP, listening
from tests.bluez.standin import Bluez
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
