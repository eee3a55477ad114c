"""The chip: levels, pulls, claims and edges of 54 lines, behind a Unix socket. Messages are lines of JSON.

A line that nobody drives has the level of its pull; one that nobody pulls keeps the last. A claim ends with the
connection that made it, as the kernel's does with its file.
"""

import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

LINES: Final = 54
PULL_UP: Final = 32
PULL_DOWN: Final = 64

GPIO_BUSY: Final = -79
GPIO_NOT_ALLOCATED: Final = -80
BAD_GPIO_NUMBER: Final = -73
NOT_AN_OUTPUT: Final = -104
UNKNOWN: Final = -47
"""Numbers of lgpio's own errors."""

Message = dict[str, Any]


def driver(chip: Path) -> dict[str, str]:
    """The environment of a process whose pins are on `chip`; it adds to no PYTHONPATH that is there already."""
    return {"PYTHONPATH": str(Path(__file__).parent), "WREN_PINS": str(chip)}


@dataclass
class Claim:
    """Whose a line is, for what ("input", "output", "alert"), and the flags and edges that were asked for."""

    client: "Client"
    mode: str
    flags: int = 0
    edges: int = 0


@dataclass
class Line:
    """One line: what drives it from outside (None: nothing), and the level that it has."""

    driven: int | None = None
    level: int = 0
    claim: Claim | None = None

    def settle(self, output: int | None = None) -> bool:
        """Take the level that follows; whether it is another than before."""
        flags = 0 if self.claim is None else self.claim.flags
        before = self.level
        if output is not None:
            self.level = output
        elif self.driven is not None:
            self.level = self.driven
        elif flags & PULL_UP:
            self.level = 1
        elif flags & PULL_DOWN:
            self.level = 0
        return self.level != before

    def shown(self) -> Message:
        claim = self.claim
        return {
            "level": self.level,
            "driven": self.driven,
            "mode": None if claim is None else claim.mode,
            "flags": 0 if claim is None else claim.flags,
        }


@dataclass(eq=False)
class Client:
    """One connection."""

    stream: socket.socket
    lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, message: Message) -> None:
        with suppress(OSError), self.lock:  # one that has ended is found out by its own thread
            self.stream.sendall(json.dumps(message).encode() + b"\n")


class Board:
    """A chip at `path` while the context lasts. `mode` is the socket's; whoever may open it has the pins."""

    def __init__(self, path: Path, *, mode: int = 0o600) -> None:
        self.path = path
        self._mode = mode
        self._lines = [Line() for _ in range(LINES)]
        self._changed = threading.Condition()
        self._clients: set[Client] = set()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)

    def __enter__(self) -> Self:
        self.path.unlink(missing_ok=True)
        self._listener.bind(str(self.path))
        self.path.chmod(self._mode)
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """The chip is gone, and with it every claim: whoever has one finds that nothing answers."""
        self.path.unlink(missing_ok=True)
        self._listener.close()
        with self._changed:
            clients = tuple(self._clients)
        for client in clients:
            with suppress(OSError):  # it has just ended
                client.stream.shutdown(socket.SHUT_RDWR)

    def drive(self, pin: int, level: int) -> None:
        """Put `pin` to ground (0) or to 3.3 V (1)."""
        self._move(pin, level)

    def let_go(self, pin: int) -> None:
        """Nothing drives `pin` any more: its pull decides."""
        self._move(pin, None)

    def line(self, pin: int) -> Message:
        """Level, what drives it, its mode (None: not claimed) and flags."""
        with self._changed:
            return self._lines[pin].shown()

    def until_claimed(self, *pins: int, mode: str = "alert", within_s: float = 30.0) -> bool:
        """Wait until each of `pins` is claimed for `mode`; whether that came true."""
        return self.until(
            lambda: all((one := self._lines[pin].claim) is not None and one.mode == mode for pin in pins), within_s
        )

    def until(self, condition: Callable[[], bool], within_s: float = 30.0) -> bool:
        """Wait until `condition` holds; it is looked at whenever a line has changed. Returns whether it does."""
        with self._changed:
            return self._changed.wait_for(condition, within_s)

    def _accept(self) -> None:
        while True:
            try:
                stream, _ = self._listener.accept()
            except OSError:
                return
            client = Client(stream)
            with self._changed:
                self._clients.add(client)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: Client) -> None:
        with suppress(OSError, ValueError), client.stream.makefile("rb") as lines:  # it may end in the middle of a word
            for line in lines:
                asked = json.loads(line)
                client.tell({"id": asked.get("id"), **self._answer(client, asked)})
        with self._changed:
            self._clients.discard(client)
            for one in self._lines:
                if one.claim is not None and one.claim.client is client:
                    one.claim = None
            self._changed.notify_all()
        client.stream.close()

    def _answer(self, client: Client, asked: Message) -> Message:
        do, pin = asked.get("do"), asked.get("pin", 0)
        if not isinstance(pin, int) or not 0 <= pin < LINES:
            return {"error": BAD_GPIO_NUMBER}
        if do == "drive":
            self._move(pin, asked["level"])
            return {}
        with self._changed:
            line = self._lines[pin]
            if do == "look":
                return {"lines": {str(number): one.shown() for number, one in enumerate(self._lines)}}
            mine = line.claim is not None and line.claim.client is client
            if do == "mode":
                return {**line.shown(), "mine": mine}
            if do == "claim":
                if line.claim is not None and not mine:
                    return {"error": GPIO_BUSY}
                line.claim = Claim(client, asked["mode"], asked["flags"], asked.get("edges", 0))
                line.settle(asked.get("level") if asked["mode"] == "output" else None)
                self._changed.notify_all()
                return {}
            if not mine or line.claim is None:
                return {"error": GPIO_NOT_ALLOCATED}
            if do == "read":
                return {"level": line.level}
            if do == "write":
                if line.claim.mode != "output":
                    return {"error": NOT_AN_OUTPUT}
                line.settle(asked["level"])
            elif do == "free":
                line.claim = None
            else:
                return {"error": UNKNOWN}
            self._changed.notify_all()
            return {}

    def _move(self, pin: int, level: int | None) -> None:
        with self._changed:
            line = self._lines[pin]
            line.driven = level
            claim = line.claim
            if claim is not None and claim.mode == "output":
                return  # the Pi's own driver is stronger, or one of the two burns
            if line.settle() and claim is not None and claim.edges & (1 if line.level else 2):
                # told under the lock: edges of a line are in order
                claim.client.tell({"pin": pin, "level": line.level, "ns": time.monotonic_ns()})
            self._changed.notify_all()


def main() -> None:
    """Be the chip at the given path until killed. Root's, and the group gpio's if there is one, as a Pi's is."""
    path = Path(sys.argv[1])
    with Board(path, mode=0o660):
        if os.geteuid() == 0:
            import grp

            os.chown(path, 0, grp.getgrnam("gpio").gr_gid)
        print("the pins are there", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
