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

from gateway.answers.answered import Answered
from gateway.cli import answers_shown, purpose
from gateway.cli.options import CONFIG
from gateway.cli.page import Page, moment
from gateway.condition import DAEMON_SILENT_S, Condition, judge
from gateway.config.places import places_of
from gateway.config.reading import load
from gateway.config.tables import Config
from gateway.errors import InputError, StoreError, StoreUnavailable
from gateway.notice_now import NOT_A_FALL_ALARM, NoticeNow, notice_now
from gateway.portrait import Answers
from gateway.portrait import read as read_portrait
from gateway.release.told import on_trial
from gateway.transcript import Transcript, read
from models.coverage import duration
from models.localtime import length, utc_seconds, utc_text
from models.vocabulary import HOUSEHOLD

_GOOD, _BAD, _PLAIN = "green", "bold red", ""

_WALKED = {
    "never": ("none has passed: this home is not live", _BAD),
    "passed": ("passed: this home is live", _GOOD),
    "in_part": ("passed, and this home is live; something was left out: `sudo wren walk-test` asks for it", _PLAIN),
    "drifted": ("passed, and something is otherwise since", _BAD),
    "other_config": ("passed with other sensors: this home is not live", _BAD),
}
"""How a home stands to its walk-test, in words and a style."""

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
    answers = _answers(config)
    notices = _notices(config, condition.at_s)
    told = answers_shown.read(config)
    if as_json:
        click.echo(json.dumps(_document(config, condition, answers, notices, told), sort_keys=True))
    else:
        _show(config, condition, answers, notices, told)
    sys.exit(1 if condition.problems else 0)


def _answers(config: Config) -> tuple[Answers, ...] | None:
    """What was answered, kind by kind; None where this user may not know, or the daemon has not written it yet."""
    try:
        return read_portrait(places_of(config).portrait).answers
    except InputError:
        return None


def _notices(config: Config, at_s: int) -> list[NoticeNow] | InputError:
    """How soon a silence would be noticed; what is in the way where this user may not know or it is not known."""
    try:
        return notice_now(read_portrait(places_of(config).portrait), at_s)
    except InputError as error:
        return error


def _document(
    config: Config,
    condition: Condition,
    answers: tuple[Answers, ...] | None,
    notices: list[NoticeNow] | InputError,
    told: Answered | StoreError | None,
) -> dict[str, Any]:
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
            | answers_shown.acknowledged(told, story)
            for story in condition.open_alerts
        ],
        "answers": answers,
        "answers_from_desk": answers_shown.document(told),
        "purpose": purpose.document(config, condition.at_s),
        "alerts_on": config.alerts or {},
        "refused": [letter._asdict() for letter in condition.refused],
        "problems": [problem._asdict() for problem in condition.problems],
        "notice_now": None
        if isinstance(notices, InputError)
        else [
            {"resident": one.resident, "within_s": one.within_s, "by": text(one.by_s), "why_not": one.why_not}
            | {"known_at": text(one.known_s)}
            for one in notices
        ],
    }
    plain: dict[str, Any] = msgspec.to_builtins(document)
    return plain


def _show(
    config: Config,
    condition: Condition,
    answers: tuple[Answers, ...] | None,
    notices: list[NoticeNow] | InputError,
    told: Answered | StoreError | None,
) -> None:
    zone = ZoneInfo(config.home.timezone)
    page = Page()

    def at(at_s: int) -> str:
        return moment(at_s, condition.at_s, zone)

    page.say(f"{config.home.id} at {at(condition.at_s)} ({config.home.timezone})", "bold")
    lines = [
        _daemon(condition, at),
        *_senses(condition),
        *[("update", line, "yellow") for line in [on_trial(condition.at_s)] if line],
        _provider(config, condition, at),
        *_notice(config, notices, at),
        *[(*line, _PLAIN) for line in (*purpose.lines(config), *purpose.owned(config))],
        *[("open alert", answers_shown.open_alert(told, one, at), "yellow") for one in condition.open_alerts],
        *[(of, said, _BAD if refused else _PLAIN) for of, said, refused in answers_shown.lines(told, at)],
        *[("answers", _answered(one, at), _PLAIN) for one in answers or ()],
        *[("refused", f"{r.type} at {at(utc_seconds(r.set_aside_at))}: {r.reason}", _BAD) for r in condition.refused],
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
    page.say("`sudo wren doctor` looks for the causes, from the power supply to the desk.")


def _answered(one: Answers, at: _Clock) -> str:
    """Such as ``late_start, r1: 6 alerts, 4 answered: 3 of 4 useful (between 42 and 94 in 100, …)``."""
    judged = one.useful + one.not_useful
    answered = judged + one.known_reason + one.sensor_fault
    parts = [f"{one.useful} of {judged} useful"] if judged else []
    if judged and one.share is not None:
        parts[0] += f" (between {100 * one.share[1]:.0f} and {100 * one.share[2]:.0f} in 100, as far as this tells)"
    parts += [f"{one.known_reason} for a known reason"] * bool(one.known_reason)
    parts += [f"{one.sensor_fault} by a sensor's fault"] * bool(one.sensor_fault)
    text = f"{one.kind}, {one.resident}: {one.alerts} alert{'' if one.alerts == 1 else 's'}, {answered} answered"
    text += f": {', '.join(parts)}" if parts else ""
    held = one.held_back_until_s
    return text if held is None else f"{text}; in the week's summary only until {at(held)}"


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
        *([] if beat.walk_test is None else [("walk-test", *_WALKED[beat.walk_test])]),
    ]


def _notice(config: Config, notices: list[NoticeNow] | InputError, at: _Clock) -> list[_Line]:
    """When somebody would be told if all movement stopped now."""
    if isinstance(notices, InputError):
        return [("notice", f"not known: {notices.problem} {notices.advice}", _PLAIN)]
    lines = []
    for one in notices:
        who = "" if len(config.residents) == 1 else f"{_whose(one.resident)}: "
        if one.within_s is None or one.by_s is None:
            said = f"if all movement stopped now: {one.why_not}"
        else:
            said = (
                f"if all movement stopped now, Wren would notice by about {at(one.by_s)}, in {duration(one.within_s)}"
            )
        lines.append(("notice", f"{who}{said} ({NOT_A_FALL_ALARM})", _PLAIN))
    return lines


def _whose(resident: str) -> str:
    return "the household" if resident == HOUSEHOLD else resident


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
