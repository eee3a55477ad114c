"""Hypothesis as the suite runs it: the same examples each time, and no time limit of its own.

`HYPOTHESIS_PROFILE=search pytest tests/models` looks for new ones.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "suite", derandomize=True, deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", deadline=None, max_examples=2_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))
