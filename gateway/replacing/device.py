"""Another device in the place of a sensor's: what changes in its table, and in those that share the device.

Ids, kinds, places and owners stay, so that the routine does: it is learnt by the sensor's id.
"""

import copy
from typing import Any, Final, NamedTuple

from gateway.errors import InputError
from gateway.setup.merging import Data
from gateway.setup.trace import Trace
from models.kinds import SensorKind

_WIRED_ANEW: Final = ("active", "pull")


class Wire(NamedTuple):
    """A device on a pin. `trace` is how it was seen to move; None if the pin was given by hand."""

    pin: int
    trace: Trace | None = None

    def words(self) -> str:
        """Where it is."""
        return f"pin {self.pin}"


class Radio(NamedTuple):
    """A device that is heard. `key` opens what it says, if that is sealed."""

    address: str
    profile: str
    key: str | None = None

    def __repr__(self) -> str:
        return f"Radio({self.address!r})"  # a key is shown nowhere, not by mistake either

    def words(self) -> str:
        """Where it is."""
        return f"radio {self.address}"


def sensor_of(data: Data, name: str) -> Data:
    """The table of the sensor `name`. Raises InputError."""
    sensors: list[Data] = data.get("sensors", [])
    found = next((one for one in sensors if one.get("id") == name), None)
    if found is None:
        known = ", ".join(str(one.get("id")) for one in sensors)
        raise InputError(f"No sensor has the id {name!a}.", advice=f"Known: {known}.")
    if "gpio" not in found and "ble" not in found:
        raise InputError(f"`{name}` is connected to nothing.", advice="Connect it with `wren setup`.")
    return found


def sharing(data: Data, name: str) -> list[str]:
    """The sensors of the same device as `name`, itself among them: a meter's draws and litres, a device's battery."""
    whose = identity(sensor_of(data, name))
    return [str(one["id"]) for one in data["sensors"] if identity(one) == whose]


def identity(sensor: Data) -> tuple[str, Any]:
    """By what a device is the same."""
    if "gpio" in sensor:
        return "pin", sensor["gpio"].get("pin")
    ble = sensor.get("ble", {})
    return ("radio", ble.get("address") or ble.get("name")) if ble else ("", sensor.get("id"))


def replaced(data: Data, name: str, device: Wire | Radio, fitted: str) -> Data:
    """`data` with `device` in the place of that of `name`, there since `fitted` (UTC). `data` stays as it is.

    Raises InputError: it is another sensor's.
    """
    names = sharing(data, name)
    after = copy.deepcopy(data)
    now = ("pin", device.pin) if isinstance(device, Wire) else ("radio", device.address)
    other = next((one["id"] for one in data["sensors"] if one["id"] not in names and identity(one) == now), None)
    if other is not None:
        raise InputError(
            f"{device.words()} is that of `{other}`.", advice="Two sensors of one place: see `wren setup`."
        )
    for one in after["sensors"]:
        if one["id"] in names:
            _put(one, device)
            one["fitted"] = fitted
    return after


def _put(sensor: Data, device: Wire | Radio) -> None:
    if isinstance(device, Radio):
        sensor.pop("gpio", None)
        ble = {"address": device.address, "profile": device.profile}
        sensor["ble"] = ble | ({"key": device.key} if device.key else {})
        return
    sensor.pop("ble", None)
    before: Data = sensor.get("gpio", {})
    gpio = {**before, "pin": device.pin}
    if device.trace is not None and gpio.get("sense") != "pulses":
        gpio |= _as_seen(gpio, device.trace.gpio(SensorKind(sensor["kind"])))
        if gpio.get("pull") is None:
            gpio.pop("pull", None)
    sensor["gpio"] = gpio


def _as_seen(gpio: Data, seen: Data) -> Data:
    """What is otherwise than with the device before: which level is "on", and a longer bounce."""
    is_other = gpio.get("active", "low") != seen.get("active", "low")
    found: Data = {key: seen.get(key) for key in _WIRED_ANEW} if is_other else {}
    if seen.get("debounce_ms", 0) > gpio.get("debounce_ms", 0):
        found["debounce_ms"] = seen["debounce_ms"]
    return found
