"""What the home's own files say, read from outside with nothing but SQLite: open alerts, heartbeats, files moved aside.

It must understand the files of an older version and of a newer one, so it asks for the few columns that were there from
the beginning, and for no schema.
"""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple

from gateway.errors import StoreUnavailable

URGENT, ATTENTION, CARE = "urgent", "attention", "care"
"""The wire's words, which no version may change."""

_PATIENCE_S: Final = 5.0
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
    rows = _rows(outbox, "SELECT m.body FROM alerts a JOIN messages m ON m.id = a.id WHERE a.resolved_s IS NULL")
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
    rows = _rows(outbox, "SELECT seq, body FROM statuses ORDER BY seq DESC LIMIT 1")
    return Beat(int(rows[0][0]), str(_document(rows[0][1]).get("version", ""))) if rows else Beat(0, "")


def aside(*folders: Path) -> frozenset[str]:
    """The damaged databases that were moved aside in `folders`."""
    return frozenset(
        path.name for folder in folders if folder.is_dir() for path in folder.iterdir() if _ASIDE.search(path.name)
    )


def _rows(path: Path, statement: str) -> list[tuple[Any, ...]]:
    if not path.exists():
        return []
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=_PATIENCE_S)) as raw:
            if not raw.execute("SELECT 1 FROM sqlite_schema WHERE name = 'alerts'").fetchone():
                return []
            return raw.execute(statement).fetchall()
    except (sqlite3.Error, OSError) as error:
        problem = f"{path} cannot be read just now ({type(error).__name__})."
        raise StoreUnavailable(problem, advice="`systemctl status wren` says whether the daemon runs.") from error


def _document(body: bytes | None) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
