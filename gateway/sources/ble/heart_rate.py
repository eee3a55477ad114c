"""Heart Rate Measurement, characteristic 0x2A37.

Source: Bluetooth Heart Rate Service 1.0, section 3.1, and GATT Specification Supplement, "Heart Rate
Measurement". Why this is decoded here and not by a library: docs/decisions/0006-sensors.md.
"""

from typing import Final, NamedTuple

from gateway.errors import DecodeError
from gateway.sources.ble.characteristic import Characteristic, Measurement, assigned

SERVICE: Final = assigned(0x180D)

HEART_RATE: Final = "heart_rate"

IMPOSSIBLE_BPM: Final = 250
"""From here on a value is not a heart's, whoever's it is; what is odd but possible is judged in models.signals."""

_UINT16: Final = 1 << 0
_CONTACT: Final = 1 << 1
_CONTACT_SUPPORTED: Final = 1 << 2
_ENERGY: Final = 1 << 3
_RR: Final = 1 << 4

_ADVICE: Final = "It is dropped and counted; if there are many, change the strap or its battery."


class HeartRate(NamedTuple):
    """What one notification says.

    Attributes:
        bpm: beats per minute, 0 to 65,535, as sent.
        contact: whether the sensor touches skin; None where it cannot tell.
        energy_kj: energy expended since the last reset, in kJ, or None.
        rr_s: intervals between beats, oldest first, in seconds (sent in 1/1024 s).
    """

    bpm: int
    contact: bool | None
    energy_kj: int | None
    rr_s: tuple[float, ...]


def decode(payload: bytes) -> HeartRate:
    """The fields of `payload`. Raises DecodeError where announced fields are missing or cut.

    Bytes after the announced fields are ignored, and so are the reserved flags 5 to 7: a later version of
    the service may use them. The flag for RR-intervals without any is what some straps send between beats.
    """
    if not payload:
        raise DecodeError("An empty heart-rate payload.", advice=_ADVICE)
    flags = payload[0]
    bpm_end = 3 if flags & _UINT16 else 2
    energy_end = bpm_end + (2 if flags & _ENERGY else 0)
    if len(payload) < energy_end:
        raise DecodeError(f"A heart-rate payload of {len(payload)} bytes, too short for its flags.", advice=_ADVICE)
    rr_s: tuple[float, ...] = ()
    if flags & _RR:
        if (len(payload) - energy_end) % 2:
            raise DecodeError("A heart-rate payload with half an RR-interval.", advice=_ADVICE)
        pairs = range(energy_end, len(payload), 2)
        rr_s = tuple(int.from_bytes(payload[start : start + 2], "little") / 1024 for start in pairs)
    return HeartRate(
        bpm=int.from_bytes(payload[1:bpm_end], "little"),
        contact=bool(flags & _CONTACT) if flags & _CONTACT_SUPPORTED else None,
        energy_kj=int.from_bytes(payload[bpm_end:energy_end], "little") if flags & _ENERGY else None,
        rr_s=rr_s,
    )


def measurements(payload: bytes) -> list[Measurement]:
    """The heart rate in `payload`; nothing while the strap says that it is not worn.

    No contact is *unknown*, whatever number comes with it. Raises DecodeError for malformed payloads and for
    0 or `IMPOSSIBLE_BPM` and more.
    """
    heart_rate = decode(payload)
    if heart_rate.contact is False:
        return []
    if not 0 < heart_rate.bpm < IMPOSSIBLE_BPM:
        raise DecodeError("A heart rate that no heart has.", advice=_ADVICE)
    return [Measurement(HEART_RATE, heart_rate.bpm)]


HEART_RATE_MEASUREMENT: Final = Characteristic(
    uuid=assigned(0x2A37),
    measures=frozenset({HEART_RATE}),
    decode=measurements,
    # Straps notify every second. One reading each 10 s is 8,640 a day, so that two wearers keep within the
    # 17,280 a day for which the card's wear was budgeted, and six a minute is ten times what the learners use.
    spacing_s=10.0,
)
