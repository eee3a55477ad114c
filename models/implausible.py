"""Sensors whose values keep being impossible: 85 °C, a pulse of 0, a switch that says one half.

One such value is dropped and says nothing of its sensor. Told is of what gives them for hours; a wearable that lies on
the table may give nothing else for a day.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from models.kinds import SensorKind
from models.localtime import DAY_S, HOUR_S
from models.signals import Line

KEEPS_ON_S: Final = 2 * HOUR_S
WORN_KEEPS_ON_S: Final = DAY_S
LOOKS: Final = 4
"""Looks at which there was a new one. What is heard seldom takes longer to be judged."""

WORN: Final = frozenset({SensorKind.HEART_RATE, SensorKind.STEPS})
"""Worn kinds that say something possible in between are worn; of the others any impossible value counts."""


class _Known:
    """One line: what was counted at the last look, and since when, how often and at how many looks it was wrong."""

    __slots__ = ("count", "heard_ms", "looks", "since_s", "total")

    def __init__(self) -> None:
        self.count, self.heard_ms, self.since_s, self.looks, self.total = 0, 0, 0, 0, 0


class Implausible:
    """The impossible values of all lines of a home, looked at from time to time.

    Args:
        lines: they count what they leave out.
    """

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = list(lines)
        self._known = {line.sensor.id: _Known() for line in self._lines}

    def look(self, at_s: int) -> None:
        """Count what has come since the last look."""
        for line in self._lines:
            known, heard_ms = self._known[line.sensor.id], line.heard_ms or 0
            new, heard = line.implausible - known.count, heard_ms != known.heard_ms
            if heard and (not new or line.sensor.kind in WORN):
                known.looks = known.total = 0
            elif new > 0:
                known.since_s = known.since_s if known.looks else at_s
                known.looks += 1
                known.total += new
            known.count, known.heard_ms = line.implausible, heard_ms

    def wrong(self, at_s: int) -> dict[str, tuple[int, int]]:
        """For each sensor whose values keep being impossible: since when (UTC s), and how many there were."""
        return {
            line.sensor.id: (known.since_s, known.total)
            for line in self._lines
            if (known := self._known[line.sensor.id]).looks >= LOOKS
            and at_s - known.since_s >= (WORN_KEEPS_ON_S if line.sensor.kind in WORN else KEEPS_ON_S)
        }

    def shift(self, by_ms: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago."""
        for known in self._known.values():
            known.since_s += round(by_ms / 1000)
            known.heard_ms += by_ms if known.heard_ms else 0

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            name: [one.count, one.heard_ms, one.since_s, one.looks, one.total]
            for name, one in sorted(self._known.items())
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said; a line that is new begins anew."""
        for name, one in self._known.items():
            if name in state:
                one.count, one.heard_ms, one.since_s, one.looks, one.total = state[name]
