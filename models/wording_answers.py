"""The sentences about what people answered to alerts, or did not, and what came of it."""

import math
from collections.abc import Iterable

from models.coverage import duration
from models.kinds import AlertKind
from models.localtime import LocalTime
from models.told import Outcome
from models.usefulness import Answers
from models.wording import listed, spoken, when


def again(observed: str) -> str:
    """A departure that ended and came back at once.

    >>> again("The outside door was opened at 02:13.")
    'Again, shortly after it had ended: The outside door was opened at 02:13.'
    """
    return f"Again, shortly after it had ended: {observed}"


def merged() -> str:
    """An alert about one change makes way for one about several."""
    return "More has changed since. From now on it is judged together with this."


def held_back(kinds: Iterable[AlertKind]) -> str:
    """What was only told of here, in the week's summary, because of the answers.

    >>> held_back([AlertKind.LATE_START, AlertKind.LATE_START, AlertKind.LESS_ACTIVE])
    'Held back because most were marked not useful: late start (2 times) and less active (once). To bring a kind \
back mark it useful; two months after it was first held back it is tried again.'
    """
    told = list(kinds)
    counts = listed(f"{spoken(kind)} ({_times(told.count(kind))})" for kind in sorted(set(told)))
    return (
        f"Held back because most were marked not useful: {counts}. To bring a kind back mark it useful; two months "
        "after it was first held back it is tried again."
    )


def snoozed(kinds: Iterable[AlertKind]) -> str:
    """What was only told of here, in the week's summary, because a person wanted it so for a while.

    >>> snoozed([AlertKind.LATE_START])
    'Snoozed by a person, so told only here: late start (once).'
    """
    told = list(kinds)
    counts = listed(f"{spoken(kind)} ({_times(told.count(kind))})" for kind in sorted(set(told)))
    return f"Snoozed by a person, so told only here: {counts}."


def budget(told_per_week: float, configured_per_week: float) -> str:
    """Another budget than the configured one, by the word of a person.

    >>> budget(0.5, 1.0)
    'A person set how many alerts about changes over days are asked for: about 5 in ten weeks, instead of 10.'
    >>> budget(0.5, 0.25)
    'A person set how many alerts about changes over days are asked for: about 50 in a hundred weeks, instead of 25.'
    """
    even = all(math.isclose(10 * each, round(10 * each)) for each in (told_per_week, configured_per_week))
    weeks, span = (10, "ten weeks") if even else (100, "a hundred weeks")
    told, configured = (round(weeks * each) for each in (told_per_week, configured_per_week))
    asked = f"about {told} in {span}, instead of {configured}"
    return f"A person set how many alerts about changes over days are asked for: {asked}."


def unanswered(*, local: LocalTime, since_s: int, at_s: int, is_over: bool) -> str:
    """Nobody has acknowledged an urgent alert; `is_over`: by what the sensors see meanwhile.

    >>> unanswered(local=LocalTime("UTC"), since_s=1748_850_120, at_s=1748_850_720, is_over=False)
    'Nobody has acknowledged this since 07:42 (10 min), so it goes to the second recipient as well.'
    """
    told = f"Nobody has acknowledged this since {when(local, since_s, at_s)} ({duration(at_s - since_s)}), "
    told += "so it goes to the second recipient as well."
    if is_over:
        told += " The sensors show since then that it may be over; it stays open until a person has answered."
    return told


def score(kind: AlertKind, answers: Answers, at_s: int, *, asks_more: bool = False) -> str | None:
    """How useful the alerts of a kind were found to be; None before the first answer.

    `asks_more`: because of them, a change must be rarer than at first before it is told.

    >>> answers = Answers()
    >>> for night in range(4):
    ...     answers.raised(night, weighs=True)
    >>> score(AlertKind.LATE_START, answers, 9)
    >>> told = [answers.answer(Outcome.USEFUL, at_s=9, opened_s=night) for night in (0, 1, 2)]
    >>> score(AlertKind.LATE_START, answers, 9)
    'Late start: 3 of 4 alerts so far were answered, 3 as useful. By this most likely between 55 and \
99 in 100 are useful.'
    """
    said = [f"{count} as {spoken(one.name.lower())}" for one in Outcome if (count := answers.count(one))]
    if not said:
        return None
    answered = sum(map(answers.count, Outcome))
    line = f"{spoken(kind).capitalize()}: {answered} of {answers.alerts} alerts so far were answered, {listed(said)}."
    if (useful := answers.usefulness(at_s)) is not None:
        line += f" By this most likely between {100 * useful.low:.0f} and {100 * useful.high:.0f} in 100 are useful."
    if asks_more:
        line += " Because of this a change must now be rarer than at first before it is told."
    if answers.count(Outcome.SENSOR_FAULT):
        line += " Sensor faults are for the technician."
    return line


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
