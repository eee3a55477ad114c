"""At every hostile server nothing is falsely delivered, crashed or lost, and a good desk gets all of it once.

`pytest -s tests/uplink/test_hostile.py`, or `python -m tests.uplink.hostile`, shows the table.
"""

from pathlib import Path

import pytest

from .hostile.case import Case, Ground
from .hostile.trial import TABLE, tried
from .tls import Authority, authority


@pytest.fixture(scope="module")
def ground(ca: Authority, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return Ground(ca, authority(tmp_path_factory.mktemp("other")))


def test_there_are_enough_of_them() -> None:
    assert len({case.name for case in TABLE}) == len(TABLE) >= 40


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case.name)
async def test_it_is_not_believed_and_nothing_is_lost(case: Case, ground: Ground, tmp_path: Path) -> None:
    row = await tried(case, ground, tmp_path)
    assert row.false_receipts == 0
    print(f"\n{row.line}", end="")
