"""Heart-rate and battery payloads: the specification's layout, real straps, and 10^5 payloads of junk."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import DecodeError
from gateway.sources.ble import battery
from gateway.sources.ble.characteristic import Measurement
from gateway.sources.ble.heart_rate import HeartRate, decode, measurements
from gateway.sources.ble.profiles import PROFILES
from tests.shared_data import shared


# Made by hand from the Heart Rate Service 1.0, 3.1: flags, value (little-endian), energy, RR-intervals.
@pytest.mark.parametrize(
    ("payload", "heart_rate"),
    [
        ("0048", HeartRate(72, None, None, ())),
        ("014800", HeartRate(72, None, None, ())),
        ("012c01", HeartRate(300, None, None, ())),
        ("0248", HeartRate(72, None, None, ())),  # contact without its support says nothing
        ("0448", HeartRate(72, False, None, ())),
        ("0648", HeartRate(72, True, None, ())),
        ("08480100", HeartRate(72, None, 1, ())),
        ("09480034ff", HeartRate(72, None, 65332, ())),
        ("10480004", HeartRate(72, None, None, (1.0,))),
        ("104800040002", HeartRate(72, None, None, (1.0, 0.5))),
        ("1f4800010000080004", HeartRate(72, True, 1, (2.0, 1.0))),
        ("1648", HeartRate(72, True, None, ())),  # announced and not sent: between beats
        ("e048", HeartRate(72, None, None, ())),  # reserved flags
        ("2048ff", HeartRate(72, None, None, ())),  # and what a later version may add
    ],
)
def test_fields_are_where_the_specification_puts_them(payload: str, heart_rate: HeartRate) -> None:
    assert decode(bytes.fromhex(payload)) == heart_rate


@pytest.mark.parametrize(
    "payload", ["", "00", "01", "0148", "08", "0848", "084801", "0948", "09480001", "104800", "10480004ff"]
)
def test_what_is_cut_is_malformed(payload: str) -> None:
    with pytest.raises(DecodeError) as refusal:
        decode(bytes.fromhex(payload))
    assert refusal.value.advice


@pytest.mark.parametrize("payload", ["0001", "0648", "00f9", "01f900"])
def test_a_possible_heart_rate_is_a_measurement(payload: str) -> None:
    raw = bytes.fromhex(payload)
    assert measurements(raw) == [Measurement("heart_rate", raw[1])]


@pytest.mark.parametrize("payload", ["0000", "0600", "00fa", "01fa00", "01ffff"])
def test_an_impossible_one_is_an_error(payload: str) -> None:
    with pytest.raises(DecodeError, match="no heart has"):
        measurements(bytes.fromhex(payload))


@pytest.mark.parametrize("payload", ["0448", "0400", "04ff", "14480004"])
def test_without_contact_nothing_is_measured_whatever_the_number(payload: str) -> None:
    assert measurements(bytes.fromhex(payload)) == []


@given(
    bpm=st.integers(0, 65_535),
    contact=st.none() | st.booleans(),
    energy=st.none() | st.integers(0, 65_535),
    rr=st.lists(st.integers(0, 65_535), max_size=9),
)
def test_what_is_encoded_is_decoded(bpm: int, contact: bool | None, energy: int | None, rr: list[int]) -> None:
    flags = (bpm > 255) | (0 if contact is None else 4 | 2 * contact) | 8 * (energy is not None) | 16 * bool(rr)
    payload = bytes([flags]) + bpm.to_bytes(2 if bpm > 255 else 1, "little")
    payload += b"" if energy is None else energy.to_bytes(2, "little")
    payload += b"".join(interval.to_bytes(2, "little") for interval in rr)
    assert decode(payload) == HeartRate(bpm, contact, energy, tuple(interval / 1024 for interval in rr))


def test_no_junk_raises_anything_but_a_decode_error() -> None:
    rng = random.Random(1)
    refused = 0
    decoders = [known.decode for profile in PROFILES.values() for known in profile.characteristics]
    for _ in range(100_000):
        payload = rng.randbytes(rng.randrange(24))
        for decoder in decoders:
            try:
                for _name, value in decoder(payload):
                    assert 0 <= value < 250
            except DecodeError:
                refused += 1
    assert 100_000 < refused < 200_000


@pytest.mark.parametrize("payload", [b"\x00", b"\x64"])
def test_a_battery_level_is_per_cent(payload: bytes) -> None:
    assert battery.measurements(payload) == [Measurement("battery", payload[0])]


@pytest.mark.parametrize("payload", [b"", b"\x65", b"\xff", b"\x10\x00"])
def test_no_other_battery_level_is_believed(payload: bytes) -> None:
    with pytest.raises(DecodeError):
        battery.measurements(payload)


def test_payloads_that_other_projects_have_captured() -> None:
    for vector in json.loads(shared("ble/gatt_2a37_heart_rate.json").read_text()):
        heart_rate = decode(bytes.fromhex(vector["hex"]))
        assert heart_rate.bpm == vector["bpm"]
        if "contact_supported" in vector:
            assert heart_rate.contact is (vector["contact"] if vector["contact_supported"] else None)
        if heart_rate.contact is False:  # whatever the number: a strap in a drawer has no pulse
            assert measurements(bytes.fromhex(vector["hex"])) == []
        assert heart_rate.energy_kj == vector.get("energy")
        assert heart_rate.rr_s == tuple(interval / 1024 for interval in vector.get("rr_1024", []))
