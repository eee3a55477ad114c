"""The way back: a person at the desk sees to the help call, and the house hears of it; and what is on record of it."""

import json
import re
import urllib.parse
import urllib.request

from . import machine
from .machine import DAEMON, check, note, run, title, took

PAGE = "http://127.0.0.1:8080"
HEARD_S = 90.0
"""An urgent alert that nobody answers has a heartbeat a minute; the desk's answer comes back with its receipt."""

HOME_DB = "/var/lib/wren/private/home.db"

_TOKEN = re.compile(r'name="token" value="([0-9a-f]{64})"')

given_after: list[str] = []
"""The journal's place when the person answered."""


def _get(path: str) -> str:
    with urllib.request.urlopen(PAGE + path, timeout=10) as reply:
        text: str = reply.read().decode()
    return text


def is_given() -> None:
    """Somebody at the desk's page says that she sees to it."""
    title("a person at the desk answers the help call")
    (call,) = json.loads(_get("/api/state"))["open_care"]
    found = _TOKEN.search(_get(f"/alerts/{call['id']}"))
    assert found, "the page has no form"
    given_after.append(machine.mark())
    form = urllib.parse.urlencode({"token": found[1], "person": "JM", "say": "acknowledged"}).encode()
    with urllib.request.urlopen(f"{PAGE}/alerts/{call['id']}", data=form, timeout=10) as reply:
        check("the desk has it", reply.status, want=200)
    check("at the desk the call is no longer open", json.loads(_get("/api/state"))["open_care"], want=[])


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
