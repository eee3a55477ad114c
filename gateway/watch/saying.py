"""What is said of a sensor's value and of an event, in few words: what the wire says, not what it means of a person."""

from typing import Any, Final

from gateway.live.forms import Begin, Heard, Line, Missed, Seen, Told
from gateway.watch.view import UNKNOWN, Event, Row
from models.kinds import SensorKind
from models.vocabulary import RADIO, SENSOR_LINK

_UNITS: Final = {
    SensorKind.HEART_RATE: "bpm",
    SensorKind.STEPS: "steps",
    SensorKind.TEMPERATURE: "°C",
    SensorKind.HUMIDITY: "%",
    SensorKind.BATTERY: "%",
    SensorKind.WATER: "l",
}

_OPENS: Final = frozenset({SensorKind.DOOR, SensorKind.FRIDGE, SensorKind.CUPBOARD})

STRENGTHS_DBM: Final = (-95, -85, -75, -65)
"""A bar for each of these that is reached: -75 dBm is a radio link with room to spare, -95 dBm hardly one."""

_BARS: Final = "▂▄▆█"


def value(row: Row) -> str:
    """What a sensor says now.

    >>> value(Row("front-door", "door", "outside-door", by_radio=False, value=1.0))
    'open'
    >>> value(Row("strap", "heart_rate", "worn", by_radio=True, value=62.0))
    '62 bpm'
    """
    if row.value is None:
        return ""
    if unit := _UNITS.get(row.kind):  # type: ignore[call-overload] # a StrEnum's member is its text
        return f"{row.value:g} {unit}"
    if row.kind in _OPENS:
        return "open" if row.value else "closed"
    if row.kind == SensorKind.BUTTON:
        return "pressed" if row.value else "released"
    return "on" if row.value else "off"


def bars(rssi_dbm: int | None) -> str:
    """How strong, in four bars.

    >>> bars(-70), bars(-99), bars(None)
    ('▂▄▆·', '····', '')
    """
    if rssi_dbm is None:
        return ""
    reached = sum(rssi_dbm >= step for step in STRENGTHS_DBM)
    return _BARS[:reached] + "·" * (len(_BARS) - reached)


def ago(seconds: float) -> str:
    """A short span; the longer, the coarser, so that a still screen stays still.

    >>> [ago(seconds) for seconds in (0.4, 7.2, 38, 90, 3700, 90000)]
    ['now', '7 s', '30 s', '1 min', '1 h', '25 h']
    """
    if seconds < 1:
        return "now"
    if seconds < 10:
        return f"{seconds:.0f} s"
    if seconds < 60:
        return f"{seconds // 10 * 10:.0f} s"
    if seconds < 3600:
        return f"{seconds // 60:.0f} min"
    return f"{seconds // 3600:.0f} h"


def event(one: Event) -> tuple[str, str]:
    """What it is about, and what is said of it."""
    line, row = one.line, one.row
    if isinstance(line, str):
        return "wren", line
    if isinstance(line, Missed):
        return "wren", f"{line.lines} lines were left out here: this terminal was too slow."
    if isinstance(line, Told):
        return line.resident, f"alert {line.kind}: {line.change}"
    if isinstance(line, Heard):
        return ", ".join(line.sensors), f"heard, {line.rssi_dbm} dBm {bars(line.rssi_dbm)}"
    if isinstance(line, Begin) or row is None:
        heard = isinstance(line, Seen) and bool(line.value)
        return "radio", "hears again" if heard else "nothing can be heard by radio"
    if line.sensor.startswith(SENSOR_LINK):
        return row.sensor, "is heard again" if line.value else "link lost: it is not heard any more"
    of = "not in this home.toml" if row.kind == UNKNOWN else f"{row.kind}, {row.place}"
    # a row has the newest value; an event its own
    said = value(Row(row.sensor, row.kind, row.place, by_radio=row.by_radio, value=line.value))
    return row.sensor, f"{said}  ({of})"


def is_trouble(one: Event) -> bool:
    """Whether it is to stand out: a link or the radio or the daemon that is gone, lines left out."""
    line = one.line
    if isinstance(line, Seen):
        return line.sensor.startswith((SENSOR_LINK, RADIO)) and not line.value
    return isinstance(line, Missed) or (isinstance(line, str) and line.endswith("..."))


def document(line: Line | str, row: Row | None) -> dict[str, Any]:
    """An event as one JSON object, without its time."""
    if isinstance(line, str):
        return {"type": "watcher", "said": line}
    if isinstance(line, Begin):
        return {"type": "begin", "version": line.version, "home": line.home}
    if isinstance(line, Missed):
        return {"type": "missed", "lines": line.lines}
    if isinstance(line, Told):
        return {"type": "told", "resident": line.resident, "kind": line.kind, "change": line.change}
    if isinstance(line, Heard):
        return {"type": "heard", "sensors": list(line.sensors), "rssi_dbm": line.rssi_dbm}
    if line.sensor.startswith(SENSOR_LINK) and row is not None:
        return {"type": "link", "sensor": row.sensor, "heard": bool(line.value)}
    if line.sensor == RADIO:
        return {"type": "radio", "hears": bool(line.value)}
    told = {"type": "seen", "sensor": line.sensor, "value": line.value}
    return told if row is None else told | {"kind": row.kind, "place": row.place, "said": value(row)}
