"""What SQLite reports, as errors that say what to do next."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.errors import StoreCorrupt, StoreError, StoreUnavailable


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn the faults of the storage under `path` into StoreError; a bug stays what it is.

    Raises:
        StoreUnavailable: the other side is writing, or has to tidy up after a power cut first; retry.
        StoreCorrupt: the file is damaged.
        StoreError: storage full, read-only or failing.
    """
    try:
        yield
    except sqlite3.Error as fault:
        error = _error(getattr(fault, "sqlite_errorname", ""), path)
        if error is None:
            raise
        raise error from fault


def _error(name: str, path: Path) -> StoreError | None:
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreUnavailable(
            f"Another process is using {path}.",
            advice="Only one `wren run` may have it open: stop the other one, then try again.",
        )
    if name in ("SQLITE_READONLY_ROLLBACK", "SQLITE_READONLY_RECOVERY", "SQLITE_READONLY_CANTLOCK"):
        return StoreUnavailable(
            f"{path} was interrupted in mid-write and waits for its writer to tidy up.",
            advice="Start `wren run`; it does that at its start.",
        )
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return StoreCorrupt(
            f"{path} is damaged.",
            advice="Restart Wren: it moves the file aside, keeps what can still be read and starts anew.",
        )
    if name == "SQLITE_FULL":
        return StoreError(
            f"The storage under {path.parent} is full; nothing that was acknowledged is lost.",
            advice="Free space there, then restart Wren.",
        )
    if name.startswith("SQLITE_READONLY"):
        return StoreError(
            f"{path} cannot be written: the storage or the file is read-only.",
            advice="Check the owner of the file and `dmesg`: a failing SD card turns read-only; replace it.",
        )
    if name.startswith("SQLITE_IOERR"):
        return StoreError(
            f"The storage under {path.parent} failed to read or write ({name}).",
            advice="Restart Wren, which checks the file; if it happens again replace the SD card.",
        )
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")):
        return StoreError(
            f"{path} cannot be opened.",
            advice="Check that its directory exists and belongs to the user of this process.",
        )
    return None
