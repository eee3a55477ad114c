"""The bytes that a heart-rate strap would notify."""

import struct
from random import Random
from typing import Final

from gateway.sources.simulator.act import NO_CONTACT

_WIDE: Final = 0x01
_CONTACT: Final = 0x02
_CONTACT_SUPPORTED: Final = 0x04
_INTERVALS: Final = 0x10

_RR_PER_S: Final = 1024
_LAST_BEFORE_LOOSE_BPM: Final = 255
_INTERVAL_CHANCE: Final = 0.5


def heart_rate_measurement(bpm: float, rng: Random) -> bytes:
    """A value of Heart Rate Measurement (0x2A37) for `bpm`, as Bluetooth's Heart Rate Service 1.0, 3.1, lays it out.

    Flags (bit 0: 16-bit value; 1, 2: sensor contact; 4: RR intervals), the value, and about every second time
    one or two RR intervals in 1/1024 s. Without contact (`bpm` is 0) the flags say so, and the value is what
    some straps send then: 0, or nonsense.
    """
    if bpm == NO_CONTACT:
        return bytes((_CONTACT_SUPPORTED, rng.choice((0, 0, _LAST_BEFORE_LOOSE_BPM))))
    flags = _CONTACT_SUPPORTED | _CONTACT
    rr = b""
    if rng.random() < _INTERVAL_CHANCE:
        flags |= _INTERVALS
        beats = [60.0 / bpm * _RR_PER_S * rng.uniform(0.96, 1.04) for _ in range(rng.choice((1, 2)))]
        rr = struct.pack(f"<{len(beats)}H", *(round(beat) for beat in beats))
    if rng.random() < 0.05:  # the wide form is legal for any value, and some straps use it
        return struct.pack("<BH", flags | _WIDE, round(bpm)) + rr
    return struct.pack("<BB", flags, round(bpm)) + rr


def battery_level(percent: float) -> bytes:
    """A value of Battery Level (0x2A19): one byte, percent."""
    return bytes((round(percent),))
