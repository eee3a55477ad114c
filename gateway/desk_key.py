"""desk.json in the private folder: the desk that the daemon trusts, by its key (docs/decisions/0031).

The messenger has a copy of its own, which whoever gets into it can change; the daemon believes this one alone. It is
written by `wren enrol`, as root where Wren is installed, and the daemon only reads it.
"""

from pathlib import Path
from typing import Final, Literal

import msgspec

from gateway import small_files
from gateway.errors import StoreError
from gateway.uplink.forms import Count, PublicKey

_MOST_BYTES: Final = 4096


class DeskFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The desk's key, and what it said at the enrolment: the highest numbers that it had ever heard of this home.

    A gateway that replaces a dead one goes on after `last_seq` (messages) and `last_status_seq` (statuses), and takes
    no answer up to `last_answer` again.
    """

    version: Literal[1] = 1
    desk_key: PublicKey
    last_seq: Count = 0
    last_status_seq: Count = 0
    last_answer: Count = 0


def write(path: Path, desk: DeskFile) -> None:
    """Put `desk` in the place of `path`: mode 0600, its folder's owner's, on the card on return. Raises StoreError."""
    small_files.keep(path, msgspec.json.encode(desk))


def read(path: Path) -> DeskFile | None:
    """What `write` wrote; None before the enrolment. Raises StoreError: it may not be read, or is damaged."""
    text = small_files.kept(path, _MOST_BYTES, reader="wren run")
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=DeskFile)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StoreError(
            f"{path} is damaged: what people answer cannot be checked.", advice="Enrol this gateway (`wren enrol`)."
        ) from error
