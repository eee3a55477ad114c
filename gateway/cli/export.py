"""`wren export`: all that is held about this home, for the person whose data it is."""

import json
import time
from pathlib import Path

import click

from gateway.cli.options import CONFIG
from gateway.cli.progress import progress
from gateway.config.reading import load


@click.command(
    epilog="""\b
Examples:
  wren export --out my-data
  wren export --out my-data.zip
  wren export --out r1.zip --resident r1 --json
"""
)
@CONFIG
@click.option("--out", "target", type=click.Path(path_type=Path), required=True, help="A folder, or a file FILE.zip.")
@click.option("--resident", metavar="ID", help="Only what is of this one of several residents.")
@click.option("--json", "as_json", is_flag=True, help="What was written, as one JSON object on standard output.")
def export(config_path: Path, target: Path, resident: str | None, *, as_json: bool) -> None:
    """Hand over all that is held about this home, as JSON and CSV, with a README.txt that says what each file is.

    Run it as root or as the daemon's user. The running daemon makes a copy for it and goes on watching; that somebody
    looked is written into the trail. What is written is for its owner alone (mode 0700), and as private as the home
    itself: nobody else protects it from then on. Ends with 0; 2 if the configuration or an option is refused or the
    target is there already, 4 if a database cannot be read.
    """
    from gateway.rights.exporting import STEPS, write

    config = load(config_path)
    with progress(quiet=as_json) as (steps, tick):
        steps(STEPS)
        done = write(config, target, resident, now_s=int(time.time()), tick=tick)
    if as_json:
        click.echo(json.dumps({"out": str(target), "files": done.files, "rows": done.rows}, sort_keys=True))
        return
    for name, rows in done.rows.items():
        click.echo(f"  {rows:>9}  {name}")
    whose = config.home.id if resident is None else f"{resident} of {config.home.id}"
    click.echo(f"All that is held about {whose} is in {target}: {done.files} files. README.txt says what each is.")
