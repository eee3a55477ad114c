"""Unclean stops, damaged files, storage that is full, read-only or failing."""

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.errors import StoreCorrupt, StoreError
from gateway.store.journal import Journal
from gateway.store.ledger import Ledger
from gateway.store.outbox import Outbox
from tests.store.make import alert, rows, summary

PAGE_BYTES = 4096
NOW_MS = 1_600_000_000_000
"""Some time before this was written: numbers after a loss are above it."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home.db"


def damage(path: Path, table: str) -> None:
    """Overwrite a leaf page in the middle of `table`."""
    with sqlite3.connect(path) as raw:
        (count,) = raw.execute(f"SELECT count(*) FROM {table}").fetchone()
        assert count > 500
        (root,) = raw.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    raw.close()
    content = bytearray(path.read_bytes())
    start = (root - 1) * PAGE_BYTES
    assert content[start] == 0x05  # an interior page of a table (sqlite.org/fileformat2.html#b_tree_pages)
    cells = int.from_bytes(content[start + 3 : start + 5], "big")
    cell = int.from_bytes(content[start + 12 + cells // 2 * 2 :][:2], "big")
    leaf = int.from_bytes(content[start + cell : start + cell + 4], "big")
    content[(leaf - 1) * PAGE_BYTES : leaf * PAGE_BYTES] = b"\xa5" * PAGE_BYTES
    path.write_bytes(content)


def asides(path: Path) -> list[Path]:
    return [p for p in path.parent.glob(f"{path.name}.corrupt-*") if not p.name.endswith(("-wal", "-journal"))]


@pytest.mark.parametrize("text", [b"", b'[home]\nid = "h-0001"\n', b"SQLite format 3\0" + b"?" * 5000])
def test_a_file_that_somebody_named_is_left_as_it_is(path: Path, text: bytes) -> None:
    path.write_bytes(text)
    with pytest.raises(StoreCorrupt) as refused:
        Journal.open(path, sound_only=True)
    assert "Nothing was changed" in refused.value.advice
    assert path.read_bytes() == text
    assert list(path.parent.iterdir()) == [path]


def test_a_new_file_and_a_clean_stop_need_no_check(path: Path) -> None:
    journal = Journal.open(path)
    assert journal.opened.stopped_cleanly
    assert not journal.stopped_cleanly()
    journal.mark_clean_stop()
    assert journal.stopped_cleanly()
    journal.close()
    journal = Journal.open(path)
    assert journal.opened.stopped_cleanly
    assert not journal.stopped_cleanly()
    journal.close()
    journal = Journal.open(path)
    assert not journal.opened.stopped_cleanly
    journal.close()


def test_a_damaged_journal_is_moved_aside_and_what_can_be_read_goes_on(path: Path) -> None:
    journal = Journal.open(path)
    numbers = journal.reserve()
    written = rows(numbers[0], 900)
    journal.append(written, alive_ms=77)
    journal.save_checkpoint(900, {"learnt": [1, 2]}, 10)
    journal.close()
    damage(path, "inputs")
    as_damaged = path.read_bytes()

    journal = Journal.open(path)
    opened = journal.opened
    assert [opened.moved_aside] == asides(path)
    assert opened.moved_aside is not None
    assert opened.moved_aside.read_bytes() == as_damaged
    kept = list(journal.inputs())
    assert 600 < len(kept) < 900
    assert kept == [row for row in written if row[0] in dict(kept)]  # none changed
    assert kept[0] == written[0]  # from the front
    assert kept[-1] == written[-1]  # and from the back
    assert opened.salvaged_rows >= len(kept)
    latest = journal.latest_checkpoint()
    assert latest is not None
    assert latest.state == {"learnt": [1, 2]}
    assert journal.alive_ms() == 77
    assert journal.reserve()[0] > NOW_MS
    journal.append(rows(1_001, 1))
    journal.close()

    journal = Journal.open(path)
    assert journal.opened.moved_aside is None
    journal.close()
    assert len(asides(path)) == 1
    assert sorted(p.name for p in path.parent.iterdir()) == sorted([path.name, asides(path)[0].name])


def test_a_damaged_outbox_keeps_its_ids_and_never_reuses_a_number(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    outbox = Outbox.open(path)
    outbox.add([alert("open"), *(summary(f"s{number}") for number in range(2_000))])
    outbox.close()
    damage(path, "messages")

    outbox = Outbox.open(path)
    assert [outbox.opened.moved_aside] == asides(path)
    kept = {m.id: m for m in outbox.messages()}
    assert 1_500 < len(kept) < 2_001
    assert all(m.body == f"{name}:{m.seq}".encode() for name, m in kept.items())
    assert [a.id for a in outbox.open_alerts()] == ["open"]
    assert outbox.add([alert("open"), summary("s1"), summary("new")]) == [False, False, True]
    assert [m.seq for m in outbox.messages()][-1] > NOW_MS
    outbox.close()


def test_an_alert_whose_message_was_lost_may_be_raised_again(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    outbox = Outbox.open(path)
    outbox.add([*(summary(f"s{number}") for number in range(1_000)), alert("lost")])
    outbox.close()
    with sqlite3.connect(path) as raw:
        raw.execute("DELETE FROM messages WHERE id = 'lost'")
    raw.close()
    outbox = Outbox.open(path)
    assert outbox.add([alert("lost")]) == [True]
    assert len(outbox.open_alerts()) == 1
    outbox.close()


@pytest.mark.parametrize("content", [b"not a database at all" * 500, b"SQLite format 3\0" + bytes(8000)])
def test_what_is_no_database_is_moved_aside_too(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    journal = Journal.open(path)
    assert [journal.opened.moved_aside] == asides(path)
    assert asides(path)[0].read_bytes() == content
    assert journal.opened.salvaged_rows == 0
    assert journal.reserve()[0] > NOW_MS
    journal.close()


def test_a_file_that_was_cut_short_is_moved_aside(path: Path) -> None:
    journal = Journal.open(path)
    journal.append(rows(1, 900))
    journal.close()
    path.write_bytes(path.read_bytes()[: 6 * PAGE_BYTES])
    journal = Journal.open(path)
    assert journal.opened.moved_aside is not None
    journal.append(rows(1, 1))
    journal.close()


def test_an_empty_file_is_a_new_one(path: Path) -> None:
    path.touch()
    journal = Journal.open(path)
    assert journal.opened.moved_aside is None
    assert journal.reserve()[0] == 1
    journal.close()


def test_damage_met_while_running_ends_the_run(path: Path) -> None:
    journal = Journal.open(path)
    journal.append(rows(1, 900))
    journal.mark_clean_stop()
    journal.close()
    damage(path, "inputs")
    journal = Journal.open(path)  # not checked: the stop was clean
    with pytest.raises(StoreCorrupt, match="damaged") as damaged:
        list(journal.inputs())
    assert "Restart Wren" in damaged.value.advice
    with pytest.raises(StoreCorrupt):
        journal.append(rows(901, 1))
    journal.close()
    journal = Journal.open(path)
    assert journal.opened.moved_aside is not None
    journal.close()


def test_a_full_storage_is_told_and_nothing_is_half_written(path: Path) -> None:
    journal = Journal.open(path)
    journal.append(rows(1, 100))
    journal._connection.raw.execute("PRAGMA max_page_count = 20")
    with pytest.raises(StoreError, match="full") as full:
        journal.append(rows(101, 9_000))
    assert "Free space" in full.value.advice
    journal._connection.raw.execute("PRAGMA max_page_count = 1000000")
    assert list(journal.inputs()) == rows(1, 100)
    journal.append(rows(101, 9_000))  # somebody made room
    assert journal.last_seq() == 9_100
    journal.close()


def test_a_read_only_storage_is_told(path: Path) -> None:
    journal = Journal.open(path)
    journal._connection.raw.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreError, match="read-only") as refused:
        journal.append(rows(1, 1))
    assert "SD card" in refused.value.advice
    journal.close()


@contextmanager
def failing_writes() -> Iterator[None]:
    """Make the kernel refuse every write beyond the first byte of a file, which SQLite reports as EIO."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("name", ["home", "outbox"])
