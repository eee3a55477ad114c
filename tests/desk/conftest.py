"""A desk over a real database, with a clock that the test moves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.store import Store
from gateway.clock import ManualClock

from .desk import NOW_S, Desk, open_desk


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW_S)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "desk.db") as store:
        yield store


@pytest.fixture
def desk(store: Store, clock: ManualClock) -> Desk:
    return open_desk(store, clock)
