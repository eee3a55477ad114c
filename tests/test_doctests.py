"""The examples in the docstrings are run: what they show is what comes out."""

import doctest
import importlib
import pkgutil

import pytest

import desk
import gateway
import models

_PACKAGES = (models, gateway, desk)
MODULES = sorted(
    found.name
    for package in _PACKAGES
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if not found.name.endswith("__main__")
)


def test_the_examples_are_found() -> None:
    assert "models.learners.silence" in MODULES


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0
