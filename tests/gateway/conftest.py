"""The `wren` command in this process."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from gateway.__main__ import main


class Ended(NamedTuple):
    """What a command came to."""

    code: int
    out: bytes
    err: str


Wren = Callable[..., Ended]


@pytest.fixture
def wren(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Wren:
    """Run `wren` with these arguments to its end."""

    def run(*arguments: str | Path) -> Ended:
        monkeypatch.setattr(sys, "argv", ["wren", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return Ended(int(ended.value.code or 0), out, err.decode())

    return run
