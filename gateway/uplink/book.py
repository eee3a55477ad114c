"""uplink.db: what the provider has confirmed, refused and answered, and how far this gateway has counted its requests.

A restart resends nothing confirmed, and signs no two requests with the same number. The uplink is the only writer; the
daemon and the commands read it (`gateway.uplink.book_reader`).
"""

import threading
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from gateway.atomic import whole
from gateway.errors import StoreCorrupt, StoreError
from gateway.uplink.book_file import move_aside, open_to_write, told
from gateway.uplink.book_reader import MOST_ANSWERS, DeadLetter, Delivered
from gateway.uplink.replies import Sealed
from models.localtime import utc_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.log import Log

BLOCK: Final = 100
"""Sequence numbers reserved at a time: one flush for so many requests, which is about a day of heartbeats. A restart
leaves out what is left of a block; of 2**53 numbers, a restart each minute for a million years would not use up half.
"""

_STATUS: Final = "status"
_RESERVED: Final = "sequence"
_MOST_SEQUENCE: Final = 2**53 - 1


class Book:
    """The uplink's own record. Every entry is on disk when the call returns.

    If the disk fails, entries are still kept in memory, so that this process does not send twice, and the
    call raises StoreError. A damaged file is moved aside and a new one begun: messages are then sent once
    more under their old ids, which the desk knows.

    Args:
        path: where uplink.db is or shall be. Raises StoreError if it cannot be used at all.
        utc_s: the wall clock, for `sent_at`.
        log: told when a damaged file was moved aside, and when numbers could not be written down.
    """

    def __init__(self, path: Path, *, utc_s: Callable[[], float], log: "Log") -> None:
        self._path = path
        self._utc_s = utc_s
        self._log = log
        self._lock = threading.RLock()
        """Numbers are asked for by the thread that sends, all else by the event loop."""
        try:
            self._raw = open_to_write(path)
        except StoreCorrupt as error:
            move_aside(path, int(utc_s()))
            log.error("database_moved_aside", schema="uplink", fault=error)  # noqa: TRY400 - not a logging.Logger
            self._raw = open_to_write(path)
        with told(path):
            union = "SELECT id FROM receipts UNION ALL SELECT id FROM dead_letters"
            self._settled = {row[0] for row in self._raw.execute(union)}
            row = self._raw.execute("SELECT value FROM meta WHERE key = ?", (_RESERVED,)).fetchone()
        self._reserved: int = row[0] if row else 0
        self._given = self._reserved

    def __enter__(self) -> Self:
        """The book itself, closed at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __contains__(self, message_id: object) -> bool:
        """Whether nothing is left to do for this message: it was delivered or refused."""
        return message_id in self._settled

    def delivered(self, message_id: str, message_type: str, *, sha256: str, attempts: int) -> None:
        """Record a receipt. Raises StoreError."""
        entry = Delivered(message_id, message_type, sha256, utc_text(int(self._utc_s())), attempts)
        self._enter("receipts", entry)

    def refused(self, message_id: str, message_type: str, *, http_status: int, reason: str) -> None:
        """Record a dead letter. Raises StoreError."""
        entry = DeadLetter(message_id, message_type, http_status, reason, utc_text(int(self._utc_s())))
        self._enter("dead_letters", entry)

    def _enter(self, table: str, entry: Delivered | DeadLetter) -> None:
        self._settled.add(entry.id)
        with self._writing():
            if entry.type == _STATUS:  # there are 96 a day, and only the newest is ever asked for
                self._raw.execute(f"DELETE FROM {table} WHERE type = ?", (_STATUS,))
            self._raw.execute(
                f"INSERT OR REPLACE INTO {table} ({', '.join(entry._fields)}) VALUES (?, ?, ?, ?, ?)", entry
            )

    def keep(self, answers: Iterable[tuple[int, Sealed]]) -> int:
        """Keep sealed answers by their numbers, all of them or none; how many of them are new. Raises StoreError.

        The desk brings them again until the daemon has said that it took them: what is known is not written again.
        """
        with self._lock:
            with told(self._path):
                query = "SELECT 1 FROM answers WHERE seq = ? AND payload = ? AND signature = ?"
                fresh = [
                    (seq, sealed.payload, sealed.signature, utc_text(int(self._utc_s())))
                    for seq, sealed in answers
                    if not self._raw.execute(query, (seq, sealed.payload, sealed.signature)).fetchone()
                ]
            if fresh:
                with self._writing():
                    self._raw.executemany(
                        "INSERT OR REPLACE INTO answers (seq, payload, signature, received_at) VALUES (?, ?, ?, ?)",
                        fresh,
                    )
                    oldest_kept = "SELECT seq FROM answers ORDER BY seq DESC LIMIT 1 OFFSET ?"
                    self._raw.execute(f"DELETE FROM answers WHERE seq <= ({oldest_kept})", (MOST_ANSWERS,))
            return len(fresh)

    def next_sequence(self) -> int:
        """The number for the next signed request: above every one before it, also after a loss of power.

        It is given even if the disk fails, since an alert must go out all the same; after a restart the desk then
        refuses numbers that it has seen, and says from where to go on (`jump_to`), as it does after a damaged file was
        begun anew. Raises StoreError if this key has counted to the end.
        """
        with self._lock:
            if self._given >= _MOST_SEQUENCE:
                advice = "Make a new key with `wren enrol --rotate`, which counts from 1."
                raise StoreError("This gateway's key has no numbers left for its requests.", advice=advice)
            if self._given >= self._reserved:
                self._reserve(min(self._given + BLOCK, _MOST_SEQUENCE))
            self._given += 1
            return self._given

    def jump_to(self, number: int) -> None:
        """The desk has seen `number` of this key: the next one is above it. A lower one changes nothing."""
        with self._lock:
            self._given = max(self._given, number)

    def _reserve(self, up_to: int) -> None:
        self._reserved = up_to
        try:
            with self._writing():
                self._raw.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (_RESERVED, up_to))
        except StoreError as error:
            self._log.error("numbers_not_written", fault=error)

    @contextmanager
    def _writing(self) -> "Iterator[None]":
        with self._lock, told(self._path), whole(self._raw):
            yield

    def close(self) -> None:
        """Close; everything is on disk already."""
        self._raw.close()
