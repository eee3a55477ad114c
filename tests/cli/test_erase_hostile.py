"""An erasure in whose way somebody in the messenger stands: it is done all the same, and root is led nowhere."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from gateway.config.places import places_of
from gateway.rights.erasing import erase
from gateway.transcript import read

from .lived import lived
from .test_erase import ERASED_S, OF_ALL, left, planted


def victim(folder: Path) -> Path:
    """A database of somebody else, elsewhere on this machine."""
    path = folder / "victim" / "accounts.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript("CREATE TABLE answers (seq, payload); INSERT INTO answers VALUES (1, 'not base64');")
    return path


def a_link(uplink_db: Path, elsewhere: Path) -> None:
    uplink_db.unlink()
    uplink_db.symlink_to(elsewhere)


def a_pipe(uplink_db: Path, _: Path) -> None:
    uplink_db.unlink()
    os.mkfifo(uplink_db)


def a_folder(uplink_db: Path, _: Path) -> None:
    uplink_db.unlink()
    (uplink_db / "deep").mkdir(parents=True)


def written(sql: str) -> Callable[[Path, Path], None]:
    def write(uplink_db: Path, _: Path) -> None:
        with closing(sqlite3.connect(uplink_db)) as raw:
            raw.executescript(sql)

    return write


HOSTILE = {
    "a link": a_link,
    "a pipe": a_pipe,
    "a folder": a_folder,
    "a view": written(f"DROP TABLE receipts; CREATE VIEW receipts AS SELECT '{3:032x}' AS id, 'alert' AS type"),
    "no table": written("DROP TABLE answers"),
    "a trigger": written("CREATE TRIGGER no BEFORE DELETE ON receipts BEGIN SELECT RAISE(ABORT, 'no'); END"),
    "a number": written(
        "DROP TABLE answers; CREATE TABLE answers (seq, payload); INSERT INTO answers VALUES (1, 7), (2, x'00')"
    ),
}


@pytest.mark.parametrize("place", HOSTILE.values(), ids=list(HOSTILE))
def test_whatever_lies_in_the_place_of_the_messengers_file(tmp_path: Path, place: Callable[[Path, Path], None]) -> None:
    config = lived(tmp_path)
    places = places_of(config)
    other = victim(tmp_path)
    before = other.read_bytes()
    place(places.uplink_db, other)
    erase(config, "r2", now_s=ERASED_S)
    assert other.read_bytes() == before
    assert left(tmp_path, {**planted("r2"), **OF_ALL}) == ["a message's body"]  # in the word to the desk alone
    assert "erasure" in {entry.type for entry in read(places).waiting()}
