"""The line to the Pi: OpenSSH's own client, one log-in, host keys as your own ssh settings have them.

The first command logs in and becomes the master of the line (`ControlMaster`), through which everything else goes. It
ends by itself half a minute after its last use, also when this program was killed.
"""

import getpass
import json
import queue
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final, NoReturn

from gateway.provision.errors import KINDS, LineLost, Refused, StepFailed
from gateway.provision.parcel import command, parcel

PING_EVERY_S: Final = 10.0
_SSH_FAILED: Final = 255
_PERSIST_S: Final = 30
_BY_KEY_S: Final = 40.0
_ALIVE: Final = ("-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=4", "-o", "ConnectTimeout=20")
"""A line that says nothing for a minute is cut, here as on the Pi."""
_PLAIN: Final = ("-o", "RemoteCommand=none", "-o", "ClearAllForwardings=yes")
"""What somebody's ssh settings do at each log-in of theirs would stand in the way of the second one."""
_MARK: Final = "wren-probe"
_PROBE: Final = (
    "sh -c '"
    'p=none; command -v python3 >/dev/null && p=$(python3 -c "import sys;print(\\"%d.%d\\"%sys.version_info[:2])"); '
    "if [ $(id -u) = 0 ]; then r=root; elif sudo -n true 2>/dev/null; then r=free; "
    "elif command -v sudo >/dev/null; then r=asks; else r=none; fi; "
    f"echo; echo {_MARK} $p $r'"
)
"""One quoted word in one line, which csh and fish pass on as bash does; and a mark, because a .bashrc may talk, too."""
OLDEST_PYTHON: Final = (3, 11)

Say = Callable[[str], None]


