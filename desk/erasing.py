"""What is erased at home is erased here, too: everything of that resident, and nothing stays but that it was so."""

import sqlite3

import msgspec

from desk.database import Database
from gateway.uplink.forms import decoded
from gateway.uplink.wire import Erasure


class _News(msgspec.Struct):
    """All that is asked of news, in whatever version they were written."""

    alert_id: str | None = None


_news: msgspec.json.Decoder[_News] = msgspec.json.Decoder(_News)


def erase(raw: sqlite3.Connection, asked: Erasure, *, now_s: int) -> None:
    """Delete what is held of the resident, and keep when, for which home and how many pieces; once for each id.

    What people did with the alerts goes with them. An alert may be known only by the news about it.
    """
    whose = (asked.home, asked.resident)
    alerts: set[str | None] = set()
    for message_id, kind, body in raw.execute(
        "SELECT id, type, body FROM messages WHERE home = ? AND resident = ?", whose
    ).fetchall():
        alerts.add(_alert_id(body) if kind == "alert_update" else message_id)
    pieces = 0
    for alert_id in alerts:
        pieces += raw.execute("DELETE FROM acknowledgements WHERE alert_id = ?", (alert_id,)).rowcount
    pieces += raw.execute("DELETE FROM answers WHERE home = ? AND resident = ?", whose).rowcount
    pieces += raw.execute("DELETE FROM messages WHERE home = ? AND resident = ?", whose).rowcount
    raw.execute(
        """INSERT INTO erasures (id, home, seq, at_s, pieces) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE
        SET pieces = pieces + excluded.pieces, wiped_s = iif(excluded.pieces, NULL, wiped_s)""",
        (asked.id, asked.home, asked.seq, now_s, pieces),
    )


def _alert_id(body: bytes) -> str | None:
    try:
        return decoded(_news, body).alert_id
    except msgspec.DecodeError:
        return None


def wipe(database: Database, *, now_s: int) -> None:
    """Write the file anew if something was erased since it last was. Raises StoreError."""
    if database.rows("SELECT 1 FROM erasures WHERE wiped_s IS NULL"):
        database.wipe()
        with database.transaction() as raw:
            raw.execute("UPDATE erasures SET wiped_s = ? WHERE wiped_s IS NULL", (now_s,))
