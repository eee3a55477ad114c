"""Rows that go for good, in all three databases: deleted, overwritten, and the file written anew without them.

`secure_delete` overwrites what is deleted, VACUUM writes the file anew without it, and a truncated journal holds no
copy. What a card's own controller keeps of blocks that were overwritten nobody can reach from here (docs/privacy.md).
"""

import hashlib
import sqlite3
from collections.abc import Callable, Collection
from typing import Final

from gateway.store.connection import Connection
from gateway.store.opening import get_meta, set_meta
from gateway.store.trail import Note, Trail

ERASURE: Final = "erasure"
"""The wire's word for the message that tells the desk to erase. It stays: it says whom, and nothing else of them."""

_NOTHING: Final = "{}"


def erase_home(connection: Connection, resident: str | None, is_theirs: Callable[[str], bool], at_ms: int) -> int:
    """Take the inputs for whose name `is_theirs` and the counts of `resident` out of home.db; None: of everybody.

    All that was learnt goes, for it is of all in one: the next start learns it again from the inputs that are left.
    Returns how many inputs went. Raises StoreError.
    """
    with connection.transaction() as raw:
        ((highest,),) = raw.execute("SELECT coalesce(max(seq), 0) FROM inputs").fetchall()
        set_meta(raw, "sequence_floor", max(highest, get_meta(connection, "sequence_floor") or 0))
        codes = [(code,) for code, name in raw.execute("SELECT code, name FROM sensors") if is_theirs(name)]
        # one pass: there is no index by sensor, and a pass over 60 days takes seconds on a Pi
        theirs = ", ".join(str(int(code)) for (code,) in codes)
        gone = raw.execute(f"DELETE FROM inputs WHERE sensor IN ({theirs})").rowcount
        raw.executemany("DELETE FROM sensors WHERE code = ?", codes)
        ((last,),) = raw.execute("SELECT max(seq) FROM checkpoints").fetchall()
        raw.execute("DELETE FROM checkpoints")
        if resident is None:
            raw.execute("DELETE FROM habit_days")
            raw.execute("DELETE FROM meta WHERE key = 'alive_ms'")
        else:
            raw.execute("DELETE FROM habit_days WHERE resident = ?", (resident,))
        if last is not None and resident is not None:
            # what was said up to here is in the outbox: a home that lives through it again must not say it anew
            row = (last, at_ms, _NOTHING, hashlib.sha256(_NOTHING.encode()).hexdigest())
            raw.execute("INSERT INTO checkpoints (seq, at_ms, state, sha256, set_aside) VALUES (?, ?, ?, ?, 1)", row)
    _overwrite(connection)
    return gone


def ids_of(connection: Connection, resident: str | None, names: Callable[[bytes], bool]) -> set[str]:
    """The messages of outbox.db for whose body `names`, and the alerts of `resident`; None: all. Raises StoreError."""
    alerts = connection.rows("SELECT id FROM alerts WHERE ? IS NULL OR resident = ?", (resident, resident))
    ids = {one for (one,) in alerts}
    for (message_id,) in connection.rows("SELECT id FROM messages WHERE type != ?", (ERASURE,)):
        if resident is None:
            ids.add(message_id)
            continue
        ((body,),) = connection.rows("SELECT body FROM messages WHERE id = ?", (message_id,))
        if body is not None and names(body):
            ids.add(message_id)
    return ids


def erase_letters(
    connection: Connection, resident: str | None, ids: Collection[str], names: Callable[[bytes], bool], note: Note
) -> None:
    """Take the texts of the messages `ids` and the alerts of `resident` out of outbox.db; None: all of it.

    Ids stay, so that no number is used twice and no repeat is sent; of everybody they go, too, and the numbers go on.
    Texts of the trail that speak of them go; its hashes stay, so that it can still be verified. `note` says it there.
    Raises StoreError.
    """
    trail = Trail(connection)
    with connection.transaction() as raw:
        if resident is None:
            _all_go(connection, raw, trail, note)
        else:
            raw.executemany("UPDATE messages SET body = NULL WHERE id = ?", [(one,) for one in ids])
            raw.execute("DELETE FROM alerts WHERE resident = ?", (resident,))
            texts = raw.execute("SELECT n, ref, body FROM trail WHERE body IS NOT NULL")
            theirs = [(n,) for n, ref, body in texts if ref in ids or names(body) or names(ref.encode())]
            raw.executemany("UPDATE trail SET body = NULL WHERE n = ?", theirs)
        trail.add_notes(raw, [note])
    _overwrite(connection)


def erase_receipts(raw: sqlite3.Connection, ids: Collection[str] | None, names: Callable[[object], bool]) -> None:
    """Take out of uplink.db what is about the messages `ids` and the answers for whose payload `names`; None: all.

    What is about an erasure stays. Raises sqlite3.Error.
    """
    raw.execute("PRAGMA secure_delete = ON")
    raw.execute("BEGIN IMMEDIATE")
    try:
        for table in ("receipts", "dead_letters"):
            for message_id, kind in raw.execute(f"SELECT id, type FROM {table}").fetchall():
                if kind != ERASURE and (ids is None or message_id in ids):
                    raw.execute(f"DELETE FROM {table} WHERE id = ?", (message_id,))
        for seq, payload in raw.execute("SELECT seq, payload FROM answers").fetchall():
            if names(payload):
                raw.execute("DELETE FROM answers WHERE seq = ?", (seq,))
        raw.execute("COMMIT")
    except BaseException:
        raw.rollback()
        raise
    raw.execute("VACUUM")


def _all_go(connection: Connection, raw: sqlite3.Connection, trail: Trail, note: Note) -> None:
    for table in ("messages", "statuses"):
        ((last,),) = raw.execute(f"SELECT coalesce(max(seq), 0) FROM {table}").fetchall()
        set_meta(raw, f"{table}_floor", max(last, get_meta(connection, f"{table}_floor") or 0))
    raw.execute("DELETE FROM messages WHERE type != ?", (ERASURE,))
    raw.execute("DELETE FROM statuses")
    raw.execute("DELETE FROM alerts")
    raw.execute("DELETE FROM meta WHERE key LIKE 'spent/%' OR key LIKE 'kept\\_back/%' ESCAPE '\\'")
    trail.forget(raw, note.at_s + 1, note.at_s, bodies_went=True)
    raw.execute("UPDATE trail SET body = NULL")


def _overwrite(connection: Connection) -> None:
    for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
        connection.rows(statement)
