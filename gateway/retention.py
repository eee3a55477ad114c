"""Forgets, once a day: readings after the retention time, daily counts and delivered messages long after it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from gateway.clock import Clock
from gateway.log import Log
from models.errors import ModelError
from models.home import Home
from models.localtime import DAY_S
from models.vocabulary import HomeSpec

if TYPE_CHECKING:
    from gateway.store.checkpoints import Checkpoint
    from gateway.store.ledger import Ledger
    from gateway.store.writer import Writer

FIRST_S: Final = 3600.0
"""After the start: a gateway that is switched off every night must forget too."""

EVERY_S: Final = 24 * 3600.0


class Retention:
    """Prunes both databases.

    Args:
        spec: to prove that a checkpoint restores before the inputs behind it go.
        days: how long inputs are kept.
        habit_days: how long daily counts are kept.
        message_days: how long what left the house stays readable for the resident (`wren outbox`).
    """

    def __init__(
        self,
        spec: HomeSpec,
        ledger: "Ledger",
        writer: "Writer",
        clock: Clock,
        log: Log,
        settled: Callable[[], Awaitable[frozenset[str]]],
        *,
        days: int,
        habit_days: int,
        message_days: int,
    ) -> None:
        self._spec = spec
        self._ledger = ledger
        self._writer = writer
        self._clock = clock
        self._log = log
        self._settled = settled
        self._days = days
        self._habit_days = habit_days
        self._message_days = message_days

    async def run(self) -> None:
        """Prune an hour after the start and then every day, until cancelled; never by a clock not known to be right.

        Raises StoreError.
        """
        await self._clock.sleep_s(FIRST_S)
        while True:
            if self._clock.synchronised():
                await self.prune()
            await self._clock.sleep_s(EVERY_S)

    async def prune(self) -> int:
        """Prune now; returns how many inputs were forgotten."""
        now_s = int(self._clock.utc_s())
        before_ms = (now_s - self._days * DAY_S) * 1000
        oldest_day = (datetime.fromtimestamp(now_s, UTC) - timedelta(days=self._habit_days)).date().isoformat()
        inputs = await self._writer.do(lambda: self._ledger.journal.prune(before_ms, self._restores))
        settled = await self._settled()
        messages = await self._writer.do(
            lambda: self._ledger.outbox.prune(now_s - self._message_days * DAY_S, settled, now_s=now_s)
        )
        habits = await self._writer.do(lambda: self._ledger.journal.forget_habits(oldest_day))
        if inputs or messages or habits:
            self._log.info("pruned", count=inputs + messages + habits)
        return inputs

    def _restores(self, checkpoint: "Checkpoint") -> bool:
        try:
            Home.restore(self._spec, checkpoint.state)
        except ModelError:
            return False
        return True
