"""uplink.db as a file: its schema and how an older one is brought up to it, opening it, and what goes wrong with it."""

import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from gateway.errors import StoreCorrupt, StoreError, StoreUnavailable

VERSION: Final = 2
BUSY_TIMEOUT_S: Final = 5.0

READ_WITHIN_S: Final = 5.0
"""Readers do not trust who wrote the file: a view of it that never ends is given up after this. It takes 50 ms."""

_LONGEST_READ: Final = 1 << 16
"""Of a text in it, in bytes; a sealed answer takes 1 kB."""

_STEPS_BETWEEN_LOOKS: Final = 100_000
"""Of SQLite's own machine, a few milliseconds."""

_STEPS: Final = (
    """
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
    """,
    """
    CREATE TABLE answers (
        seq INTEGER PRIMARY KEY,
        payload TEXT NOT NULL,
        signature TEXT NOT NULL,
        received_at TEXT NOT NULL
    ) STRICT;
    CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    PRAGMA user_version = 2;
    """,
)
"""From each version to the next. A step is only ever added at the end, and adds: older versions still find their own,
and go on with a newer file. One that takes something away sets `user_version` to `NEEDS * n + its number`, where `n` is
the version that a reader must know from then on."""

NEEDS: Final = 1000


def open_to_write(path: Path) -> sqlite3.Connection:
    """The file at `path`, made or brought up to `VERSION` if need be; usable from any thread, by one at a time.

    A newer one is used as it is. Raises StoreCorrupt if it is damaged, StoreError if a newer version has taken
    something out of it, or it cannot be used.
    """
    with told(path):
        raw = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
        try:
            raw.execute("PRAGMA trusted_schema = OFF")
            # TRUNCATE, not DELETE: an unlinked journal is durable only under synchronous=EXTRA
            raw.execute("PRAGMA journal_mode = TRUNCATE")
            raw.execute("PRAGMA synchronous = FULL")
            (version,) = raw.execute("PRAGMA user_version").fetchone()
            if version // NEEDS > VERSION:
                raise StoreError(
                    f"{path} was written by a newer version of Wren; it was left as it is.",
                    advice="Install that version again, or move the file away: messages are then sent once more.",
                )
            (health,) = raw.execute("PRAGMA quick_check(1)").fetchone()
            if health != "ok":
                raise StoreCorrupt(f"{path} is damaged.", advice="It is moved aside and begun anew.")
            version %= NEEDS
            if version < VERSION:
                raw.executescript(f"BEGIN IMMEDIATE; {''.join(_STEPS[version:])} COMMIT;")
        except BaseException:
            raw.close()
            raise
    return raw


@contextmanager
def open_to_read(path: Path, *, since: int = 1) -> Iterator[sqlite3.Connection | None]:
    """The file at `path`; None before the uplink has made it, while it is older than `since`, or too new to be read.

    Raises StoreError, also for what goes wrong within the block.
    """
    try:
        found = path.lstat()
    except FileNotFoundError:
        yield None
        return
    except OSError as error:
        advice = "Run this as root, or as a user of the group wren-uplink."
        raise StoreError(f"{path} may not be read by this user.", advice=advice) from error
    if not stat.S_ISREG(found.st_mode):
        raise StoreError(f"{path} is no file.", advice="Somebody put something else there: look into that folder.")
    with told(path):
        uri = f"{path.absolute().as_uri()}?mode=ro"
        raw = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        until_s = time.monotonic() + BUSY_TIMEOUT_S + READ_WITHIN_S
        try:
            raw.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_READ)
            raw.set_progress_handler(lambda: time.monotonic() > until_s, _STEPS_BETWEEN_LOOKS)
            raw.execute("PRAGMA trusted_schema = OFF")
            (version,) = raw.execute("PRAGMA user_version").fetchone()
            yield raw if since <= version % NEEDS and version // NEEDS <= VERSION else None
        finally:
            raw.close()


def move_aside(path: Path, now_s: int) -> None:
    """Put the damaged file at `path` beside its place, for whoever wants to look into it."""
    path.rename(path.with_name(f"{path.name}.damaged-{now_s}"))
    path.with_name(f"{path.name}-journal").unlink(missing_ok=True)


@contextmanager
def told(path: Path) -> Iterator[None]:
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
