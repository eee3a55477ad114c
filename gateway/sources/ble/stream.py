"""From notifications to edges: decode, thin, hand over. No radio and no clock, so that a simulator can drive it."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median_low
from typing import Final

from gateway.errors import DecodeError
from gateway.inbox import Edge, Sink
from gateway.sources.ble.characteristic import Characteristic

_MOST_SAMPLES: Final = 256
"""Of one measurement within one spacing: a device that floods keeps no more than this."""


@dataclass(slots=True)
class Counts:
    """What the radio brought and what was left out.

    Attributes:
        adverts_ignored: adverts of devices that are not ours.
        adverts: adverts of devices that are ours and are not connected to.
        repeated: of these, those that said nothing new.
        replayed: those whose counter was not higher than the last: dropped.
        refused: those that were dropped for another reason, by reason (`bthome.Why`).
        scans: how often scanning was started.
        quiet_scans: how often it was started anew because not one advert had come.
        power_cycles: how often the adapter was switched off and on for being quiet still.
        connections: how often a device was connected.
        connection_failures: how often it could not be, or did not speak its profile.
        losses: how often a connection ended by itself, or was ended because it had gone silent.
        notifications: payloads received.
        malformed: payloads that could not be decoded or were impossible; dropped.
        unmeasured: payloads in which the device says that it measures nothing, such as a strap not worn.
    """

    adverts_ignored: int = 0
    adverts: int = 0
    repeated: int = 0
    replayed: int = 0
    scans: int = 0
    quiet_scans: int = 0
    power_cycles: int = 0
    connections: int = 0
    connection_failures: int = 0
    losses: int = 0
    notifications: int = 0
    malformed: int = 0
    unmeasured: int = 0
    refused: Counter[str] = field(default_factory=Counter)


class Stream:
    """The notifications of one characteristic of one device.

    A reading after a pause longer than the characteristic's `spacing_s` is handed over at once; after that,
    every `spacing_s` of notifications become one edge with their median (the lower of two, so that it is a
    value that was really sent), stamped with the newest.

    Args:
        characteristic: which one.
        sensors: measurement name to sensor id; measurements without a sensor are left out.
        sink: takes the edges.
        counts: where to count.
    """

    def __init__(self, characteristic: Characteristic, sensors: Mapping[str, str], sink: Sink, counts: Counts) -> None:
        self._characteristic = characteristic
        self._spacings = {
            name: _Spacing(sensors[name], characteristic.spacing_s, sink)
            for name in sorted(characteristic.measures & sensors.keys())
        }
        self._counts = counts
        self.heard_s = -math.inf
        """When the last payload came, good or bad (monotonic)."""

    def notified(self, monotonic_s: float, payload: bytes) -> None:
        """Take one payload, stamped as it came. Never raises: what cannot be decoded is counted and dropped."""
        self.heard_s = monotonic_s
        self._counts.notifications += 1
        try:
            measurements = self._characteristic.decode(payload)
        except DecodeError:
            self._counts.malformed += 1
            return
        if not measurements:
            self._counts.unmeasured += 1
        for name, value in measurements:
            if spacing := self._spacings.get(name):
                spacing.take(monotonic_s, value)


class _Spacing:
    def __init__(self, sensor_id: str, spacing_s: float, sink: Sink) -> None:
        self._sensor_id = sensor_id
        self._spacing_s = spacing_s
        self._sink = sink
        self._samples: list[float] = []
        self._handed_s = -math.inf
        self._sampled_s = -math.inf

    def take(self, monotonic_s: float, value: float) -> None:
        if monotonic_s - self._sampled_s > self._spacing_s:
            self._samples.clear()  # what was before the pause is old news
        if len(self._samples) < _MOST_SAMPLES:
            self._samples.append(value)
        self._sampled_s = monotonic_s
        if monotonic_s - self._handed_s >= self._spacing_s:
            self._handed_s = monotonic_s
            edge = Edge(monotonic_s, self._sensor_id, float(median_low(self._samples)))
            self._samples.clear()
            self._sink(edge)
