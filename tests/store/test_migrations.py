"""Databases of every version that was ever released, kept as SQL text in `museum/` and never edited."""

import dataclasses
import hashlib
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.errors import StoreError
from gateway.store.habit_days import HabitDay
from gateway.store.journal import LAYOUT, Journal
from gateway.store.migrations import HOME, Migration
from gateway.store.opening import open_database
from gateway.store.outbox import OpenAlert, Outbox
from gateway.store.outbox_reader import OutboxReader
from gateway.store.trail import ZERO, Head
from tests.store.make import alert, rows
from tests.store.test_trail import follows

MUSEUM = Path(__file__).parent / "museum"

SECOND = Migration(
    "0003_test",
    (
        "ALTER TABLE inputs ADD COLUMN boot INTEGER NOT NULL DEFAULT 0",
        "CREATE TABLE boots (id INTEGER PRIMARY KEY) STRICT",
    ),
)
FAILING = Migration(
    "0004_test", ("CREATE TABLE third (id INTEGER PRIMARY KEY) STRICT", "INSERT INTO nowhere VALUES (1)")
)


def from_museum(name: str, path: Path) -> Path:
    with sqlite3.connect(path) as raw:
        raw.executescript((MUSEUM / f"{name}.sql").read_text())
    raw.close()
    return path


def schema_of(path: Path) -> set[tuple[str, ...]]:
    with sqlite3.connect(path) as raw:
        found = raw.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE '_sqlite%'"
        ).fetchall()
    raw.close()
    return {tuple(" ".join(str(part).replace('"', "").split()) for part in row) for row in found}


def names_of(path: Path) -> list[str]:
    with sqlite3.connect(path) as raw:
        names = [name for (name,) in raw.execute("SELECT name FROM _sqlite_migrations ORDER BY id")]
    raw.close()
    return names


def test_a_home_of_version_1_is_read(tmp_path: Path) -> None:
    path = from_museum("home-v1", tmp_path / "home.db")
    journal = Journal.open(path)
    assert journal.opened.stopped_cleanly
    assert list(journal.inputs()) == rows(1, 6)
    assert journal.alive_ms() == 1_700_000_031_000
    assert journal.reserve()[0] == 1_001
    latest = journal.latest_checkpoint()
    assert latest is not None
    assert (latest.seq, latest.state) == (6, {"version": 1})
    journal.close()
    Journal.open(tmp_path / "new.db").close()
    assert schema_of(path) == schema_of(tmp_path / "new.db")


def test_a_home_of_version_2_is_read(tmp_path: Path) -> None:
    path = from_museum("home-v2", tmp_path / "home.db")
    journal = Journal.open(path)
    assert list(journal.inputs()) == rows(1, 6)
    assert list(journal.habit_days()) == [
        HabitDay("2023-11-14", "r1", "tap", 9.0, None, None, None, "same"),
        HabitDay("2023-11-14", "r1", "tap-morning", 3.0, 1.0, 5.0, 2.5, "same"),
    ]
    journal.close()
    Journal.open(tmp_path / "new.db").close()
    assert schema_of(path) == schema_of(tmp_path / "new.db")


def test_an_outbox_of_version_1_is_read(tmp_path: Path) -> None:
    path = from_museum("outbox-v1", tmp_path / "outbox.db")
    outbox = Outbox.open(path)
    assert [(m.seq, m.id[0]) for m in outbox.messages()] == [(1, "a"), (2, "b"), (3, "d"), (4, "e")]
    assert outbox.open_alerts() == [OpenAlert("a" * 32, "r1", "inactivity", 940)]
    assert outbox.add([alert("a" * 32)]) == [False]
    with OutboxReader(path) as reader:
        assert reader.statuses()[0].body == b'{"seq":1}'
        found = list(reader.trail())
    kept = [("heartbeat", "c"), ("message", "a"), ("message", "b"), ("message", "d"), ("message", "e")]
    assert [(one.n, one.what, one.ref[:1]) for one in found] == [
        (1, "begun", ""), *((n, *one) for n, one in enumerate(kept, 2))
    ]  # fmt: skip
    assert all(one.body and hashlib.sha256(one.body).hexdigest() == one.sha256 for one in found)
    outbox.close()
    outbox = Outbox.open(path)
    assert outbox.trail.head().entries == 6, "what was taken up is not taken up again"
    outbox.close()
    Outbox.open(tmp_path / "new.db").close()
    assert schema_of(path) == schema_of(tmp_path / "new.db")


