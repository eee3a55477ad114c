"""The trail: everything that left this house and everything that was done to it, as a chain of hashes in outbox.db.

Written by `wren run` alone. An entry about a message or a heartbeat is added in the transaction that keeps it, so there
is neither without the other. The canonical bytes of an entry are seven lines, joined by a line feed and without one at
the end, in UTF-8:

    wren-trail-1
    the hash of the entry before, 64 hex digits; 64 times "0" for an entry `begun`
    n           its number, decimal
    at_s        UTC in seconds, decimal
    what        a word of `What`
    ref         what it is about (no line feed)
    sha256      of the body, 64 hex digits

and `hash` is their SHA-256 in hex. The body of a `message` lies in the table `messages` under the id `ref`; every other
body is in the entry itself: a heartbeat's exact bytes, or one plain sentence. `docs/trail.md` verifies it.

Numbers go up by one. They begin at 1, or far above after a damaged file was replaced (then an entry `begun` starts a
new chain). Once old entries were let go, they begin after the entry that the last `forgotten` names: its `ref` is
`N:HASH:BEFORE_S`, the number and hash of the last entry that went, and the UTC second before which bodies may lack.
"""

import hashlib
import re
import sqlite3
import time
from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

from gateway.store.connection import Connection
from models.localtime import DAY_S

ZERO: Final = "0" * 64
"""What an entry `begun` follows."""

RARE: Final = "what NOT IN ('message', 'heartbeat', 'delivered')"
"""What the index of the table holds: a query must say it in these words to use it."""

_AHEAD_S: Final = 2 * DAY_S
"""An entry dated further ahead than this was written by a clock that was wrong, and keeps no other from going."""


class What(StrEnum):
    """What an entry is about. `ref` says which."""

    BEGUN = "begun"
    """The record begins, or begins anew after its file was damaged. `ref` is empty."""
    MESSAGE = "message"
    """A message was given to the messenger: `ref` is its id; the body lies in `messages`."""
    KEPT_BACK = "kept back"
    """A message was not given to the messenger: what may leave in a day was used up. `ref` is its id."""
    HEARTBEAT = "heartbeat"
    """A heartbeat was given to the messenger: `ref` is its id."""
    DELIVERED = "delivered"
    """The desk's receipt for the message `ref` was seen in uplink.db."""
    REFUSED = "refused"
    """The desk's refusal of the message `ref` was seen in uplink.db."""
    ANSWER_TAKEN = "answer taken"
    """What a person at the desk answered was taken: `ref` is the answer's number."""
    ANSWER_REFUSED = "answer refused"
    """What came back from the desk was not accepted here: `ref` is the answer's number."""
    TOLD = "told"
    """Somebody in the house told the home something: `ref` is the input's name."""
    ACCESS = "access"
    """Somebody looked at what is not sent: `ref` is the command, or `recordings`."""
    CONFIGURATION = "configuration"
    """home.toml is another than at the last start: `ref` is its SHA-256."""
    FITTED = "fitted"
    """`wren replace` put another device in a sensor's place: `ref` is when (UTC)."""
    KEY = "key"
    """This gateway was enrolled, or its key or the desk's changed: `ref` is the fingerprint of both."""
    START = "start"
    """The daemon began to watch: `ref` is its version."""
    UNCLEAN_STOP = "unclean stop"
    """The daemon had ended without saying so: power cut, crash or kill. `ref` is the database."""
    STOP = "stop"
    """The daemon ended in order."""
    MOVED_ASIDE = "moved aside"
    """A damaged database was moved aside and what could be read was carried over: `ref` is the database."""
    UNWATCHED = "unwatched"
    """This machine cannot say when the recordings are opened."""
    ERASED = "erased"
    """Everything of the resident `ref` was erased: bodies of earlier entries may be missing."""
    FORGOTTEN = "forgotten"
    """Entries that are older than is kept were let go: `ref` is `N:HASH:BEFORE_S` (see above)."""


