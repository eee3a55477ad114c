"""The services of this gateway: systemd's where it runs them, otherwise none but a messenger of our own."""

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from gateway.errors import GatewayError

if TYPE_CHECKING:
    from collections.abc import Sequence

_SYSTEMD: Final = Path("/run/systemd/system")
_WITHIN_S: Final = 120.0
"""Stopping the daemon takes 20 s at most (TimeoutStopSec=), starting the messenger less."""

DAEMON: Final = "wren.service"
MESSENGER: Final = "wren-uplink.service"


class Services(Protocol):
    """What is asked of them. Every method raises GatewayError."""

    def stop(self) -> None:
        """Daemon and messenger are stopped on return."""

    def start_messenger(self) -> None:
        """The messenger carries what waits."""

    def disable(self) -> None:
        """None of Wren's units is started at the next boot, and none runs."""


class Systemd:
    """Units of systemd."""

    def stop(self) -> None:
        """See `Services`."""
        _systemctl("stop", DAEMON, MESSENGER)

    def start_messenger(self) -> None:
        """See `Services`."""
        _systemctl("reset-failed", MESSENGER, may_fail=True)
        _systemctl("start", MESSENGER)

    def disable(self) -> None:
        """See `Services`."""
        listed = _systemctl("list-unit-files", "--no-legend", "--plain", "wren*.service", "wren*.path", "wren*.timer")
        units = [line.split()[0] for line in listed.splitlines() if line.strip()]
        if units:
            _systemctl("disable", "--now", "--quiet", *units)


class Alone:
    """No systemd, or no unit of Wren's: whoever started the daemon stops it; a messenger of our own is started.

    Args:
        folder: the messenger's.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._messenger: subprocess.Popen[bytes] | None = None

    def stop(self) -> None:
        """See `Services`. A daemon that runs is found out by its database."""
        if self._messenger is not None:
            self._messenger.terminate()
            try:
                self._messenger.wait(_WITHIN_S)
            except subprocess.TimeoutExpired:
                self._messenger.kill()
                self._messenger.wait()
            self._messenger = None

    def start_messenger(self) -> None:
        """See `Services`."""
        program = [sys.executable, "-P", "-m", "gateway", "uplink", "--folder", str(self._folder)]
        self._messenger = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603

    def disable(self) -> None:
        """See `Services`."""


def services(folder: Path, run: Path = _SYSTEMD) -> Services:
    """Those of this machine; `folder` is the messenger's, `run` is there where systemd is the machine's."""
    if not run.is_dir():
        return Alone(folder)
    known = _systemctl("list-unit-files", "--no-legend", "--plain", DAEMON, may_fail=True)
    return Systemd() if DAEMON in known else Alone(folder)


def _systemctl(*arguments: str, may_fail: bool = False) -> str:
    command: Sequence[str] = ["systemctl", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_WITHIN_S, check=not may_fail)  # noqa: S603
    except (OSError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", None) or "").strip().splitlines()
        why = f": {said[-1]}" if said else "."
        problem = f"`systemctl {' '.join(arguments[:2])}` did not succeed{why}"
        raise GatewayError(problem, advice="Run this as root; `systemctl status wren` says more.") from error
    return done.stdout
