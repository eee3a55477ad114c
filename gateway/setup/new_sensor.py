"""From something that moved to a sensor: what it is, where, whose, and how it is listened to."""

import re
import statistics
from typing import Any, Final, get_args

from gateway.config.forms import BleAddress, BleKey
from gateway.setup.air import Air
from gateway.setup.asking import Asker
from gateway.setup.items import Item
from gateway.setup.merging import Data
from gateway.setup.naming import (
    CARRIED,
    KINDS,
    OTHER_PLACE,
    PLACES,
    WIRED,
    WORN,
    bad_id,
    free,
    id_for,
    ids,
    key_of,
    slugged,
    usual_place,
)
from gateway.setup.panel import bad_pin, used_pins
from gateway.setup.trace import Tap, Trace
from gateway.sources.ble import bthome
from gateway.sources.ble.device import BEACON, BTHOME
from models.kinds import SensorKind
from models.vocabulary import OUTSIDE_DOOR

Table = dict[str, Any]

_KEY: Final = re.compile(str(get_args(BleKey)[1].pattern))
_ADDRESS: Final = re.compile(str(get_args(BleAddress)[1].pattern))
_EVEN: Final = 0.35
"""The spread of a turning wheel's pulses around their mean; a pipe that rings comes in bursts, above 1."""


def sensors_of(asker: Asker, data: Data, item: Item, air: Air, kind: SensorKind | None) -> list[Table]:
    """What is to be added for `item`; nothing if the person thinks better of it."""
    if kind is None:
        options = {key: words for key, (one, words) in KINDS.items() if one in item.kinds}
        guess = key_of(item.guess) if item.guess is not None else None
        kind = KINDS[asker.choice([item.words, "What is it?"], options, guess)][0]
    place = ask_place(asker, item.words, kind)
    if item.trace is not None:
        return _wired(asker, data, item.trace, kind, place)
    assert item.heard is not None
    heard = item.heard
    profile = BTHOME if heard.profile == BTHOME else heard.profile
    ble: Table = {"address": heard.address, "profile": profile}
    known = next((one["ble"] for one in data.get("sensors", []) if one.get("ble", {}).get("address") == heard.address),
                 None)  # fmt: skip
    if known is not None:
        ble = dict(known)
    elif heard.sealed and (key := ask_key(asker, heard.address, air)):
        ble["key"] = key
    if not _may_be(asker, kind, ble, is_sealed=heard.sealed):
        return []
    found = [_sensor(asker, data, kind, place) | {"ble": ble}]
    speaks_of_battery = profile == "heart_rate" or "battery" in heard.states
    if speaks_of_battery and known is None:
        name = free(f"{found[0]['id']}-battery", [*ids(data.get("sensors", [])), found[0]["id"]])
        found.append(found[0] | {"id": name, "kind": str(SensorKind.BATTERY), "ble": dict(ble)})
    return found


def ask_place(asker: Asker, words: str, kind: SensorKind) -> str:
    """Where it is."""
    if kind in CARRIED:
        return WORN
    options = {key: "outside door" if place == OUTSIDE_DOOR else place.replace("-", " ")
               for key, place in PLACES.items() if place != OUTSIDE_DOOR or kind is SensorKind.DOOR}  # fmt: skip
    options[OTHER_PLACE] = "another place"
    chosen = asker.choice([words, "Where is it?"], options, usual_place(kind))
    if chosen != OTHER_PLACE:
        return PLACES[chosen]
    return slugged(asker.text(["Where is it? No name of a person."], "Place", "", lambda one: bad_id(slugged(one))))


def ask_resident(asker: Asker, data: Data, kind: SensorKind) -> str | None:
    """Whose it is; asked only where several live."""
    residents = ids(data.get("residents", []))
    if len(residents) == 1 and kind is not SensorKind.BADGE:
        return residents[0]
    if len(residents) < 2:
        return None
    options = {str(number): name for number, name in enumerate(residents, 1)}
    if kind is not SensorKind.HEART_RATE:
        options["e"] = "everybody's" if kind is not SensorKind.BADGE else "for everybody"
    chosen = asker.choice(["Whose is it?"], options, "e" if "e" in options else None)
    return None if chosen == "e" else options[chosen]


def _sensor(asker: Asker, data: Data, kind: SensorKind, place: str) -> Table:
    found: Table = {"id": id_for(kind, place, ids(data.get("sensors", []))), "kind": str(kind), "place": place}
    resident = ask_resident(asker, data, kind)
    return found | ({"resident": resident} if resident is not None else {})


