"""How commands word moments, whatever came from elsewhere."""

from zoneinfo import ZoneInfo

import pytest

from gateway.cli.page import moment

from .house import NOW_S

FIRST_S, LAST_S = -62_135_596_800, 253_402_300_799
"""The first and the last second that a message can name."""


@pytest.mark.parametrize("zone", ["Europe/London", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati"])
@pytest.mark.parametrize("at_s", [FIRST_S, LAST_S])
def test_no_moment_that_a_desk_can_name_ends_a_command(at_s: int, zone: str) -> None:
    assert " on " in moment(at_s, NOW_S, ZoneInfo(zone))
