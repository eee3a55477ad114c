"""The databases, as who only looks sees them. home.db is the daemon's while it runs, and is not opened then."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from gateway.config.places import Places
from gateway.doctor.facts import NOT_ROOT, Records, Unseen
from gateway.errors import StoreError, StoreUnavailable
from gateway.rights import unfinished
from gateway.store.outbox_reader import OutboxReader
from gateway.store.trail import What
from gateway.trail.trail_check import verify
from gateway.transcript import read
from models.localtime import DAY_S

STOPS_S: Final = 7 * DAY_S


def look(places: Places, now_s: int, *, is_running: bool) -> Records | Unseen:
    """Read outbox.db and uplink.db; check home.db if nobody has it."""
    home_db = "" if is_running else _of_home_db(places.home_db)
    begun = unfinished.read(places)
    erasing = "" if begun is None else begun.resident
    try:
        transcript = read(places)
        stops, moved_aside_s, running, started = _starts(places, now_s)
        verdict = verify(places)
    except PermissionError:
        return NOT_ROOT
    except StoreUnavailable as error:
        return Records(None, error, home_db=home_db, erasing=erasing)
    except StoreError as error:
        if isinstance(error.__cause__, PermissionError):
            return NOT_ROOT
        return Records(None, error, home_db=home_db, erasing=erasing)
    return Records(
        transcript, home_db=home_db, stops=stops, moved_aside_s=moved_aside_s, running_sha256=running, started=started,
        broken="" if verdict.broken is None else str(verdict.broken.fault), entries=verdict.entries,
        since_s=verdict.since_s, erasing=erasing,
    )  # fmt: skip


def _starts(places: Places, now_s: int) -> tuple[int, int | None, str, str]:
    """What the trail says of the daemon's starts: ended out of order, moved aside, the configuration, the version."""
    stops, moved_aside_s, running, started = set(), None, "", ""
    with OutboxReader(places.outbox_db) as outbox:
        for entry in outbox.trail():
            if entry.what == What.UNCLEAN_STOP and now_s - entry.at_s < STOPS_S:
                stops.add(entry.at_s)  # both databases say so, at one start
            elif entry.what == What.MOVED_ASIDE:
                moved_aside_s = entry.at_s
            elif entry.what == What.CONFIGURATION:
                running = entry.ref
            elif entry.what == What.START:
                started = entry.ref
    return len(stops), moved_aside_s, running, started


def _of_home_db(path: Path) -> str:
    """What is wrong with home.db, by SQLite's own quick check of what its last checkpoint left; "" for nothing.

    Its WAL is left alone: reading it would write beside it. With one there the daemon checks the file at its start.
    """
    try:
        if not path.stat().st_size or path.with_name(f"{path.name}-wal").exists():
            return ""
        uri = f"{path.absolute().as_uri()}?immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as raw:
            found = raw.execute("PRAGMA quick_check(1)").fetchone()
    except OSError:
        return ""
    except sqlite3.DatabaseError as error:
        return getattr(error, "sqlite_errorname", "SQLITE_ERROR")
    return "" if found == ("ok",) else "SQLITE_CORRUPT"
