"""A person's own night: by when they are in bed, and until when nobody expects them up."""

from typing import Final, NamedTuple

from models.learners.timing import Timing
from models.localtime import DAY_S, HOUR_S

_STARTS_S: Final = 23 * HOUR_S
_ENDS_S: Final = 6 * HOUR_S
"""The night, until this person's own is known."""

_CORE_STARTS_S: Final = 2 * HOUR_S
_CORE_ENDS_S: Final = 4 * HOUR_S
"""Always night, whatever was learnt: whoever sat up until three last week is not to be lost sight of for it."""


class OwnNight(NamedTuple):
    """One person's night, in seconds of the clock since midnight, and from how many nights it is learnt.

    >>> night = OwnNight(23 * HOUR_S, 6 * HOUR_S, known=0)
    >>> night.holds(2 * HOUR_S), night.holds(23 * HOUR_S), night.holds(6 * HOUR_S)
    (True, True, False)
    """

    starts_s: int
    ends_s: int
    known: int

    def holds(self, second_of_day: int) -> bool:
        """Whether the clock showing `second_of_day` is in it."""
        if self.starts_s < self.ends_s:
            return self.starts_s <= second_of_day < self.ends_s
        return second_of_day >= self.starts_s or second_of_day < self.ends_s


def own_night(to_bed: Timing, up: Timing) -> OwnNight:
    """From when they are in bed to when they are first up, on nineteen days in twenty each.

    23:00 to 06:00 while either is unknown.
    """
    in_bed, out = to_bed.usual(), up.usual()
    if in_bed is None or out is None:
        return OwnNight(_STARTS_S, _ENDS_S, known=0)
    return between(in_bed.high_s, out.low_s, known=min(to_bed.known, up.known))


def between(in_bed_s: int, up_s: int, *, known: int) -> OwnNight:
    """The night of who is in bed by, and not up before, these seconds of the clock; its core is always night.

    >>> between(4 * HOUR_S, 9 * HOUR_S, known=0)
    OwnNight(starts_s=7200, ends_s=32400, known=0)
    """
    noon_s = DAY_S // 2
    starts_s = min((in_bed_s - noon_s) % DAY_S, _CORE_STARTS_S + noon_s)
    ends_s = max(up_s, _CORE_ENDS_S) if up_s < noon_s else _ENDS_S
    return OwnNight((starts_s + noon_s) % DAY_S, ends_s, known)
