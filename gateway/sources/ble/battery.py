"""Battery Level, characteristic 0x2A19 (Bluetooth Battery Service 1.0, section 3.1)."""

from typing import Final

from gateway.errors import DecodeError
from gateway.sources.ble.characteristic import Characteristic, Measurement, assigned

BATTERY: Final = "battery"


def measurements(payload: bytes) -> list[Measurement]:
    """The level in per cent. Raises DecodeError unless `payload` is one byte from 0 to 100."""
    if len(payload) != 1 or payload[0] > 100:
        advice = "It is dropped and counted; judge the battery by how long the device is heard."
        raise DecodeError("A battery level that is not one byte from 0 to 100.", advice=advice)
    return [Measurement(BATTERY, payload[0])]


BATTERY_LEVEL: Final = Characteristic(
    uuid=assigned(0x2A19),
    measures=frozenset({BATTERY}),
    decode=measurements,
    spacing_s=60.0,
    read_every_s=3600.0,
)
