"""What a valid configuration may still leave undone: nobody told at night, a button that calls no one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from gateway.config import purpose, radio
from gateway.config.forms import WEEKDAYS, clock_s
from gateway.config.tables import Config, SensorTable
from gateway.config.wires import wire_doubts
from models.kinds import TECHNICIAN, AlertKind, SensorKind
from models.localtime import DAY_S, HOUR_S
from models.trust import sees_indoors
from models.vocabulary import BATHROOM, OUTSIDE_DOOR, Sensor
from models.whose import SIGNS_OF_LIFE

_KNOW_OF_STAYS: Final = frozenset({SensorKind.SEAT, SensorKind.BED, SensorKind.PRESENCE})
_USED: Final = frozenset({SensorKind.TAP, SensorKind.TOILET, SensorKind.APPLIANCE})
_SEEN_LEAVING: Final = 2
"""Other places with sensors that it takes to notice that somebody has left the bathroom (models.home)."""


_VISITED_H: Final = 6
"""More hours of planned visits in a day than this are a good part of what is lived of it."""

_FAILS: Final = TECHNICIAN - {AlertKind.WALK_TEST_DRIFT}
"""What is told at once when a sensor fails; what drifts is told once a month."""

_URGENT: Final = frozenset({AlertKind.HELP_BUTTON, AlertKind.INACTIVITY, AlertKind.LONG_STAY, AlertKind.NIGHT_EXIT})
"""Kinds that can be urgent, so that an owner who keeps office hours is worth a word."""


def doubts(config: Config) -> Iterator[str]:
    """What a technician should know of `config` before leaving, one sentence or two each."""
    yield from _connections(config)
    yield from _owners(config)
    for kind in config.alerts or ():
        yield from _can_be_raised(config, kind)
    yield from _wearables(config)
    yield from radio.doubts(config)
    yield from _whose(config)
    yield from _visits(config)
    yield from _way_out(config)
    yield from purpose.doubts(config)


def _connections(config: Config) -> Iterator[str]:
    loose = [sensor.id for sensor in config.sensors if sensor.gpio is None and sensor.ble is None]
    if loose:
        yield f"Neither `gpio` nor `ble`, so live never heard (fine in a recording): {', '.join(loose)}."
    yield from wire_doubts(config.sensors)
    if config.gateway.pin_factory == "mock" and any(sensor.gpio for sensor in config.sensors):
        yield '[gateway] pin_factory = "mock" is for rehearsals: no real pin is read.'


def _owners(config: Config) -> Iterator[str]:
    kinds = config.alerts or {}
    if not kinds:
        yield "No [alerts.KIND] table: live, every alert kind is off and nobody is told of anything."
    elif not _FAILS & set(kinds):
        yield f"None of {', '.join(sorted(_FAILS))} has an owner: nobody is told when a sensor fails."
    buttons = [sensor.id for sensor in config.sensors if sensor.kind is SensorKind.BUTTON]
    if buttons and AlertKind.HELP_BUTTON not in kinds:
        said = f"A press of {', '.join(buttons)} calls nobody: there is no [alerts.help_button] table"
        yield f"{said}, and `wren run` refuses that."
    asked = {AlertKind.INACTIVITY, AlertKind.LONG_STAY, AlertKind.LATE_START, AlertKind.OUT_OF_BED}
    if any(panel.ok_pin is not None for panel in config.panels) and not asked & set(kinds):
        yield f'A panel has an "I\'m OK" button, and none of {", ".join(sorted(asked))} is on: it never asks anything.'
    hours = {recipient.id: recipient.hours for recipient in config.recipients}
    urgent = {kind: alert.owner for kind, alert in kinds.items() if kind in _URGENT and hours[alert.owner] != "24h"}
    for owner in sorted(set(urgent.values())):
        theirs = ", ".join(kind for kind, name in urgent.items() if name == owner)
        yield f"`{owner}` keeps office hours: at night and at weekends nobody answers {theirs}."
    asked_of = {who for alert in kinds.values() for who in (alert.owner, alert.second)}
    idle = [recipient for recipient in hours if recipient not in asked_of]
    if idle:
        yield f"Recipients who own no alert kind: {', '.join(idle)}."
    yield from _seconds(config)


def _seconds(config: Config) -> Iterator[str]:
    kinds = config.alerts or {}
    without = [str(kind) for kind, alert in kinds.items() if kind in _URGENT and alert.second is None]
    if without:
        yield f"No `second` for {', '.join(without)}: nobody else is told when the owner does not answer."
    idle = [str(kind) for kind, alert in kinds.items() if kind not in _URGENT and alert.second is not None]
    if idle:
        yield f"{', '.join(idle)} can never be urgent: `second` is told of what is urgent only, so never of these."


def _can_be_raised(config: Config, kind: AlertKind) -> Iterator[str]:
    alive = [sensor for sensor in config.sensors if sensor.kind in SIGNS_OF_LIFE]
    in_bathroom = [sensor for sensor in alive if sensor.place == BATHROOM]
    elsewhere = {sensor.place for sensor in alive} - {BATHROOM, OUTSIDE_DOOR}
    if kind is AlertKind.HELP_BUTTON and not any(sensor.kind is SensorKind.BUTTON for sensor in alive):
        yield f"`{kind}` is on, and there is no sensor of the kind button."
    if kind is AlertKind.INACTIVITY:
        yield from _silences(alive)
    if kind is AlertKind.LONG_STAY:
        knowing = [sensor for sensor in alive if sensor.kind in _KNOW_OF_STAYS and sensor.place != BATHROOM]
        can_see_leaving = len(elsewhere) >= _SEEN_LEAVING
        if not knowing and not (in_bathroom and can_see_leaving):
            yield f"`{kind}` is on, and no sensor can tell a stay: it takes a seat, a bed, or a watched bathroom."
        elif in_bathroom and not can_see_leaving:
            yield "A stay in the bathroom cannot be told: sensors in two other places are needed to see somebody leave."
    if kind in (AlertKind.LATE_START, AlertKind.NIGHT_EXIT) and len(elsewhere) < _SEEN_LEAVING:
        yield f"`{kind}` is on, and sensors in two rooms beside the bathroom are needed to raise it."
    if kind is AlertKind.NIGHT_EXIT and not any(sensor.place == OUTSIDE_DOOR for sensor in alive):
        yield f"`{kind}` is on, and no sensor is on an outside door."
    if kind is AlertKind.NOT_HOME and not any(sensor.place == OUTSIDE_DOOR for sensor in alive):
        yield f"`{kind}` is on, and no sensor is on an outside door: nobody is ever taken to be out."
    if kind in (AlertKind.COLD_HOME, AlertKind.HOT_HOME) and not any(
        sensor.kind is SensorKind.TEMPERATURE for sensor in config.sensors
    ):
        yield f"`{kind}` is on, and there is no sensor of the kind temperature."
    if kind is AlertKind.OUT_OF_BED and not any(sensor.kind is SensorKind.BED for sensor in alive):
        yield f"`{kind}` is on, and there is no sensor of the kind bed."


def _silences(alive: list[SensorTable]) -> Iterator[str]:
    kind = AlertKind.INACTIVITY
    if not alive:
        yield f"`{kind}` is on, and no sensor shows a sign of life."
        return
    if not sees_indoors([Sensor(one.id, one.kind, one.place, weak=radio.is_weak(one)) for one in alive]):
        yield f"`{kind}` is on, and nothing senses life indoors: of outside doors and buttons no silence is judged."
    if {one.kind for one in alive} <= _USED:
        yield (
            f"`{kind}` is on, and only what is used is sensed: where whole days often pass without a use, a silence "
            "is told after one to three days, and no sooner."
        )
    if not any(one.place == OUTSIDE_DOOR for one in alive):
        yield f"`{kind}` is on, and no sensor is on an outside door: whoever goes out for long will look silent."


def _wearables(config: Config) -> Iterator[str]:
    kinds = config.alerts or {}
    worn = {sensor.kind for sensor in config.sensors} & {SensorKind.HEART_RATE, SensorKind.STEPS}
    if AlertKind.RESTING_PULSE in kinds and SensorKind.HEART_RATE not in worn:
        yield f"`{AlertKind.RESTING_PULSE}` is on, and there is no sensor of the kind heart_rate."
    if AlertKind.NOT_WORN in kinds and not worn:
        yield f"`{AlertKind.NOT_WORN}` is on, and there is no wearable: no sensor of the kind heart_rate or steps."


def _whose(config: Config) -> Iterator[str]:
    owned = {sensor.resident for sensor in config.sensors}
    unseen = [resident.id for resident in config.residents if resident.id not in owned]
    if unseen:
        yield f"No sensor belongs to {', '.join(unseen)}: what is seen is said of the household."


def _visits(config: Config) -> Iterator[str]:
    hours = dict.fromkeys(WEEKDAYS, 0.0)
    for visit in config.visits:
        for day in visit.days or WEEKDAYS:
            hours[day] += (clock_s(visit.to) - clock_s(visit.from_)) % DAY_S / HOUR_S
    long = [day for day, sum_h in hours.items() if sum_h > _VISITED_H]
    if long:
        yield (
            f"Planned visits take more than {_VISITED_H} h of {', '.join(long)}: what is seen in them is not counted, "
            "so little is learnt of those days."
        )


def _way_out(config: Config) -> Iterator[str]:
    if config.uplink is None:
        yield "No [uplink] table: messages stay in this house."
    elif config.uplink.ca_file is not None and not Path(config.uplink.ca_file).is_file():
        yield f"[uplink] ca_file {config.uplink.ca_file} is not on this machine: `wren enrol` will not work."
