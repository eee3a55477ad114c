"""`wren away`: a resident is out of the house for some time, as planned."""

import time
from pathlib import Path

import click

from gateway.cli.options import CONFIG
from gateway.cli.telling import AS_JSON, RESIDENT, UNTIL, back, known_resident, moment, tell, until_s
from gateway.config.reading import load
from models.told import Telling, Told


@click.command(
    epilog="""\b
Examples:
  wren away r1 --until "2026-12-01 18:00"
  wren away r1 --back
"""
)
@CONFIG
@RESIDENT
@UNTIL
@back("They are home again.")
@AS_JSON
def away(config_path: Path, resident: str, *, until: str | None, back: bool, as_json: bool) -> None:
    """Say that RESIDENT is away until WHEN, or back.

    Run it as root. Ends with 0, also if the daemon is not running and takes it later; 2 if
    the configuration or what was said is refused, 4 if the daemon's folder cannot be written to.
    """
    config = load(config_path)
    told = Told(Telling.AWAY, known_resident(config, resident))
    at_s = until_s(config, until, is_back=back, now_s=time.time())
    said = f"{resident} is home again." if back else f"{resident} is away until {moment(config, at_s)}."
    tell(config, told, at_s, as_json=as_json, said=said)
