"""The gateway, as the laptop reaches it: over ssh, as the user that Raspberry Pi OS was set up with, and by sudo."""

import json
import shlex
import subprocess
from typing import Any

from tests.stages.claims import title, took, wait_for

TARGET = "tech@127.0.0.1"
WREN = "/usr/local/bin/wren"
HAND = ("/usr/bin/python3", "-B", "/opt/stage/tests/pins/hand.py", "--home", "/etc/wren/home.toml")
BOOT_S = 60.0


def ssh(*words: str, stdin: str = "", within_s: float = 120.0) -> "subprocess.CompletedProcess[str]":
    """`words` as one command there, however it ends."""
    command = ["ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=5", TARGET, shlex.join(words)]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=within_s, check=False)


def root(*words: str, ok: tuple[int, ...] = (0,), stdin: str = "", within_s: float = 120.0) -> str:
    """What a command prints, run by sudo. Raises RuntimeError, with what it said, if it ends otherwise than `ok`."""
    done = ssh("sudo", "-n", *words, stdin=stdin, within_s=within_s)
    if done.returncode not in ok:
        raise RuntimeError(f"{shlex.join(words)} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def wren(*words: str, ok: tuple[int, ...] = (0,)) -> Any:
    """The JSON that a command of Wren's prints."""
    return json.loads(root(WREN, *words, "--json", ok=ok))


def answers() -> None:
    title("the gateway boots")
    took("it answers by ssh, with the host key that it was given", lambda: ssh("true").returncode == 0, BOOT_S)


def waits(within_s: float = BOOT_S) -> bool:
    """Whether it answers by ssh now or soon."""
    return wait_for(lambda: ssh("true").returncode == 0, within_s) is not None


def hand(*words: str) -> str:
    """Somebody in the house moves a simulated pin (tests/pins/hand.py)."""
    return root(*HAND, *words)


def show(unit: str, key: str) -> str:
    """One property of a unit, as systemd has it."""
    return root("systemctl", "show", unit, "-p", key, "--value").strip()


def is_active(unit: str) -> bool:
    return ssh("systemctl", "is-active", "--quiet", unit).returncode == 0


def version() -> str:
    """The name of the version that the services start."""
    return root("readlink", "/opt/wren/current").strip().removeprefix("versions/")


def failed_units() -> list[str]:
    return [line for line in root("systemctl", "list-units", "--failed", "--plain", "--no-legend").split("\n") if line]


def journal(unit: str, lines: int = 25) -> str:
    return root("journalctl", "-u", unit, "-o", "cat", "--no-pager", "-n", str(lines))
