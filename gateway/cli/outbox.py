"""`wren outbox`: what left the house and what waits to, byte for byte. Nothing else ever leaves."""

import json
import sys
import time
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import click

from gateway.cli.options import CONFIG, SINCE, since_of
from gateway.cli.page import Page, moment
from gateway.config.places import Places, places_of
from gateway.config.reading import load
from gateway.transcript import Entry, State, Transcript, read, released
from models.localtime import utc_text

_STYLE: Final = {State.WAITING: "yellow", State.REFUSED: "bold red", State.SUPERSEDED: "dim", State.DELIVERED: ""}


@click.command(
    epilog="""\b
Examples:
  wren outbox
  wren outbox --waiting
  wren outbox --plain --since 2026-12-01
  wren outbox --as-sent | sha256sum
"""
)
@CONFIG
@SINCE
@click.option("--plain", is_flag=True, help="Day by day, in sentences: what left, and what was done here.")
@click.option("--as-sent", is_flag=True, help="The exact bytes, one message a line, heartbeats too, and nothing else.")
@click.option("--waiting", is_flag=True, help="Only what is still to be sent.")
@click.option("--json", "as_json", is_flag=True, help="The table, and each message as text, as one JSON object.")
def outbox(config_path: Path, since: str | None, *, plain: bool, as_sent: bool, waiting: bool, as_json: bool) -> None:
    """Show every message that left this home or waits to, as it is kept (alerts, summaries, heartbeats).

    The table has the last four heartbeats; --plain and --as-sent read the trail (docs/trail.md) and have all of them,
    in the order in which they were given to the messenger. All of it is kept for `message_days`. Ends with 0; 2 if the
    configuration or the date is refused or two of --plain, --as-sent and --json are given, 4 if a database cannot be
    used.
    """
    if sum((plain, as_sent, as_json)) > 1 or (plain and waiting):
        raise click.UsageError("--plain, --as-sent and --json are three forms; --plain says itself what waits.")
    config = load(config_path)
    zone, places = ZoneInfo(config.home.timezone), places_of(config)
    since_s = since_of(since, zone)
    transcript = read(places)
    if plain:
        _say(places, transcript, zone, since_s)
        return
    entries = [entry for entry in transcript.entries if entry.raised_s >= since_s]
    if waiting:
        entries = [entry for entry in entries if entry.state is State.WAITING]
    if as_sent:
        kept = {entry.id for entry in entries} if waiting else None
        for one in released(places, since_s):
            if one.body is not None and (kept is None or one.id in kept):
                sys.stdout.buffer.write(one.body + b"\n")
    elif as_json:
        click.echo(json.dumps({"home": config.home.id, "messages": [_document(e) for e in entries]}, sort_keys=True))
    else:
        _show(entries, zone, waiting=waiting, since_s=since_s)


def _say(places: Places, transcript: Transcript, zone: ZoneInfo, since_s: int) -> None:
    from gateway.trail.leaving import days, text

    page = Page()
    for line, style in text(days(places, transcript, zone, since_s), zone, since_s=since_s):
        page.say(line, style)


def _document(entry: Entry) -> dict[str, object]:
    return {
        "seq": entry.seq,
        "id": entry.id,
        "type": entry.type,
        "raised_at": utc_text(entry.raised_s),
        "bytes": len(entry.body),
        "state": entry.state,
        "settled_at": None if entry.settled_s is None else utc_text(entry.settled_s),
        "reason": entry.reason,
        "body": entry.body.decode(),
    }


def _show(entries: list[Entry], zone: ZoneInfo, *, waiting: bool, since_s: int) -> None:
    page, now_s = Page(), int(time.time())
    if not entries:
        left = "Nothing left this home from that day on" if since_s else "Nothing has left this home"
        page.say("Nothing waits." if waiting else f"{left}, and nothing waits.")
        return
    rows = [("seq", "type", "raised", "bytes", "state")]
    for entry in entries:
        raised = moment(entry.raised_s, now_s, zone)
        rows.append((str(entry.seq), entry.type, raised, str(len(entry.body)), _state(entry, now_s, zone)))
    page.table(rows, ["bold", *(_STYLE[entry.state] for entry in entries)], indent=0)


def _state(entry: Entry, now_s: int, zone: ZoneInfo) -> str:
    settled = "" if entry.settled_s is None else f" {moment(entry.settled_s, now_s, zone)}"
    reason = f": {entry.reason}" if entry.reason else ""
    return f"{entry.state}{settled}{reason}"
