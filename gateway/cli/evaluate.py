"""`wren evaluate`: what recorded homes say of how well Wren does."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

_SECTIONS = ("twins", "silence", "changes", "rivals", "faults", "labels")


@click.command(
    epilog="""\b
Examples:
  wren evaluate recordings/home-1 recordings/home-2
  wren evaluate recordings --only silence --only faults
  wren evaluate recordings --seed 2 --per-home 10 --json > evidence.json
"""
)
@click.argument("folders", metavar="FOLDER...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--only", multiple=True, type=click.Choice(_SECTIONS), help="Measure this section; may be repeated.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of every lot that is drawn.")
@click.option(
    "--per-home",
    type=click.IntRange(1, 1000),
    default=5,
    show_default=True,
    help="Copies of each home with each change, and with each fault.",
)
@click.option("--json", "as_json", is_flag=True, help="Everything measured, as JSON on standard output.")
def evaluate(folders: tuple[Path, ...], only: tuple[str, ...], seed: int, per_home: int, *, as_json: bool) -> None:
    """Measure Wren on recorded homes: false alerts, time to notice, changes noticed, faults ignored.

    Each FOLDER is a recorded home (home.toml with readings.csv or .csv.gz, perhaps labels.csv), or holds such
    folders. Thresholds are those that the system sets itself as it goes; docs/evaluation.md defines every measure.
    Ends with 0; 2 if a home cannot be read.
    """
    from gateway.evaluation.evaluating import Evaluation
    from gateway.evaluation.recorded import find

    homes = find(folders)
    with _progress(quiet=as_json) as (expect, tick):
        evaluation = Evaluation(only or _SECTIONS, seed=seed, per_home=per_home, tick=tick)
        expect(len(homes) * evaluation.steps())
        for home in homes:
            evaluation.take(home)
        tick("the rivals" if "rivals" in evaluation.sections else "adding up")
        account = evaluation.account()
    if as_json:
        click.echo(json.dumps(account, sort_keys=True))
        return
    from gateway.evaluation.report import tables
    from gateway.evaluation.showing import show

    show(tables(account))


@contextmanager
def _progress(*, quiet: bool) -> Iterator[tuple[Callable[[int], None], Callable[[str], None]]]:
    """How many steps there will be, and what is to be called before each: a bar on a terminal, nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None, lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("reading", total=None)

        def tick(what: str) -> None:
            progress.update(task, advance=1, description=what)

        yield lambda steps: progress.update(task, total=steps), tick
