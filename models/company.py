"""Two places at once: somebody else is in the home of a person who lives alone.

A chair that stays occupied while a tap is turned elsewhere takes two people. Motion detectors prove nothing: a pet, a
curtain or the sun sets them off. So what is done elsewhere must be done by hand, twice, while the chair or bed
stays taken; and a chair that stays taken for longer than people sit has something lying on it.
"""

from collections.abc import Mapping
from typing import Any, Final

from models.kinds import SensorKind
from models.localtime import HOUR_S, MINUTE_S
from models.signals import Event, Phase

LEVELS: Final = frozenset({SensorKind.SEAT, SensorKind.BED, SensorKind.PRESENCE})
"""Kinds that say that somebody is still there."""

_BY_HAND: Final = frozenset(
    {SensorKind.DOOR, SensorKind.TAP, SensorKind.TOILET, SensorKind.FRIDGE, SensorKind.CUPBOARD}
)
"""Kinds that only a person sets off. Not appliances, which have clocks, nor seats, on which a cat may jump."""

LAG_MS: Final = 2 * MINUTE_S * 1000
"""A pad that is slow to say that it is free, or a detector that holds on, does so within this."""

_GOES_ON_MS: Final = 15 * MINUTE_S * 1000
"""So long after something was done by hand elsewhere, what else is seen elsewhere is still the other person's."""

_LONGEST_MS: Final = {
    SensorKind.SEAT: 6 * HOUR_S * 1000,
    SensorKind.BED: 14 * HOUR_S * 1000,
    SensorKind.PRESENCE: 2 * HOUR_S * 1000,
}
"""Taken for longer than this without a break, it is not a person that it feels."""


class _Taken:
    """A seat, bed or room that is taken: since when, and when something was first and last done by hand elsewhere."""

    __slots__ = ("first_ms", "last_ms", "on_ms")

    def __init__(self, on_ms: int, first_ms: int | None = None, last_ms: int = 0) -> None:
        self.on_ms = on_ms
        self.first_ms = first_ms
        self.last_ms = last_ms


class Company:
    """Whether somebody else must be there.

    Args:
        alone: whether one person lives here; where several do, two places at once are nothing new.

    Attributes:
        seen_s: UTC second at which somebody else was last there, or None.
    """

    def __init__(self, *, alone: bool) -> None:
        self.seen_s: int | None = None
        self._alone = alone
        self._taken: dict[str, tuple[SensorKind, str, _Taken]] = {}

    def see(self, event: Event) -> bool:
        """An event of this stream; whether it must be somebody else's."""
        sensor, at_ms = event.sensor, event.at_ms
        if not self._alone:
            return False
        if sensor.kind in LEVELS and event.phase is Phase.OFF:
            self._taken.pop(sensor.id, None)
        elif sensor.kind in LEVELS and event.phase is Phase.ON:
            self._taken[sensor.id] = (sensor.kind, sensor.place, _Taken(at_ms))
        by_hand = sensor.kind in _BY_HAND
        theirs = False
        for kind, place, taken in self._taken.values():
            if place == sensor.place or not LAG_MS <= at_ms - taken.on_ms <= _LONGEST_MS[kind]:
                continue
            if by_hand and taken.first_ms is None:
                taken.first_ms = at_ms
            elif by_hand and at_ms - (taken.first_ms or at_ms) >= LAG_MS:
                taken.last_ms = at_ms
            theirs = theirs or 0 <= at_ms - taken.last_ms <= _GOES_ON_MS
        if theirs:
            self.seen_s = at_ms // 1000
        return theirs

    def forget(self) -> None:
        """What is taken is unknown: the gateway was blind, or nobody was at home."""
        self._taken = {}

    def shift(self, by_ms: int) -> None:
        """The clock was stepped: what is taken now is looked at anew."""
        self.forget()
        if self.seen_s is not None:
            self.seen_s += round(by_ms / 1000)

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "seen_s": self.seen_s,
            "taken": {
                name: [str(kind), place, taken.on_ms, taken.first_ms, taken.last_ms]
                for name, (kind, place, taken) in self._taken.items()
            },
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said."""
        self.seen_s = state["seen_s"]
        self._taken = {
            name: (SensorKind(kind), place, _Taken(*times)) for name, (kind, place, *times) in state["taken"].items()
        }
