"""This machine, as the steps use it: programs, and files that are whole or not there."""

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from gateway.provision.errors import StepFailed

_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_LAST_LINES: Final = 8
"""Of what a program said before it failed; more does not fit under an error."""


class Machine:
    """The machine below `root`, which is `/` everywhere but in tests of single steps.

    Programs run without a terminal, in the agent's own session: a cut line does not reach them, and as long as one of
    them runs on after the agent was killed, no other provisioning begins (lock.py).
    """

    def __init__(self, root: Path = Path("/")) -> None:
        self.root = root

    def path(self, absolute: str) -> Path:
        """Where `/etc/...` lies on this machine."""
        return self.root / absolute.lstrip("/")

    def text(self, absolute: str) -> str | None:
        """What is in a file, or None where there is none that can be read."""
        try:
            return self.path(absolute).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None

    def has(self, program: str) -> bool:
        """Whether this program is installed."""
        return shutil.which(program, path=_PATH) is not None

    def run(self, *argv: str, stdin: bytes = b"", within_s: float = 600.0) -> subprocess.CompletedProcess[str]:
        """Run to its end, whatever that is. Raises StepFailed: it is not there, or not done `within_s`."""
        env = {"PATH": _PATH, "LC_ALL": "C.UTF-8", "HOME": "/root", "DEBIAN_FRONTEND": "noninteractive"}
        try:
            # a pipe could break, a file could stay on the card, and a full /tmp take nothing; nothing is ever in argv
            with open(os.memfd_create("given"), "w+b") as given:  # noqa: PTH123 - it has no path
                given.write(stdin)
                given.seek(0)
                return subprocess.run(  # noqa: S603 - constants of this code base and paths below /var/lib/wren-release
                    argv,
                    stdin=given,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    timeout=within_s,
                    check=False,
                    env=env,
                    cwd="/",
                    text=True,
                    errors="replace",
                )
        except FileNotFoundError as error:
            raise StepFailed(
                f"{argv[0]} is not on this Pi.",
                advice="Start from a fresh Raspberry Pi OS (Bookworm or Trixie, 64-bit) and run this again.",
            ) from error
        except subprocess.TimeoutExpired as error:
            raise StepFailed(
                f"{argv[0]} was not done within {within_s:.0f} s.",
                advice="Run the same command again; if it ends here again, restart the Pi (`sudo reboot`) first.",
            ) from error

    def must(self, *argv: str, advice: str, stdin: bytes = b"", within_s: float = 600.0) -> str:
        """What a program said. Raises StepFailed if it failed."""
        done = self.run(*argv, stdin=stdin, within_s=within_s)
        if done.returncode != 0:
            detail = "\n".join(done.stdout.strip().splitlines()[-_LAST_LINES:])
            raise StepFailed(f"{Path(argv[0]).name} ended with {done.returncode}.", advice=advice, detail=detail)
        return done.stdout

    def write(self, absolute: str, text: str, *, mode: int = 0o644, group: int = 0) -> None:
        """The file has this text, on disk, or is as it was. Raises StepFailed: the card takes nothing."""
        path = self.path(absolute)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                "w", dir=path.parent, prefix=".wren-", delete=False, encoding="utf-8"
            ) as new:
                try:
                    new.write(text)
                    new.flush()
                    os.fchmod(new.fileno(), mode)
                    if os.geteuid() == 0:
                        os.fchown(new.fileno(), 0, group)
                    os.fsync(new.fileno())
                    Path(new.name).replace(path)
                except BaseException:
                    with suppress(OSError):
                        Path(new.name).unlink()
                    raise
            on_disk(path.parent)
        except OSError as error:
            raise StepFailed(
                f"{absolute} cannot be written: {error.strerror}.",
                advice="Look at the card (`dmesg | tail`); one that turned read-only must be replaced.",
            ) from error

    def remove(self, absolute: str) -> None:
        """The file is not there."""
        path = self.path(absolute)
        path.unlink(missing_ok=True)
        if path.parent.is_dir():
            on_disk(path.parent)

    def booted(self) -> bool:
        """Whether systemd runs this machine: in a chroot there is nobody to start anything."""
        return self.path("/run/systemd/system").is_dir()

    def unit(self, question: str, unit: str) -> str:
        """What `systemctl is-enabled` or `is-active` says of a unit, in one word."""
        return (self.run("systemctl", question, unit).stdout.strip().splitlines() or ["unknown"])[-1]


def on_disk(folder: Path) -> None:
    """What was renamed into this folder or removed from it is so after a power cut."""
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(at)
    finally:
        os.close(at)
