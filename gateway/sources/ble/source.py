"""Every device of the home that is on the radio, through one adapter."""

import asyncio
import random
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway.clock import Clock
from gateway.errors import SourceError, SourceUnavailable
from gateway.inbox import Edge, Sink
from gateway.sources.ble.adapter import radio
from gateway.sources.ble.adverts import NO_STRENGTH_DBM
from gateway.sources.ble.connection import Connection
from gateway.sources.ble.device import ADVERTISED, BleDevice
from gateway.sources.ble.hearing import Hearing
from gateway.sources.ble.memory import Memory
from gateway.sources.ble.presence import Bond
from gateway.sources.ble.profiles import PROFILES, Profile
from gateway.sources.ble.roster import Roster
from gateway.sources.ble.scanner import Scanner
from gateway.sources.ble.stream import Counts, Stream
from models.vocabulary import RADIO

if TYPE_CHECKING:
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData


class BleSource:
    """A `gateway.inbox.Source`.

    Args:
        devices: what to listen to.
        adapter: such as "hci0".
        clock: stamps payloads and paces everything.
        rng: spreads attempts at connecting.
        profiles: what the gateway speaks to those that it connects to.
        private: the private folder, where counters and intervals are kept; None: nowhere.
        forgetting: where a technician asks for a counter to be forgotten (see `gateway.forgetting`).

    Attributes:
        counts: what the radio brought and what was left out, since the source was made.
        heard: called for each advert of a device of the home: what it measures, and how strong it came in (dBm).
        has_forgotten: whether counters and intervals could not be read, so that of each device the next sealed advert
            is believed.
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
        private: Path | None = None,
        forgetting: Path | None = None,
    ) -> None:
        self._devices = tuple(devices)
        self._measures = {device.identity: tuple(device.sensors.values()) for device in self._devices}
        self._adapter = adapter
        self._clock = clock
        self._rng = rng
        self._profiles = profiles
        self._memory = Memory(private)
        self.has_forgotten = self._memory.unreadable
        self._forgetting = forgetting
        self.counts = Counts()
        self.heard: Callable[[tuple[str, ...], int], None] = lambda sensors, rssi_dbm: None  # noqa: ARG005
        self._hearing = Hearing()
        self._told_up: bool | None = None

    async def run(self, sink: Sink) -> None:
        """Listen until cancelled, and tell the home when the radio goes (`RADIO`) and when it hears again.

        Raises SourceUnavailable when there is no adapter, or it is off, or bluetoothd or D-Bus went away.
        """
        self._hearing.rest()
        try:
            await self._listen(sink)
        except SourceError:
            self._tell(sink, up=False)
            raise

    def _whose(self, roster: Roster, device: "BLEDevice", advert: "AdvertisementData") -> str | None:
        identity = roster.heard(device, advert)
        if identity is not None and advert.rssi != NO_STRENGTH_DBM:
            self.heard(self._measures[identity], advert.rssi)
        return identity

    def _tell(self, sink: Sink, *, up: bool) -> None:
        # "Up" needs proof: something heard. An adapter that is there and on may be deaf, and the home may believe of
        # the process before this one that it was.
        if up is not self._told_up:
            self._told_up = up
            sink(Edge(self._clock.monotonic_s(), RADIO, float(up)))

    async def _listen(self, sink: Sink) -> None:
        is_over = False

        def heard() -> None:
            self._hearing.heard(self._clock.monotonic_s())
            if not self._told_up and not is_over:
                self._tell(sink, up=True)

        async def or_tell(work: Coroutine[Any, Any, None]) -> None:
            # At once: parting from a bluetoothd that does not answer takes as long as each part of it may.
            nonlocal is_over
            try:
                await work
            except SourceError:
                is_over = True
                self._tell(sink, up=False)
                raise

        async with radio(self._adapter, self._clock) as adapter:
            roster = Roster(self._devices, sink, self.counts, self._memory, self._clock, self._forgetting)
            scanner = Scanner(
                self._adapter,
                self._clock,
                self.counts,
                whose=partial(self._whose, roster),
                always=roster.has_advertisers,
                hearing=self._hearing,
                heard=heard,
                power_cycle=adapter.power_cycle,
                deaf=lambda: self._tell(sink, up=False),
            )
            turn = asyncio.Lock()
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(or_tell(adapter.watch()))
                    tasks.create_task(or_tell(scanner.run()))
                    tasks.create_task(roster.tend())
                    for device in self._devices:
                        if device.profile not in ADVERTISED:
                            bond = roster.bond(device)
                            connection = self._connection(device, bond, scanner, turn, sink, heard)
                            tasks.create_task(connection.keep())
            except BaseExceptionGroup as failures:
                away, other = failures.split(SourceUnavailable)
                if away is None or other is not None:
                    raise
                reason = _first(away)
            # one reason is enough: when the radio goes, several tasks may say so
            raise reason

    def _connection(
        self,
        device: BleDevice,
        bond: Bond,
        scanner: Scanner,
        turn: asyncio.Lock,
        sink: Sink,
        heard: Callable[[], None],
    ) -> Connection:
        profile = self._profiles[device.profile]

        def proven() -> None:
            heard()
            bond.proven(self._clock.monotonic_s())

        return Connection(
            device.identity,
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
            heard=proven,
            bond=bond,
        )


def _first(group: BaseExceptionGroup[SourceUnavailable]) -> SourceUnavailable:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, SourceUnavailable)
    return error
