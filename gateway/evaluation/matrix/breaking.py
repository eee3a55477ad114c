"""What goes wrong with sensors, radio and gateway: pure edits of what sound sensors would have said.

Whoever listens to a device (the sources) says `@link` when it has been missing for its own interval, and `@radio` when
nothing can be heard at all; both are put in here as the sources promise them.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from heapq import merge
from random import Random
from typing import Final

from gateway.evaluation.matrix.house import DEVICES, DOOR_BATTERY, Reach, reached_by
from gateway.sources.simulator import act
from models.localtime import HOUR_S, MINUTE_S
from models.vocabulary import GATEWAY_LINK, RADIO, SENSOR_LINK, Reading

RADIO_TOLD_S: Final = 15
"""After so long whoever listens says that nothing can be heard at all; it is promised to be told within a minute."""

BATTERY_EVERY_S: Final = 10 * MINUTE_S
"""How often a failing battery is said: one low value alone may be a wild one."""

EMPTY_S: Final = 10 * HOUR_S
"""From the first low reading of a battery until its device falls silent."""

_BACK_S: Final = 20
"""A level is re-read, or advertised again, within half a minute."""

_CHATTER_MS: Final = 33
_BURST_S: Final = MINUTE_S
_BURST_EVERY_S: Final = 30 * MINUTE_S
CHATTER_S: Final = 6 * HOUR_S
_CLOCKWORK_S: Final = MINUTE_S
_BATTERY_SAYS: Final = {DOOR_BATTERY: act.FRONT_DOOR, act.STRAP_BATTERY: act.PULSE}


class How(StrEnum):
    """How a sensor fails."""

    LINK = "link lost"
    CUT = "silent"
    STUCK_ON = "stuck on"
    STUCK_OFF = "stuck off"
    CHATTER = "chatters"
    CLOCKWORK = "repeats itself"
    IMPLAUSIBLE = "implausible"
    BATTERY = "battery empty"
    RADIO = "radio down"
    RESTART = "bluetoothd restarts"
    GATEWAY = "gateway down"


@dataclass(frozen=True, slots=True)
class Break:
    """One fault: which sensors fail, how, and from when until when (UTC seconds)."""

    how: How
    sensors: tuple[str, ...]
    start_s: int
    end_s: int

    @property
    def looks_alive_until_s(self) -> int | None:
        """Until when what it says cannot be told from a person, by anybody; None if it never looks like one.

        One edge is one edge; a chatter shows within seconds, a machine's clockwork after some sixteen repeats.
        """
        if self.how in (How.STUCK_ON, How.STUCK_OFF):
            return self.start_s
        if self.how is How.CHATTER:
            return self.start_s + MINUTE_S
        return self.start_s + 20 * MINUTE_S if self.how is How.CLOCKWORK else None


def broken(rows: list[Reading], one: Break, rng: Random) -> list[Reading]:
    """What is heard of `rows` under `one`; times ascending."""
    if one.how is How.GATEWAY:
        return _unwatched(rows, one)
    from_s = min(one.start_s + (EMPTY_S if one.how is How.BATTERY else 0), one.end_s)
    low = bisect_left(rows, from_s * 1000, key=_at_ms)
    high = bisect_left(rows, one.end_s * 1000, key=_at_ms)
    gone = {*one.sensors, *(SENSOR_LINK + name for name in one.sensors)}
    kept = [row for row in rows[low:high] if row.sensor not in gone]
    lost = [row for row in rows[low:high] if row.sensor in gone]
    said = [*_says(one, rows, lost, rng), *(_back(one, rows) if high < len(rows) else ())]
    if one.how is How.BATTERY:  # until it is empty it says so
        said += [Reading((one.start_s + round(hour * HOUR_S)) * 1000, name, left) for name in one.sensors
                 if name in _BATTERY_SAYS for hour, left in ((0, 14.0), (1 / 6, 13.0), (3, 9.0), (6, 4.0), (9, 1.0))
                 if one.start_s + round(hour * HOUR_S) < one.end_s]  # fmt: skip
        early = bisect_left(rows, one.start_s * 1000, key=_at_ms)
        before = [row for row in rows[early:low] if row.sensor not in set(one.sensors) & set(_BATTERY_SAYS)]
        return [*rows[:early], *merge(sorted([*before, *kept], key=_at_ms), _sorted(said), rows[high:], key=_at_ms)]
    return [*rows[:low], *merge(kept, _sorted(said), rows[high:], key=_at_ms)]


def _says(one: Break, rows: list[Reading], lost: list[Reading], rng: Random) -> Iterator[Reading]:
    """What is heard in place of `lost`."""
    if one.how is How.RADIO:
        yield Reading((one.start_s + RADIO_TOLD_S) * 1000, RADIO, 0.0)
    for name in one.sensors:
        mine = [row for row in lost if row.sensor == name]
        match one.how:
            case How.LINK | How.RADIO | How.BATTERY:
                start_s = one.start_s + (EMPTY_S if one.how is How.BATTERY else 0)
                lost_s = start_s + DEVICES[name].missing_s
                if lost_s < one.end_s:
                    yield Reading(lost_s * 1000, SENSOR_LINK + name, 0.0)
            case How.STUCK_ON:
                yield Reading(one.start_s * 1000, name, 1.0)
            case How.STUCK_OFF:
                if level_at(rows, name, one.start_s):
                    yield Reading(one.start_s * 1000, name, 0.0)
            case How.CHATTER:
                yield from _chatter(one, name, rng)
            case How.CLOCKWORK:
                for at_s in range(one.start_s, one.end_s, _CLOCKWORK_S):
                    yield Reading(at_s * 1000, name, 1.0)
                    yield Reading(at_s * 1000 + 2500, name, 0.0)
            case How.IMPLAUSIBLE:
                yield from (row._replace(value=row.value + 300.0) for row in mine)
            case _:
                pass


def _chatter(one: Break, name: str, rng: Random) -> Iterator[Reading]:
    """Thirty edges a second for a minute, every half hour: a bad contact that somebody's step, or the wind, moves."""
    until_s = min(one.end_s, one.start_s + CHATTER_S)
    for burst_s in range(one.start_s, until_s, _BURST_EVERY_S):
        edges = range(burst_s * 1000, min(until_s, burst_s + _BURST_S) * 1000, _CHATTER_MS)
        for number, at_ms in enumerate(edges):
            yield Reading(at_ms + rng.randint(0, 9), name, float(number % 2 == 0))


