"""The sections of home.toml in the order in which they are written, each with what it is for in plain words."""

import math
from datetime import date
from typing import Any, Final

SECTIONS: Final = {
    "home": "This home: an id that says nothing of who lives here, and the clock that its days go by.",
    "residents": "Who lives here, by ids that are no names. usual_day: an ordinary day, as this person told it.",
    "sensors": "The sensors: what each is, where it is, whose it is, and how it is connected.",
    "visits": "When somebody is expected to come. What is seen then is not counted. These times never leave the home.",
    "panels": "The light and the buttons for a resident, by their pins.",
    "recipients": "Who answers alerts, by role, and when: day and night (24h), or in office hours.",
    "alerts": "What is told, why, and who answers it. A kind that is not here is never told.",
    "budget": "How many alerts that are not urgent are asked for.",
    "answers": "How long an urgent alert waits for a person, and what may come back from the desk.",
    "purpose": "Why this home is watched, who decided it, and by when that is looked at again.",
    "gateway": "This machine: what is kept, where, and for how long.",
    "uplink": "Where alerts and summaries go. After a change here, enrol again: wren enrol.",
}

_HEAD: Final = """\
# Written by `wren setup`. Run it again to change something, or edit this file: comments and order are kept.
# `wren check` says in words what it means.
"""


def head() -> str:
    """The first lines of a file that did not exist."""
    return _HEAD


def comment(section: str) -> str:
    """The comment above the first table of `section`."""
    return f"# {SECTIONS[section]}\n"


def table(section: str, name: str | None, values: dict[str, Any], *, is_array: bool) -> str:
    r"""One table as text.

    >>> table("sensors", None, {"id": "tap", "gpio": {"pin": 4}}, is_array=True)
    '[[sensors]]\nid = "tap"\ngpio = { pin = 4 }\n'
    """
    header = f"[[{section}]]" if is_array else f"[{section}]" if name is None else f"[{section}.{name}]"
    return f"{header}\n" + "".join(f"{key} = {value(one)}\n" for key, one in values.items())


def value(one: object) -> str:
    """A value as TOML has it, on one line.

    >>> value({"days": ["mon"], "on": True, "at": date(2027, 5, 1)})
    '{ days = ["mon"], on = true, at = 2027-05-01 }'
    """
    if isinstance(one, dict):
        return "{ " + ", ".join(f"{key} = {value(inner)}" for key, inner in one.items()) + " }" if one else "{}"
    if isinstance(one, list | tuple):
        return "[" + ", ".join(value(inner) for inner in one) + "]"
    if isinstance(one, bool):
        return "true" if one else "false"
    if isinstance(one, float):
        return repr(one) if math.isfinite(one) else str(one)
    if isinstance(one, int):
        return str(one)
    if isinstance(one, date):
        return one.isoformat()
    return _text(str(one))


def _text(text: str) -> str:
    escaped = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}
    plain = (escaped.get(one) or (one if one.isprintable() else _escape(one)) for one in text)
    return f'"{"".join(plain)}"'


def _escape(one: str) -> str:
    return f"\\u{ord(one):04x}" if ord(one) <= 0xFFFF else f"\\U{ord(one):08x}"
