"""`wren replay`: a recorded home through the same code as live."""

import io
import json
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.replaying import JournalRecording, Outcome
    from gateway.sources.replay import Recording
    from models.home import Home
    from models.vocabulary import Reading


@click.command(
    epilog="""\b
Examples:
  wren replay recordings/home-1 --out alerts.jsonl
  wren replay recordings/home-1 --out - --deadlines deadlines.csv --habits habits.csv
  wren replay recordings/home-1 --out alerts.jsonl --portrait portrait.json && wren routine --portrait portrait.json
  wren replay /var/lib/wren/private/home.db --config /etc/wren/home.toml --out again.jsonl
"""
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path, allow_dash=True), required=True, help="Messages, as JSON lines.")
@click.option("--deadlines", type=click.Path(path_type=Path), help="CSV: when a silence would alert, hour by hour.")
@click.option("--habits", type=click.Path(path_type=Path), help="CSV: each habit against what is usual, day by day.")
@click.option("--portrait", type=click.Path(path_type=Path), help="JSON: what was learnt, for routine and notice.")
@click.option("--config", "config_path", type=click.Path(path_type=Path), help="For a home.db: its home.toml.")
@click.option("--lenient", is_flag=True, help="Skip and count rows that cannot be used, instead of stopping.")
@click.option("--json", "as_json", is_flag=True, help="The closing account as JSON.")
def replay(
    folder: Path,
    out: Path,
    deadlines: Path | None,
    habits: Path | None,
    portrait: Path | None,
    config_path: Path | None,
    *,
    lenient: bool,
    as_json: bool,
) -> None:
    """Run a recorded home (FOLDER with home.toml and readings.csv or .csv.gz) through Wren.

    FOLDER may also be the home.db of a gateway that is stopped; --config then names its home.toml.

    A home.toml without an [alerts] table enables every kind here. Ends with 0; 2 if the configuration or a row
    cannot be used, with its line, 4 if a home.db cannot be used.
    """
    from gateway.config.reading import load
    from gateway.errors import InputError
    from gateway.replaying import JournalRecording, Replay
    from gateway.sources.replay import Recording
    from models.home import Home

    if folder.suffix == ".db" and config_path is None:
        raise InputError(f"{folder} comes without its home.toml.", advice="Name that with --config.")
    config = load(config_path or folder / "home.toml")
    recording: Recording | JournalRecording
    if folder.suffix == ".db":
        recording = JournalRecording(folder)
    else:
        recording = Recording(folder, (sensor.id for sensor in config.sensors), lenient=lenient)
    home = Home(config.spec(live=False))
    started_s = time.perf_counter()
    with ExitStack() as files:
        messages = sys.stdout.buffer if str(out) == "-" else files.enter_context(_made(out))
        run = Replay(
            home,
            messages.write,
            deadlines=files.enter_context(_table(deadlines)) if deadlines else None,
            habits=files.enter_context(_table(habits)) if habits else None,
        )
        outcome = run.run(_with_progress(recording, quiet=as_json or str(out) == "-"))
    if portrait is not None:
        _draw(portrait, home)
    account = _account(home, recording, outcome, time.perf_counter() - started_s)
    if as_json:
        click.echo(json.dumps(account, sort_keys=True), err=str(out) == "-")
    else:
        _print(account, to_stderr=str(out) == "-")


def _made(path: Path) -> BinaryIO:
    from gateway.errors import InputError

    try:
        return path.open("wb")
    except OSError as error:
        problem = f"{path} cannot be written: {error.strerror}."
        raise InputError(problem, advice="Name a file in a folder that exists and that this user may write.") from error


def _draw(path: Path, home: "Home") -> None:
    from gateway.errors import InputError
    from gateway.portrait import portrait_of, write

    try:
        write(path, portrait_of(home.portrait()))
    except OSError as error:
        problem = f"{path} cannot be written: {error.strerror}."
        raise InputError(problem, advice="Name a file in a folder that exists and that this user may write.") from error


def _table(path: Path) -> TextIO:
    return io.TextIOWrapper(_made(path), encoding="utf-8", newline="")


def _with_progress(recording: "Recording | JournalRecording", *, quiet: bool) -> "Iterator[Reading]":
    if quiet or not sys.stderr.isatty():
        for _, reading in recording.readings():
            yield reading
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("replaying", total=recording.total_bytes)
        for number, (_, reading) in enumerate(recording.readings()):
            yield reading
            if number % 4096 == 0:
                progress.update(task, completed=recording.bytes_read)


def _account(
    home: "Home", recording: "Recording | JournalRecording", outcome: "Outcome", seconds: float
) -> dict[str, Any]:
    weeks = outcome.weeks(len(home.spec.residents))
    return {
        "home": home.spec.id,
        "readings": outcome.readings,
        "days": round((outcome.last_ms - outcome.first_ms) / 86_400_000, 1),
        "person_weeks": round(weeks, 1),
        "messages": outcome.messages,
        "alerts": dict(sorted(outcome.alerts.items())),
        "alerts_per_person_week": {
            k: round(n / weeks, 3) if weeks else None for k, n in sorted(outcome.alerts.items())
        },
        "left_out": {reason: count for reason, count in home.left_out().items() if count},
        "skipped": {str(reason): count for reason, count in recording.tally.skipped.items()},
        "first_skipped_line": {str(reason): line for reason, line in recording.tally.first_line.items()},
        "seconds": round(seconds, 2),
        "readings_per_s": round(outcome.readings / seconds) if seconds else None,
    }


def _print(account: dict[str, Any], *, to_stderr: bool) -> None:
    def say(text: str) -> None:
        click.echo(text, err=to_stderr)

    say(f"{account['home']}: {account['readings']:,} readings over {account['days']} days in {account['seconds']} s")
    rates = account["alerts_per_person_week"]
    for kind, count in account["alerts"].items():
        rate = "too short for a rate" if rates[kind] is None else f"{rates[kind]} a person-week"
        say(f"  {kind}: {count} ({rate})")
    if not account["alerts"]:
        say("  no alerts")
    say(f"  {account['messages']} messages in all")
    for name in ("left_out", "skipped"):
        for reason, count in account[name].items():
            line = account["first_skipped_line"].get(reason)
            say(f"  {name.replace('_', ' ')}: {count} ({reason}{f', first at line {line}' if line else ''})")
