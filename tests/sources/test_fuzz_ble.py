"""The radio's doors under payloads that no device would send; `scripts/fuzz_ble.py` runs a million of them."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_forty_thousand_payloads_raise_nothing(seed: int) -> None:
    script = [sys.executable, "scripts/fuzz_ble.py", "--payloads", "40000", "--seed", str(seed)]
    done = subprocess.run(script, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert "no exception" in done.stdout
    assert done.stderr == ""  # the library keeps its warnings to itself