class Note(NamedTuple):
    """An entry to be: one plain sentence about `ref`, at `at_s` (UTC)."""

    what: What
    ref: str
    text: str
    at_s: int


class Head(NamedTuple):
    """The number of the last entry, and its hash."""

    entries: int
    sha256: str


def digest(body: bytes) -> str:
    """The SHA-256 of `body`, in hex."""
    return hashlib.sha256(body).hexdigest()


def linked(previous: str, n: int, at_s: int, what: str, ref: str, sha256: str) -> str:
    """The hash of an entry after the one whose hash is `previous`."""
    lines = ("wren-trail-1", previous, str(n), str(at_s), what, ref, sha256)
    return digest("\n".join(lines).encode())


def head(connection: Connection) -> Head:
    """The last entry. Before the first: none, and `ZERO`."""
    found = connection.rows("SELECT n, hash FROM trail ORDER BY n DESC LIMIT 1")
    return Head(*found[0]) if found else Head(0, ZERO)


class Forgotten(NamedTuple):
    """What an entry `forgotten` says: the last entry that went, and before when bodies may be missing (UTC seconds)."""

    went: Head
    before_s: int


_SETTLED: Final = f"SELECT ref FROM trail WHERE what IN ('{What.DELIVERED}', '{What.REFUSED}')"
_FORGOTTEN_REF: Final = re.compile(r"(\d{1,16}):([0-9a-f]{64}):(-?\d{1,16})")
_FORGOTTEN: Final = b"What is older than is kept was let go. The record goes on from the oldest entry that is left."


def parse_forgotten(ref: str) -> Forgotten | None:
    """What the `ref` of an entry `forgotten` says; None if it says nothing of the sort."""
    found = _FORGOTTEN_REF.fullmatch(ref)
    return Forgotten(Head(int(found[1]), found[2]), int(found[3])) if found else None


def last(connection: Connection, what: What) -> tuple[int, str] | None:
    """The number and reference of the newest entry of a rare sort, without a walk over a year of heartbeats."""
    found = connection.rows(f"SELECT n, ref FROM trail WHERE what = ? AND {RARE} ORDER BY n DESC LIMIT 1", (what,))
    return (int(found[0][0]), str(found[0][1])) if found else None


