"""Changes of habit over days: nights, the kitchen tap, the bed, how busy the days are.

Each is a pure function from a life and the moment at which it begins to a changed copy with its label; None where the
recording does not have what it takes.
"""

from random import Random
from typing import Final

from gateway.evaluation.editing import Injected, edited, has_level, level_before, uses
from gateway.evaluation.life import Life, Visit, between, is_sign
from models.kinds import SensorKind
from models.localtime import HOUR_S, MINUTE_S
from models.vocabulary import KITCHEN, Reading

NIGHTS: Final = 3
TAP_DAYS: Final = 3
LESS_ACTIVE_DAYS: Final = 14
BED_EXITS: Final = 3

_AROUND_S: Final = 3 * MINUTE_S
_APART_S: Final = 10 * MINUTE_S
_UNTIL_NOON_S: Final = 8 * HOUR_S
_TRIES: Final = 200


def night_bathroom(life: Life, at_s: int, rng: Random) -> Injected | None:
    """Twice as many visits to the bathroom in three nights: each is repeated at another time of the same night.

    A repetition brings along what was seen within three minutes around the visit (the way there and back). It
    lies ten minutes or more from every other visit.
    """
    day = life.local.day(at_s)
    add: list[Reading] = []
    for night in range(day, day + NIGHTS):
        start_s, end_s = life.night(night)
        visits = life.visits_between(start_s, end_s)
        taken = [(visit.start_ms, visit.end_ms) for visit in visits]
        for visit in visits:
            begin_ms = _free_ms(start_s * 1000, end_s * 1000, visit, taken, rng)
            if begin_ms is None:
                return None
            taken.append((begin_ms, begin_ms + visit.end_ms - visit.start_ms))
            add += _again(life, visit, begin_ms)
    if not add:
        return None
    end_s = life.night(day + NIGHTS - 1)[1]
    last_ms = max(row.at_ms for row in add) + 1
    readings = edited(life.recorded.readings, at_s * 1000, max(last_ms, end_s * 1000), lambda row: row, add)
    return Injected(readings, at_s, end_s + 5 * HOUR_S)


def night_moments(life: Life) -> list[int]:
    """23:00 of lived-in days followed by two more, with at least one visit to the bathroom in each of three nights."""
    days = set(life.days)
    return [
        life.night(day)[0]
        for day in life.days
        if all(night in days and life.visits_between(*life.night(night)) for night in range(day, day + NIGHTS))
    ]


def _free_ms(start_ms: int, end_ms: int, visit: Visit, taken: list[tuple[int, int]], rng: Random) -> int | None:
    long_ms = visit.end_ms - visit.start_ms
    apart_ms = _APART_S * 1000
    for _ in range(_TRIES):
        begin_ms = rng.randrange(start_ms + apart_ms, end_ms - apart_ms)
        if all(begin_ms + long_ms + apart_ms < start or begin_ms > end + apart_ms for start, end in taken):
            return begin_ms
    return None


def _again(life: Life, visit: Visit, begin_ms: int) -> list[Reading]:
    """The rows of `visit` and around it, moved to `begin_ms`; a level goes along only if it fits there and stays."""
    readings = life.recorded.readings
    from_ms, to_ms = visit.start_ms - _AROUND_S * 1000, visit.end_ms + _AROUND_S * 1000
    rows = [row for row in between(readings, from_ms, to_ms + 1) if _of_this_life(life, row)]
    fits: dict[str, bool] = {}
    for name in {row.sensor for row in rows}:
        if not has_level(readings, name):
            fits[name] = True
            continue
        before = level_before(readings, name, from_ms) or 0.0
        last = [row.value for row in rows if row.sensor == name][-1]
        fits[name] = before == last == (level_before(readings, name, begin_ms) or 0.0)
    by_ms = begin_ms - visit.start_ms
    return [row._replace(at_ms=row.at_ms + by_ms) for row in rows if fits[row.sensor]]


def _of_this_life(life: Life, row: Reading) -> bool:
    sensor = life.sensors.get(row.sensor)
    return sensor is not None and sensor.kind is not SensorKind.STEPS and (is_sign(sensor, row) or row.value == 0)


def kitchen_tap(life: Life, at_s: int, rng: Random) -> Injected | None:
    """Half of the uses of the kitchen's taps, drawn by lot, do not happen for three days."""
    taps = _kitchen_taps(life)
    end_s = life.span(life.local.day(at_s) + TAP_DAYS)[0]
    each = uses(life.recorded.readings, taps, at_s * 1000, end_s * 1000)
    if len(each) < 2:
        return None
    gone = {row for use in rng.sample(each, len(each) // 2) for row in use}
    readings = edited(life.recorded.readings, at_s * 1000, end_s * 1000, lambda row: None if row in gone else row)
    return Injected(readings, at_s, end_s + _UNTIL_NOON_S)


def tap_moments(life: Life) -> list[int]:
    """The starts of lived-in days followed by two more, with at least four uses a day of the kitchen's taps."""
    days, taps = set(life.days), _kitchen_taps(life)
    readings = life.recorded.readings

    def enough(day: int) -> bool:
        start_s, end_s = life.span(day)
        return len(uses(readings, taps, start_s * 1000, end_s * 1000)) >= 4

    return [
        life.span(day)[0]
        for day in life.days
        if taps and all(later in days and enough(later) for later in range(day, day + TAP_DAYS))
    ]


def _kitchen_taps(life: Life) -> frozenset[str]:
    return frozenset(s.id for s in life.sensors.values() if s.kind is SensorKind.TAP and s.place == KITCHEN)


def less_active(life: Life, at_s: int, rng: Random) -> Injected:
    """For two weeks a third of the active minutes, drawn by lot, do not happen; steps come down by a third.

    An "off" goes with its "on", so that no level is left standing.
    """
    start_s, end_s = at_s, life.span(life.local.day(at_s) + LESS_ACTIVE_DAYS)[0]
    gone_minutes: dict[int, bool] = {}
    gone_on: dict[str, bool] = {}

    def keep(row: Reading) -> Reading | None:
        sensor = life.sensors.get(row.sensor)
        if sensor is None or (row.value > 0 and not is_sign(sensor, row)):
            return row
        if sensor.kind is SensorKind.STEPS:
            return row._replace(value=float(round(row.value * 2 / 3)))
        if row.value > 0:
            minute = row.at_ms // 60_000
            if minute not in gone_minutes:
                gone_minutes[minute] = rng.random() < 1 / 3
            gone_on[row.sensor] = gone_minutes[minute]
        return None if gone_on.get(row.sensor, False) else row

    return Injected(edited(life.recorded.readings, start_s * 1000, end_s * 1000, keep), start_s, end_s)


def less_active_moments(life: Life) -> list[int]:
    """The starts of days from which at least twelve of fourteen are lived-in, and all are recorded."""
    days = set(life.days)
    last = life.local.day(life.recorded.end_s) - LESS_ACTIVE_DAYS
    spans = ((day, range(day, day + LESS_ACTIVE_DAYS)) for day in life.days if day <= last)
    return [life.span(day)[0] for day, fortnight in spans if len(days.intersection(fortnight)) >= 12]


def bed_exits(life: Life, at_s: int, rng: Random) -> Injected | None:
    """Three times more out of bed, for four to eight minutes each, in each of three nights."""
    beds = sorted(sensor.id for sensor in life.sensors.values() if sensor.kind is SensorKind.BED)
    day = life.local.day(at_s)
    add: list[Reading] = []
    for night in range(day, day + NIGHTS):
        stretches = [
            (bed, start_ms, end_ms) for bed in beds for start_ms, end_ms in _in_bed(life, bed, *life.night(night))
        ]
        for _ in range(BED_EXITS):
            longest = max(stretches, key=lambda stretch: stretch[2] - stretch[1], default=None)
            if longest is None or longest[2] - longest[1] < 60 * 60_000:
                return None
            bed, start_ms, end_ms = longest
            out_ms = rng.randrange(start_ms + 20 * 60_000, end_ms - 30 * 60_000)
            back_ms = out_ms + rng.randint(240, 480) * 1000
            add += [Reading(out_ms, bed, 0.0), Reading(back_ms, bed, 1.0)]
            stretches.remove(longest)
            stretches += [(bed, start_ms, out_ms), (bed, back_ms, end_ms)]
    end_s = life.night(day + NIGHTS - 1)[1]
    readings = edited(life.recorded.readings, at_s * 1000, end_s * 1000, lambda row: row, add)
    return Injected(readings, at_s, end_s + 5 * HOUR_S)


def bed_moments(life: Life) -> list[int]:
    """23:00 of lived-in days followed by two more, where a bed is sensed."""
    if not any(sensor.kind is SensorKind.BED for sensor in life.sensors.values()):
        return []
    days = set(life.days)
    return [life.night(day)[0] for day in life.days if {day + 1, day + 2} <= days]


def _in_bed(life: Life, bed: str, start_s: int, end_s: int) -> list[tuple[int, int]]:
    """Stretches of the night, in UTC ms, in which `bed` is occupied."""
    readings = life.recorded.readings
    edges = [row for row in between(readings, start_s * 1000, end_s * 1000) if row.sensor == bed]
    since_ms = start_s * 1000 if level_before(readings, bed, start_s * 1000) == 1 else None
    stretches = []
    for row in edges:
        if row.value == 1 and since_ms is None:
            since_ms = row.at_ms
        elif row.value == 0 and since_ms is not None:
            stretches.append((since_ms, row.at_ms))
            since_ms = None
    return stretches if since_ms is None else [*stretches, (since_ms, end_s * 1000)]
