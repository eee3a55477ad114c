"""Somebody who has gone to bed, and hours counted from there: what the tests of the night stand on."""

from collections.abc import Iterable

from models.home import Home
from models.kinds import AlertKind
from models.vocabulary import Finding, Reading, Said, Sensor
from tests.models.world import SENSORS, findings, morning_s, run, spec

EXIT, BED = AlertKind.NIGHT_EXIT, AlertKind.OUT_OF_BED


def asleep(kinds: Iterable[AlertKind] = (EXIT, BED), sensors: Iterable[Sensor] = SENSORS) -> Home:
    """A home on its first evening: somebody was about, and has gone to bed."""
    home = Home(spec(sensors, alerts=frozenset(kinds)))
    at_ms = morning_s(0, 21) * 1000
    run(home, [Reading(at_ms + minute * 60_000, "lounge", 1) for minute in range(0, 30, 3)])
    run(home, [Reading(at_ms, "bed", 0), Reading(at_ms + 3_600_000, "bed", 1)])
    return home


def at(home: Home, hours: float, sensor: str, value: float = 1) -> list[Said]:
    return home.step(Reading(round(morning_s(0, hours) * 1000), sensor, value))


def until(home: Home, hours: float, kind: AlertKind = EXIT) -> list[Finding]:
    return findings(home.advance(round(morning_s(0, hours) * 1000)), kind)
