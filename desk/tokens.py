"""The words by which a technician shows that the desk asked for this gateway: single use, short-lived, kept as a hash.

A token has 192 bits from the system's own source, so it can be looked up by a plain SHA-256: nothing can be guessed.
"""

import hashlib
import secrets
import sqlite3
from typing import Final, NamedTuple

from desk.database import Database
from models.localtime import DAY_S

TOKEN_S: Final = 15 * 60
_FORGOTTEN_S: Final = DAY_S


class Token(NamedTuple):
    """What is kept of a token. Times are UTC seconds."""

    home: str
    replaces: bool
    made_s: int
    used_by: str | None


def make(database: Database, home: str, *, replaces: bool, now_s: int) -> str:
    """A new token for `home`; those before it end. It is returned once and kept nowhere. Raises StoreError."""
    token = secrets.token_urlsafe(24)
    with database.transaction() as raw:
        raw.execute(
            "DELETE FROM tokens WHERE made_s < ? OR (home = ? AND used_s IS NULL)", (now_s - _FORGOTTEN_S, home)
        )
        raw.execute(
            "INSERT INTO tokens (sha256, home, replaces, made_s) VALUES (?, ?, ?, ?)",
            (_hash(token), home, replaces, now_s),
        )
    return token


def find(raw: sqlite3.Connection, token: str) -> Token | None:
    """What is known of `token`."""
    row = raw.execute("SELECT home, replaces, made_s, used_by FROM tokens WHERE sha256 = ?", (_hash(token),)).fetchone()
    return None if row is None else Token(row[0], bool(row[1]), row[2], row[3])


def use(raw: sqlite3.Connection, token: str, key_id: str, *, now_s: int) -> None:
    """It is used up, by the holder of this key."""
    raw.execute("UPDATE tokens SET used_s = ?, used_by = ? WHERE sha256 = ?", (now_s, key_id, _hash(token)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
