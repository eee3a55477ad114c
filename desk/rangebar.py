"""A habit as a small picture: the usual range as a band, what was observed as a mark, from zero on."""

from typing import Final

import msgspec

from gateway.uplink.wire import HabitLine

WIDTH: Final = 120
_MARGIN: Final = 6
_THINNEST: Final = 3.0
"""Pixels: a range from 0 to 0 is still a range."""


class RangeBar(msgspec.Struct, frozen=True, kw_only=True):
    """Positions in pixels of a drawing `WIDTH` wide; `band_*` is None while learning (there is no picture then)."""

    mark: float
    band_left: float | None
    band_width: float | None


def range_bar(line: HabitLine) -> RangeBar:
    """The picture of `line`. What lies below zero is drawn at zero.

    >>> range_bar(HabitLine(habit="tap", observed=4, usual_low=5, usual_high=10))
    RangeBar(mark=49.2, band_left=60.0, band_width=54.0)
    """
    most = max(line.observed, line.usual_high or 0.0, 0.0) or 1.0

    def at(value: float) -> float:
        return round(_MARGIN + (WIDTH - 2 * _MARGIN) * max(value / most, 0.0), 1)

    if line.usual_low is None or line.usual_high is None:
        return RangeBar(mark=at(line.observed), band_left=None, band_width=None)
    left = at(line.usual_low)
    return RangeBar(mark=at(line.observed), band_left=left, band_width=max(at(line.usual_high) - left, _THINNEST))
