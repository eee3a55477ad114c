"""Cuts: the same work done again and again in children, each ended at a later step than the one before.

A step is whatever changes the card or another process: a file opened for writing, renamed, linked, removed, a folder
made, a program started (Python's audit events), and every fsync. The child ends there, as by kill -9; what it had
written and not yet had on the card is emptied, as a power cut may leave it.
"""

import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

EVENTS: Final = frozenset({
    "os.rename", "os.remove", "os.symlink", "os.link", "os.mkdir", "os.rmdir", "os.chmod", "shutil.rmtree",
    "subprocess.Popen",
})  # fmt: skip
CUT: Final = 77
_WRITES: Final = os.O_WRONLY | os.O_RDWR


def cut_at(step: int, root: Path, work: Callable[[], object], *, powerless: bool) -> bool:
    """Do `work` in a child that ends at its step number `step` (from 1); False if it came to its end before.

    With `powerless` what was written below `root` and not flushed is emptied.
    """
    with warnings.catch_warnings():  # Python 3.12 warns of threads, of which the child uses none
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _do(work, _Steps(step, root, powerless=powerless))
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, CUT), f"the child ended with {code}"
    return code == CUT


def _do(work: Callable[[], object], steps: "_Steps") -> None:
    try:
        steps.watch()
        work()
    except BaseException as error:  # noqa: BLE001 - told by its exit code
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        os._exit(3)
    os._exit(0)


class _Steps:
    def __init__(self, left: int, root: Path, *, powerless: bool) -> None:
        self._left = left
        self._root = str(root)
        self._powerless = powerless
        self._unflushed: set[str] = set()
        self._fsync = os.fsync

    def watch(self) -> None:
        os.fsync = self._flush  # type: ignore[assignment]
        os.sync = self._flush_all
        sys.addaudithook(self._audit)

    def _pass(self) -> None:
        self._left -= 1
        if self._left == 0:
            for path in self._unflushed if self._powerless else ():
                if Path(path).exists():
                    os.truncate(path, 0)
            os._exit(CUT)

    def _audit(self, event: str, given: tuple[Any, ...]) -> None:
        if self._left <= 0:
            return
        if event == "open":
            self._opened(*given)
        elif event in EVENTS:
            self._pass()
            if event == "os.rename" and str(given[0]) in self._unflushed:
                self._unflushed.discard(str(given[0]))
                self._unflushed.add(str(given[1]))

    def _opened(self, path: object, mode: str | None, flags: int | None) -> None:
        if not isinstance(path, str | os.PathLike) or not str(path).startswith(self._root):
            return
        if set(mode or "") & set("wax+") or (flags or 0) & _WRITES:
            self._pass()
            self._unflushed.add(str(path))

    def _flush(self, handle: int) -> None:
        self._pass()
        self._unflushed.discard(str(Path(f"/proc/self/fd/{handle}").readlink()))
        self._fsync(handle)

    def _flush_all(self) -> None:
        self._pass()
        self._unflushed.clear()
