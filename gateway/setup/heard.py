"""One device that is heard by radio: what it says, whether it said something new, and what it can be."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from gateway.sources.ble import bthome
from gateway.sources.ble.characteristic import assigned
from gateway.sources.ble.device import BEACON, BTHOME
from models.kinds import SensorKind

_HEART_RATE: Final = assigned(0x180D)
_ALREADY_THERE_S: Final = 5.0
"""What is heard in the first seconds of a scan was on the air before."""

_MEASURED: Final = ("temperature", "humidity", "battery", "voltage", "illuminance", "pressure", "rssi")
_GUESSES: Final = {
    "button": SensorKind.BUTTON, "opening": SensorKind.DOOR, "door": SensorKind.DOOR, "window": SensorKind.DOOR,
    "garage_door": SensorKind.DOOR, "motion": SensorKind.MOTION, "moving": SensorKind.MOTION,
    "occupancy": SensorKind.PRESENCE, "presence": SensorKind.PRESENCE, "vibration": SensorKind.TAP,
    "power": SensorKind.APPLIANCE, "running": SensorKind.APPLIANCE, "temperature": SensorKind.TEMPERATURE,
    "humidity": SensorKind.HUMIDITY,
}  # fmt: skip
_SEALED: Final = 1
_TRIGGERED: Final = 4
_SHORT: Final = 5


@dataclass
class Heard:
    """One device.

    Attributes:
        address: as BlueZ writes it.
        after_s: how long after the scan had begun it was heard first.
        rssi: of its last advert, dBm.
        name: what it calls itself, if it does.
        profile: "bthome", "heart_rate", or "beacon" for whatever else advertises.
        sealed: whether what it says is encrypted.
        states: what it said last, by BTHome's names.
        news: how often it said something new since the last `fresh`.
        at_s: when it last did (monotonic).
    """

    address: str
    after_s: float
    rssi: int = -127
    name: str | None = None
    profile: str = BEACON
    sealed: bool = False
    states: dict[str, str] = field(default_factory=dict)
    news: int = 0
    at_s: float = 0.0
    _last: bytes = b""
    _events: frozenset[tuple[str, str]] = frozenset()
    _count: int = 0

    def take(
        self, at_s: float, rssi: int, name: str | None, services: Collection[str], data: bytes | None, key: bytes | None
    ) -> None:
        """One advert of it."""
        self._count += 1
        self.rssi = rssi
        self.name = name or self.name
        is_news = self._count == 1 and self.after_s > _ALREADY_THERE_S
        if _HEART_RATE in services:
            self.profile = "heart_rate"
        if data:
            self.profile = BTHOME
            is_news = self._spoke(data, key) or is_news
        if is_news:
            self.news += 1
            self.at_s = at_s

    def fresh(self) -> None:
        """What it said so far is dealt with."""
        self.news = 0

    def opens(self, key: bytes) -> bool:
        """Whether `key` fits what it said last; if so that is known from now on."""
        if not self._last:
            return False
        try:
            parser, _ = bthome.parsed(self.address, self._last, key)
        except bthome.Refused:
            return False
        if not parser.bindkey_verified:
            return False
        self.states = _states(self.address, self._last, key)
        self._events = _events(self.states)
        return True

    def _spoke(self, data: bytes, key: bytes | None) -> bool:
        if data == self._last:
            return False
        first = not self._last
        self._last = data
        self.sealed = bool(data[0] & _SEALED)
        if self.sealed and key is None:
            return not first  # a seal counts up with everything that is said
        self.states = _states(self.address, data, key)
        before, self._events = self._events, _events(self.states)
        pressed = any(name.startswith("button") for name, _ in self._events)
        return not first and (pressed or self._events != before)

    def label(self) -> str:
        """By what it is told from others: the end of its address, as it is printed on it."""
        kind = {BTHOME: "BTHome sensor", "heart_rate": "heart-rate strap"}.get(self.profile, "device")
        name = f" {self.name[:20]!a}" if self.name and self.profile != BTHOME else ""
        return f"{kind}{name} …{self.address[-_SHORT:]}"

    def says(self) -> str:
        """What it said last, in a few words.

        >>> Heard("C0:FF:EE:00:00:01", 0.0, -61, profile="bthome", states={"motion": "on"}).says()
        '-61 dBm, says: motion'
        """
        if self.sealed and not self.states:
            said = "something sealed (its key is needed)"
        elif self.states:
            said = ", ".join(_in_words(name, state) for name, state in self.states.items())
        else:
            said = "that it is there"
        return f"{self.rssi} dBm, says: {said}"

    def kinds(self) -> list[SensorKind]:
        """What it can be, the likeliest first."""
        if self.profile == "heart_rate":
            return [SensorKind.HEART_RATE]
        if self.profile == BEACON:
            return [SensorKind.BADGE]
        said = [_GUESSES[name] for name in (one.rsplit("_", 1)[0] if one[-1:].isdigit() else one for one in self.states)
                if name in _GUESSES]  # fmt: skip
        return list(dict.fromkeys([*said, *sorted(bthome.KINDS - {SensorKind.BATTERY})]))

    def guess(self) -> SensorKind | None:
        """What it most likely is."""
        return self.kinds()[0] if self.profile != BTHOME or self.states else None


def _states(address: str, data: bytes, key: bytes | None) -> dict[str, str]:
    try:
        _, update = bthome.parsed(address, data, key)
    except bthome.Refused:
        return {}
    found = {one.key: "on" if value.native_value else "off" for one, value in update.binary_entity_values.items()}
    found |= {one.key: str(event.event_type) for one, event in update.events.items()}
    numbers = {one.key: value.native_value for one, value in update.entity_values.items()}
    found |= {name: f"{number:.3g}" for name, number in numbers.items()
              if isinstance(number, int | float) and name in _MEASURED[:3]}  # fmt: skip
    return found


def _events(states: dict[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset((name, state) for name, state in states.items() if name not in _MEASURED)


def _in_words(name: str, state: str) -> str:
    plain = name.replace("_", " ")
    if name == "battery":
        return f"battery {state} %"
    if name == "temperature":
        return f"{state} degrees"
    if name == "humidity":
        return f"humidity {state} %"
    if name in ("opening", "door", "window"):
        return f"{plain} {'open' if state == 'on' else 'shut'}"
    return plain if state == "on" else f"no {plain}" if state == "off" else f"{plain} {state.replace('_', ' ')}"
