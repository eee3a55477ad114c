"""Pairs of runs that differ in what was sensed and are equal in what was concluded.

`facts` are what a run concluded, and nothing else: of every alert, update and summary its kind, resident, severity,
audience, recipient, change, period and day, its moments to the second, and the means a day, rounded; which sensors were
heard in the 24 hours before; and for a week, how soon a silence would be noticed at each hour. None of the sentences.
Two runs with equal facts must leave byte-identical bodies, with their ids and numbers: then a body cannot tell one raw
course from another that concludes the same, so it is a function of the conclusions alone. Sentences are not among the
facts, so a sentence that told more than the conclusion (a second, a fraction of a degree, which of two sensors in a
room it was) would make two bodies differ.

What differs within a pair: the milliseconds of everything; seconds within the minute of much; every pulse, step count
and humidity, every temperature within its degree; how many of them there are; bounces, repeats, sensors of the same
room taking each other's place, and the order of what happens at once.
"""

import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from random import Random
from typing import Any, Final, NamedTuple

from gateway.messages import drafts_of
from gateway.store.outbox import Draft
from models.home import Home
from models.kinds import SensorKind
from models.localtime import DAY_S
from models.vocabulary import Finding, HabitTable, HomeSpec, Period, Reading, Said, Sensor, Summary, Update
from tests.models.world import SENSORS, a_life, morning_s, run, spec

SEED: Final = 5

TRAINED_DAYS: Final = 20
FIRST_HOUR: Final = 12.0
LAST_HOUR: Final = 24 + 7.5
"""From a Sunday noon, after three weeks, until the summaries of the day and of the week have been written."""

_LAST_DAY: Final = 2_000
"""More readings than the last day before has."""

_LAST_MS: Final = morning_s(TRAINED_DAYS, LAST_HOUR) * 1000

MORE: Final = (
    Sensor("hall-2", SensorKind.MOTION, "hallway", "r1"),
    Sensor("lounge-2", SensorKind.MOTION, "lounge", "r1"),
    Sensor("warm", SensorKind.TEMPERATURE, "lounge", "r1"),
    Sensor("damp", SensorKind.HUMIDITY, "bathroom", "r1"),
)
TWINS: Final = {"hall": "hall-2", "hall-2": "hall", "lounge": "lounge-2", "lounge-2": "lounge"}
MOTION: Final = frozenset({*TWINS, "bath-motion"})
MEASURED: Final = {"pulse": (55.0, 75.0), "steps": (20.0, 80.0), "warm": (19.0, 22.0), "damp": (40.0, 60.0)}
LEVELS: Final = frozenset({"bed", "chair", "tap", "kettle", "front-door"})


class Run(NamedTuple):
    """What was sensed, what was said of it, and how soon a silence was noticed when a week's summary was written."""

    readings: list[Reading]
    said: list[Said]
    notices: list[tuple[int | None, ...]]


class Pair(NamedTuple):
    """Two runs with equal facts, and how far what was sensed had to be held together for it."""

    one: Run
    other: Run
    seconds_too: bool
    twins_too: bool


SPEC: Final[HomeSpec] = spec((*SENSORS, *MORE))


@cache
def _before() -> list[Reading]:
    life = _by_either(Random(3), a_life(TRAINED_DAYS + 1, seed=3))
    life += _measured(Random(3), 0, 4.0, TRAINED_DAYS * 24 + FIRST_HOUR)
    return sorted(one for one in life if one.at_ms < morning_s(TRAINED_DAYS, FIRST_HOUR) * 1000)


@cache
def _state() -> str:
    home = Home(SPEC)
    run(home, _before())
    home.advance(morning_s(TRAINED_DAYS, FIRST_HOUR) * 1000)
    return json.dumps(home.state())


def _by_either(rng: Random, life: Sequence[Reading]) -> list[Reading]:
    """Where two sensors watch one room, now this one sees somebody and now that."""
    return [
        one._replace(sensor=TWINS[one.sensor]) if one.sensor in TWINS and rng.random() < 0.5 else one for one in life
    ]


