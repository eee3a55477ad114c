"""One house for all the faults, mended between them."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .home import House

PINS = str(Path(__file__).parents[1] / "pins")


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    sys.path.append(PINS)  # where the simulated driver is: doctor looks whether there is one
    house = House()
    yield house
    house.close()
    sys.path.remove(PINS)
