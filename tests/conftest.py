"""Hypothesis as the suite runs it: the same examples each time, and no time limit of its own.

`HYPOTHESIS_PROFILE=search pytest tests/models` looks for new ones.
"""

import os
import signal

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

settings.register_profile(
    "suite", derandomize=True, deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", deadline=None, max_examples=2_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell ignores Ctrl-C for what it runs in the background, and whatever is started inherits that: the processes
    # under test would take no Ctrl-C either.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever comes is lived through without the coverage: it triples the time, and other tests go the same ways."""
    for item in items:
        if isinstance(item, pytest.Function) and is_hypothesis_test(item.obj):
            item.add_marker("no_cover")
