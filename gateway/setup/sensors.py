"""Press it now: what moves is shown, and one or two keys make a sensor of it."""

from collections.abc import Callable
from itertools import groupby
from typing import Any, Final

from rich.text import Text

from gateway.setup.asking import Asker, choices
from gateway.setup.items import Item, Ref, Seen
from gateway.setup.keys import ENTER
from gateway.setup.merging import Data
from gateway.setup.naming import KINDS, words_of
from gateway.setup.new_sensor import by_hand, sensors_of
from gateway.setup.screen import Screen
from gateway.setup.trace import turned
from models.kinds import SensorKind

_LOOK_S: Final = 0.1
_LIST: Final = "*"
_HAND: Final = "+"
_BACK: Final = "-"
_TURN: Final = "/"
_AGAIN: Final = "0"
_FEWEST: Final = 2
_MOST_HEARD: Final = 9


def ask_sensors(asker: Asker, data: Data, seen: Seen, apart: dict[int, str], keep: Callable[[], None]) -> None:
    """Sensor after sensor, until Enter. `keep` is called after each change: a lost line loses none of them."""
    sensors: list[dict[str, Any]] = data.setdefault("sensors", [])
    added = _devices(sensors)
    seen.fresh()
    while True:
        seen.pins.look()
        items, known = seen.items(sensors)
        options = _kinds_of(_single(items))
        key = asker.key(_lines(data, seen, items, known, asker.screen), _prompt(items, options), _LOOK_S)
        if key is None:
            continue
        if key == ENTER:
            if sensors or asker.yes(["No sensor yet: go on without?"], default=False):
                return
            continue
        if key in (_BACK, _TURN):
            if added:
                (_take_back if key == _BACK else _turn)(sensors, added.pop() if key == _BACK else added[-1])
                keep()
            continue
        if key == _AGAIN:
            seen.fresh()
            continue
        new = _chosen(asker, data, seen, apart, key, items)
        if new:
            sensors += new
            added.append([one["id"] for one in new])
            keep()
        if new is not None:
            seen.fresh()


def _chosen(
    asker: Asker, data: Data, seen: Seen, apart: dict[int, str], key: str, items: list[Item]
) -> list[dict[str, Any]] | None:
    """The sensors that a key leads to; None if it is no such key."""
    single = _single(items)
    if key.isdecimal() and 1 <= int(key) <= len(items):
        return sensors_of(asker, data, items[int(key) - 1], seen.air, None)
    if single is not None and key.lower() in _kinds_of(single):
        return sensors_of(asker, data, single, seen.air, KINDS[key.lower()][0])
    if key == _LIST:
        return _from_list(asker, data, seen)
    if key == _HAND:
        return by_hand(asker, data, apart)
    return None


def _devices(sensors: list[dict[str, Any]]) -> list[list[str]]:
    """The ids of each device in turn: a meter's draws and litres are one, and so are a device and its battery."""

    def wire(one: dict[str, Any]) -> object:
        return one.get("gpio", {}).get("pin") or one.get("ble", {}).get("address") or one["id"]

    return [[str(one["id"]) for one in group] for _, group in groupby(sensors, wire)]


def _take_back(sensors: list[dict[str, Any]], names: list[str]) -> None:
    sensors[:] = [one for one in sensors if one["id"] not in names]


def _single(items: list[Item]) -> Item | None:
    """The one thing that moved, if it was one: then a kind alone is enough. What chatters by itself is none."""
    moved = [one for one in items if not one.doubtful]
    return moved[0] if len(moved) == 1 else None


def _kinds_of(item: Item | None) -> dict[str, str]:
    if item is None:
        return {}
    return {key: words for key, (kind, words) in KINDS.items() if kind in item.kinds}


