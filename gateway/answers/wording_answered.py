"""Sentences about what people at the desk answered, for those who look at this gateway (`wren status`, the trail)."""

from collections.abc import Callable
from typing import Final

from gateway.answers.answered import Dealt, Refused
from models.vocabulary import HOUSEHOLD

REASONS: Final = {
    Refused.UNKNOWN_ALERT: "this gateway does not know that alert",
    Refused.UNKNOWN_RESIDENT: "nobody of that name lives here by the configuration",
    Refused.PAST: "the time that it names is over",
    Refused.TOO_LONG: "it is for longer than this home allows",
    Refused.NOT_ALLOWED: "this home's configuration leaves it to nobody at the desk",
    Refused.OUT_OF_BOUNDS: "it is outside the bounds in this home's configuration",
    Refused.NOT_THIS_KIND: "it cannot be said of that kind of alert",
    Refused.NEVER_CAME: "it never came, though a later one did",
    Refused.CLOCK_NOT_SET: "this gateway's clock was not set from the network",
}
"""Half sentences: "it was refused: …"."""

_OUTCOMES: Final = {
    "useful": "it was useful",
    "known_reason": "there was a known reason",
    "not_useful": "it was not useful",
    "sensor_fault": "it was a sensor's fault",
}


def what(dealt: Dealt, at: Callable[[int], str]) -> str:
    """What was answered; `at` words a moment (UTC, seconds).

    >>> from models.kinds import AlertKind
    >>> what(Dealt(seq=1, at_s=0, what="acknowledged", resident="r1", kind=AlertKind.LONG_STAY), str)
    'long_stay, r1: a person has seen it and sees to it'
    >>> what(Dealt(seq=2, at_s=0, what="away", resident="r1", until_s=60), "second {}".format)
    'r1: away until second 60'
    >>> what(Dealt(seq=3, at_s=0, what="budget", per_week=0.5), str)
    'alerts about changes over days: 0.5 a week'
    """
    whose = "the household" if dealt.resident == HOUSEHOLD else dealt.resident
    alert = "an alert" if dealt.kind is None else f"{dealt.kind}, {whose}"
    match dealt.what:
        case "acknowledged":
            return f"{alert}: a person has seen it and sees to it"
        case "outcome":
            return f"{alert}: {_OUTCOMES.get(dealt.outcome or '', 'what became of it')}"
        case "new_normal":
            return f"{alert}: that is how it is from now on"
        case "snooze":
            return f"{alert}: in the week's summary only{_until(dealt, at)}"
        case "away":
            return f"{whose}: {'back' if dealt.until_s is None else 'away'}{_until(dealt, at)}"
        case "unknown":
            return "an answer of the desk"
        case _:
            return f"alerts about changes over days: {dealt.per_week:g} a week"


def _until(dealt: Dealt, at: Callable[[int], str]) -> str:
    return "" if dealt.until_s is None else f" until {at(dealt.until_s)}"


def became(dealt: Dealt, at: str) -> str:
    """What the home did with it, and when.

    >>> became(Dealt(seq=1, at_s=0, what="away"), "10:12")
    'taken at 10:12'
    >>> became(Dealt(seq=2, at_s=0, what="away", refused=Refused.PAST), "10:12")
    'refused at 10:12: the time that it names is over'
    """
    return f"taken at {at}" if dealt.refused is None else f"refused at {at}: {REASONS[dealt.refused]}"
