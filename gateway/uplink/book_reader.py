"""uplink.db for those who only look: the daemon, `wren outbox` and `wren status`; and what its rows are.

Who wrote it has the network, and may not be who he was: a row that has not the form of one is left out.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, NamedTuple, TypeVar

import msgspec

from gateway.uplink.book_file import open_to_read
from gateway.uplink.forms import ONE_LINE, Count, Sha256, Slug, Utc
from gateway.uplink.replies import Sealed

_MOST_SETTLED: Final = 200_000
"""A busy home's messages of ten years."""

_MOST_COUNTED: Final = 2**53 - 1
"""Numbers of requests end there (`gateway.uplink.signatures`)."""

MOST_ANSWERS: Final = 1000
"""Sealed answers that are kept, the newest: the daemon has long taken the others, at most sixteen wait at a time."""

_ANSWERS: Final = """
    SELECT seq, payload, signature, received_at FROM answers
    WHERE seq > ? AND typeof(seq) = 'integer' AND length(payload) + length(signature) + length(received_at) < 5000
    AND typeof(payload) = 'text' AND typeof(signature) = 'text' AND typeof(received_at) = 'text'
    ORDER BY seq LIMIT ?
"""


_Id = Slug
"""Of a message: 32 hex digits in this version, and in any other short and on one line."""

_Type = Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{1,32}(?!\n)$")]
_Reason = Annotated[str, msgspec.Meta(max_length=2000, pattern=ONE_LINE)]


class Delivered(NamedTuple):
    """A message that the desk holds. `attempts` counts those of the process that delivered it."""

    id: _Id
    type: _Type
    sha256: Sha256
    sent_at: Utc
    attempts: Count


class DeadLetter(NamedTuple):
    """A message that the desk refused, with the HTTP status and its reason."""

    id: _Id
    type: _Type
    http_status: Annotated[int, msgspec.Meta(ge=100, le=599)]
    reason: _Reason
    set_aside_at: Utc


class Given(NamedTuple):
    """A sealed answer of the desk, byte for byte, and the number that it says of itself. `received_at` is UTC."""

    seq: int
    payload: str
    signature: str
    received_at: str

    @property
    def sealed(self) -> Sealed:
        """As it came. Whoever acts on it checks the seal for himself."""
        return Sealed(payload=self.payload, signature=self.signature)


class BookReader:
    """uplink.db, which the uplink alone writes.

    Opens the file for each call, so that it may come, go and be replaced. Before the uplink has run there
    is nothing in it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def settled(self) -> frozenset[str]:
        """The ids of all messages that were delivered or refused. Raises StoreError."""
        with open_to_read(self._path) as raw:
            union = """SELECT id FROM (SELECT id FROM receipts UNION ALL SELECT id FROM dead_letters)
                WHERE typeof(id) = 'text' AND length(id) < 49 LIMIT ?"""
            return frozenset(row[0] for row in raw.execute(union, (_MOST_SETTLED,))) if raw else frozenset()

    def receipts(self) -> list[Delivered]:
        """All receipts, by the time of sending. Raises StoreError."""
        with open_to_read(self._path) as raw:
            query = "SELECT id, type, sha256, sent_at, attempts FROM receipts"
            found = list(_formed(raw, query, Delivered)) if raw else []
        return sorted(found, key=lambda one: (one.sent_at, one.id))

    def dead_letters(self) -> list[DeadLetter]:
        """All messages that were refused, by time. Raises StoreError."""
        with open_to_read(self._path) as raw:
            query = "SELECT id, type, http_status, reason, set_aside_at FROM dead_letters"
            found = list(_formed(raw, query, DeadLetter)) if raw else []
        return sorted(found, key=lambda one: (one.set_aside_at, one.id))

    def counted(self) -> int:
        """The highest number of a request that may have been used. Raises StoreError."""
        with open_to_read(self._path, since=2) as raw:
            row = raw.execute("SELECT value FROM meta WHERE key = 'sequence'").fetchone() if raw else None
            return row[0] if row and isinstance(row[0], int) and 0 < row[0] < _MOST_COUNTED else 0

    def answers(self, *, above: int = 0, most: int = MOST_ANSWERS) -> list[Given]:
        """What people at the desk have answered: `most`, of numbers above `above`, by number. Raises StoreError.

        The daemon does not trust who wrote this: what has not the form of an answer is left out.
        """
        with open_to_read(self._path, since=2) as raw:
            return [Given(*row) for row in raw.execute(_ANSWERS, (above, most))] if raw else []


_Row = TypeVar("_Row", bound=Delivered | DeadLetter)


def _formed(raw: sqlite3.Connection, query: str, kind: type[_Row]) -> Iterator[_Row]:
    """What has the form of one; read one by one and sorted afterwards, so that no heap of rubbish is ever held."""
    for row in raw.execute(f"{query} LIMIT ?", (_MOST_SETTLED,)):
        with suppress(msgspec.ValidationError, ValueError):
            one = msgspec.convert(row, kind)
            datetime.fromisoformat(one.sent_at if isinstance(one, Delivered) else one.set_aside_at)
            yield one
