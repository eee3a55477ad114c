"""`wren demo` tells its whole story, ends by itself and leaves nothing behind."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_the_demo_ends_well_and_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "home").mkdir()
    ended = subprocess.run(
        [sys.executable, "-m", "gateway", "demo", "--days", "5"],
        check=False,
        capture_output=True,
        text=True,
        timeout=55,
        cwd=Path(__file__).parents[2],
        env={
            **{name: value for name, value in os.environ.items() if name not in ("COLUMNS", "XDG_DATA_HOME")},
            "TMPDIR": str(tmp_path / "tmp"),
            "HOME": str(tmp_path / "home"),
            "COLUMNS": "100",
        },
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stderr == ""
    for kind in ("help button", "long stay", "inactivity"):
        assert len(re.findall(rf"URGENT {kind} · r1", ended.stdout)) >= 1, ended.stdout
    alerts = ended.stdout.count("URGENT") + ended.stdout.count("ATTENTION")
    assert ended.stdout.count("at the desk, with a receipt, after") == alerts
    assert re.search(r"left the house +\d+ messages, each with a receipt from the desk", ended.stdout)
    enrolled, believed = re.findall(r" ([0-9a-f]{8}(?: [0-9a-f]{8}){3})[,.]\n", ended.stdout)
    assert enrolled != believed
    assert "Nobody has acknowledged this" in ended.stdout
    heard = re.search(r"I am seeing to it\.\n +heard in the house, with the desk's seal, (\d+) s later", ended.stdout)
    assert heard
    assert int(heard[1]) <= 70  # of the story's time: a heartbeat a minute brings it
    assert "\x1b" not in ended.stdout
    assert list((tmp_path / "tmp").iterdir()) == []
    assert list((tmp_path / "home").iterdir()) == []
