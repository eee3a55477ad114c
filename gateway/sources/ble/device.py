"""A device as the configuration names it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

BTHOME: Final = "bthome"
BEACON: Final = "beacon"
ADVERTISED: Final = frozenset({BTHOME, BEACON})
"""Profiles whose devices are heard and never connected to (`gateway.sources.ble.adverts`)."""


@dataclass(frozen=True, slots=True)
class BleDevice:
    """One device on the radio. It has an `address` or a `name`, never both.

    Attributes:
        address: as BlueZ writes it, in capitals with colons. Of a bonded device it is the address that BlueZ knows
            it by: BlueZ itself recognises the private addresses behind which it hides.
        profile: a key of `profiles.PROFILES`, or one of `ADVERTISED`.
        sensors: what it measures ("heart_rate", "battery", a sensor kind) to sensor id; what is not named is not read.
        name: the name that it advertises, for one whose address rotates and that is not bonded.
        key: 16 bytes; None if its adverts are not encrypted. Never shown.
    """

    address: str | None
    profile: str
    sensors: Mapping[str, str]
    name: str | None = None
    key: bytes | None = field(default=None, repr=False)

    @property
    def identity(self) -> str:
        """By what it is remembered.

        >>> BleDevice("C0:FF:EE:00:00:01", "beacon", {}).identity, BleDevice(None, "beacon", {}, name="Tag 7").identity
        ('C0:FF:EE:00:00:01', 'name/Tag 7')
        """
        return self.address if self.address is not None else f"name/{self.name}"
