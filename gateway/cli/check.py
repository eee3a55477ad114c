"""`wren check`: what a configuration means, in plain words, and what is doubtful in it."""

import json
import time
from pathlib import Path

import click
import msgspec

from gateway.cli import purpose
from gateway.cli.options import CONFIG
from gateway.cli.page import Page
from gateway.config.doubts import doubts
from gateway.config.panel import pins_of
from gateway.config.places import places_of
from gateway.config.purpose import far, overdue
from gateway.config.radio import identity
from gateway.config.reading import load
from gateway.config.tables import AlertTable, AnswersTable, Config, PanelTable, Resident, SensorTable, VisitTable
from gateway.uplink import wire
from models.kinds import AlertKind
from models.whose import owner_of

_HOURS = {"24h": "day and night", "office": "in office hours"}


@click.command(
    epilog="""\b
Examples:
  wren check --config home.toml
  wren check --config home.toml --json | jq .warnings
  wren check --schema > messages.schema.json
"""
)
@CONFIG
@click.option("--json", "as_json", is_flag=True, help="The same as one JSON object on standard output.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of everything that can leave a home instead.")
def check(config_path: Path, *, as_json: bool, schema: bool) -> None:
    """Read a configuration and say what it means: who, what is sensed how, which alerts, to whom.

    Warnings are about what is valid and yet may not be meant. Ends with 0 if the configuration is accepted,
    with or without warnings; 2 if it is refused, with the line and the next step.
    """
    if schema:
        click.echo(json.dumps(wire.schema(), indent=2))
        return
    config = load(config_path)
    now_s = int(time.time())
    warnings = [*doubts(config), *_overdue(config, now_s)]
    if as_json:
        click.echo(json.dumps(_document(config, warnings, now_s), sort_keys=True))
    else:
        _show(config, str(config_path), warnings)


def _overdue(config: Config, now_s: int) -> list[str]:
    if config.purpose is None:
        return []
    today = purpose.today(config, now_s)
    return [said for said in (overdue(config.purpose, today), far(config.purpose, today)) if said is not None]


def _document(config: Config, warnings: list[str], now_s: int) -> object:
    kinds = config.alerts or {}
    return msgspec.to_builtins(
        {
            "home": config.home,
            "residents": [resident.id for resident in config.residents],
            "sensors": [_without_key(sensor) for sensor in config.sensors],
            "visits": config.visits,
            "recipients": config.recipients,
            "alerts_on": kinds,
            "answers": config.answers,
            "alerts_off": {kind: _why_off(config, kind) for kind in AlertKind if kind not in kinds},
            "panels": config.panels,
            "purpose": purpose.document(config, now_s),
            "uplink": config.uplink,
            "gateway": config.gateway,
            "warnings": warnings,
        }
    )


def _show(config: Config, name: str, warnings: list[str]) -> None:
    page = Page()
    page.say(f"{name} is accepted.", "green")
    page.say(f"Home {config.home.id}, local time of {config.home.timezone}.")
    page.say(f"Residents: {', '.join(map(_resident, config.residents))}.")
    page.say("Why this home is watched:")
    page.table(purpose.lines(config))
    page.say(f"Sensors ({len(config.sensors)}):")
    spec = config.spec(live=True)
    owners = [owner_of(sensor, spec) for sensor in spec.sensors]
    page.table([_sensor(sensor, owner) for sensor, owner in zip(config.sensors, owners, strict=True)])
    if config.visits:
        page.say("Planned visits: what is seen in these is not counted; the times stay in the home.")
        page.table([_visit(visit) for visit in config.visits])
    if config.panels:
        page.say("Panels (`wren panel` draws what their lights mean):")
        page.table([_panel(panel) for panel in config.panels])
    _show_alerts(page, config)
    _show_way(page, config)
    kept = config.gateway
    page.say(f"Readings are kept for {kept.retention_days} days in {kept.data_dir}, and never leave.")
    page.say(f"Daily counts never leave either: {kept.habit_days} days. What left: {kept.message_days} days.")
    if warnings:
        page.say("Warnings:", "bold yellow")
        page.table([("-", warning) for warning in warnings], ["yellow"] * len(warnings))
    else:
        page.say("No warnings.", "green")


