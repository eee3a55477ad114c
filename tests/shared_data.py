"""Where the recordings to develop on are, in one place. None of them is part of the project."""

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("WREN_SHARED", Path(__file__).parents[2] / "shared")) / "data"
"""The folder that holds `homes/` and `ble/`: named by WREN_SHARED, or `shared` beside the repository."""


def shared(name: str) -> Path:
    """`name` within the recordings; skips the test, saying so, where they are absent."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the shared recordings are absent: no {name} (set WREN_SHARED)")
    return path
