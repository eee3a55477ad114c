"""Small bundles, made once, and a Pi for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.provision.bundles import HOME, Made
from tests.provision.pis import Pi, why_not

NewPi = Callable[..., Pi]


@pytest.fixture(scope="session")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bundles")


@pytest.fixture(scope="session")
def made(bundles: Path) -> Made:
    return Made(bundles)


@pytest.fixture(scope="session")
def newer(bundles: Path, made: Made) -> Made:
    return Made(bundles, "0.2.0")


@pytest.fixture
def new_pi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewPi]:
    if reason := why_not():
        pytest.skip(f"no Pi to provision: {reason}")
    pis = []

    def new(prepare: str = "", user: str = "0:0", at: str = "prepare") -> Pi:
        pis.append(Pi(tmp_path_factory.mktemp("pi"), prepare, user, at))
        return pis[-1].start()

    yield new
    for pi in pis:
        pi.stop()


@pytest.fixture
def pi(new_pi: NewPi) -> Pi:
    return new_pi()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "home.toml"
    path.write_text(HOME)
    return path
