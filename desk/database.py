"""desk.db as a file: opened, brought to this version, written in transactions, and wiped of what was erased.

The desk is one process with one connection on one thread; `wren desk token`, `revoke` and `homes` open a second one
for a moment. Whatever is written is on disk before anybody is told.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from desk import schema
from gateway.atomic import whole
from gateway.errors import StoreError, StoreUnavailable

_WAIT_S: Final = 5.0
"""For the other connection to end its transaction, which takes milliseconds."""


class Database:
    """The file.

    Args:
        path: desk.db; made if need be. Raises StoreError if it cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with contextlib.suppress(OSError):  # sqlite says why; a file that it makes itself others could read
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        with self._told():
            self.raw = sqlite3.connect(path, isolation_level=None, timeout=_WAIT_S)
            try:
                self._prepare()
            except BaseException:
                self.raw.close()
                raise

    def _prepare(self) -> None:
        for setting in (
            "trusted_schema = OFF",
            "journal_mode = TRUNCATE",
            "synchronous = FULL",
            "secure_delete = ON",  # what is deleted is overwritten
            "temp_store = MEMORY",  # no copy of anything in a temporary file
        ):
            self.raw.execute(f"PRAGMA {setting}")
        if self._version() == schema.VERSION:
            return
        with self.transaction() as raw:
            version = self._version()  # another process may have been quicker
            if version > schema.VERSION:
                raise StoreError(
                    f"{self._path} was written by a newer version of Wren; it was left as it is.",
                    advice="Install that version again, or give the desk another folder.",
                )
            if version < schema.VERSION:
                schema.prepare(raw, version)

    def _version(self) -> int:
        (version,) = self.raw.execute("PRAGMA user_version").fetchone()
        return int(version)

    def close(self) -> None:
        """Close; everything is on disk already."""
        self.raw.close()

    def rows(self, sql: str, parameters: tuple[object, ...] = ()) -> list[Any]:
        """What a question gives. Raises StoreError."""
        with self._told():
            return self.raw.execute(sql, parameters).fetchall()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, on disk at its end. Raises StoreError."""
        with self._told(), whole(self.raw):
            yield self.raw

    def wipe(self) -> None:
        """Write the file anew without what was deleted: pages that were moved within it leave traces in their gaps.

        Raises StoreError.
        """
        with self._told():
            self.raw.execute("VACUUM")

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", None) or type(error).__name__
            if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                raise StoreUnavailable(f"{self._path} is in use.", advice="Try again in a moment.") from error
            raise StoreError(
                f"{self._path} cannot be used ({name}).",
                advice="Check that the disk is neither full nor read-only, and the file itself against its last copy.",
            ) from error
