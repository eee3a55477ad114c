"""The processes of a trial by kill -9, and the home that they share."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
HOME: Final = "h-killed"
RESIDENTS: Final = 8
"""Each with a button: a second press within ten minutes is news of the same alert, a message of its own."""


@contextmanager
def process(*arguments: str | Path, show: bool = False, **environ: str) -> Iterator["subprocess.Popen[str]"]:
    """A `wren` command in a process of its own, killed at the end if it is still there."""
    with subprocess.Popen(
        [sys.executable, "-m", "gateway", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if show else subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **environ},
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def home_toml(folder: Path, url: str, ca_file: str) -> str:
    """Eight residents with a button and three other sensors each."""
    people = range(1, RESIDENTS + 1)
    sensors = "".join(
        f'[[sensors]]\nid = "{name}-{number}"\nkind = "{kind}"\nplace = "{place}"\nresident = "r{number}"\n'
        for number in people
        for name, kind, place in (
            ("button", "button", "lounge"),
            ("hall", "motion", "hallway"),
            ("chair", "seat", "lounge"),
            ("bed", "bed", "bedroom"),
        )
    )
    return f"""
[home]
id = "{HOME}"
timezone = "Europe/London"
[gateway]
pin_factory = "mock"
data_dir = "{folder / "data"}"
[uplink]
url = "{url}"
ca_file = "{ca_file}"
data_dir = "{folder / "uplink"}"
[[recipients]]
id = "team"
hours = "24h"
[alerts.help_button]
reason = "a trial"
owner = "team"
{"".join(f'[[residents]]{chr(10)}id = "r{number}"{chr(10)}' for number in people)}
{sensors}"""
