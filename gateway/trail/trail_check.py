"""Whether the trail is whole: each entry follows from the one before, and everything that is kept has its entry.

Read-only and in pages, while the daemon goes on writing. What it cannot see: a chain that somebody with the daemon's
rights has written anew from some entry on, or whose last entries were cut. Both show against a head that is known
elsewhere: the desk's page has that of every heartbeat (`known`).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import msgspec

from gateway.config.places import Places
from gateway.store.outbox_reader import OutboxReader
from gateway.store.outbox_rows import Message, Rank
from gateway.store.trail import ZERO, Forgotten, Head, What, digest, linked
from gateway.store.trail_rows import Entry
from gateway.uplink import wire
from gateway.uplink.book_reader import BookReader, Delivered
from models.kinds import Severity
from models.localtime import utc_seconds

_TRIES: Final = 5
"""Old entries may be let go while the walk is under way; it then begins again."""

_NOTHING: Final = Head(0, ZERO)
_WORDS: Final = frozenset(map(str, What))
_SENT: Final = (What.MESSAGE, What.HEARTBEAT)


class Fault(StrEnum):
    """What does not fit."""

    MISSING = "missing"
    """Entries before this one are missing."""
    CHANGED = "changed"
    """This entry, or one before it, was changed, moved or put in."""
    UNKNOWN = "unknown"
    """No entry of a sort that this version knows."""
    BODY_CHANGED = "body changed"
    """What this entry is about is no longer what it was."""
    BODY_MISSING = "body missing"
    """What this entry is about is gone, and nothing says that it was let go."""
    HEAD_DIFFERS = "head differs"
    """A heartbeat that left names another entry than the one that is there."""
    NOT_ENTERED = "not entered"
    """Something is kept to be sent that has no entry, or is not what the entry says."""
    ROW_CHANGED = "row changed"
    """The order or the kind by which something is sent is not what it says itself."""
    RECEIPT_DIFFERS = "receipt differs"
    """The desk confirmed other bytes than this entry's, or something that has no entry."""
    CUT = "cut"
    """The record ends before the entry that is known elsewhere."""
    FORK = "fork"
    """The entry that is known elsewhere is another one here."""
    TOO_OLD = "too old"
    """The entry that is known elsewhere was let go since: compare a newer one."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The first thing that does not fit: at which entry (None: at none in particular), and about what."""

    fault: Fault
    n: int | None
    about: str = ""


@dataclass(slots=True)
class Verdict:
    """What a walk found.

    Attributes:
        head: the last entry.
        entries: how many are kept.
        since_s: when the oldest of them is from (UTC seconds), None without any.
        missing_bodies: how many bodies were let go.
        missing_entries: how many entries at the least were lost with a damaged file.
        begun_anew_s: when the record was begun anew after such damage (UTC seconds).
        broken: the first thing that does not fit.
    """

    head: Head = _NOTHING
    entries: int = 0
    since_s: int | None = None
    missing_bodies: int = 0
    missing_entries: int = 0
    begun_anew_s: list[int] = field(default_factory=list)
    broken: Broken | None = None


def verify(places: Places, known: Head | None = None, *, step: Callable[[int], None] = lambda _: None) -> Verdict:
    """Walk the trail of a home and compare it with its messages, its receipts and a head that is `known` elsewhere.

    `step` is called with the number of entries so far. Raises StoreError.
    """
    receipts = BookReader(places.uplink_db).receipts()
    with OutboxReader(places.outbox_db) as outbox:
        for _ in range(_TRIES):
            forgotten = outbox.trail_forgotten()
            walk = _Walk(outbox, forgotten, known, step)
            walk.all(receipts)
            if forgotten == outbox.trail_forgotten():
                break
        return walk.verdict


