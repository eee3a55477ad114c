"""The way back in: what people at the desk answered, from the messenger's file into the home.

A `gateway.inbox.Source` like a sensor's driver. The messenger has the network and is believed nothing: the seal of each
answer is checked here with the desk's key that `wren enrol` left in the private folder, then its home, its number (each
once, none below), and what this home allows (`gateway.answers.answer_bounds`). What is taken is an input like any
other: stamped, journalled, stepped, replayed. That it was taken is written down only once the journal has it, so
one that was under way when the power went is taken again, and counts once.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from gateway import desk_key
from gateway.answers import answered
from gateway.answers.answer_bounds import Bounds, Input
from gateway.answers.answered import Answered, Dealt, Refused
from gateway.answers.wording_answered import REASONS
from gateway.aside import Aside
from gateway.clock import Clock, nap
from gateway.errors import StoreError
from gateway.inbox import Edge, Sink
from gateway.log import Log
from gateway.store.trail import What
from gateway.trail.wording_trail import answer_refused, answer_taken, told
from gateway.uplink.answers import NotSealed, opened
from gateway.uplink.book_reader import BookReader, Given
from gateway.uplink.keys import key_of
from models.localtime import DAY_S

if TYPE_CHECKING:
    from gateway.config.places import Places
    from gateway.desk_key import DeskFile
    from gateway.store.trail import Note
    from gateway.store.writer import Writer
    from gateway.trail.audit import Audit

T = TypeVar("T")

EVERY_S: Final = 2.0
"""Somebody at the desk waits to see that the home has heard."""

MOST_AT_ONCE: Final = 64
"""Of answers that are looked at; the next look takes the next ones. The desk brings sixteen with a receipt."""

MOST_A_DAY: Final = 1000
"""Of answers that are dealt with in 24 hours; people give fifty. Each is written into the trail, which is kept for a
year, and makes a heartbeat: a desk that was taken over must not fill the card, for a full one ends the watching."""

MOST_REFUSED: Final = 8
"""That a heartbeat names (`gateway.uplink.wire.Status`)."""


@dataclass(slots=True)
class _UnderWay:
    """An answer that was handed over, or refused, and is not yet written down. `kept`: the journal has it."""

    dealt: Dealt
    to_tell: Input | None
    kept: bool


class WayBack:
    """A `gateway.inbox.Source` that takes answers.

    Args:
        home: whom they must be for.
        places: where the messenger keeps them, where the desk's key is, and where it is written what was taken.
        bounds: what of them this home does.
        writer: the thread that has the outbox, and writes.
        audit: notes in the trail what became of each.
        aside: reads the messenger's file.
        clock: paces the looks and stamps what is taken.
        log: told what became of each, and of those that nobody sealed once.

    Attributes:
        dealt: called when something was dealt with and written down.
    """

    name = "way-back"

    def __init__(
        self,
        home: str,
        places: "Places",
        bounds: Bounds,
        writer: "Writer",
        audit: "Audit",
        aside: Aside,
        clock: Clock,
        log: Log,
    ) -> None:
        self._home = home
        self._places = places
        self._book = BookReader(places.uplink_db)
        self._bounds = bounds
        self._writer = writer
        self._audit = audit
        self._clock = clock
        self._log = log
        self.dealt: Callable[[], None] = lambda: None
        self._aside = aside
        self._desk: DeskFile | None = None
        self._answered: Answered | None = None
        self._under_way: deque[_UnderWay] = deque()
        self._seen: tuple[object, ...] = ()
        self._look_again = True
        self._kept = asyncio.Event()
        self._told_of_seals = False
        self._dealt_at_s: deque[float] = deque(maxlen=MOST_A_DAY)
        self._told_of_many = False
        self._trouble = ""

    @property
    def taken(self) -> int:
        """The number of the last answer that was dealt with, durably."""
        return 0 if self._answered is None else self._answered.taken

    @property
    def refused(self) -> tuple[int, ...]:
        """The numbers of the last ones that were refused, for the heartbeat."""
        return () if self._answered is None else self._answered.refused(MOST_REFUSED)

    async def begin(self) -> None:
        """Find out how far the home has got, so that the first heartbeat can say so. Raises nothing."""
        await self._read(self._learn)

    async def run(self, sink: Sink) -> None:
        """Look for answers until cancelled. Raises StoreError when the trail cannot be written."""
        self._under_way.clear()
        self._look_again = True  # after a restart what was under way is handed over again
        while True:
            await self._look(sink)
            await nap(self._clock, EVERY_S, self._kept.wait())
            await self._write_down()

    async def _look(self, sink: Sink) -> None:
        """Hand over what is new. Two small reads of what the kernel has in memory, unless something has changed."""
        if self._are_too_many():
            return
        seen = _stamp(self._places.uplink_db), _stamp(self._places.desk)
        if seen == self._seen and not self._look_again:
            return
        # twice after a change: a file's time may be the same for two changes within 4 ms
        self._look_again = seen != self._seen
        self._seen = seen
        desk = self._desk
        given = await self._read(self._given)
        if desk != self._desk:  # it numbers on its own
            self._under_way.clear()
        for one in given or ():
            await self._take(one, sink)
        self._look_again |= len(given or ()) == MOST_AT_ONCE
        if self._under_way and self._under_way[0].kept:
            self._kept.set()

    def _are_too_many(self) -> bool:
        latest = self._dealt_at_s
        are = len(latest) == MOST_A_DAY and self._clock.monotonic_s() - latest[0] < DAY_S
        if are and not self._told_of_many:
            self._log.error("too_many_answers", count=MOST_A_DAY)
        self._told_of_many = are
        return are

    def _learn(self) -> None:
        """Read the desk's key and how far the home has got with what this desk numbers. Raises StoreError."""
        desk = desk_key.read(self._places.desk)
        if desk is None:
            self._desk = self._answered = None
        elif desk != self._desk:
            found: Answered | None = None
            with suppress(StoreError):  # what is lost is taken again
                found = answered.read(self._places.answers)
            is_new = found is None or found.desk_key != desk.desk_key
            self._answered = Answered(desk_key=desk.desk_key, taken=desk.last_answer) if is_new else found
            self._desk = desk

    def _given(self) -> list[Given]:
        self._learn()
        if self._answered is None:
            return []
        handed = self._under_way[-1].dealt.seq if self._under_way else self._answered.taken
        return self._book.answers(above=handed, most=MOST_AT_ONCE)

    async def _read(self, work: Callable[[], T]) -> T | None:
        """Do `work`; a trouble is told once and is no reason to stop watching: it is tried again at the next look."""
        try:
            found = await self._aside.do(work)
        except StoreError as error:
            self._look_again = True
            if error.problem != self._trouble:
                self._trouble = error.problem
                self._log.warning("answers_unreadable", fault=error)
            return None
        self._trouble = ""
        return found

    async def _take(self, given: Given, sink: Sink) -> None:
        assert self._desk is not None
        try:
            answer = opened(key_of(self._desk.desk_key), given.sealed, home=self._home)
            if answer.seq != given.seq:
                raise NotSealed("it is kept under another number")
        except NotSealed as error:
            if not self._told_of_seals:
                self._log.error("answer_not_sealed", fault=error)
            self._told_of_seals = True
            return
        at_s, clock_set = int(self._clock.utc_s()), self._clock.synchronised()
        judge = partial(self._bounds.judge, answer, at_s, clock_set=clock_set)
        dealt, to_tell = await self._writer.do(judge)
        self._under_way += self._never_came(answer.seq, at_s)
        self._dealt_at_s.append(self._clock.monotonic_s())
        one = _UnderWay(dealt, to_tell, kept=to_tell is None)
        self._under_way.append(one)
        if to_tell is not None:
            sink(Edge(self._clock.monotonic_s(), to_tell.told.name(), to_tell.value, kept=partial(self._is_kept, one)))

    def _never_came(self, seq: int, at_s: int) -> list[_UnderWay]:
        """The answers between the last one and this: the desk counts without gaps, and must not take them for taken."""
        assert self._answered is not None
        last = self._under_way[-1].dealt.seq if self._under_way else self._answered.taken
        return [
            _UnderWay(Dealt(seq=one, at_s=at_s, what="unknown", refused=Refused.NEVER_CAME), None, kept=True)
            for one in range(max(last + 1, seq - MOST_REFUSED), seq)
        ]

    def _is_kept(self, one: _UnderWay) -> None:
        one.kept = True
        self._kept.set()

    async def _write_down(self) -> None:
        """That they were dealt with: those in front of which none is still on its way."""
        self._kept.clear()
        done: list[_UnderWay] = []
        while self._under_way and self._under_way[0].kept:
            done.append(self._under_way.popleft())
        if not done or self._answered is None:
            return
        await self._audit.note_all(self._entry(one) for one in done)
        after = self._answered
        for one in done:
            after = after.with_one(one.dealt)
        try:
            await self._writer.do(partial(answered.write, self._places.answers, after))
        except StoreError as error:  # they are taken again after the next start, and count once
            self._log.warning("answers_not_written", fault=error)
        self._answered = after
        for one in done:
            seq, kind, reason = one.dealt.seq, one.dealt.what, one.dealt.refused
            if reason is None:
                self._log.info("answer_taken", kind=kind, seq=seq)
            else:
                self._log.warning("answer_refused", kind=kind, seq=seq, reason=reason.name.lower())
        self.dealt()

    def _entry(self, one: _UnderWay) -> "Note":
        seq, reason = one.dealt.seq, one.dealt.refused
        if one.to_tell is None or reason is not None:
            because = "it cannot be used" if reason is None else REASONS[reason]
            return self._audit.entry(What.ANSWER_REFUSED, str(seq), answer_refused(seq, because))
        return self._audit.entry(What.ANSWER_TAKEN, str(seq), answer_taken(seq, told(*one.to_tell)))


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What changes when the file does."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
