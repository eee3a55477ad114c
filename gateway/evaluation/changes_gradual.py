"""Changes that come slowly, or show only in how long a way takes: trips between rooms, and weeks of less and less.

Each is a pure function from a life and the moment at which it begins to a changed copy with its label; None where the
recording does not have what it takes.
"""

from bisect import bisect_left
from collections.abc import Callable
from random import Random
from typing import Final

from gateway.evaluation.editing import Injected, edited
from gateway.evaluation.life import CLEAN_DAYS, VISIT_APART_S, Life, between, is_sign
from models.kinds import SensorKind
from models.localtime import DAY_S, HOUR_S, MINUTE_S
from models.vocabulary import BATHROOM, KITCHEN, OUTSIDE_DOOR, Reading

SLOW_DAYS: Final = 7
SLOW_FACTOR: Final = 3.0
GRADUAL_DAYS: Final = 40
KEPT_A_DAY: Final = 0.985
"""1.5 % less each day: a little over half is left after forty days."""

_TRIP_S: Final = 10 * MINUTE_S
_TRIPS_A_WEEK: Final = 20
_UNTIL_NOON_S: Final = 8 * HOUR_S
_WORN: Final = frozenset({SensorKind.STEPS, SensorKind.HEART_RATE})


def slower_to_bathroom(life: Life, at_s: int, _rng: Random) -> Injected | None:
    """For a week every way to the bathroom of up to ten minutes takes three times as long."""
    return _slower(life, at_s, SLOW_DAYS, lambda _from, to, _day: SLOW_FACTOR if to == BATHROOM else 1.0)


def slower_to_bathroom_moments(life: Life) -> list[int]:
    """04:00 of lived-in days, after three weeks, where the week before had twenty such ways or more."""
    return [
        at_s
        for at_s in _starts(life, SLOW_DAYS, after=CLEAN_DAYS + 7)
        if sum(to == BATHROOM for _, _, _, to in _trips(life, at_s - 7 * DAY_S, at_s)) >= _TRIPS_A_WEEK
    ]


def slower_from_room(life: Life, at_s: int, rng: Random) -> Injected | None:
    """For a week every way of up to ten minutes out of one room takes twice as long; the room is drawn by lot."""
    trips = _trips(life, at_s - 7 * DAY_S, at_s)
    rooms = sorted({start for _, _, start, _ in trips if sum(one[2] == start for one in trips) >= 2 * _TRIPS_A_WEEK})
    if not rooms:
        return None
    room = rng.choice(rooms)
    return _slower(life, at_s, SLOW_DAYS, lambda start, _to, _day: 2.0 if start == room else 1.0)


def slower_moments(life: Life) -> list[int]:
    """04:00 of lived-in days, after three weeks."""
    return _starts(life, SLOW_DAYS, after=CLEAN_DAYS + 7)


def ever_slower(life: Life, at_s: int, _rng: Random) -> Injected | None:
    """Every way of up to ten minutes takes 2.5 % longer each day than at first, for forty days: in the end twice."""
    return _slower(life, at_s, GRADUAL_DAYS, lambda _from, _to, day: 1.0 + 0.025 * (day + 1))


def ever_less_active(life: Life, at_s: int, rng: Random) -> Injected:
    """Each day 1.5 % less of the active minutes, drawn by lot, happen than on the day before; forty days.

    An "off" goes with its "on"; steps come down as the minutes do.
    """
    end_s = life.span(life.local.day(at_s) + GRADUAL_DAYS)[0]
    gone: dict[int, bool] = {}
    gone_on: dict[str, bool] = {}

    def keep(row: Reading) -> Reading | None:
        sensor = life.sensors.get(row.sensor)
        if sensor is None or (row.value > 0 and not is_sign(sensor, row)):
            return row
        kept = _kept(at_s, row.at_ms)
        if sensor.kind is SensorKind.STEPS:
            return row._replace(value=float(round(row.value * kept)))
        if row.value > 0:
            minute = row.at_ms // 60_000
            if minute not in gone:
                gone[minute] = rng.random() >= kept
            gone_on[row.sensor] = gone[minute]
        return None if gone_on.get(row.sensor, False) else row

    readings = edited(life.recorded.readings, at_s * 1000, end_s * 1000, keep)
    return Injected(readings, at_s, end_s + _UNTIL_NOON_S)


