"""The script that shows what a dead sensor leads to: run as people run it, on a simulated life."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("more", [[], ["--link"], ["--sensor", "no-such"]])
def test_it_shows_the_technicians_message_and_the_summaries(more: list[str]) -> None:
    script = [sys.executable, str(ROOT / "scripts" / "killed_sensor.py"), *more]
    done = subprocess.run(script, capture_output=True, text=True, check=False, cwd=ROOT)
    if "no-such" in more:
        assert (done.returncode, "There is no sensor no-such" in done.stderr) == (2, True)
        return
    assert done.returncode == 0, done.stdout + done.stderr
    assert "to the technician: sensor_silent" in done.stdout
    assert "to do: " in done.stdout
    assert "sensor_silent resolved: The sensor kitchen-motion (motion, kitchen) is heard again" in done.stdout
    assert "summary of the week" in done.stdout
    assert "1 told to the technician; 0 to carers" in done.stdout
