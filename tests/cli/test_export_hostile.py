"""An export of a home in whose messenger somebody sat: it is made all the same, and nothing in it bites."""

import json
import os
import re
import zipfile
from pathlib import Path

import pytest

from gateway.config.places import places_of
from gateway.config.tables import Config

from .lived import lived
from .test_export import _no_daemon, exported, table

__all__ = ["_no_daemon"]

PLAIN = re.compile(r"[A-Za-z0-9%][A-Za-z0-9._~%@+-]*(?:/[A-Za-z0-9%][A-Za-z0-9._~%@+-]*)*")


@pytest.fixture
def home(tmp_path: Path) -> Config:
    return lived(tmp_path)


NAMES = [
    b"x\\..\\..\\evil.exe",
    b"a\nb",
    b"\xff\xfe",
    b"C:evil",
    b"uplink.db.\x1b[2J",
    b"-rf",
    b"portrait.json",
    b"nul. ",
]


@pytest.mark.parametrize("out", ["out", "out.zip"])
def test_no_name_of_a_file_stands_in_the_way_or_leads_out_of_it(home: Config, tmp_path: Path, out: str) -> None:
    uplink = places_of(home).uplink
    for name in NAMES:
        Path(os.fsdecode(bytes(uplink) + b"/" + name)).write_bytes(name)
    (uplink / "key.pem.new").write_text("the gateway's next secret")
    made = exported(home, tmp_path / out)
    if made.is_dir():
        files = {str(path.relative_to(made)): path.read_bytes() for path in made.rglob("*") if path.is_file()}
    else:
        with zipfile.ZipFile(made) as packed:
            assert len(set(packed.namelist())) == len(packed.namelist())
            files = {name: packed.read(name) for name in packed.namelist()}
    assert [name for name in files if not PLAIN.fullmatch(name)] == []
    assert set(NAMES) <= set(files.values()), "nothing that is held is left out"
    assert not [name for name, content in files.items() if b"secret" in content]
    manifest = json.loads(files["manifest.json"])["files"]
    assert manifest.keys() == files.keys() - {"manifest.json"}


def test_an_answer_of_brackets_is_handed_over_as_it_is(home: Config, tmp_path: Path) -> None:
    import base64
    import sqlite3
    from contextlib import closing

    deep = base64.b64encode(b"[" * 1500 + b"]" * 1500).decode()
    with closing(sqlite3.connect(places_of(home).uplink_db)) as raw:
        raw.execute("INSERT INTO answers VALUES (?, ?, ?, ?)", (99, deep, "AAAA", "2026-11-20T14:02:00Z"))
        raw.commit()
    rows = table(exported(home, tmp_path / "out"), "answers")
    assert rows[-1]["payload"] == deep
    exported(home, tmp_path / "of-one", "--resident", "r1")
