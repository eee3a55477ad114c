"""What left this home, day by day and in sentences: the trail, read for the person whose home it is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from operator import itemgetter
from typing import Final

import msgspec

from gateway.config.places import Places
from gateway.store.outbox_reader import OutboxReader
from gateway.store.trail import What
from gateway.store.trail_rows import Entry
from gateway.trail import wording_leaving as wording
from gateway.transcript import State, Transcript
from gateway.uplink import wire

_ABOUT_DELIVERY: Final = (What.DELIVERED, What.REFUSED)


@dataclass(slots=True)
class Day:
    """A day of the home's own clock.

    Attributes:
        day: its date.
        left: when (UTC seconds) and what, for all but the heartbeats.
        here: when and what was done here.
        sizes: the bytes of each heartbeat whose text is kept.
        confirmed: how many of them the desk confirmed.
    """

    day: date
    left: list[tuple[int, str]] = field(default_factory=list)
    here: list[tuple[int, str]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    confirmed: int = 0

    def beats(self) -> list[str]:
        """What there is to say of the heartbeats, and that nothing else left."""
        count = len(self.sizes)
        said = [wording.beats(count, min(self.sizes, default=0), max(self.sizes, default=0), alone=not self.left)]
        return [*said, wording.beats_confirmed(self.confirmed, count)] if count else said


def days(places: Places, transcript: Transcript, zone: tzinfo, since_s: int = 0) -> Iterator[Day]:
    """The days from `since_s` (UTC) on in order, with what was entered on each. Raises StoreError."""
    with OutboxReader(places.outbox_db) as outbox:
        confirmed = {entry.ref for entry in outbox.trail() if entry.what == What.DELIVERED}
        confirmed |= {entry.id for entry in transcript.entries if entry.state is State.DELIVERED}
        found: dict[date, Day] = {}
        became = _Became(transcript, zone)
        for entry in outbox.trail():
            if entry.at_s >= since_s:
                day = datetime.fromtimestamp(entry.at_s, zone).date()
                _enter(found.setdefault(day, Day(day)), entry, confirmed, became)
    yield from (found[day] for day in sorted(found))


def _enter(day: Day, entry: Entry, confirmed: set[str], became: "_Became") -> None:
    if entry.what == What.HEARTBEAT:
        if entry.body is not None:
            day.sizes.append(len(entry.body))
            day.confirmed += entry.ref in confirmed
    elif entry.what == What.MESSAGE:
        day.left.append((entry.at_s, f"{_said(entry.body)} {became.of(entry.ref)}".rstrip()))
    elif entry.what not in _ABOUT_DELIVERY:
        day.here.append((entry.at_s, (entry.body or b"").decode() or wording.gone_here()))


def _said(body: bytes | None) -> str:
    if body is None:
        return wording.gone()
    try:
        return wording.message(wire.decode(body))
    except msgspec.DecodeError:
        return wording.unreadable(len(body))


class _Became:
    """What became of each message, by its id."""

    def __init__(self, transcript: Transcript, zone: tzinfo) -> None:
        self._entries = {entry.id: entry for entry in transcript.entries}
        self._zone = zone

    def of(self, message_id: str) -> str:
        entry = self._entries.get(message_id)
        if entry is None or entry.state is State.SUPERSEDED:
            return ""
        at = "" if entry.settled_s is None else f"{datetime.fromtimestamp(entry.settled_s, self._zone):%H:%M}"
        return wording.became(entry.state, at)


def text(found: Iterable[Day], zone: tzinfo, *, since_s: int = 0) -> Iterator[tuple[str, str]]:
    """Lines to show, each with a style of `gateway.cli.page` ("bold", "dim" or none)."""
    any_day = False
    for day in found:
        any_day = True
        yield f"{day.day:%A} {day.day.day} {day.day:%B %Y}", "bold"
        for at_s, said in sorted(day.left, key=itemgetter(0)):
            yield f"  {datetime.fromtimestamp(at_s, zone):%H:%M}  {said[0].upper()}{said[1:]}", ""
        for said in day.beats():
            yield f"  {said}", ""
        for number, (at_s, said) in enumerate(sorted(day.here, key=itemgetter(0))):
            if not number:
                yield f"  {wording.HERE}", "dim"
            yield f"    {datetime.fromtimestamp(at_s, zone):%H:%M}  {said}", "dim"
        yield "", ""
    if any_day:
        yield wording.beats_say(), ""
        yield wording.NOT_LEFT, ""
    else:
        yield wording.NOTHING_SINCE if since_s else wording.NOTHING, ""
