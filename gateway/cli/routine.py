"""`wren routine`: the routine that was learnt, as a picture, and today against it."""

import json
from pathlib import Path

import click
import msgspec

from gateway.cli.options import CONFIG
from gateway.cli.picture import HTML, PORTRAIT, one_form, portrait_from, show, write_page


@click.command(
    epilog="""\b
Examples:
  wren routine
  wren routine --html routine.html
  wren replay recordings/home-1 --out alerts.jsonl --portrait p.json && wren routine --portrait p.json
"""
)
@CONFIG
@PORTRAIT
@click.option("--json", "as_json", is_flag=True, help="Everything that was learnt, as one JSON object.")
@HTML
def routine(config_path: Path, portrait_path: Path | None, *, as_json: bool, html: Path | None) -> None:
    """Show when in the day each habit is usually seen, how often, and how today compares.

    Reads portrait.json beside home.db, which the daemon writes every hour and when it stops: run it as root or as
    the daemon's user. Nothing of it is ever sent. Ends with 0; 2 if the configuration or the portrait cannot be
    read, or both --json and --html are given.
    """
    one_form(as_json=as_json, html=html)
    portrait = portrait_from(config_path, portrait_path, "routine")
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(portrait), sort_keys=True))
        return
    if html is not None:
        from gateway.pictures.routine_page import routine_page

        write_page(html, routine_page(portrait))
        return
    from gateway.pictures import terminal

    show(
        portrait,
        lambda console: [
            terminal.routine(portrait, stream, colour=terminal.has_shades(console)) for stream in portrait.streams
        ],
    )
