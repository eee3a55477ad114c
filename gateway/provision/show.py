"""What the technician sees: each step, why, what it did, and how long is left. Plain where it is piped."""

import os
from typing import IO, Final

from gateway.provision.left import words
from gateway.provision.steps import STEPS, Step

_BAR: Final = 24
_MIB: Final = 1024 * 1024
_INDENT: Final = " " * 9
_COLOURS: Final = {"bold": "1", "dim": "2", "green": "32", "yellow": "33", "red": "31"}
_MARKS: Final = {
    "already": ("green", "already so"),
    "done": ("green", "done"),
    "would": ("yellow", "would be done"),
    "skipped": ("dim", "nothing to do"),
}


class Show:
    """Lines for a person on `out`; `quiet` where a program reads."""

    def __init__(self, out: IO[str], *, quiet: bool = False) -> None:
        self._out = out
        self._quiet = quiet
        self._rich = out.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        self._bar = False

    def headline(self, text: str) -> None:
        """What all of it is about."""
        self._line(self._in("bold", text))

    def begins(self, step: Step, left_s: float | None) -> None:
        """A step begins."""
        number = f"{STEPS.index(step) + 1:2}/{len(STEPS)}"
        left = "" if left_s is None else self._in("dim", f"   [{words(left_s)}]")
        self._line(f"{self._in('dim', number)}    {self._in('bold', step.title)}: {step.why}{left}")

    def says(self, text: str) -> None:
        """What it does."""
        self._line(_INDENT + text)

    def note(self, text: str) -> None:
        """What a technician should know."""
        self._line(_INDENT + self._in("yellow", f"! {text}"))

    def ends(self, state: str, seconds: float, *, noted: bool = False) -> None:
        """It is over; `noted`: a note has said why nothing is done."""
        colour, word = _MARKS["skipped" if noted and state == "already" else state]
        took = f" in {seconds:.0f} s" if state == "done" and seconds >= 1 else ""
        self._line(_INDENT + self._in(colour, word + took))

    def copies(self, done: int, whole: int, left_s: float) -> None:
        """How far the copy is: a bar that is drawn over, on a terminal only."""
        if not self._rich or self._quiet:
            return
        filled = _BAR * done // max(whole, 1)
        bar = "#" * filled + "." * (_BAR - filled)
        self._out.write(f"\r{_INDENT}{bar} {done / _MIB:5.0f} of {whole / _MIB:.0f} MB, {words(left_s)}\x1b[K")
        self._out.flush()
        self._bar = True

    def block(self, text: str) -> None:
        """What a program printed."""
        for line in text.splitlines():
            self._line(_INDENT + line)

    def end(self, text: str, *, good: bool) -> None:
        """The last word."""
        self._line(self._in("green" if good else "yellow", text))

    def _line(self, text: str) -> None:
        if self._quiet:
            return
        if self._bar:
            self._out.write("\r\x1b[K")
            self._bar = False
        known = str(
            getattr(self._out, "encoding", None) or "utf-8"
        )  # a terminal of another alphabet is no reason to stop
        self._out.write(text.encode(known, "replace").decode(known) + "\n")
        self._out.flush()

    def _in(self, colour: str, text: str) -> str:
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if self._rich else text
