"""What a command shows: in colour on a terminal (unless NO_COLOR says no), plain when piped."""

import sys
from collections.abc import Sequence
from datetime import datetime, tzinfo
from itertools import zip_longest
from typing import Final

import click


class Page:
    """Lines on standard output.

    rich wraps and colours them on a terminal; a pipe gets every line whole, and rich is not even loaded.
    Styles are rich's, such as ``"bold red"``.
    """

    def say(self, text: str = "", style: str = "", indent: int = 0) -> None:
        """One line."""
        self.table([[text]], [style], indent)

    def table(self, rows: Sequence[Sequence[str]], styles: Sequence[str] = (), indent: int = 2) -> None:
        """Rows of equally many cells, in columns; `styles` has one for each row. The last column may be long."""
        if sys.stdout.isatty():
            _print_rich(rows, styles, indent)
            return
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
            click.echo((" " * indent + "  ".join(cells)).rstrip())


def _print_rich(rows: Sequence[Sequence[str]], styles: Sequence[str], indent: int) -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2, 0, 0))
    for _ in rows[0][:-1] if rows else ():
        grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for row, style in zip_longest(rows, styles, fillvalue=""):
        grid.add_row(*(Text(cell, style=str(style)) for cell in row))
    Console().print(Padding(grid, (0, 0, 0, indent)))


_FIRST_S: Final = -62_104_060_800
_LAST_S: Final = 253_370_764_800
"""The years 2 and 9999: what a desk says may be until any time, and at the ends of all dates no zone has room."""


def moment(at_s: int, now_s: int, zone: tzinfo) -> str:
    """A moment in the home's own time, with its day if that is not today.

    >>> from zoneinfo import ZoneInfo
    >>> london = ZoneInfo("Europe/London")
    >>> [moment(1795183320 - ago_s, 1795183320, london) for ago_s in (3600, 86_400, 4 * 86_400, 365 * 86_400)]
    ['13:02', '14:02 yesterday', '14:02 on Mon 16 Nov', '14:02 on Thu 20 Nov 2025']
    """
    within_s = min(max(at_s, _FIRST_S), _LAST_S)
    local, now = datetime.fromtimestamp(within_s, zone), datetime.fromtimestamp(now_s, zone)
    days = (now.date() - local.date()).days
    if days == 0:
        return f"{local:%H:%M}"
    if days == 1:
        return f"{local:%H:%M} yesterday"
    year = "" if local.year == now.year else f" {local.year}"
    return f"{local:%H:%M} on {local:%a} {local.day} {local:%b}{year}"
