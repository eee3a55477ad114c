"""The tables of desk.db, and how a file of an earlier version becomes one of this: in one transaction, or not at all.

No copy is made before: a copy would keep what a resident has a right to have erased.
"""

import sqlite3
from typing import TYPE_CHECKING, Final

import msgspec

from gateway.uplink.forms import decoded

if TYPE_CHECKING:
    from collections.abc import Callable

VERSION: Final = 2

_FIRST: Final = (
    """CREATE TABLE homes (
        home TEXT PRIMARY KEY,
        first_heard_s INTEGER NOT NULL,
        last_heard_s INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE messages (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        home TEXT NOT NULL,
        type TEXT NOT NULL,
        seq INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        received_s INTEGER NOT NULL,
        body BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX messages_by_type ON messages (type, home, seq)",
    """CREATE TABLE acknowledgements (
        number INTEGER PRIMARY KEY,
        alert_id TEXT NOT NULL,
        person TEXT NOT NULL,
        at_s INTEGER NOT NULL
    ) STRICT""",
)

_SECOND: Final = (
    # of whom a message is, so that it can be erased; NULL for what is of the home
    "ALTER TABLE messages ADD COLUMN resident TEXT",
    "CREATE INDEX messages_by_resident ON messages (home, resident)",
    # the highest numbers that a home ever used; what was erased must not be counted anew
    """CREATE TABLE numbers (
        home TEXT PRIMARY KEY,
        seq INTEGER NOT NULL DEFAULT 0,
        status_seq INTEGER NOT NULL DEFAULT 0,
        answer INTEGER NOT NULL DEFAULT 0,
        answers_taken INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID""",
    # trail: which record of its own a key goes on with; a rotated key goes on with the old key's
    """CREATE TABLE gateways (
        number INTEGER PRIMARY KEY,
        home TEXT NOT NULL,
        key TEXT NOT NULL,
        key_id TEXT NOT NULL UNIQUE,
        trail INTEGER NOT NULL,
        enrolled_s INTEGER NOT NULL,
        revoked_s INTEGER,
        followed_by TEXT,
        sequence INTEGER NOT NULL,
        heard_s INTEGER
    ) STRICT""",
    "CREATE UNIQUE INDEX one_key_of_a_home ON gateways (home) WHERE revoked_s IS NULL",
    """CREATE TABLE steps_back (
        number INTEGER PRIMARY KEY,
        key_id TEXT NOT NULL,
        at_s INTEGER NOT NULL
    ) STRICT""",
    """CREATE TABLE tokens (
        sha256 TEXT PRIMARY KEY,
        home TEXT NOT NULL,
        replaces INTEGER NOT NULL,
        made_s INTEGER NOT NULL,
        used_s INTEGER,
        used_by TEXT
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE answers (
        home TEXT NOT NULL,
        seq INTEGER NOT NULL,
        alert_id TEXT,
        resident TEXT,
        payload TEXT NOT NULL,
        signature TEXT NOT NULL,
        person TEXT NOT NULL,
        given_s INTEGER NOT NULL,
        taken_s INTEGER,
        refused_s INTEGER,
        PRIMARY KEY (home, seq)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE heads (
        number INTEGER PRIMARY KEY,
        home TEXT NOT NULL,
        trail INTEGER NOT NULL,
        entries INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        at_s INTEGER NOT NULL
    ) STRICT""",
    "CREATE INDEX heads_by_home ON heads (home, trail, entries)",
    """CREATE TABLE cuts (
        home TEXT PRIMARY KEY,
        first_s INTEGER NOT NULL,
        last_s INTEGER NOT NULL,
        times INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    # of what was erased only this is kept: that it was, when, and how many pieces
    """CREATE TABLE erasures (
        id TEXT PRIMARY KEY,
        home TEXT NOT NULL,
        seq INTEGER NOT NULL,
        at_s INTEGER NOT NULL,
        pieces INTEGER NOT NULL,
        wiped_s INTEGER
    ) STRICT, WITHOUT ROWID""",
)


def prepare(raw: sqlite3.Connection, version: int) -> None:
    """Bring the file from `version` (0: it is new) to this one; the caller's transaction."""
    steps: tuple[tuple[tuple[str, ...], Callable[[sqlite3.Connection], None]], ...] = (
        (_FIRST, lambda _: None),
        (_SECOND, _fill_second),
    )
    for statements, fill in steps[version:]:
        for statement in statements:
            raw.execute(statement)
        fill(raw)
    raw.execute(f"PRAGMA user_version = {VERSION}")


class _OfWhom(msgspec.Struct):
    """All that is asked of a body of another version."""

    resident: str | None = None


def _fill_second(raw: sqlite3.Connection) -> None:
    decoder = msgspec.json.Decoder(_OfWhom)
    for number, body in raw.execute("SELECT number, body FROM messages").fetchall():
        try:
            resident = decoded(decoder, body).resident
        except msgspec.DecodeError:
            continue
        raw.execute("UPDATE messages SET resident = ? WHERE number = ?", (resident, number))
    raw.execute(
        """INSERT INTO numbers (home, seq, status_seq)
        SELECT home, max(iif(type = 'status', 0, seq)), max(iif(type = 'status', seq, 0)) FROM messages GROUP BY home"""
    )
