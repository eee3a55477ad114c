"""What could have been seen: when the gateway was blind, and which sensors were heard.

Blindness is never stillness. Every conclusion asks here how much of its time was seen, and says so.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from models.kinds import SensorKind
from models.localtime import DAY_S, MINUTE_S, LocalTime
from models.signals import Line

FORGIVEN_S: Final = 10 * MINUTE_S
"""A shorter blind stretch (a restart, an update) hides no more than an ordinary pause would."""

_REMEMBERED: Final = 64
"""Blind stretches kept; a home that is blind more often than this in a week has other troubles."""


class Coverage:
    """When this home's gateway could not see."""

    def __init__(self, local: LocalTime) -> None:
        self._local = local
        self._since_s: int | None = None
        self._stretches: list[tuple[int, int]] = []

    @property
    def blind_since_s(self) -> int | None:
        """UTC second at which it became blind, or None while it sees."""
        return self._since_s

    def lost(self, at_s: int) -> None:
        """The gateway cannot see from `at_s` on."""
        if self._since_s is None:
            self._since_s = at_s

    def found(self, at_s: int) -> int:
        """The gateway can see again; returns for how many seconds it could not (0 if it could)."""
        if self._since_s is None:
            return 0
        start_s, self._since_s = self._since_s, None
        self.hidden(start_s, at_s)
        return at_s - start_s

    def hidden(self, start_s: int, end_s: int) -> None:
        """Record a stretch that must not be read as stillness, such as a step of the clock."""
        self._stretches = [*self._stretches, (start_s, end_s)][-_REMEMBERED:]

    def shift(self, by_s: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago."""
        self._stretches = [(start_s + by_s, end_s + by_s) for start_s, end_s in self._stretches]
        if self._since_s is not None:
            self._since_s += by_s

    def blind_s(self, start_s: int, end_s: int) -> int:
        """Seconds between `start_s` and `end_s` in which the gateway could not see."""
        return sum(max(0, end - start) for start, end in self._within(start_s, end_s))

    def unseen_s(self, blind_s: int, at_s: int) -> int:  # noqa: ARG002 - what lies over it knows more
        """For how long nothing was seen, if the gateway was blind for the `blind_s` before `at_s`."""
        return blind_s

    def hidden_within(self, start_s: int, end_s: int) -> list[tuple[int, int]]:
        """Every stretch between two UTC seconds that could not be seen; those that lie elsewhere are empty."""
        return self._within(start_s, end_s)

    def _within(self, start_s: int, end_s: int) -> list[tuple[int, int]]:
        """The blind stretches, cut to what lies between; those that do not are empty."""
        stretches = [*self._stretches]
        if self._since_s is not None:
            stretches.append((self._since_s, max(end_s, self._since_s)))
        return [(max(start, start_s), min(end, end_s)) for start, end in stretches]

    def sentence(self, lines: Iterable[Line], at_s: int) -> str:
        """How much could be seen in the 24 hours before `at_s`, in plain words."""
        lines = [line for line in lines if line.sensor.kind is not SensorKind.BUTTON]
        silent = not_heard(lines, at_s)
        heard = len(lines) - len(silent)
        text = f"{heard} of {len(lines)} sensors heard in the last 24 hours"
        if 0 < len(silent) <= 3:
            text += f" (not heard: {', '.join(silent)})"
        blind_s = self.blind_s(at_s - DAY_S, at_s)
        if blind_s >= FORGIVEN_S:
            return f"{text}; the gateway could not see for {duration(blind_s)} of them."
        return f"{text}; the gateway could see all the time."

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"blind_since_s": self._since_s, "stretches": [list(pair) for pair in self._stretches]}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said."""
        self._since_s = state["blind_since_s"]
        self._stretches = [(start, end) for start, end in state["stretches"]]


class OwnCoverage(Coverage):
    """What could be seen of one life: what the `home` below it let see, less the time of its own.

    Its own time is what was spent elsewhere (`models.whereabouts`), or what no sensor could be heard in
    (`models.sight`): one lies over the other.

    Args:
        home: the coverage of the whole home, or the layer below.
        notes: sentences to go with every sentence about coverage, at a UTC second.

    Attributes:
        home: the layer below.
    """

    def __init__(
        self, local: LocalTime, home: Coverage, notes: Callable[[int], Iterable[str]] = lambda _at_s: ()
    ) -> None:
        super().__init__(local)
        self.home = home
        self._notes = notes

    @property
    def blind_since_s(self) -> int | None:
        """UTC second since which this life cannot be seen, or None while it can."""
        own_s, home_s = self._since_s, self.home.blind_since_s
        if own_s is None or home_s is None:
            return home_s if own_s is None else own_s
        return min(own_s, home_s)

    def blind_s(self, start_s: int, end_s: int) -> int:
        """Seconds between `start_s` and `end_s` in which this life could not be seen."""
        own = super()._within(start_s, end_s)
        if not own:
            return self.home.blind_s(start_s, end_s)
        blind_s, until_s = 0, start_s
        for start, end in sorted(own + self.home.hidden_within(start_s, end_s)):
            blind_s += max(0, end - max(start, until_s))
            until_s = max(until_s, end)
        return blind_s

    def hidden_within(self, start_s: int, end_s: int) -> list[tuple[int, int]]:
        """Every stretch between two UTC seconds that could not be seen; those that lie elsewhere are empty."""
        return self._within(start_s, end_s) + self.home.hidden_within(start_s, end_s)

    @property
    def own_since_s(self) -> int | None:
        """UTC second since which it is hidden by this layer itself, or None while it is not."""
        return self._since_s

    @property
    def is_elsewhere(self) -> bool:
        """Whether this life is spent elsewhere, so that it cannot be seen whatever the gateway sees."""
        return self._since_s is not None

    def elsewhere_s(self, start_s: int, end_s: int) -> int:
        """Seconds between `start_s` and `end_s` that were spent elsewhere."""
        return super().blind_s(start_s, end_s)

    def unseen_s(self, blind_s: int, at_s: int) -> int:
        """For how long this life was not seen, if the gateway was blind for the `blind_s` before `at_s`."""
        before = [start for start, end in self._stretches if end >= at_s - blind_s]
        return max(self.home.unseen_s(blind_s, at_s), at_s - min(before, default=at_s))

    def sentence(self, lines: Iterable[Line], at_s: int) -> str:
        """How much could be seen in the 24 hours before `at_s`, and what else is to be known of them."""
        return " ".join([self.home.sentence(lines, at_s), *self._notes(at_s)])


def not_heard(lines: Iterable[Line], at_s: int) -> list[str]:
    """Sensors that said nothing in the 24 hours before `at_s`. A button has nothing to say until it is pressed."""
    since_ms = (at_s - DAY_S) * 1000
    return [
        line.sensor.id
        for line in lines
        if line.sensor.kind is not SensorKind.BUTTON and (line.heard_ms is None or line.heard_ms < since_ms)
    ]


def duration(seconds: float) -> str:
    """A length of time as people say it.

    >>> duration(15_600), duration(6_600), duration(59), duration(7_200)
    ('4 h 20', '1 h 50', '1 min', '2 h')
    """
    minutes = max(1, round(seconds / MINUTE_S))
    hours, minutes = divmod(minutes, 60)
    if hours == 0:
        return f"{minutes} min"
    return f"{hours} h {minutes:02d}" if minutes else f"{hours} h"