def _lines(data: Data, seen: Seen, items: list[Item], known: list[str], screen: Screen) -> list[Text]:
    """What moved, what it may be, what was set up so far: as much of it as the screen has room for."""
    lines = [Text("Open, press, sit on or switch on one thing, a few times: it shows here.")]
    lines += [Text(problem, style="yellow") for problem in _problems(seen)]
    lines.append(Text())
    lines += [Text.assemble("  ", (str(number), "bold cyan"), f"  {one.line()}") for number, one in enumerate(items, 1)]
    lines += [Text(f"     {words}", style="dim") for words in known]
    if not items and not known:
        lines.append(Text("     Nothing has moved yet.", style="dim"))
    if options := _kinds_of(_single(items)):
        lines += [Text(), Text("What is it?"), *choices(options)]
    sensors = data.get("sensors", [])
    legend = [Text(), *_legend(has_some=bool(sensors))]
    if sensors:
        used = sum(max(1, -(-len(one) // screen.columns)) for one in [*lines, *legend])
        shown = sensors[-max(_FEWEST, screen.rows - used - 2) :]
        before = len(sensors) - len(shown)
        lines += [Text(), Text(f"So far ({len(sensors)}{f', {before} before these' if before else ''}):")]
        lines += [Text(f"     {_row(one, seen)}", style="dim") for one in shown]
    return [*lines, *legend]


def _legend(*, has_some: bool) -> list[Text]:
    keys = [(_LIST, "all heard by radio"), (_HAND, "give pin or address"), (_AGAIN, "forget what moved")]
    last = [(_BACK, "take the last one out"), (_TURN, "turn its on and off round")] if has_some else []
    rows = [[Text.assemble("  ", (key, "cyan"), (f"  {words}", "dim")) for key, words in row] for row in (keys, last)]
    return [Text("   ").join(row) for row in rows if row]


def _prompt(items: list[Item], options: dict[str, str]) -> str:
    if options:
        return "A letter for what moved; Enter when these are all:"
    return "A number for what it was; Enter when these are all:" if items else "Enter when these are all:"


def _problems(seen: Seen) -> list[str]:
    found = []
    if seen.pins.problem:
        found.append(f"Pins cannot be watched: {seen.pins.problem} Press {_HAND} to give a pin by hand.")
    elif seen.pins.refused:
        pins = ", ".join(f"GPIO{pin}" for pin in seen.pins.refused)
        found.append(f"These pins are in use by another program and are not watched: {pins}.")
    if seen.air.problem:
        found.append(f"By radio nothing is heard: {seen.air.problem}")
    return found


def _row(sensor: dict[str, Any], seen: Seen) -> str:
    return f"{sensor['id']}: {words_of(sensor['kind'])}, {sensor['place']}, {connected(sensor)}{_now(sensor, seen)}"


def connected(sensor: dict[str, Any]) -> str:
    """How a sensor is connected, in a few words."""
    gpio, ble = sensor.get("gpio"), sensor.get("ble")
    if gpio is not None:
        pulses = ", in pulses" if gpio.get("sense") == "pulses" else ""
        return f"GPIO{gpio.get('pin')}, on when {gpio.get('active', 'low')}{pulses}"
    if ble is not None:
        return f"radio {ble.get('address') or ble.get('name')}{', sealed' if ble.get('key') else ''}"
    return "not connected"


def _now(sensor: dict[str, Any], seen: Seen) -> str:
    gpio = sensor.get("gpio")
    if gpio is None or gpio.get("sense") == "pulses":
        return ""
    high = seen.pins.is_high(gpio["pin"])
    if high is None:
        return ""
    is_on = high is (gpio.get("active", "low") == "high")
    if sensor["kind"] in (SensorKind.DOOR, SensorKind.CUPBOARD, SensorKind.FRIDGE):
        return "; open now" if is_on else "; shut now"
    return "; on now" if is_on else "; off now"


def _turn(sensors: list[dict[str, Any]], names: list[str]) -> None:
    for one in sensors:
        if one["id"] in names and "gpio" in one:
            one["gpio"] = turned(one["gpio"])


def _from_list(asker: Asker, data: Data, seen: Seen) -> list[dict[str, Any]] | None:
    """One of all that is heard. Who comes later stands below: no number changes under a finger."""
    order: list[Ref] = []
    while True:
        heard = {item.ref: item for item in seen.on_air(most=None)}
        order += [ref for ref in heard if ref not in order][: _MOST_HEARD - len(order)]
        shown = [heard[ref] for ref in order]
        lines = [Text("Heard by radio, the strongest first. What is brought nearer gets stronger."), Text()]
        lines += [Text.assemble("  ", (str(at), "bold cyan"), f"  {one.words}") for at, one in enumerate(shown, 1)]
        if not shown:
            lines.append(
                Text(f"     {seen.air.problem or 'Nothing yet: press the device, or bring it nearer.'}", "dim")
            )
        key = asker.key(lines, f"A number; {_LIST}: sort them again; Enter: back.", _LOOK_S)
        if key == ENTER:
            return None
        if key == _LIST:
            order = []
        elif key is not None and key.isdecimal() and 1 <= int(key) <= len(shown):
            return sensors_of(asker, data, shown[int(key) - 1], seen.air, None)
