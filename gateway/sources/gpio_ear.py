"""What the edges of one line say: a contact passes them on, a meter gathers them into draws.

Nothing is debounced here: gpiozero's `bounce_time` drops edges, and `models.signals` debounces on timestamps.
Neither class is locked, and neither knows a pin: `gateway.sources.gpio_watch` calls them under its lock.
"""

from collections.abc import Callable
from typing import Final, Protocol

from gateway.sources.edge_bound import EdgeBound
from gateway.sources.gpio_line import Line, Meter
from gateway.sources.pulses import Draw, Draws

OVERTAKEN_S: Final = 1.0
"""An edge this soon after a re-read healed to the same level is the one that the re-read saw."""

PRESS_APART_S: Final = 0.02
"""Two presses of a button closer together are one; nobody's finger is that fast."""

_CENTILITRE: Final = 2

Tell = Callable[[float, str, float], None]
"""Hand over a value: the moment (monotonic seconds), the sensor's id, the value."""


class Ear(Protocol):
    """What listens to one line.

    Attributes:
        left_out: how many edges were not passed on: more than a line may say, or before it was warm.
        litres: of the last draw, where there is a meter for it.
    """

    left_out: int
    litres: float | None

    def changed(self, at_s: float, *, active: bool) -> None:
        """An edge to this level."""

    def wants_level(self, at_s: float) -> bool:
        """Whether the level should be read now, for what was left out may have hidden it. Time passes until then."""

    def level(self, at_s: float, *, active: bool) -> None:
        """The level as it was read."""


class Contact:
    """Passes on every edge of a contact or a detector, and heals what was lost.

    Args:
        line: which.
        tell: takes what it says.
    """

    def __init__(self, line: Line, tell: Tell) -> None:
        self.left_out = 0
        self.litres: float | None = None
        self._line = line
        self._tell = tell
        self._bound = EdgeBound()
        self._is_full = False
        self._is_cold = line.warm_up_s > 0
        self._reported: bool | None = False if line.fires_only else None
        self._healed_s = -OVERTAKEN_S
        self._pressed_s = -PRESS_APART_S

    def changed(self, at_s: float, *, active: bool) -> None:
        """An edge to this level."""
        if at_s < self._line.warm_up_s:
            self.left_out += 1
            self._follow(active=active)
            return
        if not self._passes(at_s, active=active):
            self.left_out += 1
            self._is_full = True
            return
        was_full, self._is_full = self._is_full, False
        if active is self._reported:
            seen = at_s - self._healed_s < OVERTAKEN_S  # the re-read saw it first
            if seen or (was_full and not self._line.is_button):
                return
            self._bound.passes(at_s)
            self._report(at_s, active=not active)  # it must have been there: that edge was lost
        self._report(at_s, active=active)

    def _passes(self, at_s: float, *, active: bool) -> bool:
        if self._bound.passes(at_s):
            return True
        return self._line.is_button and active and at_s - self._pressed_s >= PRESS_APART_S

    def wants_level(self, at_s: float) -> bool:
        """After edges were left out, and once when it is warm."""
        if self._is_cold and at_s >= self._line.warm_up_s:
            self._is_cold = False
            return True
        return self._is_full

    def level(self, at_s: float, *, active: bool) -> None:
        """The level as it was read: told if it differs from what was told last."""
        if at_s < self._line.warm_up_s:
            self._follow(active=active)
            return
        self._is_full = False
        if active is not self._reported:
            self._healed_s = at_s
            self._report(at_s, active=active)

    def _follow(self, *, active: bool) -> None:
        # A false alarm that ends when it is warm must not look like one whose beginning was lost.
        if self._line.fires_only:
            self._reported = active

    def _report(self, at_s: float, *, active: bool) -> None:
        self._reported = active
        if active:
            self._pressed_s = at_s
        self._tell(at_s, self._line.sensor_id, float(active))


class Pulses:
    """Gathers the pulses of a meter; a pulse is an edge to active.

    Args:
        meter: how.
        tell: takes what it says.
    """

    def __init__(self, meter: Meter, tell: Tell) -> None:
        self.left_out = 0
        self.litres: float | None = None
        self._meter = meter
        self._tell = tell
        self._draws = Draws(quiet_s=meter.quiet_s, least=meter.least_pulses, apart_s=meter.apart_s)
        self._is_known = False

    def changed(self, at_s: float, *, active: bool) -> None:
        """An edge to this level."""
        self._say(self._draws.pulse(at_s) if active else self._draws.passed(at_s))

    def wants_level(self, at_s: float) -> bool:
        """Never: whether the wheel stands on a magnet says nothing. A draw may have ended."""
        self._say(self._draws.passed(at_s))
        return False

    def level(self, at_s: float, *, active: bool) -> None:  # noqa: ARG002 - as above
        """At the start the tap is told to be shut; if it is not, its pulses come."""
        if not self._is_known and self._meter.tap is not None:
            self._tell(at_s, self._meter.tap, 0.0)
        self._is_known = True
        self._say(self._draws.passed(at_s))

    def _say(self, draws: list[Draw]) -> None:
        for draw in draws:
            if self._meter.tap is not None:
                self._tell(draw.at_s, self._meter.tap, float(draw.pulses is None))
            if draw.pulses is not None and self._meter.water is not None:
                self.litres = round(draw.pulses / self._meter.pulses_per_litre, _CENTILITRE)
                self._tell(draw.at_s, self._meter.water, self.litres)
