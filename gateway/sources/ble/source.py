"""Every wearable of the home, through one adapter."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.clock import Clock
from gateway.errors import SourceUnavailable
from gateway.inbox import Sink
from gateway.sources.ble.adapter import radio
from gateway.sources.ble.connection import Connection
from gateway.sources.ble.profiles import PROFILES, Profile
from gateway.sources.ble.scanner import Scanner
from gateway.sources.ble.stream import Counts, Stream


@dataclass(frozen=True, slots=True)
class BleDevice:
    """One wearable.

    Attributes:
        address: as BlueZ writes it, in capitals with colons.
        profile: a key of `profiles.PROFILES`.
        sensors: measurement name ("heart_rate", "battery") to sensor id; what is not named is not read.
    """

    address: str
    profile: str
    sensors: Mapping[str, str]


class BleSource:
    """A `gateway.inbox.Source`.

    Args:
        devices: what to connect to.
        adapter: such as "hci0".
        clock: stamps payloads and paces everything.
        rng: spreads attempts at connecting.
        profiles: what the gateway speaks.

    Attributes:
        counts: what the radio brought and what was left out, since the source was made.
    """

    name = "ble"

    def __init__(
        self,
        devices: Sequence[BleDevice],
        adapter: str,
        clock: Clock,
        rng: random.Random,
        *,
        profiles: Mapping[str, Profile] = PROFILES,
    ) -> None:
        self._devices = tuple(devices)
        self._adapter = adapter
        self._clock = clock
        self._rng = rng
        self._profiles = profiles
        self.counts = Counts()

    async def run(self, sink: Sink) -> None:
        """Listen until cancelled.

        Raises SourceUnavailable when there is no adapter, or it is off, or bluetoothd or D-Bus went away.
        """
        async with radio(self._adapter) as adapter:
            scanner = Scanner(self._adapter, self._clock, self.counts)
            turn = asyncio.Lock()
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(adapter.watch(self._clock))
                    tasks.create_task(scanner.run())
                    for device in self._devices:
                        tasks.create_task(self._connection(device, scanner, turn, sink).keep())
            except BaseExceptionGroup as failures:
                away, other = failures.split(SourceUnavailable)
                if away is None or other is not None:
                    raise
                reason = _first(away)
            # one reason is enough: when the radio goes, several tasks may say so
            raise reason

    def _connection(self, device: BleDevice, scanner: Scanner, turn: asyncio.Lock, sink: Sink) -> Connection:
        profile = self._profiles[device.profile]
        return Connection(
            device.address,
            profile,
            [
                (known, Stream(known, device.sensors, sink, self.counts))
                for known in profile.characteristics
                if known.measures & device.sensors.keys()
            ],
            scanner=scanner,
            turn=turn,
            clock=self._clock,
            rng=self._rng,
            counts=self.counts,
        )


def _first(group: BaseExceptionGroup[SourceUnavailable]) -> SourceUnavailable:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, SourceUnavailable)
    return error
