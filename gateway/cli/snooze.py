"""`wren snooze`: one kind of alert, of one resident, is told in the week's summary only, for a while."""

import time
from pathlib import Path

import click

from gateway.cli.options import CONFIG
from gateway.cli.telling import AS_JSON, UNTIL, back, known_resident, moment, tell, until_s
from gateway.config.reading import load
from gateway.config.tables import Config
from gateway.errors import InputError
from models.kinds import AlertKind
from models.localtime import DAY_S
from models.told import SNOOZABLE, SNOOZE_AT_MOST_S, Telling, Told
from models.vocabulary import HOUSEHOLD


@click.command(
    epilog="""\b
Examples:
  wren snooze r1/late_start --until "2026-12-01 18:00"
  wren snooze r1/late_start --back
"""
)
@CONFIG
@click.argument("what", metavar="RESIDENT/KIND")
@UNTIL
@back("It is told again.")
@AS_JSON
def snooze(config_path: Path, what: str, *, until: str | None, back: bool, as_json: bool) -> None:
    """Say that alerts of RESIDENT/KIND are to be lines of the week's summary until WHEN, two weeks at most.

    What is urgent cannot be snoozed, and what rests on a fixed limit is told all the same.

    Run it as root. Ends with 0, also if the daemon is not running and takes it later; 2 if
    the configuration or what was said is refused, 4 if the daemon's folder cannot be written to.
    """
    config, now_s = load(config_path), time.time()
    told = Told(Telling.SNOOZE, *_whose(config, what))
    at_s = until_s(config, until, is_back=back, now_s=now_s)
    if at_s > now_s + SNOOZE_AT_MOST_S:
        days = SNOOZE_AT_MOST_S // DAY_S
        raise InputError(f"{until} is more than {days} days ahead.", advice="Snooze it again when that is over.")
    said = "is told again" if back else f"is told in the week's summary only, until {moment(config, at_s)}"
    tell(config, told, at_s, as_json=as_json, said=f"{told.kind} of {told.resident} {said}.")


def _whose(config: Config, what: str) -> tuple[str, AlertKind]:
    resident, slash, name = what.partition("/")
    if not slash:
        raise InputError(f"{what!a} does not say which kind of alert.", advice=f"Such as `{what}/late_start`.")
    kind = next((one for one in AlertKind if one == name.replace("-", "_")), None)
    if kind not in SNOOZABLE:
        problem = f"{name!a} is no kind of alert" if kind is None else f"{kind} cannot be snoozed"
        raise InputError(f"{problem}.", advice=f"These can be: {', '.join(sorted(SNOOZABLE))}.")
    return resident if resident == HOUSEHOLD else known_resident(config, resident), kind
