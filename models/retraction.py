"""Taking back what a line said before it was found to chatter: for some seconds it was taken for a person.

The silence that it broke goes on, and an alert that it ended is open again; what it began is forgotten. What it taught,
one silence and some counts, stays: the counts of that day are not judged, and a silence that is remembered too short
makes the next alert earlier and not later.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from models.claims import Claim
from models.coverage import FORGIVEN_S
from models.inactivity import Inactivity
from models.signals import Event
from models.vocabulary import Sensor

if TYPE_CHECKING:
    from models.stream import Stream

_KEPT: Final = ("sign_ms", "context", "whole", "own", "seen")
_SENSORS: Final = 4
"""Remembered: three that chatter together, and the one that spoke before them."""

_Past = tuple[Sensor, tuple[Any, ...], Mapping[str, Any]]
"""A sensor that spoke last, and what the silence and the presence were until another one did."""


class Retractable(Inactivity):
    """A silence that remembers what it was before the last sensors spoke: lines of one cable chatter together."""

    _past: Mapping[str, _Past] = {}

    def sign(self, event: Event, *, teaches: bool = True, others: bool = False) -> Claim | None:
        """A sign of life (see `Inactivity.sign`)."""
        if self._sign is not None and event.sensor is not self._sign:
            values = tuple(getattr(self, f"_{name}") for name in _KEPT)
            others_past = [(name, one) for name, one in self._past.items() if name != self._sign.id]
            now = (self._sign.id, (self._sign, values, self._presence.state()))
            self._past = dict([*others_past[1 - _SENSORS :], now])
        return super().sign(event, teaches=teaches, others=others)

    def retract(self, sensor: Sensor, at_s: int) -> None:
        """What `sensor` said last was nobody: the silence is the one that it broke, and open alerts open again."""
        past = {name: one for name, one in self._past.items() if name != sensor.id}
        self._past = past
        if self._sign is not sensor or not past:
            return
        _, (self._sign, values, presence) = past.popitem()
        for name, value in zip(_KEPT, values, strict=True):
            setattr(self, f"_{name}", value)
        self._presence.restore(presence)
        self._floor_s = max(self._floor_s, at_s + 1)
        self.look_again()
        self.due_ms = max(self.due_ms, self._floor_s * 1000)

    def shift(self, at_ms: int, by_ms: int) -> None:
        """The clock was stepped: what was before that can no longer be taken back."""
        super().shift(at_ms, by_ms)
        self._past = {}

    def seeing(self, at_ms: int, blind_s: int) -> None:
        """The gateway sees again: neither can what was before it could not for more than a moment."""
        super().seeing(at_ms, blind_s)
        if blind_s >= FORGIVEN_S:
            self._past = {}

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        past = [[name, list(values), presence] for name, (_, values, presence) in self._past.items()]
        return {**super().state(), "past": past}

    def restore(self, state: Mapping[str, Any], sensors: Mapping[str, Sensor]) -> None:
        """Take over what `state()` said; a sensor that is gone takes with it what can be taken back."""
        super().restore(state, sensors)
        self._past = {
            name: (sensors[name], tuple(values), presence)
            for name, values, presence in state["past"]
            if name in sensors
        }


def retract(stream: "Stream", sensor: Sensor, at_s: int) -> list[Claim]:
    """Take back what `sensor` of this stream said last."""
    stream.health.doubt()
    stream.inactivity.retract(sensor, at_s)
    if sensor.is_outside_door:
        stream.rest.night_exit.seeing(at_s, forgiven=False)
    return stream.stays.disbelieve(sensor)
