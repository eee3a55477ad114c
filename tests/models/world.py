"""A small home and an ordinary life in it: what the tests of the core stand on."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from random import Random
from typing import Any

from models.home import Home
from models.kinds import AlertKind, SensorKind
from models.localtime import DAY_S, LocalTime
from models.vocabulary import CLOCK_STEP, GATEWAY_LINK, Finding, HomeSpec, Reading, Said, Sensor, Summary, Update

SENSORS = (
    Sensor("front-door", SensorKind.DOOR, "outside-door", "r1"),
    Sensor("bed", SensorKind.BED, "bedroom", "r1"),
    Sensor("chair", SensorKind.SEAT, "lounge", "r1"),
    Sensor("sofa", SensorKind.SEAT, "lounge", "r1"),
    Sensor("tap", SensorKind.TAP, "kitchen", "r1"),
    Sensor("kettle", SensorKind.APPLIANCE, "kitchen", "r1"),
    Sensor("toilet", SensorKind.TOILET, "bathroom", "r1"),
    Sensor("bath-motion", SensorKind.MOTION, "bathroom", "r1"),
    Sensor("hall", SensorKind.MOTION, "hallway", "r1"),
    Sensor("lounge", SensorKind.MOTION, "lounge", "r1"),
    Sensor("button", SensorKind.BUTTON, "lounge", "r1"),
    Sensor("pulse", SensorKind.HEART_RATE, "worn", "r1"),
    Sensor("steps", SensorKind.STEPS, "worn", "r1"),
)
START_S = int(datetime(2025, 3, 3, 4, tzinfo=UTC).timestamp())
"""A Monday, 04:00 in London, four weeks before the clocks go forward."""


def spec(
    sensors: Iterable[Sensor] = SENSORS,
    residents: tuple[str, ...] = ("r1",),
    timezone: str = "Europe/London",
    alerts: frozenset[AlertKind] = frozenset(AlertKind),
) -> HomeSpec:
    """One person's home, unless said otherwise."""
    return HomeSpec("h-test", timezone, residents, tuple(sensors), alerts)


def a_life(days: int, *, seed: int = 1, start_s: int = START_S, timezone: str = "Europe/London") -> list[Reading]:
    """An ordinary life by the local clock, from 04:00 on: about 120 readings a day, no waking silence over an hour."""
    rng, local = Random(seed), LocalTime(timezone)
    first = local.day(start_s)
    found: list[Reading] = []

    def at(day: int, hours: float, sensor: str, value: float = 1) -> None:
        found.append(Reading(local.at_clock_s(day, int(hours * 3600)) * 1000 + rng.randrange(1000), sensor, value))

    for day in range(first, first + days):
        at(day, 7 + rng.random() / 3, "bed", 0)
        hours = 7.5
        while hours < 22.3:
            sensor = rng.choice(["hall", "hall", "tap", "kettle", "chair", "lounge", "toilet", "steps"])
            if sensor in {"tap", "kettle", "chair"}:
                at(day, hours, sensor, 1)
                at(day, hours + rng.uniform(0.005, 0.4), sensor, 0)
            elif sensor == "toilet":
                at(day, hours, "bath-motion")
                at(day, hours + 0.03, "toilet")
            else:
                at(day, hours, sensor, 40 if sensor == "steps" else 1)
            at(day, hours + 0.1, "hall")
            hours += rng.uniform(0.1, 0.6)
        at(day, 22.6, "bed", 1)
        if rng.random() < 0.7:
            night = 26 + rng.random()
            at(day, night, "bed", 0)
            at(day, night + 0.05, "bath-motion")
            at(day, night + 0.15, "bed", 1)
    return sorted(found)


def run(home: Home, readings: Iterable[Reading]) -> list[Said]:
    """Everything said of `readings`."""
    return [word for reading in readings for word in home.step(reading)]


def findings(said: Iterable[Said], kind: AlertKind | None = None) -> list[Finding]:
    return [word for word in said if isinstance(word, Finding) and kind in (None, word.kind)]


def updates(said: Iterable[Said]) -> list[Update]:
    return [word for word in said if isinstance(word, Update)]


def summaries(said: Iterable[Said]) -> list[Summary]:
    return [word for word in said if isinstance(word, Summary)]


def saved(home: Home) -> Any:
    """Its state after a journey through JSON."""
    return json.loads(json.dumps(home.state(), allow_nan=False))


def copied(home: Home) -> Home:
    """The home that its state makes."""
    return Home.restore(home.spec, saved(home))


@cache
def _trained_state(days: int) -> str:
    home = Home(spec())
    run(home, a_life(days))
    return json.dumps(home.state())


def trained(days: int = 12) -> Home:
    """A home that has learnt `days` days of `a_life`; somebody is in bed."""
    return Home.restore(spec(), json.loads(_trained_state(days)))


def morning_s(days: int, hours: float = 10.0) -> int:
    """The UTC second of `hours` o'clock in London, `days` days after `START_S`."""
    local = LocalTime("Europe/London")
    return local.at_clock_s(local.day(START_S) + days, int(hours * 3600))


def link(at_ms: int, *, up: bool) -> Reading:
    return Reading(at_ms, GATEWAY_LINK, float(up))


def clock_step(home: Home, by_s: float) -> Reading:
    """The input that a step of the clock by `by_s` is, right now."""
    return Reading(home.now_ms + round(by_s * 1000), CLOCK_STEP, by_s)


WEEK_S = 7 * DAY_S
