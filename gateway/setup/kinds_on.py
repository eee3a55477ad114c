"""Which kinds of alert the sensors of a home can raise at all, and which are proposed; in plain words."""

from collections.abc import Callable
from typing import Final

from gateway.setup.merging import Data
from models.kinds import TECHNICIAN, AlertKind, SensorKind
from models.vocabulary import BATHROOM, OUTSIDE_DOOR
from models.whose import NO_EYES, SIGNS_OF_LIFE

URGENT: Final = frozenset({AlertKind.HELP_BUTTON, AlertKind.INACTIVITY, AlertKind.LONG_STAY, AlertKind.NIGHT_EXIT})
"""What can be urgent, and so has somebody who answers day and night, and a second."""

ALWAYS_ASKED: Final = URGENT | TECHNICIAN | {AlertKind.LATE_START, AlertKind.SEVERAL_CHANGES, AlertKind.COLD_HOME}
"""What is proposed. The rest is restraint: on when somebody asks for it (ALERTS, rule 9)."""

_WORDS: Final[dict[str, str]] = {
    AlertKind.HELP_BUTTON: "the help button was pressed",
    AlertKind.INACTIVITY: "no sign of life for unusually long",
    AlertKind.LONG_STAY: "unusually long in one place",
    AlertKind.NIGHT_EXIT: "out of the house at night",
    AlertKind.LATE_START: "up later than usual",
    AlertKind.OUT_OF_BED: "out of bed at night for long",
    AlertKind.NOT_HOME: "not home as usual",
    AlertKind.MORE_BATHROOM: "in the bathroom more often",
    AlertKind.LESS_TAP_USE: "the tap is used less",
    AlertKind.LESS_ACTIVE: "less about than usual",
    AlertKind.SEVERAL_CHANGES: "several small changes together",
    AlertKind.GRADUAL_CHANGE: "a slow change over weeks",
    AlertKind.SLOW_TRANSIT: "slower from room to room",
    AlertKind.COLD_HOME: "the home is cold",
    AlertKind.HOT_HOME: "the home is hot",
    AlertKind.RESTLESS_NIGHT: "restless nights (in the summary only)",
    AlertKind.MORE_ACTIVE: "more about than usual (summary only)",
    AlertKind.RESTING_PULSE: "the resting pulse (summary only)",
    AlertKind.NOT_WORN: "a wearable is not worn (summary only)",
    AlertKind.SENSOR_SILENT: "a sensor says nothing",
    AlertKind.SENSOR_STUCK: "a sensor is stuck",
    AlertKind.SENSOR_CHATTER: "a sensor chatters",
    AlertKind.BATTERY_LOW: "a battery is low",
    AlertKind.RADIO_DOWN: "the radio hears nothing",
    "walk_test_drift": "a sensor is not as at the walk-test",
}

_STAYS: Final = frozenset({SensorKind.SEAT, SensorKind.BED, SensorKind.PRESENCE})
_ROOMS: Final = 2


class _Home:
    """What the sensors of a home see."""

    def __init__(self, data: Data) -> None:
        sensors = data.get("sensors", [])
        alive = [one for one in sensors if one.get("kind") in SIGNS_OF_LIFE]
        self.kinds = {one.get("kind") for one in sensors}
        self.places = {one.get("place") for one in alive}
        self.rooms = len(self.places - {BATHROOM, OUTSIDE_DOOR})
        self.sees = any(one.get("kind") not in NO_EYES and one.get("place") != OUTSIDE_DOOR for one in alive)
        self.stays = any(one.get("kind") in _STAYS and one.get("place") != BATHROOM for one in alive)
        self.radio = any("ble" in one for one in sensors)
        self.any = bool(sensors)

    def has(self, *kinds: SensorKind) -> bool:
        return bool(self.kinds & set(kinds))


_NEEDS: Final[dict[AlertKind, Callable[[_Home], bool]]] = {
    AlertKind.HELP_BUTTON: lambda home: home.has(SensorKind.BUTTON),
    AlertKind.INACTIVITY: lambda home: home.sees,
    AlertKind.LONG_STAY: lambda home: home.stays or (BATHROOM in home.places and home.rooms >= _ROOMS),
    AlertKind.NIGHT_EXIT: lambda home: OUTSIDE_DOOR in home.places and home.rooms >= _ROOMS,
    AlertKind.LATE_START: lambda home: home.rooms >= _ROOMS,
    AlertKind.OUT_OF_BED: lambda home: home.has(SensorKind.BED),
    AlertKind.NOT_HOME: lambda home: OUTSIDE_DOOR in home.places,
    AlertKind.MORE_BATHROOM: lambda home: BATHROOM in home.places,
    AlertKind.LESS_TAP_USE: lambda home: home.has(SensorKind.TAP),
    AlertKind.LESS_ACTIVE: lambda home: home.sees,
    AlertKind.SEVERAL_CHANGES: lambda home: home.sees,
    AlertKind.GRADUAL_CHANGE: lambda home: home.sees,
    AlertKind.SLOW_TRANSIT: lambda home: home.rooms >= _ROOMS,
    AlertKind.COLD_HOME: lambda home: home.has(SensorKind.TEMPERATURE),
    AlertKind.HOT_HOME: lambda home: home.has(SensorKind.TEMPERATURE),
    AlertKind.RESTLESS_NIGHT: lambda home: home.sees,
    AlertKind.MORE_ACTIVE: lambda home: home.sees,
    AlertKind.RESTING_PULSE: lambda home: home.has(SensorKind.HEART_RATE),
    AlertKind.NOT_WORN: lambda home: home.has(SensorKind.HEART_RATE, SensorKind.STEPS),
    AlertKind.SENSOR_SILENT: lambda home: home.any,
    AlertKind.SENSOR_STUCK: lambda home: home.any,
    AlertKind.SENSOR_CHATTER: lambda home: home.any,
    AlertKind.BATTERY_LOW: lambda home: home.radio,
    AlertKind.RADIO_DOWN: lambda home: home.radio,
}


def possible(data: Data) -> list[AlertKind]:
    """The kinds that the sensors of `data` can raise, in the order of `AlertKind`."""
    home = _Home(data)
    return [kind for kind in AlertKind if kind not in _NEEDS or _NEEDS[kind](home)]


def words(kind: str) -> str:
    """What `kind` tells of."""
    return next((said for one, said in _WORDS.items() if one == kind), kind.replace("_", " "))
