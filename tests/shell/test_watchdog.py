"""Only proof feeds the watchdog, and a stop signal is a clean end."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from gateway.clock import ManualClock
from gateway.supervise import Watchdog
from gateway.systemd import Notifier

from .jobs import Start, settle


class Line:
    """A real notification socket, and how many pings came through it."""

    def __init__(self, path: Path) -> None:
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._line.bind(str(path))
        self.notifier = Notifier({"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "60000000"}, pid=os.getpid())

    def pings(self) -> int:
        count = 0
        with suppress(BlockingIOError):
            while self._line.recv(64) == b"WATCHDOG=1":
                count += 1
        return count

    def close(self) -> None:
        self._line.close()


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    line = Line(tmp_path / "notify")
    yield line
    line.close()


async def never() -> None:
    await asyncio.Event().wait()


async def at_once() -> None:
    return


async def minutes(clock: ManualClock, count: float) -> None:
    for _ in range(int(count * 60)):
        await settle()
        clock.move_s(1.0)
    await settle()


async def test_a_quiet_home_with_a_living_pipeline_is_alive(line: Line, cancelled: Start) -> None:
    clock = ManualClock()
    cancelled(Watchdog(line.notifier, clock, at_once).run())
    await minutes(clock, 0)
    assert line.pings() == 1
    for _ in range(10):
        await minutes(clock, 1)
        assert line.pings() == 3


async def test_a_stuck_pipeline_is_not_pinged_for(line: Line, cancelled: Start) -> None:
    clock = ManualClock()
    cancelled(Watchdog(line.notifier, clock, never).run())
    await minutes(clock, 10)
    assert line.pings() == 0


async def test_progress_is_proof_even_while_the_probe_waits(line: Line, cancelled: Start) -> None:
    clock = ManualClock()
    watchdog = Watchdog(line.notifier, clock, never)
    cancelled(watchdog.run())
    for expected in (1, 0, 1):
        if expected:
            watchdog.progressed()
        await minutes(clock, 0.5)
        assert line.pings() == expected


async def test_old_progress_is_no_proof(line: Line, cancelled: Start) -> None:
    clock = ManualClock()
    watchdog = Watchdog(line.notifier, clock, never)
    watchdog.progressed()
    watchdog.progressed()
    cancelled(watchdog.run())
    await minutes(clock, 5)
    assert line.pings() == 1


async def test_a_bug_in_the_probe_ends_the_watchdog(line: Line) -> None:
    async def broken() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await Watchdog(line.notifier, ManualClock(), broken).run()


async def test_without_a_watchdog_there_is_nothing_to_do() -> None:
    await Watchdog(Notifier({}, pid=os.getpid()), ManualClock(), never).run()


# ---- signals, in a process of its own ----

DAEMON = """
import asyncio
from gateway.supervise import install_stop_signals

async def main():
    stop = asyncio.Event()
    install_stop_signals(asyncio.get_running_loop(), stop)
    print("working", flush=True)
    await stop.wait()
    print("flushed", flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_signal_is_a_clean_end(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", DAEMON], stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        assert daemon.stdout.readline() == "working\n"
        daemon.send_signal(number)
        assert daemon.communicate(timeout=10)[0] == "flushed\n"
        assert daemon.returncode == 0