class Trail:
    """The writer's side. What takes `raw` goes into the transaction that is open on it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def head(self) -> Head:
        """The number and hash of the last entry, inside a transaction too."""
        return head(self._connection)

    def note(self, notes: Iterable[Note]) -> None:
        """Add entries in one transaction of their own; durable on return. Raises StoreError."""
        with self._connection.transaction() as raw:
            self.add_notes(raw, notes)

    def add_notes(self, raw: sqlite3.Connection, notes: Iterable[Note]) -> None:
        """Add entries to what is being written."""
        for note in notes:
            self.add(raw, note.what, note.ref, note.at_s, note.text.encode())

    def add(self, raw: sqlite3.Connection, what: What, ref: str, at_s: int, body: bytes) -> None:
        """Add an entry, the very first behind one that says so. Whoever keeps a message keeps its body."""
        last = self.head()
        if not last.entries:
            self._insert(raw, ZERO, 1, What.BEGUN, "", at_s, b"The record begins.")
            last = self.head()
        self._insert(raw, last.sha256, last.entries + 1, what, ref, at_s, body)

    def begin_anew(self, above: int) -> None:
        """After damage: a new chain, its numbers above any that the lost entries can have had. Raises StoreError."""
        text = b"The record begins anew: its file was damaged and moved aside. What could be read is still before this."
        with self._connection.transaction() as raw:
            n, at_s = max(above, self.head().entries + 1), int(time.time())
            self._insert(raw, ZERO, n, What.BEGUN, "", at_s, text)
            self._take_up(raw)

    def take_up(self) -> None:
        """What a version that kept no trail had kept becomes its first entries. Raises StoreError."""
        if not self.head().entries:
            with self._connection.transaction() as raw:
                self._take_up(raw)

    def _take_up(self, raw: sqlite3.Connection) -> None:
        kept = self._connection.rows(
            """SELECT 'message', id, raised_s, body FROM messages WHERE body IS NOT NULL
            UNION ALL SELECT 'heartbeat', id, raised_s, body FROM statuses ORDER BY 3, 1, 2"""
        )
        known = self.refs((What.MESSAGE, What.HEARTBEAT))
        for what, ref, raised_s, body in kept:
            if ref not in known:
                self.add(raw, What(what), ref, raised_s, body)

    def last_ref(self, what: What) -> str | None:
        """What the newest entry of this rare sort is about."""
        found = last(self._connection, what)
        return found[1] if found else None

    def refs(self, what: Iterable[What]) -> set[str]:
        """What all entries of these sorts are about."""
        words = tuple(what)
        marks = ", ".join("?" * len(words))
        return {ref for (ref,) in self._connection.rows(f"SELECT ref FROM trail WHERE what IN ({marks})", words)}

    def settled_messages(self) -> set[str]:
        """The ids of the messages, heartbeats left out, of which it is entered that the desk took or refused them."""
        found = self._connection.rows(f"{_SETTLED} AND ref IN (SELECT id FROM messages)")
        return {ref for (ref,) in found}

    def is_settled(self, message_id: str) -> bool:
        """Whether it is entered that the desk took or refused this message or heartbeat."""
        return bool(self._connection.rows(f"{_SETTLED} AND ref = ? LIMIT 1", (message_id,)))

    def kept_since_s(self) -> int | None:
        """The UTC second before which entries were let go; None if none were."""
        said = parse_forgotten(self.last_ref(What.FORGOTTEN) or "")
        return None if said is None else said.before_s

    def forget(self, raw: sqlite3.Connection, before_s: int, now_s: int | None, *, bodies_went: bool) -> None:
        """Let entries older than `before_s` go, and say so in one; nothing is said if nothing goes.

        They go from the front only, up to the first that is younger. With `bodies_went` messages older than that have
        lost their bodies, which is said, too.
        """
        rows = self._connection.rows
        latest_s = 2**62 if now_s is None else now_s + _AHEAD_S
        ((first, young, at_s),) = rows(
            "SELECT min(n), min(n) FILTER (WHERE at_s BETWEEN ? AND ?), max(at_s) FROM trail", (before_s, latest_s)
        )
        if first is None or (first == young and not bodies_went):
            return
        newest = self.head()
        went = self._before(first)
        if first != young:
            older = rows(
                "SELECT n, hash FROM trail WHERE n < ? ORDER BY n DESC LIMIT 1", (young or newest.entries + 1,)
            )
            went = Head(*older[0])
            raw.execute("DELETE FROM trail WHERE n <= ?", (went.entries,))
        raw.execute("UPDATE trail SET body = NULL WHERE at_s < ?", (before_s,))
        ref = f"{went.entries}:{went.sha256}:{before_s}"
        said_s = at_s if now_s is None else now_s
        self._insert(raw, newest.sha256, newest.entries + 1, What.FORGOTTEN, ref, said_s, _FORGOTTEN)

    def _before(self, first: int) -> Head:
        """What the first entry that is kept follows."""
        said = parse_forgotten(self.last_ref(What.FORGOTTEN) or "")
        return Head(first - 1, ZERO) if said is None else said.went

    def _insert(
        self, raw: sqlite3.Connection, previous: str, n: int, what: What, ref: str, at_s: int, body: bytes
    ) -> None:
        if "\n" in ref:
            raise ValueError("what an entry is about is one line")
        sha256 = digest(body)
        row = (n, at_s, what, ref, None if what is What.MESSAGE else body, sha256)
        raw.execute(
            "INSERT INTO trail (n, at_s, what, ref, body, sha256, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*row, linked(previous, n, at_s, what, ref, sha256)),
        )
