"""What a well-formed configuration may still get wrong: names that point nowhere, pins used twice."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gateway.config import panel, purpose, radio
from gateway.config.panel import Contradiction
from gateway.config.wires import Pins, misfits
from models.kinds import AlertKind, SensorKind
from models.vocabulary import HOUSEHOLD

if TYPE_CHECKING:
    from gateway.config.tables import AlertTable, Config, SensorTable

_WIRELESS_ONLY = frozenset({SensorKind.HEART_RATE, SensorKind.STEPS, SensorKind.BATTERY, SensorKind.BADGE})


def contradictions(config: "Config") -> Iterator[Contradiction]:
    """What cannot be true together in `config`, the first one first."""
    try:
        ZoneInfo(config.home.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        problem = f"unknown time zone `{config.home.timezone}`"
        yield ("home", "timezone"), problem, "Use an IANA name such as Europe/London."
    yield from _names(config)
    pins: Pins = {}
    for index, sensor in enumerate(config.sensors):
        yield from _sensor(config, index, sensor, pins)
        for place, problem, advice in radio.misfits(sensor, config.sensors[:index]):
            yield ("sensors", index, *place), problem, advice
    yield from panel.misfits(config)
    yield from _visits(config)
    yield from _owners(config)
    yield from _answers(config)
    yield from purpose.misfits(config)
    if (button := panel.unanswered_button(config)) is not None:
        yield button


def _names(config: "Config") -> Iterator[Contradiction]:
    lists = {
        "residents": [resident.id for resident in config.residents],
        "sensors": [sensor.id for sensor in config.sensors],
        "recipients": [recipient.id for recipient in config.recipients],
    }
    if HOUSEHOLD in lists["residents"]:
        here = ("residents", lists["residents"].index(HOUSEHOLD), "id")
        yield here, f"`{HOUSEHOLD}` means everybody and cannot be a resident's id", "Choose another id."
    for name, ids in lists.items():
        for index, one in enumerate(ids):
            if one in ids[:index]:
                yield (name, index, "id"), f"the id `{one}` is used twice in `{name}`", "Give each its own id."


def _sensor(config: "Config", index: int, sensor: "SensorTable", pins: "Pins") -> Iterator[Contradiction]:
    residents = [resident.id for resident in config.residents]
    here = ("sensors", index)
    if sensor.resident is not None and sensor.resident not in residents:
        problem = f"sensor `{sensor.id}` belongs to unknown resident `{sensor.resident}`"
        yield (*here, "resident"), problem, f"Known: {', '.join(residents)}."
    if sensor.gpio and sensor.ble:
        yield here, f"sensor `{sensor.id}` has both gpio and ble", "Keep the one by which it is connected."
    if sensor.gpio:
        if sensor.kind in _WIRELESS_ONLY:
            yield here, f"a {sensor.kind} sensor cannot hang on a GPIO pin", "Use ble for wearables."
        for problem, advice in misfits(sensor, pins.setdefault(sensor.gpio.pin, [])):
            yield (*here, "gpio"), problem, advice
        pins[sensor.gpio.pin].append(sensor)


def _visits(config: "Config") -> Iterator[Contradiction]:
    residents = [resident.id for resident in config.residents]
    for index, visit in enumerate(config.visits):
        if visit.resident is not None and visit.resident not in residents:
            problem = f"a visit is to unknown resident `{visit.resident}`"
            yield ("visits", index, "resident"), problem, f"Known: {', '.join(residents)}."
        if visit.from_ == visit.to:
            yield ("visits", index, "to"), "a visit that ends when it begins", "Give the time by which it is over."


def _owners(config: "Config") -> Iterator[Contradiction]:
    hours = {recipient.id: recipient.hours for recipient in config.recipients}
    for kind, alert in (config.alerts or {}).items():
        here = ("alerts", kind, "owner")
        if alert.owner not in hours:
            problem = f"`{kind}` is owned by unknown recipient `{alert.owner}`"
            yield here, problem, "Add a [[recipients]] table with that id and its hours."
        elif kind is AlertKind.HELP_BUTTON and hours[alert.owner] != "24h":
            problem = f"`{kind}` needs a recipient who answers day and night; `{alert.owner}` keeps office hours"
            yield here, problem, 'Name a recipient with hours = "24h", or take the help button out.'
        yield from _second(kind, alert, hours)


def _second(kind: AlertKind, alert: "AlertTable", hours: Mapping[str, str]) -> Iterator[Contradiction]:
    here = ("alerts", kind, "second")
    if alert.second is None:
        return
    if alert.second not in hours:
        problem = f"`{kind}` has the unknown second recipient `{alert.second}`"
        yield here, problem, "Add a [[recipients]] table with that id and its hours."
    elif alert.second == alert.owner:
        problem = f"`{kind}` has `{alert.owner}` as owner and as second recipient"
        yield here, problem, "Name somebody else: who has not answered would be told again."
    elif kind is AlertKind.HELP_BUTTON and hours[alert.second] != "24h":
        problem = f"the second recipient of `{kind}`, `{alert.second}`, keeps office hours"
        yield here, problem, 'Name a recipient with hours = "24h".'


def _answers(config: "Config") -> Iterator[Contradiction]:
    bounds = config.answers.attention_per_week
    if bounds is not None and bounds[0] > bounds[1]:
        problem = f"`attention_per_week` goes from {bounds[0]:g} down to {bounds[1]:g}"
        yield ("answers", "attention_per_week"), problem, "Give the lower bound first."
