"""What the house keeps of itself: the record of what left and who looked, a copy for its resident, and its erasure."""

import json
from pathlib import Path
from typing import Any

from tests.stages.claims import check, note, run, title, took

from . import machine
from .identity import DESK, DESK_DATA
from .machine import DAEMON, UPLINK, WREN

HOME_DB = "/var/lib/wren/private/home.db"
COPY = Path("/root/my-data")


def _entries(what: str) -> list[dict[str, Any]]:
    entries = json.loads(run(WREN, "audit", "show", "--json"))["entries"]
    return [entry for entry in entries if entry["what"] == what]


def _at_the_desk() -> dict[str, Any]:
    (home,) = json.loads(run(*DESK, "homes", "--json", *DESK_DATA))["homes"]
    found: dict[str, Any] = home
    return found


def shows_who_looked() -> None:
    """The recording is opened behind the daemon's back; it sees that."""
    title("who looks at the recording")
    before = len(_entries("access"))
    run("dd", f"if={HOME_DB}", "of=/dev/null", "status=none")
    took("the trail says that home.db was opened", lambda: len(_entries("access")) > before, 15)
    note(f"the trail: {_entries('access')[-1]['body']}")


def is_handed_over() -> None:
    """`wren export`, as root, while the daemon goes on watching."""
    title("wren export, of a daemon that runs")
    before, pid = len(_entries("access")), machine.pid_of(DAEMON)
    done = json.loads(run(WREN, "export", "--out", str(COPY), "--json"))
    note(f"{done['files']} files: {done['rows']}")
    check("it is for its owner alone", f"{COPY.stat().st_mode & 0o777:o}", want="700")
    check("the daemon is the same process", machine.pid_of(DAEMON), want=pid)
    took("the trail says so", lambda: len(_entries("access")) > before, 15)


def is_whole() -> None:
    """`wren audit verify`, against what the desk has heard of the record."""
    title("wren audit verify")
    verdict = json.loads(run(WREN, "audit", "verify", "--json", ok=(0, 1)))
    check(
        f"the record is whole: {verdict['entries']} entries", (verdict["whole"], verdict["broken"]), want=(True, None)
    )
    head = _at_the_desk()["head"]
    given = f"{head['entries']}:{head['sha256']}"
    known = json.loads(run(WREN, "audit", "verify", "--head", given, "--json", ok=(0, 1)))
    check(f"and nothing was cut since its entry {head['entries']}, which the desk knows", known["whole"])


def is_erased() -> None:
    """`wren erase`: here, and then at the desk."""
    title("wren erase r1")
    run("systemctl", "stop", DAEMON, UPLINK)
    done = json.loads(run(WREN, "erase", "r1", "--yes", "--json"))
    note(f"{done['inputs']} inputs, {done['messages']} messages")
    check("everything is gone here", done["everything"])
    run("systemctl", "start", UPLINK)
    took("the desk has erased it, too", lambda: _at_the_desk()["erased"], 30)
    note(f"at the desk: {_at_the_desk()['erased']}")
    run("systemctl", "start", DAEMON)
    took("the house is watched again", lambda: machine.is_ready(DAEMON), 30)
