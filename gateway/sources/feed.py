"""Readings from a pipe, for rehearsals and tests: `sensor,value`, one a line, taken as they come.

A home that is fed has mock pins; `wren run --feed` refuses anything else, so that nobody mistakes a rehearsal
for the resident's life.
"""

import asyncio
import math
import sys
from pathlib import Path
from typing import BinaryIO

from gateway.clock import Clock
from gateway.errors import SourceError
from gateway.inbox import Edge, Sink


class FeedSource:
    """A `gateway.inbox.Source` that reads lines.

    Args:
        path: a file or a named pipe; "-" is standard input.
        sensors: ids that may be fed.
        clock: stamps each line when it is read.

    Attributes:
        refused: lines that were no reading of a known sensor; they are counted and left.
    """

    name = "feed"

    def __init__(self, path: Path, sensors: frozenset[str], clock: Clock) -> None:
        self._path = path
        self._sensors = sensors
        self._clock = clock
        self.refused = 0

    async def run(self, sink: Sink) -> None:
        """Read until the end, or until cancelled. Raises SourceError when there is nothing to read from."""
        loop = asyncio.get_running_loop()
        lines = asyncio.StreamReader(loop=loop)
        with await asyncio.to_thread(self._open) as pipe:
            transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), pipe)
            try:
                while line := await lines.readline():
                    self._take(line, sink)
            finally:
                transport.close()

    def _open(self) -> BinaryIO:
        if str(self._path) == "-":
            return sys.stdin.buffer
        try:
            return self._path.open("rb")
        except OSError as error:
            advice = "Name a pipe that exists (mkfifo), or - for standard input."
            raise SourceError(f"{self._path} cannot be read: {error.strerror}.", advice=advice) from error

    def _take(self, line: bytes, sink: Sink) -> None:
        sensor, _, number = line.decode("ascii", "replace").strip().partition(",")
        try:
            value = float(number)
        except ValueError:
            value = math.nan
        if sensor in self._sensors and math.isfinite(value):
            sink(Edge(self._clock.monotonic_s(), sensor, value))
        else:
            self.refused += 1
