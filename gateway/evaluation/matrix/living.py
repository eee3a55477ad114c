"""What the resident does: she lives on as always, goes out and comes back, or collapses and sets nothing off."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from enum import StrEnum
from itertools import pairwise
from random import Random
from typing import Final

from gateway.evaluation.matrix.house import DEVICES, DOOR_BATTERY, LOCAL, SEES
from gateway.sources.simulator import act
from models.kinds import SensorKind
from models.localtime import HOUR_S, MINUTE_S
from models.vocabulary import SENSOR_LINK, Reading

OUTING_S: Final = 40 * MINUTE_S
_NIGHT: Final = range(5)
"""Hours of the clock in which somebody in bed is asleep."""

_DAY: Final = range(8, 21)
_IN_BED_S: Final = 10 * MINUTE_S
_FALLS_WITHIN_MS: Final = 3000
"""A motion sensor's line falls by itself after the last movement."""

_PULSE_BPM: Final = (58, 84)


class Course(StrEnum):
    """What she does after, at or before the fault."""

    ACTIVE = "active"
    OUT = "out and back"
    BATHROOM = "collapse, bathroom"
    LOUNGE = "collapse, lounge"
    BED = "does not get up"


COLLAPSES: Final = frozenset({Course.BATHROOM, Course.LOUNGE, Course.BED})


def moments(rows: list[Reading], course: Course, from_s: int, until_s: int) -> list[int]:
    """UTC seconds in [from_s, until_s) at which `course` can begin: she is there, and nothing is turned on.

    For an outing these are the moments at which the door closed behind her; for an active person every quarter hour.
    """
    if course is Course.ACTIVE:
        return list(range(from_s, until_s, 15 * MINUTE_S))
    if course is Course.OUT:
        return [at_s for at_s, _ in outings(rows) if from_s <= at_s < until_s]
    if course is Course.BED:
        return _asleep(rows, from_s, until_s)
    return _in_room(rows, course, from_s, until_s)


def outings(rows: list[Reading]) -> list[tuple[int, int]]:
    """UTC seconds of each last use of the front door before an absence, and of the first one after it."""
    seen = [row for row in rows if row.sensor in SEES and row.value > 0]
    return [
        (before.at_ms // 1000, after.at_ms // 1000)
        for before, after in pairwise(seen)
        if before.sensor == after.sensor == act.FRONT_DOOR and after.at_ms - before.at_ms >= OUTING_S * 1000
    ]


def _asleep(rows: list[Reading], from_s: int, until_s: int) -> list[int]:
    found, at_s = [], from_s
    in_bed_s: int | None = None
    for row in rows:
        if row.sensor not in SEES:
            continue
        while at_s < min(until_s, row.at_ms // 1000):
            if in_bed_s is not None and at_s - in_bed_s >= _IN_BED_S and _hour(at_s) in _NIGHT:
                found.append(at_s)
            at_s += 10 * MINUTE_S
        in_bed_s = row.at_ms // 1000 if row.sensor == act.BED and row.value else None
    return found


def _in_room(rows: list[Reading], course: Course, from_s: int, until_s: int) -> list[int]:
    there = {act.BATHROOM_MOTION} if course is Course.BATHROOM else {act.LOUNGE_MOTION, act.CHAIR}
    on: set[str] = set()
    found = []
    for row in rows:
        if row.sensor not in SEES:
            continue
        if DEVICES[row.sensor].level:
            (on.add if row.value else on.discard)(row.sensor)
        at_s = row.at_ms // 1000 + 1
        if row.value and row.sensor in there and from_s <= at_s < until_s and _hour(at_s) in _DAY and not on - there:
            found.append(at_s)
    return found


def _hour(at_s: int) -> int:
    return (at_s + LOCAL.offset_s(at_s)) // HOUR_S % 24


def lived(rows: list[Reading], course: Course, at_s: int, until_s: int, rng: Random) -> list[Reading]:
    """`rows` until `until_s`, of somebody who lives `course`, a collapse at `at_s`.

    Levels stay as they are after a collapse, and the strap goes on counting a pulse: nobody took it off.
    """
    end = bisect_left(rows, until_s * 1000, key=_at_ms)
    if course not in COLLAPSES:
        return rows[:end]
    cut = bisect_right(rows, at_s * 1000, key=_at_ms)
    after = [row for row in rows[cut:end] if row.sensor in (act.STRAP_BATTERY, DOOR_BATTERY) or _falls(row, at_s)]
    first_s = -(-at_s // MINUTE_S) * MINUTE_S
    after += [
        Reading(pulse_s * 1000, act.PULSE, float(rng.randint(*_PULSE_BPM)))
        for pulse_s in range(first_s, until_s, MINUTE_S)
    ]
    heard = [Reading(at_s * 1000, SENSOR_LINK + name, 1.0) for name in (act.PULSE, act.STRAP_BATTERY)]
    return [*rows[:cut], *heard, *sorted(after, key=_at_ms)]


def _falls(row: Reading, at_s: int) -> bool:
    device = DEVICES.get(row.sensor)
    fires = device is not None and device.sensor.kind in (SensorKind.MOTION, SensorKind.TOILET)
    return fires and row.value == 0 and row.at_ms <= at_s * 1000 + _FALLS_WITHIN_MS


_at_ms: Callable[[Reading], int] = lambda row: row.at_ms  # noqa: E731 - a key, named once