def test_a_failed_write_is_never_tried_again(tmp_path: Path, name: str) -> None:
    ledger = Ledger.open(tmp_path)
    ledger.commit(rows(1, 5), [summary("s")])

    def write() -> None:
        if name == "home":
            ledger.journal.append(rows(6, 5))
        else:
            ledger.outbox.add([summary("t")])

    with failing_writes(), pytest.raises(StoreError, match="failed to read or write") as failed:
        write()
    assert "Restart Wren" in failed.value.advice
    with pytest.raises(StoreError, match="failed to read or write"):
        write()  # the storage is well again, but this process may not know what the file holds
    ledger.close()

    ledger = Ledger.open(tmp_path)
    assert list(ledger.journal.inputs()) == rows(1, 5)
    assert [m.id for m in ledger.outbox.messages()] == ["s"]
    assert ledger.journal.opened.moved_aside is None
    write()
    ledger.stop()


def test_a_missing_directory_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened") as refused:
        Journal.open(tmp_path / "nowhere" / "home.db")
    assert "directory" in refused.value.advice


def test_a_file_that_may_not_even_be_asked_for_is_told(tmp_path: Path) -> None:
    """As to another user than the daemon's, for whom the folder is closed: here by a name that is too long."""
    with pytest.raises(StoreError, match="cannot be opened: File name too long") as refused:
        Journal.open(tmp_path / ("x" * 300))
    assert "daemon's user" in refused.value.advice


def test_an_outbox_that_cannot_be_opened_lets_go_of_the_journal(tmp_path: Path) -> None:
    home, shared = tmp_path / "home", tmp_path / "shared"
    home.mkdir()
    with pytest.raises(StoreError, match="cannot be opened"):
        Ledger.open(home, shared)
    shared.mkdir()
    ledger = Ledger.open(home, shared)
    assert ledger.commit([], [summary("s")]) == [True]
    ledger.stop()
    assert (shared / "outbox.db").exists()
