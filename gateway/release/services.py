"""systemd, as the gate uses it: what a unit does, and restarts. Never asked to wait for more than a moment."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from gateway.errors import GatewayError

DAEMON: Final = "wren.service"
UPLINK: Final = "wren-uplink.service"
PROXY: Final = "wren-dbus-proxy.service"
UNITS: Final = "wren-units.service"
"""Puts the units of the current version where systemd looks (`systemd/install`)."""
GATE: Final = "wren-gate.service"
GATE_PATH: Final = "wren-gate.path"
"""Starts the gate when a trial is there, at the next boot as well."""

BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
_PATIENCE_S: Final = 90.0


@dataclass(frozen=True, slots=True)
class Unit:
    """What systemd says of a unit.

    Attributes:
        state: `active`, `activating`, `deactivating`, `failed` or `inactive`.
        restarts: how many times systemd started it again by itself, since it was last started otherwise.
    """

    state: str
    restarts: int = 0


class Services(Protocol):
    """What the gate asks of systemd. Raises GatewayError where systemd does not answer."""

    def look(self, unit: str) -> Unit:
        """What `unit` does."""

    def install_units(self) -> None:
        """Have the units of the current version read."""

    def restart(self, units: Sequence[str]) -> None:
        """Have `units` started again, without waiting for them."""

    def start(self, unit: str) -> None:
        """Have `unit` started, without waiting for it."""

    def boot(self) -> str:
        """The id of this boot."""


class Systemd:
    """The systemd of this machine."""

    def look(self, unit: str) -> Unit:
        """What `unit` does."""
        said = _systemctl("show", "--property=ActiveState,NRestarts", unit)
        found = dict(line.split("=", 1) for line in said.splitlines() if "=" in line)
        restarts = found.get("NRestarts", "0")
        return Unit(found.get("ActiveState", "inactive"), int(restarts) if restarts.isdigit() else 0)

    def install_units(self) -> None:
        """Have the units of the current version read: a unit does it, which may write where they lie."""
        _systemctl("restart", UNITS)
        _systemctl("daemon-reload")

    def restart(self, units: Sequence[str]) -> None:
        """Have `units` started again, without waiting for them; one that had failed, too."""
        if units:
            _systemctl("reset-failed", *units, fails=False)
            _systemctl("--no-block", "restart", *units)

    def start(self, unit: str) -> None:
        """Have `unit` started, without waiting for it."""
        _systemctl("--no-block", "start", unit)

    def boot(self) -> str:
        """The id of this boot."""
        return BOOT_ID.read_text(encoding="ascii").strip()


def _systemctl(*words: str, fails: bool = True) -> str:
    command = ["systemctl", "--no-ask-password", *words]
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "SYSTEMD_PAGER": "", "SYSTEMD_COLORS": "0"}
    try:
        done = subprocess.run(  # noqa: S603 - a list of words of ours
            command, capture_output=True, text=True, check=False, timeout=_PATIENCE_S, env=environment
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GatewayError(f"systemd does not answer ({type(error).__name__}).", advice=_ADVICE) from error
    if done.returncode != 0 and fails:
        said = done.stderr.strip().splitlines()
        problem = f"`systemctl {' '.join(words)}` failed: {said[-1] if said else done.returncode}."
        raise GatewayError(problem, advice=_ADVICE)
    return done.stdout


_ADVICE: Final = "`systemctl status` and `journalctl -b` say more."
