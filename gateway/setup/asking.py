"""The forms of a question: a word, one key of several, a time of the clock, yes or no."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from rich.text import Text

from gateway.setup.keys import BACK, CLEAR, ENTER, Keys
from gateway.setup.screen import Lines, Screen

Check = Callable[[str], str | None]
"""What is wrong with an answer, as a sentence; None if nothing is."""

LONGEST: Final = 400
"""Characters of an answer; home.toml takes 300 at most."""

_CLOCK_DIGITS: Final = 4
_BEHIND_S: Final = 2.0
"""An Enter that comes so soon behind the last digit of a time belongs to it: it was not meant for the next question."""
_REFUSED: Final = "Type it anew, or correct it with Backspace."
_TAB: Final = "\t"
_FEW: Final = 4
_MANY: Final = 8
_GAP: Final = 2
_NARROW: Final = 80


class Asker:
    """Asks one question at a time; Enter alone takes what is proposed."""

    def __init__(self, screen: Screen, keys: Keys, now: Callable[[], float] = time.monotonic) -> None:
        self.screen = screen
        self.keys = keys
        self._now = now
        self._digit_s: float | None = None

    def key(self, lines: Lines, prompt: str, within_s: float | None = None) -> str | None:
        """Show this and wait for a key; None if none came in time, or it turned the page."""
        if not self.keys.are_waiting:  # of what is pasted, or typed ahead, only the end is shown
            self.screen.show(lines, prompt)
        key = self.keys.get(within_s)
        if key is None:
            return None
        digit_s, self._digit_s = self._digit_s, None
        if key == ENTER and digit_s is not None and self._now() - digit_s <= _BEHIND_S:
            return None
        if key == _TAB:
            self.screen.turn()
            return None
        return key

    def text(
        self, lines: Lines, prompt: str, default: str = "", check: Check | None = None, *, is_secret: bool = False
    ) -> str:
        """A line of text; Enter alone takes `default`. A secret is counted and not shown.

        What is refused stays until the next key: the first of another try takes its place, Backspace corrects it.
        """
        typed, wrong, is_refused = "", None, False
        while True:
            proposed = f" [{default}]" if default else ""
            shown = f"{'•' * len(typed)} ({len(typed)})" if is_secret and typed else typed
            said = f"{wrong} {_REFUSED}" if is_refused else wrong
            key = self._ask(lines, said, f"{prompt}{proposed}: {shown}")
            if key == ENTER:
                answer = typed.strip() or default
                wrong = check(answer) if check is not None else None
                if wrong is None:
                    return answer
                is_refused = bool(typed)
            elif key == BACK:
                typed, wrong, is_refused = typed[:-1], None, False
            elif key == CLEAR:
                typed, wrong, is_refused = "", None, False
            elif key is not None and key.isprintable():
                typed, wrong, is_refused = (key if is_refused else typed + key)[:LONGEST], None, False

    def choice(self, lines: Lines, options: Mapping[str, str], default: str | None = None, prompt: str = "") -> str:
        """One of `options`, a key to what it means, by that key alone; Enter takes `default`."""
        wrong = None
        shown = [*lines, Text(), *choices(options, default)]
        proposed = f" [{default}]" if default is not None else ""
        while True:
            key = self._ask(shown, wrong, f"{prompt or 'Press a key'}{proposed}:")
            if key == ENTER and default is not None:
                return default
            if key is not None and (chosen := key if key in options else key.lower()) in options:
                return chosen
            wrong = wrong if key is None else f"One of these keys: {' '.join(options)}."

    def yes(self, lines: Lines, *, default: bool) -> bool:
        """Yes or no."""
        options = {"y": "yes", "n": "no"}
        return self.choice(lines, options, "y" if default else "n") == "y"

    def clock(self, lines: Lines, default: str | None = None, *, optional: bool = True) -> str | None:
        """A time such as "07:30", by four digits or fewer and Enter; Enter alone: `default`, or none.

        The fourth digit is enough; an Enter right behind it belongs to it.
        """
        typed, wrong = "", None
        while True:
            key = self._ask(lines, wrong, f"Time, such as 0730{f' [{default}]' if default else ''}: {typed}")
            if key == BACK:
                typed, wrong = typed[:-1], None
            elif key is not None and (digits := "".join(one for one in key if one in "0123456789")):
                typed, wrong = typed + digits, None  # of a pasted 07:30, too
            if key != ENTER and len(typed) < _CLOCK_DIGITS:
                continue
            if not typed and (default is not None or optional):
                return default
            if key != ENTER:
                self._digit_s = self._now()
            if (found := clock_of(typed)) is not None:
                return found
            typed, wrong = "", "A time from 0000 to 2359."

    def number(self, lines: Lines, prompt: str, low: int, high: int, default: int | None = None) -> int | None:
        """A whole number from `low` to `high`; Enter alone: `default`, or none."""

        def check(answer: str) -> str | None:
            fits = answer.isdecimal() and answer.isascii() and low <= int(answer) <= high
            return None if not answer or fits else f"A number from {low} to {high}."

        answer = self.text(lines, prompt, "" if default is None else str(default), check)
        return int(answer) if answer else None

    def tell(self, lines: Lines) -> None:
        """Show something until a key is pressed."""
        while self.key(lines, "Press any key to go on") is None:
            pass

    def _ask(self, lines: Lines, wrong: str | None, prompt: str) -> str | None:
        said = [Text(), Text(wrong, style="yellow")] if wrong else []
        return self.key([*lines, *said], prompt)


def choices(options: Mapping[str, str], default: str | None = None) -> Sequence[Text]:
    """Keys and what they mean, in columns where they are many; 80 columns are enough where the meanings are short."""
    cells = [Text.assemble("  ", (key, "bold cyan"), "  ", (said, "bold" if key == default else ""))
             for key, said in options.items()]  # fmt: skip
    widest = max(map(len, cells), default=0)
    most = _NARROW // (widest + _GAP)
    columns = 1 if len(cells) <= _FEW else max(1, min(2 if len(cells) <= _MANY else 3, most))
    rows = -(-len(cells) // columns)
    found = []
    for at in range(rows):
        row = Text()
        for cell in cells[at::rows]:
            row.pad_right(max(0, -(-len(row) // (widest + _GAP)) * (widest + _GAP) - len(row)))
            row.append(cell)
        found.append(row)
    return found


def clock_of(typed: str) -> str | None:
    """A time of the clock from its digits.

    >>> clock_of("730"), clock_of("7"), clock_of("2230"), clock_of("2460")
    ('07:30', '07:00', '22:30', None)
    """
    if not typed.isdecimal() or not typed.isascii() or len(typed) > _CLOCK_DIGITS:
        return None
    hours, minutes = (int(typed), 0) if len(typed) <= 2 else (int(typed[:-2]), int(typed[-2:]))
    return f"{hours:02d}:{minutes:02d}" if hours < 24 and minutes < 60 else None
