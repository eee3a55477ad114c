"""This machine, as far as it can be asked without changing anything: files, programs, clocks. Nothing here waits long.

All paths begin at a root, and programs are found on the environment's PATH, so that tests put real files and programs
in their place.
"""

import os
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from gateway.uplink.board import bonds
from gateway.uplink.key_file import Bonds

PROGRAM_S: Final = 5.0
"""timedatectl and systemctl answer within milliseconds; a bus that is down keeps them for longer than anybody waits."""

_MOST_BYTES: Final = 1 << 18


class Ran(NamedTuple):
    """How a program ended, and what it wrote."""

    code: int
    out: str


class Machine:
    """What is asked.

    Args:
        root: where its files begin.
        environ: with which programs are run.
        utc_s: the wall clock.
        board: by what this board is known.
    """

    def __init__(
        self,
        root: Path = Path("/"),
        environ: Mapping[str, str] | None = None,
        utc_s: Callable[[], float] = time.time,
        board: Bonds = bonds,
    ) -> None:
        self.root = root
        self.environ = dict(os.environ if environ is None else environ)
        self.utc_s = utc_s
        self.bonds = board

    @property
    def is_root(self) -> bool:
        """Whether nothing is hidden from this user."""
        return os.geteuid() == 0

    def path(self, where: str | Path) -> Path:
        """`where`, an absolute path, under the root."""
        return self.root / str(where).lstrip("/")

    def text(self, where: str | Path) -> str | None:
        """What the small file at `where` says, without the spaces around it; None if it cannot be read."""
        try:
            with self.path(where).open("rb") as file:
                return file.read(_MOST_BYTES).decode(errors="replace").strip("\0 \n")
        except OSError:
            return None

    def number(self, where: str | Path) -> int | None:
        """The whole number in the file at `where`; None if there is none."""
        text = self.text(where)
        try:
            return None if text is None else int(text, 0)
        except ValueError:
            return None

    def run(self, *command: str, within_s: float = PROGRAM_S) -> Ran | None:
        """How `command` ended; None if it is not there, or was not ready in time."""
        try:
            done = subprocess.run(  # noqa: S603 - a fixed list of words
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=within_s,
                check=False,
                env={**self.environ, "LC_ALL": "C", "SYSTEMD_COLORS": "0", "SYSTEMD_PAGER": ""},
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return Ran(done.returncode, done.stdout[:_MOST_BYTES].decode(errors="replace"))
