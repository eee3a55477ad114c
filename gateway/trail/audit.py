"""What was done to this home, written into the trail (`gateway.store.trail`): the one door for the daemon's parts.

    await audit.note(What.ANSWER_TAKEN, "17", wording_trail.answer_taken(17, answer_text))      # durable on return

A text is one plain sentence from `gateway.trail.wording_trail`. Whoever may read outbox.db may read it, the
messenger's user too: it holds nothing that a reading says, and no moment that was told.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gateway.clock import Clock
from gateway.store.trail import Note, What
from gateway.trail import wording_trail
from models.told import Telling, parse
from models.vocabulary import Reading

if TYPE_CHECKING:
    from gateway.store.ledger import Ledger
    from gateway.store.writer import Writer


def told_note(reading: Reading) -> list[Note]:
    """The entry about an input that somebody told the home; none for what sensors, clock and devices say."""
    told = parse(reading.sensor)
    if told is None or told.what is Telling.PANEL:  # a panel says by itself whether it works
        return []
    return [Note(What.TOLD, reading.sensor, wording_trail.told(told, reading.value), reading.at_ms // 1000)]


class Audit:
    """Writes entries, each in the order of asking.

    Args:
        ledger, writer: the databases, and the thread that owns them.
        clock: dates the entries.
    """

    def __init__(self, ledger: "Ledger", writer: "Writer", clock: Clock) -> None:
        self._ledger = ledger
        self._writer = writer
        self._clock = clock

    async def note(self, what: What, ref: str, text: str) -> None:
        """Add one entry; durable on return. Raises StoreError."""
        await self.note_all([self.entry(what, ref, text)])

    async def note_all(self, notes: Iterable[Note]) -> None:
        """Add entries in one transaction; durable on return. Nothing is written for none. Raises StoreError."""
        if together := list(notes):
            await self._writer.do(lambda: self._ledger.outbox.trail.note(together))

    def entry(self, what: What, ref: str, text: str) -> Note:
        """An entry of now, for `note_all` or to go with a message."""
        return Note(what, ref, text, int(self._clock.utc_s()))

    async def last_ref(self, what: What) -> str | None:
        """What the newest entry of this sort is about. Raises StoreError."""
        return await self._writer.do(lambda: self._ledger.outbox.trail.last_ref(what))
