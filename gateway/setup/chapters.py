"""The chapters of the conversation: each asks, and says in one line what was answered."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final, NamedTuple

from gateway.setup import days, panel, people, why
from gateway.setup.asking import Asker
from gateway.setup.listening import Listening
from gateway.setup.merging import Data
from gateway.setup.naming import ids
from gateway.setup.sensors import ask_sensors
from gateway.setup.telling import ask_telling, tidy


class Room(NamedTuple):
    """What every chapter may use."""

    asker: Asker
    data: Data
    listening: Listening
    today: date
    keep: Callable[[], None]
    """Puts the answers so far on the card, in the middle of a chapter."""


class Chapter(NamedTuple):
    """One of them: its name in the draft, its title, its questions and its line in the overview."""

    name: str
    title: str
    ask: Callable[[Room], None]
    says: Callable[[Data], str]


def _sensors(room: Room) -> None:
    with room.listening.open(room.asker, room.data) as seen:
        ask_sensors(room.asker, room.data, seen, room.listening.apart, room.keep)


def _telling(room: Room) -> None:
    ask_telling(room.asker, room.data)


def _home(data: Data) -> str:
    return str(data.get("home", {}).get("id", "-"))


def _residents(data: Data) -> str:
    return ", ".join(ids(data.get("residents", []))) or "-"


def _desk(data: Data) -> str:
    uplink: dict[str, Any] = data.get("uplink", {})
    trust = f", known by {uplink['ca_file']}" if uplink.get("ca_file") else ""
    return f"{uplink['url']}{trust}" if uplink.get("url") else "none: nothing leaves this house"


def _sensors_said(data: Data) -> str:
    names = ids(data.get("sensors", []))
    return f"{len(names)}: {', '.join(names)}" if names else "none yet"


def _panels(data: Data) -> str:
    return "; ".join(panel.in_words(one) for one in data.get("panels", [])) or "none"


def _purpose(data: Data) -> str:
    purpose: dict[str, Any] = data.get("purpose", {})
    return f"{purpose['why']} (until {purpose.get('review')})" if purpose.get("why") else "-"


def _told(data: Data) -> str:
    kinds = data.get("alerts") or {}
    owners = dict.fromkeys(str(one.get("owner")) for one in kinds.values())
    return f"{len(kinds)} kinds, to {', '.join(owners)}" if kinds else "nothing"


def _days(data: Data) -> str:
    told = []
    for one in data.get("residents", []):
        day = one.get("usual_day")
        if day:
            parts = [f"up {day['up']}" if "up" in day else "", f"to bed {day['to_bed']}" if "to_bed" in day else "",
                     f"bathroom at night {day['bathroom_at_night']}" if "bathroom_at_night" in day else ""]  # fmt: skip
            told.append(f"{one.get('id')}: {', '.join(part for part in parts if part)}")
    return "; ".join(told) or "not asked"


def _visits(data: Data) -> str:
    return "; ".join(days.in_words(one) for one in data.get("visits", [])) or "none"


CHAPTERS: Final = (
    Chapter("home", "The home", lambda room: people.ask_home(room.asker, room.data), _home),
    Chapter("clock", "Its clock", lambda room: people.ask_zone(room.asker, room.data),
            lambda data: str(data.get("home", {}).get("timezone", "-"))),
    Chapter("residents", "Who lives here", lambda room: people.ask_residents(room.asker, room.data), _residents),
    Chapter("desk", "The desk", lambda room: people.ask_desk(room.asker, room.data), _desk),
    Chapter("sensors", "The sensors", _sensors, _sensors_said),
    Chapter("panel", "The panel", lambda room: panel.ask_panels(room.asker, room.data, room.listening.apart), _panels),
    Chapter("purpose", "What it is for", lambda room: why.ask_purpose(room.asker, room.data, room.today), _purpose),
    Chapter("telling", "Who is told", _telling, _told),
    Chapter("days", "The usual day", lambda room: days.ask_usual_days(room.asker, room.data), _days),
    Chapter("visits", "Visits", lambda room: days.ask_visits(room.asker, room.data), _visits),
)  # fmt: skip
"""In the order in which they are asked."""


def compact(data: Data) -> Data:
    """The answers without what is empty."""
    return {section: one for section, one in data.items() if one not in ({}, [], None)}


def settled(data: Data) -> Data:
    """The answers as they can be written: with what a help button cannot do without."""
    if data.get("alerts") or any(one.get("kind") == "button" for one in data.get("sensors", [])):
        tidy(data)
    return compact(data)
