"""What `ble` tables mean: the devices behind the sensors, what cannot be true of one, and what is doubtful."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from gateway.sources.ble import bthome
from gateway.sources.ble.device import BEACON, BTHOME, BleDevice
from models.kinds import SensorKind
from models.whose import SIGNS_OF_LIFE

if TYPE_CHECKING:
    from gateway.config.tables import Ble, Config, SensorTable

KINDS: Final[Mapping[str, frozenset[SensorKind]]] = {
    "heart_rate": frozenset({SensorKind.HEART_RATE, SensorKind.BATTERY}),
    BTHOME: bthome.KINDS,
    BEACON: frozenset({SensorKind.BADGE}),
}
"""What each profile gives."""

_KEY: Final = re.compile(r"[0-9A-Fa-f]{32}")

Misfit = tuple[tuple[str, ...], str, str]
"""Where within the sensor, what is wrong, and the next step."""


def identity(ble: "Ble") -> str:
    """By what a device is known, in words."""
    return ble.address if ble.address is not None else f"the name {ble.name}"


def is_weak(sensor: "SensorTable") -> bool:
    """Whether anybody near may imitate what this sensor says of a life."""
    ble = sensor.ble
    return ble is not None and ble.profile == BTHOME and ble.key is None and sensor.kind in SIGNS_OF_LIFE


def misfits(sensor: "SensorTable", before: "Iterable[SensorTable]") -> Iterator[Misfit]:
    """What is wrong with the `ble` table of `sensor`, given the sensors `before` it, the first one first.

    What is said of a key never quotes it.
    """
    ble = sensor.ble
    if ble is None:
        return
    if (ble.address is None) == (ble.name is None):
        many = "both an address and a name" if ble.name is not None else "neither an address nor a name"
        yield ("ble",), f"the device of `{sensor.id}` has {many}", "Give exactly one of `address` and `name`."
        return
    if ble.name is not None and _KEY.fullmatch(ble.name):
        problem = f"the name of the device of `{sensor.id}` looks like a key, and a name is shown"
        yield ("ble", "name"), problem, "Give the name as the device advertises it, and the key as `key`."
        return
    if sensor.kind not in KINDS[ble.profile]:
        given = ", ".join(sorted(KINDS[ble.profile]))
        problem = f"a {sensor.kind} sensor cannot come from the profile `{ble.profile}`"
        yield ("kind",), problem, f"The {ble.profile} profile gives {given}."
    if ble.key is not None and ble.profile != BTHOME:
        yield ("ble", "key"), f"the profile `{ble.profile}` has no key", 'Leave `key` out, or set profile = "bthome".'
    if sensor.kind is SensorKind.BUTTON and ble.key is None:
        problem = f"the button `{sensor.id}` has no key, so anybody in the street could press it"
        yield ("ble",), problem, "Encrypt the device in its maker's app, and give its `key`."
    for other in before:
        if other.ble is None or identity(other.ble) != identity(ble):
            continue
        if other.kind is sensor.kind:
            problem = f"`{other.id}` and `{sensor.id}` are the {sensor.kind} of the same device"
            yield ("ble",), problem, "Keep one of them: the other would never be heard."
        if (other.ble.profile, other.ble.key) != (ble.profile, ble.key):
            problem = f"`{other.id}` and `{sensor.id}` are of the same device, with another profile or key"
            yield ("ble",), problem, "Give both the same."


def doubts(config: "Config") -> Iterator[str]:
    """What a technician should know of the radio in `config`."""
    weak = [sensor.id for sensor in config.sensors if is_weak(sensor)]
    alive = [sensor for sensor in config.sensors if sensor.kind in SIGNS_OF_LIFE]
    if weak and len(weak) == len(alive):
        yield f"No `key`, and no other sign of life, so nothing that these say counts: {', '.join(weak)}."
    elif weak:
        yield (
            f"No `key`, so anybody near can imitate {', '.join(weak)}: what they say counts only within 10 minutes of "
            "another sensor's sign of life."
        )
    badges = [s.id for s in config.sensors if s.kind is SensorKind.BADGE and s.ble and s.ble.key is None]
    if badges:
        yield f"No `key`, so anybody near can imitate {', '.join(badges)}: while they are heard, nothing is learnt."


def devices_of(config: "Config") -> list[BleDevice]:
    """The devices that `config` names, in its order."""
    found: dict[str, tuple[Ble, dict[str, str]]] = {}
    for sensor in config.sensors:
        if sensor.ble:
            found.setdefault(identity(sensor.ble), (sensor.ble, {}))[1][str(sensor.kind)] = sensor.id
    return [
        BleDevice(ble.address, ble.profile, sensors, ble.name, None if ble.key is None else bytes.fromhex(ble.key))
        for ble, sensors in found.values()
    ]
