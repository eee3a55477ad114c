"""A damaged database: moved aside and never deleted, what can still be read carried over into a new one.

Python's sqlite3 has no `.recover`, so this reads each table by its primary key from the front until the
damage and from the back until the damage; what lies between two damaged pages stays in the file aside.
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gateway.store.faults import told
from gateway.store.migrations import Migration, apply


@dataclass(frozen=True, slots=True)
class Table:
    """A table to carry over; the first column is its primary key, or begins it."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Where the damaged file went, and how many rows the new one took over."""

    moved_aside: Path
    salvaged_rows: int


def rebuild(path: Path, migrations: tuple[Migration, ...], tables: tuple[Table, ...], afterwards: str) -> Rebuilt:
    """Put a sound database in the place of the damaged one at `path`.

    The new file is whole before the old one moves, so that a power cut in here loses nothing.
    `afterwards` is a statement run on the new file, with :now_ms bound: it lifts the sequence numbers above
    any that the lost rows can have used (nothing that Wren counts happens 1,000 times a second for years).

    Raises StoreError when the storage is full or failing; the damaged file is then where it was.
    """
    fresh = path.with_name(f"{path.name}.new")
    for leftover in (fresh, fresh.with_name(f"{fresh.name}-journal")):
        leftover.unlink(missing_ok=True)
    with told(fresh), closing(sqlite3.connect(fresh, isolation_level=None)) as new:
        new.execute("PRAGMA synchronous = FULL")
        apply(new, migrations)
        new.execute("BEGIN")
        salvaged = sum(_carry_over(path, new, table) for table in tables)
        new.execute(afterwards, {"now_ms": time.time_ns() // 1_000_000})
        new.execute("COMMIT")
    return Rebuilt(_swap(path, fresh), salvaged)


def _carry_over(path: Path, new: sqlite3.Connection, table: Table) -> int:
    marks = ", ".join("?" * len(table.columns))
    insert = f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES ({marks})"
    carried = 0
    for row in _readable(path, table):
        # A damaged page can give a row of the wrong type, or the same key twice; the schema refuses both.
        with suppress(sqlite3.IntegrityError):
            new.execute(insert, row)
            carried += 1
    return carried


def _readable(path: Path, table: Table) -> Iterator[tuple[Any, ...]]:
    key = table.columns[0]
    select = f"SELECT {', '.join(table.columns)} FROM {table.name}"
    last = None
    whole = False
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(path, isolation_level=None)) as old:
        for row in old.execute(f"{select} ORDER BY {key}"):
            last = row[0]
            yield row
        whole = True
    if whole:
        return
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(path, isolation_level=None)) as old:
        for row in old.execute(f"{select} ORDER BY {key} DESC"):
            # of a key of several columns the same first one may go on; what was carried over already is refused
            if last is not None and row[0] < last:
                return
            yield row


def _swap(path: Path, fresh: Path) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    aside = path.with_name(f"{path.name}.corrupt-{stamp}")
    os.link(path, aside)
    # SQLite finds a journal by its file's name, so the file aside takes its own along.
    for suffix in ("-wal", "-journal"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    fresh.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return aside
