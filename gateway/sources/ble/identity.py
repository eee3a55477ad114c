"""Whose advert is this? Asked of every advert on the air, so that a stranger's costs microseconds."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from gateway.sources.ble.device import BleDevice

if TYPE_CHECKING:
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData


class Identities:
    """The devices of the home, by address and by name.

    A name alone is what anybody may give a toy; so where a profile has a service, the advert must name that, too.

    Args:
        devices: what the configuration names.
        services: profile to the UUID that its adverts carry; a profile that is not in it has none.
    """

    def __init__(self, devices: Iterable[BleDevice], services: Mapping[str, str]) -> None:
        self._by_address: dict[str, str] = {}
        self._by_name: dict[str, list[tuple[str | None, str]]] = {}
        for device in devices:
            if device.address is not None:
                self._by_address[device.address] = device.identity
            elif device.name is not None:
                named = (services.get(device.profile), device.identity)
                self._by_name.setdefault(device.name, []).append(named)

    def of(self, device: "BLEDevice", advert: "AdvertisementData") -> str | None:
        """The identity of the home's device that this advert is of; None for a stranger's."""
        known = self._by_address.get(device.address)
        if known is not None or advert.local_name not in self._by_name:
            return known
        for service, identity in self._by_name[advert.local_name]:
            if service is None or service in advert.service_uuids or service in advert.service_data:
                return identity
        return None
