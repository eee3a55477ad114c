"""The uplink's loop: oldest first, alerts before summaries before the newest status, until told to stop.

It looks once a second whether outbox.db has changed. That is one small read of a page that the kernel has
in memory, needs nothing but the file between the two users, and brings an alert out within a second.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Container, Sequence
from functools import partial
from typing import Final, Protocol

from gateway.clock import Clock
from gateway.errors import GatewayError, StoreError, UplinkRejected, UplinkUnavailable
from gateway.log import Log
from gateway.uplink.backoff import Backoff
from gateway.uplink.book import Book
from gateway.uplink.replies import Receipt, Sealed

POLL_S: Final = 1.0

ASKED_FOR_S: Final = 3600.0
"""For so long after an alert or news of one, people are asked, and what they answer comes with the receipt of a
heartbeat: that is then tried as often as an alert."""

_TRIES: Final = 2
"""Of one message in one round."""

_ALERTS: Final = frozenset({"alert", "alert_update"})
_STATUS: Final = "status"


class Waiting(Protocol):
    """A message in the outbox."""

    @property
    def id(self) -> str:
        """The message's id."""

    @property
    def type(self) -> str:
        """`alert`, `alert_update`, `summary` or `status`."""


class Outbox(Protocol):
    """What the uplink asks of outbox.db, which it only reads; every method may raise StoreError."""

    def changed(self) -> bool:
        """Whether anything was committed since the last call."""

    def pending(self, settled: Container[str]) -> Sequence[Waiting]:
        """The messages whose ids are not in `settled`, in the order of sending.

        Urgent alerts, other alerts and updates, summaries, statuses; the oldest first in each.
        """

    def body(self, message_id: str) -> bytes | None:
        """Exactly the bytes to send, or None if the message is no longer kept."""


class Provider(Protocol):
    """Where messages go: `gateway.uplink.client.Client`."""

    def deliver(self, message_id: str, body: bytes) -> Receipt:
        """Block until there is a receipt. Raises UplinkUnavailable or UplinkRejected."""

    def abort(self) -> None:
        """End a delivery that is under way, from another thread, and refuse further ones."""


