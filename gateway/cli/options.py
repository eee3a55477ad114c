"""Options that several commands share."""

from datetime import date, datetime, time, tzinfo
from pathlib import Path

import click

from gateway.errors import InputError

CONFIG = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    default=Path("/etc/wren/home.toml"),
    show_default=True,
    help="The home's configuration.",
)

SINCE = click.option("--since", metavar="DATE", help='Only from this day of the home on, such as "2026-12-01".')


def since_of(text: str | None, zone: tzinfo) -> int:
    """The first UTC second of that day by the home's clock; 0 for None. Raises InputError."""
    if text is None:
        return 0
    try:
        return int(datetime.combine(date.fromisoformat(text), time(), zone).timestamp())
    except (ValueError, OverflowError) as error:
        raise InputError(f"{text[:40]!a} is no date.", advice='Write it as "2026-12-01".') from error
