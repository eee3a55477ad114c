"""What the home's own files say, read from outside with nothing but SQLite: open alerts, heartbeats, files moved aside.

It must understand the files of an older version and of a newer one, so it asks for the few columns that were there from
the beginning, and for no schema. They are the services' users' files, and whoever took one over must not hold up what
puts another version in its place: what is no file is not opened, and nothing is read for longer than a moment.
"""

import json
import re
import sqlite3
import stat
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple

from gateway.errors import StoreUnavailable

URGENT, ATTENTION, CARE = "urgent", "attention", "care"
"""The wire's words, which no version may change."""

BOOK: Final = "uplink.db"
"""`gateway.uplink.files.DATABASE`; a test holds them together."""

READ_WITHIN_S: Final = 10.0
"""Seconds for one question, which takes milliseconds."""

_PATIENCE_S: Final = 5.0
_STEPS_BETWEEN_LOOKS: Final = 100_000
_ASIDE: Final = re.compile(r"\.db\.(corrupt|damaged)-")


class OpenAlert(NamedTuple):
    """An alert about a person that has not ended."""

    kind: str
    resident: str
    severity: str
    raised_at: str


class Beat(NamedTuple):
    """The daemon's newest heartbeat: its number (0 before the first), and the version that wrote it."""

    number: int
    version: str


def open_alerts(outbox: Path) -> list[OpenAlert]:
    """The open alerts for care staff that are more than a note; none where no daemon has run yet.

    Raises StoreUnavailable: it cannot be told just now.
    """
    query = "SELECT m.body FROM alerts a LEFT JOIN messages m ON m.id = a.id WHERE a.resolved_s IS NULL"
    rows = _rows(outbox, "alerts", query)
    found = []
    for (body,) in rows:
        said = _document(body)
        # an alert that cannot be read, or names no audience, is one: a switch can wait
        if said.get("audience", CARE) == CARE and said.get("severity", URGENT) in (URGENT, ATTENTION):
            words = (said.get(name, "unknown") for name in ("kind", "resident", "severity", "raised_at"))
            found.append(OpenAlert(*(str(word) for word in words)))
    return found


def beat(outbox: Path) -> Beat:
    """The newest heartbeat. Raises StoreUnavailable."""
    rows = _rows(outbox, "statuses", "SELECT seq, body FROM statuses ORDER BY seq DESC LIMIT 1")
    return Beat(int(rows[0][0]), str(_document(rows[0][1]).get("version", ""))) if rows else Beat(0, "")


def confirmed(outbox: Path, uplink: Path) -> int:
    """The number of the newest heartbeat that the provider has confirmed to the messenger whose folder is `uplink`.

    0 if it has confirmed none that is still known, or that cannot be told just now.
    """
    try:
        ids = _rows(uplink / BOOK, "receipts", "SELECT id FROM receipts WHERE type = 'status' LIMIT 1")
        rows = _rows(outbox, "statuses", "SELECT seq FROM statuses WHERE id = ?", *ids[0]) if ids else []
    except StoreUnavailable:
        return 0
    return int(rows[0][0]) if rows else 0


def aside(*folders: Path) -> frozenset[str]:
    """The damaged databases that were moved aside in `folders`."""
    return frozenset(
        path.name for folder in folders if folder.is_dir() for path in folder.iterdir() if _ASIDE.search(path.name)
    )


def _rows(path: Path, table: str, statement: str, *given: object) -> list[tuple[Any, ...]]:
    until_s = time.monotonic() + _PATIENCE_S + READ_WITHIN_S
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise OSError("no file")
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=_PATIENCE_S)) as raw:
            raw.set_progress_handler(lambda: time.monotonic() > until_s, _STEPS_BETWEEN_LOOKS)
            raw.execute("PRAGMA trusted_schema = OFF")
            if not raw.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (table,)).fetchone():
                return []
            return raw.execute(statement, given).fetchall()
    except FileNotFoundError:
        return []
    except (sqlite3.Error, OSError) as error:
        problem = f"{path} cannot be read just now ({type(error).__name__})."
        raise StoreUnavailable(problem, advice="`systemctl status wren` says whether the daemon runs.") from error


def _document(body: bytes | None) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except (ValueError, TypeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
