"""Keeping the senses awake: restart what may fail, leave down what cannot work, let bugs end the process.

Everything runs in the daemon's one TaskGroup. A source that is away for now comes back by itself; a source
that cannot work as configured stays down while the others go on; any other exception is a bug, ends the
process, and systemd starts it again with a clean memory.
"""

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable
from typing import Final

from gateway.clock import Clock
from gateway.errors import SourceError, SourceUnavailable
from gateway.inbox import Sink, Source
from gateway.log import Log
from gateway.systemd import Notifier

BACKOFF_BASE_S: Final = 1.0
BACKOFF_CAP_S: Final = 20.0
"""A radio must sense again within 30 s of its return (RELIABILITY, row 10): the longest wait, then `SETTLED_S`, then
a connection."""

SETTLED_S: Final = 5.0
"""A source that has run for this long is up: missing adapters and busy pins show in the first second."""

STEADY_S: Final = 5 * 60.0
"""After running for this long a failure is a new one, and the backoff starts anew."""

PINGS_PER_WATCHDOG: Final = 3
"""One ping may be lost and one late before systemd loses patience; sd_watchdog_enabled(3) advises at least two."""


class Backoff:
    """Capped exponential backoff with full jitter: each wait is uniform between 0 and the step's bound.

    Many gateways lose the same server, or one bus loses many sources, at the same moment; jitter keeps them from
    returning at the same moment. Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    """

    def __init__(self, rng: random.Random, *, base_s: float = BACKOFF_BASE_S, cap_s: float = BACKOFF_CAP_S) -> None:
        self._rng = rng
        self._base_s = base_s
        self._cap_s = cap_s
        self._bound_s = base_s
        self.attempts = 0

    def next_s(self) -> float:
        """How long to wait now, seconds."""
        wait_s = self._rng.uniform(0.0, self._bound_s)
        self._bound_s = min(self._cap_s, self._bound_s * 2)
        self.attempts += 1
        return wait_s

    def reset(self) -> None:
        """Begin again at the base."""
        self._bound_s = self._base_s
        self.attempts = 0


async def supervise(
    source: Source,
    sink: Sink,
    clock: Clock,
    rng: random.Random,
    log: Log,
    *,
    on_up: Callable[[str], None],
    on_down: Callable[[str, SourceError], None],
) -> None:
    """Run `source` for as long as it can work; returns when it is finished or cannot work as configured.

    Args:
        source: what senses; its edges go to `sink`.
        sink: takes edges from any thread.
        clock: what elapses.
        rng: for the jitter.
        log: told of failures with their advice, of repeated ones ever more rarely.
        on_up: called with the source's name when it has run for `SETTLED_S`, at first and after being down.
        on_down: called with the name and the error when it goes down, once: a `SourceUnavailable` is retried,
            any other `SourceError` is for good.

    Raises whatever else the source raises: that is a bug. So is a source that cancels itself: a TaskGroup would
    take that for an ordinary end, and the source would be gone without a word.
    """
    backoff = Backoff(rng)
    is_down = False
    while True:
        started_s = clock.monotonic_s()
        error, settled = await _attempt(source, sink, clock, on_up)
        if error is None:
            log.info("source_finished", source=source.name)
            return
        if settled or not is_down or not isinstance(error, SourceUnavailable):
            on_down(source.name, error)
        is_down = True
        if not isinstance(error, SourceUnavailable):
            log.error("source_failed", source=source.name, fault=error)
            return
        if clock.monotonic_s() - started_s >= STEADY_S:
            backoff.reset()
        wait_s = backoff.next_s()
        # the 1st, 2nd, 4th, 8th … failure: a month without an adapter is 20 lines on the card, not 260,000
        if backoff.attempts.bit_count() == 1:
            log.warning("source_unavailable", source=source.name, attempt=backoff.attempts, fault=error)
        await clock.sleep_s(wait_s)


async def _attempt(
    source: Source, sink: Sink, clock: Clock, on_up: Callable[[str], None]
) -> tuple[SourceError | None, bool]:
    """Run `source` once. Returns its error (None: it finished) and whether it was up meanwhile."""
    running = asyncio.ensure_future(source.run(sink))
    settling = asyncio.ensure_future(clock.sleep_s(SETTLED_S))
    settled = False
    try:
        await asyncio.wait({running, settling}, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            settled = True
            on_up(source.name)
        await asyncio.wait({running})
        if running.cancelled():
            raise RuntimeError("a source cancelled itself")
        running.result()
    except (SourceError, BaseExceptionGroup) as raised:
        return _source_error(raised), settled
    finally:
        for task in (running, settling):
            task.cancel()
        await asyncio.gather(running, settling, return_exceptions=True)
    return None, settled


def _source_error(raised: SourceError | BaseExceptionGroup[BaseException]) -> SourceError:
    """The error of a source that runs several things in a TaskGroup; one that is for good outweighs the others.

    Raises `raised` itself if anything else than source errors is in it.
    """
    if isinstance(raised, SourceError):
        return raised
    _, bugs = raised.split(SourceError)
    if bugs is not None:
        raise raised
    errors = [_source_error(one) for one in raised.exceptions if isinstance(one, SourceError | BaseExceptionGroup)]
    return next((error for error in errors if not isinstance(error, SourceUnavailable)), errors[0])


class Watchdog:
    """Tells systemd that the pipeline, not merely the event loop, is alive (RELIABILITY, row 24).

    Args:
        notifier: the line to systemd; its `watchdog_s` is the patience.
        clock: what elapses.
        probe: a round trip through the inbox: returns once the pipeline has answered. A quiet home gives the
            pipeline nothing to do; the probe tells quiet from stuck.
    """

    def __init__(self, notifier: Notifier, clock: Clock, probe: Callable[[], Awaitable[None]]) -> None:
        self._notifier = notifier
        self._clock = clock
        self._probe = probe
        self._progress = asyncio.Event()

    def progressed(self) -> None:
        """The pipeline has finished a piece of work. To be called on the loop's thread."""
        self._progress.set()

    async def run(self) -> None:
        """Ping until cancelled, never without proof. Returns at once where systemd does not ask for it."""
        if self._notifier.watchdog_s is None:
            return
        while True:
            await self._proof()
            self._progress.clear()
            self._notifier.watchdog()
            await self._clock.sleep_s(self._notifier.watchdog_s / PINGS_PER_WATCHDOG)

    async def _proof(self) -> None:
        """Return once the pipeline has got something done; if it never does, systemd ends the process."""
        if self._progress.is_set():
            return
        proofs = {asyncio.ensure_future(self._probe()), asyncio.ensure_future(self._progress.wait())}
        try:
            done, _ = await asyncio.wait(proofs, return_when=asyncio.FIRST_COMPLETED)
            for proof in done:
                proof.result()
        finally:
            for proof in proofs:
                proof.cancel()
            await asyncio.gather(*proofs, return_exceptions=True)


def install_stop_signals(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Set `stop` on SIGTERM (systemd) and SIGINT (a person at a terminal)."""
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
