"""Stamp, step, store: the one path by which anything gets into the home.

Inputs are kept in batches, at most `BATCH_S` old when they reach the card; what led to a message is flushed
before the message is, and both at once. One coroutine owns the home, so nothing here is locked.
"""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway.clock import Clock, nap
from gateway.inbox import Inbox
from gateway.log import Log
from gateway.messages import drafts_of, tables_of
from gateway.portrait import portrait_of, write
from gateway.recovery import Recovered, link
from gateway.stamping import Stamper
from gateway.trail.audit import told_note
from models.localtime import DAY_S
from models.vocabulary import HabitTable, Reading, Said

if TYPE_CHECKING:
    from gateway.store.ledger import Ledger
    from gateway.store.outbox import Draft
    from gateway.store.trail import Note
    from gateway.store.writer import Writer
    from models.home import Home

BATCH_S: Final = 60.0
"""At most this much may be lost to a power cut (RELIABILITY, row 1), but never an alert."""

BATCH_ROWS: Final = 2_000
CHECKPOINT_S: Final = 3600.0
"""Hourly: a checkpoint for each batch would write 300 MB a day."""

GRACE_MS: Final = 2_000
"""Time is let pass only up to this long ago, so that an edge still on its way from a driver is not late. What
is raised carries its deadline all the same."""

_SLICE: Final = 200
_IDLE_S: Final = 30.0


