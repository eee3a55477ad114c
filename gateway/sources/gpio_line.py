"""What hangs on one pin, in a wire's own terms: level, pull, what it does at rest, how its pulses are gathered."""

from dataclasses import dataclass
from typing import Final, Literal

from gateway.sources.pulses import LEAST, QUIET_S

Pull = Literal["up", "down", "none"]

WARM_UP_S: Final = 60
"""A passive infrared sensor fires falsely for 30 to 60 s after it gets power, until its element has settled."""


@dataclass(frozen=True, slots=True)
class Meter:
    """How the pulses of a line become draws of water.

    Attributes:
        tap: the sensor that says 1 at a draw's first pulses and 0 after it, or None.
        water: the sensor that says how many litres a draw was when it has ended, or None.
        pulses_per_litre: what the meter's maker says; only for `water`.
        quiet_s, least_pulses, apart_s: see `gateway.sources.pulses.Draws`.
    """

    tap: str | None = None
    water: str | None = None
    pulses_per_litre: float = 1.0
    quiet_s: float = QUIET_S
    least_pulses: int = LEAST
    apart_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """One wire.

    Attributes:
        sensor_id: the sensor's id; of a meter that has two, the tap's.
        pin: its BCM number.
        active_low: a low level means "on"; otherwise high.
        fires_only: the sensor rests inactive (a button, a motion sensor), so that finding it inactive at the
            start is no news and is not reported. A button that is held down at the start is.
        pull: the resistor inside the Pi; left out, away from active: up if `active_low`, else down.
        warm_up_s: for so long after the machine's boot its edges are false and are left out.
        is_button: a help button: no press of it is ever left out.
        meter: for a line of pulses; None for a contact.
    """

    sensor_id: str
    pin: int
    active_low: bool
    fires_only: bool = False
    pull: Pull | None = None
    warm_up_s: float = 0.0
    is_button: bool = False
    meter: Meter | None = None

    @property
    def sensors(self) -> tuple[str, ...]:
        """Every sensor that is blind when this line cannot be read."""
        if self.meter is None:
            return (self.sensor_id,)
        return tuple(name for name in (self.meter.tap, self.meter.water) if name is not None)

    @property
    def pulled(self) -> Pull:
        """The pull that is set."""
        return self.pull or ("up" if self.active_low else "down")
