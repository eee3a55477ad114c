import sqlite3
from pathlib import Path

import pytest

from gateway.store.checkpoints import Checkpoint
from gateway.store.journal import Journal
from tests.store.make import rows

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home.db"


def spoil(path: Path, seq: int) -> None:
    """Change one character of a state behind the store's back."""
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE checkpoints SET state = replace(state, '1', '2') WHERE seq = ?", (seq,))
    raw.close()


def test_the_latest_comes_back_as_it_was(path: Path) -> None:
    journal = Journal.open(path)
    assert journal.latest_checkpoint() is None
    journal.append(rows(1, 20))
    state = {"version": 1, "mean": 0.1 + 0.2, "none": None, "name": "Zürich", "nested": {"b": [1, 2.5], "a": {}}}
    journal.save_checkpoint(10, {"version": 1}, HOUR_MS)
    journal.save_checkpoint(20, state, 2 * HOUR_MS)
    journal.close()

    journal = Journal.open(path)
    latest = journal.latest_checkpoint()
    assert latest is not None
    assert (latest.seq, latest.at_ms, latest.state) == (20, 2 * HOUR_MS, state)
    assert list(latest.state) == list(state)
    journal.close()


def test_a_state_that_is_no_json_is_refused(path: Path) -> None:
    journal = Journal.open(path)
    with pytest.raises(ValueError, match="JSON compliant"):
        journal.save_checkpoint(0, {"mean": float("nan")}, 0)
    assert journal.latest_checkpoint() is None
    journal.close()


def test_state_is_never_ahead_of_the_inputs(path: Path) -> None:
    journal = Journal.open(path)
    journal.append(rows(1, 5))
    with pytest.raises(ValueError, match="ahead of the journal"):
        journal.save_checkpoint(6, {}, 0)
    journal.save_checkpoint(5, {}, 0)
    journal.close()


def test_an_unreadable_one_is_kept_aside_and_the_one_before_it_returned(path: Path) -> None:
    journal = Journal.open(path)
    journal.append(rows(1, 30))
    for seq in (10, 20, 30):
        journal.save_checkpoint(seq, {"n": 1}, seq * HOUR_MS)
    journal.close()
    spoil(path, 30)

    journal = Journal.open(path)
    latest = journal.latest_checkpoint()
    assert latest is not None
    assert latest.seq == 20
    journal.set_aside(latest)  # the core could not restore it
    latest = journal.latest_checkpoint()
    assert latest is not None
    assert latest.seq == 10
    journal.set_aside(latest)
    assert journal.latest_checkpoint() is None
    journal.close()
    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT count(*) FROM checkpoints").fetchone() == (3,)
    raw.close()


def test_pruning_keeps_the_edge_one_a_day_and_the_latest(path: Path) -> None:
    journal = Journal.open(path)
    journal.append(rows(1, 97))
    for hour in range(97):
        journal.save_checkpoint(hour + 1, {"hour": hour}, hour * HOUR_MS)
    assert journal.prune(before_ms=2 * DAY_MS) == 48  # the edge is hour 47
    assert [seq for seq, _ in journal.inputs()] == list(range(49, 98))
    journal.close()
    with sqlite3.connect(path) as raw:
        assert [hour - 1 for (hour,) in raw.execute("SELECT seq FROM checkpoints ORDER BY seq")] == [47, 71, 95, 96]
    raw.close()


def test_nothing_goes_without_a_checkpoint_that_stands_in_for_it(path: Path) -> None:
    journal = Journal.open(path)
    journal.append(rows(1, 40))
    assert journal.prune(before_ms=10 * DAY_MS) == 0
    journal.save_checkpoint(40, {"n": 1}, 9 * DAY_MS)
    assert journal.prune(before_ms=9 * DAY_MS) == 0
    assert sum(1 for _ in journal.inputs()) == 40
    journal.close()


def test_the_edge_stays_until_its_successor_verifies(path: Path) -> None:
    journal = Journal.open(path)
    journal.append(rows(1, 30))
    for seq in (10, 20, 30):
        journal.save_checkpoint(seq, {"n": 1}, seq * HOUR_MS)
    journal.close()
    spoil(path, 20)

    journal = Journal.open(path)
    assert journal.prune(before_ms=25 * HOUR_MS) == 10  # 20 cannot be read: 10 is the edge
    assert [seq for seq, _ in journal.inputs()] == list(range(11, 31))

    def restores(checkpoint: Checkpoint) -> bool:
        return checkpoint.seq != 30

    assert journal.prune(before_ms=35 * HOUR_MS, restores=restores) == 0
    assert journal.prune(before_ms=35 * HOUR_MS) == 20
    latest = journal.latest_checkpoint()
    assert latest is not None
    assert latest.seq == 30
    assert journal.last_seq() == 30
    journal.close()
