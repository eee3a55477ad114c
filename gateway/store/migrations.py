"""Numbered migrations: each runs in one transaction with the record of it.

`sqlite_utils.migrations` does the applying and keeps the record (table `_sqlite_migrations`, which
`sqlite-utils migrate --list` can read). The record is read here with plain SQL, and sqlite-utils is
imported only when something has to be applied: it is 11 MB on top of the daemon's own (docs/decisions/0004).

A migration is only ever added at the end, and expands: columns (with a default) and tables are added in one release
and removed no earlier than in the next. So a version that was gone back to can use a file that the next one has
migrated: what it does not know it leaves alone, and every statement that writes names its columns. A migration that
takes something away says so (`needs`), and older versions refuse the file from then on (docs/decisions/0038).
"""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.errors import StoreError, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step of a schema: SQL statements, all of them or none.

    Attributes:
        name: its number and what it is about.
        statements: what it does.
        needs: how many migrations a version must know to use the file after it; 0: this one only adds.
    """

    name: str
    statements: tuple[str, ...]
    needs: int = 0


_NEEDS = "needs"
"""In `meta`: the largest `Migration.needs` that was applied."""

_META = "CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID"

HOME = (
    Migration(
        "0001_journal",
        (
            _META,
            "CREATE TABLE sensors (code INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT",
            # No secondary index: it doubles what a batch writes (RELIABILITY, "Numbers to hold").
            """CREATE TABLE inputs (
                seq INTEGER PRIMARY KEY,
                at_ms INTEGER NOT NULL,
                sensor INTEGER NOT NULL REFERENCES sensors (code),
                value REAL NOT NULL
            ) STRICT""",
            """CREATE TABLE checkpoints (
                number INTEGER PRIMARY KEY,
                seq INTEGER NOT NULL,
                at_ms INTEGER NOT NULL,
                state TEXT NOT NULL,
                sha256 TEXT NOT NULL,
                set_aside INTEGER NOT NULL DEFAULT 0
            ) STRICT""",
        ),
    ),
    Migration(
        "0002_habit_days",
        (
            """CREATE TABLE habit_days (
                day TEXT NOT NULL,
                resident TEXT NOT NULL,
                habit TEXT NOT NULL,
                observed REAL NOT NULL,
                usual_low REAL,
                usual_high REAL,
                rarity_days REAL,
                direction TEXT NOT NULL,
                PRIMARY KEY (day, resident, habit)
            ) STRICT, WITHOUT ROWID""",
        ),
    ),
)
"""The schema of home.db."""

OUTBOX = (
    Migration(
        "0001_outbox",
        (
            _META,
            # A message whose body is NULL is a tombstone: its id is still known, so a repeat is still ignored.
            """CREATE TABLE messages (
                seq INTEGER PRIMARY KEY,
                id TEXT NOT NULL UNIQUE,
                type TEXT NOT NULL,
                rank INTEGER NOT NULL,
                raised_s INTEGER NOT NULL,
                body BLOB
            ) STRICT""",
            """CREATE TABLE alerts (
                id TEXT PRIMARY KEY,
                resident TEXT NOT NULL,
                kind TEXT NOT NULL,
                opened_s INTEGER NOT NULL,
                resolved_s INTEGER
            ) STRICT, WITHOUT ROWID""",
            """CREATE TABLE statuses (
                seq INTEGER PRIMARY KEY,
                id TEXT NOT NULL UNIQUE,
                raised_s INTEGER NOT NULL,
                body BLOB NOT NULL
            ) STRICT""",
        ),
    ),
    Migration(
        "0002_trail",
        (
            # The chain of everything that left and of what was done (gateway.store.trail). A message's body is in
            # `messages`, so `body` is NULL for it; it is NULL, too, for what is older than is kept.
            """CREATE TABLE trail (
                n INTEGER PRIMARY KEY,
                at_s INTEGER NOT NULL,
                what TEXT NOT NULL,
                ref TEXT NOT NULL,
                body BLOB,
                sha256 TEXT NOT NULL,
                hash TEXT NOT NULL
            ) STRICT""",
            # The few entries that are looked for by their sort, among 200 a day that are not (trail.RARE).
            "CREATE INDEX trail_rare ON trail (what, n) WHERE what NOT IN ('message', 'heartbeat', 'delivered')",
        ),
    ),
)
"""The schema of outbox.db."""


def pending(connection: sqlite3.Connection, migrations: tuple[Migration, ...], path: Path) -> tuple[str, ...]:
    """The names of the migrations that `connection` still needs; reads only.

    What a newer version of Wren has added is left alone; StoreError if it has taken something away, too.
    """
    applied = _applied(connection)
    known = tuple(migration.name for migration in migrations)
    unknown = [name for name in applied if name not in known]
    if unknown and (not set(known) <= set(applied) or _needed(connection) > len(known)):
        raise StoreError(
            f"A newer version of Wren wrote {path} ({unknown[-1]}); it was left as it is.",
            advice=f"Install that version again, or put the copy {path.name}.before-{unknown[0]} in its place.",
        )
    return tuple(name for name in known if name not in applied)


def require_current(connection: sqlite3.Connection, migrations: tuple[Migration, ...], path: Path) -> None:
    """Raise StoreError unless `connection` has this schema, or more: for a reader, which may not migrate."""
    if pending(connection, migrations, path):
        raise StoreUnavailable(
            f"{path} has not been brought to this version yet.", advice="Start `wren run`, which writes it."
        )


def _applied(connection: sqlite3.Connection) -> list[str]:
    (exists,) = connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = '_sqlite_migrations'").fetchone()
    if not exists:
        return []
    return [name for (name,) in connection.execute("SELECT name FROM _sqlite_migrations ORDER BY id")]


def _needed(connection: sqlite3.Connection) -> int:
    """How many migrations a version must know to use this file."""
    found = connection.execute("SELECT value FROM meta WHERE key = ?", (_NEEDS,)).fetchone()
    return int(found[0]) if found else 0


def apply(connection: sqlite3.Connection, migrations: tuple[Migration, ...]) -> None:
    """Bring `connection` to this schema: all pending migrations with their records, or nothing."""
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

    migration_set = Migrations("wren")
    for migration in migrations:
        migration_set(name=migration.name)(_runner(migration))
    database = Database(connection, execute_plugins=False, recursive_triggers=False)
    with database.atomic():
        migration_set.apply(database)


def _runner(migration: Migration) -> "Callable[[Database], None]":
    def run(database: "Database") -> None:
        for statement in migration.statements:
            database.execute(statement)
        if migration.needs:
            values = (_NEEDS, migration.needs)
            database.execute(
                "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                values,
            )

    return run
