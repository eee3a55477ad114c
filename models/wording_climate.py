"""The sentences about rooms that are too cold or too warm."""

import math
from collections.abc import Sequence
from typing import Final

from models.kinds import AlertKind
from models.localtime import LocalTime
from models.vocabulary import Evidence
from models.wording import listed, spoken, when

_CANNOT_TELL: Final = "This cannot tell how warm the person is, or whether another room is {other}."


def rooms(
    kind: AlertKind, *, local: LocalTime, limit_c: float, hours: int, since_s: int, at_s: int,
    measured: Sequence[tuple[str, float]], coverage: str,
) -> Evidence:  # fmt: skip
    """Every room that is measured is beyond the limit: `measured` holds places and degrees Celsius."""
    cold = kind is AlertKind.COLD_HOME
    beyond = f"{'below' if cold else 'above'} {limit_c:g} °C"
    now = listed(f"{spoken(place)} {_whole(kind, degrees)}" for place, degrees in measured)
    ask = "the heating works" if cold else "a window can be opened or a cooler room reached"
    return Evidence(
        observed=f"It has been {beyond} since {when(local, since_s, at_s)} wherever it is measured; now: {now}.",
        usual=f"This limit is the same in every home: {beyond} for {hours} h while somebody is at home.",
        because=f"Every room that is measured stayed {beyond} for {hours} h.",
        coverage=coverage,
        cannot_tell=_CANNOT_TELL.format(other="warmer" if cold else "cooler"),
        to_do=f"Ring and ask how warm it is, and whether {ask}.",
        details="It would not have been raised had one of these rooms been on the other side of the limit.",
    )


def over(kind: AlertKind, place: str, degrees: float, *, at_s: int, local: LocalTime) -> str:
    """One room is within the limit again.

    >>> over(AlertKind.COLD_HOME, "living-room", 17.24, at_s=1748_850_120, local=LocalTime("Europe/London"))
    'At 08:42 it was 17 °C in the living room.'
    """
    return f"At {local.clock(at_s)} it was {_whole(kind, degrees)} in the {spoken(place)}."


def _whole(kind: AlertKind, degrees: float) -> str:
    """Away from the limit, so that 15.9 °C is not said to be 16 when 16 would be warm enough."""
    return f"{math.floor(degrees) if kind is AlertKind.COLD_HOME else math.ceil(degrees)} °C"
