"""The container's systemd, journal and clock, as the steps ask for them."""

import json
import re
from typing import Any

from tests.stages.claims import run

DAEMON = "wren.service"
UPLINK = "wren-uplink.service"
PROXY = "wren-dbus-proxy.service"
ENROLLED = "wren-enrolled.service"
UNITS = (PROXY, DAEMON, UPLINK)

FEED = "/run/wren/feed"
WREN = "/opt/wren/current/bin/wren"


def show(unit: str, key: str) -> str:
    """One property of a unit, as systemd has it."""
    return run("systemctl", "show", unit, "-p", key, "--value").strip()


def pid_of(unit: str) -> int:
    return int(show(unit, "MainPID"))


def user_of(pid: int) -> str:
    return run("ps", "-o", "user:32=", "-p", str(pid)).strip()


def restarts(unit: str) -> int:
    return int(show(unit, "NRestarts"))


def mark() -> str:
    """The journal's end as of now, for `journal`."""
    run("journalctl", "--sync")
    return run("journalctl", "-n", "0", "--show-cursor").strip().rpartition("-- cursor: ")[2]


def journal(unit: str, after: str = "") -> list[str]:
    """What `unit`, or systemd about it, said after the mark `after`."""
    since = [f"--after-cursor={after}"] if after else []
    return run("journalctl", "-u", unit, "-o", "cat", "--no-pager", *since).splitlines()


def logged(event: str, unit: str = DAEMON, after: str = "") -> list[dict[str, Any]]:
    """The lines of `unit`'s own log with that event."""
    lines = [json.loads(line) for line in journal(unit, after) if line.startswith("{")]
    return [line for line in lines if line.get("event") == event]


def looked(unit: str, after: str) -> dict[str, Any]:
    """What `looking.py` found in the sandbox of `unit`."""
    found = [line.partition(": ")[2] for line in journal(unit, after) if line.startswith("looked: ")]
    if not found:
        raise RuntimeError(f"nothing was looked at in {unit}: {journal(unit, after)}")
    result: dict[str, Any] = json.loads(found[-1])
    return result


def is_ready(unit: str, *, other_than: int = 0) -> bool:
    """Whether `unit` has said READY=1, as another process than the one with that id."""
    return show(unit, "ActiveState") == "active" and pid_of(unit) not in (0, other_than)


def feed(*lines: str) -> None:
    """Hand `sensor,value` lines to the daemon's pipe."""
    with open(FEED, "w", encoding="ascii") as pipe:  # noqa: PTH123 - a pipe
        pipe.writelines(f"{line}\n" for line in lines)


def warmth(number: int) -> str:
    """A reading that no other is like, for the feed."""
    return f"kitchen-warmth,{15 + number / 100:g}"


def tell(*words: str) -> bool:
    """Tell the home something by a command; whether the daemon has it in its journal now.

    The command returns once what it told, and everything that came before it, is on the card.
    """
    return bool(json.loads(run(WREN, *words, "--json"))["taken"])


def exposure(unit: str) -> str:
    """The last word of systemd-analyze about what a unit leaves open."""
    said = run("systemd-analyze", "security", "--offline=true", "--no-pager", f"/etc/systemd/system/{unit}", ok=(0, 1))
    found = re.search(r"Overall exposure level for \S+ ([0-9.]+ \w+)", said)
    return found[1] if found else said.strip()[-200:]
