"""`wren outbox`: what left the house and what waits to, byte for byte. Nothing else ever leaves."""

import json
import sys
import time
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import click

from gateway.cli.options import CONFIG
from gateway.cli.page import Page, moment
from gateway.config import load
from gateway.places import places_of
from gateway.transcript import Entry, State, read
from models.localtime import utc_text

_STYLE: Final = {State.WAITING: "yellow", State.REFUSED: "bold red", State.SUPERSEDED: "dim", State.DELIVERED: ""}


@click.command(
    epilog="""\b
Examples:
  wren outbox
  wren outbox --waiting
  wren outbox --as-sent | sha256sum
"""
)
@CONFIG
@click.option("--as-sent", is_flag=True, help="The exact bytes, one message a line, and nothing else.")
@click.option("--waiting", is_flag=True, help="Only what is still to be sent.")
@click.option("--json", "as_json", is_flag=True, help="The table, and each message as text, as one JSON object.")
def outbox(config_path: Path, *, as_sent: bool, waiting: bool, as_json: bool) -> None:
    """Show every message that left this home or waits to, as it is kept (alerts, summaries, heartbeats).

    Delivered messages are kept for `retention_days`, heartbeats for an hour. Ends with 0; 2 if the
    configuration is refused or --as-sent and --json are both given, 4 if a database cannot be used.
    """
    if as_sent and as_json:
        raise click.UsageError("--as-sent gives the bytes alone; leave out --json.")
    config = load(config_path)
    transcript = read(places_of(config))
    entries = transcript.waiting() if waiting else list(transcript.entries)
    if as_sent:
        for entry in entries:
            sys.stdout.buffer.write(entry.body + b"\n")
    elif as_json:
        click.echo(json.dumps({"home": config.home.id, "messages": [_document(e) for e in entries]}, sort_keys=True))
    else:
        _show(entries, ZoneInfo(config.home.timezone), waiting=waiting)


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


def _show(entries: list[Entry], zone: ZoneInfo, *, waiting: bool) -> None:
    page, now_s = Page(), int(time.time())
    if not entries:
        page.say("Nothing waits." if waiting else "Nothing has left this home, and nothing waits.")
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
