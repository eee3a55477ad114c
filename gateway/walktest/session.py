"""One sitting at the terminal: lines of the daemon and keys of the technician, in the order in which they come."""

import contextlib
import fcntl
import os
import select
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from gateway.config.places import Places
from gateway.errors import InputError, StoreError
from gateway.live.listen import Listening
from gateway.walktest.desk_side import DeskSide
from gateway.walktest.screen import Screen
from gateway.walktest.walk import Walk

TICK_S: Final = 0.25
DESK_EVERY_S: Final = 1.0
"""The two databases are read as often, while something is waited for."""


def sit(walk: Walk, places: Places, home: str) -> None:
    """Walk until everything is done, the technician quits, or the keys end. Raises StoreUnavailable: no daemon."""
    with Listening(places.live) as listening, _keys() as opened, Screen(walk, home) as screen:
        looked_s = float("-inf")
        keys = opened
        try:
            while not walk.ended and not walk.is_through and not _is_stuck(walk):
                _wait(listening, keys)
                for line in listening.lines(0.0):
                    walk.take(line)
                pressed = _read(keys)
                keys = None if pressed is None else keys
                for key in pressed or "":
                    walk.key(key)
                if time.monotonic() - looked_s >= DESK_EVERY_S:
                    looked_s = time.monotonic()
                    walk.look(DeskSide(places))
                walk.pass_time()
                screen.show(time.monotonic())
            screen.show(time.monotonic())
        finally:
            walk.close()


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else walks meanwhile: one would undo what the other asks of the daemon and has written down.

    Raises InputError: somebody does; StoreError: `folder`, the private one, cannot be used.
    """
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        problem = f"{folder} cannot be used: {error.strerror}."
        raise StoreError(problem, advice="Run this as root, and `wren run` before it.") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            advice = "Go on there; or press q there, then run this again."
            raise InputError("Somebody walks through this home at another terminal.", advice=advice) from error
        yield
    finally:
        os.close(handle)


def _is_stuck(walk: Walk) -> bool:
    """Nothing is left to be walked to, and waiting does not help."""
    return not walk.left and (bool(walk.gone) or not walk.enrolled)


def _wait(listening: Listening, keys: int | None) -> None:
    files = [listening.fileno(), *([] if keys is None else [keys])]
    select.select(files, [], [], TICK_S)


def _read(keys: int | None) -> str | None:
    """The keys that were pressed; None when no more can come."""
    if keys is None or not select.select([keys], [], [], 0)[0]:
        return ""
    data = os.read(keys, 64)
    return "".join(one for one in data.decode("ascii", "ignore").lower() if one.isprintable()) if data else None


@contextlib.contextmanager
def _keys() -> Iterator[int | None]:
    """Single keys of standard input, without Enter where it is a terminal; None where there is none."""
    try:
        file = sys.stdin.fileno()
    except (ValueError, OSError, AttributeError):
        yield None
        return
    if not os.isatty(file):
        yield file
        return
    import termios
    import tty

    before = termios.tcgetattr(file)
    try:
        tty.setcbreak(file)
        yield file
    finally:
        termios.tcsetattr(file, termios.TCSADRAIN, before)
