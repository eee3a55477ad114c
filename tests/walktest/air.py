"""A radio for a daemon in a process of its own: the stand-in of BlueZ on a private bus, on a thread of its own."""

import asyncio
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.bluez.bus import PrivateBus
from tests.bluez.standin import Bluez, Wearable
from tests.bthome_air import KEY, sealed


class Radio:
    """The air around the gateway; a context manager.

    Attributes:
        env: what the daemon's process needs.
    """

    def __init__(self, folder: Path) -> None:
        self._bus = PrivateBus(folder)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._counter = 0
        self.env = {"DBUS_SYSTEM_BUS_ADDRESS": self._bus.address}

    def __enter__(self) -> Self:
        self._bus.start()
        self._thread.start()
        self._bluez = Bluez(self._bus.address)
        asyncio.run_coroutine_threadsafe(self._bluez.__aenter__(), self._loop).result(20)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._bluez.__aexit__(kind, error, trace), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)
        self._loop.close()
        self._bus.stop()

    @property
    def is_listened_to(self) -> bool:
        """Whether the daemon scans."""
        return self._bluez.scanning

    def tells(self, address: str, objects: bytes, *, rssi: int) -> None:
        """A sealed advert of the device at `address`, as new as any."""
        self._counter += 1
        data = sealed(objects, self._counter, address, key=KEY)
        self._loop.call_soon_threadsafe(self._bluez.advertise, Wearable(address, service_data={"fcd2": data}), rssi)
