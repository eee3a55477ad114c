"""`wren coverage`: what each sensor could see in the last seven days, and what could not be heard."""

import json
from pathlib import Path
from typing import Any

import click

from gateway.cli.options import CONFIG
from gateway.cli.picture import HTML, PORTRAIT, one_form, portrait_from, show, write_page
from gateway.portrait import Portrait
from models.localtime import utc_text


@click.command(
    epilog="""\b
Examples:
  wren coverage
  wren coverage --json | jq '.sensors[] | select(.lost_since != null) | .sensor'
  wren coverage --html coverage.html
"""
)
@CONFIG
@PORTRAIT
@click.option("--json", "as_json", is_flag=True, help="One JSON object; `hours` has a letter an hour: s, p or b.")
@HTML
def coverage(config_path: Path, portrait_path: Path | None, *, as_json: bool, html: Path | None) -> None:
    """Show what each sensor could see in the last seven days, hour by hour: seen, partly, or blind.

    Blind is an hour in which the gateway was down, or could not hear that sensor: nothing is known of it, and it
    counts for nothing. Reads portrait.json beside home.db, which the daemon writes every hour and when it stops: run
    it as root or as the daemon's user. Ends with 0; 2 if the configuration or the portrait cannot be read, or both
    --json and --html are given.
    """
    one_form(as_json=as_json, html=html)
    portrait = portrait_from(config_path, portrait_path, "coverage")
    if as_json:
        click.echo(json.dumps(_document(portrait), sort_keys=True))
        return
    if html is not None:
        from gateway.pictures.coverage_page import coverage_page

        write_page(html, coverage_page(portrait))
        return
    from gateway.pictures.coverage import heat_map

    show(portrait, lambda console: [heat_map(portrait, colour=not console.no_color)])


def _document(portrait: Portrait) -> dict[str, Any]:
    return {
        "home": portrait.home,
        "at": utc_text(portrait.at_s),
        "sensors": [
            {
                "sensor": one.sensor,
                "place": one.place,
                "lost_since": None if one.lost_s is None else utc_text(one.lost_s),
                "from": utc_text(one.from_s),
                "hours": one.hours,
            }
            for one in portrait.sensors
        ],
        "coverage": {stream.resident: stream.coverage for stream in portrait.streams},
    }
