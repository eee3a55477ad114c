"""`wren audit`: the record of all that left this home and of what was done to it, and whether it is whole."""

import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import click

from gateway.cli.options import CONFIG, SINCE, since_of
from gateway.cli.page import Page, moment
from gateway.cli.progress import progress
from gateway.config.places import places_of
from gateway.config.reading import load
from gateway.errors import InputError
from gateway.store.outbox_reader import OutboxReader
from gateway.store.trail import Head, What
from gateway.store.trail_rows import Entry
from gateway.trail import wording_audit as wording
from gateway.trail.trail_check import Fault, Verdict, verify
from models.localtime import utc_text

if TYPE_CHECKING:
    from gateway.config.places import Places

_SENT: Final = (What.MESSAGE, What.HEARTBEAT)
_HEAD: Final = re.compile(r"(\d{1,16}):([0-9a-f]{64})")


@click.group(
    epilog="""\b
Examples:
  wren audit show --since 2026-12-01
  wren audit verify --json
"""
)
def audit() -> None:
    """The record (trail) of all that left this home, of who looked and of what was changed, and whether it is whole.

    Ends with 0; 1 if `verify` finds that the record is not whole, 2 if the configuration or an option is refused, 4 if
    a database cannot be used.
    """


@audit.command(
    epilog="""\b
Examples:
  wren audit show
  wren audit show --since 2026-12-01 --all
  wren audit show --json | jq '.entries[] | select(.what == "access")'
"""
)
@CONFIG
@SINCE
@click.option("--all", "all_", is_flag=True, help="The signs of life, too, of which there are a hundred a day.")
@click.option("--json", "as_json", is_flag=True, help="Every entry with its hash, as one JSON object.")
def show(config_path: Path, since: str | None, *, all_: bool, as_json: bool) -> None:
    """List what was entered, oldest first: what left, receipts, answers, what was told, accesses, changes, starts.

    Ends with 0; 2 if the configuration or the date is refused, 4 if a database cannot be used.
    """
    config = load(config_path)
    zone = ZoneInfo(config.home.timezone)
    entries = _entries(places_of(config), since_of(since, zone))
    if as_json:
        document = {"home": config.home.id, "entries": [_document(entry) for entry in entries]}
        click.echo(json.dumps(document, sort_keys=True))
        return
    page, now_s = Page(), int(time.time())
    shown, left_out, beats = [], 0, set()
    for entry in entries:
        if entry.what == What.HEARTBEAT:
            beats.add(entry.ref)
        if not all_ and entry.ref in beats:
            left_out += 1
            continue
        shown.append((str(entry.n), moment(entry.at_s, now_s, zone), entry.what, _text(entry)))
    if not shown and not left_out:
        page.say(wording.empty())
    if shown:
        page.table(shown, [_STYLE.get(row[2], "") for row in shown], indent=0)
    if left_out:
        page.say(wording.left_out(left_out), "dim")


_STYLE: Final[dict[str, str]] = {
    What.MESSAGE: "bold", What.ACCESS: "yellow", What.CONFIGURATION: "yellow", What.KEY: "yellow",
    What.FITTED: "yellow",
    What.REFUSED: "bold red", What.ANSWER_REFUSED: "bold red", What.UNWATCHED: "bold red",
    What.MOVED_ASIDE: "bold red", What.UNCLEAN_STOP: "yellow",
    What.DELIVERED: "dim", What.HEARTBEAT: "dim", What.FORGOTTEN: "dim",
}  # fmt: skip


def _entries(places: "Places", since_s: int) -> Iterator[Entry]:
    with OutboxReader(places.outbox_db) as outbox:
        yield from (entry for entry in outbox.trail() if entry.at_s >= since_s)


def _text(entry: Entry) -> str:
    if entry.body is None:
        return wording.gone()
    return wording.entered(entry.what, len(entry.body)) if entry.what in _SENT else entry.body.decode()


def _document(entry: Entry) -> dict[str, object]:
    return entry._asdict() | {
        "at": utc_text(entry.at_s),
        "body": None if entry.body is None else entry.body.decode(errors="replace"),
    }


@audit.command(
    "verify",
    epilog="""\b
Examples:
  wren audit verify
  wren audit verify --head 4711:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
""",
)
@CONFIG
@click.option("--head", metavar="ENTRIES:SHA256", help="As the desk's page shows it: then a cut at the end shows, too.")
@click.option("--json", "as_json", is_flag=True, help="What was found, as one JSON object.")
def check(config_path: Path, head: str | None, *, as_json: bool) -> None:
    """Walk the whole record: each entry must follow from the one before, and each text be the one that was entered.

    Every receipt of the desk must have its entry, too. It changes nothing and may be run at any time. Ends with 0 if
    all is whole, 1 if not (and names the first entry that does not fit); 2 if the configuration or --head is refused,
    4 if a database cannot be used.
    """
    config = load(config_path)
    known = None if head is None else _head(head)
    with progress(quiet=as_json) as (_, tick):
        found = verify(places_of(config), known, step=lambda n: None if n % 500 else tick(f"{n} entries"))
    if as_json:
        click.echo(json.dumps(_verdict(config.home.id, found), sort_keys=True))
    else:
        _say(found, ZoneInfo(config.home.timezone), given=known is not None)
    sys.exit(1 if found.broken else 0)


def _head(text: str) -> Head:
    if not (found := _HEAD.fullmatch(text.strip())):
        advice = "Give it as the desk's page does: a number, a colon, and 64 hex digits."
        raise InputError(f"{text[:80]!a} is no head of a record.", advice=advice)
    return Head(int(found[1]), found[2])


def _verdict(home: str, found: Verdict) -> dict[str, object]:
    broken = found.broken
    return {
        "home": home,
        "whole": broken is None,
        "entries": found.entries,
        "since": None if found.since_s is None else utc_text(found.since_s),
        "head": {"entries": found.head.entries, "sha256": found.head.sha256},
        "texts_let_go": found.missing_bodies,
        "entries_lost": found.missing_entries,
        "begun_anew": [utc_text(at_s) for at_s in found.begun_anew_s],
        "broken": broken
        and {"fault": broken.fault, "n": broken.n, "about": broken.about, "text": wording.broken(broken)},
    }


def _say(found: Verdict, zone: ZoneInfo, *, given: bool) -> None:
    page, now_s = Page(), int(time.time())
    for at_s in found.begun_anew_s:
        page.say(wording.begun_anew(moment(at_s, now_s, zone), found.missing_entries), "yellow")
    if found.missing_bodies:
        page.say(wording.let_go(found.missing_bodies), "dim")
    if found.broken is not None:
        page.say(wording.broken(found.broken), "bold red")
    elif found.since_s is None:
        page.say(wording.empty())
    else:
        head = f"{found.head.entries}:{found.head.sha256}"
        page.say(wording.whole(found.entries, moment(found.since_s, now_s, zone), head), "green")
    if found.broken is None or found.broken.fault not in (Fault.CUT, Fault.FORK, Fault.TOO_OLD):
        page.say(wording.compared(given=given), "" if given else "dim")
