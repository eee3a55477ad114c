"""Slips: what a person on this gateway tells the home, as small files in the private folder.

home.db belongs to the running daemon alone, so a command leaves a slip and the daemon takes it
(`gateway.sources.slips`). A slip is whole or not there, and is gone only once what it says is durable in the journal.
The door itself is `models.told.Told`: whatever else may one day tell the home something needs no slips for it.
"""

import os
import time
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from gateway import small_files
from gateway.errors import InputError
from models.told import Told, parse

SUFFIX: Final = ".slip"
REFUSED: Final = "refused"
"""The folder inside for those that cannot be used."""

MOST_BYTES: Final = 1024
"""Five times the longest that can be written."""

TAKEN_WITHIN_S: Final = 5.0
"""The daemon looks every 2 s, and keeping what it took is a matter of milliseconds."""

_LOOK_S: Final = 0.1


class Slip(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a slip says: an input of the home. `tell` is `Told.name()`, `value` as `models.told.Telling` says."""

    tell: Annotated[str, msgspec.Meta(max_length=200)]
    value: float
    version: Literal[1] = 1

    @property
    def told(self) -> Told | None:
        """What it is about. None if it is nothing that people tell."""
        return parse(self.tell)


def leave(folder: Path, told: Told, value: float, *, at_s: float) -> Path:
    """Leave a slip in `folder`; it is durable on return. Slips are taken in the order of `at_s` (UTC).

    Raises StoreError as `small_files.leaving` does.
    """
    path = folder / f"{round(at_s * 1000):015d}-{os.getpid()}{SUFFIX}"
    with small_files.leaving(folder):
        small_files.write(path, msgspec.json.encode(Slip(told.name(), value)), flushed=True, given=True)
    return path


def read(path: Path) -> Slip:
    """The slip at `path`. Raises InputError if it cannot be used, OSError if it cannot be read."""
    text = small_files.read(path, MOST_BYTES + 1)
    try:
        slip = msgspec.json.decode(text, type=Slip)
    except msgspec.DecodeError as error:
        raise InputError("A slip cannot be read.", advice="Say it again with the command.") from error
    if slip.told is None or len(text) > MOST_BYTES:
        raise InputError("A slip says nothing that can be told.", advice="Say it again with the command.")
    return slip


def taken(path: Path, *, within_s: float) -> bool:
    """Wait until the daemon has taken the slip at `path`; False if it has not by then.

    Raises InputError if the daemon refused it.
    """
    until_s = time.monotonic() + within_s
    while path.exists():
        if time.monotonic() >= until_s:
            return False
        time.sleep(_LOOK_S)
    if (path.parent / REFUSED / path.name).exists():
        raise InputError(
            "The daemon could not use this.",
            advice="Does it run with the same configuration? `wren check` reads it; `journalctl -u wren` says more.",
        )
    return True
