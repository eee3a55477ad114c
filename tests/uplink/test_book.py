"""uplink.db: what was confirmed stays confirmed."""

import sqlite3
from pathlib import Path

import pytest

from gateway.errors import StoreError
from gateway.uplink.book import Book
from gateway.uplink.book_reader import BookReader

from .messages import LOG

NOW_S = 1_795_183_320
DIGEST = "0" * 64


def open_book(path: Path) -> Book:
    return Book(path, utc_s=lambda: NOW_S, log=LOG)


def test_a_restart_knows_what_was_settled(tmp_path: Path) -> None:
    path = tmp_path / "uplink.db"
    with open_book(path) as book:
        book.delivered("a", "alert", sha256=DIGEST, attempts=3)
        book.refused("b", "summary", http_status=422, reason="unknown field")
    with open_book(path) as book:
        assert [each in book for each in "abc"] == [True, True, False]
    reader = BookReader(path)
    assert reader.settled() == {"a", "b"}
    assert reader.receipts() == [("a", "alert", DIGEST, "2026-11-20T14:02:00Z", 3)]
    assert reader.dead_letters() == [("b", "summary", 422, "unknown field", "2026-11-20T14:02:00Z")]


def test_only_the_newest_status_is_kept(tmp_path: Path) -> None:
    with open_book(tmp_path / "uplink.db") as book:
        book.delivered("a", "alert", sha256=DIGEST, attempts=1)
        for number in range(100):
            book.delivered(f"s{number}", "status", sha256=DIGEST, attempts=1)
            book.refused(f"d{number}", "status", http_status=422, reason="x")
    reader = BookReader(tmp_path / "uplink.db")
    assert {receipt.id for receipt in reader.receipts()} == {"a", "s99"}
    assert [letter.id for letter in reader.dead_letters()] == ["d99"]


def test_the_journal_is_a_full_rollback_journal(tmp_path: Path) -> None:
    with open_book(tmp_path / "uplink.db") as book:
        assert book._raw.execute("PRAGMA journal_mode").fetchone() == ("truncate",)
        assert book._raw.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_damaged_file_is_moved_aside_and_told(tmp_path: Path) -> None:
    path = tmp_path / "uplink.db"
    path.write_bytes(b"not a database" * 500)
    with open_book(path) as book:
        book.delivered("a", "alert", sha256=DIGEST, attempts=1)
    assert BookReader(path).settled() == {"a"}
    (aside,) = tmp_path.glob("uplink.db.damaged-*")
    assert aside.read_bytes().startswith(b"not a database")


def test_a_newer_file_is_used_as_it_is(tmp_path: Path) -> None:
    """After the next version was gone back from: it may only have added."""
    path = tmp_path / "uplink.db"
    with open_book(path) as book:
        book.delivered("a", "alert", sha256=DIGEST, attempts=1)
    raw = sqlite3.connect(path)
    for table in ("receipts", "dead_letters", "answers", "meta"):
        raw.execute(f"ALTER TABLE {table} ADD COLUMN later TEXT NOT NULL DEFAULT 'new'")
    raw.execute("PRAGMA user_version = 3")
    raw.close()
    with open_book(path) as book:
        book.delivered("b", "alert", sha256=DIGEST, attempts=1)
    assert BookReader(path).settled() == {"a", "b"}
    assert [one.id for one in BookReader(path).receipts()] == ["a", "b"]
    assert not list(tmp_path.glob("uplink.db.damaged-*"))


def test_a_newer_file_that_lacks_something_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "uplink.db"
    open_book(path).close()
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA user_version = 99099")  # from then on a reader must know version 99
    raw.close()
    with pytest.raises(StoreError, match="newer version") as caught:
        open_book(path)
    assert caught.value.advice
    assert BookReader(path).settled() == frozenset()


def test_a_full_disk_loses_the_entry_but_not_the_knowledge(tmp_path: Path) -> None:
    path = tmp_path / "uplink.db"
    with open_book(path) as book:
        (pages,) = book._raw.execute("PRAGMA page_count").fetchone()
        book._raw.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreError, match="SQLITE_FULL"):
            book.delivered("a", "alert", sha256="0" * 20_000, attempts=1)
        assert "a" in book
    assert BookReader(path).settled() == frozenset()


def test_before_the_uplink_has_run(tmp_path: Path) -> None:
    reader = BookReader(tmp_path / "uplink.db")
    assert (reader.settled(), reader.receipts(), reader.dead_letters()) == (frozenset(), [], [])
    with pytest.raises(StoreError):
        open_book(tmp_path / "no" / "uplink.db")
