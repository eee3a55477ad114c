"""The homes: when each was last heard, and what is odd about what arrived.

A dead gateway, a dead router and a quiet home look the same from here, so a home that is not heard for an
hour is an alert of the desk's own.
"""

from collections.abc import Iterable
from itertools import groupby, pairwise
from typing import Final

import msgspec

from desk.store import Heard, Place, Received
from gateway.uplink import wire

UNHEARD_S: Final = 60 * 60
"""Four heartbeats (RELIABILITY, fault 31)."""

OVERTAKEN_S: Final = 20 * 60
"""Alerts overtake summaries, and a retry takes up to a quarter of an hour: only then is a gap worth a word."""

_REPAIRED: Final = 1_000_000
"""A gateway that had to repair its storage goes on at a number far beyond any that it can have used."""


class HomeLine(msgspec.Struct, frozen=True, kw_only=True):
    """One home. Times are UTC seconds; `status` is its last heartbeat, None if there was none yet.

    Attributes:
        unheard: whether nothing has been received for an hour.
        notes: what is odd about what arrived, in sentences.
    """

    home: str
    last_heard_s: int
    unheard: bool
    status: wire.Status | None
    notes: tuple[str, ...]


def lines(heard: Iterable[Heard], statuses: Iterable[Received], places: Iterable[Place], now_s: int) -> list[HomeLine]:
    """One line for each home, by id. `now_s` is UTC."""
    by_home = {message.home: message for message, _ in statuses if isinstance(message, wire.Status)}
    rows = {home: list(row) for home, row in groupby(places, key=lambda place: place.home)}
    return [
        HomeLine(
            home=home,
            last_heard_s=last_s,
            unheard=now_s - last_s >= UNHEARD_S,
            status=by_home.get(home),
            notes=tuple(_notes(by_home.get(home), rows.get(home, []), now_s)),
        )
        for home, _, last_s in heard
    ]


def _notes(status: wire.Status | None, row: list[Place], now_s: int) -> Iterable[str]:
    if status is not None:
        if status.learning:
            yield "Still learning what is ordinary here."
        if status.paused:
            yield "Paused by the resident: nothing is learnt, and what is not urgent waits, for four hours at most."
        if not status.clock_synchronised:
            yield "Its clock is not set; times may be wrong."
        if status.waiting:
            yield f"{_messages(status.waiting)} {'wait' if status.waiting > 1 else 'waits'} there to be sent."
    for before, after in pairwise(row):
        if before.seq == after.seq:
            yield (
                f"Two different messages carry the number {after.seq}: "
                "another gateway may be using this home's id, or its storage was begun anew."
            )
        elif after.seq - before.seq > _REPAIRED:
            yield f"This home's storage was repaired; messages after number {before.seq} may have been lost."
        elif after.seq - before.seq > 1 and now_s - after.received_s >= OVERTAKEN_S:
            yield _missing(before.seq + 1, after.seq - 1)


def _missing(first: int, last: int) -> str:
    if first == last:
        return f"Message {first} of this home has not arrived."
    return f"Messages {first}-{last} of this home have not arrived."


def _messages(count: int) -> str:
    return "1 message" if count == 1 else f"{count} messages"
