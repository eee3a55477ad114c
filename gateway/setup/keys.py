"""Keys from the terminal, one at a time and with a limit to the waiting, so that the screen can change meanwhile.

click.getchar waits for ever, and gives the terminal back after each key: what is pressed while pins are looked at
would be echoed, and come only after Enter. So the terminal is taken once, for the whole conversation.
"""

import codecs
import os
import select
import signal
import sys
from types import FrameType, TracebackType
from typing import Any, Final, Self

ENTER: Final = "\r"
BACK: Final = "\x7f"
CLEAR: Final = "\x15"

_ESCAPE: Final = "\x1b"
_PASTE: Final = "[200~"
_PASTED: Final = "\x1b[201~"
_PASTED_WITHIN_S: Final = 1.0
_MOST_PASTED: Final = 1000
_SEQUENCE_S: Final = 0.05
"""What an arrow key sends comes at once; an Escape by itself stays alone."""


class Keys:
    """The keyboard of this terminal, for as long as the context lasts.

    A line that is dropped (SIGHUP), SIGTERM and a terminal that is gone end the conversation as Ctrl-C does: by
    KeyboardInterrupt.
    """

    def __init__(self) -> None:
        self._handle = sys.stdin.fileno()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._waiting = ""
        self._before: list[Any] = []
        self._signals: dict[int, Any] = {}

    def __enter__(self) -> Self:
        import termios
        import tty

        self._before = termios.tcgetattr(self._handle)
        tty.setcbreak(self._handle, termios.TCSANOW)
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGQUIT):
            self._signals[number] = signal.signal(number, _end)
        # put aside by Ctrl-Z, it would be forgotten, and the home not watched
        self._signals[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, signal.SIG_IGN)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        import termios

        for number, handler in self._signals.items():
            signal.signal(number, handler)
        try:
            termios.tcsetattr(self._handle, termios.TCSADRAIN, self._before)
        except termios.error:
            return  # the terminal is gone

    def get(self, within_s: float | None = None) -> str | None:
        """The next key as one character; None if none came. Arrows and other sequences are no keys.

        What is pasted is one key, a line of all of it: its line ends answer nothing (xterm's bracketed paste).
        """
        while True:
            if not self._waiting:
                self._read(within_s)
            if not self._waiting:
                return None
            key, self._waiting = self._waiting[0], self._waiting[1:]
            if key != _ESCAPE:
                return ENTER if key == "\n" else BACK if key == "\b" else key
            if not self._waiting:
                self._read(_SEQUENCE_S)
            if not self._waiting:
                return _ESCAPE
            if not self._waiting.startswith(_PASTE):
                self._waiting = _after_sequence(self._waiting)
            elif pasted := self._paste():
                return pasted

    @property
    def are_waiting(self) -> bool:
        """Whether more was typed already."""
        return bool(self._waiting)

    def _paste(self) -> str:
        text = self._waiting.removeprefix(_PASTE)
        while _PASTED not in text:
            self._waiting = ""
            self._read(_PASTED_WITHIN_S)
            if not self._waiting:
                break
            text += self._waiting
        text, _, self._waiting = text.partition(_PASTED)
        text, _, _ = text.partition(_ESCAPE)
        return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:_MOST_PASTED]

    def _read(self, within_s: float | None) -> None:
        ready, _, _ = select.select([self._handle], [], [], within_s)
        if not ready:
            return
        try:
            got = os.read(self._handle, 1024)
        except OSError:
            got = b""
        if not got:
            raise KeyboardInterrupt  # nobody is at this terminal any more
        self._waiting += self._decoder.decode(got)


def _after_sequence(rest: str) -> str:
    """What follows a control sequence (ECMA-48, 5.4) whose Escape was taken already."""
    if rest[0] not in "[O":
        return rest[1:]
    at = 1
    while at < len(rest) and not "@" <= rest[at] <= "~":
        at += 1
    return rest[at + 1 :]


def _end(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