def _measured(rng: Random, day: int, from_h: float, to_h: float) -> Iterator[Reading]:
    for turn in range(int(2 * (to_h - from_h))):
        for name, (low, high) in MEASURED.items():
            if name != "steps":
                at_ms = round((morning_s(day, from_h + turn / 2) + rng.uniform(0, 1700)) * 1000)
                yield Reading(at_ms, name, rng.uniform(low, high))


def lived(readings: Sequence[Reading]) -> Run:
    """The trained home's day with these readings."""
    home = Home.restore(SPEC, json.loads(_state()))
    said: list[Said] = []
    notices: list[tuple[int | None, ...]] = []
    for step in (*(partial(home.step, reading) for reading in readings), partial(home.advance, _LAST_MS)):
        new: list[Said] = step()
        said += new
        if any(isinstance(one, Summary) and one.period is Period.WEEK for one in new):
            notices += [stream.notice_s for stream in home.portrait().streams]
    return Run(list(readings), said, notices)


def day_of(rng: Random) -> list[Reading]:
    """A Sunday and the morning after it, on which something may happen that is told at once."""
    life = a_life(TRAINED_DAYS + 2, seed=rng.randrange(40))
    begins_ms, ends_ms = (morning_s(TRAINED_DAYS, hours) * 1000 for hours in (FIRST_HOUR, LAST_HOUR))
    mine = _by_either(rng, [one for one in life if begins_ms <= one.at_ms < ends_ms])
    mine += [one for one in _measured(rng, TRAINED_DAYS, FIRST_HOUR, LAST_HOUR) if one.at_ms < ends_ms]
    happens = rng.choice(["nothing", "help", "silence", "bath", "door", "cold", "help and silence"])
    if "help" in happens:
        at_ms = round(morning_s(TRAINED_DAYS, rng.uniform(12.5, 20)) * 1000)
        mine += [Reading(at_ms, "button", 1.0), Reading(at_ms + rng.choice([9_000, 400_000]), "button", 1.0)]
    quiet_from = rng.uniform(12.5, 14)
    if "silence" in happens:
        mine = [one for one in mine if not _between(one, quiet_from, 23) or one.sensor in ("warm", "damp", "button")]
    if happens == "bath":
        mine = [one for one in mine if not _between(one, quiet_from, quiet_from + 2.5)]
        mine.append(Reading(round(morning_s(TRAINED_DAYS, quiet_from) * 1000), "bath-motion", 1.0))
    if happens == "door":
        at_ms = round(morning_s(TRAINED_DAYS, rng.uniform(25, 27)) * 1000)
        mine += [Reading(at_ms, "front-door", 1.0), Reading(at_ms + 4000, "front-door", 0.0)]
    if happens == "cold":
        mine = [one._replace(value=one.value - 6) if one.sensor == "warm" else one for one in mine]
    return sorted(mine)


def _between(one: Reading, from_h: float, to_h: float) -> bool:
    return morning_s(TRAINED_DAYS, from_h) <= one.at_ms / 1000 < morning_s(TRAINED_DAYS, to_h)


def otherwise(rng: Random, readings: Sequence[Reading], *, seconds_too: bool, twins_too: bool) -> list[Reading]:
    """The same course of a day, sensed otherwise.

    `seconds_too`: not the milliseconds alone. `twins_too`: by the other sensor of the same room.
    """
    others: list[Reading] = []
    for one in readings:
        second_ms, minute_ms = one.at_ms // 1000 * 1000, one.at_ms // 60_000 * 60_000
        at_ms = second_ms + rng.randrange(1000)
        if one.sensor in MEASURED:
            low, high = MEASURED[one.sensor]
            if one.sensor == "warm":  # to the degree it is told
                low, high = math.floor(one.value), math.floor(one.value) + 0.999
            if one.sensor == "steps":  # a sign of life
                others.append(Reading(at_ms, one.sensor, rng.uniform(low, high)))
                continue
            if seconds_too:
                at_ms = minute_ms + rng.randrange(60_000)
            others.append(Reading(at_ms, one.sensor, rng.uniform(low, high)))
            if rng.random() < 0.3:
                others.append(Reading(at_ms + rng.randrange(1, 900), one.sensor, rng.uniform(low, high)))
            continue
        if seconds_too and one.sensor in MOTION and rng.random() < 0.5:
            at_ms = minute_ms + rng.randrange(60_000)
        sensor = TWINS.get(one.sensor, one.sensor) if twins_too and rng.random() < 0.5 else one.sensor
        others.append(Reading(at_ms, sensor, one.value))
        if one.sensor in LEVELS and rng.random() < 0.3:  # a contact bounces
            others += [Reading(at_ms + off, sensor, one.value if off % 2 == 0 else 1 - one.value) for off in (7, 12)]
        if one.sensor in MOTION and rng.random() < 0.2:  # a message that comes twice
            others.append(Reading(at_ms + 3, sensor, one.value))
    rng.shuffle(others)
    return sorted(others, key=lambda one: one.at_ms)  # what happens at once, in any order


