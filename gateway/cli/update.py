"""`wren update`: another version of Wren, side by side with this one, watched, and gone back from by itself."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import click

from gateway.cli.options import CONFIG
from gateway.cli.page import Page
from gateway.config.places import places_of
from gateway.config.reading import load
from gateway.errors import GatewayError, InputError
from gateway.release.bundle import Told
from gateway.release.here import require_root
from gateway.release.looking import OpenAlert
from gateway.release.services import Systemd
from gateway.release.trial import Outcome, Phase, Result, Trial, Trials
from gateway.release.updating import Files, Update
from gateway.release.versions import Versions

ROOT: Final = Path("/")

_SWITCHED_WITHIN_S: Final = 180.0
_LOOK_S: Final = 1.0
_TRY_S: Final = 60.0


@click.command(
    epilog="""\b
Examples:
  wren update wren-0.2.0-trixie-arm64.tar
  wren update wren-0.2.0-trixie-arm64.tar --wait --follow
  wren update --show
  wren update --rollback
"""
)
@click.argument("file", type=click.Path(path_type=Path), required=False)
@CONFIG
@click.option("--wait", is_flag=True, help="If an alert is open, wait for its end instead of refusing.")
@click.option("--follow", is_flag=True, help="Stay until the update is kept or gone back from, a quarter of an hour.")
@click.option("--allow-older", is_flag=True, help="Also a version that is older than the one that runs.")
@click.option("--rollback", is_flag=True, help="Go back to the version before this one; ends a trial.")
@click.option("--show", is_flag=True, help="What runs, what is on trial, and what became of the last update.")
@click.option("--json", "as_json", is_flag=True, help="With --show: one JSON object on standard output.")
def update(
    file: Path | None,
    config_path: Path,
    *,
    wait: bool,
    follow: bool,
    allow_older: bool,
    rollback: bool,
    show: bool,
    as_json: bool,
) -> None:
    """Install the version in a signed bundle beside this one, switch to it, and go back by itself if it is not well.

    Nothing that is not signed is unpacked, and nothing is switched while an alert is open. wren-gate.service judges
    the new version for a quarter of an hour, and survives a power cut. Ends with 0 when the new version runs and is
    on trial (with --follow: was kept), or a trial was ended as asked; 1 if an alert is open, another update is on
    trial, or it was gone back from; 2 if the bundle, an option or the configuration is refused, and 4 if the card
    cannot be written.
    """
    if sum((file is not None, rollback, show)) != 1:
        raise InputError("One of FILE, --rollback and --show is needed.", advice="`wren update --help` has examples.")
    require_root()
    trials, versions = Trials(ROOT), Versions(ROOT)
    if show:
        _show(trials, versions, as_json=as_json)
        return
    with _progress() as told:
        plan = Update(
            ROOT,
            Systemd(),
            _files(config_path),
            told=told,
            waits=_wait if wait else None,
            allow_older=allow_older,
            tries=lambda folder: _try(folder, config_path),
        )
        name = plan.back(versions) if file is None else plan.to_bundle(file, versions)
    if name is None:
        click.echo(f"{versions.current()} is what runs already.")
        return
    click.echo(f"{name} is installed; wren-gate.service switches to it.")
    outcome = _followed(trials, name, to_the_end=follow)
    if outcome is not None:
        click.echo(said(outcome))
        sys.exit(0 if versions.current() == name else 1)


@contextmanager
def _progress() -> Iterator[Told]:
    """A bar on a terminal; elsewhere a line on standard error for each thing that is begun."""
    if not sys.stderr.isatty():
        begun: set[str] = set()

        def line(what: str, _done: int, _of: int) -> None:
            if what not in begun:
                begun.add(what)
                click.echo(f"{what}...", err=True)

        yield line
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("looking", total=None)
        yield lambda what, done, of: bar.update(task, description=what, completed=done, total=of if done else None)


def _files(config_path: Path) -> Files:
    if not config_path.exists():  # a gateway that is no home yet
        data = Path("/var/lib/wren")
        return Files(data / "outbox/outbox.db", data / "private", Path("/var/lib/wren-uplink"))
    places = places_of(load(config_path))
    return Files(places.outbox_db, places.private, places.uplink)


def _try(folder: Path, config_path: Path) -> None:
    """Have the new version say what it makes of the home's configuration, before anything is switched."""
    if not config_path.exists():
        return
    command = [str(folder / "bin/wren"), "check", "--config", str(config_path)]
    try:
        done = subprocess.run(  # noqa: S603 - of a bundle that was verified
            command, capture_output=True, text=True, check=False, timeout=_TRY_S, env={"PATH": "/usr/bin:/bin"}
        )
    except subprocess.TimeoutExpired as error:
        problem = f"The new version says nothing of {config_path} within {_TRY_S:g} s."
        raise GatewayError(problem, advice="Nothing was switched. Try once more; then take another bundle.") from error
    if done.returncode == InputError.exit_code:
        said = " ".join(done.stderr.split())
        raise InputError(
            f"The new version refuses {config_path}: {said}", advice="Nothing was switched. Mend it first."
        )


def _wait(alert: OpenAlert) -> None:
    click.echo(f"Waiting: an alert is open ({alert.kind}, {alert.resident}, since {alert.raised_at}).", err=True)


def _followed(trials: Trials, name: str, *, to_the_end: bool) -> Outcome | None:
    """What became of it; None: `name` is on trial, and who did not want to stay was told so."""
    until_s = time.monotonic() + _SWITCHED_WITHIN_S
    while (trial := trials.trial()) is not None:
        if not to_the_end and trial.phase is Phase.WATCHING and trial.new == name:
            click.echo(
                "It runs, and is watched for a quarter of an hour; if it is not well, the one before comes back.\n"
                "`wren update --show` says how far it is. You may log out."
            )
            return None
        if not to_the_end and time.monotonic() >= until_s:
            advice = "`journalctl -u wren-gate` says why; `systemctl start wren-gate`."
            raise GatewayError("The gate has not switched within three minutes.", advice=advice)
        time.sleep(_LOOK_S)
    return trials.outcome()


def said(outcome: Outcome) -> str:
    """What became of an update, as a sentence or two."""
    return {
        Result.KEPT: f"{outcome.new} was kept. {outcome.why}",
        Result.WENT_BACK: f"{outcome.new} was gone back from, to {outcome.old}. {outcome.why}",
        Result.NOT_BEGUN: f"{outcome.new} was not switched to. {outcome.why}",
    }[outcome.result]


def _show(trials: Trials, versions: Versions, *, as_json: bool) -> None:
    trial, outcome = trials.trial(), trials.outcome()
    if as_json:
        click.echo(json.dumps(_document(versions, trial, outcome), sort_keys=True))
        return
    rows = [("runs", versions.current() or "no version"), ("known to be good", versions.steady() or "no version")]
    rows += [
        ("also on the card", name) for name in versions.all() if name not in (versions.current(), versions.steady())
    ]
    if trial is not None:
        minutes = max(0, int(time.time()) - trial.begun_at_s) // 60
        rows.append(("on trial", f"{trial.new}, {trial.phase}, asked for {minutes} min ago"))
    if outcome is not None:
        rows.append(("last update", said(outcome)))
    Page().table(rows)


def _document(versions: Versions, trial: Trial | None, outcome: Outcome | None) -> dict[str, Any]:
    return {
        "current": versions.current(),
        "steady": versions.steady(),
        "versions": versions.all(),
        "trial": None
        if trial is None
        else {key: asdict(trial)[key] for key in ("new", "old", "phase", "boots", "why")},
        "last": None if outcome is None else asdict(outcome),
    }
