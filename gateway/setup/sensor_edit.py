"""A sensor that is set up already, changed: one thing at a time."""

import re
from typing import Any, Final, get_args

from rich.text import Text

from gateway.config.forms import BleKey
from gateway.config.radio import KINDS as BY_RADIO
from gateway.setup.asking import Asker
from gateway.setup.merging import Data
from gateway.setup.naming import KINDS, WIRED, bad_id, ids, key_of, words_of
from gateway.setup.new_sensor import ask_place, ask_resident
from gateway.setup.panel import bad_pin, used_pins
from gateway.setup.sensors import connected
from gateway.setup.trace import turned
from models.kinds import SensorKind

_MORE: Final = "+"
_LONGEST_MS: Final = 5000
_KEY: Final = re.compile(str(get_args(BleKey)[1].pattern))


def choose_sensor(asker: Asker, data: Data) -> str:
    """Change sensors until the person has enough; "+" if some are to be added, else ""."""
    while True:
        sensors: list[dict[str, Any]] = data.get("sensors", [])
        lines = [Text("The sensors. Which one is to be changed?")]
        for number, one in enumerate(sensors, 1):
            whose = f", of {one['resident']}" if one.get("resident") else ""
            said = f"  {one.get('id')}: {words_of(str(one.get('kind')))}, {one.get('place')}, {connected(one)}{whose}"
            lines.append(Text.assemble("  ", (f"{number:>2}", "bold cyan"), said))

        def check(answer: str, most: int = len(sensors)) -> str | None:
            known = answer in ("", _MORE) or (answer.isdecimal() and answer.isascii() and 1 <= int(answer) <= most)
            return None if known else f"A number up to {most}, + or Enter alone."

        answer = asker.text(lines, "A number; + to add some; Enter: back", "", check)
        if answer in ("", _MORE):
            return answer
        _change(asker, data, sensors[int(answer) - 1])


def _change(asker: Asker, data: Data, sensor: dict[str, Any]) -> None:
    options = {"k": "what it is", "p": "where it is", "w": "whose it is", "i": "its id"}
    if "gpio" in sensor:
        options |= {"n": "its pin", "/": "on and off the other way round", "d": "how long it bounces"}
    if sensor.get("ble", {}).get("profile") == "bthome":
        options["c"] = "its key"
    options |= {"x": "take it out", "b": "back"}
    lines = [f"{sensor['id']}: {words_of(str(sensor.get('kind')))}, {sensor.get('place')}, {connected(sensor)}"]
    chosen = asker.choice(lines, options, "b")
    if chosen == "x":
        data["sensors"].remove(sensor)
    elif chosen in _CHANGES:
        _CHANGES[chosen](asker, data, sensor)


def _kind(asker: Asker, data: Data, sensor: dict[str, Any]) -> None:  # noqa: ARG001 - as the others
    before = SensorKind(sensor["kind"])
    able = BY_RADIO[sensor["ble"]["profile"]] if "ble" in sensor else WIRED
    if "ble" in sensor and not sensor["ble"].get("key"):
        able = able - {SensorKind.BUTTON}
    options = {key: words for key, (one, words) in KINDS.items() if one in able}
    if before not in able or not options:
        asker.tell(["What this one is follows from how it is connected. Take it out and add it anew."])
        return
    kind = KINDS[asker.choice(["What is it?"], options, key_of(before) if key_of(before) in options else None)][0]
    sensor["kind"] = str(kind)
    if sensor.get("gpio", {}).get("sense") == "pulses" and kind is not SensorKind.TAP:
        sensor["gpio"] = {key: one for key, one in sensor["gpio"].items() if key in ("pin", "active", "pull")}


def _place(asker: Asker, data: Data, sensor: dict[str, Any]) -> None:  # noqa: ARG001 - as the others
    sensor["place"] = ask_place(asker, str(sensor["id"]), SensorKind(sensor["kind"]))


def _whose(asker: Asker, data: Data, sensor: dict[str, Any]) -> None:
    resident = ask_resident(asker, data, SensorKind(sensor["kind"]))
    sensor.pop("resident", None)
    if resident is not None:
        sensor["resident"] = resident


def _id(asker: Asker, data: Data, sensor: dict[str, Any]) -> None:
    others = [name for name in ids(data["sensors"]) if name != sensor["id"]]

    def check(answer: str) -> str | None:
        return "There is one with this id." if answer in others else bad_id(answer)

    lines = ["Its id. What was learnt goes by it: with another id it begins anew."]
    sensor["id"] = asker.text(lines, "Id", str(sensor["id"]), check)


def _pin(asker: Asker, data: Data, sensor: dict[str, Any]) -> None:
    own = sensor["gpio"]["pin"]
    used = {pin: by for pin, by in used_pins(data).items() if pin != own}
    pin = int(asker.text(["Its pin."], "Pin", str(own), lambda answer: bad_pin(answer, used)))
    for one in data["sensors"]:
        if one.get("gpio", {}).get("pin") == own:
            one["gpio"]["pin"] = pin


def _turn(asker: Asker, data: Data, sensor: dict[str, Any]) -> None:  # noqa: ARG001 - as the others
    own = sensor["gpio"]["pin"]
    for one in data["sensors"]:
        if one.get("gpio", {}).get("pin") == own:
            one["gpio"] = turned(one["gpio"])


def _bounce(asker: Asker, data: Data, sensor: dict[str, Any]) -> None:
    lines = [
        "How long does it bounce, in thousandths of a second? Its first change counts at once.",
        "Enter: as usual.",
    ]
    found = asker.number(lines, "Thousandths", 0, _LONGEST_MS, sensor["gpio"].get("debounce_ms"))
    own = sensor["gpio"]["pin"]
    for one in data["sensors"]:
        if one.get("gpio", {}).get("pin") == own:
            one["gpio"] = {key: old for key, old in one["gpio"].items() if key != "debounce_ms"}
            one["gpio"] |= {} if found is None else {"debounce_ms": found}


def _key(asker: Asker, data: Data, sensor: dict[str, Any]) -> None:
    def check(answer: str) -> str | None:
        return None if not answer or _KEY.match(answer) else "32 digits and letters a-f."

    answer = asker.text(["Its key, from its maker's app. Enter alone: as it is."], "Key", "", check, is_secret=True)
    for one in data["sensors"] if answer else []:
        if one.get("ble", {}).get("address") == sensor["ble"].get("address"):
            one["ble"]["key"] = answer


_CHANGES: Final = {"k": _kind, "p": _place, "w": _whose, "i": _id, "n": _pin, "/": _turn, "d": _bounce, "c": _key}
