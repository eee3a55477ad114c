"""Connections: the pragmas that make "acknowledged" true, and transactions that say what went wrong.

A connection belongs to the thread that opened it; sqlite3 itself refuses any other.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from gateway.atomic import whole
from gateway.errors import StoreError, StoreUnavailable
from gateway.store.faults import told

BUSY_TIMEOUT_S: Final = 5.0
"""The other side's transactions take milliseconds; on a worn SD card a flush can take a second or two."""


@dataclass(frozen=True, slots=True)
class Durability:
    """How a database is journalled; `synchronous=FULL` always.

    WAL writes a batch once, but only one process may have the file open, and `exclusive` makes SQLite hold
    it to that: the WAL-reset corruption of SQLite 3.7.0-3.51.2 needs two connections.

    TRUNCATE for a file that another user reads: after the commit FULL flushes the truncated journal.
    Under DELETE the unlinked journal is flushed only with `synchronous=EXTRA`, so that a power cut could
    take back what was acknowledged (sqlite.org/pragma.html#pragma_synchronous).
    """

    journal_mode: Literal["WAL", "TRUNCATE"]
    exclusive: bool


WAL_ALONE: Final = Durability("WAL", exclusive=True)
TRUNCATE_SHARED: Final = Durability("TRUNCATE", exclusive=False)


class Connection:
    """One SQLite connection with transactions that are whole or not at all.

    After a failed read or write of the storage (EIO) nothing is tried again: what the kernel has dropped a
    second fsync would not bring back, and would yet report success. Every later call raises the same error.
    """

    def __init__(self, raw: sqlite3.Connection, path: Path) -> None:
        self.raw = raw
        self.path = path
        self._failed: StoreError | None = None

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit durably what is done inside, or nothing. Raises StoreError (see `faults.told`)."""
        with self._told(), whole(self.raw):
            yield self.raw

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Any]:
        """All rows of a query, read at once so that no lock outlives the call."""
        with self._told():
            return self.raw.execute(sql, parameters).fetchall()

    def close(self) -> None:
        """Close; what was committed is on disk already."""
        self.raw.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        if self._failed is not None:
            raise self._failed
        try:
            with told(self.path):
                yield
        except StoreError as error:
            if getattr(error.__cause__, "sqlite_errorname", "").startswith(("SQLITE_IOERR", "SQLITE_CORRUPT")):
                self._failed = error
            raise


def connect(path: Path, durability: Durability) -> Connection:
    """Open `path` for writing and make it if need be; its journal mode stays until `set_journal`.

    Raises StoreError.
    """
    with told(path):
        raw = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        try:
            if durability.exclusive:
                raw.execute("PRAGMA locking_mode = EXCLUSIVE")
            raw.execute("PRAGMA trusted_schema = OFF")
            raw.execute("PRAGMA synchronous = FULL")
            # What is forgotten is overwritten: a freed page would lie readable in the file until it is used again.
            raw.execute("PRAGMA secure_delete = ON")
            raw.execute("SELECT 1 FROM sqlite_schema").fetchall()
        except BaseException:
            raw.close()
            raise
    return Connection(raw, path)


def set_journal(connection: Connection, durability: Durability) -> None:
    """Bring the file to its journal mode; a file of a newer version is refused before anybody calls this."""
    connection.rows(f"PRAGMA journal_mode = {durability.journal_mode}")


def connect_reader(path: Path) -> Connection:
    """Open `path`, which another process writes, for reading only.

    Raises StoreUnavailable while it does not exist, StoreError otherwise.
    """
    try:
        path.stat()
    except FileNotFoundError as error:
        raise StoreUnavailable(f"{path} does not exist yet.", advice="Start `wren run`, which makes it.") from error
    except OSError as error:
        advice = "Run this as root, or as a user of the group wren-outbox."
        raise StoreError(f"{path} may not be read by this user.", advice=advice) from error
    with told(path):
        raw = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None
        )
        try:
            raw.execute("PRAGMA trusted_schema = OFF")
            raw.execute("SELECT 1 FROM sqlite_schema").fetchall()
        except BaseException:
            raw.close()
            raise
    return Connection(raw, path)
