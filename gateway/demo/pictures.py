"""What the demo draws in a terminal; plain text when piped (rich takes the colour away by itself)."""

from collections.abc import Mapping
from typing import Final

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from gateway.uplink import wire
from models.coverage import duration
from models.habits import ACTIVE, PARTS
from models.learners.tally import Usual
from models.localtime import HOUR_S
from models.wording import spoken

_SHADES: Final = ("grey23", "#1c3a4a", "#1f5a6b", "#2a8090", "#4fb3a9", "#9be0c3")
_BLOCKS: Final = " ▁▂▃▄▅▆▇█"
_SEVERITY: Final = {"urgent": "bold red", "attention": "yellow", "note": "cyan"}
_LONGEST_S: Final = 12 * HOUR_S


def routine(usual: Mapping[str, Usual | None]) -> Table:
    """How often each habit is usual, by part of the day: the wider known, the brighter."""
    habits = [name for name in usual if not name.endswith(tuple(part for part, _ in PARTS)) and name != ACTIVE]
    table = Table(title="The routine so far: usual number of times a day (nine days in ten)", title_justify="left")
    table.add_column("habit")
    for part, begins_s in PARTS:
        table.add_column(f"{part}\nfrom {begins_s // HOUR_S:02d}:00", justify="center")
    table.add_column("whole day", justify="center")
    for habit in habits:
        cells = [_cell(usual.get(f"{habit}-{part}")) for part, _ in PARTS]
        table.add_row(spoken(habit), *cells, _cell(usual[habit], bare=True))
    return table


def _cell(usual: Usual | None, *, bare: bool = False) -> Text:
    if usual is None:
        return Text("learning", style="dim")
    text = f"{usual.low}-{usual.high}"
    if bare:
        return Text(text)
    middle = (usual.low + usual.high) / 2
    shade = min(len(_SHADES) - 1, int((middle + 1.5) ** 0.5))
    return Text(f" {text:^7} ", style=f"{'black' if shade > 3 else 'white'} on {_SHADES[shade]}")


def notice(hours_s: list[int | None]) -> Group:
    """For each hour of the day: if all movement stopped then, how long until an alert."""
    bars = "".join("?" if s is None else _BLOCKS[max(1, min(8, round(8 * s / _LONGEST_S)))] * 2 for s in hours_s)
    known = [s for s in hours_s[8:22] if s is not None]
    scale = "".join(f"{hour:<6}" for hour in range(0, 24, 3))
    said = f"If all movement stopped between 08:00 and 22:00, an alert would open after {_span(known)}."
    return Group(
        Text("How long a silence lasts before it alerts, by the hour at which it begins", style="bold"),
        Text(bars, style="#4fb3a9"),
        Text(scale, style="dim"),
        Text(f"{said} Hours, not minutes: this is no fall alarm."),
    )


def _span(known: list[int]) -> str:
    return "an unknown time" if not known else f"{duration(min(known))} to {duration(max(known))}"


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
