"""`wren status`: whether this home is watched and its provider hears of it. Reads only, and loads no model."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
import msgspec

from gateway.cli.options import CONFIG
from gateway.cli.page import Page, moment
from gateway.condition import DAEMON_SILENT_S, Condition, judge, length
from gateway.config import Config, load
from gateway.errors import StoreUnavailable
from gateway.places import places_of
from gateway.transcript import Transcript, read, seconds
from models.localtime import utc_text

_GOOD, _BAD, _PLAIN = "green", "bold red", ""

_Line = tuple[str, str, str]
"""What it is about, what is said of it, and a style."""

_Clock = Callable[[int], str]
"""Words a moment (UTC, seconds)."""


@click.command(
    epilog="""\b
Examples:
  wren status
  wren status --config home.toml --json
"""
)
@CONFIG
@click.option("--json", "as_json", is_flag=True, help="Everything as one JSON object on standard output.")
def status(config_path: Path, *, as_json: bool) -> None:
    """Say whether the daemon is heard, what waits for the provider, and what needs the technician.

    Reads what the two services wrote and changes nothing. Ends with 0 if nothing needs the technician, 1 if
    something does; 2 if the configuration is refused, 4 if a database cannot be used.
    """
    config = load(config_path)
    found: Transcript | StoreUnavailable
    try:
        found = read(places_of(config))
    except StoreUnavailable as error:
        found = error
    condition = judge(config, found, int(time.time()))
    if as_json:
        click.echo(json.dumps(_document(config, condition), sort_keys=True))
    else:
        _show(config, condition)
    sys.exit(1 if condition.problems else 0)


def _document(config: Config, condition: Condition) -> dict[str, Any]:
    def text(at_s: int | None) -> str | None:
        return None if at_s is None else utc_text(at_s)

    document = {
        "home": config.home.id,
        "at": utc_text(condition.at_s),
        "ok": not condition.problems,
        "heartbeat": condition.heartbeat,
        "waiting": condition.waiting,
        "waiting_since": text(condition.waiting_since_s),
        "last_receipt": text(condition.last_receipt_s),
        "open_alerts": [
            {"id": story.alert.id, "resident": story.alert.resident, "kind": story.alert.kind}
            | {"severity": story.alert.severity, "raised_at": story.alert.raised_at}
            for story in condition.open_alerts
        ],
        "refused": [letter._asdict() for letter in condition.refused],
        "problems": [problem._asdict() for problem in condition.problems],
    }
    plain: dict[str, Any] = msgspec.to_builtins(document)
    return plain


def _show(config: Config, condition: Condition) -> None:
    zone = ZoneInfo(config.home.timezone)
    page = Page()

    def at(at_s: int) -> str:
        return moment(at_s, condition.at_s, zone)

    page.say(f"{config.home.id} at {at(condition.at_s)} ({config.home.timezone})", "bold")
    lines = [
        _daemon(condition, at),
        *_senses(condition),
        _provider(config, condition, at),
        *[
            ("open alert", f"{s.alert.kind}, {s.alert.resident}, since {at(seconds(s.alert.raised_at))}", "yellow")
            for s in condition.open_alerts
        ],
        *[("refused", f"{r.type} at {at(seconds(r.set_aside_at))}: {r.reason}", _BAD) for r in condition.refused],
    ]
    page.table([line[:2] for line in lines], [line[2] for line in lines])
    page.say()
    if not condition.problems:
        page.say("Nothing here needs the technician. This does not say how anybody is.", _GOOD)
        return
    page.say("For the technician:", "bold")
    for problem, advice in condition.problems:
        page.say(problem, _BAD, indent=2)
        page.say(advice, indent=4)


def _daemon(condition: Condition, at: _Clock) -> _Line:
    if condition.heartbeat is None or condition.heard_s is None:
        return "daemon", "not heard yet", _BAD
    age_s = condition.at_s - condition.heard_s
    text = f"last heard {at(condition.heard_s)} ({length(age_s)} ago), version {condition.heartbeat.version}"
    return "daemon", text, _GOOD if age_s <= DAEMON_SILENT_S else _BAD


def _senses(condition: Condition) -> list[_Line]:
    beat = condition.heartbeat
    if beat is None:
        return []
    heard = f"{beat.sensors_heard_today} of {beat.sensors} heard in the 24 hours before"
    learning = "first days: only the fixed limits apply" if beat.learning else "done with the first days"
    clock = "set from the network" if beat.clock_synchronised else "not set from the network since the start"
    return [
        ("sensors", heard, _PLAIN if beat.sensors_heard_today else _BAD),
        ("learning", learning, _PLAIN),
        ("clock", clock, _PLAIN if beat.clock_synchronised else _BAD),
    ]


def _provider(config: Config, condition: Condition, at: _Clock) -> _Line:
    if config.uplink is None:
        said = "none: the configuration has no [uplink] table"
    elif condition.last_receipt_s is None:
        said = "has confirmed nothing yet"
    else:
        said = f"last confirmed a message at {at(condition.last_receipt_s)}"
    if condition.waiting_since_s is None:
        return "provider", f"{said}; nothing waits", _PLAIN
    count = "1 message waits" if condition.waiting == 1 else f"{condition.waiting} messages wait"
    return "provider", f"{said}; {count}, the oldest since {at(condition.waiting_since_s)}", _PLAIN
