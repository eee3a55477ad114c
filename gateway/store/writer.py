"""The one thread that owns the write connections: a flush on a worn SD card may take a second, the loop may not."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

T = TypeVar("T")


class Writer:
    """Runs functions one after the other, in the order of asking, on a thread of its own.

    Open the databases through `do` as well, for a SQLite connection belongs to the thread that made it:

        async with Writer() as writer:
            ledger = await writer.do(lambda: Ledger.open(directory))
            ...
            await writer.do(ledger.stop)
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="wren-store")

    async def do(self, work: Callable[[], T]) -> T:
        """Run `work` on the thread and return what it returns, or raise what it raises.

        Cancelling the caller does not take the work back: what was handed over is written all the same, so a
        caller that is cancelled may hand the same rows over again (repeats are ignored).
        """
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._thread, work))

    async def aclose(self) -> None:
        """Return when everything that was handed over has been done; nothing more is taken."""
        await asyncio.to_thread(self._thread.shutdown)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
