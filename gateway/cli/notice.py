"""`wren notice`: for each hour of the day, how long a silence would last before an alert."""

import json
from pathlib import Path
from typing import Any

import click

from gateway.cli.options import CONFIG
from gateway.cli.picture import HTML, PORTRAIT, one_form, portrait_from, show, write_page
from gateway.portrait import Portrait
from models.localtime import utc_text
from models.wording import notice as notice_sentence


@click.command(
    epilog="""\b
Examples:
  wren notice
  wren notice --json | jq '.streams[].notice_s[14]'
  wren notice --html notice.html
"""
)
@CONFIG
@PORTRAIT
@click.option("--json", "as_json", is_flag=True, help="One JSON object; `notice_s` has seconds for each hour from 0.")
@HTML
def notice(config_path: Path, portrait_path: Path | None, *, as_json: bool, html: Path | None) -> None:
    """Show how soon Wren would notice if all movement stopped, for each hour of this person's day: hours, not minutes.

    Reads portrait.json beside home.db, which the daemon writes every hour and when it stops: run it as root or as
    the daemon's user. Ends with 0; 2 if the configuration or the portrait cannot be read, or both --json and
    --html are given.
    """
    one_form(as_json=as_json, html=html)
    portrait = portrait_from(config_path, portrait_path, "notice")
    if as_json:
        click.echo(json.dumps(_document(portrait), sort_keys=True))
        return
    if html is not None:
        from gateway.pictures.notice_page import notice_page

        write_page(html, notice_page(portrait))
        return
    from gateway.pictures import terminal

    show(portrait, lambda _: [terminal.notice(portrait, stream) for stream in portrait.streams])


def _document(portrait: Portrait) -> dict[str, Any]:
    return {
        "home": portrait.home,
        "at": utc_text(portrait.at_s),
        "streams": [
            {
                "resident": stream.resident,
                "alerts": stream.told,
                "now": stream.watching,
                "deadline": None if stream.deadline_s is None else utc_text(stream.deadline_s),
                "days": stream.days,
                "notice_s": stream.notice_s,
                "sentence": notice_sentence(stream.notice_s),
            }
            for stream in portrait.streams
        ],
    }
