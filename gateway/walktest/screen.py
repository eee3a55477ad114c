"""The walk on a terminal: a live checklist; plain lines, one for each thing that changes, where it is piped."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import click

from gateway.walktest import words
from gateway.walktest.walk import Walk

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live

    from gateway.walktest.scope import Item

_MARKS: Final = {"proven": "ok", "skipped": "--", "gone": "!!"}
_STYLES: Final = {"proven": "green", "skipped": "yellow", "gone": "bold red"}
_MARK: Final = 2
_NAMES: Final = 36
"""Columns for what an item is; the rest of eighty says what came of it."""

_AROUND: Final = 12
"""Lines of the screen that are no row of the checklist: heading, what to do, keys."""


class Screen:
    """Shows a walk; a context manager.

    Args:
        walk: what is shown.
        home: its id.
    """

    def __init__(self, walk: Walk, home: str) -> None:
        self._walk = walk
        self._home = home
        self._live: Live | None = None
        self._last = ""
        self._notes: list[str] = []
        self._of: str | None = None

    def __enter__(self) -> Self:
        if sys.stdout.isatty():
            from rich.console import Console
            from rich.live import Live

            console = Console(highlight=False)
            self._live = Live(console=console, auto_refresh=False, screen=False, vertical_overflow="crop")
            self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.__exit__(kind, error, trace)

    def show(self, now_s: float) -> None:
        """Show how it stands."""
        said, self._walk.said = self._walk.said, []
        if self._live is None:
            for line in said:
                click.echo(line)
            now = self._now(now_s)
            if now != self._last:
                click.echo(now)
            self._last = now
            return
        turn = self._walk.turn
        of = None if turn is None else turn.item.id
        self._notes = [*(self._notes if of == self._of else []), *said][-2:]
        self._of = of
        self._live.update(self._drawn(now_s, *self._live.console.size), refresh=True)

    def _now(self, now_s: float) -> str:
        walk = self._walk
        if walk.asks:
            return words.keys(walk)
        if walk.turn is None:
            return words.waits(walk) or "Everything was walked to."
        done = len(walk.items) - len(walk.left)
        return f"{done + 1}/{len(walk.items)} {words.named(walk.turn.item)}: {words.to_do(walk.turn, now_s)}"

    def _drawn(self, now_s: float, width: int, height: int) -> "RenderableType":
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        walk = self._walk
        rows = self._rows(max(4, height - _AROUND))
        widest = min(max(len(words.named(item)) for item in rows), _NAMES)
        left = max(width - _MARK - widest - 2, _MARK)
        grid = Table.grid(padding=(0, 1, 0, 0))
        for column in (_MARK, widest, left):
            grid.add_column(no_wrap=True, overflow="ellipsis", width=column)
        for item in rows:
            proof = walk.proof(item)
            if walk.turn is not None and item is walk.turn.item:
                grid.add_row(Text(">>", "bold cyan"), Text(words.named(item), "bold cyan"), Text(""))
            elif proof is None:
                grid.add_row(Text("  "), Text(words.named(item)), Text("", "dim"))
            else:
                style = _STYLES[proof.outcome]
                grid.add_row(Text(_MARKS[proof.outcome], style), Text(words.named(item)), Text(words.of(proof), style))
        parts: list[RenderableType] = [Text(f"Walk-test of {self._home}: {self._count()}", "bold"), grid, Text("")]
        parts.append(Text(self._now(now_s), "bold"))
        parts += [Text(note, "yellow") for note in self._notes]
        parts.append(Text(self._around(), "dim"))
        if not walk.asks:
            parts.append(Text(words.keys(walk), "dim"))
        return Group(*parts)

    def _rows(self, most: int) -> "list[Item]":
        """Of a large home those around the one whose turn it is."""
        walk = self._walk
        at = walk.items.index(walk.turn.item) if walk.turn is not None else 0
        first = max(0, min(at - most // 2, len(walk.items) - most))
        return list(walk.items[first : first + most])

    def _count(self) -> str:
        walk = self._walk
        done = len(walk.items) - len(walk.left)
        return f"{done} of {len(walk.items)} done"

    def _around(self) -> str:
        walk = self._walk
        beat = "confirmed by the desk" if walk.beat is not None else "not confirmed yet"
        beat = beat if walk.enrolled else "this gateway is not enrolled"
        clock = {True: "set from the network", False: "not set yet", None: "not known yet"}[walk.clock_set]
        return f"heartbeat: {beat}; clock: {clock}"
