"""`wren demo`: the whole of Wren on one machine, with nobody's data but a simulated person's."""

import asyncio
import contextlib
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

    from gateway.log import Log


@click.command(
    epilog="""\b
Examples:
  wren demo
  wren demo --keep
  wren demo --seed 3 --days 10
  wren demo --practice
"""
)
@click.option("--seed", type=click.IntRange(min=0), default=7, show_default=True, help="Whose life is simulated.")
@click.option(
    "--days", type=click.IntRange(5, 60), default=21, show_default=True, help="Ordinary days before the illness."
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Of the desk's page; 0 takes any free one.")
@click.option(
    "--keep", is_flag=True, help="Keep the folder with all databases, and at a terminal the desk open until Ctrl-C."
)
@click.option(
    "--practice", is_flag=True, help="A practice home instead, that stays up: single keys make things happen."
)
@click.option("--keys", help="With --practice: these keys instead of a terminal's, such as htax.")
def demo(seed: int, days: int, port: int, keys: str | None, *, keep: bool, practice: bool) -> None:
    """Watch a home being learnt, a week and a day going wrong, and the alerts arriving at a care provider's desk.

    A simulated resident moves mock pins and a simulated heart-rate strap; everything behind them is the real
    gateway, the real uplink in a process of its own, and a desk on this machine. Needs no hardware, no network and
    no root; leaves nothing behind without --keep.

    With --practice the home stays up, and time stands still between two keys: somebody presses help, a wire is pulled,
    the power goes. You see what the care worker and the technician are told, here and on the desk's page, and there
    are exercises. Keys may be piped in, too.

    Ends with 0, or 5 if a message does not arrive.
    """
    if keys is not None and not practice:
        raise click.UsageError("--keys are for --practice.")
    from gateway.cli.desk import require_installed

    require_installed()  # a gateway does not have it
    from rich.console import Console

    from gateway.demo.story import Story
    from gateway.log import open_log
    from gateway.sources.simulator.scenario import Scenario

    console = Console(highlight=False)
    folder = Path(tempfile.mkdtemp(prefix="wren-demo-"))
    pace_s = 0.4 if console.is_terminal else 0.0
    try:
        with (folder / "gateway.log").open("w", encoding="utf-8") as log_file:
            log = open_log(log_file, utc_s=time.time, component="daemon")
            if practice:
                _practise(console, log, folder, keys, seed=seed, days=days, port=port)
                return
            story = Story(console, log, seed=seed, scenario=Scenario(quiet_days=days), people_port=port, pace_s=pace_s)
            with contextlib.suppress(KeyboardInterrupt):
                asyncio.run(story.tell(folder, stay=keep and sys.stdin.isatty()))
    finally:
        if keep:
            console.print(f"Everything is kept in {folder}.")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _practise(
    console: "Console", log: "Log", folder: Path, keys: str | None, *, seed: int, days: int, port: int
) -> None:
    from gateway.demo.practice import Practice
    from gateway.demo.practice_keys import Scripted, Terminal

    if keys is None and not sys.stdin.isatty():
        keys = sys.stdin.read()
    source = Terminal(sys.stdin.fileno()) if keys is None else Scripted(keys)
    one = Practice(console, log, source, seed=seed, learn_days=days, people_port=port)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(one.run(folder))
    console.print("The practice home is taken down.")
