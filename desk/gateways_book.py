"""Which gateway has which key, and how far it has counted its requests.

A key that was revoked stays on record: its holder is told so, and a key is never enrolled twice.
"""

import sqlite3
from typing import TYPE_CHECKING, Final, NamedTuple

from desk.database import Database
from gateway.uplink.keys import key_id as name_of
from gateway.uplink.keys import key_of
from models.localtime import DAY_S

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

STEPS_KEPT: Final = 32
"""Of each key: whoever holds a key can make steps back at will, and must not fill the disk with them."""


class Known(NamedTuple):
    """A key that is, or was, a home's; `followed_by` is the id of the key that took its place by a rotation."""

    home: str
    key: "Ed25519PublicKey"
    key_id: str
    trail: int
    is_revoked: bool
    followed_by: str | None


class KeyLine(NamedTuple):
    """A key as people see it. Times are UTC seconds.

    Attributes:
        sequence: the highest request number that was heard.
        steps_back: how often in the last day a request came with a number that was not above it.
        heard_s: when a request of this key was last accepted.
    """

    home: str
    key: str
    enrolled_s: int
    revoked_s: int | None
    sequence: int
    heard_s: int | None
    steps_back: int


class GatewaysBook:
    """The keys in desk.db."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def known(self, key_id: str) -> Known | None:
        """The key of this id, revoked or not. Raises StoreError."""
        rows = self._db.rows(
            "SELECT home, key, key_id, trail, revoked_s IS NOT NULL, followed_by FROM gateways WHERE key_id = ?",
            (key_id,),
        )
        for home, key, name, trail, is_revoked, followed_by in rows:
            return Known(home, key_of(key), name, trail, bool(is_revoked), followed_by)
        return None

    def key_of_home(self, home: str) -> str | None:
        """The key (as text) by which `home` is known now. Raises StoreError."""
        rows = self._db.rows("SELECT key FROM gateways WHERE home = ? AND revoked_s IS NULL", (home,))
        return rows[0][0] if rows else None

    def lines(self, now_s: int) -> list[KeyLine]:
        """Every key, by home, the newest first. Raises StoreError."""
        rows = self._db.rows(
            """SELECT home, key, enrolled_s, revoked_s, sequence, heard_s,
                (SELECT count(*) FROM steps_back WHERE steps_back.key_id = gateways.key_id AND at_s > ?)
            FROM gateways ORDER BY home, number DESC""",
            (now_s - DAY_S,),
        )
        return [KeyLine(*row) for row in rows]

    def revoke(self, home: str, *, now_s: int) -> str | None:
        """Believe the key of `home` no longer, nor a token that was made for it. Returns the key. Raises StoreError."""
        key = self.key_of_home(home)
        with self._db.transaction() as raw:
            raw.execute("UPDATE gateways SET revoked_s = ? WHERE home = ? AND revoked_s IS NULL", (now_s, home))
            raw.execute("DELETE FROM tokens WHERE home = ? AND used_s IS NULL", (home,))
        return key


def advance(raw: sqlite3.Connection, key_id: str, sequence: int, *, now_s: int) -> int | None:
    """Take `sequence` as the newest request of this key: None; or count a step back, and return the highest so far.

    Raises LookupError: the key was revoked a moment ago.
    """
    row = raw.execute("SELECT sequence FROM gateways WHERE key_id = ? AND revoked_s IS NULL", (key_id,)).fetchone()
    if row is None:
        raise LookupError(key_id)
    (highest,) = row
    if sequence > highest:
        raw.execute("UPDATE gateways SET sequence = ?, heard_s = ? WHERE key_id = ?", (sequence, now_s, key_id))
        return None
    raw.execute("INSERT INTO steps_back (key_id, at_s) VALUES (?, ?)", (key_id, now_s))
    raw.execute(
        """DELETE FROM steps_back WHERE key_id = ? AND number NOT IN (
            SELECT number FROM steps_back WHERE key_id = ? ORDER BY number DESC LIMIT ?
        )""",
        (key_id, key_id, STEPS_KEPT),
    )
    return int(highest)


def add(
    raw: sqlite3.Connection, home: str, key: str, *, now_s: int, sequence: int = 0, trail: int | None = None
) -> None:
    """Know `home` by `key` from now on; `trail` is that of the key before, None if the home's own record is new.

    What was revoked for it is the caller's. Raises sqlite3.IntegrityError: the home has another key, or the key
    is known already.
    """
    (newest,) = raw.execute("SELECT coalesce(max(trail), 0) FROM gateways").fetchone()
    raw.execute(
        "INSERT INTO gateways (home, key, key_id, trail, enrolled_s, sequence) VALUES (?, ?, ?, ?, ?, ?)",
        (home, key, name_of(key_of(key)), newest + 1 if trail is None else trail, now_s, sequence),
    )
