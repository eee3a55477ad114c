"""What people answer to alerts, as inputs of a home: what the tests of triage stand on."""

from functools import cache
from typing import Final

from models.home import Home
from models.kinds import AlertKind
from models.told import Outcome, Telling, Told
from models.vocabulary import Reading, Said
from tests.models.world import a_life, morning_s, run

LATE, EXIT, BED, STAY = AlertKind.LATE_START, AlertKind.NIGHT_EXIT, AlertKind.OUT_OF_BED, AlertKind.LONG_STAY
HELP: Final = AlertKind.HELP_BUTTON


def answer(kind: AlertKind, outcome: Outcome, at_s: int, what: Telling = Telling.OUTCOME) -> Reading:
    return Reading(at_s * 1000, Told(what, "r1", kind).name(), float(outcome))


def up_at(home: Home, day: int, hours: float) -> list[Said]:
    """One day of an ordinary life that begins at `hours` only."""
    said = home.advance(morning_s(day, hours) * 1000)
    life = [one for one in forty_days() if morning_s(day, hours) * 1000 <= one.at_ms < morning_s(day + 1, 4) * 1000]
    rooms = enumerate(("hall", "lounge", "hall", "lounge"))
    up = [Reading((morning_s(day, hours) + 240 * step) * 1000 + 1, room, 1) for step, room in rooms]
    return said + run(home, sorted([*up, *life]))


@cache
def forty_days() -> list[Reading]:
    return a_life(40)
