"""erasing.json in the private folder: that an erasure was begun. It is there until the erasure has ended."""

from contextlib import suppress
from typing import Final

import msgspec

from gateway import small_files
from gateway.config.places import Places
from gateway.errors import StoreError

NAME: Final = "erasing.json"
_MOST_BYTES: Final = 1024


class Unfinished(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose, and since when (UTC seconds)."""

    resident: str
    at_s: int


def begin(places: Places, resident: str, at_s: int) -> None:
    """Write it down; on the card on return. Raises StoreError."""
    small_files.keep(places.private / NAME, msgspec.json.encode(Unfinished(resident, at_s)))


def end(places: Places) -> None:
    """It has ended. Raises StoreError."""
    path = places.private / NAME
    try:
        path.unlink(missing_ok=True)
        small_files.flush(path.parent)
    except OSError as error:
        advice = "Run this as root, or as the daemon's user."
        raise StoreError(f"{path} cannot be taken away: {error.strerror}.", advice=advice) from error


def read(places: Places) -> Unfinished | None:
    """What was begun and has not ended; None too where this user may not know."""
    with suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode(small_files.read(places.private / NAME, _MOST_BYTES), type=Unfinished)
    return None
