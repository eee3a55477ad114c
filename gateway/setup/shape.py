"""Whether tables that were read can be talked about at all: what a person or a cut left may be of any form."""

from typing import Any, Final

from gateway.setup.blocks import ARRAYS
from gateway.setup.sections import SECTIONS
from models.kinds import SensorKind

_NAMED: Final = ("residents", "sensors", "recipients")


def is_home(data: object) -> bool:
    """Whether every section of `data` has the form that the questions go by.

    >>> is_home({"home": {}, "sensors": [{"id": "tap", "kind": "tap", "place": "kitchen"}]}), is_home({"sensors": 3})
    (True, False)
    """
    if not isinstance(data, dict):
        return False
    for section, one in data.items():
        if section in ARRAYS:
            if not isinstance(one, list) or not all(isinstance(table, dict) for table in one):
                return False
        elif section in SECTIONS and not isinstance(one, dict):
            return False
    named = [table for section in _NAMED for table in data.get(section, [])]
    return (
        all(isinstance(table.get("id"), str) for table in named)
        and all(map(_is_panel, data.get("panels", [])))
        and all(map(_is_visit, data.get("visits", [])))
        and all(map(_is_sensor, data.get("sensors", [])))
        and all(_is_alert(one) for one in data.get("alerts", {}).values())
        and all("hours" in one for one in data.get("recipients", []))
    )


def _is_sensor(table: dict[str, Any]) -> bool:
    gpio, ble = table.get("gpio", {"pin": 0}), table.get("ble", {"profile": ""})
    return (
        isinstance(table.get("place"), str)
        and table.get("kind") in list(SensorKind)
        and isinstance(gpio, dict)
        and isinstance(gpio.get("pin"), int)
        and isinstance(ble, dict)
        and ble.get("profile") in ("", "heart_rate", "bthome", "beacon")
    )


def _is_panel(table: dict[str, Any]) -> bool:
    pins = [pin for key, pin in table.items() if key.endswith("_pin")]
    return isinstance(table.get("resident"), str) and all(isinstance(pin, int) for pin in pins)


def _is_visit(table: dict[str, Any]) -> bool:
    days = table.get("days", [])
    return isinstance(days, list) and all(isinstance(day, str) for day in days)


def _is_alert(table: object) -> bool:
    return isinstance(table, dict) and {"owner", "reason"} <= set(table)
