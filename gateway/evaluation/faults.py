"""What goes wrong with sensors, clocks and gateways, as pure functions from a recording to a faulty copy.

None of these says anything about the person, so none may raise a care alert that the untouched twin does not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final, NamedTuple

from gateway.evaluation.editing import edited, has_level
from gateway.evaluation.life import CLEAN_DAYS, between
from gateway.evaluation.recorded import Recorded
from models.kinds import SensorKind
from models.localtime import DAY_S, HOUR_S, LocalTime
from models.vocabulary import CLOCK_STEP, GATEWAY_LINK, Reading

DEAD_DAYS: Final = 14
STUCK_S: Final = 2 * DAY_S
CHATTER_S: Final = HOUR_S
CLOCK_WRONG_S: Final = 6 * HOUR_S
MESS_S: Final = 3 * DAY_S
LATE_SHARE: Final = 0.01

_SWITCHES: Final = frozenset(SensorKind) - {
    SensorKind.HEART_RATE,
    SensorKind.STEPS,
    SensorKind.BUTTON,
    SensorKind.TEMPERATURE,
    SensorKind.HUMIDITY,
    SensorKind.BATTERY,
    SensorKind.WATER,
    SensorKind.BADGE,
}


class Faulty(NamedTuple):
    """A faulty copy; the fault lasts from `start_s` to `end_s` (UTC). An alert may be dated wrongly by `shifts_s`."""

    readings: list[Reading]
    start_s: int
    end_s: int
    shifts_s: tuple[int, ...] = (0,)


@dataclass(frozen=True, slots=True)
class Fault:
    """One sort of fault; `inject` returns None where the recording does not lend itself, and takes `lasts_s` of it."""

    name: str
    inject: Callable[[Recorded, int, Random], Faulty | None]
    lasts_s: int


def dead(recorded: Recorded, at_s: int, rng: Random) -> Faulty | None:
    """One of the sensors says nothing for two weeks. The home keeps two others at least."""
    name = _some_sensor(recorded, at_s, rng, fewest=3)
    if name is None:
        return None
    end_s = at_s + DEAD_DAYS * DAY_S
    return Faulty(
        edited(recorded.readings, at_s * 1000, end_s * 1000, lambda row: None if row.sensor == name else row),
        at_s,
        end_s,
    )


def stuck(recorded: Recorded, at_s: int, rng: Random) -> Faulty | None:
    """One of the sensors is stuck for two days: a level stays at 1; what only fires does so every minute."""
    name = _some_sensor(recorded, at_s, rng)
    if name is None:
        return None
    end_s = at_s + STUCK_S
    last_s = at_s + 1 if has_level(recorded.readings, name) else end_s
    add = [Reading(ms, name, 1.0) for ms in range(at_s * 1000, last_s * 1000, 60_000)]
    return _in_place_of(recorded, name, at_s, end_s, add)


def chattering(recorded: Recorded, at_s: int, rng: Random) -> Faulty | None:
    """For an hour one of the sensors chatters: 20 edges a second, for two seconds of every minute."""
    name = _some_sensor(recorded, at_s, rng)
    if name is None:
        return None
    level = has_level(recorded.readings, name)
    add = [
        Reading((at_s + minute) * 1000 + edge * 50, name, float(edge % 2 == 0) if level else 1.0)
        for minute in range(0, CHATTER_S, 60)
        for edge in range(40)
    ]
    return _in_place_of(recorded, name, at_s, at_s + CHATTER_S, add)


def clock_step(by_s: int) -> Callable[[Recorded, int, Random], Faulty]:
    """The clock is wrong by `by_s` for six hours, and then set right; it says so both times."""

    def inject(recorded: Recorded, at_s: int, rng: Random) -> Faulty:  # noqa: ARG001 - the signature of every fault
        end_s = at_s + CLOCK_WRONG_S
        wrong = between(recorded.readings, at_s * 1000, end_s * 1000)
        low = next((i for i, row in enumerate(recorded.readings) if row.at_ms >= at_s * 1000), len(recorded.readings))
        readings = [
            *recorded.readings[:low],
            Reading((at_s + by_s) * 1000, CLOCK_STEP, float(by_s)),
            *(row._replace(at_ms=row.at_ms + by_s * 1000) for row in wrong),
            Reading(end_s * 1000, CLOCK_STEP, float(-by_s)),
            *recorded.readings[low + len(wrong) :],
        ]
        return Faulty(readings, at_s, end_s, (0, by_s))

    return inject


def duplicates(recorded: Recorded, at_s: int, rng: Random) -> Faulty:
    """For three days every row comes once, twice or three times, within 20 ms."""
    end_s = at_s + MESS_S
    rows = between(recorded.readings, at_s * 1000, end_s * 1000)
    again = [row._replace(at_ms=row.at_ms + rng.randint(0, 20)) for row in rows for _ in range(rng.randint(0, 2))]
    return Faulty(edited(recorded.readings, at_s * 1000, end_s * 1000 + 21, lambda row: row, again), at_s, end_s)


def disorder(recorded: Recorded, at_s: int, rng: Random) -> Faulty:
    """For three days rows come in up to 5 s too late, and one in a hundred an hour, with their own times."""
    end_s = at_s + MESS_S
    rows = between(recorded.readings, at_s * 1000, end_s * 1000)

    def comes_ms(row: Reading) -> float:
        return row.at_ms + (HOUR_S * 1000 if rng.random() < LATE_SHARE else rng.uniform(0, 5000))

    order = sorted(((comes_ms(row), place) for place, row in enumerate(rows)), key=lambda pair: pair[0])
    shuffled = [rows[place] for _, place in order]
    low = next((i for i, row in enumerate(recorded.readings) if row.at_ms >= at_s * 1000), len(recorded.readings))
    readings = [*recorded.readings[:low], *shuffled, *recorded.readings[low + len(rows) :]]
    return Faulty(readings, at_s, end_s)


def gateway_down(for_s: int) -> Callable[[Recorded, int, Random], Faulty]:
    """The gateway sees nothing for `for_s`, and says so before and after, as a daemon that starts again does."""

    def inject(recorded: Recorded, at_s: int, rng: Random) -> Faulty:  # noqa: ARG001
        end_s = at_s + for_s
        add = [Reading(at_s * 1000, GATEWAY_LINK, 0.0), Reading(end_s * 1000 - 1, GATEWAY_LINK, 1.0)]
        return Faulty(edited(recorded.readings, at_s * 1000, end_s * 1000, lambda _: None, add), at_s, end_s)

    return inject


def clocks_change(month: int) -> Callable[[Recorded, int, Random], Faulty | None]:
    """The recording dated anew, by whole weeks, so that the clocks change near `at_s`: in spring (3) or autumn (10).

    Everybody lives by the clock from 04:00 of that day on; a day of 23 hours loses its last one, one of 25 has an hour
    in which nothing is seen.
    """

    def inject(recorded: Recorded, at_s: int, rng: Random) -> Faulty | None:  # noqa: ARG001
        local = LocalTime(recorded.spec.timezone)
        night = _night_of_change(local, local.day(at_s), month)
        if night is None:
            return None
        by_days = night - local.day(at_s)
        by_days -= by_days % 7
        readings: list[Reading] = []
        day, start_s, new_s, new_end_s = None, 0, 0, 0
        for row in recorded.readings:
            today = local.day(row.at_ms // 1000)
            if today != day:
                day, start_s = today, local.day_start_s(today)
                new_s, new_end_s = (local.day_start_s(today + by_days + more) for more in (0, 1))
            at_ms = row.at_ms + (new_s - start_s) * 1000
            if row.sensor == GATEWAY_LINK:
                at_ms = min(at_ms, new_end_s * 1000 - 1)  # else it would be down for ever
            if at_ms < new_end_s * 1000:
                readings.append(row._replace(at_ms=at_ms))
        return Faulty(readings, local.day_start_s(night), local.day_start_s(night + 1), (by_days * DAY_S,))

    return inject


def _night_of_change(local: LocalTime, day: int, month: int) -> int | None:
    """The nearest later resident day in `month` that is not 24 hours long; None within 800 days."""
    for later in range(day, day + 800):
        if local.date(later).month == month and local.day_start_s(later + 1) - local.day_start_s(later) != DAY_S:
            return later
    return None


def _in_place_of(recorded: Recorded, name: str, at_s: int, end_s: int, add: list[Reading]) -> Faulty:
    def keep(row: Reading) -> Reading | None:
        return None if row.sensor == name else row

    return Faulty(edited(recorded.readings, at_s * 1000, end_s * 1000, keep, add), at_s, end_s)


def _some_sensor(recorded: Recorded, at_s: int, rng: Random, fewest: int = 1) -> str | None:
    """A sensor that spoke in the week before `at_s`, drawn by lot; None where fewer than `fewest` did."""
    week = {row.sensor for row in between(recorded.readings, (at_s - 7 * DAY_S) * 1000, at_s * 1000)}
    names = sorted(sensor.id for sensor in recorded.spec.sensors if sensor.kind in _SWITCHES and sensor.id in week)
    return rng.choice(names) if len(names) >= fewest else None


def moments(recorded: Recorded, for_s: int) -> list[int]:
    """Every ten minutes after two clean weeks from which `for_s` are recorded and seen."""
    first, last = recorded.start_s + CLEAN_DAYS * DAY_S, recorded.end_s - for_s
    return [at_s for at_s in range(first, last, 600) if not recorded.blind_s(at_s, at_s + for_s)]


FAULTS: Final = (
    Fault("a sensor dead for 14 days", dead, DEAD_DAYS * DAY_S),
    Fault("a sensor stuck for 2 days", stuck, STUCK_S),
    Fault("a sensor chattering for 1 h", chattering, CHATTER_S),
    Fault("clock 1 h fast for 6 h", clock_step(HOUR_S), CLOCK_WRONG_S),
    Fault("clock 1 h slow for 6 h", clock_step(-HOUR_S), CLOCK_WRONG_S),
    Fault("clock 3 days fast for 6 h", clock_step(3 * DAY_S), CLOCK_WRONG_S),
    Fault("clocks go forward", clocks_change(3), 8 * DAY_S),
    Fault("clocks go back", clocks_change(10), 8 * DAY_S),
    Fault("duplicates for 3 days", duplicates, MESS_S),
    Fault("disorder for 3 days", disorder, MESS_S),
    Fault("gateway down for 3 h", gateway_down(3 * HOUR_S), 3 * HOUR_S),
    Fault("gateway down for 3 days", gateway_down(3 * DAY_S), 3 * DAY_S),
)
