"""What several tests of the shell need."""

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Any

import pytest

from .jobs import Start


@pytest.fixture
def cancelled() -> Iterator[Start]:
    """Starts jobs, and cancels them when the test is over."""
    tasks: list[asyncio.Task[None]] = []

    def start(job: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        tasks.append(asyncio.get_running_loop().create_task(job))
        return tasks[-1]

    yield start
    for task in tasks:
        task.cancel()