def _back(one: Break, rows: list[Reading]) -> Iterator[Reading]:
    """What is heard when it is over: links first, then the levels as they are."""
    if one.how is How.RADIO:
        yield Reading((one.end_s + 5) * 1000, RADIO, 1.0)
    for name in one.sensors:
        device = DEVICES[name]
        back_ms = (one.end_s + _BACK_S) * 1000
        if device.reach is not Reach.WIRE or one.how is How.LINK:
            up = level_at(rows, SENSOR_LINK + name, one.end_s)
            yield Reading(back_ms - 1, SENSOR_LINK + name, 1.0 if up is None else up)
        level = level_at(rows, name, one.end_s + _BACK_S)
        if device.level and level is not None:
            yield Reading(back_ms, name, level)


def _unwatched(rows: list[Reading], one: Break) -> list[Reading]:
    """The gateway is down: nothing is heard; then it says for how long, re-reads the pins and proves the links anew."""
    low = bisect_left(rows, one.start_s * 1000, key=_at_ms)
    high = bisect_left(rows, one.end_s * 1000, key=_at_ms)
    said = [Reading(one.start_s * 1000, GATEWAY_LINK, 0.0), Reading(one.end_s * 1000, GATEWAY_LINK, 1.0)]
    for name in reached_by(Reach.WIRE):
        level = level_at(rows, name, one.end_s)
        read = level_at(rows, SENSOR_LINK + name, one.end_s) != 0.0
        if read and level is not None and (DEVICES[name].level or level):
            said.append(Reading(one.end_s * 1000 + 500, name, level))
    for name in DEVICES:
        up = level_at(rows, SENSOR_LINK + name, one.end_s)
        if up is not None:
            after_s = _BACK_S if up else DEVICES[name].missing_s
            said.append(Reading((one.end_s + after_s) * 1000, SENSOR_LINK + name, up))
    if (radio := level_at(rows, RADIO, one.end_s)) is not None:
        said.append(Reading((one.end_s + (_BACK_S if radio else RADIO_TOLD_S)) * 1000, RADIO, radio))
    return [*rows[:low], *merge(_sorted(said), rows[high:], key=_at_ms)]


def level_at(rows: list[Reading], sensor: str, at_s: int) -> float | None:
    """The last value of `sensor` before `at_s`; None if there is none."""
    for place in range(bisect_left(rows, at_s * 1000, key=_at_ms) - 1, -1, -1):
        if rows[place].sensor == sensor:
            return rows[place].value
    return None


def _sorted(rows: list[Reading]) -> list[Reading]:
    return sorted(rows, key=_at_ms)


_at_ms: Callable[[Reading], int] = lambda row: row.at_ms  # noqa: E731 - a key, named once
