"""What the desk holds: every message that it has confirmed, and what people answered.

A message is on disk before its receipt is given. The database keeps the bytes that arrived; `desk.state` makes sense
of them.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Self

import msgspec

from desk import answers_book, erasing, gateways_book, heads_book, others
from desk.database import Database
from gateway.uplink import answers, wire
from gateway.uplink.replies import Sealed
from gateway.uplink.signatures import Signed

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

STATUSES_KEPT: Final = 96
"""For each home: a day of heartbeats, so that a repeated one is known for what it is."""


class Taken(Enum):
    """What became of a request at the door."""

    NEW = auto()
    KNOWN = auto()
    OTHER_BYTES = auto()
    OF_ANOTHER_HOME = auto()
    OF_ANOTHERS_ALERT = auto()
    NO_MESSAGE = auto()
    STEP_BACK = auto()
    REVOKED = auto()


class Verdict(NamedTuple):
    """What became of a request, the highest number of its key if it was a step back, and what people answered."""

    taken: Taken
    highest: int = 0
    answers: tuple[Sealed, ...] = ()


class Heard(NamedTuple):
    """A home, and when it was first and last heard: UTC seconds of the desk's clock."""

    home: str
    first_s: int
    last_s: int


class Received(NamedTuple):
    """A message and when it arrived, in UTC seconds of the desk's clock."""

    message: wire.Message
    received_s: int


class Acknowledgement(NamedTuple):
    """A person's word that they are seeing to an alert; `at_s` is UTC. It stays at the desk."""

    alert_id: str
    person: str
    at_s: int


class Place(NamedTuple):
    """Which number of a home's row of messages arrived when. Statuses have a row of their own."""

    home: str
    seq: int
    received_s: int
    id: str


class ErasedOn(NamedTuple):
    """That something was erased: of which home, when (UTC seconds), and how many pieces."""

    home: str
    at_s: int
    pieces: int


