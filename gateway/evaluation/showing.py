"""Tables on standard output: ruled and coloured on a terminal, plain columns elsewhere."""

import sys

from gateway.evaluation.report import Shown


def show(tables: list[Shown]) -> None:
    """Print `tables`."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    terminal = sys.stdout.isatty()
    # a pipe has no width: nothing is to be cut or wrapped for it
    console = Console(highlight=False) if terminal else Console(highlight=False, width=1000, color_system=None)
    for one in tables:
        table = Table(
            title=one.title,
            title_justify="left",
            title_style="bold",
            box=box.SIMPLE_HEAD if terminal else None,
            pad_edge=False,
        )
        for place, name in enumerate(one.header):
            numbers = place > 0 and any(row[place][:1].isdigit() for row in one.rows)
            table.add_column(name, justify="right" if numbers else "left", no_wrap=not terminal)
        for row in one.rows:
            table.add_row(*row)
        console.print(table)
        for note in one.notes:
            console.print(note, style="dim" if terminal else None, soft_wrap=True)
        console.print()
