"""Slips: what a person on this gateway tells the home, as small files in the private folder.

home.db belongs to the running daemon alone, so a command leaves a slip and the daemon takes it
(`gateway.sources.slips`). A slip is whole or not there, and is gone only once what it says is durable in the journal.
The door itself is `models.told.Told`: whatever else may one day tell the home something needs no slips for it.
"""

import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from gateway import small_files
from gateway.errors import InputError, StoreError
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

    Raises StoreError: there is no private folder yet, or this user may not write to it.
    """
    name = f"{round(at_s * 1000):015d}-{os.getpid()}{SUFFIX}"
    try:
        if not folder.is_dir():
            folder.mkdir(mode=0o700)  # beside home.db: whoever may not enter there may not tell anything either
            give(folder, folder.parent)
        handle, fresh = tempfile.mkstemp(dir=folder, prefix=f".{name}.")  # mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.encode(Slip(told.name(), value)))
                file.flush()
                give(file.fileno(), folder)
                os.fsync(file.fileno())
            path = Path(fresh).rename(folder / name)
        except BaseException:
            with suppress(FileNotFoundError):
                Path(fresh).unlink()
            raise
        flush(folder)
    except OSError as error:
        advice = "Run this as root, and `wren run` once before it."
        raise StoreError(f"{folder} cannot be written to: {error.strerror}.", advice=advice) from error
    return path


def give(file: Path | int, beside: Path) -> None:
    """What root writes belongs to whom the folder belongs to: the daemon must be able to read and remove it.

    By its descriptor, or without following a link: the daemon's user, whose folder it is, must not lead root elsewhere.
    """
    owner = beside.stat()
    if os.geteuid() == 0 and owner.st_uid != 0:
        if isinstance(file, int):
            os.fchown(file, owner.st_uid, owner.st_gid)
        else:
            os.chown(file, owner.st_uid, owner.st_gid, follow_symlinks=False)


def flush(folder: Path) -> None:
    """Make durable what was put into `folder`, or taken out of it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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
