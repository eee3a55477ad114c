"""What stands round a technician: pins on a simulated chip, devices on the air, and a systemd to be asked."""

import asyncio
import contextlib
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bluez.bus import PrivateBus
from tests.bluez.standin import Bluez, Wearable
from tests.pins.board import Board, driver

_SYSTEMCTL = """#!/bin/sh
echo "$@" >> "{log}"
case "$1" in
  is-active) test -e "{state}" ;;
  stop) rm -f "{state}" ;;
  start) touch "{state}" ;;
esac
"""


class World:
    """Everything beyond the terminal.

    Attributes:
        board: the pins.
        environ: what `wren setup` needs to find itself in this world.
    """

    def __init__(self, folder: Path, board: Board, bus: PrivateBus, *, radio: bool) -> None:
        self.board = board
        self.folder = folder
        self.home = folder / "home.toml"
        self._log = folder / "systemctl.log"
        self._state = folder / "wren-is-running"
        program = folder / "bin" / "systemctl"
        program.parent.mkdir()
        program.write_text(_SYSTEMCTL.format(log=self._log, state=self._state), encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        self.environ = driver(board.path) | {
            "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
            "DBUS_SYSTEM_BUS_ADDRESS": bus.address if radio else f"unix:path={folder}/nothing",
        }
        self._bus = bus
        self._loop = asyncio.new_event_loop()
        self._bluez: Bluez | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._on_air) if radio else None
        if self._thread is None:
            self._loop.close()
        else:
            self._thread.start()

    def run_the_daemon(self) -> None:
        self._state.touch()

    @property
    def daemon_runs(self) -> bool:
        return self._state.exists()

    def until_stopped(self) -> None:
        begun = time.monotonic()
        while self.daemon_runs:
            assert time.monotonic() - begun < 20
            time.sleep(0.02)

    def until_started(self) -> None:
        begun = time.monotonic()
        while not self.daemon_runs:
            assert time.monotonic() - begun < 20
            time.sleep(0.02)

    def asked_of_systemd(self) -> list[str]:
        lines = self._log.read_text(encoding="utf-8").splitlines() if self._log.exists() else []
        return [line for line in lines if not line.startswith("is-active")]

    # Pins

    def press(self, pin: int, times: int = 1) -> None:
        """A contact to ground closes and opens."""
        for _ in range(times):
            self.board.drive(pin, 0)
            time.sleep(0.3)
            self.board.let_go(pin)
            time.sleep(0.3)

    def pulse(self, pin: int, count: int = 12, apart_s: float = 0.03) -> None:
        """A wheel turns in the water."""
        for _ in range(count):
            self.board.drive(pin, 1)
            time.sleep(apart_s / 2)
            self.board.drive(pin, 0)
            time.sleep(apart_s / 2)

    @contextlib.contextmanager
    def chatter(self, pin: int) -> Iterator[None]:
        """A loose wire that follows the mains for as long as the block lasts."""
        over = threading.Event()

        def hum() -> None:
            level = 0
            while not over.wait(0.005):
                level = 1 - level
                self.board.drive(pin, level)

        thread = threading.Thread(target=hum)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    # The radio

    def say(self, address: str, data: bytes | None = None, *, rssi: int = -61) -> None:
        """One advert of a sensor is on the air, as soon as somebody listens."""
        self.advertise(Wearable(address, service_data={} if data is None else {"fcd2": data}), rssi)

    def advertise(self, wearable: Wearable, rssi: int = -61) -> None:
        """One advert of any device."""
        self._do(lambda bluez: bluez.advertise(wearable, rssi))

    def until_scanning(self) -> None:
        begun = time.monotonic()
        while self._bluez is None or not self._bluez.scanning:
            assert time.monotonic() - begun < 20
            time.sleep(0.02)

    def _do(self, action: Callable[[Bluez], None]) -> None:
        self.until_scanning()
        bluez = self._bluez
        assert bluez is not None
        done = threading.Event()

        def run() -> None:
            action(bluez)
            done.set()

        self._loop.call_soon_threadsafe(run)
        assert done.wait(10)

    def _on_air(self) -> None:
        async def live() -> None:
            async with Bluez(self._bus.address) as bluez:
                self._bluez = bluez
                while not self._over.is_set():  # noqa: ASYNC110 - it is set by another thread
                    await asyncio.sleep(0.01)

        self._loop.run_until_complete(live())
        self._loop.close()

    def end(self) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()


@contextlib.contextmanager
def world(folder: Path, *, radio: bool = True) -> Iterator[World]:
    bus = PrivateBus(folder)
    if radio:
        bus.start()
    with Board(folder / "chip") as board:
        found = World(folder, board, bus, radio=radio)
        try:
            yield found
        finally:
            found.end()
            bus.stop()
