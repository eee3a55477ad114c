"""The heads of the homes' own records of what left them: how long each said it was, and its last hash.

A record only grows. One that is shorter than it was, or that has another last entry at the same length, was cut, or
is kept by two gateways at once.
"""

import sqlite3
from typing import NamedTuple

from desk.database import Database
from gateway.uplink.wire import TrailHead
from models.localtime import DAY_S


class Head(NamedTuple):
    """The last head that a home told; `at_s` is UTC, when it arrived."""

    home: str
    entries: int
    sha256: str
    at_s: int


class Cut(NamedTuple):
    """That a home's record did not go on as it had been, how often, and when first and last: UTC seconds."""

    home: str
    first_s: int
    last_s: int
    times: int


class HeadsBook:
    """The heads in desk.db: all of the last day, and one a day of the time before."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def last(self) -> list[Head]:
        """The last head of each home. Raises StoreError."""
        rows = self._db.rows(
            """SELECT home, entries, sha256, at_s FROM heads
            WHERE number IN (SELECT max(number) FROM heads GROUP BY home) ORDER BY home"""
        )
        return [Head(*row) for row in rows]

    def cuts(self) -> list[Cut]:
        """Every home whose record did not go on as it had been. Raises StoreError."""
        return [Cut(*row) for row in self._db.rows("SELECT home, first_s, last_s, times FROM cuts ORDER BY home")]


def note(raw: sqlite3.Connection, home: str, trail: int, head: TrailHead, *, now_s: int) -> None:
    """Keep `head`, the newest of the record `trail` of `home`, and whether it goes on from the ones before."""
    before = raw.execute(
        "SELECT entries, sha256 FROM heads WHERE home = ? AND trail = ? ORDER BY number DESC LIMIT 1", (home, trail)
    ).fetchone()
    if before == (head.entries, head.sha256):
        return
    other = raw.execute(
        "SELECT 1 FROM heads WHERE home = ? AND trail = ? AND entries = ? AND sha256 != ?",
        (home, trail, head.entries, head.sha256),
    ).fetchone()
    if other is not None or (before is not None and head.entries < before[0]):
        raw.execute(
            """INSERT INTO cuts VALUES (?, ?, ?, 1)
            ON CONFLICT (home) DO UPDATE SET last_s = excluded.last_s, times = times + 1""",
            (home, now_s, now_s),
        )
    raw.execute(
        "INSERT INTO heads (home, trail, entries, sha256, at_s) VALUES (?, ?, ?, ?, ?)",
        (home, trail, head.entries, head.sha256, now_s),
    )
    raw.execute(
        """DELETE FROM heads WHERE home = ? AND at_s < ? AND number NOT IN (
            SELECT max(number) FROM heads WHERE home = ? GROUP BY trail, at_s / ?
        )""",
        (home, now_s - DAY_S, home, DAY_S),
    )
