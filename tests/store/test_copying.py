"""A copy that is made in steps while its source is written: of one moment, sound, and never in the way."""

import sqlite3
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import StoreError
from gateway.store.journal import Journal
from models.vocabulary import Habit, HabitTable

from .make import rows

COUNTS = (Habit("tap", 2.0, None, None, None, "same"),)


def filled(path: Path, inputs: int) -> Journal:
    journal = Journal.open(path)
    journal.append(rows(1, inputs), tables=[HabitTable("r1", f"2025-03-{day:02}", 0, COUNTS) for day in range(1, 29)])
    for seq in range(1, inputs, max(1, inputs // 9)):
        journal.save_checkpoint(seq, {"seq": seq}, 1_700_000_000_000 + 5_000 * seq)
    return journal


def test_it_is_whole_sound_and_private(tmp_path: Path) -> None:
    journal = filled(tmp_path / "home.db", 12_000)
    target = tmp_path / "export.part"
    shares = list(journal.copied(target))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 6
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    copy = Journal.open(target)
    assert list(copy.inputs()) == list(journal.inputs())
    assert list(copy.habit_days()) == list(journal.habit_days())
    assert copy.latest_checkpoint() == journal.latest_checkpoint()
    copy.close()
    journal.close()
    with sqlite3.connect(target) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    raw.close()


@pytest.mark.slow
@settings(max_examples=25)
@given(st.lists(st.sampled_from(["append", "step", "prune", "checkpoint"]), max_size=12))
def test_it_is_of_the_moment_at_which_it_was_begun(tmp_path_factory: pytest.TempPathFactory, acts: list[str]) -> None:
    folder = tmp_path_factory.mktemp("copy")
    journal = filled(folder / "home.db", 11_000)
    before, last = list(journal.inputs()), 11_000
    steps = journal.copied(folder / "copy")
    next(steps)
    for act in acts:
        if act == "append":
            journal.append(rows(last + 1, 500))
            last += 500
        elif act == "checkpoint":
            journal.save_checkpoint(last, {"seq": last}, 1_700_000_000_000 + 5_000 * last)
        elif act == "prune":
            journal.prune(1_700_000_000_000 + 5_000 * 4_000)
        else:
            next(steps, None)
    for _ in steps:
        pass
    copy = Journal.open(folder / "copy")
    found = list(copy.inputs())
    assert found == before[len(before) - len(found) :]  # what its time was over for may be missing, and nothing else
    if "prune" not in acts:
        assert found == before
    copy.close()
    journal.close()


def test_an_empty_home_is_copied(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path / "home.db")
    assert list(journal.copied(tmp_path / "copy"))[-1] == 1.0
    journal.close()
    Journal.open(tmp_path / "copy").close()


def test_no_link_leads_it_elsewhere(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path / "home.db")
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "copy").symlink_to(victim)
    list(journal.copied(tmp_path / "copy"))
    assert victim.read_text() == "mine"
    with pytest.raises(StoreError, match="cannot be made"):
        list(journal.copied(tmp_path / "nowhere" / "copy"))
    journal.close()
