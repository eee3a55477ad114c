"""A technician's terminal, read with patience: a screen may come in a hundred small pieces."""

import re
import time
from typing import Final

import pexpect

from tests.watch import rehearsal

PATIENCE_S: Final = 90.0
"""Processes share two processors with the rest of the suite."""


class Terminal(rehearsal.Terminal):
    """`wren` at a terminal."""

    def until(self, pattern: str) -> str:
        """Wait until `pattern` is on the screen; returns the screen."""
        until_s = time.monotonic() + PATIENCE_S
        while not re.search(pattern, self.text, re.MULTILINE):
            assert time.monotonic() < until_s, f"no {pattern!r} in\n{self.text}"
            try:
                self._feed(self.process.read_nonblocking(65536, timeout=20))
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                raise AssertionError(f"ended without {pattern!r}:\n{self.text}") from None
        return self.text
