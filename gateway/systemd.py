"""What the daemon tells systemd: ready, what it is doing, that it is alive, that it is stopping.

The protocol is that of sd_notify(3): one datagram of `NAME=value` lines to the socket that `NOTIFY_SOCKET`
names. Without that variable, as on a developer's machine, everything here does nothing.
"""

import socket
from collections.abc import Mapping
from typing import Final

_SEND_TIMEOUT_S: Final = 1.0
"""A full queue at PID 1 may hold the loop no longer than this; the next ping comes within WatchdogSec/3."""

_US_PER_S: Final = 1_000_000


class Notifier:
    """A line to the service manager that started this process.

    Args:
        environ: the process's environment: `NOTIFY_SOCKET`, `WATCHDOG_USEC`, `WATCHDOG_PID`.
        pid: this process's id; a watchdog that names another process is not ours (sd_watchdog_enabled(3)).

    Attributes:
        watchdog_s: within how many seconds of the last ping systemd wants another, or None if it does not.
    """

    def __init__(self, environ: Mapping[str, str], *, pid: int) -> None:
        self._address = _address(environ.get("NOTIFY_SOCKET", ""))
        self.watchdog_s = _watchdog_s(environ, pid)

    def ready(self) -> bool:
        """Say that the service is up. Returns whether systemd took it, here and below."""
        return self._send("READY=1")

    def status(self, text: str) -> bool:
        """Show `text` in `systemctl status`: counts and states, never a reading."""
        return self._send("STATUS=" + " ".join(text.split()))

    def watchdog(self) -> bool:
        """Say that the service is alive. Call it on real progress only: `supervise.Watchdog` does."""
        return self._send("WATCHDOG=1")

    def stopping(self) -> bool:
        """Say that the service is on its way down."""
        return self._send("STOPPING=1")

    def _send(self, line: str) -> bool:
        if self._address is None:
            return False
        # A ping that is lost is repeated; READY=1 that is lost ends in a restart by systemd. Neither is a
        # reason to take the sensors down from here.
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line_to_systemd:
                line_to_systemd.settimeout(_SEND_TIMEOUT_S)
                line_to_systemd.sendto(line.encode(), self._address)
        except OSError:
            return False
        return True


def _address(name: str) -> str | None:
    """The socket's address: a path, or in the abstract namespace, which systemd writes with a leading `@`."""
    if name.startswith("@"):
        return "\0" + name[1:]
    return name if name.startswith("/") else None


def _watchdog_s(environ: Mapping[str, str], pid: int) -> float | None:
    if environ.get("WATCHDOG_PID", str(pid)) != str(pid):
        return None
    period = environ.get("WATCHDOG_USEC", "")
    if not (period.isascii() and period.isdigit()):
        return None
    return int(period) / _US_PER_S or None
