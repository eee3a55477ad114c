"""Readings from a pipe, for rehearsals and tests: `sensor,value`, one a line, taken as they come.

A home that is fed has mock pins; `wren run --feed` refuses anything else, so that nobody mistakes a rehearsal
for the resident's life.
"""

import asyncio
import math
import os
import stat
import sys
from pathlib import Path
from typing import IO, Final

from gateway.clock import Clock
from gateway.errors import SourceError
from gateway.inbox import Edge, Sink

_ADVICE: Final = "Name a pipe that exists (mkfifo), or - for standard input: `cat FILE | wren run --feed -`."


class FeedSource:
    """A `gateway.inbox.Source` that reads lines.

    Args:
        path: a named pipe; "-" is standard input.
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
        """Read until cancelled, standard input until its end. Raises SourceError when there is nothing to read from."""
        loop = asyncio.get_running_loop()
        lines = asyncio.StreamReader(loop=loop)
        with self._open() as pipe:
            transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), pipe)
            try:
                while line := await self._line(lines):
                    self._take(line, sink)
            finally:
                transport.close()

    def _open(self) -> IO[bytes]:
        try:
            if str(self._path) == "-":
                pipe = sys.stdin.buffer
            else:
                # for writing too: opening does not wait for somebody to feed it, and many may, one after the other
                pipe = os.fdopen(os.open(self._path, os.O_RDWR | os.O_NONBLOCK), "rb", buffering=0)
        except OSError as error:
            raise SourceError(f"{self._path} cannot be read: {error.strerror}.", advice=_ADVICE) from error
        if stat.S_ISREG(os.fstat(pipe.fileno()).st_mode):
            pipe.close()
            raise SourceError(f"{self._path} is a file, not a pipe.", advice=_ADVICE)
        return pipe

    async def _line(self, lines: asyncio.StreamReader) -> bytes:
        try:
            return await lines.readline()
        except ValueError:  # 64 kB without a line end
            return b"?"

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
