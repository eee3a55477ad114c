"""Opening a database for writing: checked after an unclean stop, brought to this version, marked as in use."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from gateway.errors import StoreCorrupt, StoreError
from gateway.store.connection import Connection, Durability, connect, set_journal
from gateway.store.faults import told
from gateway.store.migrations import Migration, apply, pending
from gateway.store.salvage import Rebuilt, Table, rebuild


@dataclass(frozen=True, slots=True)
class Layout:
    """What a database of Wren's is: its schema, its durability, and what to save of a damaged one."""

    migrations: tuple[Migration, ...]
    durability: Durability
    tables: tuple[Table, ...]
    after_salvage: str


@dataclass(frozen=True, slots=True)
class Opened:
    """How a database was found.

    Attributes:
        stopped_cleanly: whether its last writer ended in order (True for a new file).
        moved_aside: where a damaged file went, or None. The technician is told.
        salvaged_rows: how many rows of the damaged file were carried over.
    """

    stopped_cleanly: bool
    moved_aside: Path | None = None
    salvaged_rows: int = 0


def open_database(path: Path, layout: Layout, *, sound_only: bool = False) -> tuple[Connection, Opened]:
    """Open `path` for writing, making, migrating or rebuilding it as needed.

    Before a migration the file is copied to `NAME.before-MIGRATION`; `quick_check` runs after an unclean stop.
    With `sound_only` nothing is made or rebuilt: a file that somebody has named may be anything.

    Raises StoreError: a newer version has taken something out of it (left untouched), in use, storage full, read-only
    or failing; with `sound_only` StoreCorrupt, and the file is left as it is.
    """
    try:
        is_new = not path.exists() or path.stat().st_size == 0
    except OSError as error:
        advice = "Run this as root or as the daemon's user."
        raise StoreError(f"{path} cannot be opened: {error.strerror}.", advice=advice) from error
    is_sound = not is_new and _is_sound(path, layout)
    if sound_only and not is_sound:
        advice = "Nothing was changed. A gateway repairs its own when `wren run` starts."
        raise StoreCorrupt(f"{path} is damaged, or no database of Wren's.", advice=advice)
    rebuilt = None if is_new or is_sound else _rebuild(path, layout)
    connection = connect(path, layout.durability)
    try:
        stopped_cleanly = is_new or clean_stop(connection)
        with told(path):
            waiting = pending(connection.raw, layout.migrations, path)
            set_journal(connection, layout.durability)
            if waiting:
                if not is_new:
                    _copy_first(connection, path.with_name(f"{path.name}.before-{waiting[0]}"))
                apply(connection.raw, layout.migrations)
        mark_stop(connection, clean=False)
    except BaseException:
        connection.close()
        raise
    if rebuilt is None:
        return connection, Opened(stopped_cleanly)
    return connection, Opened(
        stopped_cleanly=False, moved_aside=rebuilt.moved_aside, salvaged_rows=rebuilt.salvaged_rows
    )


def clean_stop(connection: Connection) -> bool:
    """Whether the last thing written was the mark of a clean stop."""
    if not connection.rows("SELECT 1 FROM sqlite_schema WHERE name = 'meta'"):
        return False
    return connection.rows("SELECT value FROM meta WHERE key = 'clean_stop'") == [(1,)]


def mark_stop(connection: Connection, *, clean: bool) -> None:
    """Write down, durably, whether the file may be opened unchecked the next time."""
    with connection.transaction() as raw:
        set_meta(raw, "clean_stop", int(clean))


def set_meta(raw: sqlite3.Connection, key: str, value: int) -> None:
    """Keep one number under `key`."""
    raw.execute(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )


def get_meta(connection: Connection, key: str) -> int | None:
    """The number under `key`, or None."""
    found = connection.rows("SELECT value FROM meta WHERE key = ?", (key,))
    return int(found[0][0]) if found else None


def _is_sound(path: Path, layout: Layout) -> bool:
    try:
        with closing(connect(path, layout.durability)) as connection, told(path):
            pending(connection.raw, layout.migrations, path)
            if clean_stop(connection):
                return True
            return connection.rows("PRAGMA quick_check(1)") == [("ok",)]
    except StoreCorrupt:
        return False


def _rebuild(path: Path, layout: Layout) -> Rebuilt:
    return rebuild(path, layout.migrations, layout.tables, layout.after_salvage)


def _copy_first(connection: Connection, copy: Path) -> None:
    part = copy.with_name(f"{copy.name}.part")
    part.unlink(missing_ok=True)
    with told(part), closing(sqlite3.connect(part)) as target:
        connection.raw.backup(target)
    part.replace(copy)
