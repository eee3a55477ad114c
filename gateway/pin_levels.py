"""What the daemon knows of its pins, for whoever asks on this gateway (`wren pins`).

The kernel gives a line to one process, so while the daemon runs nobody else can read a level. Whoever wants to know
leaves an empty file; the daemon looks once a second, takes it away and writes the levels, and nothing is written while
nobody asks. Both files lie in the private folder, and nothing of them is ever sent.
"""

import time
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

import msgspec

from gateway import small_files

ANSWERED_WITHIN_S: Final = 3.0
"""The daemon looks every second."""

_QUESTION: Final = "pins.ask"
_ANSWER: Final = "pins.json"
_LOOK_S: Final = 0.05
_MOST_BYTES: Final = 1 << 16


class PinLevel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One pin: `is_high` is None where it cannot be read, and `problem` says why.

    `left_out` counts the edges that were not passed on (chatter, warming up), `litres` is of the last draw.
    """

    pin: int
    is_high: bool | None
    problem: str = ""
    left_out: int = 0
    litres: float | None = None


class Levels(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answer."""

    pins: tuple[PinLevel, ...]
    version: Literal[1] = 1


class Asked:
    """The daemon's side.

    Args:
        folder: where questions are left. It need not exist yet.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self) -> bool:
        """Whether somebody has asked since the last time."""
        try:
            (self._folder / _QUESTION).unlink()
        except OSError:
            return False
        return True

    def answer(self, levels: Levels) -> None:
        """Write `levels`. Raises OSError."""
        small_files.write(self._folder / _ANSWER, msgspec.json.encode(levels))


def ask(folder: Path, *, within_s: float = ANSWERED_WITHIN_S) -> Levels | None:
    """What the daemon says, or None: it is not running, or this user may not ask it."""
    question, answer = folder / _QUESTION, folder / _ANSWER
    try:
        answer.unlink(missing_ok=True)
        question.touch(mode=0o600)
    except OSError:
        return None
    give_up_s = time.monotonic() + within_s
    while time.monotonic() < give_up_s:
        try:
            levels = msgspec.json.decode(small_files.read(answer, _MOST_BYTES), type=Levels)
        except FileNotFoundError:
            time.sleep(_LOOK_S)
        except (OSError, msgspec.DecodeError):
            return None  # another version's daemon
        else:
            with suppress(OSError):
                answer.unlink()
            return levels
    with suppress(OSError):
        question.unlink()
    return None
