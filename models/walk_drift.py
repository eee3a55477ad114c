"""What is otherwise than at the walk-test, as the gateway's look once a month found it (decision 0042).

The gateway measures, since radio and raw edges are its own, and hands in what it found as inputs; here it is decided
what of that is told, so that a replay tells the same. A sensor of which another message is open already is not told
twice: silent, stuck, chattering or low on power is the more urgent word for it.
"""

from collections.abc import Collection, Container, Iterable, Mapping
from typing import Any, Final

from models.trouble import Fault
from models.vocabulary import WALK_DRIFT, Sensor

SIGNS: Final = ("unseen", "margin", "weak", "bounce", "press")
"""In the order in which they are told of one sensor, and what `value` of each is.

- unseen: days in which it was not heard once.
- margin: the median of its radio in the last days (dBm), too near to what the receiver can hear.
- weak: how many dB weaker that median is than at the walk-test.
- bounce: for how many ms its contact bounced in one change of ten, longer than its debounce.
- press: days since this help button was last pressed.
"""


class WalkDrift:
    """What has drifted in one home.

    Args:
        sensors: of the home, by id.

    >>> from models.kinds import SensorKind
    >>> drift = WalkDrift({"front": Sensor("front", SensorKind.DOOR, "outside-door")})
    >>> drift.take("@walk/weak/front", 100, 12.0), drift.take("@walk/weak/gone", 100, 12.0), drift.take("@radio", 1, 0)
    (True, False, False)
    >>> drift.faults((), (), deaf=False)
    {'front': Fault(sensor='front', since_s=100, what='weak', numbers=(12.0,))}
    """

    __slots__ = ("_found", "_sensors")

    def __init__(self, sensors: Mapping[str, Sensor]) -> None:
        self._sensors = sensors
        self._found: dict[tuple[str, str], tuple[int, float]] = {}

    def take(self, name: str, at_s: int, value: float) -> bool:
        """Take the input `name`; whether it is about a sensor of this home. A value of 0: well again."""
        if not name.startswith(WALK_DRIFT):
            return False
        sign, _, sensor = name.removeprefix(WALK_DRIFT).partition("/")
        if sign not in SIGNS or sensor not in self._sensors or not abs(value) <= _MOST:
            return False
        if value == 0:
            self._found.pop((sign, sensor), None)
        else:
            since_s, _ = self._found.get((sign, sensor), (at_s, value))
            self._found[sign, sensor] = (since_s, value)
        return True

    def faults(self, elsewhere: Collection[str], told: Container[str], *, deaf: bool) -> dict[str, Fault]:
        """What is to be told, one sign for each sensor.

        Args:
            elsewhere: sensors that another kind tells of.
            told: those of which this kind has told already: they stay until they are well.
            deaf: whether nothing is heard by radio, which explains all that comes by it.
        """
        found: dict[str, Fault] = {}
        for (sign, sensor), (since_s, value) in sorted(self._found.items(), key=_by_sign):
            explained = sensor in elsewhere or (deaf and self._sensors[sensor].wireless)
            if sensor not in found and (sensor in told or not explained):
                found[sensor] = Fault(sensor, since_s, sign, (value,))
        return found

    def shift(self, by_s: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago."""
        self._found = {of: (since_s + by_s, value) for of, (since_s, value) in self._found.items()}

    def state(self) -> list[Any]:
        """Plain JSON."""
        return [[*of, *measured] for of, measured in sorted(self._found.items())]

    def restore(self, state: Iterable[Any]) -> None:
        """Take over what `state()` said; of sensors that are gone nothing has drifted."""
        self._found = {
            (sign, sensor): (since_s, value) for sign, sensor, since_s, value in state if sensor in self._sensors
        }


_MOST: Final = 1_000_000.0


def _by_sign(item: tuple[tuple[str, str], object]) -> tuple[int, str]:
    (sign, sensor), _ = item
    return SIGNS.index(sign), sensor
