"""The person as the sensors see her: walking, sitting, turning taps, in rooms along one hall.

A `Body` is a cursor in time. Every method lets time pass and notes what was set off, so acts come out in
order, a level always alternates, and nobody is in two places at once.
"""

from collections.abc import Iterable
from random import Random
from typing import Final, Literal

from gateway.sources.simulator.act import (
    BATHROOM_MOTION,
    BED,
    CHAIR,
    HALL_MOTION,
    KITCHEN_MOTION,
    LOUNGE_MOTION,
    Act,
    Posture,
)
from gateway.sources.simulator.chance import spread
from models.localtime import MINUTE_S

Room = Literal["bedroom", "hall", "bathroom", "kitchen", "lounge"]

_REARM_S: Final = 5.0
"""A passive infrared sensor does not fire again sooner: it holds its output for two or three seconds."""

_LEVEL_REST_S: Final = 1.5
"""No contact changes back sooner by a hand; what is shorter is bounce, and the stage's affair."""

_SEATED_GAP_S: Final = 7.0 * MINUTE_S
"""Median time between movements that the room's sensor sees of somebody in the chair."""

_FIDGET_CHANCE: Final = 0.12
"""Share of these movements that lift her off the seat for a moment."""

_MOTION: Final[dict[Room, str]] = {
    "hall": HALL_MOTION,
    "bathroom": BATHROOM_MOTION,
    "kitchen": KITCHEN_MOTION,
    "lounge": LOUNGE_MOTION,
}


class Body:
    """Somebody in bed, at the beginning of a night.

    Args:
        rng: where every chance comes from.
        now_s: UTC seconds.
        room: where she is.
        on: level sensors that are on.

    Attributes:
        acts: what has been set off so far, in order.
        postures: since when the body has been doing what.
    """

    def __init__(self, rng: Random, now_s: float, *, room: Room = "bedroom", on: Iterable[str] = (BED,)) -> None:
        self.rng = rng
        self.now_s = now_s
        self.acts: list[Act] = []
        self.postures: list[tuple[float, Posture]] = [(now_s, Posture.ASLEEP)]
        self._room: Room = room
        self._on = set(on)
        self._last_s: dict[str, float] = {}

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now_s += max(seconds, 0.0)

    def take(self, posture: Posture) -> None:
        """Do this from now on."""
        if self.postures[-1][1] is not posture:
            self.postures.append((self.now_s, posture))

    def turn(self, sensor: str, *, on: bool) -> None:
        """Change a level; nothing happens if it is there already."""
        if on == (sensor in self._on):
            return
        self.now_s = max(self.now_s, self._last_s.get(sensor, 0.0) + _LEVEL_REST_S)
        self._note(sensor, float(on))
        self._on ^= {sensor}

    def use(self, sensor: str, seconds: float) -> None:
        """On, and off again after `seconds`."""
        self.turn(sensor, on=True)
        self.wait(seconds)
        self.turn(sensor, on=False)

    def fire(self, sensor: str) -> None:
        """Set off a sensor that only fires, unless it is still holding."""
        if self.now_s >= self._last_s.get(sensor, 0.0) + _REARM_S:
            self._note(sensor, 1.0)

    def stir(self) -> None:
        """Move, so that the room's own sensor sees it. The bedroom has none."""
        if sensor := _MOTION.get(self._room):
            self.fire(sensor)

    def go(self, room: Room) -> None:
        """Walk to `room`; the way leads through the hall."""
        if room == self._room:
            self.stir()
            return
        self.wait(spread(self.rng, 4.0, 0.4))
        if self._room != "hall" and room != "hall" and self.rng.random() < 0.9:
            self.fire(HALL_MOTION)
            self.wait(spread(self.rng, 6.0, 0.5))
        self._room = room
        self.stir()

    def potter(self, seconds: float, *, gap_s: float = 48.0) -> None:
        """Be busy in this room: movements come in bursts, with a median gap of `gap_s`."""
        end_s = self.now_s + seconds
        while (gap := spread(self.rng, gap_s, 1.0)) < end_s - self.now_s:
            self.wait(gap)
            self.stir()
        self.wait(end_s - self.now_s)

    def sit(self, seconds: float, *, still: float = 1.0, posture: Posture = Posture.SEATED) -> None:
        """Sit in the chair, with fidgets; `still` stretches the gaps between them."""
        self.go("lounge")
        self.wait(spread(self.rng, 5.0, 0.4))
        self.turn(CHAIR, on=True)
        self.take(posture)
        end_s = self.now_s + max(seconds, MINUTE_S)
        still *= spread(self.rng, 1.0, 0.5)
        while (gap := spread(self.rng, _SEATED_GAP_S * still, 1.2)) < end_s - self.now_s:
            self.wait(gap)
            if self.rng.random() < _FIDGET_CHANCE:
                self.turn(CHAIR, on=False)
                self.wait(spread(self.rng, 6.0, 0.8))
                self.turn(CHAIR, on=True)
            else:
                self.stir()
        self.wait(end_s - self.now_s)
        self.turn(CHAIR, on=False)
        self.take(Posture.ACTIVE)
        self.wait(2.0)
        self.stir()

    def _note(self, sensor: str, value: float) -> None:
        at_s = round(self.now_s, 3)
        self.acts.append(Act(at_s, sensor, value))
        self._last_s[sensor] = at_s
