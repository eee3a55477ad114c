"""BTHome v2: service data of an advert in, values by sensor kind out (https://bthome.io/format).

Objects and decryption are bthome-ble's, which Home Assistant uses. What is refused is decided here: each advert is
given to a fresh parser, so that nothing that one said decides about another, and its counter is ours to judge
(`gateway.sources.ble.counters`).
"""

import logging
import struct
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from gateway.errors import DecodeError
from gateway.sources.ble.characteristic import assigned
from models.kinds import SensorKind

if TYPE_CHECKING:
    from bthome_ble.parser import BTHomeBluetoothDeviceData
    from sensor_state_data import SensorUpdate

SERVICE: Final = assigned(0xFCD2)

_VERSION: Final = 2
_ENCRYPTED: Final = 1 << 0
_WITH_ADDRESS: Final = 1 << 1
_TRIGGERED: Final = 1 << 2
_SEAL_BYTES: Final = 8
"""The counter, 4 bytes, little-endian, and the message integrity code, 4 bytes."""

_STRENGTH: Final = "signal_strength"
"""The library adds it to every advert, whatever is in it."""

_PRESSES: Final = frozenset(
    {"press", "double_press", "triple_press", "long_press", "long_double_press", "long_triple_press", "hold_press"}
)
"""Who is in need does not count; "hold_release" ends a press that was told already."""

_OPEN: Final = ("opening", "door", "window", "garage_door")
_STATES: Final[Mapping[SensorKind, tuple[str, ...]]] = {
    SensorKind.DOOR: _OPEN,
    SensorKind.FRIDGE: _OPEN,
    SensorKind.CUPBOARD: _OPEN,
    SensorKind.MOTION: ("motion", "moving", "occupancy", "presence"),
    SensorKind.PRESENCE: ("occupancy", "presence", "motion", "moving"),
    SensorKind.SEAT: ("occupancy", "presence"),
    SensorKind.BED: ("occupancy", "presence"),
    SensorKind.TAP: ("vibration",),
    SensorKind.TOILET: ("vibration", "opening"),
    SensorKind.APPLIANCE: ("power", "running"),
}
"""By which of BTHome's binary objects a kind is read, the likeliest first. Vibration on a pipe is a draw or a flush."""

_MEASURED: Final = frozenset({SensorKind.TEMPERATURE, SensorKind.HUMIDITY, SensorKind.BATTERY})

KINDS: Final = frozenset({*_STATES, *_MEASURED, SensorKind.BUTTON, SensorKind.BADGE})
"""What a BTHome device can be."""

_ADVICE: Final = "It is dropped and counted; look at the device's key, battery and firmware if it repeats."
_LIBRARY_ERRORS: Final = (ValueError, TypeError, LookupError, ArithmeticError, AssertionError, struct.error)


class Why(StrEnum):
    """Why an advert was refused."""

    OTHER_VERSION = "not BTHome version 2"
    TOO_SHORT = "too short for what it says it is"
    UNENCRYPTED = "not encrypted, though this device has a key"
    NO_KEY = "encrypted, and there is no key for this device"
    NOT_AUTHENTIC = "the key does not fit its seal"
    MALFORMED = "nothing in it can be read"


class Refused(DecodeError):
    """An advert that is not taken.

    Attributes:
        why: the reason.
    """

    def __init__(self, why: Why) -> None:
        super().__init__(f"A BTHome advert was refused: {why}.", advice=_ADVICE)
        self.why = why


class Head(NamedTuple):
    """What an advert says of itself in the clear.

    Attributes:
        is_triggered: whether the device only speaks when something happens, so that no interval can be learnt.
        counter: of the seal; None if it is not encrypted.
    """

    is_triggered: bool
    counter: int | None


def head(data: bytes, *, has_key: bool) -> Head:
    """What `data` says of itself. Raises Refused if that alone is enough not to take it."""
    if not data:
        raise Refused(Why.TOO_SHORT)
    if data[0] >> 5 != _VERSION:
        raise Refused(Why.OTHER_VERSION)
    encrypted = bool(data[0] & _ENCRYPTED)
    if encrypted != has_key:
        raise Refused(Why.NO_KEY if encrypted else Why.UNENCRYPTED)
    begin = 7 if data[0] & _WITH_ADDRESS else 1
    if len(data) < begin + 2 + (_SEAL_BYTES if encrypted else 0):
        raise Refused(Why.TOO_SHORT)
    counter = int.from_bytes(data[-8:-4], "little") if encrypted else None
    return Head(bool(data[0] & _TRIGGERED), counter)


class Packet(NamedTuple):
    """What an advert says. `packet_id` is None where it has none."""

    values: Mapping[SensorKind, float]
    packet_id: int | None


def decode(address: str, data: bytes, key: bytes | None, kinds: Collection[SensorKind]) -> Packet:
    """The values of `kinds` that the advert `data` of `address` holds. Raises Refused.

    `head` has been asked before. Objects that the library does not know end the packet, as the format wants it: what
    stood before them is taken.
    """
    parser, update = parsed(address, data, key)
    if key is not None and not parser.bindkey_verified:
        raise Refused(Why.NOT_AUTHENTIC)
    objects = [key for key in update.entity_values if key.key != _STRENGTH]
    if not (objects or update.binary_entity_values or update.events):
        raise Refused(Why.MALFORMED)
    found = {kind: value for kind in kinds if (value := _value(update, kind)) is not None}
    return Packet(found, None if parser.packet_id is None else int(parser.packet_id))


def load() -> None:
    """Load the library now, so that the first advert does not wait for it; and keep what it logs to itself."""
    import bthome_ble.parser

    # it logs payloads, and a line for every advert that a stranger makes up
    logging.getLogger(bthome_ble.__name__).setLevel(logging.CRITICAL)


def parsed(address: str, data: bytes, key: bytes | None) -> "tuple[BTHomeBluetoothDeviceData, SensorUpdate]":
    """What the library makes of one advert, and the parser that it was given to. Raises Refused."""
    from bleak.backends.device import BLEDevice
    from bthome_ble.parser import BTHomeBluetoothDeviceData
    from habluetooth import BluetoothServiceInfoBleak

    advert = BluetoothServiceInfoBleak(
        name=address, address=address, rssi=0, manufacturer_data={}, service_data={SERVICE: data},
        service_uuids=[SERVICE], source="", device=BLEDevice(address, None, None), advertisement=None,
        connectable=False, time=0.0, tx_power=None,
    )  # fmt: skip
    parser = BTHomeBluetoothDeviceData(bindkey=key)
    try:
        return parser, parser.update(advert)
    except _LIBRARY_ERRORS as error:
        raise Refused(Why.MALFORMED) from error


def _value(update: "SensorUpdate", kind: SensorKind) -> float | None:
    if kind is SensorKind.BADGE:
        return 1.0
    if kind is SensorKind.BUTTON:
        presses = (event.event_type for key, event in update.events.items() if key.key.startswith("button"))
        return 1.0 if any(press in _PRESSES for press in presses) else None
    if kind in _MEASURED:
        measured = {key.key: value.native_value for key, value in update.entity_values.items()}
        number = measured.get(str(kind), measured.get(f"{kind}_1"))  # of several, the first
        return float(number) if isinstance(number, int | float) else None
    states = {key.key: value.native_value for key, value in update.binary_entity_values.items()}
    for name in _STATES.get(kind, ()):
        state = states.get(name, states.get(f"{name}_1"))
        if state is not None:
            return float(state)
    return None
