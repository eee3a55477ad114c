"""An authority, a good certificate, a book, and clients that count in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.uplink.book import Book

from .messages import LOG
from .tls import Authority, authority

NOW_S = 1_795_183_320


@pytest.fixture(scope="session")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="session")
def certificate(ca: Authority) -> tuple[Path, Path]:
    return ca.sign("good")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with Book(tmp_path / "uplink.db", utc_s=lambda: NOW_S, log=LOG) as book:
        yield book
