"""The way back: a person at the desk sees to the help call, and the house hears of it; and what is on record of it."""

import json

from tests.stages import desk_page
from tests.stages.claims import check, note, run, title, took

from . import machine
from .machine import DAEMON

HEARD_S = 90.0
"""An urgent alert that nobody answers has a heartbeat a minute; the desk's answer comes back with its receipt."""

given_after: list[str] = []
"""The journal's place when the person answered."""


def is_given() -> None:
    """Somebody at the desk's page says that she sees to it."""
    title("a person at the desk answers the help call")
    (call,) = desk_page.open_care()
    given_after.append(machine.mark())
    check("the desk has it", desk_page.acknowledge(call["id"]), want=200)
    check("at the desk the call is no longer open", desk_page.open_care(), want=[])


def is_heard() -> None:
    """The daemon, which has no network, has taken it."""
    title("the way back")
    took("the house has heard that a person sees to it", _taken, HEARD_S)
    for entry in _taken():
        note(json.dumps(entry))
    said = run(machine.WREN, "status", ok=(0, 1))
    for line in said.splitlines():
        if "answer" in line or "acknowledged" in line:
            note(line)


def _taken() -> list[dict[str, object]]:
    return machine.logged("answer_taken", DAEMON, after=given_after[0])
