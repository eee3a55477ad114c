"""Small files in the private folder: whole or not there, and nothing in their place leads, delays or fills a process.

The folder is the daemon's user's. Commands run as root write there too; they follow no link, and what they leave is
the daemon's to read and to remove.
"""

import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from gateway.errors import StoreError

_MAKE_ROOM: Final = {
    errno.ENOSPC: "Make room there: `df -h`.",
    errno.EROFS: "The card has turned read-only, as one that fails does: `dmesg`, then a new card.",
}


def read(path: Path, most_bytes: int, *, own: bool = False) -> bytes:
    """Up to `most_bytes` of the file at `path`; `own`: it must be this user's. Raises OSError as `opened` does."""
    with opened(path, own=own) as file:
        return file.read(most_bytes)


@contextmanager
def opened(path: Path, *, own: bool = False) -> Iterator[IO[bytes]]:
    """The file at `path`, to read; `own`: it must be of the user who reads it.

    Raises OSError: it is not there (FileNotFoundError), or is a link, a pipe, a folder, and no file at all;
    PermissionError: it is somebody else's.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "not a file", str(path))
        if own and found.st_uid != os.geteuid():
            raise OSError(errno.EPERM, "somebody else put it there", str(path))
        with os.fdopen(handle, "rb", closefd=False) as file:
            yield file
    finally:
        os.close(handle)


def write(path: Path, text: bytes, *, flushed: bool = False, given: bool = False) -> None:
    """Put `text` in the place of `path` at once, mode 0600: readers find the old one or the new. Raises OSError.

    Args:
        path: where.
        text: what.
        flushed: it is on the card before it takes that place (that it is there, after `flush` of its folder).
        given: it belongs to whom its folder belongs to, also if root writes it.
    """
    handle, fresh = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text)
            file.flush()
            if given:
                _give(file.fileno(), path.parent)
            if flushed:
                os.fsync(file.fileno())
        Path(fresh).replace(path)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise


def keep(path: Path, text: bytes, *, given: bool = True) -> None:
    """Put `text` in the place of `path` as `write` does, flushed, and on the card on return. Raises StoreError."""
    try:
        write(path, text, flushed=True, given=given)
        flush(path.parent)
    except OSError as error:
        advice = _MAKE_ROOM.get(error.errno or 0, "Run this as root, or as the owner of that folder.")
        raise StoreError(f"{path} cannot be written: {error.strerror}.", advice=advice) from error


def kept(path: Path, most_bytes: int, *, reader: str, own: bool = False) -> bytes | None:
    """What `keep` put there (see `read`); None if nothing is. `reader` is the command whose user may read it.

    Raises StoreError: it may not be read, is no file, or is somebody else's.
    """
    try:
        return read(path, most_bytes, own=own)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(
            f"{path} cannot be read: {error.strerror}.", advice=f"Run this as the user of `{reader}`, or as root."
        ) from error


def mark(path: Path) -> None:
    """An empty file at `path`, which belongs to whom its folder belongs to. Raises OSError, also for a link there."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
    try:
        _give(handle, path.parent)
    finally:
        os.close(handle)


@contextmanager
def leaving(folder: Path) -> Iterator[None]:
    """Around what a command leaves for the daemon in `folder`, which is made if need be; durable on return.

    Raises StoreError: there is no private folder yet, or this user may not write to it.
    """
    try:
        if not folder.is_dir():
            folder.mkdir(mode=0o700)  # beside home.db: whoever may not enter there may not tell anything either
            _give(folder, folder.parent)
        yield
        flush(folder)
    except OSError as error:
        advice = "Run this as root, and `wren run` once before it."
        raise StoreError(f"{folder} cannot be written to: {error.strerror}.", advice=advice) from error


def flush(folder: Path) -> None:
    """Make durable what was put into `folder`, or taken out of it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _give(file: Path | int, beside: Path) -> None:
    """What root writes belongs to whom the folder belongs to: the daemon must be able to read and remove it.

    By its descriptor, or without following a link: the daemon's user, whose folder it is, must not lead root elsewhere.
    """
    owner = beside.stat()
    if os.geteuid() == 0 and owner.st_uid != 0:
        if isinstance(file, int):
            os.fchown(file, owner.st_uid, owner.st_gid)
        else:
            os.chown(file, owner.st_uid, owner.st_gid, follow_symlinks=False)
