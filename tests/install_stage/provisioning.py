"""`scripts/provision` as a technician runs it, timed; and cut off, at each of its steps."""

import json
import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

from gateway.provision.steps import NAMES
from tests.install_stage import pi
from tests.install_stage.desk import Desk
from tests.stages.claims import check, note, title

MOST_S: Final = 600.0
"""The issue's bound: a blank root to a live home, hands off."""

FOUND: Final = 7
"""What it ends with when all is installed and `wren doctor` names something to mend: no clock is set here, say."""

HERE: Final = Path(__file__).parent


Cut = Callable[["subprocess.Popen[str]"], None]
"""Ends something; given the process on the laptop."""


class Run(NamedTuple):
    """How it ended, how long it took, its lines, and what it said on standard error."""

    code: int
    seconds: float
    lines: list[dict[str, Any]]
    said: str

    def took(self) -> dict[str, float]:
        """Seconds of each step that was done."""
        return {line["step"]: line["seconds"] for line in self.lines if line.get("state") == "done"}


class Technician:
    """A laptop with a clone of Wren, this bundle, and the desk's word, for one gateway: it is always the same command.

    Args:
        bundles: the folder with what was handed out.
        desk: which makes a token.
        log: where the laptop keeps its record.
    """

    def __init__(self, bundles: Path, desk: Desk, log: Path) -> None:
        files = {"--bundle": bundles / "first.tar", "--signers": bundles / "signers", "--home": HERE / "home.toml",
                 "--desk-ca": desk.ca}  # fmt: skip
        self._files = [str(word) for pair in files.items() for word in pair] + ["--log", str(log), "--json"]
        self._token, fingerprint = desk.token()
        self._files += ["--token-file", "-", "--desk-fingerprint", fingerprint]

    def provisions(self, cut_at: str = "", cut: Cut | None = None) -> Run:
        """Run it; when it says that the step `cut_at` has begun, `cut` is called with its process."""
        began = time.monotonic()
        process = subprocess.Popen(
            ["scripts/provision", pi.TARGET, *self._files], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        said: list[str] = []
        ear = threading.Thread(target=lambda: said.extend(process.stderr or ()), daemon=True)
        ear.start()
        process.stdin.write(self._token)
        process.stdin.close()
        lines: list[dict[str, Any]] = []
        for text in process.stdout:
            lines.append(json.loads(text))
            if cut is not None and (lines[-1]["step"], lines[-1].get("state")) == (cut_at, "begun"):
                cut(process)
                cut = None
        code = process.wait(60)
        ear.join(5)
        return Run(code, time.monotonic() - began, lines, "".join(said))


def is_one_command(technician: Technician) -> Run:
    """From a blank root to a home that is watched."""
    title("one command: scripts/provision")
    run = technician.provisions()
    for line in run.lines:
        if line.get("state") != "begun":
            words = " | ".join(line.get("says", []))
            note(f"{line.get('seconds', 0):6.1f} s  {line['step']:9} {line.get('state', '')} {words}"[:300])
    for text in run.said.splitlines():
        note(text)
    check("it ends with 0, or with 7 (all is installed, and doctor names something)", run.code in (0, FOUND))
    late = "LATE: " if run.seconds > MOST_S else ""
    note(f"{late}blank root to live home, hands off: {run.seconds:.0f} s (bound: {MOST_S:.0f} s)")
    check("the daemon and the uplink are up", [pi.is_active(f"{unit}.service") for unit in ("wren", "wren-uplink")],
          want=[True, True])  # fmt: skip
    check("no unit has failed", pi.failed_units(), want=[])
    return run


EXPECTED: Final = {
    "disk.type": "the root lies in memory",
    "network.way": "there is no network but a loopback",
}
"""What `wren doctor` rightly names here, and why."""


def is_sound() -> None:
    """`wren doctor` names what this container lacks, and nothing else."""
    title("wren doctor")
    found = pi.wren("doctor", ok=(0, 1))
    failed = {one["check"]: one["why"] for one in found["findings"] if one["state"] == "fail"}
    for name, says in failed.items():
        note(f"{name}: {says} (here: {EXPECTED.get(name, 'NOT EXPECTED')})")
    check("it finds what this container lacks, and nothing else", sorted(failed), want=sorted(EXPECTED))


def a_second_run_changes_nothing(technician: Technician) -> None:
    title("the same command again")
    before = tree()
    run = technician.provisions()
    done = [line["step"] for line in run.lines if line.get("state") == "done"]
    note(f"{run.seconds:.1f} s; done: {', '.join(done)}")
    check("it ends as before", run.code in (0, FOUND))
    check("nothing has changed", _differences(before, tree()), want=[])


def laptop_dies(process: "subprocess.Popen[str]") -> None:
    """kill -9 of all that runs on the laptop: its battery."""
    os.killpg(process.pid, signal.SIGKILL)


def agent_dies(_process: "subprocess.Popen[str]") -> None:
    """kill -9 of what works as root on the gateway."""
    for process in Path("/proc").iterdir():
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if words[:3] == [b"python3", b"-I", b"-B"]:  # as `gateway.provision.parcel` has it started
            os.kill(int(process.name), signal.SIGKILL)


Cuts = Callable[[str], Cut]
"""What ends the run in each step."""

CUTS: Final[dict[str, Cuts]] = {
    # before the third there is no agent on the gateway
    "both": lambda step: agent_dies if NAMES.index(step) in range(2, len(NAMES), 2) else laptop_dies,
    "laptop": lambda _step: laptop_dies,
    "agent": lambda _step: agent_dies,
}
"""By the name of the gateway on which it is tried."""


def is_cut_at_each_step(technician: Technician, took: dict[str, float], cuts: Cuts) -> None:
    """Cut off once in each step, somewhere within the time that it took in one piece."""
    deaths = sorted({(cuts(step).__doc__ or "").strip() for step in NAMES})
    title(f"cut off at each step ({' '.join(deaths)})")
    chance = random.Random(7)
    reached = []

    def after_a_while(process: "subprocess.Popen[str]") -> None:
        time.sleep(wait_s)
        cuts(step)(process)

    for step in NAMES:
        wait_s = chance.random() * took.get(step, 0.2)
        run = technician.provisions(step, after_a_while)
        begun = any(line["step"] == step and line.get("state") == "begun" for line in run.lines)
        is_cut = begun and run.code not in (0, FOUND)
        how = f"cut after {wait_s:.2f} s" if is_cut else "nothing to cut" if begun else "was done already"
        note(f"{step} ({cuts(step).__name__}): {how}; it ended with {run.code}")
        if is_cut:
            reached.append(step)
        elif run.code not in (0, FOUND):
            note(run.said.strip()[-500:])
    check(
        f"cut off in {len(reached)} of {len(NAMES)} steps, at the least in three of four",
        len(reached) * 4 >= len(NAMES) * 3,
    )


_TREE = """
import hashlib, json, os, stat, sys
found = {}
for top in ("/etc", "/opt/wren", "/usr/local/bin", "/var/lib/wren", "/var/lib/wren-uplink", "/var/lib/wren-release"):
    for folder, below, files in os.walk(top):
        below[:] = [name for name in below if name != "__pycache__"]
        for name in [*below, *files]:
            path = os.path.join(folder, name)
            try:
                at = os.lstat(path)
            except OSError:
                continue
            word = oct(at.st_mode), at.st_uid, at.st_gid
            if stat.S_ISLNK(at.st_mode):
                word = os.readlink(path)
            elif stat.S_ISREG(at.st_mode) and not path.startswith("/var"):
                with open(path, "rb") as file:
                    word = *word, hashlib.sha256(file.read()).hexdigest()
            found[path] = word
print(json.dumps(found))
"""

_OWN: Final = ("/etc/machine-id", "/etc/.updated", "/etc/ld.so.cache", "/etc/mtab", "/etc/.pwd.lock",
              "/var/lib/wren/private/portrait.json")  # fmt: skip
"""Each machine's own; and of data the databases' journals and the daemon's portrait, which come with time."""


def tree() -> dict[str, Any]:
    """Every file that counts: mode, owner, and, but for data, what is in it."""
    found: dict[str, Any] = json.loads(pi.root("python3", "-I", "-c", _TREE))
    return {path: word for path, word in found.items() if path not in _OWN and not path.endswith(("-wal", "-shm"))}


def _differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def ends_as(technician: Technician, whole: dict[str, Any]) -> None:
    """The last run of a gateway that was cut off again and again leaves what one run in one piece left."""
    run = technician.provisions()
    note(run.said.strip()[-500:])
    check("the last run ends with 0 or 7", run.code in (0, FOUND))
    check("and leaves, file by file, what a run in one piece leaves", _differences(whole, tree())[:20], want=[])
    check("the daemon and the uplink are up", [pi.is_active(f"{unit}.service") for unit in ("wren", "wren-uplink")],
          want=[True, True])  # fmt: skip
    check("no unit has failed", pi.failed_units(), want=[])
