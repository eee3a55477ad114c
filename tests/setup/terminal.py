"""A technician's terminal: `wren setup` in its own process over a real pseudo-terminal, its screen read by pyte."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pyte

ROOT = Path(__file__).parents[2]
USUAL = 80, 24
ROOMY = 100, 44
"""Columns and lines."""
ENTER = "\r"
CTRL_C = "\x03"
_WITHIN_S = 30.0
_PROGRAM = "import sys; sys.argv[0] = 'wren'; from gateway.__main__ import main; main()"


class Terminal:
    """What is on the screen, and the keys that were pressed.

    Attributes:
        keys: how many keys were pressed beyond names.
        names: how many characters of names (ids, addresses, keys, sentences) were typed.
        recording: each screen at which a key was pressed, and the key.
    """

    def __init__(self, process: "pexpect.spawn[bytes]", size: tuple[int, int]) -> None:
        self.process = process
        self.keys = 0
        self.names = 0
        self.recording: list[tuple[str, str]] = []
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)

    @property
    def text(self) -> str:
        """The screen now, without what is empty at its right and below."""
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip()

    def sees(self, *words: str) -> str:
        """Wait until all of `words` are on the screen, wherever its lines break."""

        def holds(text: str) -> bool:
            flowing = " ".join(text.split())
            return all(word in text or word in flowing for word in words)

        return self.until(holds, f"{words}")

    def until(self, holds: Callable[[str], bool], what: str) -> str:
        """Wait until the screen is as wanted."""
        waited_s = 0.0
        while not holds(self.text):
            try:
                self._stream.feed(self.process.read_nonblocking(65536, timeout=0.2))
            except pexpect.TIMEOUT:
                waited_s += 0.2
                assert waited_s < _WITHIN_S, f"never saw {what} on\n{self.text}"
            except pexpect.EOF:
                assert holds(self.text), f"ended without {what} on\n{self.text}"
        return self.text

    def press(self, keys: str) -> None:
        """Press each of `keys`."""
        self.keys += len(keys)
        self._send(keys, " ".join({"\r": "Enter", "\x03": "Ctrl-C"}.get(key, key) for key in keys))

    def name(self, text: str, *, shown: str | None = None) -> None:
        """Type a name: an id, an address, a sentence; and Enter, which counts as a key."""
        self.names += len(text)
        self._send(text, text if shown is None else shown)
        self.press(ENTER)

    def _send(self, text: str, shown: str) -> None:
        self.recording.append((self.text, shown))
        self.process.send(text)

    def end(self) -> int:
        """Wait until it has ended; its exit code."""
        while True:
            try:
                self._stream.feed(self.process.read_nonblocking(65536, timeout=_WITHIN_S))
            except pexpect.EOF:
                break
        self.process.wait()
        self.recording.append((self.text, ""))
        code, signalled = self.process.exitstatus, self.process.signalstatus
        return -(signalled or 0) if code is None else code

    def hang_up(self) -> None:
        """The line is dropped."""
        self.process.kill(signal.SIGHUP)


@contextmanager
def terminal(
    *arguments: str | Path, folder: Path, size: tuple[int, int] = ROOMY, environ: Mapping[str, str]
) -> Iterator[Terminal]:
    """`wren setup` with these arguments, in `folder`, until the end of the block; `size` is columns and lines."""
    env = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    env |= {"TERM": "xterm-256color", **environ}
    env["PYTHONPATH"] = os.pathsep.join([str(ROOT), *([environ["PYTHONPATH"]] if "PYTHONPATH" in environ else [])])
    process: pexpect.spawn[bytes] = pexpect.spawn(
        sys.executable, ["-c", _PROGRAM, "setup", *map(str, arguments)],
        env=env, cwd=str(folder), dimensions=size[::-1], echo=False, timeout=_WITHIN_S,
    )  # fmt: skip
    process.delaybeforesend = None
    try:
        yield Terminal(process, size)
    finally:
        process.close(force=True)
