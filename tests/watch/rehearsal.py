"""A real daemon with mock pins, and what a person types and sees at a real terminal."""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pyte

from tests.cli.process import Running, running

if TYPE_CHECKING:
    from io import TextIOWrapper

ROOT = Path(__file__).parents[2]

HOME = """
[home]
id = "h-0001"
timezone = "Europe/London"
[gateway]
pin_factory = "mock"
data_dir = "{data}"
[[residents]]
id = "r1"
[[sensors]]
id = "front-door"
kind = "door"
place = "outside-door"
gpio = {{ pin = 4 }}
[[sensors]]
id = "kitchen-tap"
kind = "tap"
place = "kitchen"
gpio = {{ pin = 17 }}
[[sensors]]
id = "hall-motion"
kind = "motion"
place = "hall"
gpio = {{ pin = 22 }}
"""


@dataclass
class Rehearsal:
    """A home whose sensors are moved by lines."""

    config: Path
    fifo: Path

    @contextmanager
    def daemon(self) -> Iterator["Fed"]:
        """`wren run`, until it is left."""
        with running("run", "--config", self.config, "--feed", self.fifo) as process:
            process.until("ready")
            with self.fifo.open("w", encoding="utf-8") as feed:
                yield Fed(process, feed)
            process.stop()


@dataclass
class Fed:
    """A daemon and its feed."""

    process: Running
    feed: "TextIOWrapper"

    def says(self, sensor: str, value: int) -> None:
        """A sensor moves."""
        self.feed.write(f"{sensor},{value}\n")
        self.feed.flush()


def rehearsal(folder: Path, extra: str = "") -> Rehearsal:
    """A home in `folder`, which must be short: a socket is in it."""
    config, fifo = folder / "home.toml", folder / "feed"
    config.write_text(HOME.format(data=folder / "d") + extra, encoding="utf-8")
    os.mkfifo(fifo)
    return Rehearsal(config, fifo)


class Terminal:
    """`wren` at a terminal of so many lines and columns; what a person would see of it.

    Args:
        arguments: of `wren`.
        lines, columns: its size.
        environ: beside this process's own.
        before: Python to run first in its process.
    """

    def __init__(
        self,
        *arguments: str | Path,
        lines: int = 24,
        columns: int = 80,
        before: str = "",
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self.bytes = 0
        program = f"import sys\n{before}\nsys.argv[0] = 'wren'\nfrom gateway.__main__ import main\nmain()"
        known = {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLUMNS": str(columns), "LINES": str(lines)}
        self.process: pexpect.spawn[bytes] = pexpect.spawn(
            sys.executable,
            ["-c", program, *map(str, arguments)],
            env={**os.environ, **known, **(environ or {})},
            dimensions=(lines, columns),
            timeout=20,
        )

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def until(self, pattern: str) -> str:
        """Wait until `pattern` is on the screen; returns the screen."""
        tries = 0
        while not re.search(pattern, self.text, re.MULTILINE):
            tries += 1
            assert tries < 60, f"no {pattern!r} in\n{self.text}"
            try:
                self._feed(self.process.read_nonblocking(65536, timeout=20))
            except (pexpect.TIMEOUT, pexpect.EOF) as error:
                raise AssertionError(f"no {pattern!r} in\n{self.text}") from error
        return self.text

    def press(self, keys: str) -> None:
        """Keys, as they are."""
        self.process.send(keys)

    def end(self) -> int:
        """Wait for its end; returns the exit code."""
        while True:
            try:
                self._feed(self.process.read_nonblocking(65536, timeout=20))
            except pexpect.EOF:
                break
        self.process.close()
        code = self.process.exitstatus
        assert code is not None, f"ended by signal {self.process.signalstatus}"
        return int(code)

    def _feed(self, data: bytes) -> None:
        self.bytes += len(data)
        self._stream.feed(data)