def test_an_outbox_of_version_2_is_read(tmp_path: Path) -> None:
    path = from_museum("outbox-v2", tmp_path / "outbox.db")
    outbox = Outbox.open(path)
    assert [(m.seq, m.id[0]) for m in outbox.messages()] == [(1, "a"), (2, "b")]
    with OutboxReader(path) as reader:
        found = list(reader.trail())
    assert [(one.n, one.what) for one in found] == [
        (1, "begun"), (2, "told"), (3, "message"), (4, "message"), (5, "heartbeat"), (6, "stop")
    ]  # fmt: skip
    assert follows(found, Head(0, ZERO))
    outbox.close()
    Outbox.open(tmp_path / "new.db").close()
    assert schema_of(path) == schema_of(tmp_path / "new.db")


def test_a_migration_copies_first_and_comes_with_its_record(tmp_path: Path) -> None:
    path = from_museum("home-v2", tmp_path / "home.db")
    connection, opened = open_database(path, dataclasses.replace(LAYOUT, migrations=(*HOME, SECOND)))
    assert opened.stopped_cleanly
    assert connection.rows("SELECT count(*), sum(boot) FROM inputs") == [(6, 0)]
    connection.close()
    assert names_of(path) == ["0001_journal", "0002_habit_days", "0003_test"]

    copy = tmp_path / "home.db.before-0003_test"
    assert names_of(copy) == ["0001_journal", "0002_habit_days"]
    path.unlink()
    copy.rename(path)  # the way back
    journal = Journal.open(path)
    assert list(journal.inputs()) == rows(1, 6)
    journal.close()


def test_a_migration_that_fails_leaves_the_old_version(tmp_path: Path) -> None:
    path = from_museum("home-v2", tmp_path / "home.db")
    before = schema_of(path)
    for _ in range(2):
        with pytest.raises(sqlite3.OperationalError, match="nowhere"):
            open_database(path, dataclasses.replace(LAYOUT, migrations=(*HOME, SECOND, FAILING)))
    assert schema_of(path) == before  # the second went well, and goes back with the third
    assert names_of(path) == ["0001_journal", "0002_habit_days"]
    journal = Journal.open(path)
    assert list(journal.inputs()) == rows(1, 6)
    journal.close()


@pytest.mark.parametrize("kind", ["home", "outbox"])
def test_a_newer_version_that_took_something_away_is_refused_and_left_untouched(tmp_path: Path, kind: str) -> None:
    path = from_museum(f"{kind}-v1", tmp_path / f"{kind}.db")
    with sqlite3.connect(path) as raw:
        raw.execute("INSERT INTO _sqlite_migrations VALUES (9, 'wren', '0009_later', 'some day')")
        raw.execute("INSERT INTO meta VALUES ('needs', 9)")
    raw.close()
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(StoreError, match="newer version") as refused:
        Journal.open(path) if kind == "home" else Outbox.open(path)
    assert f"{path.name}.before-0009_later" in refused.value.advice
    if kind == "outbox":
        with OutboxReader(path) as reader, pytest.raises(StoreError, match="newer version"):
            reader.pending(set())
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_old_copies_go_with_the_retention(tmp_path: Path) -> None:
    path = tmp_path / "home.db"
    copy = tmp_path / "home.db.before-0001_journal"
    copy.touch()
    journal = Journal.open(path)
    written_ms = copy.stat().st_mtime_ns // 1_000_000
    journal.prune(written_ms - 1)
    assert copy.exists()
    journal.prune(written_ms + 1)
    assert not copy.exists()
    journal.close()


def test_sqlite_utils_is_imported_only_to_migrate(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from gateway.store.ledger import Ledger\n"
        "Ledger.open(Path(sys.argv[1])).stop(); print('sqlite_utils' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    said = [subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout for _ in range(2)]
    assert said == ["True\n", "False\n"]
