"""Jobs on the event loop of a test."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

Start = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]


async def settle() -> None:
    """Let everything that can run, run."""
    for _ in range(12):
        await asyncio.sleep(0)
