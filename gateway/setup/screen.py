"""The screen: one question at a time, drawn in place, so that it stays calm while things are watched."""

import io
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Final, Literal, Self, cast

from rich.console import Console
from rich.text import Text

_Colours = Literal["auto", "standard", "256", "truecolor", "windows"]

Lines = Sequence["str | Text"]

_WIDEST: Final = 96
_FRAME: Final = 4
_HOME: Final = "\x1b[H"
_REST_OF_LINE: Final = "\x1b[K"
_BELOW: Final = "\x1b[J"
_OWN_PAGE: Final = "\x1b[?1049h\x1b[?2004h"
_SHELLS_PAGE: Final = "\x1b[?2004l\x1b[?1049l"
"""And what is pasted is marked as such (`keys`)."""


class Screen:
    """What is shown in this terminal, on a page of its own: at the end the shell's lines are there as before.

    Attributes:
        part: what the conversation is at, such as "3 of 8  The sensors".
    """

    def __init__(self) -> None:
        self._terminal = Console(highlight=False)
        self._last = ""
        self._page = 0
        self._pages = 1
        self.part = ""

    def __enter__(self) -> Self:
        self._write(_OWN_PAGE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(KeyboardInterrupt):
            self._write(_HOME + _BELOW + _SHELLS_PAGE)

    def show(self, lines: Lines, prompt: str = "") -> None:
        """Put `lines` in the place of what is shown; the cursor stays behind `prompt`. Writes only what is new.

        What is longer than the terminal is shown page by page (`turn`). Raises KeyboardInterrupt if nobody is there.
        """
        head = self._drawn([Text.assemble(("Wren setup", "bold"), ("   " + self.part, "dim")), Text()])
        rows = self._drawn([Text(one) if isinstance(one, str) else one for one in lines])
        end = ["", *self._drawn([Text(prompt, style="bold")])] if prompt else []
        room = max(3, self._terminal.height - len(head) - len(end))
        if len(rows) > room:
            rows = self._one_page(rows, room - 1)
        else:
            self._page, self._pages = 0, 1
        drawn = [*head, *rows, *end]
        text = _HOME + f"{_REST_OF_LINE}\r\n".join(drawn) + (" " if prompt else "") + _REST_OF_LINE + _BELOW
        if text != self._last:
            self._last = text
            self._write(text)

    @property
    def rows(self) -> int:
        """How many lines fit between the head and a prompt of one line."""
        return self._terminal.height - _FRAME

    @property
    def columns(self) -> int:
        """How many characters fit on a line."""
        return max(20, min(_WIDEST, self._terminal.width - 1))

    def turn(self) -> None:
        """The next page, if there is more than fits."""
        self._page = (self._page + 1) % self._pages

    def _one_page(self, rows: list[str], room: int) -> list[str]:
        self._pages = -(-len(rows) // room)
        self._page = min(self._page, self._pages - 1)
        begin = min(self._page * room, len(rows) - room)
        more = Text(f"     page {self._page + 1} of {self._pages}; Tab: the next", style="dim")
        return [*rows[begin : begin + room], *self._drawn([more])]

    def _write(self, text: str) -> None:
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except OSError:
            raise KeyboardInterrupt from None

    def _drawn(self, rows: Sequence[Text]) -> list[str]:
        console = Console(
            file=io.StringIO(), width=self.columns, highlight=False,
            force_terminal=True, no_color=self._terminal.no_color,
            color_system=cast("_Colours | None", self._terminal.color_system),
        )  # fmt: skip
        with console.capture() as capture:
            for row in rows:
                console.print(row)
        return capture.get().removesuffix("\n").split("\n")