def facts(one: Run) -> list[Any]:
    """What was concluded, without a sentence."""
    return [one.notices, *((_fact(each), _heard(one, each)) for each in one.said if not isinstance(each, HabitTable))]


def _fact(one: Finding | Update | Summary) -> object:
    if isinstance(one, Finding):
        return replace(one, evidence=None)  # type: ignore[arg-type]
    if isinstance(one, Update):
        return replace(one, observed="")
    return replace(one, headline="", coverage="", lines=())


def _heard(one: Run, said: Finding | Update | Summary) -> frozenset[str]:
    at_s = said.opened_s if isinstance(said, Finding) else said.raised_s
    readings = (*_before()[-_LAST_DAY:], *one.readings)
    return frozenset(each.sensor for each in readings if 0 <= at_s - each.at_ms // 1000 <= DAY_S)


def pairs(seed: int) -> Iterator[Pair | None]:
    """Pairs without end; None where what was sensed otherwise was concluded otherwise too, which is no pair."""
    rng = Random(seed)
    while True:
        readings = day_of(rng)
        one = lived(readings)
        tries = ((True, True), (False, True), (False, False))
        for seconds_too, twins_too in tries[rng.choice((0, 1, 1)) :]:
            other = lived(otherwise(rng, readings, seconds_too=seconds_too, twins_too=twins_too))
            if facts(other) == facts(one):
                yield Pair(one, other, seconds_too, twins_too)
                break
        else:
            yield None


def bodies(one: Run, leave: Callable[[str, Sequence[Said]], list[Draft]] = drafts_of) -> list[tuple[str, bytes]]:
    """What would leave: ids and bodies with their numbers."""
    return [(draft.id, draft.encode(seq)) for seq, draft in enumerate(leave(SPEC.id, one.said), 1)]


def unlike(pair: Pair) -> int:
    """How many readings of the one run are not in the other."""
    return (Counter(pair.one.readings) - Counter(pair.other.readings)).total()


def found(count: int) -> tuple[list[Pair], int]:
    """`count` pairs, and how many attempts were none."""
    taken: list[Pair] = []
    misses = 0
    for pair in pairs(SEED):
        if pair is None:
            misses += 1
        else:
            taken.append(pair)
        if len(taken) == count:
            break
    return taken, misses


def report(taken: Sequence[Pair], misses: int) -> dict[str, int]:
    """What the pairs were like."""
    said = [one for pair in taken for one in pair.one.said]
    kinds = Counter(str(one.kind) for one in said if isinstance(one, Finding))
    raw = sorted(map(unlike, taken))
    return {
        "pairs": len(taken),
        "no pair": misses,
        "seconds differ too": sum(pair.seconds_too for pair in taken),
        "other sensors of the room": sum(pair.twins_too for pair in taken),
        "with alerts": sum(any(isinstance(one, Finding) for one in pair.one.said) for pair in taken),
        "with a week's habits": sum(any(isinstance(one, Summary) and one.habits for one in p.one.said) for p in taken),
        "bodies": sum(len(bodies(pair.one)) for pair in taken),
        "raw readings that differ, least": raw[0],
        "raw readings that differ, median": raw[len(raw) // 2],
        **{f"alerts of {kind}": count for kind, count in sorted(kinds.items())},
    }
