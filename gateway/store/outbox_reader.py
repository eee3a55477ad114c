"""outbox.db from the other side: the uplink's process and the commands, read-only."""

from collections.abc import Container, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from gateway.store import allowance, outbox_rows, trail_rows
from gateway.store.connection import Connection, connect_reader
from gateway.store.faults import told
from gateway.store.migrations import OUTBOX, require_current
from gateway.store.outbox_rows import Message, Waiting
from gateway.store.trail import Forgotten, Head, What, head
from gateway.store.trail_rows import Entry


class OutboxReader:
    """Reads what waits. Holds no lock between calls, so that it never keeps the writer waiting.

    Which messages are unsent is not written in outbox.db, whose one writer is `wren run`: the caller hands
    in the ids that its own uplink.db has settled (a receipt, or refused for good). Asked again at every
    change, 10,000 messages take some 10 ms.

    Every method raises StoreUnavailable while the file is not there or its writer has to tidy it up after a
    crash (retry later), StoreError when a newer version wrote it.

    Args:
        path: outbox.db. It need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open: Connection | None = None
        self._inode: tuple[int, int] | None = None
        self._seen_version: tuple[tuple[int, int] | None, int] | None = None

    def changed(self) -> bool:
        """Whether anything was committed since the last call (True at the first): one page read, for polling."""
        connection = self._connection()
        version = (self._inode, int(connection.rows("PRAGMA data_version")[0][0]))
        is_new = version != self._seen_version
        self._seen_version = version
        return is_new

    def pending(self, settled: Container[str]) -> list[Waiting]:
        """What waits to be sent, in the order of sending: every message whose id is not in `settled`.

        By rank (urgent alerts; other alerts and alert updates; summaries; statuses), oldest first within.
        """
        return outbox_rows.pending(self._connection(), settled)

    def body(self, message_id: str) -> bytes | None:
        """The exact bytes of one message, or None when it is no longer kept (an old status, a tombstone)."""
        return outbox_rows.body(self._connection(), message_id)

    def messages(self, after_seq: int = 0) -> Iterator[Message]:
        """All messages after `after_seq` in the order of their numbers, statuses and tombstones left out."""
        return outbox_rows.messages(self._connection(), after_seq)

    def statuses(self) -> list[Message]:
        """The few latest heartbeats, oldest first."""
        return outbox_rows.statuses(self._connection())

    def open_ids(self) -> frozenset[str]:
        """The ids of the alerts that no later message has resolved."""
        return frozenset(row[0] for row in self._connection().rows("SELECT id FROM alerts WHERE resolved_s IS NULL"))

    def kept_back(self) -> dict[int, int]:
        """How many messages will never leave for their day's allowance was used up, by when that day began (UTC s)."""
        return allowance.kept_back(self._connection())

    def trail(self, after_n: int = 0) -> Iterator[Entry]:
        """The entries of the trail after `after_n`, in order, each with its body."""
        return trail_rows.entries(self._connection(), after_n)

    def trail_head(self) -> Head:
        """The number and hash of the trail's last entry."""
        return head(self._connection())

    def trail_forgotten(self) -> Forgotten | None:
        """What the trail says of entries that were let go; None if none were."""
        return trail_rows.forgotten(self._connection())

    def trail_last(self, what: What) -> int:
        """The number of the trail's newest entry of this rare sort (see `gateway.store.trail.RARE`); 0 without any."""
        return trail_rows.last_of(self._connection(), what)

    def tombstones(self) -> frozenset[str]:
        """The ids of the messages whose bodies are not kept any more."""
        return trail_rows.tombstones(self._connection())

    def close(self) -> None:
        """Close; the next call opens again."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _connection(self) -> Connection:
        # The writer may have put a new file in the place of a damaged one.
        if self._open is not None and self._inode != self._inode_now():
            self.close()
        if self._open is None:
            connection = connect_reader(self._path)
            try:
                with told(self._path):
                    require_current(connection.raw, OUTBOX, self._path)
            except BaseException:
                connection.close()
                raise
            self._open = connection
            self._inode = self._inode_now()
        return self._open

    def _inode_now(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino
