"""Changes that matter within hours: a collapse, a late morning, out at night, too long in one place.

Each is a pure function from a life and a moment to a changed copy with its label; None where the recording does
not have what it takes.
"""

from collections.abc import Callable
from random import Random
from typing import Final

from gateway.evaluation.editing import Injected, edited, has_level
from gateway.evaluation.life import VISIT_APART_S, Life, is_sign
from models.kinds import SensorKind
from models.localtime import DAY_S, HOUR_S, MINUTE_S
from models.vocabulary import BATHROOM, OUTSIDE_DOOR, Reading

COLLAPSE_S: Final = DAY_S
LATE_S: Final = 3 * HOUR_S
OUT_S: Final = 3 * HOUR_S
IN_BATHROOM_S: Final = 2 * HOUR_S
ON_SEAT_S: Final = 6 * HOUR_S
REGULAR_S: Final = HOUR_S

_MORNING_S: Final = 4 * HOUR_S


def collapse(life: Life, at_s: int, rng: Random) -> Injected:  # noqa: ARG001 - the signature of every change
    """From `at_s` on, for 24 hours, nobody moves: no sign of life, steps at 0, the pulse goes on."""
    end_s = at_s + COLLAPSE_S

    def keep(row: Reading) -> Reading | None:
        sensor = life.sensors.get(row.sensor)
        if sensor is not None and sensor.kind is SensorKind.STEPS:
            return row._replace(value=0.0)
        return None if _moves(life, row) else row

    return Injected(edited(life.recorded.readings, at_s * 1000 + 1, end_s * 1000, keep), at_s, end_s)


def collapse_moments(life: Life) -> list[int]:
    """Every ten minutes from 08:00 to 21:50 of lived-in days, at home, with a day to follow that could be seen."""
    recorded, local = life.recorded, life.local
    moments = (local.at_clock_s(day, 8 * HOUR_S) + tens * 600 for day in life.days for tens in range(84))
    return [
        at_s
        for at_s in moments
        if at_s + COLLAPSE_S <= recorded.end_s and life.at_home(at_s) and not recorded.blind_s(at_s, at_s + COLLAPSE_S)
    ]


def late_morning(life: Life, at_s: int, rng: Random) -> Injected:  # noqa: ARG001
    """Up three hours late: the four hours from `at_s` happen three hours later, in place of what was there."""
    middle_ms, end_ms = (at_s + _MORNING_S) * 1000, (at_s + _MORNING_S + LATE_S) * 1000
    moved = [
        row._replace(at_ms=row.at_ms + LATE_S * 1000)
        for row in life.recorded.readings
        if at_s * 1000 <= row.at_ms < middle_ms and row.sensor in life.sensors
    ]
    readings = edited(
        life.recorded.readings, at_s * 1000, end_ms, lambda row: None if row.sensor in life.sensors else row, moved
    )
    return Injected(readings, at_s, at_s + LATE_S + HOUR_S)


def late_moments(life: Life) -> list[int]:
    """When this person got up, on lived-in days."""
    return [at_s for day in life.days if (at_s := life.up_s(day)) is not None]


def late_moments_regular(life: Life) -> list[int]:
    """The same, where the middle half of the two weeks before got up within an hour."""
    moments = []
    for day in life.days:
        at_s = life.up_s(day)
        if at_s is None:
            continue
        clocks = sorted(life.local.second_of_day(up) for d in life.last_days(day) if (up := life.up_s(d)) is not None)
        if len(clocks) >= 10 and clocks[3 * len(clocks) // 4] - clocks[len(clocks) // 4] <= REGULAR_S:
            moments.append(at_s)
    return moments


def night_exit(life: Life, at_s: int, rng: Random) -> Injected | None:
    """At `at_s` an outside door opens (and shuts, where it says so), and for three hours nothing follows."""
    doors = sorted(s.id for s in life.sensors.values() if s.kind is SensorKind.DOOR and s.place == OUTSIDE_DOOR)
    if not doors:
        return None
    door = rng.choice(doors)
    opened = [Reading(at_s * 1000, door, 1.0)]
    if has_level(life.recorded.readings, door):
        opened.append(Reading(at_s * 1000 + 8000, door, 0.0))
    end_s = at_s + OUT_S
    readings = edited(
        life.recorded.readings, at_s * 1000, end_s * 1000, lambda row: None if _moves(life, row) else row, opened
    )
    return Injected(readings, at_s, end_s)


def night_exit_moments(life: Life) -> list[int]:
    """Every ten minutes from 02:00 to 04:00 of nights after lived-in days, at home."""
    moments = (life.local.at_clock_s(day + 1, 2 * HOUR_S) + tens * 600 for day in life.days for tens in range(13))
    return [at_s for at_s in moments if at_s + OUT_S <= life.recorded.end_s and life.at_home(at_s)]


def bathroom_still(life: Life, at_s: int, rng: Random) -> Injected | None:  # noqa: ARG001
    """The visit to the bathroom that begins at `at_s` lasts two hours; after its own readings nothing more is seen."""
    visits = life.visits_between(at_s, at_s + 1)
    if not visits:
        return None
    last_ms = visits[0].end_ms

    def keep(row: Reading) -> Reading | None:
        sensor = life.sensors.get(row.sensor)
        inside = sensor is not None and sensor.place == BATHROOM and row.at_ms <= last_ms
        return None if _moves(life, row) and not inside else row

    return _in_bathroom(life, visits[0].start_ms, keep, [])


def bathroom_moving(life: Life, at_s: int, rng: Random) -> Injected | None:
    """As `bathroom_still`, but with movement seen in there every three to seven minutes."""
    motion = sorted(
        s.id
        for s in life.sensors.values()
        if s.place == BATHROOM and s.kind is SensorKind.MOTION and not has_level(life.recorded.readings, s.id)
    )
    visits = life.visits_between(at_s, at_s + 1)
    if not visits or not motion:
        return None
    start_ms = visits[0].start_ms
    moves, move_ms = [], start_ms
    while (move_ms := move_ms + rng.randint(180, 420) * 1000) < start_ms + IN_BATHROOM_S * 1000:
        moves.append(Reading(move_ms, rng.choice(motion), 1.0))

    def keep(row: Reading) -> Reading | None:
        return None if _moves(life, row) and row.at_ms > start_ms else row

    return _in_bathroom(life, start_ms, keep, moves)


def _in_bathroom(life: Life, start_ms: int, keep: Callable[[Reading], Reading | None], add: list[Reading]) -> Injected:
    end_ms = start_ms + IN_BATHROOM_S * 1000
    return Injected(edited(life.recorded.readings, start_ms + 1, end_ms, keep, add), start_ms // 1000, end_ms // 1000)


def bathroom_moments(life: Life) -> list[int]:
    """The beginnings of the visits to the bathroom on lived-in days, day and night."""
    spans = [life.span(day) for day in life.days]
    return [visit.start_ms // 1000 for start_s, end_s in spans for visit in life.visits_between(start_s, end_s)]


def own_longest_visit_s(life: Life, at_s: int) -> int:
    """The longest stay in the bathroom in the two weeks before `at_s`, from arriving to the next sign elsewhere.

    Stays of more than 90 minutes are left out: nobody was seen to leave.
    """
    stays = [
        left_s - visit.start_ms // 1000
        for visit in life.visits_between(at_s - 14 * DAY_S, at_s - IN_BATHROOM_S)
        if (left_s := life.next_elsewhere_s(visit.end_ms // 1000)) is not None
    ]
    return max((stay_s for stay_s in stays if stay_s <= 90 * MINUTE_S), default=VISIT_APART_S)


def seat_stay(life: Life, at_s: int, rng: Random) -> Injected:  # noqa: ARG001
    """Whoever sat down at `at_s` stays there for six hours: the seat stays occupied and nothing else is seen."""
    end_s = at_s + ON_SEAT_S
    start_ms = next(ms for ms in _seat_starts_ms(life) if ms // 1000 == at_s)

    def keep(row: Reading) -> Reading | None:
        return None if _moves(life, row) else row

    return Injected(edited(life.recorded.readings, start_ms + 1, end_s * 1000, keep), at_s, end_s)


def seat_moments(life: Life) -> list[int]:
    """When somebody sat down, from 08:00 to 16:00 of lived-in days."""
    starts = _seat_starts_ms(life)
    moments = []
    for day in life.days:
        from_s, to_s = (life.local.at_clock_s(day, hour * HOUR_S) for hour in (8, 16))
        moments += [ms // 1000 for ms in starts if from_s <= ms // 1000 < to_s]
    return moments


def _seat_starts_ms(life: Life) -> list[int]:
    seats = {sensor.id for sensor in life.sensors.values() if sensor.kind is SensorKind.SEAT}
    return [row.at_ms for row in life.recorded.readings if row.sensor in seats and row.value == 1]


def _moves(life: Life, row: Reading) -> bool:
    sensor = life.sensors.get(row.sensor)
    return sensor is not None and is_sign(sensor, row)
