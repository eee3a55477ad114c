"""The terminal of a person who watches: single keys, and a screen that is sent again only where it has changed."""

import re
import select
import signal
import sys
import termios
import tty
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console
    from rich.text import Text

LEAVE: Final = b"qQ\x1b\x04"
"""q, Escape, Ctrl-D. Ctrl-C is a signal, as everywhere."""


_SEQUENCES: Final = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|[^\[O])")
"""Arrow keys, and the mouse's wheel, which a terminal sends as such; they begin with Escape and are none (ECMA-48)."""


class Readable(Protocol):
    """What `select` can wait for."""

    def fileno(self) -> int:
        """Its file descriptor."""


@contextmanager
def keys() -> "Iterator[bool]":
    """Single keys of standard input, without an echo; whether it has any: False where it is no terminal."""
    if not sys.stdin.isatty():
        yield False
        return
    before = termios.tcgetattr(sys.stdin)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: the terminal is given back
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)  # a shell would be left on the second screen, without a cursor
    try:
        tty.setcbreak(sys.stdin)
        yield True
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def wait(line: Readable | None, within_s: float, *, with_keys: bool) -> bytes:
    """Wait until `line` can be read, a key is pressed or the time is over; returns the keys that are one byte each."""
    waited: list[Readable] = [] if line is None else [line]
    ready, _, _ = select.select([*waited, *([sys.stdin] if with_keys else [])], [], [], max(within_s, 0))
    if with_keys and sys.stdin in ready:
        import os

        return _SEQUENCES.sub(b"", os.read(sys.stdin.fileno(), 64) or b"\x04")
    return b""


class Screen:
    """The lines that a terminal shows: `show` sends those that have changed, so that a poor line can follow.

    Args:
        console: rich's, of a terminal.
    """

    def __init__(self, console: "Console") -> None:
        self._console = console
        self._shown: list[str] = []
        self._size: tuple[int, int] | None = None

    def __enter__(self) -> Self:
        self._console.set_alt_screen(True)
        self._console.show_cursor(False)
        return self

    def __exit__(self, *_: object) -> None:
        self._console.show_cursor(True)
        self._console.set_alt_screen(False)

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines, as they are now."""
        return self._console.size.width, self._console.size.height

    def show(self, lines: "Sequence[Text]") -> None:
        """Make the terminal show `lines`."""
        if self._size != self.size:
            self._size, self._shown = self.size, []
            self._console.file.write("\x1b[2J")
        sent = []
        drawn = [self._drawn(line) for line in lines]
        for number, line in enumerate(drawn):
            if number >= len(self._shown) or self._shown[number] != line:
                sent.append(f"\x1b[{number + 1};1H{line}\x1b[K")
        self._shown = drawn
        if sent:
            self._console.file.write("".join(sent))
            self._console.file.flush()

    def _drawn(self, line: "Text") -> str:
        with self._console.capture() as captured:
            self._console.print(line, end="", no_wrap=True, crop=True)
        return captured.get()
