"""uplink.db, version 2: numbers that are never given twice, and the answers of the desk byte for byte."""

import random
import sqlite3
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.atomic import whole
from gateway.errors import StoreError
from gateway.uplink import book as book_module
from gateway.uplink.book import BLOCK, Book
from gateway.uplink.book_reader import MOST_ANSWERS, BookReader, Given
from gateway.uplink.replies import Sealed
from tests.kill_nine import said_before_kill

from .messages import LOG

NOW_S = 1_795_183_320
SEALED = Sealed(payload="QUJD", signature="REVG")


def open_book(path: Path) -> Book:
    return Book(path, utc_s=lambda: NOW_S, log=LOG)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "uplink.db"


def test_a_file_of_version_1_is_taken_over_with_all_that_is_in_it(path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript((Path(__file__).parent / "museum" / "uplink-v1.sql").read_text(encoding="utf-8"))
    reader = BookReader(path)
    before = reader.receipts(), reader.dead_letters()
    assert [len(one) for one in before] == [2, 1]
    assert reader.answers() == []  # there was no way back in
    with open_book(path) as book:
        assert book.next_sequence() == 1
        assert book.keep([(1, SEALED)]) == 1
        assert "a" * 32 in book
    assert (reader.receipts(), reader.dead_letters()) == before
    assert reader.answers() == [Given(1, "QUJD", "REVG", "2026-11-20T14:02:00Z")]
    assert list(path.parent.glob("*.damaged-*")) == []


def test_numbers_only_rise_and_cost_one_flush_a_block(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[object] = []

    def counted(raw: sqlite3.Connection) -> AbstractContextManager[None]:
        written.append(raw)
        return whole(raw)

    with open_book(path) as book:
        monkeypatch.setattr(book_module, "whole", counted)
        assert [book.next_sequence() for _ in range(2 * BLOCK)] == list(range(1, 2 * BLOCK + 1))
        assert len(written) == 2
        book.jump_to(10)  # it is further already
        assert book.next_sequence() == 2 * BLOCK + 1
        book.jump_to(5_000)
        assert book.next_sequence() == 5_001


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.integers(1, 250), st.just("begun again"), st.integers(-4_000, -1)), max_size=12))
def test_no_number_is_ever_given_twice(tmp_path_factory: pytest.TempPathFactory, steps: list[int | str]) -> None:
    path = tmp_path_factory.mktemp("book") / "uplink.db"
    book, last = open_book(path), 0
    for step in [*steps, 1]:
        if step == "begun again":
            book.close()
            book = open_book(path)
        elif isinstance(step, int) and step < 0:
            book.jump_to(-step)
        else:
            for _ in range(int(step)):
                number = book.next_sequence()
                assert number > last
                last = number
    book.close()


@pytest.mark.slow
def test_kill_9_never_gives_a_number_again_and_keeps_what_was_kept(path: Path) -> None:
    moments = random.Random(20_260_722)
    said: list[int] = []
    for _ in range(10):
        said += said_before_kill("tests.uplink.counting", path, moments.randint(2, 30), moments.uniform(0.0, 2.0))
    assert said == sorted(set(said))
    open_book(path).close()  # the journal of the last kill is rolled back by whoever may write
    kept = [given.seq for given in BookReader(path).answers()]
    sealed = {number for number in said if number % 7 == 0 and number >= min(kept)}
    assert sealed
    assert sealed <= set(kept)


def test_a_full_disk_does_not_hold_up_an_alert(path: Path) -> None:
    with open_book(path) as book:
        book._raw.execute("PRAGMA query_only = ON")  # as a disk that has become read-only
        assert [book.next_sequence() for _ in range(BLOCK + 2)] == list(range(1, BLOCK + 3))
    with open_book(path) as book:  # it was not written down: the desk refuses these and says how far it is
        assert book.next_sequence() == 1
        book.jump_to(BLOCK + 2)
        assert book.next_sequence() == BLOCK + 3


def test_after_damage_the_numbers_begin_where_the_desk_makes_them_jump(path: Path) -> None:
    with open_book(path) as book:
        book.jump_to(700)
        assert book.next_sequence() == 701
    path.write_bytes(b"not a database" * 500)
    with open_book(path) as book:
        assert book.next_sequence() == 1  # "403, Wren-Sequence: 701" answers this
        book.jump_to(701)
        assert book.next_sequence() == 702
    with open_book(path) as book:
        assert book.next_sequence() > 702


def test_a_key_that_has_counted_to_the_end_says_what_to_do(path: Path) -> None:
    with open_book(path) as book:
        book.jump_to(2**53 - 2)
        assert book.next_sequence() == 2**53 - 1
        with pytest.raises(StoreError, match="no numbers left") as caught:
            book.next_sequence()
    assert "--rotate" in caught.value.advice


def test_the_same_answer_again_is_not_written_again(path: Path) -> None:
    other = Sealed(payload="R0hJ", signature="REVG")
    with open_book(path) as book:
        assert book.keep([(2, SEALED), (1, SEALED)]) == 2
        assert book.keep([(2, SEALED), (1, SEALED)]) == 0
        assert book.keep([(2, other), (3, SEALED)]) == 2  # sealed anew, by a new key of the desk: its last word counts
    reader = BookReader(path)
    assert [(given.seq, given.sealed) for given in reader.answers()] == [(1, SEALED), (2, other), (3, SEALED)]
    assert [given.seq for given in reader.answers(above=2)] == [3]


def test_a_thousand_answers_are_kept_and_the_oldest_go(path: Path) -> None:
    with open_book(path) as book:
        for first in range(1, MOST_ANSWERS + 50, 16):
            book.keep([(seq, SEALED) for seq in range(first, first + 16)])
    numbers = [given.seq for given in BookReader(path).answers()]
    assert len(numbers) == MOST_ANSWERS
    assert numbers == list(range(numbers[0], numbers[0] + MOST_ANSWERS))
    assert numbers[-1] >= MOST_ANSWERS + 50


def test_answers_are_kept_all_or_none(path: Path) -> None:
    with open_book(path) as book:
        (pages,) = book._raw.execute("PRAGMA page_count").fetchone()
        book._raw.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreError, match="SQLITE_FULL"):
            book.keep([(1, SEALED), (2, Sealed(payload="A" * 20_000, signature="REVG"))])
    assert BookReader(path).answers() == []
