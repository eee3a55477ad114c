"""The one tar that a bundle is: the same files give the same bytes, and other bytes are no bundle.

ustar; each file a regular one with mode 0644, of root, of 1970; first `manifest.json`, then its signature, then the
files in the order of their paths; zeros to the end of the record. A reader compares every header with what it must be,
so no link, device, long name, second copy or trailing byte has to be looked for: none of them can be written.
"""

import tarfile
from typing import IO, Final

from gateway.errors import InputError

BLOCK: Final = 512
RECORD: Final = 20 * BLOCK

_CHUNK: Final = 1024 * 1024


def header(path: str, size: int) -> bytes:
    """The 512 bytes before a file. Raises ValueError for a path that ustar cannot hold."""
    info = tarfile.TarInfo(path)
    info.size = size
    info.mode = 0o644
    info.uname = info.gname = "root"
    return info.tobuf(format=tarfile.USTAR_FORMAT, encoding="ascii", errors="strict")


def padding(size: int) -> int:
    """How many zeros follow a file of `size` bytes."""
    return -size % BLOCK


def end(written: int) -> int:
    """How many zeros end a tar of which `written` bytes are there."""
    return 2 * BLOCK + -(written + 2 * BLOCK) % RECORD


def size_of(read: bytes, path: str, most: int) -> int:
    """The size that the header `read` gives for `path`, which it must be of. Raises InputError."""
    try:
        size = tarfile.TarInfo.frombuf(read, "ascii", "strict").size
    except (tarfile.HeaderError, UnicodeError, ValueError) as error:
        raise broken() from error
    if not 0 <= size <= most or read != header(path, size):
        raise broken()
    return size


def take(file: IO[bytes], size: int) -> bytes:
    """Exactly `size` bytes. Raises InputError if there are not as many."""
    parts = []
    while size > 0:
        part = file.read(min(size, _CHUNK))
        if not part:
            raise broken()
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def take_zeros(file: IO[bytes], size: int) -> None:
    """Exactly `size` zeros. Raises InputError."""
    if any(take(file, size)):
        raise broken()


def broken() -> InputError:
    """What is told of a file that is no bundle, or none any more."""
    return InputError(
        "This file is no bundle of Wren's, or was damaged or cut short on its way.",
        advice="Nothing was unpacked. Copy it here again, and compare its SHA-256 with what the provider says.",
    )
