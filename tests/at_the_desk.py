"""A gateway gets to know a desk as a technician has it: a token made at the desk, `wren enrol` on the gateway.

Both are the commands themselves, in processes of their own. Without a network: tests/enrolled.py.
"""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]

_FINGERPRINT: Final = re.compile(r"\b[0-9a-f]{8}(?: [0-9a-f]{8}){3}\b")


def token(desk_folder: Path, home: str, *options: str) -> tuple[str, str]:
    """A new token for `home`, and the desk's fingerprint."""
    told = _wren("desk", "token", home, *options, "--data", desk_folder)
    assert told.returncode == 0, told.stderr
    fingerprint = _FINGERPRINT.search(told.stderr)
    assert fingerprint, told.stderr
    return told.stdout.strip(), fingerprint[0]


def enrol(desk_folder: Path, config_path: Path, home: str, *options: str) -> str:
    """Enrol the home of `config_path` at the desk that keeps its things in `desk_folder`; returns what was said."""
    word, fingerprint = token(desk_folder, home, *options)
    told = _wren("enrol", "--config", config_path, "--desk-fingerprint", fingerprint, text=f"{word}\n")
    assert told.returncode == 0, told.stderr
    return told.stdout


def _wren(*arguments: str | Path, text: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "gateway", *map(str, arguments)],
        input=text, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False,
    )  # fmt: skip
