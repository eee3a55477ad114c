"""A Pi for tests: a real sshd, and behind it a copy-on-write copy of this machine's Debian that nothing else sees.

What is written there is in `written()`, which is how "changes nothing" is seen. systemd does not run in it (the second
stage has that): services are enabled and not started.
"""

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

ROOT: Final = Path(__file__).parents[2]
SCRIPT: Final = ROOT / "scripts" / "provision"
_TOOLS: Final = ("/usr/sbin/sshd", "ssh", "ssh-keygen", "unshare", "setpriv", "dpkg-deb", "systemd-sysusers")
_BY_ITSELF: Final = ("run", "tmp", "root/.cache", "dev", "etc/ssh", "var/log", "etc/.pwd.lock")
"""What sshd and this stand-in write whoever comes."""


def why_not() -> str | None:
    """Why there can be no such Pi here, or None."""
    if os.geteuid() != 0:
        return "needs root, for a copy-on-write copy of this machine"
    if missing := [tool for tool in _TOOLS if shutil.which(tool) is None]:
        return f"needs {missing[0]}"
    if not Path("/usr/bin/python3").resolve().name.startswith(("python3.11", "python3.13")):
        return "this machine's own Python is not that of Debian 12 or 13"
    mounts = "mount -t overlay -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w o /mnt/r"
    probe = f"mount -t tmpfs t /mnt && mkdir /mnt/u /mnt/w /mnt/r && {mounts}"
    done = subprocess.run(["unshare", "--mount", "sh", "-c", probe], check=False, capture_output=True)
    return None if done.returncode == 0 else "overlay file systems cannot be mounted here"


@dataclass
class Done:
    """How a run of `scripts/provision` ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines() if line.startswith("{")]

    def states(self) -> dict[str, str]:
        """The last state of each step."""
        return {line["step"]: line["state"] for line in self.lines if "state" in line}


class Pi:
    """One Pi; `start` it, `stop` it. `prepare`: shell lines for its root before sshd starts (`at="prepare"`), or
    for the folder of its keys at each log-in (`at="log-in"`)."""

    def __init__(self, folder: Path, prepare: str = "", user: str = "0:0", at: str = "prepare") -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        (folder / "user").write_text(user)
        if prepare:
            (folder / at).write_text(f'set -eu\ncd "$1"\n{prepare}\n')
        for name in ("host", "key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
        shutil.copy(folder / "key.pub", folder / "authorized")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        (folder / "sshd_config").write_text(
            f"ListenAddress 127.0.0.1\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized\n"
            f"PasswordAuthentication no\nPermitRootLogin yes\nStrictModes no\nUsePAM no\nPidFile none\n"
            f"ForceCommand {folder}/enter\n"
        )
        key = (folder / "host.pub").read_text().split()[:2]
        (folder / "known").write_text(f"[127.0.0.1]:{self.port} {' '.join(key)}\n")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Pi":
        command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "bash", str(ROOT / "tests/provision/pi.sh")]
        with (self.folder / "sshd.log").open("ab") as log:
            self._process = subprocess.Popen([*command, str(self.folder), str(self.port)], stderr=log, stdout=log)
        for _ in range(1200):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            assert self._process.poll() is None, (self.folder / "sshd.log").read_text()
            time.sleep(0.05)
        raise AssertionError((self.folder / "sshd.log").read_text())

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    # ---- looking at it

    @property
    def _inside(self) -> Path:
        """Its memory, as the processes of its namespace see it."""
        assert self._process is not None
        (child,) = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return Path(f"/proc/{child}/root{self.folder}/memory")

    def path(self, absolute: str) -> Path:
        return self._inside / "root" / absolute.lstrip("/")

    def text(self, absolute: str) -> str:
        return self.path(absolute).read_text()

    def written(self) -> dict[str, bytes]:
        """All that differs from a machine that nobody has touched."""
        up = self._inside / "up"
        found = {}
        for file in sorted(up.rglob("*")):
            name = str(file.relative_to(up))
            if file.is_symlink():
                found[name] = str(file.readlink()).encode()
            elif file.is_file() and not name.startswith(_BY_ITSELF):
                found[name] = file.read_bytes()
        return found

    def everything(self) -> list[int]:
        """Every process in it but sshd itself."""
        assert self._process is not None
        namespace = Path(f"/proc/{self._process.pid}/ns/pid_for_children").readlink()
        (first,) = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        found = []
        for each in Path("/proc").iterdir():
            with suppress(OSError):
                if each.name.isdigit() and each.name != first and (each / "ns/pid").readlink() == namespace:
                    found.append(int(each.name))
        return found

    def agents(self) -> list[int]:
        """The processes of the on-Pi side."""
        found = []
        for pid in self.everything():
            with suppress(OSError):
                words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                if words[0].rpartition(b"/")[2].startswith(b"python3") and b"memfd_create" in b"".join(words):
                    found.append(pid)
        return found

    # ---- the command

    def command(self, *words: str, script: Path = SCRIPT) -> list[str]:
        ssh = (
            f"-p{self.port}",
            f"-i{self.folder}/key",
            f"-oUserKnownHostsFile={self.folder}/known",
            "-oBatchMode=yes",
            "-F/dev/null",
        )
        return [str(script), "root@127.0.0.1", *(word for each in ssh for word in ("--ssh-option", each)), *words]

    def provision(self, *words: str, stdin: str = "") -> Done:
        done = subprocess.run(
            self.command(*words), input=stdin, capture_output=True, text=True, timeout=300, check=False
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def cut(self, whom: str, step: str, sign: str, *words: str) -> bool:
        """Kill `whom` (laptop, agent, power) when `step` has begun and the file `sign`, if one is named, is there.

        Returns whether that came: a file may be too short-lived to be seen.
        """
        run = subprocess.Popen(
            self.command("--json", *words),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            bufsize=0,  # nothing is read ahead, so that silence is silence
        )
        assert run.stdout is not None
        came = False
        for line in run.stdout:
            said = json.loads(line)
            if said["step"] == step and said["state"] == "begun":
                came = not sign
                while not came and run.poll() is None and _is_silent(run.stdout):
                    came = self.path(sign).exists() or self.path(sign).is_symlink()
                self._kill(whom, run)
                break
        run.stdout.read()
        run.stdout.close()
        run.wait()
        return came

    def _kill(self, whom: str, run: "subprocess.Popen[bytes]") -> None:
        if whom == "laptop":
            run.kill()
            return
        for pid in self.agents() if whom == "agent" else self.everything():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _is_silent(out: IO[bytes]) -> bool:
    """Whether nothing more was said since the step began."""
    return not select.select([out], [], [], 0.001)[0]
