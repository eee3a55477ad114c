"""`wren alone`: in a home of several, one resident is there alone for some time."""

import time
from pathlib import Path

import click

from gateway.cli.options import CONFIG
from gateway.cli.telling import AS_JSON, RESIDENT, UNTIL, back, known_resident, moment, tell, until_s
from gateway.config.reading import load
from gateway.errors import InputError
from models.told import Telling, Told


@click.command(
    epilog="""\b
Examples:
  wren alone r2 --until "2026-12-01 18:00"
  wren alone r2 --back
"""
)
@CONFIG
@RESIDENT
@UNTIL
@back("The others are home again.")
@AS_JSON
def alone(config_path: Path, resident: str, *, until: str | None, back: bool, as_json: bool) -> None:
    """Say that RESIDENT is alone at home until WHEN, or that the others are back.

    For homes of several residents. Run it as root. Ends with 0, also if the daemon is not
    running and takes it later; 2 if the configuration or what was said is refused, 4 if the daemon's folder cannot be
    written to.
    """
    config = load(config_path)
    told = Told(Telling.ALONE, known_resident(config, resident))
    if len(config.residents) < 2:
        raise InputError(
            f"{resident} lives alone there.", advice="Nothing needs to be said: they are always judged so."
        )
    at_s = until_s(config, until, is_back=back, now_s=time.time())
    said = "The others are home again." if back else f"{resident} is alone at home until {moment(config, at_s)}."
    tell(config, told, at_s, as_json=as_json, said=said)
