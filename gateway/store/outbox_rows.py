"""The questions that both sides ask of outbox.db."""

from collections.abc import Container, Iterator
from enum import IntEnum
from typing import Final, NamedTuple

from gateway.store.connection import Connection

_PAGE: Final = 200
"""Messages read at once: 600 kB at most in practice (a week's summary takes 3 kB)."""


class Rank(IntEnum):
    """What goes first when the line is slow."""

    URGENT = 0
    ALERT = 1
    SUMMARY = 2
    STATUS = 3


_WAITING: Final = f"""
    SELECT rank, seq, id, type, raised_s FROM messages WHERE body IS NOT NULL
    UNION ALL SELECT {Rank.STATUS}, seq, id, 'status', raised_s FROM statuses
    ORDER BY rank, seq
"""


class Message(NamedTuple):
    """A message as it is kept. `raised_s` is UTC in seconds, `body` the exact bytes that leave."""

    seq: int
    id: str
    type: str
    rank: int
    raised_s: int
    body: bytes


class Waiting(NamedTuple):
    """A message that waits, without its body. `raised_s` is UTC in seconds."""

    rank: int
    seq: int
    id: str
    type: str
    raised_s: int


class KnownAlert(NamedTuple):
    """An alert that was raised here, open or not: what it is about. `opened_s` is UTC in seconds."""

    resident: str
    kind: str
    opened_s: int


def messages(connection: Connection, after_seq: int) -> Iterator[Message]:
    """Messages after `after_seq` by number, read in pages so that no lock is held between them."""
    while page := connection.rows(
        """SELECT seq, id, type, rank, raised_s, body FROM messages
        WHERE seq > ? AND body IS NOT NULL ORDER BY seq LIMIT ?""",
        (after_seq, _PAGE),
    ):
        yield from map(Message._make, page)
        after_seq = page[-1][0]


def statuses(connection: Connection) -> list[Message]:
    """The heartbeats that are kept, oldest first."""
    return [
        Message._make(row)
        for row in connection.rows(
            f"SELECT seq, id, 'status', {Rank.STATUS}, raised_s, body FROM statuses ORDER BY seq"
        )
    ]


def pending(connection: Connection, settled: Container[str]) -> list[Waiting]:
    """What is not in `settled`, by rank, oldest first within a rank."""
    return [waiting for waiting in map(Waiting._make, connection.rows(_WAITING)) if waiting.id not in settled]


def body(connection: Connection, message_id: str) -> bytes | None:
    """The bytes of one message or heartbeat, or None when it is no longer kept."""
    found = connection.rows(
        "SELECT body FROM messages WHERE id = ? UNION ALL SELECT body FROM statuses WHERE id = ?",
        (message_id, message_id),
    )
    return found[0][0] if found else None


def is_known(connection: Connection, message_id: str) -> bool:
    """Whether a message of this id was given to the messenger, or is one of the few heartbeats that are kept."""
    query = "SELECT 1 FROM messages WHERE id = ? UNION ALL SELECT 1 FROM statuses WHERE id = ?"
    return bool(connection.rows(query, (message_id, message_id)))


def alert(connection: Connection, alert_id: str) -> KnownAlert | None:
    """The alert of this id, however long ago it was; None if it was not raised here."""
    found = connection.rows("SELECT resident, kind, opened_s FROM alerts WHERE id = ?", (alert_id,))
    return KnownAlert._make(found[0]) if found else None
