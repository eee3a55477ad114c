"""The watch on the recordings in what the unit takes away: other mounts, and memory that is writable and executable."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[2] / "systemd" / "wren.service"

CHILD = """
import asyncio, ctypes, sys
from pathlib import Path
from gateway.trail.recordings import Recordings

PR_SET_NO_NEW_PRIVS, PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN = 38, 65, 1
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
libc.prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0)  # Linux 6.3 and later

async def main():
    seen = asyncio.Event()
    watch = asyncio.create_task(Recordings(Path(sys.argv[1]), seen.set).run(lambda: print("watching", flush=True)))
    done, _ = await asyncio.wait({watch, asyncio.create_task(seen.wait())}, return_when=asyncio.FIRST_COMPLETED)
    if watch in done:
        watch.result()
    print("seen", flush=True)

asyncio.run(main())
"""


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("unshare"), reason="only root makes a mount namespace")
@pytest.mark.timeout(60)
def test_it_sees_from_mounts_of_its_own(tmp_path: Path) -> None:
    home_db = tmp_path / "home.db"
    home_db.write_bytes(b"recordings")
    command = ["unshare", "--mount", "--propagation", "private", sys.executable, "-c", CHILD, str(home_db)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "watching\n"
        subprocess.run(["cat", str(home_db)], check=True, stdout=subprocess.DEVNULL)
        assert child.stdout.readline() == "seen\n"
    assert child.returncode == 0


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
def test_the_units_filter_lets_inotify_through() -> None:
    lines = re.findall(r"^SystemCallFilter=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE)
    allowed, taken = lines[0].split(), [name for line in lines[1:] for name in line.removeprefix("~").split()]
    assert all(not name.startswith("~") for name in allowed)
    through = {call for name in allowed for call in _calls(name)} - {call for name in taken for call in _calls(name)}
    assert {"inotify_init", "inotify_init1", "inotify_add_watch"} <= through


def _calls(name: str) -> set[str]:
    if not name.startswith("@"):
        return {name}
    shown = subprocess.run(
        ["systemd-analyze", "syscall-filter", name], check=True, capture_output=True, text=True
    ).stdout
    calls = {line.strip() for line in shown.splitlines()[1:] if line.strip() and not line.strip().startswith("#")}
    return {call for one in calls for call in (_calls(one) if one.startswith("@") else {one})}
