"""The sentences about weak signs: lines of a summary, or within several changes, and never an alert of their own."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from models.coverage import duration
from models.kinds import AlertKind
from models.localtime import LocalTime
from models.pulse import Raised
from models.wording import listed

_WEAK: Final = "This is one weak sign and cannot tell why."


class Noted(NamedTuple):
    """A weak sign of today: what was seen, this person's own usual, and what may be asked.

    `is_new`: it was not there yesterday. `joins`: whether it may stand beside other signs in one alert.
    """

    kind: AlertKind
    observed: str
    usual: str
    ask: str = ""
    is_new: bool = True
    joins: bool = True


def noted(one: Noted) -> str:
    """The line in the day's summary."""
    return " ".join(part for part in (f"Noted: {one.observed}", one.usual, _WEAK, one.ask) if part)


def week(kinds: Sequence[AlertKind]) -> str:
    """The line in the week's summary.

    >>> week([AlertKind.RESTING_PULSE, AlertKind.MORE_ACTIVE, AlertKind.MORE_ACTIVE])
    'Noted this week, each a weak sign by itself: more active (2 times), resting pulse (once).'
    """
    counts = {kind: sum(other is kind for other in kinds) for kind in sorted(set(kinds))}
    times = (f"{name(kind)} ({'once' if count == 1 else f'{count} times'})" for kind, count in counts.items())
    return f"Noted this week, each a weak sign by itself: {', '.join(times)}."


def resting_pulse(raised: Raised, *, is_new: bool) -> Noted:
    """Two or three raised nights, or days of sitting still."""
    what, each = ("while sitting still", "days") if raised.seated else ("at night", "nights")
    above = raised.above()
    return Noted(
        AlertKind.RESTING_PULSE,
        f"Resting pulse {what} {listed(map(str, above))} bpm on {len(above)} of the last {len(raised.last_bpm)} {each} "
        "that could be judged.",
        f"On nine {each} in ten it is {round(raised.usual.most)} or less (learnt from {raised.usual.nights} {each}).",
        is_new=is_new,
    )


def more_active(*, minutes: int, usual: tuple[float, float], known_days: int, is_new: bool) -> Noted:
    """More movement about the home than usual: minutes of the day in which anything was seen."""
    low, high = max(0, round(usual[0] - usual[1])), round(usual[0] + usual[1])
    return Noted(
        AlertKind.MORE_ACTIVE,
        f"Up and about more than usual: movement in {minutes} different minutes of the last day.",
        f"On most days there is movement in {low} to {high} (learnt from {known_days} days).",
        "Ask how the day was.",
        is_new=is_new,
    )


def restless_night(*, raised: int, nights: int, in_bed: bool, known_days: int, is_new: bool) -> Noted:
    """Restless nights. Nothing that could be quoted to the resident is counted (ALERTS, rule 2)."""
    what = "Out of bed more often" if in_bed else "More movement in the middle of the night"
    when = "in the last night" if nights == 1 else f"on {raised} of the last {nights} nights"
    return Noted(
        AlertKind.RESTLESS_NIGHT,
        f"{what} than usual {when}.",
        f"Compared with this person's own nights before (learnt from {known_days} nights).",
        "Ask 'How have your nights been?'; do not quote counts.",
        is_new=is_new,
    )


def not_worn(*, local: LocalTime, since_s: int, at_s: int, longest_s: int, days: int) -> Noted:
    """A wearable says nothing of a body."""
    return Noted(
        AlertKind.NOT_WORN,
        f"The wearable has shown no sign of being worn since {local.clock(since_s)} on {local.weekday(since_s)} "
        f"({duration(at_s - since_s)}), so nothing is known of pulse or steps meanwhile.",
        f"Its longest pause in the {days} days before was {duration(longest_s)}. It may also be empty or out of reach.",
        "Ask whether it is comfortable and charged.",
        joins=False,
    )


def name(kind: AlertKind) -> str:
    """A kind as people say it."""
    return kind.replace("_", " ")
