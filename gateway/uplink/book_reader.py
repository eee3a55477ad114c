"""uplink.db for those who only look: the daemon, `wren outbox` and `wren status`; and what its rows are."""

from pathlib import Path
from typing import Final, NamedTuple

from gateway.uplink.book_file import open_to_read
from gateway.uplink.replies import Sealed

_MOST_SETTLED: Final = 200_000
"""A busy home's messages of ten years."""

MOST_ANSWERS: Final = 1000
"""Sealed answers that are kept, the newest: the daemon has long taken the others, at most sixteen wait at a time."""

_ANSWERS: Final = """
    SELECT seq, payload, signature, received_at FROM answers
    WHERE seq > ? AND typeof(seq) = 'integer' AND length(payload) + length(signature) + length(received_at) < 5000
    AND typeof(payload) = 'text' AND typeof(signature) = 'text' AND typeof(received_at) = 'text'
    ORDER BY seq LIMIT ?
"""


class Delivered(NamedTuple):
    """A message that the desk holds. `attempts` counts those of the process that delivered it."""

    id: str
    type: str
    sha256: str
    sent_at: str
    attempts: int


class DeadLetter(NamedTuple):
    """A message that the desk refused, with the HTTP status and its reason."""

    id: str
    type: str
    http_status: int
    reason: str
    set_aside_at: str


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
            union = "SELECT id FROM receipts UNION ALL SELECT id FROM dead_letters LIMIT ?"
            return frozenset(row[0] for row in raw.execute(union, (_MOST_SETTLED,))) if raw else frozenset()

    def receipts(self) -> list[Delivered]:
        """All receipts, by the time of sending. Raises StoreError."""
        with open_to_read(self._path) as raw:
            rows = raw.execute("SELECT * FROM receipts ORDER BY sent_at, id").fetchall() if raw else []
            return [Delivered(*row) for row in rows]

    def dead_letters(self) -> list[DeadLetter]:
        """All messages that were refused, by time. Raises StoreError."""
        with open_to_read(self._path) as raw:
            rows = raw.execute("SELECT * FROM dead_letters ORDER BY set_aside_at, id").fetchall() if raw else []
            return [DeadLetter(*row) for row in rows]

    def counted(self) -> int:
        """The highest number of a request that may have been used. Raises StoreError."""
        with open_to_read(self._path, since=2) as raw:
            row = raw.execute("SELECT value FROM meta WHERE key = 'sequence'").fetchone() if raw else None
            return row[0] if row and isinstance(row[0], int) else 0

    def answers(self, *, above: int = 0, most: int = MOST_ANSWERS) -> list[Given]:
        """What people at the desk have answered: `most`, of numbers above `above`, by number. Raises StoreError.

        The daemon does not trust who wrote this: what has not the form of an answer is left out.
        """
        with open_to_read(self._path, since=2) as raw:
            return [Given(*row) for row in raw.execute(_ANSWERS, (above, most))] if raw else []
