"""The trail as whoever may read outbox.db finds it, in pages, so that its writer never waits."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from gateway.store.connection import Connection
from gateway.store.trail import Forgotten, What, last, parse_forgotten

_PAGE: Final = 500
"""Entries read at once: 250 kB."""


class Entry(NamedTuple):
    """An entry as it is kept; `body` is None where it is not kept any more (see `gateway.store.trail`)."""

    n: int
    at_s: int
    what: str
    ref: str
    body: bytes | None
    sha256: str
    hash: str


def entries(connection: Connection, after_n: int = 0) -> Iterator[Entry]:
    """The entries after `after_n`, in order, a message's with its body."""
    while page := connection.rows(
        f"""SELECT n, at_s, what, ref,
            CASE what WHEN '{What.MESSAGE}' THEN (SELECT body FROM messages WHERE id = ref) ELSE body END, sha256, hash
        FROM trail WHERE n > ? ORDER BY n LIMIT {_PAGE}""",
        (after_n,),
    ):
        yield from map(Entry._make, page)
        after_n = page[-1][0]


def forgotten(connection: Connection) -> Forgotten | None:
    """What the last entry of that sort says of those that were let go."""
    found = last(connection, What.FORGOTTEN)
    return parse_forgotten(found[1]) if found else None


def last_of(connection: Connection, what: What) -> int:
    """The number of the newest entry of this rare sort; 0 without any."""
    found = last(connection, what)
    return found[0] if found else 0


def tombstones(connection: Connection) -> frozenset[str]:
    """The ids of the messages whose bodies are not kept any more."""
    return frozenset(name for (name,) in connection.rows("SELECT id FROM messages WHERE body IS NULL"))
