"""Draws a picture of a real conversation: `.venv/bin/python -m tests.setup.picture docs/pictures/setup.svg`."""

import sys
import tempfile
from pathlib import Path

import pyte
from rich.text import Text

from gateway.pictures.header import svg
from tests.setup.terminal import USUAL, Terminal, terminal
from tests.setup.test_six_sensors import at_rest, six_sensors
from tests.setup.world import world

_NAMES = {"brown": "yellow"}


def drawn(screen: pyte.Screen) -> list[Text]:
    """What is on the screen, with its colours."""
    rows = []
    for number in range(screen.lines):
        row = Text()
        for column in range(screen.columns):
            one = screen.buffer[number][column]
            colour = "" if one.fg == "default" else _NAMES.get(one.fg, one.fg if len(one.fg) != 6 else f"#{one.fg}")
            row.append(one.data, " ".join(part for part in ("bold" if one.bold else "", colour) if part))
        row.rstrip()
        rows.append(row)
    while rows and not rows[-1].plain:
        rows.pop()
    return rows


class Watched(Terminal):
    """Remembers the screens that are worth a picture."""

    def __init__(self, at: Terminal) -> None:
        self.__dict__ = at.__dict__
        self.pictures: list[list[Text]] = []

    def press(self, keys: str) -> None:
        wanted = ("BTHome sensor …00:01", "What is it?", "So far (5)")
        if all(words in self.text for words in wanted) or "This is what will be written" in self.text:
            self.pictures.append(drawn(self.screen))
        super().press(keys)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with world(folder) as around:
            at_rest(around)
            with terminal("--config", around.home, folder=folder, size=USUAL, environ=around.environ) as plain:
                at = Watched(plain)
                six_sensors(at, around)
                at.press("q")
                at.end()
    first, last = at.pictures[0], at.pictures[-1]
    picture = svg([*first, Text(), Text("─" * 80, style="dim"), Text(), *last], "wren setup")
    Path(sys.argv[1]).write_text(picture.replace("wren-pins", "wren-setup"), encoding="utf-8")


if __name__ == "__main__":
    main()
