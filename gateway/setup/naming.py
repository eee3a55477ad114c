"""Kinds and places by single keys, in words that everybody in the room understands; ids that nobody has to invent."""

import re
from collections.abc import Collection, Mapping
from typing import Any, Final, get_args

from gateway.uplink.forms import Slug
from models.kinds import SensorKind
from models.vocabulary import BATHROOM, BEDROOM, KITCHEN, OUTSIDE_DOOR

KINDS: Final[Mapping[str, tuple[SensorKind, str]]] = {
    "d": (SensorKind.DOOR, "door"),
    "m": (SensorKind.MOTION, "movement"),
    "b": (SensorKind.BED, "bed"),
    "s": (SensorKind.SEAT, "seat"),
    "t": (SensorKind.TAP, "tap"),
    "w": (SensorKind.TOILET, "toilet flush"),
    "h": (SensorKind.BUTTON, "help button"),
    "f": (SensorKind.FRIDGE, "fridge"),
    "c": (SensorKind.CUPBOARD, "cupboard"),
    "a": (SensorKind.APPLIANCE, "appliance"),
    "p": (SensorKind.PRESENCE, "somebody is there"),
    "r": (SensorKind.HEART_RATE, "pulse, worn"),
    "e": (SensorKind.TEMPERATURE, "temperature"),
    "u": (SensorKind.HUMIDITY, "humidity"),
    "g": (SensorKind.BADGE, "a carer's badge"),
}
"""By the key to press."""

PLACES: Final[Mapping[str, str]] = {
    "o": OUTSIDE_DOOR, "b": BATHROOM, "e": BEDROOM, "k": KITCHEN, "l": "living-room", "h": "hallway", "s": "stairs",
}  # fmt: skip
"""By the key to press. Four of them carry meaning (docs/configuration.md), the others are names."""

OTHER_PLACE: Final = "n"
WORN: Final = "worn"

WIRED: Final = frozenset(kind for kind, _ in KINDS.values()) - {
    SensorKind.HEART_RATE, SensorKind.TEMPERATURE, SensorKind.HUMIDITY, SensorKind.BADGE,
}  # fmt: skip
"""What hangs on a pin; a wire gives no number."""

CARRIED: Final = frozenset({SensorKind.HEART_RATE, SensorKind.BADGE})

_USUALLY: Final = {
    SensorKind.DOOR: "o", SensorKind.BED: "e", SensorKind.TAP: "k", SensorKind.TOILET: "b", SensorKind.BUTTON: "e",
    SensorKind.FRIDGE: "k", SensorKind.CUPBOARD: "k", SensorKind.APPLIANCE: "k", SensorKind.SEAT: "l",
}  # fmt: skip
_OWN: Final = {SensorKind.BUTTON: "help", SensorKind.HEART_RATE: "strap", SensorKind.BED: "bed"}
_LONGEST: Final = 48
_SLUG: Final = re.compile(str(get_args(Slug)[1].pattern))


def key_of(kind: SensorKind) -> str:
    """The key of a kind; "" if it has none.

    >>> key_of(SensorKind.DOOR), key_of(SensorKind.WATER)
    ('d', '')
    """
    return next((key for key, (one, _) in KINDS.items() if one is kind), "")


def words_of(kind: str) -> str:
    """What a kind is called here."""
    return next((words for one, words in KINDS.values() if one == kind), kind.replace("_", " "))


def usual_place(kind: SensorKind) -> str | None:
    """The key of where such a sensor mostly is."""
    return _USUALLY.get(kind)


def id_for(kind: SensorKind, place: str, taken: Collection[str]) -> str:
    """An id that says what it is and where, and is free.

    >>> id_for(SensorKind.DOOR, OUTSIDE_DOOR, ()), id_for(SensorKind.TAP, "kitchen", {"kitchen-tap"})
    ('front-door', 'kitchen-tap-2')
    """
    name = "front-door" if (kind, place) == (SensorKind.DOOR, OUTSIDE_DOOR) else _OWN.get(kind) or f"{place}-{kind}"
    return free(name.replace("_", "-"), taken)


def free(name: str, taken: Collection[str]) -> str:
    """`name`, or with a number behind it if that is taken.

    >>> free("bed", {"bed", "bed-2"})
    'bed-3'
    """
    name = name[: _LONGEST - 4]
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    return found


def bad_id(answer: str) -> str | None:
    """What is wrong with an id, in a sentence; None if nothing is.

    >>> bad_id("Mrs Example")
    'Small letters a-z, digits and - only, and no name of a person.'
    """
    return None if _SLUG.match(answer) else "Small letters a-z, digits and - only, and no name of a person."


def slugged(answer: str) -> str:
    """An id from what was typed, as near as it goes.

    >>> slugged(" Dining Room ")
    'dining-room'
    """
    return re.sub(r"[^a-z0-9-]+", "-", answer.strip().lower()).strip("-")[:_LONGEST]


def ids(tables: Collection[Mapping[str, Any]]) -> list[str]:
    """The ids of some tables."""
    return [str(one.get("id")) for one in tables]
