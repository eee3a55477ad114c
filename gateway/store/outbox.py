"""outbox.db: everything that is to leave the house, byte for byte, written by `wren run` alone.

The store does not know the message schema: it keeps the bytes it is given, and the few columns that say in
which order they go and which alerts are open.
"""

from collections.abc import Callable, Collection, Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, Self

from gateway.store import allowance, erasure, outbox_rows
from gateway.store.connection import TRUNCATE_SHARED, Connection
from gateway.store.migrations import OUTBOX
from gateway.store.opening import Layout, Opened, clean_stop, get_meta, mark_stop, open_database, set_meta
from gateway.store.outbox_rows import KnownAlert, Message, Rank, Waiting
from gateway.store.salvage import Table
from gateway.store.trail import Note, Trail, What

STATUSES_KEPT: Final = 4
"""Heartbeats say "this home can be heard": an hour of them is enough to look at, old ones say nothing."""

LAYOUT: Final = Layout(
    migrations=OUTBOX,
    durability=TRUNCATE_SHARED,
    tables=(
        Table("meta", ("key", "value")),
        Table("messages", ("seq", "id", "type", "rank", "raised_s", "body")),
        Table("alerts", ("id", "resident", "kind", "opened_s", "resolved_s")),
        Table("statuses", ("seq", "id", "raised_s", "body")),
        Table("trail", ("n", "at_s", "what", "ref", "body", "sha256", "hash")),
    ),
    after_salvage="""INSERT INTO meta (key, value) VALUES ('sequence_floor', :now_ms)
        ON CONFLICT (key) DO UPDATE SET value = max(value, excluded.value)""",
)


@dataclass(frozen=True, slots=True)
class Opens:
    """An alert that a message opens. `opened_s` is UTC in seconds."""

    resident: str
    kind: str
    opened_s: int


