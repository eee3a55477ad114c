"""A command that goes on until it is told to stop."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue


class Running:
    """A `wren` command in a process of its own, and what it has written so far."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.out: list[str] = []
        self._lines: Queue[str] = Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.out.append(line)
            self._lines.put(line)

    def until(self, word: str) -> str:
        """Wait for a line with `word` in it."""
        while True:
            try:
                line = self._lines.get(timeout=20)
            except Empty:
                raise AssertionError(f"no {word!r} in {self.out}") from None
            if word in line:
                return line

    def stop(self) -> int:
        """Ask it to stop, as systemd does; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        self._reader.join(20)
        return code


@contextmanager
def running(*arguments: str | Path, before: str = "", **environ: str) -> Iterator[Running]:
    """Run `wren` with these arguments; `before` is Python to run first in its process."""
    program = f"import sys\n{before}\nsys.argv[0] = 'wren'\nfrom gateway.__main__ import main\nmain()"
    with subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONUNBUFFERED": "1", **environ},
    ) as process:
        found = Running(process)
        try:
            yield found
        finally:
            process.kill()
            found._reader.join(5)  # before its pipe is closed under it
