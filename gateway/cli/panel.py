"""`wren panel`: what the light of a resident's panel can say, as a picture, and what it says now."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from gateway.cli.options import CONFIG

if TYPE_CHECKING:
    from gateway.panel.facts import Shown


@click.command(
    epilog="""\b
Examples:
  wren panel
  wren panel --json
  wren panel --svg panel.svg
"""
)
@CONFIG
@click.option("--json", "as_json", is_flag=True, help="What each panel shows now, as one JSON object.")
@click.option("--svg", type=click.Path(path_type=Path), help="Write the lights as a picture to this file instead.")
def panel(config_path: Path, svg: Path | None, *, as_json: bool) -> None:
    """Draw each light of the resident's panel over eight seconds, and say what it shows now.

    Reads panel.json beside home.db, which the daemon writes when a light changes and every ten minutes: run it as
    root or as the daemon's user. Ends with 0; 2 if the configuration or that file cannot be read, or both --json and
    --svg are given.
    """
    if svg is not None:
        if as_json:
            raise click.UsageError("--json goes to standard output and --svg to a file; ask for one of them.")
        _draw(svg)
        return
    from gateway.config.places import places_of
    from gateway.config.reading import load
    from gateway.panel.facts import read
    from models.localtime import utc_text

    config = load(config_path)
    shown = read(places_of(config).panel)
    now_s = int(time.time())
    lights = _now(shown, now_s)
    if as_json:
        panels = {one.resident: lights.get(one.resident) for one in config.panels}
        known = None if shown is None else utc_text(shown.at_s)
        click.echo(json.dumps({"home": config.home.id, "known_at": known, "panels": panels}, sort_keys=True))
        return
    from gateway.cli.page import moment
    from gateway.pictures.panel import lines

    click.echo("What the light says (eight seconds of it, from left to right):\n")
    for line in lines():
        click.echo(line)
    click.echo()
    if not config.panels:
        click.echo("This home has no [[panels]] table.")
    for one in config.panels:
        light = lights.get(one.resident)
        if light is None or shown is None:
            click.echo(f"The panel of {one.resident}: not known. Is the daemon running? See `wren status`.")
        else:
            at = moment(shown.at_s, now_s, ZoneInfo(config.home.timezone))
            click.echo(f"The panel of {one.resident} shows now: {light} (as of {at}).")


def _now(shown: "Shown | None", now_s: int) -> dict[str, str]:
    """The lights, unless what was written is older than the daemon would leave it."""
    from gateway.panel.facts import EVERY_S, SHOWN_AGAIN_S

    if shown is None or now_s - shown.at_s > SHOWN_AGAIN_S + 4 * EVERY_S:
        return {}
    return shown.lights


def _draw(path: Path) -> None:
    from gateway.errors import InputError
    from gateway.pictures.panel import svg

    try:
        path.write_text(svg(), encoding="utf-8")
    except OSError as error:
        problem = f"{path} cannot be written: {error.strerror}."
        raise InputError(problem, advice="Name a file in a folder that exists and that this user may write.") from error
    click.echo(f"Written to {path}.")
