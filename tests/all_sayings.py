"""All that homes say in which everything happens: each kind of sentence, in each of its forms."""

from collections.abc import Iterator
from functools import cache

from models.home import Home
from models.kinds import SensorKind
from models.vocabulary import HomeSpec, Reading, Said, Sensor
from tests import sayings
from tests.models.world import SENSORS, a_life, clock_step, link, morning_s, run, spec

RADAR = Sensor("radar", SensorKind.PRESENCE, "dining-room", "r1")
RAW = 137.0625
"""A pulse that appears in no sentence by chance."""


def _everything_is_said() -> Iterator[tuple[HomeSpec, list[Said]]]:
    """Homes in which each kind of sentence is said, in each of its forms."""
    home = Home(spec((*SENSORS, RADAR)))
    said = run(home, [Reading(morning_s(0, 6) * 1000, "radar", 0)])
    for day in range(23):
        life = [one for one in a_life(23, seed=8) if 0 <= one.at_ms - morning_s(day, 6.1) * 1000 < 86_400_000]
        for hour in (11, 16):
            at_ms = morning_s(day, hour) * 1000 + 77
            life += [Reading(at_ms, "radar", 1), Reading(at_ms + (900 + 50 * day) * 1000, "radar", 0)]
        life += [Reading(morning_s(day, 12) * 1000 + 5, "pulse", RAW)]
        if day == 10:
            life += [link(morning_s(day, 9) * 1000, up=False), link(morning_s(day, 16) * 1000, up=True)]
        if day in (12, 13, 14):  # into the bathroom, and not seen for two hours
            start_ms, end_ms = morning_s(day, 14) * 1000, morning_s(day, 16) * 1000
            life = [one for one in life if not start_ms <= one.at_ms < end_ms]
            life += [Reading(start_ms, "bath-motion", 1)]
        if day == 16:
            life += [Reading(morning_s(day, 9) * 1000 + off, "button", 1) for off in (0, 5000)]
        if day == 18:
            life += [Reading((morning_s(day, 13) + 70 * use) * 1000, "tap", use % 2) for use in range(250)]
        said += run(home, [one for one in sorted(life) if one.at_ms >= home.now_ms])
    said += home.step(clock_step(home, 120.0))
    for sensor in ("radar", "bed", "chair"):
        said += home.step(Reading(home.now_ms + 3_600_000, sensor, 0))
        said += home.step(Reading(home.now_ms + 3_600_000, sensor, 1))
        said += home.advance(home.now_ms + 40 * 3_600_000)
    said += home.step(Reading(home.now_ms + 1, "hall", 1))
    run(home, [link(home.now_ms + 1, up=False), link(home.now_ms + 20_000_000, up=True)])
    said += home.advance(home.now_ms + 40 * 3_600_000)
    yield home.spec, said
    first = Home(spec())
    said = run(first, [Reading(morning_s(0) * 1000, "hall", 1), Reading(morning_s(0) * 1000 + 9, "bath-motion", 1)])
    said += first.advance(morning_s(3) * 1000)
    yield first.spec, said


@cache
def all_said() -> list[tuple[HomeSpec, list[Said]]]:
    others = (
        sayings.weeks, sayings.told, sayings.nights, sayings.pair, sayings.late, sayings.faulty, sayings.panel,
        sayings.unheard, sayings.rooms, sayings.unanswered,
    )  # fmt: skip
    return [*_everything_is_said(), *(home() for home in others)]