class Store:
    """The desk's memory.

    Args:
        path: desk.db; made if need be. Raises StoreError if it cannot be used.

    Attributes:
        database: the file itself.
        gateways, answers, heads: the books that are kept in it besides the messages.
    """

    def __init__(self, path: Path) -> None:
        self.database = Database(path)
        self.gateways = gateways_book.GatewaysBook(self.database)
        self.answers = answers_book.AnswersBook(self.database)
        self.heads = heads_book.HeadsBook(self.database)

    def __enter__(self) -> Self:
        """The store itself, closed at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close; everything is on disk already."""
        self.database.close()

    def take(self, signed: Signed, message: wire.Message | None, body: bytes, *, now_s: int) -> Verdict:
        """Keep `message`, which came as `body` in this request; durable on return. A repeat has no effect but "heard".

        None: the body is no message, and only the request is counted. Raises StoreError.
        """
        with self.database.transaction() as raw:
            try:
                highest = gateways_book.advance(raw, signed.key_id, signed.sequence, now_s=now_s)
            except LookupError:
                return Verdict(Taken.REVOKED)
            if highest is not None:
                return Verdict(Taken.STEP_BACK, highest=highest)
            if message is None:
                return Verdict(Taken.NO_MESSAGE)
            home, trail = raw.execute("SELECT home, trail FROM gateways WHERE key_id = ?", (signed.key_id,)).fetchone()
            taken = Taken.OF_ANOTHER_HOME if message.home != home else self._keep(raw, message, body, trail, now_s)
            given = answers_book.waiting(raw, home)
        if isinstance(message, wire.Erasure):
            erasing.wipe(self.database, now_s=now_s)
        return Verdict(taken, answers=given)

    def _keep(self, raw: sqlite3.Connection, message: wire.Message, body: bytes, trail: int, now_s: int) -> Taken:
        sha256 = hashlib.sha256(body).hexdigest()
        known = raw.execute("SELECT sha256, home FROM messages WHERE id = ?", (message.id,)).fetchone()
        if known is None or known[1] != message.home:
            others.give_way(raw, message)
            known = raw.execute("SELECT sha256, home FROM messages WHERE id = ?", (message.id,)).fetchone()
        if known is not None and known[0] != sha256:
            return Taken.OTHER_BYTES
        if isinstance(message, wire.AlertUpdate):
            of = raw.execute("SELECT home FROM messages WHERE id = ?", (message.alert_id,)).fetchone()
            if of is not None and of[0] != message.home:
                return Taken.OF_ANOTHERS_ALERT
        raw.execute(
            """INSERT INTO homes VALUES (?, ?, ?)
            ON CONFLICT (home) DO UPDATE SET last_heard_s = max(last_heard_s, excluded.last_heard_s)""",
            (message.home, now_s, now_s),
        )
        if known is not None:
            return Taken.KNOWN
        is_status = isinstance(message, wire.Status)
        raw.execute(
            """INSERT INTO numbers (home, seq, status_seq) VALUES (?, ?, ?) ON CONFLICT (home)
            DO UPDATE SET seq = max(seq, excluded.seq), status_seq = max(status_seq, excluded.status_seq)""",
            (message.home, *((0, message.seq) if is_status else (message.seq, 0))),
        )
        if isinstance(message, wire.Erasure):
            erasing.erase(raw, message, now_s=now_s)
            return Taken.NEW
        raw.execute(
            """INSERT INTO messages (id, home, type, seq, sha256, received_s, body, resident)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                message.id,
                message.home,
                message.__struct_config__.tag,
                message.seq,
                sha256,
                now_s,
                body,
                None if isinstance(message, wire.Status) else message.resident,
            ),
        )
        if isinstance(message, wire.Status):
            _thin_statuses(raw, message.home)
            answers_book.dealt_with(raw, message, now_s=now_s)
            if message.trail is not None:
                heads_book.note(raw, message.home, trail, message.trail, now_s=now_s)
        return Taken.NEW

    def answer(
        self,
        key: "Ed25519PrivateKey",
        home: str,
        makes: Sequence[Callable[[int], answers.Answer]],
        *,
        person: str,
        resident: str | None = None,
        alert_id: str | None = None,
        acknowledges: bool = False,
        now_s: int,
    ) -> None:
        """Keep what `person` answers to `home`, sealed by `key`, one answer for each of `makes`; all or none.

        `acknowledges`: and that the person sees to this alert. Raises StoreError.
        """
        with self.database.transaction() as raw:
            if acknowledges:
                raw.execute(
                    "INSERT INTO acknowledgements (alert_id, person, at_s) VALUES (?, ?, ?)", (alert_id, person, now_s)
                )
            answers_book.give(raw, key, home, makes, person=person, resident=resident, alert_id=alert_id, now_s=now_s)

    def homes(self) -> list[Heard]:
        """All homes that were ever heard, by id."""
        return [Heard(*row) for row in self.database.rows("SELECT * FROM homes ORDER BY home")]

    def alerts_and_updates(self) -> list[Received]:
        """Every alert and alert update, in the order of arrival."""
        return self._received("WHERE type IN ('alert', 'alert_update') ORDER BY number")

    def summaries(self, since_s: int) -> list[Received]:
        """Every summary that arrived at `since_s` (UTC) or later, in the order of arrival."""
        return self._received("WHERE type = 'summary' AND received_s >= ? ORDER BY number", (since_s,))

    def newest_statuses(self) -> list[Received]:
        """The last status of each home to arrive."""
        return self._received(
            "WHERE number IN (SELECT max(number) FROM messages WHERE type = 'status' GROUP BY home) ORDER BY home"
        )

    def statuses(self, home: str) -> list[Received]:
        """The last statuses of one home, the newest first."""
        return self._received("WHERE type = 'status' AND home = ? ORDER BY number DESC", (home,))

    def places(self) -> list[Place]:
        """The number of every message but statuses, by home and number, from the last erasure on."""
        rows = self.database.rows(
            """SELECT home, seq, received_s, id FROM messages WHERE type != 'status' AND seq >
                (SELECT coalesce(max(seq), 0) FROM erasures WHERE erasures.home = messages.home)
            UNION ALL SELECT home, max(seq), at_s, id FROM erasures GROUP BY home
            ORDER BY home, seq"""
        )
        return [Place(*row) for row in rows]

    def residents(self, home: str) -> list[str]:
        """Those of whom something was heard, without the household."""
        rows = self.database.rows(
            """SELECT DISTINCT resident FROM messages
            WHERE home = ? AND resident IS NOT NULL AND resident != 'household' ORDER BY resident""",
            (home,),
        )
        return [resident for (resident,) in rows]

    def erasures(self) -> list[ErasedOn]:
        """Every erasure, the newest first."""
        return [
            ErasedOn(*row) for row in self.database.rows("SELECT home, at_s, pieces FROM erasures ORDER BY at_s DESC")
        ]

    def acknowledgements(self) -> list[Acknowledgement]:
        """Every acknowledgement, in the order in which they were given."""
        rows = self.database.rows("SELECT alert_id, person, at_s FROM acknowledgements ORDER BY number")
        return [Acknowledgement(*row) for row in rows]

    def _received(self, which: str, parameters: tuple[object, ...] = ()) -> list[Received]:
        """What can be read: a message of an earlier version may say what this one would not take any more."""
        found = []
        for body, received_s in self.database.rows(f"SELECT body, received_s FROM messages {which}", parameters):
            try:
                found.append(Received(wire.decode(body), received_s))
            except msgspec.DecodeError:
                continue
        return found


def _thin_statuses(raw: sqlite3.Connection, home: str) -> None:
    raw.execute(
        """DELETE FROM messages WHERE type = 'status' AND home = ? AND number NOT IN (
            SELECT number FROM messages WHERE type = 'status' AND home = ? ORDER BY number DESC LIMIT ?
        )""",
        (home, home, STATUSES_KEPT),
    )
