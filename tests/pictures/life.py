"""A portrait of somebody whose days are alike."""

from functools import cache

from gateway.portrait import Portrait, portrait_of
from models.home import Home
from models.vocabulary import Reading
from tests.models.world import a_life, morning_s, run, spec

HOSTILE = '"><script>alert(1)</script>&'
"""What no slug can hold; a page must not trust that."""


@cache
def lived(days: int = 20, hours: float = 4.0) -> Portrait:
    """As it is some hours after 10:00, on the day that follows `days` whole ones."""
    home = Home(spec())
    until_ms = morning_s(days, 10 + hours) * 1000
    run(home, [reading for reading in a_life(days + 1) if reading.at_ms <= until_ms])
    home.advance(until_ms)
    return portrait_of(home.portrait())


@cache
def begun() -> Portrait:
    """In the first hour."""
    home = Home(spec())
    home.step(Reading(morning_s(0) * 1000, "hall", 1))
    return portrait_of(home.portrait())
