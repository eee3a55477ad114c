"""`wren alerts`: what is open in this home, with its reasons, as it was said to the provider."""

import json
import time
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import click
import msgspec

from gateway.answers.answered import Answered
from gateway.cli import answers_shown
from gateway.cli.options import CONFIG
from gateway.cli.page import Page, moment
from gateway.config.places import places_of
from gateway.config.reading import load
from gateway.errors import StoreError
from gateway.transcript import Story, Transcript, read
from models.kinds import Audience, Severity
from models.localtime import length, utc_seconds

_STYLE: Final = {Severity.URGENT: "bold red", Severity.ATTENTION: "yellow", Severity.NOTE: ""}


@click.command(
    epilog="""\b
Examples:
  wren alerts
  wren alerts --all --json | jq '.alerts[].kind'
"""
)
@CONFIG
@click.option("--all", "everything", is_flag=True, help="Also the alerts that have ended and are still kept.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def alerts(config_path: Path, *, everything: bool, as_json: bool) -> None:
    """Show the open alerts: what was seen, what is usual, what this cannot tell, what to do.

    Ends with 0, also if there are open alerts; 2 if the configuration is refused, 4 if a database cannot be
    used.
    """
    config = load(config_path)
    transcript = read(places_of(config))
    stories = [story for story in transcript.stories() if story.is_open or everything]
    told = answers_shown.read(config)
    if as_json:
        click.echo(json.dumps(_document(config.home.id, stories, transcript, told), sort_keys=True))
    else:
        _show(stories, transcript, ZoneInfo(config.home.timezone), told)


def _document(home: str, stories: list[Story], transcript: Transcript, told: Answered | StoreError | None) -> object:
    heartbeat = transcript.heartbeat()
    return msgspec.to_builtins(
        {
            "home": home,
            "last_heard": heartbeat.raised_at if heartbeat else None,
            "alerts": [
                {**msgspec.structs.asdict(story.alert), "open": story.is_open, "updates": story.updates}
                | answers_shown.acknowledged(told, story)
                for story in stories
            ],
            "unreadable": transcript.unreadable(),
        }
    )


def _show(stories: list[Story], transcript: Transcript, zone: ZoneInfo, told: Answered | StoreError | None) -> None:
    page, now_s = Page(), int(time.time())
    for story in stories:
        _show_one(page, story, now_s, zone, told)
    count = len([story for story in stories if story.is_open])
    page.say("No alert is open." if not count else f"{count} open alert{'s' if count > 1 else ''}.")
    heartbeat = transcript.heartbeat()
    if heartbeat is None:
        page.say("The daemon has not been heard yet: nothing is known. See `wren status`.")
    else:
        page.say(f"The daemon was last heard {length(now_s - utc_seconds(heartbeat.raised_at))} ago (`wren status`).")
    if not count:
        page.say("This does not mean that all is well.")
    if unreadable := transcript.unreadable():
        page.say(f"Not readable by this version: {len(unreadable)} (`wren outbox --as-sent`).", "bold red")


def _show_one(page: Page, story: Story, now_s: int, zone: ZoneInfo, told: Answered | StoreError | None) -> None:
    alert = story.alert
    raised = moment(utc_seconds(alert.raised_at), now_s, zone)
    state, style = ("open", _STYLE[alert.severity]) if story.is_open else ("ended", "dim")
    whose = "for the technician" if alert.audience is Audience.TECHNICIAN else alert.resident
    page.say(f"{alert.kind}, {whose}: {alert.severity}, raised {raised}, {state}", style)
    rows = [
        ("id", alert.id[:8]),
        ("seen", alert.observed),
        ("usual", alert.usual),
        ("because", alert.because),
        ("coverage", alert.coverage),
        ("cannot tell", alert.cannot_tell),
        ("to do", alert.to_do),
        *[("details", alert.details)] * bool(alert.details),
        *[(moment(utc_seconds(update.raised_at), now_s, zone), update.observed) for update in story.updates],
    ]
    if answers_shown.asks(alert) and story.is_open:
        rows.append(("answered?", _sentence(answers_shown.on(told, story, lambda at_s: moment(at_s, now_s, zone)))))
    page.table(rows)
    page.say()


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