class Service:
    """Sends what waits in the outbox and records what became of it.

    Args:
        outbox: read-only.
        book: this process's own record.
        provider: where to.
        clock: what waits are measured by.
        log: told what became of each message, and of a trouble once.
        backoff: how long to leave a failing provider alone.
        progress: called at least every second unless a delivery is under way, for the watchdog.
        answers: given what a receipt brings (`gateway.uplink.letterbox`); it may raise StoreError, and the receipt
            stands all the same: the desk brings answers until the daemon has said that it took them.
    """

    def __init__(
        self,
        outbox: Outbox,
        book: Book,
        provider: Provider,
        clock: Clock,
        log: Log,
        *,
        backoff: Backoff | None = None,
        progress: Callable[[], None] = lambda: None,
        answers: Callable[[Sequence[Sealed]], None] = lambda _: None,
    ) -> None:
        self._outbox = outbox
        self._book = book
        self._provider = provider
        self._clock = clock
        self._log = log
        self._backoff = backoff or Backoff(random.SystemRandom().random)
        self._progress = progress
        self._answers = answers
        self._stopping = asyncio.Event()
        self._failed_at_s = 0.0
        self._asked_until_s = 0.0
        self._look_anew = True
        self._waiting: list[Waiting] = []
        self._attempts: Counter[str] = Counter()
        self._stumbles: Counter[str] = Counter()
        self._told: str | None = None

    async def run(self) -> None:
        """Send until `stop`. A message whose receipt is cut off by the stop is sent again at the next start."""
        stopped = asyncio.create_task(self._stopping.wait())
        try:
            while not self._stopping.is_set():
                self._progress()
                self._look()
                if self._is_due():
                    await self._round()
                nap = asyncio.ensure_future(self._clock.sleep_s(POLL_S))
                await asyncio.wait({nap, stopped}, return_when=asyncio.FIRST_COMPLETED)
                nap.cancel()
        finally:
            stopped.cancel()
            self._provider.abort()

    def stop(self) -> None:
        """End `run` soon; to be called on the event loop, such as from a signal handler."""
        self._stopping.set()
        self._provider.abort()

    def _look(self) -> None:
        """Read what waits, if the outbox has changed since the last look."""
        try:
            if self._outbox.changed() or self._look_anew:
                everything = self._outbox.pending(())
                # settled or not, only the newest status still says anything
                statuses = [each.id for each in everything if each.type == _STATUS][:-1]
                self._waiting = [each for each in everything if each.id not in self._book and each.id not in statuses]
                self._look_anew = False
        except StoreError as error:  # the daemon has not made it yet, or is busy with it
            self._waiting, self._look_anew = [], True
            self._tell(error)

    def _is_due(self) -> bool:
        if not self._waiting:
            return False
        now_s = self._clock.monotonic_s()
        hurry = any(message.type in _ALERTS for message in self._waiting) or now_s < self._asked_until_s
        return now_s - self._failed_at_s >= self._backoff.wait_s(alert=hurry)

    async def _round(self) -> None:
        """Send until nothing waits or the provider fails.

        When the provider was reached and stumbled over a message, one other is tried, the one that was
        stumbled over least. If that fails too the provider is at fault, and the round ends. If it is
        delivered, the first has one more try and is then left for the next round: a message that the
        provider cannot digest does not hold up those behind it.
        """
        tries: Counter[str] = Counter()
        failed: UplinkUnavailable | None = None  # what the last delivery failed with
        trouble: UplinkUnavailable | None = None  # what any failed with
        passed_over = ""
        while not self._stopping.is_set():
            waiting = [
                each for each in self._waiting if tries[each.id] < _TRIES and (not failed or each.id != passed_over)
            ]
            if not waiting:
                break
            message = min(waiting, key=lambda each: self._stumbles[each.id]) if failed else waiting[0]
            try:
                await self._deliver(message)
            except UplinkUnavailable as error:
                tries[message.id] += 1
                self._stumbles[message.id] += 1
                trouble = error
                if failed or not error.maybe_message:
                    break
                failed, passed_over = error, message.id
            except StoreError as error:
                self._look_anew = True
                self._tell(error)
                break
            else:
                failed = None
                self._backoff.succeeded()
            self._progress()
            self._look()
        if trouble:
            self._failed(trouble)
        else:
            self._told = None

    async def _deliver(self, message: Waiting) -> None:
        """Send `message` and take it from what waits. Raises UplinkUnavailable, StoreError for the outbox."""
        body = self._outbox.body(message.id)
        if body is not None:
            self._attempts[message.id] += 1
            try:
                receipt = await asyncio.to_thread(self._provider.deliver, message.id, body)
            except UplinkRejected as error:
                # not the provider's own words: they may quote what they refuse, and are in uplink.db
                self._log.error("refused", kind=message.type, http_status=error.status)
                entry = partial(self._book.refused, http_status=error.status, reason=error.problem)
            else:
                attempts = self._attempts[message.id]
                self._log.info("delivered", kind=message.type, attempt=attempts)
                entry = partial(self._book.delivered, sha256=receipt.sha256, attempts=attempts)
                if message.type in _ALERTS:
                    self._asked_until_s = self._clock.monotonic_s() + ASKED_FOR_S
                if receipt.answers:
                    self._write(partial(self._answers, receipt.answers))
            self._write(partial(entry, message.id, message.type))
        del self._attempts[message.id], self._stumbles[message.id]
        self._waiting.remove(message)

    def _write(self, entry: Callable[[], None]) -> None:
        try:
            entry()
        except StoreError as error:  # the book remembers what is settled until this process ends
            self._tell(error)

    def _failed(self, error: UplinkUnavailable) -> None:
        self._failed_at_s = self._clock.monotonic_s()
        self._backoff.failed(error.retry_after_s)
        if not self._stopping.is_set():
            self._tell(error)

    def _tell(self, error: GatewayError) -> None:
        """Log a trouble once, not at every try: a month without internet is one line."""
        if error.problem != self._told:
            self._told = error.problem
            self._log.warning("uplink_trouble", fault=error)
