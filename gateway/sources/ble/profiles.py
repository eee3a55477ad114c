"""Every profile that the gateway speaks, in one place. The names are those of `ble.profile` in home.toml."""

from collections.abc import Mapping
from typing import Final, NamedTuple, Protocol

from gateway.sources.ble import heart_rate
from gateway.sources.ble.battery import BATTERY_LEVEL
from gateway.sources.ble.characteristic import Characteristic
from gateway.sources.ble.heart_rate import HEART_RATE_MEASUREMENT


class Profile(Protocol):
    """How to talk to a kind of device."""

    @property
    def service(self) -> str:
        """The UUID of the service without which a device is not of this kind."""

    @property
    def characteristics(self) -> tuple[Characteristic, ...]:
        """What it may offer, each with its decoder; what a device lacks is left out."""


class ConnectedProfile(NamedTuple):
    """A profile whose devices are connected to and then notify."""

    service: str
    characteristics: tuple[Characteristic, ...]


PROFILES: Final[Mapping[str, Profile]] = {
    "heart_rate": ConnectedProfile(heart_rate.SERVICE, (HEART_RATE_MEASUREMENT, BATTERY_LEVEL)),
}
