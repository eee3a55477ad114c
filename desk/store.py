"""desk.db: every message that the desk has confirmed, and what people answered.

One process, one connection, one thread. A message is on disk before its receipt is given. The database keeps
the bytes that arrived; `desk.state` makes sense of them.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from gateway.errors import StoreError
from gateway.uplink import wire

_VERSION: Final = 1

STATUSES_KEPT: Final = 96
"""For each home: a day of heartbeats, so that a repeated one is known for what it is."""

_SCHEMA: Final = """
    CREATE TABLE homes (
        home TEXT PRIMARY KEY,
        first_heard_s INTEGER NOT NULL,
        last_heard_s INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE messages (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        home TEXT NOT NULL,
        type TEXT NOT NULL,
        seq INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        received_s INTEGER NOT NULL,
        body BLOB NOT NULL
    ) STRICT;
    CREATE INDEX messages_by_type ON messages (type, home, seq);
    CREATE TABLE acknowledgements (
        number INTEGER PRIMARY KEY,
        alert_id TEXT NOT NULL,
        person TEXT NOT NULL,
        at_s INTEGER NOT NULL
    ) STRICT;
    PRAGMA user_version = 1;
"""


class Taken(Enum):
    """What became of a message at the door."""

    NEW = auto()
    KNOWN = auto()
    OTHER_BYTES = auto()


class Heard(NamedTuple):
    """A home, and when it was first and last heard: UTC seconds of the desk's clock."""

    home: str
    first_s: int
    last_s: int


class Received(NamedTuple):
    """A message and when it arrived, in UTC seconds of the desk's clock."""

    message: wire.Message
    received_s: int


class Acknowledgement(NamedTuple):
    """A person's word that they are seeing to an alert; `at_s` is UTC. It stays at the desk."""

    alert_id: str
    person: str
    at_s: int


class Place(NamedTuple):
    """Which number of a home's row of messages arrived when. Statuses have a row of their own."""

    home: str
    seq: int
    received_s: int
    id: str


class Store:
    """The desk's memory.

    Args:
        path: desk.db; made if need be. Raises StoreError if it cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._told():
            self._raw = sqlite3.connect(path, isolation_level=None)
            try:
                self._prepare()
            except BaseException:
                self._raw.close()
                raise

    def _prepare(self) -> None:
        self._raw.execute("PRAGMA trusted_schema = OFF")
        self._raw.execute("PRAGMA journal_mode = TRUNCATE")
        self._raw.execute("PRAGMA synchronous = FULL")
        (version,) = self._raw.execute("PRAGMA user_version").fetchone()
        if version > _VERSION:
            raise StoreError(
                f"{self._path} was written by a newer version of Wren; it was left as it is.",
                advice="Install that version again, or give the desk another folder.",
            )
        if version == 0:
            self._raw.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")

    def __enter__(self) -> Self:
        """The store itself, closed at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close; everything is on disk already."""
        self._raw.close()

    def take(self, message: wire.Message, body: bytes, *, now_s: int) -> Taken:
        """Keep `message`, which came as `body`; durable on return. A repeat has no effect but "heard".

        The same id with other bytes is not kept. Raises StoreError.
        """
        sha256 = hashlib.sha256(body).hexdigest()
        message_type = str(message.__struct_config__.tag)
        with self._transaction() as raw:
            known = raw.execute("SELECT sha256 FROM messages WHERE id = ?", (message.id,)).fetchone()
            if known is not None and known[0] != sha256:
                return Taken.OTHER_BYTES
            raw.execute(
                """INSERT INTO homes VALUES (?, ?, ?)
                ON CONFLICT (home) DO UPDATE SET last_heard_s = max(last_heard_s, excluded.last_heard_s)""",
                (message.home, now_s, now_s),
            )
            if known is not None:
                return Taken.KNOWN
            raw.execute(
                "INSERT INTO messages (id, home, type, seq, sha256, received_s, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (message.id, message.home, message_type, message.seq, sha256, now_s, body),
            )
            if isinstance(message, wire.Status):
                raw.execute(
                    """DELETE FROM messages WHERE type = 'status' AND home = ? AND number NOT IN (
                        SELECT number FROM messages WHERE type = 'status' AND home = ? ORDER BY number DESC LIMIT ?
                    )""",
                    (message.home, message.home, STATUSES_KEPT),
                )
        return Taken.NEW

    def acknowledge(self, alert_id: str, person: str, *, now_s: int) -> None:
        """Keep that `person` sees to this alert. Raises StoreError."""
        with self._transaction() as raw:
            raw.execute(
                "INSERT INTO acknowledgements (alert_id, person, at_s) VALUES (?, ?, ?)", (alert_id, person, now_s)
            )

    def homes(self) -> list[Heard]:
        """All homes that were ever heard, by id."""
        return [Heard(*row) for row in self._rows("SELECT * FROM homes ORDER BY home")]

    def alerts_and_updates(self) -> list[Received]:
        """Every alert and alert update, in the order of arrival."""
        return self._received("WHERE type IN ('alert', 'alert_update') ORDER BY number")

    def summaries(self, since_s: int) -> list[Received]:
        """Every summary that arrived at `since_s` (UTC) or later, in the order of arrival."""
        return self._received("WHERE type = 'summary' AND received_s >= ? ORDER BY number", (since_s,))

    def newest_statuses(self) -> list[Received]:
        """The last status of each home to arrive."""
        return self._received(
            "WHERE number IN (SELECT max(number) FROM messages WHERE type = 'status' GROUP BY home) ORDER BY home"
        )

    def places(self) -> list[Place]:
        """The number of every message but statuses, by home and number."""
        rows = self._rows("SELECT home, seq, received_s, id FROM messages WHERE type != 'status' ORDER BY home, seq")
        return [Place(*row) for row in rows]

    def acknowledgements(self) -> list[Acknowledgement]:
        """Every acknowledgement, in the order in which they were given."""
        rows = self._rows("SELECT alert_id, person, at_s FROM acknowledgements ORDER BY number")
        return [Acknowledgement(*row) for row in rows]

    def _received(self, which: str, parameters: tuple[object, ...] = ()) -> list[Received]:
        rows = self._rows(f"SELECT body, received_s FROM messages {which}", parameters)
        return [Received(wire.decode(body), received_s) for body, received_s in rows]

    def _rows(self, sql: str, parameters: tuple[object, ...] = ()) -> list[Any]:
        with self._told():
            return self._raw.execute(sql, parameters).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._told():
            self._raw.execute("BEGIN IMMEDIATE")
            try:
                yield self._raw
                self._raw.execute("COMMIT")
            except BaseException:
                if self._raw.in_transaction:
                    self._raw.rollback()
                raise

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", None) or type(error).__name__
            raise StoreError(
                f"{self._path} cannot be used ({name}).",
                advice="Check that the disk is neither full nor read-only, and the file itself against its last copy.",
            ) from error
