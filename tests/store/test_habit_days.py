"""The daily counts in home.db: kept once, replaced by what is said again, forgotten, saved of a damaged file."""

import sqlite3
from pathlib import Path

import pytest

from gateway.store.habit_days import HabitDay
from gateway.store.journal import Journal
from gateway.store.ledger import Ledger
from models.vocabulary import Habit, HabitTable
from tests.store.make import rows


def table(day: str, count: float = 3.0, resident: str = "r1") -> HabitTable:
    habits = (Habit("tap-morning", count, 1.0, 5.0, 2.5, "same"), Habit("tap", count, None, None, None, "same"))
    return HabitTable(resident, day, 1_700_000_000, habits)


def observed(journal: Journal) -> list[tuple[str, str, str, float]]:
    return [one[:4] for one in journal.habit_days()]


def test_they_are_kept_with_the_inputs_that_led_to_them(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path)
    ledger.commit(rows(1, 3), tables=[table("2025-03-03")])
    assert list(ledger.journal.habit_days())[1] == HabitDay(
        "2025-03-03", "r1", "tap-morning", 3.0, 1.0, 5.0, 2.5, "same"
    )
    unknown = HabitTable("r1", "2025-03-04", 0, (Habit("tap", float("nan"), None, None, None, "same"),))
    with pytest.raises(sqlite3.IntegrityError):  # one transaction: no inputs without their table either
        ledger.commit(rows(4, 3), tables=[unknown])
    assert [seq for seq, _ in ledger.journal.inputs()] == [1, 2, 3]
    ledger.stop()


def test_what_is_said_again_takes_the_place_of_what_was_said(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path / "home.db")
    for count in (3.0, 3.0, 4.0):
        journal.append([], tables=[table("2025-03-03", count), table("2025-03-03", 1.0, "r2")])
    assert observed(journal) == [
        ("2025-03-03", "r1", "tap", 4.0),
        ("2025-03-03", "r1", "tap-morning", 4.0),
        ("2025-03-03", "r2", "tap", 1.0),
        ("2025-03-03", "r2", "tap-morning", 1.0),
    ]
    journal.close()


def test_they_are_forgotten_by_their_day(tmp_path: Path) -> None:
    path = tmp_path / "home.db"
    journal = Journal.open(path)
    journal.append([], tables=[table(f"2025-03-0{day}") for day in (3, 4, 5)])
    assert journal.forget_habits("2025-03-05") == 4
    assert {one.day for one in journal.habit_days()} == {"2025-03-05"}
    journal.close()
    assert b"2025-03-04" not in path.read_bytes()  # what is forgotten is overwritten, not only unlinked


def test_of_a_damaged_file_they_are_saved(tmp_path: Path) -> None:
    path = tmp_path / "home.db"
    journal = Journal.open(path)
    days = [f"2024-{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 29)]
    journal.append(rows(1, 500), tables=[table(day) for day in days])
    journal.close()
    with sqlite3.connect(path) as raw:
        (root,) = raw.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'inputs'").fetchone()
    raw.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)
    journal = Journal.open(path)
    assert journal.opened.moved_aside is not None
    assert {one.day for one in journal.habit_days()} == set(days)
    assert len(list(journal.habit_days())) == 2 * len(days)
    journal.close()
