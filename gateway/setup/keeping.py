"""home.toml put in its place: read back and accepted first, whole or not there, the one before kept beside it."""

import os
import stat
import tempfile
from pathlib import Path
from typing import Final

from gateway.config.reading import parse
from gateway.config.tables import Config
from gateway.errors import InputError
from gateway.small_files import flush

_MODE: Final = 0o640
"""Of a file that did not exist: root's to write, the daemon's group's to read (systemd/tmpfiles.d)."""


def before_of(path: Path) -> Path:
    """Where the file that was there before is kept."""
    return path.with_name(f"{path.name}.before")


def text_of(path: Path) -> str:
    """The text at `path` with its own line ends; "" if there is none. Raises InputError."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError(f"{path} cannot be read: {why}.", advice="Run this as root: sudo wren setup.") from error


def refuse_unwritable(path: Path) -> None:
    """Before the first question: can it be written at all? Raises InputError."""
    folder = path.resolve().parent
    if folder.is_dir() and os.statvfs(folder).f_flag & os.ST_RDONLY:
        advice = "A card that fails turns read-only: look at `sudo wren doctor`, and at `dmesg`."
        raise InputError(f"{folder} cannot be written to: it is mounted read-only.", advice=advice)
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise InputError(f"{folder} cannot be written to.", advice="Run this as root: sudo wren setup.")


def keep(path: Path, text: str) -> Config:
    """Put `text` at `path`, with the owner and mode of what is there. Raises ConfigError, and then nothing is changed.

    A power cut leaves the old file or the new; what was there is at `before_of(path)` from the moment on which the new
    one is.
    """
    config = parse(text, where=str(path))
    place = path.resolve()  # a link goes on pointing where it points
    try:
        if place.exists():
            _replace(before_of(place), place.read_bytes(), like=place)
        _replace(place, text.encode(), like=place)
        flush(place.parent)
    except OSError as error:
        advice = "Make room or run this as root; the answers are kept, and `wren setup` goes on with them."
        raise InputError(f"{path} cannot be written: {error.strerror}.", advice=advice) from error
    return config


def _replace(place: Path, content: bytes, *, like: Path) -> None:
    handle, fresh = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            _like(file.fileno(), like)
            file.flush()
            os.fsync(file.fileno())
        Path(fresh).replace(place)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise


def _like(handle: int, there: Path) -> None:
    """Owner first: a change of owner may take bits of the mode away."""
    if there.exists():
        found = there.stat()
        owner, group, mode = found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)
    else:
        owner, group, mode = os.geteuid(), there.parent.stat().st_gid, _MODE  # /etc/wren is root:wren
    now = os.fstat(handle)
    if (owner, group) != (now.st_uid, now.st_gid):
        os.fchown(handle, owner, group)
    os.fchmod(handle, mode)