class Pipeline:
    """From the inbox to the store.

    Args:
        recovered: the home, caught up with the journal.
        stamper: made before the first sensor was read.
        inbox: where edges come from.
        ledger, writer: the databases, and the thread that owns them.
        clock: stamps what happens.
        log: for what goes wrong.
        portrait: the file that shows what was learnt (see `gateway.portrait`).
        progressed: called after each piece of work, for the watchdog.
        said: shown everything that the home says, before it is durable.

    Attributes:
        home: what it steps.
        last_seq: sequence number of the last input that the home has seen.
        accepted: readings that were given to the home since the start.
    """

    def __init__(
        self,
        recovered: Recovered,
        stamper: Stamper,
        inbox: Inbox,
        ledger: "Ledger",
        writer: "Writer",
        clock: Clock,
        log: Log,
        portrait: Path,
        *,
        progressed: Callable[[], None] = lambda: None,
        said: Callable[[Said], None] = lambda _: None,
    ) -> None:
        self.home: Home = recovered.home
        self.last_seq = recovered.last_seq
        self.accepted = 0
        self._recovered = recovered
        self._inbox = inbox
        self._ledger = ledger
        self._writer = writer
        self._clock = clock
        self._log = log
        self._portrait = portrait
        self._progressed = progressed
        self._said = said
        self._stamper = stamper
        self._numbers: Iterator[int] = iter(())
        self._rows: list[tuple[int, Reading]] = []
        self._tables: list[HabitTable] = []
        self._notes: list[Note] = []
        self._flushed_s = self._checkpoint_s = clock.monotonic_s()
        self._kept_back_on: int | None = None
        self._asked = asyncio.Event()
        self._questions: list[asyncio.Future[None]] = []
        self._stopping = False

    async def begin(self) -> None:
        """Say what recovering said, and tell the home for how long nobody was looking. Raises StoreError."""
        before_ms = self._recovered.blind_from_ms
        drafts = drafts_of(self.home.spec.id, self._recovered.said)
        self._tables += tables_of(self._recovered.said)
        if before_ms is not None:
            seeing_ms = max(self._stamper.first_ms, before_ms)
            drafts += await self._take([link(before_ms, up=False), link(seeing_ms, up=True)])
            self._stamper.passed(seeing_ms)
        await self._commit(drafts)
        await self._show()  # the one that lies there is as old as the stop, or another version's

    async def run(self) -> None:
        """Work until `stop`. Raises StoreError when a database can no longer be used."""
        while not self._stopping:
            questions, self._questions = self._questions, []
            await self._work()
            for question in questions:
                if not question.done():  # who asked may have gone
                    question.set_result(None)
            self._progressed()
            await self._wait()
        await self._work()
        await self.checkpoint()

    def stop(self) -> None:
        """Let `run` deal with what has come in, keep what was learnt, and return."""
        self._stopping = True
        self._asked.set()

    async def probe(self) -> None:
        """Return once the pipeline has gone round, from beginning to end (for the watchdog)."""
        question = asyncio.get_running_loop().create_future()
        self._questions.append(question)
        self._asked.set()
        await question

    async def settle(self) -> None:
        """Return once everything that was handed over so far has been dealt with (for the demo and tests)."""
        await asyncio.sleep(0)  # what drivers handed over comes in by the loop
        await self.probe()

    async def _work(self) -> None:
        # Fixed before the inbox is emptied: a flush below may take seconds, and what comes in meanwhile is not late.
        until_ms = self._stamper.now_ms() - GRACE_MS
        await asyncio.sleep(0)  # what drivers handed over while the loop was busy comes in first
        edges = self._inbox.drain()
        readings = [self._stamper.reading(edge) for edge in edges]
        waited_for = [edge.kept for edge in edges if edge.kept is not None]
        step = self._stamper.step()  # after the edges: they came before it, by the clock of then
        if step is not None:
            self._log.warning("clock_stepped", step_s=step.value)
            readings.append(step)
        for start in range(0, len(readings), _SLICE):
            drafts = await self._take(readings[start : start + _SLICE])
            if drafts:
                await self._commit(drafts)
            else:
                await asyncio.sleep(0)
        said = self.home.advance(until_ms) if self.home.now_ms and step is None else []
        self._stamper.passed(self.home.now_ms)
        drafts = self._drafts(said)
        old = self._clock.monotonic_s() - self._flushed_s >= BATCH_S
        if drafts or old or waited_for or step is not None or len(self._rows) >= BATCH_ROWS:
            await self._commit(drafts)
        for kept in waited_for:
            kept()
        if waited_for:
            await self._show()  # whoever told the home something looks whether it was heard
        if self._clock.monotonic_s() - self._checkpoint_s >= CHECKPOINT_S:
            await self.checkpoint()

    async def _take(self, readings: list[Reading]) -> list["Draft"]:
        said: list[Said] = []
        for reading in readings:
            seq = next(self._numbers, None)
            if seq is None:
                self._numbers = iter(await self._writer.do(self._ledger.journal.reserve))
                seq = next(self._numbers)
            self._rows.append((seq, reading))
            self.last_seq = seq
            self._notes += told_note(reading)
            said += self.home.step(reading)
        self.accepted += len(readings)
        return self._drafts(said)

    def _drafts(self, said: list[Said]) -> list["Draft"]:
        for one in said:
            self._said(one)
        self._tables += tables_of(said)
        return drafts_of(self.home.spec.id, said)

    async def _commit(self, drafts: list["Draft"]) -> None:
        rows, self._rows = self._rows, []
        tables, self._tables = self._tables, []
        notes, self._notes = self._notes, []
        alive_ms = self._stamper.now_ms()
        try:
            commit = partial(self._ledger.commit, rows, drafts, alive_ms=alive_ms, tables=tables, notes=notes)
            await self._writer.do(commit)
        except BaseException:
            self._rows = rows + self._rows  # repeats are ignored: handing them over again is safe
            self._tables = tables + self._tables
            self._notes = notes + self._notes
            raise
        self._flushed_s = self._clock.monotonic_s()
        day = int(self._clock.utc_s()) // DAY_S
        if (count := self._ledger.outbox.kept_back) and day != self._kept_back_on:
            self._kept_back_on = day  # `wren status` counts the others
            self._log.warning("allowance_used_up", count=count)

    async def checkpoint(self) -> None:
        """Keep what was learnt. Raises StoreError."""
        await self._commit([])
        state, seq, at_ms = self.home.state(), self.last_seq, self.home.now_ms
        await self._writer.do(lambda: self._ledger.journal.save_checkpoint(seq, state, at_ms))
        self._checkpoint_s = self._clock.monotonic_s()
        await self._show()

    async def _show(self) -> None:
        if not self.home.now_ms:
            return
        try:
            portrait = portrait_of(self.home.portrait())
            await self._writer.do(lambda: write(self._portrait, portrait))
        except (OSError, ValueError) as error:  # a picture is no reason to stop watching
            self._log.warning("portrait_not_written", fault=error)

    async def _wait(self) -> None:
        """Return when there is an edge, when something is due, or when the watchdog asks."""
        if self._stopping:
            return
        await nap(self._clock, self._nap_s(), self._inbox.wait(), self._asked.wait())
        self._asked.clear()

    def _nap_s(self) -> float:
        nap_s = min(_IDLE_S, BATCH_S - (self._clock.monotonic_s() - self._flushed_s))
        due_ms = self.home.deadline_ms()
        if due_ms is not None:
            nap_s = min(nap_s, (due_ms + GRACE_MS - self._stamper.now_ms()) / 1000)
        return max(nap_s, 0.02)
