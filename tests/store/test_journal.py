import math
import sqlite3
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gateway.errors import StoreUnavailable
from gateway.store.journal import BLOCK, PAGE, Journal
from models.vocabulary import Reading
from tests.store.make import rows

DAY_MS = 86_400_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home.db"


def test_what_was_appended_is_read_back_in_order(path: Path) -> None:
    journal = Journal.open(path)
    written = rows(1, 2 * PAGE + 7)
    journal.append(written[:9])
    journal.append(written[9:])
    journal.close()

    journal = Journal.open(path)
    assert list(journal.inputs()) == written
    assert list(journal.inputs(after_seq=PAGE)) == written[PAGE:]
    assert list(journal.inputs(after_seq=3, limit=PAGE + 2)) == written[3 : PAGE + 5]
    assert list(journal.inputs(limit=0)) == []
    assert journal.last_seq() == 2 * PAGE + 7
    journal.close()


def test_a_repeat_is_ignored_and_the_first_reading_stays(path: Path) -> None:
    journal = Journal.open(path)
    journal.append([(1, Reading(10, "bed", 1.0))])
    journal.append([(1, Reading(99, "bed", 0.0)), (2, Reading(20, "bed", 0.0))])
    assert list(journal.inputs()) == [(1, Reading(10, "bed", 1.0)), (2, Reading(20, "bed", 0.0))]
    journal.close()


def test_a_batch_with_one_bad_row_leaves_nothing_behind(path: Path) -> None:
    journal = Journal.open(path)
    with pytest.raises(sqlite3.IntegrityError):
        journal.append([(1, Reading(10, "new-sensor", 1.0)), (2, Reading(20, "bed", math.nan))], alive_ms=30)
    assert list(journal.inputs()) == []
    assert journal.alive_ms() is None
    journal.append([(1, Reading(10, "bed", 1.0)), (2, Reading(20, "new-sensor", 1.0))])
    assert [r.sensor for _, r in journal.inputs()] == ["bed", "new-sensor"]
    journal.close()


def test_writing_may_go_on_while_inputs_are_read(path: Path) -> None:
    journal = Journal.open(path)
    journal.append(rows(1, PAGE + 1))
    reading = journal.inputs()
    next(reading)
    journal.append(rows(PAGE + 2, 3))
    assert sum(1 for _ in reading) == PAGE + 3
    journal.close()


def test_reserved_numbers_are_never_given_again(path: Path) -> None:
    given: set[int] = set()
    for _ in range(3):
        journal = Journal.open(path)
        for _ in range(2):
            block = journal.reserve()
            assert len(block) == BLOCK
            assert given.isdisjoint(block)
            given.update(block)
        journal.close()  # as after a crash: no mark of a clean stop
    assert min(given) == 1


def test_numbers_stay_above_inputs_that_came_without_a_reservation(path: Path) -> None:
    journal = Journal.open(path)
    journal.append(rows(5_000, 1))
    assert journal.reserve()[0] == 5_001
    journal.close()


def test_alive_is_the_last_mark(path: Path) -> None:
    journal = Journal.open(path)
    assert journal.alive_ms() is None
    journal.append(rows(1, 1), alive_ms=100)
    assert journal.alive_ms() == 100
    journal.append(rows(2, 1))
    assert journal.alive_ms() == 100
    journal.mark_alive(250)
    journal.close()
    journal = Journal.open(path)
    assert journal.alive_ms() == 250
    journal.close()


def test_only_one_process_may_have_it_open(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.store.connection.BUSY_TIMEOUT_S", 0.05)
    journal = Journal.open(path)
    with pytest.raises(StoreUnavailable) as refused:
        Journal.open(path)
    assert "only one `wren run`" in refused.value.advice.lower()
    journal.append(rows(1, 1))
    journal.close()


def test_every_commit_is_flushed(path: Path) -> None:
    journal = Journal.open(path)
    assert journal._connection.rows("PRAGMA synchronous") == [(2,)]  # FULL
    assert journal._connection.rows("PRAGMA journal_mode") == [("wal",)]
    journal.close()


class JournalMachine(RuleBasedStateMachine):
    """The journal against a dictionary, with clean stops and crashes anywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = tempfile.TemporaryDirectory()
        self.path = Path(self.directory.name) / "home.db"
        self.journal = Journal.open(self.path)
        self.kept: dict[int, Reading] = {}
        self.free = self.journal.reserve()
        self.highest = 0

    @rule(count=st.integers(1, 9), values=st.floats(-1e9, 1e9), sensor=st.sampled_from(["a", "b", "@gateway"]))
    def append(self, count: int, values: float, sensor: str) -> None:
        batch = [(seq, Reading(seq * 1_000, sensor, values)) for seq in self.free[:count]]
        self.free = self.free[count:]
        self.journal.append(batch, alive_ms=len(self.kept))
        self.kept.update(batch)
        self.highest = max(self.kept)

    @precondition(lambda self: self.kept)
    @rule(day=st.integers(0, 9))
    def checkpoint(self, day: int) -> None:
        self.journal.save_checkpoint(self.highest, {"seen": self.highest}, day * DAY_MS)

    @rule(day=st.integers(0, 9))
    def prune(self, day: int) -> None:
        self.journal.prune(day * DAY_MS)
        left = dict(self.journal.inputs())
        lost = self.kept.keys() - left.keys()
        if lost:
            latest = self.journal.latest_checkpoint()
            assert latest is not None
            assert max(lost) <= latest.seq
        self.kept = {seq: reading for seq, reading in self.kept.items() if seq not in lost}

    @rule(clean=st.booleans())
    def restart(self, clean: bool) -> None:
        if clean:
            self.journal.mark_clean_stop()
        self.journal.close()
        self.journal = Journal.open(self.path)
        assert self.journal.opened.stopped_cleanly == clean
        assert self.journal.opened.moved_aside is None
        self.free = self.journal.reserve()
        assert self.free[0] > self.highest

    @invariant()
    def nothing_is_lost(self) -> None:
        assert dict(self.journal.inputs()) == self.kept
        assert self.journal.last_seq() == self.highest

    def teardown(self) -> None:
        self.journal.close()
        self.directory.cleanup()


JournalMachine.TestCase.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)
TestJournalAgainstModel = JournalMachine.TestCase
