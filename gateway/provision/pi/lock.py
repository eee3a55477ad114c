"""One provisioning at a time: a lock in memory, which a restart of the Pi ends, too.

Whoever holds it says in it whether the laptop is still on the line, and its session, which every program that a step
starts is of. So a program that outlived its killed run (dpkg, pip) is waited for and not run into.
"""

import fcntl
import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from gateway.provision.errors import Refused
from gateway.provision.pi.machine import Machine

LOCK: Final = "/run/wren-provision.lock"
OTHERS_S: Final = 15.0
"""How long another laptop is waited for: it may be a run that ends just now."""
FINISHING_S: Final = 900.0
"""How long the last step of a run that was cut off is waited for: it may be making an environment on a slow card."""
_EVERY_S: Final = 0.5
_SIZE: Final = 64


class Lock:
    """The lock, once `take` has come back."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._fd = -1

    def take(self, say: Callable[[str], None], gone: Callable[[], bool]) -> None:
        """Take it. Raises Refused: another provisioning is at work."""
        self._fd = os.open(self._machine.path(LOCK), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        began = time.monotonic()
        said = False
        while not self._try() or self._outlived():  # the lock was free and what it says is old, or it is another's
            cut = self._is_cut()
            if time.monotonic() - began > (FINISHING_S if cut else OTHERS_S) or gone():
                raise Refused(
                    "Another provisioning is at work on this Pi.",
                    advice="Wait until it has ended, then run the same command again; a restart of the Pi ends it.",
                )
            if cut and not said:
                say("The run before this one was cut off and is finishing its step; waiting for it.")
                said = True
            time.sleep(_EVERY_S)
        self.say(cut=False)

    def say(self, *, cut: bool) -> None:
        """Whether the laptop of this run is gone."""
        if self._fd >= 0:
            os.pwrite(self._fd, json.dumps({"session": os.getsid(0), "cut": cut}).ljust(_SIZE).encode(), 0)

    def _try(self) -> bool:
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _held(self) -> dict[str, Any]:
        try:
            found = json.loads(os.pread(self._fd, _SIZE, 0))
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def _is_cut(self) -> bool:
        """Whether who holds it has no laptop any more, or is only what outlived it."""
        held = self._held()
        return bool(held.get("cut")) or self._session(str(held.get("session"))) is None

    def _outlived(self) -> bool:
        """Whether a program of the run that held the lock last runs on."""
        session = self._held().get("session")
        if not isinstance(session, int) or session == os.getsid(0):
            return False
        pids = (each.name for each in self._machine.path("/proc").iterdir())
        return any(self._session(pid) == session for pid in pids if pid.isdigit())

    def _session(self, pid: str) -> int | None:
        """The session of a process that is alive (proc(5): state and session follow the name in brackets)."""
        with suppress(IndexError, ValueError):
            state, _, _, session = (self._machine.text(f"/proc/{pid}/stat") or "").rpartition(")")[2].split()[:4]
            return None if state in {"Z", "X"} else int(session)
        return None


def is_taken(machine: Machine) -> bool:
    """Whether another provisioning is at work; looks only, and makes no file."""
    try:
        fd = os.open(machine.path(LOCK), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False
