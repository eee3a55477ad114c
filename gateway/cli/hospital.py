"""`wren hospital`: a resident was taken to hospital, or is home again."""

from pathlib import Path

import click

from gateway.cli.options import CONFIG
from gateway.cli.telling import AS_JSON, RESIDENT, back, known_resident, tell
from gateway.config.reading import load
from models.told import Telling, Told


@click.command(
    epilog="""\b
Examples:
  wren hospital r1
  wren hospital r1 --back
"""
)
@CONFIG
@RESIDENT
@back("They are home again.")
@AS_JSON
def hospital(config_path: Path, resident: str, *, back: bool, as_json: bool) -> None:
    """Say that RESIDENT was taken to hospital: until they are back nothing is judged or learnt.

    Run it as root. Ends with 0, also if the daemon is not running and takes it later; 2 if
    the configuration or the resident is refused, 4 if the daemon's folder cannot be written to.
    """
    config = load(config_path)
    told = Told(Telling.HOSPITAL, known_resident(config, resident))
    said = f"{resident} is home again." if back else f"{resident} is in hospital."
    tell(config, told, float(not back), as_json=as_json, said=said)
