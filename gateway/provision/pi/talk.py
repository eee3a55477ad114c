"""The Pi's end of the line: requests come in, what is said and the answers go out, as JSON lines.

A request that says `"bytes": N` is followed by N raw bytes. The laptop says something at least every ten seconds; when
it has not for `SILENT_S`, or the line has ended, it is gone: the step that runs is finished, and then the agent ends.
TCP alone would notice a laptop that was closed after a quarter of an hour, and the lock would be held as long.
"""

import io
import json
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Final

SILENT_S: Final = 45.0
_LOOK_EVERY_S: Final = 2.0
_MOST_BYTES: Final = 4 * 1024 * 1024

Request = dict[str, Any]


class Talk:
    """What goes over standard input and output; whatever else would print goes to standard error from now on."""

    def __init__(self, asked: io.BufferedReader) -> None:
        self._asked = asked
        self._out = os.dup(1)
        os.dup2(2, 1)
        self._queue: queue.Queue[tuple[Request, bytes]] = queue.Queue(maxsize=8)
        self._heard = time.monotonic()
        self.gone = threading.Event()
        self.when_gone: Callable[[], None] = lambda: None
        for each in (self._listen, self._watch):
            threading.Thread(target=each, daemon=True).start()

    def requests(self) -> Iterator[tuple[Request, bytes]]:
        """Each request with its bytes, until nobody is there any more."""
        while not self.gone.is_set():
            with suppress(queue.Empty):
                yield self._queue.get(timeout=_LOOK_EVERY_S)

    def tell(self, **said: object) -> None:
        """One line to the laptop; nobody there is no reason to leave a step half done."""
        try:
            line = json.dumps(said).encode() + b"\n"
            while line:
                line = line[os.write(self._out, line) :]
        except OSError:
            self._leave()

    def _listen(self) -> None:
        while line := self._asked.readline():
            self._heard = time.monotonic()
            request: Request = json.loads(line)
            size = int(request.get("bytes", 0))
            if size > _MOST_BYTES:
                break
            payload = self._payload(size)
            if len(payload) < size:
                break
            if request["do"] != "ping":
                self._queue.put((request, payload))
        self._leave()

    def _payload(self, size: int) -> bytes:
        """So many bytes, or fewer if the line ends; as long as some come, somebody is there, however slow the line."""
        payload = b""
        while len(payload) < size and (part := self._asked.read1(size - len(payload))):
            self._heard = time.monotonic()
            payload += part
        return payload

    def _watch(self) -> None:
        while not self.gone.wait(_LOOK_EVERY_S):
            if time.monotonic() - self._heard > SILENT_S:
                self._leave()

    def _leave(self) -> None:
        self.gone.set()
        self.when_gone()


def of_this_process() -> Talk:
    """The line that the bootstrap of `gateway.provision.parcel` left open."""
    assert isinstance(sys.stdin.buffer, io.BufferedReader)
    return Talk(sys.stdin.buffer)
