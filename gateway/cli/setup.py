"""`wren setup`: the guided conversation that writes the home's configuration."""

import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import click

from gateway.cli.options import CONFIG
from gateway.errors import InputError

_NOT_WRITTEN = 1


@click.command(
    epilog="""\b
Examples:
  wren setup
  wren setup --config home.toml
  wren setup --show
"""
)
@CONFIG
@click.option("--show", is_flag=True, help="Print what would be written as things stand, and ask nothing.")
def setup(config_path: Path, *, show: bool) -> None:
    """Ask what this home is, see what moves when it is pressed, and write home.toml.

    Every answer can be changed in the overview at the end, and by running this again: only what is changed is touched.
    Ctrl-C or a lost line write nothing; the next run goes on. The file before is kept as home.toml.before.

    Ends with 0 if it is written or was not changed, or with --show; 1 if it was left for later; 2 if it is refused, or
    there is no terminal.
    """
    from gateway.setup import conversation

    if show:
        _show(config_path)
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        advice = "Log in by SSH and run it there (`ssh -t`); `wren setup --show` needs no terminal."
        raise InputError("This is a conversation, and there is no terminal to hold it in.", advice=advice)
    today = datetime.now(UTC).astimezone().date()
    one = conversation.Conversation(config_path, today)
    is_written = one.hold()
    from rich.console import Console
    from rich.text import Text

    with suppress(OSError):  # the line was dropped: nobody reads this
        Console(highlight=False).print(*map(Text, one.last_words), sep="\n")
    if not is_written:
        sys.exit(_NOT_WRITTEN)


def _show(path: Path) -> None:
    from gateway.setup.conversation import masked
    from gateway.setup.draft import Draft
    from gateway.setup.keeping import text_of
    from gateway.setup.merging import merged

    text = text_of(path)
    left = Draft(path, text).left()
    if left is not None:
        text = merged(text, left.answers)
    if not text:
        raise InputError(f"There is no {path}, and no answers to make one of.", advice="Run `wren setup`.")
    click.echo(masked(text), nl=False)
