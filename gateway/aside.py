"""Reading what another user may have put anything in the place of: on a thread that nothing else waits for.

The messenger has the network and owns its folder. Should somebody get into it, a pipe or a lock in the place of
uplink.db must not keep the daemon from watching: such a read is given up, and is not begun again while it hangs.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeVar

from gateway.errors import StoreUnavailable

T = TypeVar("T")

LIMIT_S: Final = 8.0
"""Longer than SQLite waits for a lock (`gateway.uplink.book_file`), by the machine's own time."""


class Aside:
    """Runs one piece of reading at a time, each on a thread of its own that does not hold up the end of the process."""

    def __init__(self, limit_s: float = LIMIT_S) -> None:
        self._limit_s = limit_s
        self._alone = asyncio.Lock()
        self._hanging: asyncio.Future[None] | None = None

    async def do(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, or raise what it raises. Raises StoreUnavailable: it hangs, or the last one."""
        async with self._alone:
            if self._hanging is not None and not self._hanging.done():
                raise StoreUnavailable("The messenger's file still cannot be read.", advice=_ADVICE)
            loop = asyncio.get_running_loop()
            self._hanging = ended = loop.create_future()
            found: list[T] = []
            raised: list[BaseException] = []

            def run() -> None:
                try:
                    found.append(work())
                except BaseException as error:  # noqa: BLE001 - whoever waits for it is to have it
                    raised.append(error)
                with suppress(RuntimeError):  # the loop has ended meanwhile
                    loop.call_soon_threadsafe(ended.set_result, None)

            threading.Thread(target=run, name="wren-aside", daemon=True).start()
            await asyncio.wait({ended}, timeout=self._limit_s)
            if not ended.done():
                raise StoreUnavailable(f"The messenger's file was not read within {self._limit_s:g} s.", advice=_ADVICE)
            if raised:
                raise raised[0]
            return found[0]


_ADVICE: Final = "Restart wren-uplink.service; if this goes on, move uplink.db away: messages are then sent once more."
