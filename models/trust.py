"""Whether the sensors of a home see enough of waking life for a silence to mean anything."""

from collections.abc import Sequence
from typing import Final

from models.kinds import SensorKind
from models.localtime import DAY_S, HOUR_S
from models.vocabulary import OUTSIDE_DOOR, Sensor

_DAYS: Final = 30
_TIMES: Final = 4
"""Waking silences beyond the ceiling, with no outside door to explain them, in `_DAYS`: who has that many is often
out or about without being seen. In ten homes with motion sensors there were at most 3; in one with nothing but
taps 17, in four of six with nothing but a wrist band 6 to 8."""

UNTRUSTED_S: Final = 24 * HOUR_S
"""Where silences cannot be judged, a whole day and night without any sign is still told."""

LONGEST_S: Final = 72 * HOUR_S
"""And three of them always are, however often it happened: a long weekend away is none of these."""

_LONGER: Final = 1.25
"""In between, what is longer by a quarter than whatever was remembered of `_REMEMBERED_DAYS`."""

_REMEMBERED_DAYS: Final = 60
_REMEMBERED: Final = 60
"""Silences kept: one a day for that long."""


def sees_indoors(sensors: Sequence[Sensor]) -> bool:
    """Whether, of these signs of life, any is of somebody indoors. True of none at all: nothing is ever seen of those.

    An outside door and a button are silent for as long as nobody comes, goes or presses: of a silence at home they
    tell nothing, not even after a day. Nor does one that anybody can imitate: by itself it never counts.

    >>> door = Sensor("front", SensorKind.DOOR, OUTSIDE_DOOR)
    >>> sees_indoors([door]), sees_indoors([door, Sensor("tap", SensorKind.TAP, "kitchen")])
    (False, True)
    """
    return not sensors or any(
        sensor.kind is not SensorKind.BUTTON
        and not sensor.weak
        and (sensor.kind is not SensorKind.DOOR or sensor.place != OUTSIDE_DOOR)
        for sensor in sensors
    )


class Trust:
    """One stream's own record of silences that no home should have.

    >>> trust = Trust()
    >>> for day in range(1, 5):
    ...     trust.doubt(day * DAY_S, 30 * HOUR_S)
    >>> trust.holds(5 * DAY_S), trust.limit_s(5 * DAY_S) / HOUR_S
    (False, 37.5)
    """

    def __init__(self) -> None:
        self._doubts: list[tuple[int, int]] = []

    def doubt(self, at_s: int, length_s: int) -> None:
        """Such a silence, of `length_s`, ended by itself at `at_s` (UTC seconds)."""
        self._doubts = [*self._doubts, (at_s, length_s)][-_REMEMBERED:]

    def holds(self, at_s: int) -> bool:
        """Whether silences can be judged at `at_s`."""
        return len(self._doubts) < _TIMES or self._doubts[-_TIMES][0] <= at_s - _DAYS * DAY_S

    def limit_s(self, at_s: int) -> int:
        """Where they cannot: after how many seconds a silence that begins at `at_s` is told all the same."""
        past_s = (length_s for then_s, length_s in self._doubts if then_s > at_s - _REMEMBERED_DAYS * DAY_S)
        return max(UNTRUSTED_S, min(int(_LONGER * max(past_s, default=0)), LONGEST_S))

    def shift(self, by_s: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago."""
        self._doubts = [(at_s + by_s, length_s) for at_s, length_s in self._doubts]

    def state(self) -> list[list[int]]:
        """Plain JSON."""
        return [list(doubt) for doubt in self._doubts]

    def restore(self, state: list[list[int]]) -> None:
        """Take over what `state()` said."""
        self._doubts = [(at_s, length_s) for at_s, length_s in state]
