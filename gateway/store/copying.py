"""A copy of a database that its owner goes on writing to, made by the owner in steps of some milliseconds.

SQLite's own backup cannot be used: Python gives it no way to stop between two steps, so it would hold the one thread
that writes for as long as the card takes, and nothing would be kept meanwhile (docs/decisions/0035).
"""

import os
import sqlite3
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple

from gateway.errors import StoreError
from gateway.store.connection import Connection
from gateway.store.faults import told

Key = Any
"""A number, or a day as text; None of an empty table."""


class _Paged(NamedTuple):
    """A table that is copied in pages by its key."""

    name: str
    key: str
    rows: int


_PAGED: Final = (_Paged("checkpoints", "number", 4), _Paged("habit_days", "day", 1_000), _Paged("inputs", "seq", 5_000))
"""Each page is 0.5 MB at most."""


def copied(source: Connection, target: Path) -> Generator[float, None, None]:
    """Copy all of `source` to `target`, mode 0600; each `next` is a step, and says which share is done (1 at the end).

    The copy is of one moment, that of the first step: rows that are added later are not in it. Those that their time is
    over for while it is made may be missing. To be run, and closed, on the thread of `source`.

    Raises StoreError when either cannot be used; `target` is then left half-made.
    """
    try:
        target.unlink(missing_ok=True)
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
    except OSError as error:
        advice = "Check the owner of that folder, and that there is space."
        raise StoreError(f"{target} cannot be made: {error.strerror}.", advice=advice) from error
    with told(target), closing(sqlite3.connect(target, isolation_level=None)) as new:
        new.execute("PRAGMA journal_mode = OFF")  # it is thrown away if anything goes wrong
        new.execute("PRAGMA synchronous = OFF")
        tables = _begin(source, new)
        paged = [one for one in _PAGED if one.name in tables]
        last = {one: source.rows(f"SELECT max({one.key}) FROM {one.name}")[0][0] for one in paged}
        for name in tables - {one.name for one in paged}:
            _put(new, name, source.rows(f"SELECT * FROM {name}"))
        yield 0.0
        for done, one in enumerate(paged):
            for share in _pages(source, new, one, last[one]):
                yield (done + share) / len(paged)
    yield 1.0


def _begin(source: Connection, new: sqlite3.Connection) -> set[str]:
    names = set()
    schema = "SELECT type, name, sql FROM sqlite_schema WHERE sql NOT NULL AND substr(name, 1, 7) != 'sqlite_'"
    for kind, name, sql in source.rows(f"{schema} ORDER BY type DESC"):  # tables before their indexes
        new.execute(sql)
        names |= {name} if kind == "table" else set()
    return names


def _pages(source: Connection, new: sqlite3.Connection, table: _Paged, last: Key) -> Generator[float, None, None]:
    name, key = table.name, table.key
    ((first,),) = source.rows(f"SELECT min({key}) FROM {name} WHERE {key} <= ?", (last,))
    begin = first
    while first is not None:
        # a page ends with the last row of its key, for several rows may have the same one
        bounds = source.rows(
            f"SELECT {key} FROM {name} WHERE {key} BETWEEN ? AND ? ORDER BY {key} LIMIT 1 OFFSET ?",
            (first, last, table.rows - 1),
        )
        until = bounds[0][0] if bounds else last
        _put(new, name, source.rows(f"SELECT * FROM {name} WHERE {key} BETWEEN ? AND ?", (first, until)))
        ((first,),) = source.rows(f"SELECT min({key}) FROM {name} WHERE {key} > ? AND {key} <= ?", (until, last))
        yield 1.0 if first is None or isinstance(until, str) else (until - begin) / (last - begin)


def _put(new: sqlite3.Connection, name: str, rows: list[tuple[object, ...]]) -> None:
    if rows:
        new.execute("BEGIN")
        new.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(rows[0]))})", rows)
        new.execute("COMMIT")
