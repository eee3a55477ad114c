"""Notes of who looked at what is not sent: an empty file for each, left by a command and taken into the trail.

home.db is the daemon's alone, so the commands show what it writes beside it: raw levels, what could be seen, what was
learnt. Whoever can read that can write here, as root or as the daemon's user. A note never stops or delays a command:
it is left if it can be. Whoever would rather leave none can remove the file, or read portrait.json without a command;
it is for the honest, and the watch on home.db (`gateway.trail.recordings`) for the others.

Noted is what shows raw data or what was learnt of a life: `COUNTED`. Not noted is what left this home anyway (`wren
outbox`, `alerts`), or tells of the machine (`status`, `panel`, `check`, `audit`).
"""

import os
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from gateway import small_files
from gateway.errors import StoreError

COUNTED: Final = frozenset({"routine", "notice", "coverage", "pins", "replace", "setup"})
"""The commands that leave a note. `wren export` asks the daemon for a copy, which enters that by itself."""

RAW: Final = frozenset({"pins", "replace", "setup"})
"""Those that show raw data: the panel says so (`models.panel_light.Light.LOOKED_AT`)."""

MOST_WAITING: Final = 200
"""More notes than this are not left: the daemon is off, and the folder must stay small."""

_NAME: Final = re.compile(r"(\d{15})-\d{1,10}-([a-z]{1,20})")


class Access(NamedTuple):
    """Which command, and when (UTC in milliseconds, by this machine's clock)."""

    at_ms: int
    command: str
    path: Path


def leave(folder: Path, command: str) -> None:
    """Leave a note that somebody used `command`, if that can be done; never raises for want of it."""
    if command not in COUNTED:
        raise ValueError(command)
    name = f"{time.time_ns() // 1_000_000:015d}-{os.getpid()}-{command}"
    with suppress(OSError, StoreError):
        if not folder.parent.is_dir():
            return  # `wren run` has never run here, so there is nothing to look at
        if folder.is_dir() and sum(1 for _ in folder.iterdir()) >= MOST_WAITING:
            return
        with small_files.leaving(folder):
            small_files.mark(folder / name)


def waiting(folder: Path) -> list[Access]:
    """The notes that wait, oldest first; what is none of them is left out. Raises OSError."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except FileNotFoundError:
        return []
    found = [(_NAME.fullmatch(name), name) for name in names]
    return [
        Access(int(match[1]), match[2], folder / name) for match, name in found if match and match[2] in COUNTED
    ][:MOST_WAITING]  # fmt: skip
