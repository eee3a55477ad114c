"""A running service over real TLS, whose clock the test moves."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from gateway.clock import ManualClock
from gateway.log import Log
from gateway.uplink.backoff import CAP_S, Backoff
from gateway.uplink.book import Book
from gateway.uplink.replies import Sealed
from gateway.uplink.service import Provider, Service

from .messages import LOG, Outbox

_HALF: Callable[[], float] = lambda: 0.5  # noqa: E731
NOW_S = 1_795_183_320


class Uplink:
    """A running service whose clock the test moves."""

    def __init__(self, service: Service, clock: ManualClock) -> None:
        self.service = service
        self.clock = clock
        self.ended = asyncio.create_task(service.run())

    async def idle(self) -> None:
        """Return when no delivery is under way."""
        while not self.clock._sleepers:  # noqa: ASYNC110 - the manual clock has no event for it
            await asyncio.sleep(0.001)

    async def until(self, reached: Callable[[], bool], *, within_s: float = 2 * CAP_S) -> float:
        """Move the clock by seconds until `reached`; how many seconds that took."""
        moved_s = 0.0
        for _ in range(3000):
            if self.ended.done():
                self.ended.result()  # raises what ended it
            for _ in range(20):
                if reached():
                    return moved_s
                await asyncio.sleep(0.001)
                if self.clock._sleepers:
                    break
            else:
                continue  # a delivery is under way: time stands still for it
            assert moved_s < within_s, "not reached in time"
            self.clock.move_s(1.0)
            moved_s += 1.0
        raise AssertionError("not reached")


@asynccontextmanager
async def running(
    outbox: Outbox,
    book: Book,
    provider: Provider,
    *,
    log: Log = LOG,
    answers: Callable[[Sequence[Sealed]], None] = lambda _: None,
) -> AsyncIterator[Uplink]:
    clock = ManualClock(NOW_S)
    service = Service(outbox, book, provider, clock, log, backoff=Backoff(_HALF), answers=answers)
    uplink = Uplink(service, clock)
    try:
        yield uplink
    finally:
        service.stop()
        await asyncio.wait_for(uplink.ended, 5)
