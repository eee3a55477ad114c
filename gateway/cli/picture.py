"""What `wren routine` and `wren notice` share: which portrait to read, and where its picture goes."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from gateway.config.places import places_of
from gateway.config.reading import load
from gateway.errors import InputError
from gateway.portrait import Portrait, read
from gateway.trail import accesses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console
    from rich.text import Text

PORTRAIT = click.option(
    "--portrait", "portrait_path", type=click.Path(path_type=Path), help="Another file to read; no --config is needed."
)
HTML = click.option("--html", type=click.Path(path_type=Path), help="Write it as one page to this file instead.")

_OLD_S: Final = 2 * 3600
"""The daemon writes a portrait every hour."""


def portrait_from(config_path: Path, portrait_path: Path | None, command: str) -> Portrait:
    """The portrait to draw; says on standard error when a home's own is old. Raises GatewayError.

    That somebody looked at a home's own is noted (`gateway.trail.accesses`), under the name of the `command`.
    """
    if portrait_path is not None:
        return read(portrait_path)
    places = places_of(load(config_path))
    portrait = read(places.portrait)
    accesses.leave(places.accesses, command)
    old_s = int(time.time()) - portrait.at_s
    if old_s > _OLD_S:
        from models.localtime import length

        click.echo(f"This is as of {length(old_s)} ago: is the daemon running? See `wren status`.", err=True)
    return portrait


def one_form(*, as_json: bool, html: Path | None) -> None:
    """Refuse two forms at once. Raises UsageError."""
    if as_json and html is not None:
        raise click.UsageError("--json goes to standard output and --html to a file; ask for one of them.")


def write_page(path: Path, page: str) -> None:
    """Raises InputError."""
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        problem = f"{path} cannot be written: {error.strerror}."
        raise InputError(problem, advice="Name a file in a folder that exists and that this user may write.") from error
    click.echo(f"Written to {path}; any browser shows it. It shows a daily life: mind who gets it.")


def show(portrait: Portrait, lines_of: "Callable[[Console], list[Iterator[Text]]]") -> None:
    """Print pictures one after the other; a pipe gets every line whole."""
    from rich.console import Console

    console = Console(highlight=False)
    if not portrait.streams:
        console.print("Nobody's life is watched here: the configuration has no sensors of movement.")
    for number, lines in enumerate(lines_of(console)):
        if number:
            console.print()
        for line in lines:
            console.print(line, soft_wrap=not sys.stdout.isatty())
