"""What left the house and what came back, as tables: outbox.db and uplink.db. And the messages, byte for byte."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from gateway.config.places import Places
from gateway.rights.home import rest
from gateway.rights.scope import Scope
from gateway.rights.sink import Export
from gateway.rights.tables import Cell, Table, text_of
from gateway.store.connection import Connection, connect_reader
from gateway.store.migrations import OUTBOX, require_current
from gateway.uplink.book_reader import BookReader
from models.localtime import utc_text

KNOWN: Final = frozenset({"messages", "alerts", "statuses", "trail"})
_SAID: Final = ("observed", "headline", "kind")


@dataclass
class Letters:
    """Both files, as far as `scope` goes.

    Attributes:
        ids: the messages that are about whom it is; filled by `put_bodies`.
    """

    outbox: Connection
    book: BookReader
    scope: Scope
    ids: set[str] = field(default_factory=set)

    @classmethod
    def open(cls, places: Places, scope: Scope) -> "Letters":
        """Raises StoreError."""
        outbox = connect_reader(places.outbox_db)
        try:
            require_current(outbox.raw, OUTBOX, places.outbox_db)
        except BaseException:
            outbox.close()
            raise
        return cls(outbox, BookReader(places.uplink_db), scope)

    def put_bodies(self, export: Export) -> int:
        """Each message and heartbeat that is kept, as the exact bytes that left or wait; returns how many."""
        count = 0
        for folder, name in (("messages", "messages"), ("heartbeats", "statuses")):
            for seq, message_id in self.outbox.rows(f"SELECT seq, id FROM {name} ORDER BY seq"):
                ((body,),) = self.outbox.rows(f"SELECT body FROM {name} WHERE seq = ?", (seq,))
                if not self.scope.is_all and not self.scope.has(_decoded(body).get("resident")):
                    continue
                self.ids.add(message_id)
                if body is not None:
                    with export.file(f"{folder}/{seq:08}-{message_id}.json") as file:
                        file.write(body)
                    count += 1
        return count

    def tables(self) -> list[Table]:
        """To be asked for after `put_bodies`."""
        return [
            Table(
                "messages",
                "What left this home and what waits to: when, what it says, and whether the desk has it. The exact "
                "bytes are in the folder messages.",
                ("number", "id", "type", "raised_at", "resident", "kind", "says", "bytes", "state", "settled_at"),
                self._messages,
            ),
            Table(
                "alerts",
                "Each alert that was raised, and when it ended.",
                ("id", "resident", "kind", "opened_at", "ended_at"),
                self._alerts,
            ),
            Table(
                "receipts",
                "What the desk confirmed that it holds.",
                ("id", "type", "sha256", "sent_at", "attempts"),
                lambda: (one for one in self.book.receipts() if self._has(one.id)),
            ),
            Table(
                "refused",
                "What the desk refused.",
                ("id", "type", "http_status", "reason", "set_aside_at"),
                lambda: (one for one in self.book.dead_letters() if self._has(one.id)),
            ),
            Table(
                "answers",
                "What people at the desk answered, with the desk's seal.",
                ("number", "received_at", "says", "payload", "signature"),
                self._answers,
            ),
            Table(
                "trail",
                "Everything that left and everything that was done to this home, as a chain of hashes.",
                ("number", "at", "what", "about", "says", "sha256", "hash"),
                self._trail,
            ),
            *rest(self.outbox, "outbox", KNOWN, self.scope),
        ]

    def _has(self, message_id: str) -> bool:
        return self.scope.is_all or message_id in self.ids

    def _messages(self) -> Iterator[list[Cell]]:
        receipts = {one.id: one.sent_at for one in self.book.receipts()}
        refused = {one.id: one.set_aside_at for one in self.book.dead_letters()}
        for seq, message_id, sort, raised_s, body in self.outbox.rows(
            "SELECT seq, id, type, raised_s, body FROM messages ORDER BY seq"
        ):
            if not self._has(message_id):
                continue
            said = _decoded(body)
            settled = receipts.get(message_id) or refused.get(message_id)
            state = "delivered" if message_id in receipts else "refused" if message_id in refused else "waiting"
            words = next((str(said[key]) for key in _SAID if key in said), None)
            yield [
                seq, message_id, sort, utc_text(raised_s), _text(said.get("resident")), _text(said.get("kind")), words,
                None if body is None else len(body), "no longer kept" if body is None else state, settled,
            ]  # fmt: skip

    def _alerts(self) -> Iterator[list[Cell]]:
        query = "SELECT id, resident, kind, opened_s, resolved_s FROM alerts ORDER BY opened_s, id"
        for alert_id, resident, kind, opened_s, ended_s in self.outbox.rows(query):
            if self.scope.has(resident):
                yield [alert_id, resident, kind, utc_text(opened_s), None if ended_s is None else utc_text(ended_s)]

    def _answers(self) -> Iterator[list[Cell]]:
        for one in self.book.answers():
            says = text_of(_unpacked(one.payload))
            if self.scope.is_all or self._is_about(says or ""):
                yield [one.seq, one.received_at, says, one.payload, one.signature]

    def _is_about(self, says: str) -> bool:
        said = _decoded(says.encode())
        return self.scope.has(said.get("resident")) or said.get("alert_id") in self.ids

    def _trail(self) -> Iterator[list[Cell]]:
        after = -1
        while page := self.outbox.rows(
            "SELECT n, at_s, what, ref, body, sha256, hash FROM trail WHERE n > ? ORDER BY n LIMIT 500", (after,)
        ):
            for n, at_s, what, ref, body, sha256, chained in page:
                if (
                    self.scope.is_all
                    or ref in self.ids
                    or self.scope.has(self.scope.owner(ref) if "@" in ref else None)
                ):
                    yield [n, utc_text(at_s), what, ref, text_of(body), sha256, chained]
            after = page[-1][0]

    def close(self) -> None:
        """Close outbox.db; uplink.db is opened for each look."""
        self.outbox.close()


def about(body: bytes | None) -> str | None:
    """The resident that a message names, or None."""
    return _text(_decoded(body).get("resident"))


def _decoded(body: bytes | None) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(body or b"{}")
    except (msgspec.DecodeError, RecursionError):  # the messenger's file may hold anything
        return {}
    return found if isinstance(found, dict) else {}


def _text(cell: object) -> str | None:
    return None if cell is None else str(cell)


def _unpacked(payload: str) -> bytes | str:
    try:
        return base64.b64decode(payload, validate=True)
    except ValueError:
        return payload