class OpenAlert(NamedTuple):
    """An alert without a later message that resolves it. `opened_s` is UTC in seconds."""

    id: str
    resident: str
    kind: str
    opened_s: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that has no sequence number yet.

    Attributes:
        id: the message's own id; the same id is never kept twice.
        type: the wire's word for it.
        rank: what goes first.
        raised_s: when it was raised, UTC in seconds.
        encode: gives the body for a sequence number (1 and up); it may be called again after a failed commit.
        opens: set for an alert.
        resolves: set for a message that ends an alert: that alert's id.
        reopens: set for a message that says an alert is so again: that alert's id.
        spared: it leaves whatever else left that day (see `gateway.store.allowance`).
    """

    id: str
    type: str
    rank: Rank
    raised_s: int
    encode: Callable[[int], bytes]
    opens: Opens | None = None
    resolves: str | None = None
    reopens: str | None = None
    spared: bool = False


class Outbox:
    """The writer's side. Its methods run on the thread that opened it; what writes has flushed on return.

    Attributes:
        opened: how the file was found.
        trail: the record of all that is kept here, and of what was done.
        kept_back: how many messages of the last `add` will not leave, since their day's allowance is used up.
    """

    def __init__(self, connection: Connection, opened: Opened) -> None:
        self._connection = connection
        self.opened = opened
        self.trail = Trail(connection)
        self.kept_back = 0
        self._allowance = allowance.Allowance(allowance.Meta(connection))

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open or make `path`. Raises StoreError (see `open_database`)."""
        connection, opened = open_database(path, LAYOUT)
        try:
            outbox = cls(connection, opened)
            if opened.moved_aside is not None:
                outbox.trail.begin_anew(above=get_meta(connection, "sequence_floor") or 0)
            outbox.trail.take_up()
        except BaseException:
            connection.close()
            raise
        return outbox

    def add(self, drafts: Sequence[Draft], notes: Sequence[Note] = ()) -> list[bool]:
        """Keep `drafts` and their entries of the trail in one transaction; says for each whether it was new.

        What `notes` say comes before them: it is what the drafts follow from.

        A repeat of an id is ignored and takes no sequence number, so the numbers have no gaps (but after a
        damaged file was replaced: then they go on far above).
        """
        self.kept_back = 0
        if not drafts and not notes:
            return []
        with self._connection.transaction() as raw:
            self.trail.add_notes(raw, notes)
            seq = self._last_seq("messages")
            added = []
            for draft in drafts:
                is_new = raw.execute("SELECT 1 FROM messages WHERE id = ?", (draft.id,)).fetchone() is None
                is_new = is_new and not self._allowance.is_kept_back(draft.id)
                body = draft.encode(seq + 1) if is_new else b""
                if is_new and not self._allowance.takes(draft, len(body)):
                    is_new, self.kept_back = False, self.kept_back + 1
                    text = allowance.KEPT_BACK_TEXT.encode()
                    self.trail.add(raw, What.KEPT_BACK, draft.id, draft.raised_s, text)
                added.append(is_new)
                if not is_new:
                    continue
                seq += 1
                raw.execute(
                    "INSERT INTO messages (seq, id, type, rank, raised_s, body) VALUES (?, ?, ?, ?, ?, ?)",
                    (seq, draft.id, draft.type, int(draft.rank), draft.raised_s, body),
                )
                self.trail.add(raw, What.MESSAGE, draft.id, draft.raised_s, body)
                if draft.opens is not None:
                    opens = draft.opens
                    raw.execute(
                        """INSERT INTO alerts (id, resident, kind, opened_s) VALUES (?, ?, ?, ?)
                        ON CONFLICT (id) DO NOTHING""",
                        (draft.id, opens.resident, opens.kind, opens.opened_s),
                    )
                if draft.reopens is not None:
                    raw.execute("UPDATE alerts SET resolved_s = NULL WHERE id = ?", (draft.reopens,))
                if draft.resolves is not None:
                    raw.execute("UPDATE alerts SET resolved_s = ? WHERE id = ?", (draft.raised_s, draft.resolves))
        return added

    def add_status(
        self, status_id: str, raised_s: int, encode: Callable[[int], bytes], notes: Sequence[Note] = ()
    ) -> None:
        """Keep a heartbeat in place of the oldest of the few that are kept; heartbeats count their own `seq`.

        `raised_s` is UTC in seconds; `encode` gives the body for a sequence number, and may ask for the trail's head:
        that of the entry before its own, and after those of `notes`.
        """
        with self._connection.transaction() as raw:
            self.trail.add_notes(raw, notes)
            seq = self._last_seq("statuses") + 1
            body = encode(seq)
            kept = raw.execute(
                "INSERT INTO statuses (seq, id, raised_s, body) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
                (seq, status_id, raised_s, body),
            )
            if kept.rowcount:
                self.trail.add(raw, What.HEARTBEAT, status_id, raised_s, body)
            raw.execute(
                "DELETE FROM statuses WHERE seq NOT IN (SELECT seq FROM statuses ORDER BY seq DESC LIMIT ?)",
                (STATUSES_KEPT,),
            )

    def _last_seq(self, table: str) -> int:
        floor = max(get_meta(self._connection, key) or 0 for key in ("sequence_floor", f"{table}_floor"))
        return int(self._connection.rows(f"SELECT max(coalesce(max(seq), 0), ?) FROM {table}", (floor,))[0][0])

    def go_on_after(self, last_seq: int, last_status_seq: int) -> None:
        """Number from above these: what was heard of this home before this file began. Lower ones change nothing."""
        for table, last in (("messages", last_seq), ("statuses", last_status_seq)):
            if last > (get_meta(self._connection, f"{table}_floor") or 0):
                with self._connection.transaction() as raw:
                    set_meta(raw, f"{table}_floor", last)

    def open_alerts(self) -> list[OpenAlert]:
        """The alerts that no later message has resolved, oldest first: what the home is told at start."""
        return [
            OpenAlert(*row)
            for row in self._connection.rows(
                "SELECT id, resident, kind, opened_s FROM alerts WHERE resolved_s IS NULL ORDER BY opened_s, id"
            )
        ]

    def alert(self, alert_id: str) -> KnownAlert | None:
        """The alert of this id, open or not; None if it was not raised here."""
        return outbox_rows.alert(self._connection, alert_id)

    def messages(self, after_seq: int = 0) -> Iterator[Message]:
        """The messages after `after_seq` in the order of their numbers, statuses and tombstones left out."""
        return outbox_rows.messages(self._connection, after_seq)

    def body(self, message_id: str) -> bytes | None:
        """The exact bytes of one message, or None when it is no longer kept."""
        return outbox_rows.body(self._connection, message_id)

    def is_known(self, message_id: str) -> bool:
        """Whether a message of this id was given to the messenger, or is one of the few heartbeats that are kept."""
        return outbox_rows.is_known(self._connection, message_id)

    def waiting(self, settled: Container[str]) -> list[Waiting]:
        """The messages, statuses left out, whose id is not in `settled` (see `OutboxReader.pending`)."""
        return [w for w in outbox_rows.pending(self._connection, settled) if w.rank != Rank.STATUS]

    def prune(self, before_s: int, settled: Container[str], *, now_s: int | None = None) -> int:
        """Turn settled messages raised before `before_s` into tombstones, and let the trail go; returns how many.

        What has not been settled stays, and so does an alert that is still open. Ids stay for ever: a repeat
        of an old message is still ignored. `now_s` is UTC, for the trail's own word of it.
        """
        old = self._connection.rows(
            """SELECT seq, id FROM messages WHERE raised_s < ? AND body IS NOT NULL
            AND id NOT IN (SELECT id FROM alerts WHERE resolved_s IS NULL)""",
            (before_s,),
        )
        gone = [(seq,) for seq, message_id in old if message_id in settled]
        with self._connection.transaction() as raw:
            raw.executemany("UPDATE messages SET body = NULL WHERE seq = ?", gone)
            allowance.forget(self._connection, before_s)
            self.trail.forget(raw, before_s, now_s, bodies_went=bool(gone))
        return len(gone)

    def ids_of(self, resident: str | None, names: Callable[[bytes], bool]) -> set[str]:
        """The messages that are about `resident` (see `gateway.store.erasure.ids_of`)."""
        return erasure.ids_of(self._connection, resident, names)

    def erase(self, resident: str | None, ids: Collection[str], names: Callable[[bytes], bool], note: Note) -> None:
        """Take what is of `resident` away for good (see `gateway.store.erasure.erase_letters`)."""
        erasure.erase_letters(self._connection, resident, ids, names, note)

    def mark_clean_stop(self) -> None:
        """The last thing before `close` in an orderly stop: the file need not be checked at the next start."""
        mark_stop(self._connection, clean=True)

    def stopped_cleanly(self) -> bool:
        """Whether `mark_clean_stop` was the last word; False from opening on (see `opened` for the run before)."""
        return clean_stop(self._connection)

    def close(self) -> None:
        """Close; without `mark_clean_stop` the next start checks the file."""
        self._connection.close()
