"""Somebody who goes into the bathroom: what the tests of long stays stand on."""

from models.home import Home
from models.kinds import AlertKind
from models.vocabulary import Reading
from tests.models.world import findings, morning_s

STAY = AlertKind.LONG_STAY
TEN_S = morning_s(1)


def in_the_bathroom(home: Home, at_s: int) -> None:
    home.step(Reading((at_s - 60) * 1000, "hall", 1))
    home.step(Reading(at_s * 1000, "bath-motion", 1))


def left_unseen(home: Home, days: range) -> list[int]:
    """Into the bathroom, and 100 minutes later to the door: how long the alerts of these days took."""
    found = []
    for day in days:
        at_s = morning_s(day)
        in_the_bathroom(home, at_s)
        said = home.step(Reading((at_s + 6000) * 1000, "front-door", 1))
        found += [one.opened_s - at_s for one in findings(said, STAY)]
    return found
