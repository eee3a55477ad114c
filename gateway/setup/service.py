"""The running daemon holds the pins: it is stopped for the conversation, with consent, and started at any end.

Also at an end that no `finally` sees, such as SIGKILL: a deputy in a session of its own holds the other end of a pipe,
and starts the daemon when that closes without a word. A power cut needs none: the unit is started at boot.
"""

import subprocess
from contextlib import suppress
from typing import Final

UNIT: Final = "wren.service"
_WITHIN_S: Final = 60.0

_DEPUTY: Final = f"read -r done || {{ sleep 1; exec systemctl start {UNIT}; }}"
"""The second lets a `systemctl stop` that outlives its asker reach systemd first."""

_deputy: "subprocess.Popen[bytes] | None" = None


def is_running() -> bool:
    """Whether systemd has the daemon running here."""
    return _systemctl("is-active", "--quiet") == 0


def stop() -> bool:
    """Stop it until `start`, or until this process ends in whatever way; whether that worked."""
    global _deputy  # noqa: PLW0603 - of this process, as the pipe is
    if _deputy is None:
        with suppress(OSError):
            _deputy = subprocess.Popen(  # noqa: S603 - constants
                ["/bin/sh", "-c", _DEPUTY], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
    return _systemctl("stop") == 0


def start() -> bool:
    """Start it; whether that worked."""
    global _deputy  # noqa: PLW0603
    started = _systemctl("start") == 0
    if _deputy is not None:
        with suppress(OSError, subprocess.TimeoutExpired):
            _deputy.communicate(b"done\n", timeout=_WITHIN_S)
        _deputy = None
    return started


def _systemctl(*words: str) -> int | None:
    command = ["systemctl", *words, UNIT]
    try:
        return subprocess.run(  # noqa: S603 - constants
            command, check=False, timeout=_WITHIN_S, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        ).returncode  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
