"""The homes: when each was last heard, and what is odd about what arrived.

A dead gateway, a dead router and a quiet home look the same from here, so a home that is not heard for an
hour is an alert of the desk's own.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise, takewhile
from typing import Final

import msgspec

from desk.answers_book import Given
from desk.gateways_book import KeyLine
from desk.heads_book import Cut
from desk.store import Place, Store
from gateway.uplink import keys, wire
from models.localtime import DAY_S, utc_seconds

UNHEARD_S: Final = 60 * 60
"""Four heartbeats (RELIABILITY, fault 31)."""

OVERTAKEN_S: Final = 20 * 60
"""Alerts overtake summaries, and a retry takes up to a quarter of an hour: only then is a gap worth a word."""

_REPAIRED: Final = 1_000_000
"""A gateway that had to repair its storage goes on at a number far beyond any that it can have used."""

STEPS_THAT_GO_ON: Final = 3
"""In a day: a gateway that was set back by a restored card makes one, two that take turns make one each time."""

CUT_SHOWN_S: Final = 30 * DAY_S
REFUSED_SHOWN_S: Final = 7 * DAY_S

TEST_CALL_S: Final = 20 * 60
"""A test of a help button is announced for 15 minutes; from a home that was not heard of since, it is none any more."""

NOT_LIVE: Final = {
    "never": "Not live yet: no walk-test has passed here. What it says may come from sensors that nobody has tried.",
    "other_config": "Not live: its sensors are others than at the walk-test, and the new ones were not tried.",
}
TRIED: Final = {
    "in_part": "Live, but not all of it was tried: something was left out of the walk-test. Its certificate says what.",
    "drifted": "Not all is as it was at the walk-test: see what the technician is told.",
}


class HeadLine(msgspec.Struct, frozen=True, kw_only=True):
    """What the home last said of its own record: how many entries, and the hash of the last. `at_s` is UTC."""

    entries: int
    sha256: str
    at_s: int


class HomeLine(msgspec.Struct, frozen=True, kw_only=True):
    """One home. Times are UTC seconds; `status` is its last heartbeat, None if there was none yet.

    Attributes:
        unheard: whether nothing has been received for an hour.
        fingerprint: of the key by which it is known, None if there is none.
        head: of its own record of what left it, None if it never told.
        notes: what is odd about what arrived, in sentences.
        not_live: why this home is not called live, None if it is, or is of a version that does not say.
        test_call: whether a technician who is there says that the help button is being tried.
        test_call_s: since when that has been said (UTC), None if it is not.
    """

    home: str
    last_heard_s: int
    unheard: bool
    status: wire.Status | None
    fingerprint: str | None
    head: HeadLine | None
    notes: tuple[str, ...]
    not_live: str | None = None
    test_call: bool = False
    test_call_s: int | None = None


def lines(store: Store, now_s: int) -> list[HomeLine]:
    """One line for each home, by id. `now_s` is UTC. Raises StoreError."""
    statuses = {message.home: message for message, _ in store.newest_statuses() if isinstance(message, wire.Status)}
    rows = {home: list(row) for home, row in groupby(store.places(), key=lambda place: place.home)}
    known = {home: list(row) for home, row in groupby(store.gateways.lines(now_s), key=lambda line: line.home)}
    heads = {one.home: HeadLine(entries=one.entries, sha256=one.sha256, at_s=one.at_s) for one in store.heads.last()}
    cuts = {cut.home: cut for cut in store.heads.cuts()}
    given: dict[str, list[Given]] = {}
    for one in store.answers.given(since_s=now_s - REFUSED_SHOWN_S):
        given.setdefault(one.home, []).append(one)
    found = []
    for home, _, last_s in store.homes():
        status, key = statuses.get(home), known.get(home, [None])[0]
        notes = [*_trust(known.get(home, []), cuts.get(home), now_s), *_refused(given.get(home, []))]
        notes += _notes(status, rows.get(home, []), now_s)
        announced_s = None if status is None else _announced_s(store, status, now_s)
        found.append(
            HomeLine(
                home=home,
                last_heard_s=last_s,
                unheard=now_s - last_s >= UNHEARD_S and (key is None or key.revoked_s is None),
                status=status,
                fingerprint=None if key is None or key.revoked_s else keys.fingerprint(keys.key_of(key.key)),
                head=heads.get(home),
                notes=tuple(notes),
                not_live=None if status is None else NOT_LIVE.get(status.walk_test or ""),
                test_call=announced_s is not None,
                test_call_s=announced_s,
            )
        )
    return found


def _announced_s(store: Store, status: wire.Status, now_s: int) -> int | None:
    """Since when a test call is announced, by the home's clock: a call from before that is none."""
    if not status.test_call or abs(now_s - utc_seconds(status.raised_at)) >= TEST_CALL_S:
        return None
    said = takewhile(lambda one: isinstance(one[0], wire.Status) and one[0].test_call, store.statuses(status.home))
    return min((utc_seconds(message.raised_at) for message, _ in said), default=utc_seconds(status.raised_at))


def _trust(known: Sequence[KeyLine], cut: Cut | None, now_s: int) -> Iterable[str]:
    """Whether this is the home that it says it is, and whether its record of itself is whole."""
    if not known:
        yield "No key is known of this home: nothing that it sends is taken until its gateway is enrolled."
        return
    key = known[0]
    if key.revoked_s is not None:
        yield "The key of this home was revoked: nothing that it sends is taken."
    elif key.steps_back >= STEPS_THAT_GO_ON:
        yield (
            "Two gateways may be using the identity of this home: "
            f"{key.steps_back} times in the last day a request came with a number that was used before. "
            "Ask the technician to look for a copied card, and to give the gateway a new key."
        )
    if cut is not None and now_s - cut.last_s < CUT_SHOWN_S:
        yield (
            "The home's own record was cut or is kept twice: what it said of it does not go on from what it had said "
            "before. Ask the technician to compare it."
        )


def _refused(given: Sequence[Given]) -> Iterable[str]:
    count = sum(one.refused_s is not None for one in given)
    if count:
        yield f"It did not accept {'an answer' if count == 1 else f'{count} answers'} of the last days."


def _notes(status: wire.Status | None, row: list[Place], now_s: int) -> Iterable[str]:
    if status is not None:
        if (not_live := NOT_LIVE.get(status.walk_test or "")) is not None:
            yield not_live
        if (tried := TRIED.get(status.walk_test or "")) is not None:
            yield tried
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