class Line:
    """One log-in to `target`; close it at the end."""

    def __init__(self, target: str, options: Sequence[str], ssh: str = "ssh") -> None:
        self._target = target
        self._options = list(options)
        # short: the path of a socket has 100 characters, of which macOS' own TMPDIR takes half
        self._folder = Path(tempfile.mkdtemp(prefix="wren-", dir="/tmp"))
        self._said = (self._folder / "said").open("w+b")
        self._ssh = ssh
        self._agent: subprocess.Popen[bytes] | None = None
        self._answers: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._writing = threading.Lock()
        self._ear = threading.Thread(target=self._listen, daemon=True)
        self._closed = threading.Event()

    # ---- ssh

    def _argv(self, *words: str, shared: bool = True) -> list[str]:
        share = (
            "-o",
            f"ControlPath={self._folder}/s",
            "-o",
            "ControlMaster=auto",
            "-o",
            f"ControlPersist={_PERSIST_S}",
        )
        alone = ("-o", "ControlPath=none", "-o", "ControlMaster=no")
        # the options of the technician first: ssh takes the first of two answers
        return [self._ssh, "-T", *self._options, *(share if shared else alone), *_ALIVE, *_PLAIN, "-x", "-a", *words]

    def log_in(self) -> tuple[str, str]:
        """Log in, whatever ssh asks for; the Pi's Python and how one becomes root. Raises LineLost, Refused."""
        # what ssh asks and says goes to the terminal: its warnings about host keys are for a person to read
        done = subprocess.run(  # noqa: S603 - ssh with the technician's own options
            self._argv(self._target, _PROBE), stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, stderr=None, check=False
        )
        if done.returncode == _SSH_FAILED:
            raise LineLost(
                "The Pi cannot be reached, or did not let you in; what ssh says is above.",
                advice="Try `ssh` to it yourself: name, network, user, key, and the host key in known_hosts.",
            )
        lines = [line.split()[1:] for line in done.stdout.decode(errors="replace").splitlines() if _MARK in line]
        if len(lines) != 1 or len(lines[0]) != 2:
            raise Refused(
                "This is no machine that answers like a Raspberry Pi OS.",
                advice="Log in yourself and look: a shell with `id`, `sudo` and `python3` is needed.",
            )
        python, root = lines[0]
        _refuse_python(python)
        return python, root

    def opens_by_key(self) -> bool:
        """Whether a key of this laptop opens the Pi, without a question to anybody: proven by a log-in of its own."""
        by_key = ("-o", "BatchMode=yes", "-o", "PreferredAuthentications=publickey")
        argv = self._argv(self._target, "true", shared=False)
        argv[1:1] = by_key  # before the technician's own, of which one could allow a password
        try:
            done = subprocess.run(  # noqa: S603
                argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
                timeout=_BY_KEY_S,
            )  # fmt: skip
        except subprocess.TimeoutExpired:  # a key that wants to be touched
            return False
        return done.returncode == 0

    # ---- the agent

    def start(self, root: str) -> None:
        """Have the agent run there as root. Raises Refused: nobody may become root."""
        word = b""
        if root == "none":
            raise Refused(
                "This user cannot become root on the Pi: sudo is not there.",
                advice="Log in as root, or as the user that the Raspberry Pi Imager made.",
            )
        sudo = ""
        if root == "free":
            sudo = "sudo -n "
        elif root == "asks":
            word = self._password()
            sudo = "env LC_ALL=C sudo -k -S -p '' "  # what it says is read below; env, for shells that know no VAR=x
        self._agent = subprocess.Popen(  # noqa: S603
            self._argv(self._target, f"exec {sudo}{command()}"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
        )
        self._ear.start()  # first: `close` waits for it, also if nobody is there to be sent anything
        self._send(word + parcel())
        threading.Thread(target=self._ping, daemon=True).start()

    def _password(self) -> bytes:
        if not _has_terminal():
            raise Refused(
                "sudo on the Pi asks for a password, and there is no terminal to ask you at.",
                advice="Run this at a terminal, or log in as a user who needs none (`--ssh-option -luser`).",
            )
        try:
            return getpass.getpass("Your password on the Pi (for sudo): ").encode() + b"\n"
        except EOFError as error:
            raise Refused("No password was given.", advice="Run the same command again.") from error

    def ask(self, do: str, say: Say = lambda _text: None, piece: bytes = b"", **more: object) -> dict[str, Any]:
        """The answer of the agent; what it says on the way goes to `say`. Raises what it raised; LineLost."""
        self.post(do, piece, **more)
        return self.answer(say)

    def post(self, do: str, piece: bytes = b"", **more: object) -> None:
        """A request whose answer is fetched later: pieces of a bundle go out without waiting for each."""
        self._send(json.dumps({"do": do, "bytes": len(piece)} | more).encode() + b"\n" + piece)

    def answer(self, say: Say = lambda _text: None) -> dict[str, Any]:
        """The next answer."""
        while True:
            said = self._answers.get()
            if said is None:
                self._lost()
            if "say" in said:
                say(str(said["say"]))
            elif "error" in said:
                error = said["error"]
                raise KINDS.get(error["kind"], StepFailed)(
                    error["problem"], advice=error["advice"], detail=str(error.get("detail", ""))
                )
            else:
                return dict(said["ok"])

    def close(self) -> None:
        """End the agent and the line."""
        self._closed.set()
        if self._agent is not None:
            with suppress(OSError):
                assert self._agent.stdin is not None
                self._agent.stdin.close()
            try:
                self._agent.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._agent.terminate()
                self._agent.wait()
            self._ear.join()
            assert self._agent.stdout is not None
            self._agent.stdout.close()
        subprocess.run(  # noqa: S603
            self._argv("-O", "exit", self._target), check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._said.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _send(self, words: bytes) -> None:
        assert self._agent is not None
        assert self._agent.stdin is not None
        try:
            with self._writing:
                self._agent.stdin.write(words)
                self._agent.stdin.flush()
        except OSError:
            self._lost()

    def _listen(self) -> None:
        assert self._agent is not None
        assert self._agent.stdout is not None
        out: IO[bytes] = self._agent.stdout
        while line := out.readline():
            with suppress(ValueError):  # what a .bashrc says, perhaps without the end of a line, is no answer
                said = json.loads(line[max(line.find(b"{"), 0) :])
                if isinstance(said, dict) and not {"say", "error", "ok"}.isdisjoint(said):
                    self._answers.put(said)
        self._answers.put(None)

    def _ping(self) -> None:
        while not self._closed.wait(PING_EVERY_S):
            with suppress(LineLost):
                self._send(b'{"do": "ping"}\n')

    def _lost(self) -> NoReturn:
        self._said.seek(0)
        said = self._said.read()[-1500:].decode(errors="replace").strip()
        if "incorrect password" in said or "not in the sudoers" in said or "may not run sudo" in said:
            raise Refused(
                "sudo on the Pi did not make you root.",
                advice="Use the user that the Raspberry Pi Imager made, and its password.",
                detail=said,
            )
        raise LineLost(
            "The line to the Pi was cut.",
            advice="Run the same command again: it goes on from here.",
            detail=said,
        )


def _refuse_python(version: str) -> None:
    found = tuple(int(part) for part in version.split(".") if part.isdigit())
    if found < OLDEST_PYTHON:
        have = "no Python" if version == "none" else f"Python {version}"
        raise Refused(
            f"This machine has {have}; Wren needs 3.11 or newer.",
            advice="Put Raspberry Pi OS Bookworm or Trixie (64-bit) on the card, and run this again.",
        )


def _has_terminal() -> bool:
    """Whether somebody can be asked, wherever standard input comes from."""
    try:
        with Path("/dev/tty").open("rb"):
            return True
    except OSError:
        return False
