"""home.toml.leaving, beside home.toml: that a gateway is leaving its home, how far it has come, and what was said.

The folder is root's, as home.toml is: what stands there decides what root removes. It is there until the end, so that
a run that was cut off is completed by the next one; without home.toml it says that only the end is missing.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

import msgspec

from gateway import small_files
from gateway.errors import InputError, StoreError

_MOST_BYTES: Final = 64 * 1024

How = Literal["retire", "redeploy"]

Desk = Literal["unknown", "none", "not_enrolled", "nothing_to_erase", "confirmed", "not_confirmed"]
"""What became of the word to the desk. `nothing_to_erase`: nothing was ever recorded here, so no word could be made."""


class Leaving(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far it has come. Times are UTC seconds.

    Attributes:
        configuration: the SHA-256 of the home.toml that goes.
        done: the names of the steps that have ended (`gateway.leaving.steps.STEPS`).
        inputs, messages, files: what `gateway.rights.erasing` took away.
        removing: the key may be gone: nothing more can be told to the desk.
        removed: how many files went beside them.
        profiles: the Wi-Fi profiles of Wren's making that are to go, by UUID.
        receipt: where the receipt was written to.
    """

    how: How
    home: str
    version: str
    began_s: int
    configuration: str
    done: tuple[str, ...] = ()
    inputs: int = 0
    messages: int = 0
    files: int = 0
    erased_s: int = 0
    desk: Desk = "unknown"
    desk_s: int = 0
    removing: bool = False
    removed: int = 0
    profiles: tuple[str, ...] = ()
    receipt: str = ""
    ended_s: int = 0


def path_of(config_path: Path) -> Path:
    """Where it is kept."""
    return config_path.with_name(f"{config_path.name}.leaving")


def read(config_path: Path) -> Leaving | None:
    """What was begun; None if nothing was. Raises StoreError: it cannot be read, or is damaged."""
    path = path_of(config_path)
    text = small_files.kept(path, _MOST_BYTES, reader="sudo wren retire")
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=Leaving)
    except msgspec.DecodeError as error:
        advice = "Take that file away, and say it again from the beginning: every step can be done again."
        raise StoreError(f"{path} is damaged.", advice=advice) from error


def sha_of(config_path: Path) -> str:
    """Of home.toml; "" if it is not there. Raises StoreError."""
    try:
        return hashlib.sha256(config_path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise StoreError(f"{config_path} cannot be read: {error.strerror}.", advice="Run this as root.") from error


def at_its_end(config_path: Path) -> Leaving | None:
    """What was begun, if home.toml itself is gone already; a mark that a new home.toml has outlived goes.

    Raises StoreError.
    """
    found = read(config_path)
    if found is None or "profiles" not in found.done:
        return None
    now = sha_of(config_path)
    if not now:
        return found
    if now != found.configuration:
        path_of(config_path).unlink(missing_ok=True)
    return None


def keep(config_path: Path, leaving: Leaving) -> None:
    """Put it down; on the card on return. Raises StoreError."""
    small_files.keep(path_of(config_path), msgspec.json.encode(leaving), given=False)


@contextmanager
def alone(config_path: Path) -> Iterator[None]:
    """Nobody else takes this gateway out of its home meanwhile. Raises InputError: somebody does; StoreError."""
    try:
        folder = os.open(config_path.parent, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        problem = f"{config_path.parent} cannot be read: {error.strerror}."
        raise StoreError(problem, advice="Run this as root.") from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        advice = "Wait for its end; if it is cut off, say this once more."
        raise InputError("This gateway is leaving its home at another terminal.", advice=advice) from error
    finally:
        os.close(folder)


def refuse_other(leaving: Leaving | None, how: How) -> None:
    """Raises InputError if the other command was begun."""
    if leaving is not None and leaving.done and leaving.how != how:
        raise InputError(
            f"`wren {leaving.how}` was begun here and did not come to its end.",
            advice=f"Say `wren {leaving.how}` once more.",
        )
