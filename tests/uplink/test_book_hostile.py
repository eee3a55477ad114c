"""uplink.db as somebody would leave it who got into the messenger: its readers lose nothing but its content."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import StoreError
from gateway.uplink import book_file
from gateway.uplink.book import Book
from gateway.uplink.book_reader import BookReader

from .messages import LOG

ENDLESS = """
    DROP TABLE {table};
    CREATE VIEW {table} AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1 OR i > 0)
        SELECT {columns} FROM n WHERE i < 0;
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "uplink.db"
    Book(path, utc_s=lambda: 0.0, log=LOG).close()
    return path


def spoil(path: Path, sql: str, *values: Any) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(sql, values) if values else raw.executescript(sql)
        raw.commit()


@pytest.mark.parametrize(
    ("sql", "ask"),
    [
        (ENDLESS.format(table="receipts", columns="i AS id"), BookReader.settled),
        (
            ENDLESS.format(table="answers", columns="i AS seq, '' AS payload, '' AS signature, '' AS received_at"),
            BookReader.answers,
        ),
    ],
    ids=["receipts", "answers"],
)
def test_a_view_that_never_ends_is_given_up(
    path: Path, sql: str, ask: Callable[[BookReader], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(path, sql)
    monkeypatch.setattr(book_file, "READ_WITHIN_S", 0.1 - book_file.BUSY_TIMEOUT_S)
    with pytest.raises(StoreError, match="SQLITE_INTERRUPT"):
        ask(BookReader(path))


def test_what_has_not_the_form_of_an_answer_is_left_out(path: Path) -> None:
    spoil(path, "DROP TABLE answers; CREATE TABLE answers (seq, payload, signature, received_at)")
    row = "INSERT INTO answers VALUES (?, ?, ?, ?)"
    for values in (
        ("x", "QUJD", "QUJD", "now"), (2, b"QUJD", "QUJD", "now"), (3, None, "QUJD", "now"),
        (4.5, "QUJD", "QUJD", "now"), (5, "Q" * 9000, "QUJD", "now"), (6, "QUJD", 7, "now"),
    ):  # fmt: skip
        spoil(path, row, *values)
    spoil(path, row, 8, "QUJD", "QUJD", "now")
    assert [given.seq for given in BookReader(path).answers()] == [8]


def test_a_text_of_megabytes_is_not_read(path: Path) -> None:
    spoil(path, "INSERT INTO answers VALUES (?, ?, ?, ?)", 1, "Q" * 10_000_000, "QUJD", "now")
    with pytest.raises(StoreError, match="SQLITE_TOOBIG"):
        BookReader(path).answers()


def test_what_has_not_the_form_of_a_receipt_or_a_refusal_is_left_out(path: Path) -> None:
    """Nor does it reach a technician's terminal, such as what would clear it."""
    spoil(path, "DROP TABLE receipts; CREATE TABLE receipts (id, type, sha256, sent_at, attempts)")
    spoil(path, "DROP TABLE dead_letters; CREATE TABLE dead_letters (id, type, http_status, reason, set_aside_at)")
    digest, now = "0" * 64, "2026-11-20T14:02:00Z"
    for receipt in (
        (None, "alert", digest, now, 1), ("a", "alert", "0", now, 1), ("a\n", "alert", digest, now, 1),
        ("a", "\x1b[2J", digest, now, 1), ("a", "alert", digest, "2026-02-31T14:02:00Z", 1), ("a", 1, digest, now, 1),
        ("a", "alert", digest, 7, 1), ("a", "alert", digest, now, "1"), ("good", "alert", digest, now, 1),
    ):  # fmt: skip
        spoil(path, "INSERT INTO receipts VALUES (?, ?, ?, ?, ?)", *receipt)
    for letter in (("b", "alert", 422, "\x1b[2J", now), ("b", "alert", 7, "no", now), ("bad", "alert", 422, "no", now)):
        spoil(path, "INSERT INTO dead_letters VALUES (?, ?, ?, ?, ?)", *letter)
    assert [one.id for one in BookReader(path).receipts()] == ["good"]
    assert [one.id for one in BookReader(path).dead_letters()] == ["bad"]


def test_a_heap_of_long_texts_is_not_held(path: Path) -> None:
    spoil(path, "DROP TABLE receipts; CREATE TABLE receipts (id, type, sha256, sent_at, attempts)")
    for _ in range(50):
        spoil(path, "INSERT INTO receipts VALUES (hex(randomblob(30000)), 'alert', '', '', 1)")
    assert BookReader(path).settled() == frozenset()
    assert BookReader(path).receipts() == []


@pytest.mark.parametrize("value", [2**62, -5, "'7'", "NULL", "x'00'"])
def test_a_number_of_requests_that_cannot_be_is_none(path: Path, value: object) -> None:
    """The desk says from where to go on."""
    spoil(path, f"DROP TABLE meta; CREATE TABLE meta (key, value); INSERT INTO meta VALUES ('sequence', {value})")
    assert BookReader(path).counted() == 0
