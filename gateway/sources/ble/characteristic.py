"""The decoder boundary: bytes go in, measurements come out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple


class Measurement(NamedTuple):
    """One value. `name` is what a device's `sensors` map to a sensor id, such as "heart_rate" (bpm)."""

    name: str
    value: float


Decode = Callable[[bytes], list[Measurement]]
"""Payload to measurements; none where the device says that it has nothing to measure. Raises DecodeError."""


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One value that a device offers.

    Attributes:
        uuid: in full, lower case.
        measures: the names of the measurements that `decode` may give.
        decode: what the bytes mean.
        spacing_s: at most one reading of each measurement in this time (see `stream.Stream`).
        read_every_s: also read on connecting and then this often; None if it is only ever notified.
    """

    uuid: str
    measures: frozenset[str]
    decode: Decode
    spacing_s: float
    read_every_s: float | None = None


def assigned(number: int) -> str:
    """The full UUID of a 16-bit assigned number (Bluetooth Core, vol 3, part B, 2.5.1)."""
    return f"{number:08x}{_BASE}"


_BASE: Final = "-0000-1000-8000-00805f9b34fb"
