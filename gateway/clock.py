"""Time, as the daemon sees it: monotonic for what elapses, UTC for what is written down.

Everything that needs the time is handed a `Clock`; tests, the demo and replay hand in a `ManualClock`.
"""

import asyncio
import heapq
import itertools
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Final, Protocol

SYNCHRONISED: Final = Path("/run/systemd/timesync/synchronized")
"""systemd-timesyncd creates this file at the first successful synchronisation after boot."""


class Clock(Protocol):
    """What the daemon asks of time. All values are seconds."""

    def monotonic_s(self) -> float:
        """Seconds since an arbitrary start; never steps."""

    def utc_s(self) -> float:
        """Seconds since 1970 by the wall clock; may step."""

    def synchronised(self) -> bool:
        """Whether the wall clock has been set from a trusted source since boot."""

    async def sleep_s(self, seconds: float) -> None:
        """Return after `seconds` of monotonic time."""


class SystemClock:
    """The machine's own clocks."""

    def monotonic_s(self) -> float:
        """Seconds since boot, by CLOCK_MONOTONIC."""
        return time.monotonic()

    def utc_s(self) -> float:
        """Seconds since 1970, by CLOCK_REALTIME."""
        return time.time()

    def synchronised(self) -> bool:
        """Whether systemd-timesyncd has reached a server since boot."""
        return SYNCHRONISED.exists()

    async def sleep_s(self, seconds: float) -> None:
        """Sleep on the event loop."""
        await asyncio.sleep(seconds)


async def nap(clock: Clock, seconds: float, *waking: Coroutine[Any, Any, object]) -> None:
    """Return after `seconds` of monotonic time, or as soon as one of `waking` returns; the others are cancelled."""
    naps = [asyncio.ensure_future(one) for one in (clock.sleep_s(seconds), *waking)]
    try:
        await asyncio.wait(naps, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in naps:
            one.cancel()


class ManualClock:
    """A clock that stands still until it is told to move: for tests, the demo and replay.

    Args:
        utc_s: where the wall clock starts.
    """

    def __init__(self, utc_s: float = 0.0) -> None:
        self._now_s = 0.0
        self._offset_s = utc_s
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._ticket = itertools.count()
        self.is_synchronised = True

    def monotonic_s(self) -> float:
        """Seconds moved so far."""
        return self._now_s

    def utc_s(self) -> float:
        """The wall clock."""
        return self._now_s + self._offset_s

    def synchronised(self) -> bool:
        """What the test says."""
        return self.is_synchronised

    async def sleep_s(self, seconds: float) -> None:
        """Wait until somebody has moved the clock far enough."""
        wake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now_s + max(seconds, 0.0), next(self._ticket), wake))
        await wake

    def move_s(self, seconds: float) -> None:
        """Let `seconds` pass and wake who slept no longer than that."""
        self._now_s += seconds
        while self._sleepers and self._sleepers[0][0] <= self._now_s:
            _, _, wake = heapq.heappop(self._sleepers)
            if not wake.done():
                wake.set_result(None)

    def step_s(self, seconds: float) -> None:
        """Step the wall clock, as NTP does; monotonic time does not notice."""
        self._offset_s += seconds
