"""A desk.db of the first version, kept as SQL text in `museum/` and never edited, becomes one of this."""

import sqlite3
import stat
from pathlib import Path

import pytest

from desk import schema
from desk.store import Store
from gateway.clock import ManualClock
from gateway.errors import StoreError

from .desk import HOME, Desk, alert, open_desk, status
from .test_erasing import erasure

MUSEUM = Path(__file__).parent / "museum"


@pytest.fixture
def first(tmp_path: Path) -> Path:
    path = tmp_path / "desk.db"
    with sqlite3.connect(path) as raw:
        raw.executescript((MUSEUM / "desk-v1.sql").read_text())
    raw.close()
    return path


def test_everything_of_the_first_version_is_still_there(first: Path, clock: ManualClock) -> None:
    clock.move_s(1000)
    with Store(first) as store:
        desk = open_desk(store, clock)
        state = desk.state()
        assert [(each["resident"], each["kind"]) for each in state["open_care"]] == [("r2", "late_start")]
        (closed,) = state["closed"]
        assert (closed["id"], closed["answered"]) == (alert().id, True)
        assert [step["said"] for step in closed["steps"]][-1] == "acknowledged"
        assert len(state["summaries"]) == 1
        assert [home["home"] for home in state["homes"]] == [HOME, "h-0002"]
        assert "No key is known of this home" in desk.text()
        assert store.database.rows("SELECT home, seq, status_seq FROM numbers ORDER BY home") == [
            (HOME, 5, 8),
            ("h-0002", 0, 3),
        ]


def test_a_migrated_desk_goes_on(first: Path, clock: ManualClock) -> None:
    with Store(first) as store:
        desk = open_desk(store, clock)
        desk.send(alert(6), status(9))
        (sealed,) = (desk.acknowledge(alert(6).id), *desk.send(status(10)).answers)[1:]
        assert sealed


def test_what_the_first_version_held_can_be_erased(first: Path, clock: ManualClock) -> None:
    """Also a message that this version can no longer read."""
    with Store(first) as store:
        desk = open_desk(store, clock)
        for number, resident in enumerate(("r1", "r2")):
            desk.send(erasure(100 + number, resident))
        assert store.database.rows("SELECT DISTINCT type FROM messages") == [("status",)]
        assert store.acknowledgements() == []
    held = first.read_bytes()
    for text in (b"another time", b"No movement seen", b"kitchen-tap-uses", b'"MO"'):
        assert text not in held


def test_what_the_first_version_had_deleted_is_gone_after_an_erasure(first: Path, clock: ManualClock) -> None:
    """It did not overwrite what it deleted: free pages still held the words."""
    with sqlite3.connect(first) as raw:
        raw.execute("PRAGMA secure_delete = OFF")
        for number in range(50, 90):
            row = (f"{number:032x}", HOME, "summary", number, "", 0, b"PLANTED-once " * 200)
            raw.execute("INSERT INTO messages VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)", row)
        raw.commit()
        raw.execute("DELETE FROM messages WHERE seq >= 50 AND type = 'summary'")
    raw.close()
    assert b"PLANTED-once" in first.read_bytes()
    with Store(first) as store:
        open_desk(store, clock).send(erasure())
    assert b"PLANTED-once" not in first.read_bytes()


def test_a_migration_that_fails_leaves_the_file_as_it_was(first: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = first.read_bytes()
    monkeypatch.setattr(schema, "_SECOND", (*schema._SECOND, "INSERT INTO nowhere VALUES (1)"))
    with pytest.raises(StoreError):
        Store(first)
    with sqlite3.connect(first) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (1,)
        assert raw.execute("SELECT count(*) FROM messages").fetchone() == (8,)
    raw.close()
    monkeypatch.undo()
    assert len(first.read_bytes()) == len(before)
    Store(first).close()


def test_a_new_file_and_a_migrated_one_have_the_same_tables(first: Path, tmp_path: Path) -> None:
    found = []
    for path in (first, tmp_path / "new.db"):
        with Store(path) as store:
            found.append(sorted(store.database.rows("SELECT type, name, tbl_name FROM sqlite_schema")))
            assert store.database.rows("PRAGMA user_version") == [(schema.VERSION,)]
    assert found[0] == found[1]


def test_a_newer_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    with Store(path) as store:
        store.database.raw.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="newer version"):
        Store(path)
    assert path.read_bytes() == before


def test_a_new_file_is_for_the_desk_alone(tmp_path: Path, desk: Desk) -> None:
    desk.send(alert())
    assert stat.S_IMODE((tmp_path / "desk.db").stat().st_mode) == 0o600
