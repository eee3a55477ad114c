"""From what a device says again and again to what is worth a row in the journal."""

import math
from typing import Final, NamedTuple

from models.kinds import SensorKind

AGAIN_S: Final = 3600.0
"""A state that has not changed is said again this often, so that its sensor counts as heard: 24 rows a day."""

FIRED_AGAIN_S: Final = 60.0
"""What only fires says nothing when it is over; it is said again after this long, as by a detector on a wire."""

_SOON_S: Final = 10.0

_FIRES: Final = frozenset({SensorKind.MOTION, SensorKind.TAP, SensorKind.TOILET})
_DISCRETE: Final = frozenset({SensorKind.BUTTON, SensorKind.BADGE})


class _Measured(NamedTuple):
    every_s: float
    step: float


_MEASURED: Final = {
    SensorKind.TEMPERATURE: _Measured(300.0, 0.5),
    SensorKind.HUMIDITY: _Measured(300.0, 5.0),
    SensorKind.BATTERY: _Measured(3600.0, 5.0),
}
"""Degrees Celsius, per cent, per cent: a step is said at once, at most each `_SOON_S`."""


class Thinning:
    """What of one sensor is handed over. Times are monotonic seconds.

    >>> door = Thinning(SensorKind.DOOR)
    >>> [door.passes(at_s, value) for at_s, value in [(0, 0), (30, 0), (40, 1), (41, 0), (3000, 0), (3641, 0)]]
    [True, False, True, True, False, True]
    """

    def __init__(self, kind: SensorKind) -> None:
        self._kind = kind
        self._measured = _MEASURED.get(kind)
        self._said_s = -math.inf
        self._said: float | None = None

    def passes(self, now_s: float, value: float, *, is_new: bool = True) -> bool:
        """Whether `value` is to be handed over; if so, it counts as said.

        `is_new` is not so of the last advert again: a door is still open then, but nothing has moved anew.
        """
        if not is_new and self._kind in _FIRES | _DISCRETE:
            return False
        if not self._matters(now_s - self._said_s, value):
            return False
        self._said_s, self._said = now_s, value
        return True

    def _matters(self, since_s: float, value: float) -> bool:
        if self._said is None or self._kind in _DISCRETE:
            return True
        if self._measured is not None:
            stepped = abs(value - self._said) >= self._measured.step and since_s >= _SOON_S
            return stepped or since_s >= self._measured.every_s
        again_s = FIRED_AGAIN_S if value and self._kind in _FIRES else AGAIN_S
        return value != self._said or since_s >= again_s
