"""What the commands share that tell the home something: `wren outcome`, `snooze`, `away`, `hospital`, `alone`."""

import json
import time
from collections.abc import Callable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import click

from gateway import slips
from gateway.config.places import places_of
from gateway.config.tables import Config
from gateway.errors import InputError
from models.localtime import DAY_S, utc_text
from models.told import Told

_LONGEST_S: Final = 366 * DAY_S
"""A year ahead is more likely a slip of the pen than a plan."""

AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
RESIDENT = click.argument("resident")
UNTIL = click.option("--until", metavar="WHEN", help='The home\'s local time, such as "2026-12-01 18:00".')


def back(text: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The option `--back`, and what it says."""
    return click.option("--back", is_flag=True, help=text)


def tell(config: Config, told: Told, value: float, *, as_json: bool, said: str) -> None:
    """Leave a slip and wait for the daemon to take it; `said` is what was understood, as a sentence.

    Raises StoreError: there is no daemon's folder that this user may write to. InputError: the daemon refused it.
    """
    path = slips.leave(places_of(config).slips, told, value, at_s=time.time())
    taken = slips.taken(path, within_s=slips.TAKEN_WITHIN_S)
    if as_json:
        click.echo(json.dumps({"told": told.name(), "value": value, "taken": taken}, sort_keys=True))
        return
    click.echo(said)
    click.echo(
        "Taken." if taken else "Not taken yet: the gateway is not running, or busy. It takes it as soon as it can."
    )


def known_resident(config: Config, resident: str) -> str:
    """`resident`, if somebody of that id lives there. Raises InputError."""
    known = [one.id for one in config.residents]
    if resident not in known:
        raise InputError(f"No resident has the id {resident!a}.", advice=f"Known: {', '.join(known)}.")
    return resident


def until_s(config: Config, until: str | None, *, is_back: bool, now_s: float) -> int:
    """The moment that was meant (UTC seconds); 0 for "back". Raises InputError."""
    if (until is None) != is_back:
        raise InputError("Say either --until or --back.", advice='Such as --until "2026-12-01 18:00".')
    if until is None:
        return 0
    try:
        if ":" not in until:
            raise ValueError("a day alone would mean its first minute")
        moment = datetime.fromisoformat(until)
        at_s = int((moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(config.home.timezone))).timestamp())
    except (ValueError, OverflowError) as error:
        advice = 'Write the home\'s local time as "2026-12-01 18:00".'
        raise InputError(f"{until!a} is no moment.", advice=advice) from error
    if at_s <= now_s:
        raise InputError(f"{until} is past.", advice="Say when it will be; --back says that it is over.")
    if at_s > now_s + _LONGEST_S:
        raise InputError(
            f"{until} is more than a year ahead.",
            advice="Check the year, and the date of this machine (`timedatectl`).",
        )
    return at_s


def moment(config: Config, at_s: int) -> str:
    """A moment to come, in the home's own time, and in UTC, so that a wrong zone shows."""
    local = datetime.fromtimestamp(at_s, ZoneInfo(config.home.timezone))
    return f"{local:%A} {local.day} {local:%B %Y %H:%M} ({utc_text(at_s)})"
