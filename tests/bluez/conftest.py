"""A private bus for each test, named to bleak as the system's bus."""

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from bleak.backends.bluezdbus import manager

from tests.bluez.bus import PrivateBus
from tests.bluez.standin import Bluez


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateBus]:
    private = PrivateBus(tmp_path)
    private.start()
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", private.address)
    yield private
    private.stop()
    # dbus-fast leaves futures behind that complain when they are collected. If that happens while pytest parses
    # a file, CPython 3.11 fails with "AST constructor recursion depth mismatch" (python/cpython#106905).
    gc.collect()


@pytest.fixture(autouse=True)
async def bleak_lets_go(bus: PrivateBus) -> AsyncIterator[None]:
    """bleak keeps one connection to the bus for each event loop, for ever."""
    yield
    kept = manager._global_instances.pop(asyncio.get_running_loop(), None)
    if kept is not None and kept._bus is not None:
        kept._bus.disconnect()
        if kept._bus_watcher_task is not None:
            await kept._bus_watcher_task


@pytest.fixture
async def bluez(bus: PrivateBus) -> AsyncIterator[Bluez]:
    async with Bluez(bus.address) as running:
        yield running
