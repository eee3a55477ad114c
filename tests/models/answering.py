"""What people answer to alerts, as inputs of a home: what the tests of triage stand on."""

from typing import Final

from models.kinds import AlertKind
from models.told import Outcome, Telling, Told
from models.vocabulary import Reading

LATE, EXIT, BED, STAY = AlertKind.LATE_START, AlertKind.NIGHT_EXIT, AlertKind.OUT_OF_BED, AlertKind.LONG_STAY
HELP: Final = AlertKind.HELP_BUTTON


def answer(kind: AlertKind, outcome: Outcome, at_s: int, what: Telling = Telling.OUTCOME) -> Reading:
    return Reading(at_s * 1000, Told(what, "r1", kind).name(), float(outcome))
