"""A gateway becomes known, or known by another key: what is asked, checked, and written in one transaction.

Whoever asks has shown that it holds the key that signed the request. Nothing is written for anybody who has neither a
good token nor a known key.
"""

import sqlite3
from typing import Final

from desk import gateways_book, tokens
from desk.database import Database
from gateway.uplink.enrolling import Enrol, Rotate, is_proven
from gateway.uplink.keys import key_id as name_of
from gateway.uplink.keys import key_of
from gateway.uplink.replies import Enrolled
from gateway.uplink.signatures import Signed

FORBIDDEN: Final = 403
CONFLICT: Final = 409
UNPROVEN: Final = 422
REVOKED: Final = 401


class NotTaken(Exception):
    """The desk does not do what was asked; the reason is for the technician.

    Args:
        status: the HTTP status of the refusal.
        reason: why, without a name or a secret.
        highest: the highest request number that was heard of this key, if that is why.
    """

    def __init__(self, status: int, reason: str, *, highest: int | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.highest = highest


def enrol(database: Database, asked: Enrol, signed: Signed, *, now_s: int) -> Enrolled:
    """Know a home by a new key. The same request again (its answer was lost) gets the same answer.

    Raises NotTaken, StoreError.
    """
    with database.transaction() as raw:
        token = tokens.find(raw, asked.token)
        active = _active(raw, asked.home)
        if token is None:
            raise NotTaken(FORBIDDEN, "this desk knows no such token; make one with `wren desk token`")
        if token.home != asked.home:
            raise NotTaken(FORBIDDEN, "the token is for another home")
        if token.used_by is not None:
            if token.used_by == signed.key_id == active:
                return _enrolled(raw, asked.home, asked.key)
            raise NotTaken(FORBIDDEN, "the token has been used; make a new one")
        if now_s - token.made_s >= tokens.TOKEN_S:
            raise NotTaken(FORBIDDEN, "the token has expired; make a new one")
        if raw.execute("SELECT 1 FROM gateways WHERE key_id = ?", (signed.key_id,)).fetchone():
            raise NotTaken(CONFLICT, "this key is known here already; make another one")
        if active is not None:
            if not token.replaces:
                raise NotTaken(CONFLICT, "this home has a gateway; a token made with --replace puts this in its place")
            raw.execute("UPDATE gateways SET revoked_s = ? WHERE key_id = ?", (now_s, active))
        # what the gateway before this one had not taken by now, nobody takes any more
        raw.execute(
            "UPDATE answers SET refused_s = ? WHERE home = ? AND taken_s IS NULL AND refused_s IS NULL",
            (now_s, asked.home),
        )
        raw.execute(  # it is heard from now on: if it is never heard again, that shows
            """INSERT INTO homes VALUES (?, ?, ?)
            ON CONFLICT (home) DO UPDATE SET last_heard_s = max(last_heard_s, excluded.last_heard_s)""",
            (asked.home, now_s, now_s),
        )
        tokens.use(raw, asked.token, signed.key_id, now_s=now_s)
        gateways_book.add(raw, asked.home, asked.key, now_s=now_s, sequence=signed.sequence)
        return _enrolled(raw, asked.home, asked.key)


def rotate(database: Database, asked: Rotate, signed: Signed, *, now_s: int) -> Enrolled:
    """Know a home by another key, which its present key asks for. The same request again gets the same answer.

    Raises NotTaken, StoreError.
    """
    with database.transaction() as raw:
        done = _rotated(raw, asked, signed, now_s)
    if isinstance(done, NotTaken):  # raised here, so that the number of the request stays used
        raise done
    return done


def _rotated(raw: sqlite3.Connection, asked: Rotate, signed: Signed, now_s: int) -> Enrolled | NotTaken:
    new = name_of(key_of(asked.key))
    home, trail, revoked_s, followed_by = raw.execute(
        "SELECT home, trail, revoked_s, followed_by FROM gateways WHERE key_id = ?", (signed.key_id,)
    ).fetchone()
    if revoked_s is not None:
        if followed_by == new == _active(raw, home) and asked.home == home:
            return _enrolled(raw, home, asked.key)
        return NotTaken(REVOKED, "this key was revoked")
    highest = gateways_book.advance(raw, signed.key_id, signed.sequence, now_s=now_s)
    if highest is not None:
        return NotTaken(FORBIDDEN, f"the number of the request is not above {highest}", highest=highest)
    if asked.home != home:
        return NotTaken(FORBIDDEN, "this key is another home's")
    if not is_proven(key_of(asked.key), asked.proof, home, signed.key_id):
        return NotTaken(UNPROVEN, "the new key did not sign for itself")
    if raw.execute("SELECT 1 FROM gateways WHERE key_id = ?", (new,)).fetchone():
        return NotTaken(CONFLICT, "this key is known here already; make another one")
    raw.execute("UPDATE gateways SET revoked_s = ?, followed_by = ? WHERE key_id = ?", (now_s, new, signed.key_id))
    gateways_book.add(raw, home, asked.key, now_s=now_s, trail=trail)
    return _enrolled(raw, home, asked.key)


def _active(raw: sqlite3.Connection, home: str) -> str | None:
    row = raw.execute("SELECT key_id FROM gateways WHERE home = ? AND revoked_s IS NULL", (home,)).fetchone()
    return None if row is None else str(row[0])


def _enrolled(raw: sqlite3.Connection, home: str, key: str) -> Enrolled:
    row = raw.execute("SELECT seq, status_seq, answer FROM numbers WHERE home = ?", (home,)).fetchone()
    seq, status_seq, answer = row or (0, 0, 0)
    return Enrolled(home=home, key=key, last_seq=seq, last_status_seq=status_seq, last_answer=answer)
