"""The desk's receipts and refusals, as the daemon finds them in uplink.db, for the trail.

They go into the transaction of the next heartbeat, so that they cost no flush of their own. uplink.db keeps only the
newest receipt of a heartbeat; looked at as often as heartbeats are written, that is nearly every one of them.

What is about nothing that was ever given to the messenger is not entered: whoever got into it would fill the card.
"""

from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

from gateway.aside import Aside
from gateway.clock import Clock
from gateway.errors import StoreError
from gateway.store.outbox import STATUSES_KEPT
from gateway.store.trail import Note, What
from gateway.trail import wording_trail
from gateway.uplink.book_reader import BookReader
from models.localtime import utc_text

if TYPE_CHECKING:
    from gateway.store.outbox import Outbox

_STATUS: Final = "status"
_MOST: Final = 500
"""Entries at once: after months without the daemon there are more, and the next heartbeats take them."""


class Settled(NamedTuple):
    """Something that uplink.db says: that the desk took or refused the message `about`."""

    what: What
    about: str
    is_status: bool
    text: str
    at: str


class ReceiptsSeen:
    """Says what is new in uplink.db.

    Args:
        book: uplink.db.
        aside: the thread on which another user's file is read.
        clock: dates the entries.
    """

    def __init__(self, book: BookReader, aside: Aside, clock: Clock) -> None:
        self._book = book
        self._aside = aside
        self._clock = clock
        self._known: set[str] | None = None
        self._statuses: deque[str] = deque(maxlen=2 * STATUSES_KEPT)

    async def look(self) -> list[Settled]:
        """All that uplink.db says; nothing if it cannot be read, which is no reason not to send a heartbeat."""
        try:
            return await self._aside.do(self._read)
        except StoreError:  # told by whoever counts what waits
            return []

    def _read(self) -> list[Settled]:
        delivered = [
            Settled(What.DELIVERED, one.id, one.type == _STATUS, wording_trail.delivered(one.sha256), one.sent_at)
            for one in self._book.receipts()
        ]
        refused = [
            Settled(What.REFUSED, one.id, one.type == _STATUS, wording_trail.refused(one.http_status), one.set_aside_at)
            for one in self._book.dead_letters()
        ]
        return delivered + refused

    def notes(self, outbox: "Outbox", found: list[Settled]) -> list[Note]:
        """The entries to be written now, on the writer's thread: what was not seen before. They count as written."""
        if self._known is None:
            self._known = outbox.trail.settled_messages()
        let_go_s = outbox.trail.kept_since_s()
        since = "" if let_go_s is None else utc_text(let_go_s)
        new: list[Settled] = []
        for one in found:
            if one.at >= since and self._is_new(outbox, one) and outbox.is_known(one.about):
                new.append(one)
                self._statuses.append(one.about) if one.is_status else self._known.add(one.about)
            if len(new) == _MOST:
                break
        now_s = int(self._clock.utc_s())
        return [Note(one.what, one.about, one.text, now_s) for one in new]

    def _is_new(self, outbox: "Outbox", one: Settled) -> bool:
        if not one.is_status:
            return one.about not in (self._known or ())
        if not self._statuses:
            return outbox.is_known(one.about) and not outbox.trail.is_settled(one.about)
        return one.about not in self._statuses
