"""The provider's desk, on this loopback: `wren desk` and the people at it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.stages import desk_page
from tests.stages.claims import check, note, took, wait_for

HOME = "install-stage"
_FINGERPRINT = re.compile(r"\b[0-9a-f]{8}(?: [0-9a-f]{8}){3}\b")


class Desk:
    """`wren desk`, with its data in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ca = folder / "ca.pem"

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "gateway", "desk", *words, "--data", str(self.folder)]

    @contextmanager
    def runs(self) -> Iterator[None]:
        with (self.folder.parent / "desk.log").open("w") as log:
            process = subprocess.Popen(self._command(), stdout=log, stderr=log, env=os.environ)
            try:
                ready = wait_for(lambda: self.ca.exists() and self._answers(), 60)
                assert ready is not None, (self.folder.parent / "desk.log").read_text()
                yield
            finally:
                process.terminate()
                process.wait(timeout=20)

    @staticmethod
    def _answers() -> bool:
        try:
            desk_page.state()
        except OSError:
            return False
        return True

    def token(self) -> tuple[str, str]:
        """A new token for a new gateway of the home, and the desk's fingerprint, as a technician reads them."""
        replace = ["--replace"] if self._homes() else []
        words = self._command("token", HOME, *replace)
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
        fingerprint = _FINGERPRINT.search(done.stderr)
        assert fingerprint, done.stderr
        return done.stdout.strip(), fingerprint[0]

    def head(self) -> str:
        """The last entry of the home's own record that the desk knows, as `wren audit verify --head` takes it."""
        (home,) = self._homes()
        return f"{home['head']['entries']}:{home['head']['sha256']}"

    def _homes(self) -> list[dict[str, Any]]:
        done = subprocess.run(self._command("homes", "--json"), capture_output=True, text=True, timeout=60, check=True)
        homes: list[dict[str, Any]] = json.loads(done.stdout)["homes"]
        return homes


def calls() -> list[dict[str, Any]]:
    return [one for one in desk_page.open_care() if one.get("kind", "help_button") == "help_button"]


def is_answered(within_s: float = 30.0) -> None:
    """The call that is open at the desk is seen to by somebody there."""
    took("the call is at the desk", lambda: bool(calls()), within_s)
    for call in calls():
        note(f"at the desk: {call['kind']}, {call['severity']}" if "kind" in call else str(call))
        check("somebody at the desk answers it", desk_page.acknowledge(call["id"]), want=200)
    took("no call is open at the desk", _nobody_waits, within_s)


def _nobody_waits() -> bool:
    """A press that arrives in the very second of an answer opens it again: whoever is there answers again."""
    for call in calls():
        desk_page.acknowledge(call["id"])
    return not calls()