def _resident(resident: Resident) -> str:
    told = msgspec.to_builtins(resident.usual_day) if resident.usual_day is not None else {}
    parts = [f"{key.replace('_', ' ')} {value}" for key, value in told.items() if value is not None]
    return f"{resident.id} (told of a usual day: {', '.join(parts)})" if parts else resident.id


def _sensor(sensor: SensorTable, owner: str) -> tuple[str, ...]:
    if sensor.gpio:
        connected = f"pin {sensor.gpio.pin} (BCM), on when {sensor.gpio.active}"
        connected += ", in pulses" if sensor.gpio.sense == "pulses" else ""
    elif sensor.ble:
        sealed = ", encrypted" if sensor.ble.key is not None else ""
        connected = f"Bluetooth {identity(sensor.ble)}, {sensor.ble.profile}{sealed}"
    else:
        connected = "not connected"
    return sensor.id, str(sensor.kind), sensor.place, owner, connected


def _without_key(sensor: SensorTable) -> object:
    shown = msgspec.to_builtins(sensor)
    if sensor.ble is not None and sensor.ble.key is not None:
        shown["ble"]["key"] = "set"
    return shown


def _visit(visit: VisitTable) -> tuple[str, ...]:
    days = "every day" if visit.days is None else ", ".join(visit.days)
    return f"{visit.from_} to {visit.to}", days, "to everybody" if visit.resident is None else f"to {visit.resident}"


def _panel(panel: PanelTable) -> tuple[str, ...]:
    pins = ", ".join(f"{key.removesuffix('_pin')} on pin {pin}" for key, pin in pins_of(panel))
    asks = "asks before an alert opens" if panel.ok_pin is not None else "asks nothing, for it has no ok_pin"
    return panel.resident, f"{pins} (BCM)", asks


def _show_alerts(page: Page, config: Config) -> None:
    hours = {recipient.id: _HOURS[recipient.hours] for recipient in config.recipients}
    kinds = config.alerts or {}
    page.say("Alert kinds that are on:" if kinds else "No alert kind is on.")
    after_min = config.answers.unanswered_after_min

    def owners(alert: AlertTable) -> str:
        second = f", after {after_min} min also {alert.second} ({hours[alert.second]})" if alert.second else ""
        return f"owned by {alert.owner} ({hours[alert.owner]}){second}"

    page.table([(str(kind), owners(alert), f"because: {alert.reason}") for kind, alert in kinds.items()])
    off = [(str(kind), _why_off(config, kind)) for kind in AlertKind if kind not in kinds]
    if off:
        page.say("Off:")
        page.table(off)


def _why_off(config: Config, kind: AlertKind) -> str:
    if config.alerts is None:
        return "there is no [alerts] table (in a replay every kind is then on)"
    return f"no [alerts.{kind}] table gives a reason and an owner"


def _show_way(page: Page, config: Config) -> None:
    if config.uplink is None:
        page.say("Messages go nowhere.")
        return
    trust = config.uplink.ca_file or "the public certificate authorities"
    page.say(f"Messages go to {config.uplink.url}, which must prove itself by {trust}.")
    page.say(f"What waits is in {places_of(config).outbox_db}.")
    page.say(f"From the desk: acknowledgements and outcomes, away, {_bounds(config.answers)}.")


def _bounds(answers: AnswersTable) -> str:
    budget, days = answers.attention_per_week, answers.snooze_at_most_days
    asked = "no attention budget" if budget is None else f"an attention budget of {budget[0]:g} to {budget[1]:g} a week"
    return f"{asked}; {f'a snooze of {days} days at most' if days else 'no snooze'}"
