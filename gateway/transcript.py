"""What left the house and what waits: outbox.db and uplink.db seen together, by those who only look.

home.db is not looked at: `wren run` alone may have it open (docs/decisions/0004-storage.md).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

import msgspec

from gateway.config.places import Places
from gateway.store.outbox_reader import OutboxReader
from gateway.store.outbox_rows import Message
from gateway.store.trail import What
from gateway.uplink import wire
from gateway.uplink.book_reader import BookReader, DeadLetter, Delivered
from models.localtime import utc_seconds

STATUS = "status"
"""The wire's word for a heartbeat."""


class State(StrEnum):
    """What became of a message."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    REFUSED = "refused"
    SUPERSEDED = "superseded"
    """A heartbeat that a newer one replaced: only the newest is sent, and only its receipt is kept."""


class Entry(NamedTuple):
    """A message as it is kept. `raised_s` and `settled_s` are UTC in seconds, `body` the exact bytes."""

    seq: int
    id: str
    type: str
    raised_s: int
    body: bytes
    state: State
    settled_s: int | None = None
    reason: str | None = None


class Released(NamedTuple):
    """Something that was given to the messenger, at `at_s` (UTC). `body` is None if it is older than is kept."""

    id: str
    what: str
    at_s: int
    body: bytes | None


class Story(NamedTuple):
    """An alert and the news about it, oldest first."""

    alert: wire.Alert
    updates: tuple[wire.AlertUpdate, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Transcript:
    """Both databases at one moment.

    Attributes:
        entries: messages by number, then the few heartbeats that are kept by theirs.
        open_ids: the alerts that no message has ended.
        dead_letters: what the provider refused, by time, including what the outbox no longer keeps.
        last_receipt_s: when the provider last confirmed anything (UTC seconds), None if it never did.
        kept_back: how many messages will never leave for their day's allowance was used up, by when that day began
            (UTC seconds).
        unwatched: whether the daemon cannot see, since its last start, who opens the recordings.
    """

    entries: tuple[Entry, ...] = ()
    open_ids: frozenset[str] = frozenset()
    dead_letters: tuple[DeadLetter, ...] = ()
    last_receipt_s: int | None = None
    kept_back: Mapping[int, int] = field(default_factory=dict)
    unwatched: bool = False

    def waiting(self) -> list[Entry]:
        """What is still to be sent."""
        return [entry for entry in self.entries if entry.state is State.WAITING]

    def heartbeat(self) -> wire.Status | None:
        """The newest heartbeat, None before the first or if another version wrote it."""
        newest = next((entry for entry in reversed(self.entries) if entry.type == STATUS), None)
        message = _decoded(newest) if newest else None
        return message if isinstance(message, wire.Status) else None

    def stories(self) -> list[Story]:
        """The alerts that are kept, the oldest first."""
        messages = [_decoded(entry) for entry in self.entries]
        updates: dict[str, list[wire.AlertUpdate]] = {}
        for message in messages:
            if isinstance(message, wire.AlertUpdate):
                updates.setdefault(message.alert_id, []).append(message)
        return [
            Story(message, tuple(updates.get(message.id, ())), message.id in self.open_ids)
            for message in messages
            if isinstance(message, wire.Alert)
        ]

    def unreadable(self) -> list[int]:
        """The numbers of the messages that this version cannot read, because another one wrote them."""
        return [entry.seq for entry in self.entries if _decoded(entry) is None]


def read(places: Places) -> Transcript:
    """Look into both databases. Raises StoreUnavailable before `wren run` has ever run, StoreError."""
    book = BookReader(places.uplink_db)
    receipts = {receipt.id: receipt for receipt in book.receipts()}
    dead_letters = {letter.id: letter for letter in book.dead_letters()}
    with OutboxReader(places.outbox_db) as outbox:
        entries = [_entry(message, receipts, dead_letters) for message in outbox.messages()]
        entries += _heartbeats(outbox.statuses(), receipts, dead_letters)
        open_ids = outbox.open_ids()
        kept_back = outbox.kept_back()
        unwatched = outbox.trail_last(What.UNWATCHED) > outbox.trail_last(What.START)
    last_receipt_s = max((utc_seconds(receipt.sent_at) for receipt in receipts.values()), default=None)
    return Transcript(tuple(entries), open_ids, tuple(dead_letters.values()), last_receipt_s, kept_back, unwatched)


def released(places: Places, since_s: int = 0) -> Iterator[Released]:
    """All that was given to the messenger from `since_s` (UTC) on, heartbeats included, in the order of the trail.

    What has not arrived is among it: a message without a receipt may have left all the same. Raises StoreError.
    """
    with OutboxReader(places.outbox_db) as outbox:
        for entry in outbox.trail():
            if entry.what in (What.MESSAGE, What.HEARTBEAT) and entry.at_s >= since_s:
                yield Released(entry.ref, entry.what, entry.at_s, entry.body)


def _entry(message: Message, receipts: dict[str, Delivered], dead_letters: dict[str, DeadLetter]) -> Entry:
    entry = Entry(message.seq, message.id, message.type, message.raised_s, message.body, State.WAITING)
    if (receipt := receipts.get(message.id)) is not None:
        return entry._replace(state=State.DELIVERED, settled_s=utc_seconds(receipt.sent_at))
    if (letter := dead_letters.get(message.id)) is not None:
        return entry._replace(state=State.REFUSED, settled_s=utc_seconds(letter.set_aside_at), reason=letter.reason)
    return entry


def _heartbeats(
    statuses: list[Message], receipts: dict[str, Delivered], dead_letters: dict[str, DeadLetter]
) -> Iterator[Entry]:
    for status in statuses:
        entry = _entry(status, receipts, dead_letters)
        old = status is not statuses[-1] and entry.state is State.WAITING
        yield entry._replace(state=State.SUPERSEDED) if old else entry


def _decoded(entry: Entry) -> wire.Message | None:
    try:
        return wire.decode(entry.body)
    except msgspec.DecodeError:
        return None