def _wired(asker: Asker, data: Data, trace: Trace, kind: SensorKind, place: str) -> list[Table]:
    sense: Tap = "contact"
    if kind is SensorKind.TAP and trace.is_pulsing():
        options = {"m": "a flow meter in the pipe", "v": "a vibration sensor on the pipe", "c": "a contact"}
        chosen = asker.choice([trace.says(), "What senses the water?"], options, "m" if is_even(trace) else "v")
        sense = {"m": "meter", "v": "vibration"}.get(chosen, "contact")  # type: ignore[assignment]
    tap = _sensor(asker, data, kind, place) | {"gpio": trace.gpio(kind, sense)}
    if sense != "meter":
        return [tap]
    lines = ["How many pulses a litre? Its maker says; 450 is usual. Enter alone: litres are not kept."]
    litres = asker.number(lines, "Pulses a litre", 1, 100_000)
    if litres is None:
        return [tap]
    name = free(f"{place}-water", ids(data.get("sensors", [])))
    water = tap | {"id": name, "kind": str(SensorKind.WATER), "gpio": tap["gpio"] | {"pulses_per_litre": litres}}
    return [tap, water]


def is_even(trace: Trace) -> bool:
    """Whether its pulses come as evenly as those of a wheel."""
    longest = max(trace.movements(), key=len)
    apart = [later[0] - earlier[0] for earlier, later in zip(longest[::2], longest[2::2], strict=False)]
    return len(apart) > 1 and statistics.pstdev(apart) <= _EVEN * statistics.mean(apart)


def ask_key(asker: Asker, address: str, air: Air | None) -> str | None:
    """The key of a sealed device, tried on what it says where `air` hears it; None if there is none."""
    lines = [
        "What this device says is sealed. Its key is in its maker's app: 32 digits and letters a-f.",
        "Enter: none.",
    ]

    def check(answer: str) -> str | None:
        if not answer:
            return None
        if not _KEY.match(answer):
            return f"32 digits and letters a-f; these were {len(answer)}."
        if air is not None and air.device(address) is not None and not air.use_key(address, bytes.fromhex(answer)):
            return "That key does not fit what it says. Look at its app again; press it once and try."
        return None

    return asker.text(lines, "Key", "", check, is_secret=True) or None


def _may_be(asker: Asker, kind: SensorKind, ble: Table, *, is_sealed: bool) -> bool:
    if ble["profile"] != BTHOME or ble.get("key"):
        return True
    if is_sealed:
        asker.tell(["Without its key nothing of it can be read. It is left out; press it again when the key is there."])
        return False
    if kind is SensorKind.BUTTON:
        asker.tell(["This button is not sealed: anybody in the street could press it. Set a key in its maker's app,",
                    "and press it again."])  # fmt: skip
        return False
    return True


def by_hand(asker: Asker, data: Data, apart: dict[int, str]) -> list[Table]:
    """A sensor whose pin or address is known from elsewhere."""
    options = {"p": "on a pin", "r": "by radio", "b": "back"}
    chosen = asker.choice(["How is it connected?"], options, "b")
    if chosen == "b":
        return []
    return _pin_by_hand(asker, data, apart) if chosen == "p" else _radio_by_hand(asker, data)


def _pin_by_hand(asker: Asker, data: Data, apart: dict[int, str]) -> list[Table]:
    used = used_pins(data) | apart
    pin = int(asker.text(["On which pin? The GPIO number, as the drawing has it; not the header's."], "Pin", "",
                         lambda answer: bad_pin(answer, used)))  # fmt: skip
    options = {key: words for key, (one, words) in KINDS.items() if one in WIRED}
    kind = KINDS[asker.choice([f"Pin {pin}. What is it?"], options)][0]
    place = ask_place(asker, f"Pin {pin}", kind)
    levels = {
        "l": "connected to ground (low), as a button is",
        "h": "not connected, or driven high (as at an open door)",
    }
    high = asker.choice(["When it is on (open, pressed, somebody there), its wire is"], levels, "l") == "h"
    return [_sensor(asker, data, kind, place) | {"gpio": Trace(pin, rest_high=not high).gpio(kind)}]


def _radio_by_hand(asker: Asker, data: Data) -> list[Table]:
    address = asker.text(["Its address, as printed on it, such as C0:FF:EE:00:00:01."], "Address", "", _bad_address)
    options = {"b": "a BTHome sensor", "r": "a strap that counts the pulse", "g": "a badge that is only heard"}
    profile = {"b": BTHOME, "r": "heart_rate", "g": BEACON}[asker.choice(["What is it?"], options, "b")]
    ble: Table = {"address": address.upper(), "profile": profile}
    kind = {"heart_rate": SensorKind.HEART_RATE, BEACON: SensorKind.BADGE}.get(profile)
    if any(one.get("ble", {}).get("address") == ble["address"] for one in data.get("sensors", [])):
        asker.tell(["A sensor with this address is set up already; change it in the overview."])
        return []
    if kind is None:
        names = {key: words for key, (one, words) in KINDS.items() if one in bthome.KINDS}
        kind = KINDS[asker.choice(["What does it tell of?"], names)][0]
        if key := ask_key(asker, ble["address"], None):
            ble["key"] = key
        if not _may_be(asker, kind, ble, is_sealed=False):
            return []
    place = ask_place(asker, address, kind)
    return [_sensor(asker, data, kind, place) | {"ble": ble}]


def _bad_address(answer: str) -> str | None:
    return None if _ADDRESS.match(answer.upper()) else "Six pairs of digits and letters a-f, such as C0:FF:EE:00:00:01."
