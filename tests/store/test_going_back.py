"""Files that the next version has migrated, used by this one after it was gone back to (RELIABILITY, row 27)."""

import dataclasses
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.errors import StoreError
from gateway.store.habit_days import HabitDay
from gateway.store.journal import LAYOUT, Journal
from gateway.store.migrations import HOME, OUTBOX, Migration
from gateway.store.opening import open_database
from gateway.store.outbox import LAYOUT as OUTBOX_LAYOUT
from gateway.store.outbox import Outbox
from gateway.store.outbox_reader import OutboxReader
from models.vocabulary import Habit, HabitTable, Reading
from tests.store.make import alert, rows

TABLES = {
    "home": ("meta", "sensors", "inputs", "checkpoints", "habit_days"),
    "outbox": ("meta", "messages", "alerts", "statuses", "trail"),
}


def next_one(kind: str) -> Migration:
    """Everything that a migration may do: a column with a default in every table, a table, an index."""
    return Migration(
        "0099_next",
        (
            *(f"ALTER TABLE {table} ADD COLUMN later TEXT NOT NULL DEFAULT 'new'" for table in TABLES[kind]),
            "CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT",
            f"CREATE INDEX later_index ON {TABLES[kind][1]} (later)",
        ),
    )


def migrated(path: Path, kind: str, migration: Migration) -> None:
    """What the next version does when it is started once and stopped."""
    layout = LAYOUT if kind == "home" else OUTBOX_LAYOUT
    connection, opened = open_database(path, dataclasses.replace(layout, migrations=(*layout.migrations, migration)))
    assert opened.moved_aside is None
    with connection.transaction() as raw:
        raw.execute("INSERT INTO later VALUES (7)") if "CREATE TABLE later" in str(migration.statements) else None
    connection.close()


def later(path: Path, table: str) -> list[str]:
    with closing(sqlite3.connect(path)) as raw:
        return [value for (value,) in raw.execute(f"SELECT later FROM {table}")]


def test_a_home_of_the_next_version_is_used_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "home.db"
    journal = Journal.open(path)
    journal.append(rows(1, 6), alive_ms=5)
    journal.save_checkpoint(6, {"version": 5}, 5)
    journal.close()
    migrated(path, "home", next_one("home"))

    journal = Journal.open(path)
    assert journal.opened.moved_aside is None
    assert list(journal.inputs()) == rows(1, 6)
    journal.append([(9, Reading(9_000, "new-sensor", 1.0))], alive_ms=9)
    journal.save_checkpoint(9, {"version": 5, "mine": True}, 9)
    assert journal.reserve()[0] > 9
    checkpoint = journal.latest_checkpoint()
    assert checkpoint is not None
    assert checkpoint.state == {"version": 5, "mine": True}
    assert list(journal.habit_days()) == []
    journal.close()
    assert later(path, "inputs") == ["new"] * 7
    assert set(later(path, "sensors")) == {"new"}
    assert not list(tmp_path.glob("*corrupt*"))

    # and the next version comes back: its own is still there, and it takes over what was written meanwhile
    layout = dataclasses.replace(LAYOUT, migrations=(*HOME, next_one("home")))
    connection, opened = open_database(path, layout)
    assert opened.moved_aside is None
    assert connection.rows("SELECT count(*), min(later) FROM inputs") == [(7, "new")]
    assert connection.rows("SELECT id FROM later") == [(7,)]
    connection.close()


def test_daily_counts_of_the_next_version_are_read_and_written(tmp_path: Path) -> None:
    path = tmp_path / "home.db"
    Journal.open(path).close()
    migrated(path, "home", next_one("home"))
    journal = Journal.open(path)
    table = HabitTable("r1", "2026-11-20", 0, (Habit("tap", 9.0, 7.0, 12.0, None, "same"),))
    journal.append([], tables=[table])
    (day,) = journal.habit_days()
    assert isinstance(day, HabitDay)
    assert (day.day, day.habit, day.observed) == ("2026-11-20", "tap", 9.0)
    journal.close()


def test_an_outbox_of_the_next_version_is_used_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    outbox = Outbox.open(path)
    outbox.add([alert("a")])
    outbox.close()
    migrated(path, "outbox", next_one("outbox"))
    outbox = Outbox.open(path)
    assert outbox.opened.moved_aside is None
    assert outbox.add([alert("a"), alert("b")]) == [False, True]
    outbox.add_status("s" * 32, 5, lambda seq: b"{}")
    assert [one.id for one in outbox.open_alerts()] == ["a", "b"]
    outbox.close()
    with OutboxReader(path) as reader:
        assert [one.id for one in reader.messages()] == ["a", "b"]
    assert set(later(path, "trail")) == {"new"}


@pytest.mark.parametrize("kind", ["home", "outbox"])
def test_once_something_was_taken_away_older_versions_refuse(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"{kind}.db"
    known = len(HOME if kind == "home" else OUTBOX)
    (Journal if kind == "home" else Outbox).open(path).close()
    migrated(path, kind, Migration("0099_less", (f"ALTER TABLE {TABLES[kind][1]} RENAME TO gone",), needs=known + 1))
    with pytest.raises(StoreError, match="A newer version of Wren wrote"):
        (Journal if kind == "home" else Outbox).open(path)


def test_every_statement_that_writes_names_its_columns() -> None:
    root = Path(__file__).parents[2] / "gateway"
    nameless = re.compile(r"INSERT (?:OR REPLACE )?INTO (?:\{\w+\}|\w+) (?:VALUES|SELECT)")
    exempt = {"copying.py"}  # copies the schema, too
    found = [
        f"{path.name}: {match[0]}"
        for path in [*(root / "store").glob("*.py"), *(root / "uplink").glob("*.py")]
        if path.name not in exempt
        for match in nameless.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []
