"""uplink.db: what the provider has confirmed and what it refused, so that a restart resends nothing confirmed.

The uplink is the only writer. The daemon and `wren outbox` read it (`BookReader`).
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from gateway.errors import StoreCorrupt, StoreError, StoreUnavailable
from models.localtime import utc_text

if TYPE_CHECKING:
    from gateway.log import Log

_VERSION: Final = 1
_BUSY_TIMEOUT_S: Final = 5.0
_STATUS: Final = "status"

_SCHEMA: Final = """
    CREATE TABLE receipts (
        id TEXT PRIMARY KEY,
        type TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        sent_at TEXT NOT NULL,
        attempts INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE dead_letters (
        id TEXT PRIMARY KEY,
        type TEXT NOT NULL,
        http_status INTEGER NOT NULL,
        reason TEXT NOT NULL,
        set_aside_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    PRAGMA user_version = 1;
"""


class Delivered(NamedTuple):
    """A message that the desk holds. `attempts` counts those of the process that delivered it."""

    id: str
    type: str
    sha256: str
    sent_at: str
    attempts: int


class DeadLetter(NamedTuple):
    """A message that the desk refused, with the HTTP status and its reason."""

    id: str
    type: str
    http_status: int
    reason: str
    set_aside_at: str


class Book:
    """The uplink's own record. Every entry is on disk when the call returns.

    If the disk fails, entries are still kept in memory, so that this process does not send twice, and the
    call raises StoreError. A damaged file is moved aside and a new one begun: messages are then sent once
    more under their old ids, which the desk knows.

    Args:
        path: where uplink.db is or shall be. Raises StoreError if it cannot be used at all.
        utc_s: the wall clock, for `sent_at`.
        log: told when a damaged file was moved aside.
    """

    def __init__(self, path: Path, *, utc_s: Callable[[], float], log: "Log") -> None:
        self._path = path
        self._utc_s = utc_s
        try:
            self._raw = _open(path)
        except StoreCorrupt as error:
            _move_aside(path, int(utc_s()))
            log.error("database_moved_aside", schema="uplink", fault=error)  # noqa: TRY400 - not a logging.Logger
            self._raw = _open(path)
        self._settled = _settled(self._raw)

    def __enter__(self) -> Self:
        """The book itself, closed at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __contains__(self, message_id: object) -> bool:
        """Whether nothing is left to do for this message: it was delivered or refused."""
        return message_id in self._settled

    def delivered(self, message_id: str, message_type: str, *, sha256: str, attempts: int) -> None:
        """Record a receipt. Raises StoreError."""
        entry = Delivered(message_id, message_type, sha256, utc_text(int(self._utc_s())), attempts)
        self._enter("receipts", entry)

    def refused(self, message_id: str, message_type: str, *, http_status: int, reason: str) -> None:
        """Record a dead letter. Raises StoreError."""
        entry = DeadLetter(message_id, message_type, http_status, reason, utc_text(int(self._utc_s())))
        self._enter("dead_letters", entry)

    def _enter(self, table: str, entry: Delivered | DeadLetter) -> None:
        self._settled.add(entry.id)
        with _told(self._path):
            self._raw.execute("BEGIN IMMEDIATE")
            try:
                if entry.type == _STATUS:  # there are 96 a day, and only the newest is ever asked for
                    self._raw.execute(f"DELETE FROM {table} WHERE type = ?", (_STATUS,))
                self._raw.execute(f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?, ?, ?)", entry)
                self._raw.execute("COMMIT")
            except BaseException:
                if self._raw.in_transaction:
                    self._raw.rollback()
                raise

    def close(self) -> None:
        """Close; everything is on disk already."""
        self._raw.close()


class BookReader:
    """uplink.db for those who only look: the daemon's count of what waits, and `wren outbox`.

    Opens the file for each call, so that it may come, go and be replaced. Before the uplink has run there
    is nothing in it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def settled(self) -> frozenset[str]:
        """The ids of all messages that were delivered or refused. Raises StoreError."""
        with self._reading() as raw:
            return frozenset(_settled(raw)) if raw else frozenset()

    def receipts(self) -> list[Delivered]:
        """All receipts, by the time of sending. Raises StoreError."""
        with self._reading() as raw:
            rows = raw.execute("SELECT * FROM receipts ORDER BY sent_at, id").fetchall() if raw else []
            return [Delivered(*row) for row in rows]

    def dead_letters(self) -> list[DeadLetter]:
        """All messages that were refused, by time. Raises StoreError."""
        with self._reading() as raw:
            rows = raw.execute("SELECT * FROM dead_letters ORDER BY set_aside_at, id").fetchall() if raw else []
            return [DeadLetter(*row) for row in rows]

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        try:
            self._path.stat()
        except FileNotFoundError:
            yield None
            return
        except OSError as error:
            advice = "Run this as root, or as a user of the group wren-uplink."
            raise StoreError(f"{self._path} may not be read by this user.", advice=advice) from error
        with _told(self._path):
            uri = f"{self._path.absolute().as_uri()}?mode=ro"
            raw = sqlite3.connect(uri, uri=True, timeout=_BUSY_TIMEOUT_S, isolation_level=None)
            try:
                raw.execute("PRAGMA trusted_schema = OFF")
                (version,) = raw.execute("PRAGMA user_version").fetchone()
                yield raw if version == _VERSION else None
            finally:
                raw.close()


def _open(path: Path) -> sqlite3.Connection:
    with _told(path):
        raw = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S, isolation_level=None)
        try:
            raw.execute("PRAGMA trusted_schema = OFF")
            # TRUNCATE, not DELETE: an unlinked journal is durable only under synchronous=EXTRA
            raw.execute("PRAGMA journal_mode = TRUNCATE")
            raw.execute("PRAGMA synchronous = FULL")
            (version,) = raw.execute("PRAGMA user_version").fetchone()
            if version > _VERSION:
                raise StoreError(
                    f"{path} was written by a newer version of Wren; it was left as it is.",
                    advice="Install that version again, or move the file away: messages are then sent once more.",
                )
            (health,) = raw.execute("PRAGMA quick_check(1)").fetchone()
            if health != "ok":
                raise StoreCorrupt(f"{path} is damaged.", advice="It is moved aside and begun anew.")
            if version == 0:
                raw.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
        except BaseException:
            raw.close()
            raise
    return raw


def _settled(raw: sqlite3.Connection) -> set[str]:
    return {row[0] for row in raw.execute("SELECT id FROM receipts UNION ALL SELECT id FROM dead_letters")}


def _move_aside(path: Path, now_s: int) -> None:
    path.rename(path.with_name(f"{path.name}.damaged-{now_s}"))
    path.with_name(f"{path.name}-journal").unlink(missing_ok=True)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what sqlite3 raises into an error that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", None) or type(error).__name__
        if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            raise StoreCorrupt(f"{path} is damaged ({name}).", advice="It is moved aside and begun anew.") from error
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_READONLY_ROLLBACK")):
            raise StoreUnavailable(f"{path} is in use ({name}).", advice="Try again in a moment.") from error
        raise StoreError(
            f"{path} cannot be used ({name}).",
            advice="Check that the disk is neither full nor read-only and that this user may write there.",
        ) from error
