"""`wren erase`: everything of a resident goes, here and at the desk."""

import json
import sys
import time
from pathlib import Path

import click

from gateway.cli.options import CONFIG
from gateway.cli.progress import progress
from gateway.config.reading import load
from gateway.errors import InputError


@click.command(
    epilog="""\b
Examples:
  wren erase r1
  systemctl stop wren wren-uplink && wren erase r1 --yes --json
"""
)
@CONFIG
@click.argument("resident")
@click.option("--yes", is_flag=True, help="Do not ask; for scripts.")
@click.option("--json", "as_json", is_flag=True, help="What went, as one JSON object on standard output.")
def erase(config_path: Path, resident: str, *, yes: bool, as_json: bool) -> None:
    """Erase everything of RESIDENT: what was sensed, learnt, counted and sent. It cannot be taken back.

    Both services must be stopped; start the messenger afterwards, so that the desk is told to erase, too. Run it as
    root. If it was cut off, say it again. Ends with 0; 2 if the configuration or the resident is refused or the id was
    not typed, 4 if Wren is running or a database cannot be used.
    """
    from gateway.rights.erasing import STEPS
    from gateway.rights.erasing import erase as take_away
    from gateway.rights.scope import Scope

    config = load(config_path)
    scope = Scope(config, resident)
    if not yes:
        _ask(resident, scope.others)
    with progress(quiet=as_json) as (steps, tick):
        steps(STEPS)
        erased = take_away(config, resident, now_s=int(time.time()), tick=tick)
    is_told = config.uplink is not None
    if as_json:
        document = {"resident": resident, "everything": erased.is_all, "inputs": erased.inputs}
        document |= {"messages": erased.messages, "files": erased.files, "desk_to_be_told": is_told}
        click.echo(json.dumps(document, sort_keys=True))
        return
    click.echo(f"Everything of {resident} was erased here: what was sensed and told ({erased.inputs}), messages")
    click.echo(f"({erased.messages}), files ({erased.files}), the daily counts, and what was learnt.")
    if scope.others:
        click.echo(f"What was learnt of {', '.join(scope.others)} is learnt again at the next start, from the readings")
        click.echo("that are still kept; what was known of the time before them is lost.")
    if is_told:
        click.echo(
            "A word to the desk waits: start wren-uplink. Once `wren outbox` says that the erasure is delivered,"
        )
        click.echo("the desk holds the word, and has erased what it had.")
    else:
        click.echo("There is no [uplink] table: tell the provider yourself to erase what is at the desk.")
    click.echo(f"Take {resident} and what is theirs out of home.toml before Wren starts again, or it records anew.")
    click.echo("A memory card may keep overwritten blocks where no program can reach them: destroy it if that matters.")


def _is_asked() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty()


def _ask(resident: str, others: list[str]) -> None:
    if not _is_asked():
        raise InputError("Nobody is there to type the resident's id.", advice="A script says --yes.")
    click.echo(f"Everything of {resident} goes: readings, counts, what was learnt, the texts of messages.", err=True)
    if others:
        click.echo(f"What was learnt of {', '.join(others)} goes with it, and is learnt again.", err=True)
    click.echo("It cannot be taken back; `wren export` first keeps a copy.", err=True)
    if click.prompt("Type the resident's id to go on", err=True) != resident:
        raise InputError("That is another id: nothing was erased.", advice="Say it again, with the same id twice.")
