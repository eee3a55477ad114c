"""The order of commit: what led to a message is durable before the message is."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from gateway.store.journal import Journal
from gateway.store.outbox import Draft, Outbox
from gateway.store.trail import Note
from models.vocabulary import HabitTable, Reading


@dataclass(frozen=True, slots=True)
class Ledger:
    """Both of `wren run`'s databases. Its methods run on the thread that opened it (see `Writer`)."""

    journal: Journal
    outbox: Outbox

    @classmethod
    def open(cls, directory: Path, outbox_directory: Path | None = None) -> Self:
        """Open or make `home.db` in `directory` and `outbox.db` in `outbox_directory` (None: in the same one).

        Both must exist. They differ in a real home: the uplink's user may read the one and not enter the other.
        Raises StoreError.
        """
        journal = Journal.open(directory / "home.db")
        try:
            return cls(journal, Outbox.open((outbox_directory or directory) / "outbox.db"))
        except BaseException:
            journal.close()
            raise

    def commit(
        self,
        rows: Sequence[tuple[int, Reading]],
        drafts: Sequence[Draft] = (),
        *,
        alive_ms: int | None = None,
        tables: Sequence[HabitTable] = (),
        notes: Sequence[Note] = (),
    ) -> list[bool]:
        """Flush the inputs with the daily counts that they led to, then notes and messages in one transaction.

        When this returns both may be acknowledged.

        A crash in between leaves inputs without their message: stepped again at the next start they name the
        same message, and it is added then. Returns for each draft whether it was new. Raises StoreError.
        """
        if rows or tables or alive_ms is not None:
            self.journal.append(rows, alive_ms=alive_ms, tables=tables)
        return self.outbox.add(drafts, notes)

    def stop(self) -> None:
        """Mark both files as stopped in order, and close them."""
        try:
            self.outbox.mark_clean_stop()
            self.journal.mark_clean_stop()
        finally:
            self.close()

    def close(self) -> None:
        """Close both files without the mark: the next start checks them."""
        self.outbox.close()
        self.journal.close()
