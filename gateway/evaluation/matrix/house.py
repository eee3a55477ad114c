"""The home that the fault matrix breaks: a simulated life, sensed by wires, by radio and by what is worn.

The life is `gateway.sources.simulator`'s, and every act is what a sensor would have sensed were it sound. Nothing
here knows how Wren judges anything; what is broken, and how, is `breaking`'s affair.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from gateway.sources.simulator import act
from gateway.sources.simulator.life import Life
from gateway.sources.simulator.scenario import Scenario
from models.kinds import SensorKind
from models.localtime import DAY_S, HOUR_S, MINUTE_S, LocalTime
from models.vocabulary import BATHROOM, BEDROOM, KITCHEN, OUTSIDE_DOOR, SENSOR_LINK, HomeSpec, Reading, Sensor

RESIDENT: Final = "r1"
TIMEZONE: Final = "Europe/London"
DOOR_BATTERY: Final = "front-door-battery"
LOUNGE: Final = "lounge"

_REST_MS: Final = {
    act.HALL_MOTION: 2500,
    act.BATHROOM_MOTION: 2500,
    act.KITCHEN_MOTION: 2500,
    act.LOUNGE_MOTION: 2500,
    act.TOILET: 800,
}
"""How long the line of a sensor that only fires stays on, as the simulator's stage has it."""

_BATTERY_EVERY_S: Final = 6 * HOUR_S
_UNHEARD_S: Final = 5 * MINUTE_S
"""The strap notifies once a minute; a longer pause is a body that took it out of the house."""


class Reach(StrEnum):
    """How a sensor reaches the gateway."""

    WIRE = "wire"
    RADIO = "radio"
    WORN = "worn"


@dataclass(frozen=True, slots=True)
class Device:
    """One sensor of the house.

    Attributes:
        missing_s: for how long it may be unheard before whoever listens calls its link lost: its own interval,
            or the re-reading of the pins.
        level: whether it has a level, which is said anew when it can be heard again.
    """

    sensor: Sensor
    reach: Reach
    missing_s: int
    level: bool = False


def _device(
    name: str, kind: SensorKind, place: str, reach: Reach, missing_s: int = 30, *, level: bool = False
) -> Device:
    return Device(Sensor(name, kind, place, RESIDENT, wireless=reach is not Reach.WIRE), reach, missing_s, level)


DEVICES: Final[Mapping[str, Device]] = MappingProxyType({
    one.sensor.id: one
    for one in (
        _device(act.BED, SensorKind.BED, BEDROOM, Reach.WIRE, level=True),
        _device(act.CHAIR, SensorKind.SEAT, LOUNGE, Reach.WIRE, level=True),
        _device(act.KITCHEN_TAP, SensorKind.TAP, KITCHEN, Reach.WIRE, level=True),
        _device(act.TOILET, SensorKind.TOILET, BATHROOM, Reach.WIRE),
        _device(act.HALL_MOTION, SensorKind.MOTION, "hallway", Reach.WIRE),
        _device(act.BATHROOM_MOTION, SensorKind.MOTION, BATHROOM, Reach.WIRE),
        _device(act.FRONT_DOOR, SensorKind.DOOR, OUTSIDE_DOOR, Reach.RADIO, 300, level=True),
        _device(DOOR_BATTERY, SensorKind.BATTERY, OUTSIDE_DOOR, Reach.RADIO, 300),
        _device(act.KITCHEN_MOTION, SensorKind.MOTION, KITCHEN, Reach.RADIO, 180),
        _device(act.LOUNGE_MOTION, SensorKind.MOTION, LOUNGE, Reach.RADIO, 180),
        _device(act.HELP_BUTTON, SensorKind.BUTTON, LOUNGE, Reach.RADIO, 600),
        _device(act.PULSE, SensorKind.HEART_RATE, "worn", Reach.WORN, 120),
        _device(act.STRAP_BATTERY, SensorKind.BATTERY, "worn", Reach.WORN, 120),
    )
})  # fmt: skip
"""Six on wires, four devices on the radio (one says its battery too), one strap that is worn."""

SEES: Final = frozenset({
    act.BED, act.CHAIR, act.KITCHEN_TAP, act.TOILET, act.HALL_MOTION, act.BATHROOM_MOTION, act.FRONT_DOOR,
    act.KITCHEN_MOTION, act.LOUNGE_MOTION,
})  # fmt: skip
"""The sensors by which her life is seen. A button is silent until it is pressed, and a pulse goes on after a fall."""

SPEC: Final = HomeSpec("h-matrix", TIMEZONE, (RESIDENT,), tuple(one.sensor for one in DEVICES.values()))
LOCAL: Final = LocalTime(TIMEZONE)


def reached_by(*reaches: Reach) -> tuple[str, ...]:
    """The sensors that reach the gateway so."""
    return tuple(name for name, one in DEVICES.items() if one.reach in reaches)


def truth(seed: int, days: int) -> list[Reading]:
    """`days` ordinary days of the person that `seed` is, as sound sensors would have said them; times ascending."""
    life = Life(seed, Scenario(quiet_days=days, illness_days=0, collapse=None), timezone=TIMEZONE)
    rows = [Reading(life.start_s * 1000, SENSOR_LINK + name, 1.0) for name in reached_by(Reach.RADIO, Reach.WORN)]
    for at_s, name, value in life:
        if name not in DEVICES or (name == act.PULSE and value == act.NO_CONTACT):
            continue
        at_ms = round(at_s * 1000)
        rows.append(Reading(at_ms, name, value))
        if name in _REST_MS:
            rows.append(Reading(at_ms + _REST_MS[name], name, 0.0))
    for place, at_s in enumerate(range(life.start_s + HOUR_S, life.end_s, _BATTERY_EVERY_S)):
        rows.append(Reading(at_s * 1000, DOOR_BATTERY, float(90 - place * _BATTERY_EVERY_S // (4 * DAY_S))))
    rows.sort(key=lambda row: row.at_ms)
    return sorted([*rows, *_strap_links(rows)], key=lambda row: row.at_ms)


def _strap_links(rows: list[Reading]) -> list[Reading]:
    """Whoever goes out takes the strap along: its link is lost meanwhile, as in every home that has one."""
    heard_ms = [row.at_ms for row in rows if row.sensor == act.PULSE]
    worn = reached_by(Reach.WORN)
    links = []
    for before_ms, after_ms in pairwise(heard_ms):
        if after_ms - before_ms > _UNHEARD_S * 1000:
            lost_ms = before_ms + DEVICES[act.PULSE].missing_s * 1000
            links += [Reading(lost_ms, SENSOR_LINK + name, 0.0) for name in worn]
            links += [Reading(after_ms, SENSOR_LINK + name, 1.0) for name in worn]
    return links
