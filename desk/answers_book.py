"""What people told the homes: sealed, numbered for each home, and whether the home has dealt with it.

Who told it is kept here and is no part of what is sent.
"""

import base64
import sqlite3
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from desk.database import Database
from gateway.uplink import answers, wire
from gateway.uplink.replies import MAX_ANSWERS, Sealed

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


MOST_TAKEN: Final = 2**48
"""No home has taken so many; numbers go on to 2**53, and a gateway that lies about them must not use them up."""


class Given(NamedTuple):
    """An answer as it was given. Times are UTC seconds; `alert_id` or `resident` is whom it is about, if anybody."""

    home: str
    answer: answers.Answer
    alert_id: str | None
    resident: str | None
    person: str
    given_s: int
    taken_s: int | None
    refused_s: int | None


class AnswersBook:
    """The answers in desk.db."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._decoder: msgspec.json.Decoder[answers.Answer] = msgspec.json.Decoder(answers.Answer)

    def given(self, home: str | None = None, *, since_s: int = 0) -> list[Given]:
        """Every answer, of one home if it is named, in the order in which they were given. Raises StoreError."""
        rows = self._db.rows(
            """SELECT home, payload, alert_id, resident, person, given_s, taken_s, refused_s FROM answers
            WHERE home = coalesce(?, home) AND given_s >= ? ORDER BY given_s, home, seq""",
            (home, since_s),
        )
        return [Given(row[0], self._decoder.decode(base64.b64decode(row[1])), *row[2:]) for row in rows]


def give(
    raw: sqlite3.Connection,
    key: "Ed25519PrivateKey",
    home: str,
    makes: Sequence[Callable[[int], answers.Answer]],
    *,
    person: str,
    resident: str | None,
    alert_id: str | None = None,
    now_s: int,
) -> None:
    """Number, seal and keep an answer to `home` for each of `makes`, which are handed their numbers."""
    raw.execute("INSERT INTO numbers (home) VALUES (?) ON CONFLICT DO NOTHING", (home,))
    for make in makes:
        raw.execute("UPDATE numbers SET answer = answer + 1 WHERE home = ?", (home,))
        (seq,) = raw.execute("SELECT answer FROM numbers WHERE home = ?", (home,)).fetchone()
        sealed = answers.seal(key, make(seq))
        raw.execute(
            """INSERT INTO answers (home, seq, alert_id, resident, payload, signature, person, given_s)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
            (home, seq, alert_id, resident, sealed.payload, sealed.signature, person, now_s),
        )


def waiting(raw: sqlite3.Connection, home: str) -> tuple[Sealed, ...]:
    """The next answers that `home` has not dealt with yet, by its last status; the oldest first."""
    rows = raw.execute(
        """SELECT payload, signature FROM answers JOIN numbers USING (home)
        WHERE home = ? AND answers.seq > answers_taken AND refused_s IS NULL ORDER BY answers.seq LIMIT ?""",
        (home, MAX_ANSWERS),
    ).fetchall()
    return tuple(Sealed(payload=payload, signature=signature) for payload, signature in rows)


def dealt_with(raw: sqlite3.Connection, status: wire.Status, *, now_s: int) -> None:
    """Note what the home says about its answers.

    If it has taken more than this desk remembers to have given, the desk's file was put back from a copy. Answers that
    were given since have numbers that the home knows as others, and count as not accepted; the next ones go above.
    """
    ((given,),) = raw.execute("SELECT answer FROM numbers WHERE home = ?", (status.home,)).fetchall()
    if given < status.answers_taken <= MOST_TAKEN:
        raw.execute(
            "UPDATE answers SET refused_s = ? WHERE home = ? AND taken_s IS NULL AND refused_s IS NULL",
            (now_s, status.home),
        )
        raw.execute("UPDATE numbers SET answer = ? WHERE home = ?", (status.answers_taken, status.home))
    for seq in status.answers_refused:
        raw.execute(
            "UPDATE answers SET refused_s = ?, taken_s = NULL WHERE home = ? AND seq = ? AND refused_s IS NULL",
            (now_s, status.home, seq),
        )
    raw.execute(
        "UPDATE answers SET taken_s = ? WHERE home = ? AND seq <= ? AND taken_s IS NULL AND refused_s IS NULL",
        (now_s, status.home, status.answers_taken),
    )
    raw.execute("UPDATE numbers SET answers_taken = ? WHERE home = ?", (status.answers_taken, status.home))
