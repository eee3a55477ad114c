"""A gateway as a thing: it is switched on and off, and its power may fail."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.install_stage import pi
from tests.stages.claims import note

_STOP_S = 60.0


class Gateway:
    """The blank root at `folder`/root, booted in a container called `name`."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._process: subprocess.Popen[bytes] | None = None

    @contextmanager
    def on(self) -> Iterator["Gateway"]:
        """Switched on until the context ends, when it is shut down in order."""
        self.switch_on()
        try:
            yield self
        finally:
            assert self._process is not None
            self._process.terminate()
            try:
                self._process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                note("the gateway does not shut down; it is switched off")
                self.fail()

    def switch_on(self) -> None:
        # it shares this network, in which nothing else is, and must still be able to make networks for its services
        options = ["--capability=CAP_NET_ADMIN", "--boot"]
        command = ["tests/stages/container", self._name, str(self._folder / "root"), *options]
        with (self._folder / "console").open("ab") as console:
            self._process = subprocess.Popen(command, stdout=console, stderr=console)
        if not pi.waits():
            lines = (self._folder / "console").read_text(errors="replace").splitlines()
            raise RuntimeError("the gateway does not answer; its console: " + "\n".join(lines[-15:]))

    def fail(self) -> None:
        """The power fails: every process there is killed at once. What was in the page cache is still there."""
        assert self._process is not None
        # not the container's own process: what runs in it would go on; with process 1 all of them end
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text(encoding="ascii")
        for child in children.split():
            os.kill(int(child), signal.SIGKILL)
        self._process.wait(20)
