"""What habits there are: which sensor's events count for which, and what they are called."""

from collections.abc import Iterable
from typing import Final

from models.kinds import SensorKind
from models.vocabulary import BATHROOM, OUTSIDE_DOOR, Sensor

ACTIVE: Final = "active-minutes"
"""Minutes in which anything at all was seen: how busy a part of the day was."""

_APART_MS: Final = {SensorKind.TAP: 60_000, SensorKind.TOILET: 90_000, SensorKind.DOOR: 120_000}
_APART_ELSE_MS: Final = 60_000
_APART_BATHROOM_MS: Final = 300_000
"""Uses closer together than this are one: a tap turned off and on, a door opened and shut, one visit."""


def habits_of(sensor: Sensor) -> tuple[tuple[str, int], ...]:
    """Which habits an event of `sensor` counts for, and how far apart two uses must be (ms)."""
    apart_ms = _APART_MS.get(sensor.kind, _APART_ELSE_MS)
    if sensor.is_outside_door:
        return ((OUTSIDE_DOOR, apart_ms),)
    names: list[tuple[str, int]] = []
    if sensor.kind in (SensorKind.TAP, SensorKind.SEAT, SensorKind.BED, SensorKind.CUPBOARD, SensorKind.APPLIANCE):
        names.append((f"{sensor.place}-{sensor.kind}", apart_ms))
    elif sensor.kind in (SensorKind.TOILET, SensorKind.FRIDGE):
        names.append((str(sensor.kind), apart_ms))
    elif sensor.kind in (SensorKind.MOTION, SensorKind.PRESENCE) and sensor.place != BATHROOM:
        names.append((sensor.place, _APART_BATHROOM_MS))
    if sensor.place == BATHROOM:
        names.append((BATHROOM, _APART_BATHROOM_MS))
    return tuple(names)


def names_of(sensors: Iterable[Sensor]) -> frozenset[str]:
    """What the habits of these sensors are called, parts of the day left out."""
    return frozenset(name for sensor in sensors for name, _ in habits_of(sensor)) | {ACTIVE}
