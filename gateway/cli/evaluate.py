"""`wren evaluate`: what recorded homes say of how well Wren does."""

import json
from pathlib import Path

import click

from gateway.cli.options import CONFIG
from gateway.cli.progress import progress

_SECTIONS = ("twins", "silence", "calibration", "changes", "rivals", "faults", "labels")


@click.command(
    epilog="""\b
Examples:
  wren evaluate recordings/home-1 recordings/home-2
  wren evaluate recordings --only silence --only faults
  wren evaluate recordings --seed 2 --per-home 10 --json > evidence.json
  wren evaluate recordings --html evidence.html
  wren evaluate --home copy/home.db --proposed proposed.toml --days 30
"""
)
@click.argument("folders", metavar="FOLDER...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--only", multiple=True, type=click.Choice(_SECTIONS), help="Measure this section; may be repeated.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of every lot that is drawn.")
@click.option(
    "--per-home",
    type=click.IntRange(1, 1000),
    default=5,
    show_default=True,
    help="Copies of each home with each change, and with each fault.",
)
@click.option("--html", type=click.Path(path_type=Path), help="Also write it as one page to this file.")
@click.option("--home", "home_db", type=click.Path(path_type=Path), help="The home.db of a stopped gateway, or a copy.")
@click.option("--proposed", type=click.Path(path_type=Path), help="With --home: the home.toml to try.")
@click.option("--days", type=click.IntRange(1, 400), default=60, show_default=True, help="With --home: how far back.")
@CONFIG
@click.option("--json", "as_json", is_flag=True, help="Everything measured, as JSON on standard output.")
def evaluate(
    folders: tuple[Path, ...],
    only: tuple[str, ...],
    seed: int,
    per_home: int,
    html: Path | None,
    home_db: Path | None,
    proposed: Path | None,
    days: int,
    config_path: Path,
    *,
    as_json: bool,
) -> None:
    """Measure Wren on recorded homes: false alerts, time to notice, changes noticed, faults ignored.

    Each FOLDER is a recorded home (home.toml with readings.csv or .csv.gz, perhaps labels.csv), or holds such
    folders. Thresholds are those that the system sets itself as it goes; docs/evaluation.md defines every measure.

    With --home and --proposed instead of folders: which alerts another setting would have sent in this home's last
    days, beside the setting that is in force (--config).

    Ends with 0; 2 if a home, a configuration or an option cannot be used, 4 if a home.db cannot be used.
    """
    if home_db is not None or proposed is not None:
        if home_db is None or proposed is None or folders or only or html:
            raise click.UsageError("A shadow run takes --home and --proposed, and no folder, --only or --html.")
        from gateway.cli.shadow import shadow

        shadow(home_db, config_path, proposed, days, as_json=as_json)
        return
    if not folders:
        raise click.UsageError("Give folders with recorded homes; or --home and --proposed.")
    from gateway.evaluation.evaluating import steps
    from gateway.evaluation.processes import measure
    from gateway.evaluation.recorded import find

    homes = find(folders)
    if html is not None:
        _write(html, "")  # some minutes of work are not to be lost to a folder that is not there
    with progress(quiet=as_json) as (expect, tick):
        sections = only or _SECTIONS
        expect(len(homes) * steps(sections) + 1)
        evaluation = measure(homes, sections, seed=seed, per_home=per_home, tick=tick)
        tick("the rivals" if "rivals" in sections else "adding up")
        account = evaluation.account()
    if html is not None:
        from gateway.evaluation.page import evaluation_page

        _write(html, evaluation_page(account))
        click.echo(f"Written to {html}; any browser shows it.", err=True)
    if as_json:
        click.echo(json.dumps(account, sort_keys=True))
        return
    from gateway.evaluation.report import tables
    from gateway.evaluation.showing import show

    show(tables(account))


def _write(path: Path, page: str) -> None:
    from gateway.errors import InputError

    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        problem = f"{path} cannot be written: {error.strerror}."
        raise InputError(problem, advice="Name a file in a folder that exists and that this user may write.") from error
