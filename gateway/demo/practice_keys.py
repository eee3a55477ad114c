"""Where a trainee's keys come from: a terminal, one at a time, or a line that was written before."""

import asyncio
import os
import termios
import tty
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

ENDS: Final = frozenset({"x", "\x03", "\x04"})
"""x, Ctrl-C, Ctrl-D."""

_MOST_BYTES: Final = 64
_ESCAPE: Final = "\x1b"


class Keys(Protocol):
    """Gives the next key."""

    async def next(self) -> str | None:
        """One character; None when it is to end."""


class Scripted:
    """Keys that were written down; blanks and line ends say nothing."""

    def __init__(self, text: str) -> None:
        self._keys: Iterator[str] = iter(text)

    async def next(self) -> str | None:
        """The next one."""
        key = next((key for key in self._keys if not key.isspace()), None)
        return None if key in ENDS else key


class Terminal:
    """Keys as they are pressed, one at a time; the desk's page answers meanwhile. Ctrl-C ends as it does anywhere."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._ahead = ""

    async def next(self) -> str | None:
        """Wait for one."""
        text = self._ahead or await self._pressed()
        # what was typed ahead is kept; an arrow sends several characters for one key
        self._ahead = "" if text.startswith(_ESCAPE) else text[1:]
        return None if not text or text[0] in ENDS else text[0]

    async def _pressed(self) -> str:
        before = termios.tcgetattr(self._descriptor)
        loop = asyncio.get_running_loop()
        readable = asyncio.Event()
        tty.setcbreak(self._descriptor, termios.TCSADRAIN)
        loop.add_reader(self._descriptor, readable.set)
        try:
            await readable.wait()
            return os.read(self._descriptor, _MOST_BYTES).decode(errors="replace")
        finally:
            loop.remove_reader(self._descriptor)
            termios.tcsetattr(self._descriptor, termios.TCSADRAIN, before)
