"""Press the new one now: what moves, and can be what the old one was, is shown; a key takes it."""

from typing import Any, Final

from rich.text import Text

from gateway.replacing.device import Radio, Wire, sharing
from gateway.setup.asking import Asker
from gateway.setup.items import Item, Seen
from gateway.setup.keys import ENTER
from gateway.setup.merging import Data
from gateway.setup.naming import words_of
from gateway.setup.new_sensor import ask_key
from gateway.setup.sensors import connected
from gateway.sources.ble.device import BTHOME
from models.kinds import SensorKind

_LOOK_S: Final = 0.1
_LIST: Final = "*"
_AGAIN: Final = "0"
_LEAVE: Final = ("q", "Q", "\x1b", "\x04")


def ask_device(asker: Asker, data: Data, sensor: Data, seen: Seen) -> Wire | Radio | None:
    """The device that was pressed and confirmed; None if the person leaves."""
    names = sharing(data, str(sensor["id"]))
    others = [one for one in data["sensors"] if one["id"] not in names]
    kind = SensorKind(sensor["kind"])
    seen.fresh()
    while True:
        seen.pins.look()
        found, known = seen.items(others)
        items = [one for one in found if kind in one.kinds]
        key = asker.key(_lines(sensor, kind, items, known, seen), _prompt(items), _LOOK_S)
        item: Item | None = None
        if key in _LEAVE:
            return None
        if key == _AGAIN:
            seen.fresh()
        elif key == _LIST:
            item = _from_list(asker, [one for one in seen.on_air() if kind in one.kinds], seen)
        elif key == ENTER and len(items) == 1:
            item = items[0]
        elif key is not None and key.isdecimal() and 1 <= int(key) <= len(items):
            item = items[int(key) - 1]
        if item is not None and (device := _confirmed(asker, sensor, names, item, seen)) is not None:
            return device


def _confirmed(asker: Asker, sensor: Data, names: list[str], item: Item, seen: Seen) -> Wire | Radio | None:
    if item.trace is not None:
        device: Wire | Radio = Wire(item.trace.pin, item.trace)
    else:
        assert item.heard is not None
        heard = item.heard
        key = ask_key(asker, heard.address, seen.air) if heard.sealed else None
        if heard.profile == BTHOME and heard.sealed and key is None:
            asker.tell(["Without its key nothing of it can be read. Press it again when the key is there."])
            return None
        device = Radio(heard.address, heard.profile, key)
    lines: list[str | Text] = [
        Text(f"{', '.join(names)}: {connected(sensor)}"),
        Text.assemble("  becomes  ", (device.words(), "bold"), f"   ({item.words})"),
        Text(),
        "What was learnt stays. Wren starts anew with it, and the walk-test asks for it once more. Is it right?",
    ]
    return device if asker.yes(lines, default=True) else None


def _lines(sensor: Data, kind: SensorKind, items: list[Item], known: list[str], seen: Seen) -> list[str | Text]:
    place = f"{words_of(kind)}, {sensor['place']}, {connected(sensor)}"
    lines: list[str | Text] = [
        Text.assemble((str(sensor["id"]), "bold"), f" ({place}) gets another device."),
        "Press, open or move the new one now, twice.",
        Text(),
    ]
    for number, item in enumerate(items, 1):
        lines.append(Text.assemble("  ", (str(number), "bold cyan"), f"  {item.words}", style="dim" * item.doubtful))
    lines += [Text(f"     {one}", style="dim") for one in known[:4]]
    if not items:
        lines.append(Text("     nothing has moved yet", style="dim"))
    if seen.pins.problem:
        lines += ["", f"Pins cannot be watched: {seen.pins.problem} Leave, and give it with --pin."]
    if seen.air.problem:
        lines += ["", f"By radio nothing is heard: {seen.air.problem}"]
    keys = ((_LIST, "all heard by radio"), (_AGAIN, "forget what moved"), ("q", "leave, nothing is changed"))
    legend: list[Any] = [part for one, words in keys for part in ("  ", (one, "cyan"), f" {words}")]
    return [*lines, Text(), Text.assemble(*legend)]


def _prompt(items: list[Item]) -> str:
    return "Enter: this one:" if len(items) == 1 else "A number for the new one:"


def _from_list(asker: Asker, heard: list[Item], seen: Seen) -> Item | None:
    if not heard:
        asker.tell(["Nothing that can be this sensor is heard by radio just now.", seen.air.problem])
        return None
    options = {str(number): item.words for number, item in enumerate(heard, 1)} | {"b": "back"}
    chosen = asker.choice(["Heard by radio, the strongest first:"], options, "b")
    return None if chosen == "b" else heard[int(chosen) - 1]