def ever_less_in_room(life: Life, at_s: int, rng: Random) -> Injected | None:
    """A habit that is given up slowly: whole visits to the kitchen, or uses of an outside door, do not happen.

    Each day 1.5 % less of them than on the day before, by lot, for forty days; kitchen or door by lot too. What is
    less than five minutes apart there is one visit.
    """
    end_s = life.span(life.local.day(at_s) + GRADUAL_DAYS)[0]
    there = sorted({sensor.place for sensor in life.sensors.values()} & {KITCHEN, OUTSIDE_DOOR})
    if not there:
        return None
    place = rng.choice(there)
    gone: set[Reading] = set()
    last_ms, goes = 0, False
    for row in between(life.recorded.readings, at_s * 1000, end_s * 1000):
        sensor = life.sensors.get(row.sensor)
        if sensor is None or sensor.place != place:
            continue
        if row.at_ms - last_ms >= VISIT_APART_S * 1000 and row.value > 0:
            goes = rng.random() >= _kept(at_s, row.at_ms)
        last_ms = row.at_ms
        if goes:
            gone.add(row)
    readings = edited(life.recorded.readings, at_s * 1000, end_s * 1000, lambda row: None if row in gone else row)
    return Injected(readings, at_s, end_s + _UNTIL_NOON_S)


def _kept(at_s: int, at_ms: int) -> float:
    """Which share is left at `at_ms` of what ebbs away from `at_s` on."""
    return float(KEPT_A_DAY ** ((at_ms // 1000 - at_s) // DAY_S + 1))


def gradual_moments(life: Life) -> list[int]:
    """04:00 of lived-in days, after two weeks, from which forty are recorded."""
    return _starts(life, GRADUAL_DAYS, after=CLEAN_DAYS)


def _starts(life: Life, days: int, *, after: int) -> list[int]:
    first, last = life.local.day(life.recorded.start_s) + after, life.local.day(life.recorded.end_s) - days
    return [life.span(day)[0] for day in life.days if first < day <= last]


def _trips(life: Life, start_s: int, end_s: int) -> list[tuple[int, int, str, str]]:
    """UTC ms of the last sign in one place and of the first in another, and the places; outings are no trips."""
    found: list[tuple[int, int, str, str]] = []
    last: tuple[int, str] | None = None
    for row in between(life.recorded.readings, start_s * 1000, end_s * 1000):
        sensor = life.sensors.get(row.sensor)
        if sensor is None or sensor.kind in _WORN or row.value == 0 or not is_sign(sensor, row):
            continue
        walked = last is not None and last[1] != sensor.place and OUTSIDE_DOOR not in (last[1], sensor.place)
        if walked and last is not None and row.at_ms - last[0] <= _TRIP_S * 1000:
            found.append((last[0], row.at_ms, last[1], sensor.place))
        last = row.at_ms, sensor.place
    return found


def _slower(life: Life, at_s: int, days: int, factor: Callable[[str, str, int], float]) -> Injected | None:
    """Each trip takes `factor(from, to, day)` times as long; what follows is late, until a pause takes that up.

    The order of all rows stays, and what is worn keeps its time.
    """
    end_s = life.span(life.local.day(at_s) + days)[0]
    late: dict[int, int] = {}
    for start_ms, end_ms, start, to in _trips(life, at_s, end_s):
        by_ms = round((end_ms - start_ms) * (factor(start, to, (start_ms // 1000 - at_s) // DAY_S) - 1))
        if by_ms > 0:
            late[end_ms] = by_ms
    if not late:
        return None
    readings = life.recorded.readings
    low = bisect_left(readings, at_s * 1000, key=lambda row: row.at_ms)
    high = bisect_left(readings, end_s * 1000, key=lambda row: row.at_ms)
    moved: list[Reading] = []
    by_ms, last_ms = 0, 0
    for row in readings[low:high]:
        sensor = life.sensors.get(row.sensor)
        if sensor is None or sensor.kind in _WORN:
            moved.append(row)
            continue
        if row.at_ms in late:
            by_ms += late.pop(row.at_ms)
        elif by_ms and last_ms:  # a pause, not a trip: it gets shorter until the delay is gone
            by_ms = max(0, min(by_ms, by_ms - (row.at_ms - last_ms - _TRIP_S * 1000)))
        moved.append(row._replace(at_ms=min(row.at_ms + by_ms, end_s * 1000 - 1)))
        last_ms = row.at_ms
    moved.sort(key=lambda row: row.at_ms)
    return Injected([*readings[:low], *moved, *readings[high:]], at_s, end_s + _UNTIL_NOON_S)