class _Walk:
    def __init__(
        self, outbox: OutboxReader, forgotten: Forgotten | None, known: Head | None, step: Callable[[int], None]
    ) -> None:
        self._outbox = outbox
        self._forgotten = forgotten
        self._erased_n = outbox.trail_last(What.ERASED)
        self._anew_n = outbox.trail_last(What.BEGUN)
        self._known = known
        self._step = step
        self._sums: dict[str, str] = {}
        self._hashes: dict[int, str] = {}
        self.verdict = Verdict()

    def all(self, receipts: Iterable[Delivered]) -> None:
        # before the walk: what is added meanwhile has an entry, and is not asked for
        kept = [*self._outbox.messages(), *self._outbox.statuses()]
        tombstones = self._outbox.tombstones()
        self.verdict.broken = next(self._faults(kept, tombstones, receipts), None)

    def _faults(
        self, kept: Iterable[Message], tombstones: frozenset[str], receipts: Iterable[Delivered]
    ) -> Iterator[Broken]:
        yield from self._chain()
        yield from self._against_known()
        yield from self._entered(kept)
        yield from self._received(receipts, tombstones)

    def _chain(self) -> Iterator[Broken]:
        before = self._forgotten.went if self._forgotten else _NOTHING
        found = self.verdict
        for entry in self._outbox.trail():
            fault = self._of_link(entry, before) or self._of_body(entry)
            if fault is not None:
                yield Broken(fault, entry.n, entry.ref)
            before = found.head = Head(entry.n, entry.hash)
            found.entries += 1
            found.since_s = entry.at_s if found.since_s is None else found.since_s
            self._step(found.entries)

    def _of_link(self, entry: Entry, before: Head) -> Fault | None:
        if entry.what not in _WORDS:
            return Fault.UNKNOWN
        follows = before.sha256
        if entry.what == What.BEGUN and entry.n > before.entries:
            follows = ZERO
            if entry.n > 1:
                self.verdict.begun_anew_s.append(entry.at_s)
        elif entry.n != before.entries + 1:
            if entry.n <= before.entries:
                return Fault.CHANGED
            if not self._was_damaged(entry.n):
                return Fault.MISSING
            self.verdict.missing_entries += entry.n - before.entries - 1
            return None  # what it followed is lost, so its own hash cannot be known
        is_linked = linked(follows, entry.n, entry.at_s, entry.what, entry.ref, entry.sha256) == entry.hash
        return None if is_linked else Fault.CHANGED

    def _was_damaged(self, n: int) -> bool:
        """Whether the record was begun anew after this entry, because the file was damaged."""
        return n < self._anew_n

    def _of_body(self, entry: Entry) -> Fault | None:
        self._hashes[entry.n] = entry.hash
        if entry.what in _SENT:
            self._sums[entry.ref] = entry.sha256
        if entry.body is None:
            self.verdict.missing_bodies += 1
            is_let_go = self._went(entry.at_s) or entry.n < self._erased_n
            return None if is_let_go or self._was_damaged(entry.n) else Fault.BODY_MISSING
        if digest(entry.body) != entry.sha256:
            return Fault.BODY_CHANGED
        if entry.what == What.HEARTBEAT and (said := _head_in(entry.body)) is not None:
            there = self._hashes.get(said.entries)
            is_gone = there is None and (said.entries < min(self._hashes) or self._was_damaged(said.entries))
            return None if is_gone or there == said.sha256 else Fault.HEAD_DIFFERS
        return None

    def _went(self, at_s: int) -> bool:
        return self._forgotten is not None and at_s < self._forgotten.before_s

    def _against_known(self) -> Iterator[Broken]:
        known = self._known
        if known is None:
            return
        if known.entries in self._hashes:
            if self._hashes[known.entries] != known.sha256:
                yield Broken(Fault.FORK, known.entries)
        elif known.entries > self.verdict.head.entries:
            yield Broken(Fault.CUT, known.entries)
        elif self._forgotten and known.entries <= self._forgotten.went.entries:
            if known != self._forgotten.went:
                yield Broken(Fault.TOO_OLD, known.entries)
        else:
            yield Broken(Fault.CUT, known.entries)

    def _entered(self, kept: Iterable[Message]) -> Iterator[Broken]:
        for one in kept:
            if one.id not in self._sums and self._went(one.raised_s):
                self._sums[one.id] = digest(one.body)  # older than the entries that are kept: open, or not sent yet
            if self._sums.get(one.id) != digest(one.body):
                yield Broken(Fault.NOT_ENTERED, None, one.id)
            elif not _is_as_its_body(one):
                yield Broken(Fault.ROW_CHANGED, None, one.id)

    def _received(self, receipts: Iterable[Delivered], tombstones: frozenset[str]) -> Iterator[Broken]:
        for receipt in receipts:
            entered = self._sums.get(receipt.id)
            if entered is None and (receipt.id in tombstones or self._is_before_all(utc_seconds(receipt.sent_at))):
                continue
            if entered != receipt.sha256:
                yield Broken(Fault.RECEIPT_DIFFERS, None, receipt.id)

    def _is_before_all(self, sent_s: int) -> bool:
        """Whether what was sent then may have had its entry before those that are kept."""
        return self._went(sent_s) or any(sent_s <= anew_s for anew_s in self.verdict.begun_anew_s)


def _is_as_its_body(kept: Message) -> bool:
    """Whether the columns by which a message is sent say what its body says."""
    try:
        message = wire.decode(kept.body)
    except msgspec.DecodeError:  # by another version
        return True
    said = (message.seq, message.id, type(message).__struct_config__.tag, utc_seconds(message.raised_at))
    if isinstance(message, wire.Alert):
        ranks = [Rank.URGENT if message.severity is Severity.URGENT else Rank.ALERT]
    else:
        ranks = {"alert_update": [Rank.URGENT, Rank.ALERT], "summary": [Rank.SUMMARY], "status": [Rank.STATUS]}.get(
            kept.type, [*Rank]
        )
    return said == (kept.seq, kept.id, kept.type, kept.raised_s) and kept.rank in ranks


def _head_in(body: bytes) -> Head | None:
    try:
        message = wire.decode(body)
    except msgspec.DecodeError:  # by another version
        return None
    if not isinstance(message, wire.Status) or message.trail is None:
        return None
    return Head(message.trail.entries, message.trail.sha256)
