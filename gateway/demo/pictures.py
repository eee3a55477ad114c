"""What only the demo draws in a terminal; plain text when piped (rich takes the colour away by itself)."""

from typing import Final

from rich.console import RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from gateway.uplink import wire
from models.wording import spoken

_SEVERITY: Final = {"urgent": "bold red", "attention": "yellow", "note": "cyan"}


def alert(message: wire.Alert, at: str) -> RenderableType:
    """An alert as it opens."""
    lines = Table.grid(padding=(0, 1))
    lines.add_column(style="dim", justify="right", no_wrap=True)
    lines.add_column()
    lines.add_row("seen", message.observed)
    lines.add_row("usual", message.usual)
    lines.add_row("could see", message.coverage)
    lines.add_row("cannot tell", message.cannot_tell)
    lines.add_row("to do", Text(message.to_do, style="bold"))
    style = _SEVERITY[message.severity]
    return Panel(
        lines,
        title=f"[{style}]{message.severity.upper()}[/] {spoken(message.kind)} · {message.resident} · {at}",
        title_align="left",
        border_style=style,
    )


def closing(rows: list[tuple[str, str]]) -> Table:
    """The account at the end."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column()
    for name, value in rows:
        table.add_row(name, value)
    return table
