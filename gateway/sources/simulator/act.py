"""What the simulated person sets off: one sensor, one moment, one value."""

from enum import StrEnum
from typing import Final, NamedTuple

FRONT_DOOR: Final = "front-door"
BED: Final = "bed"
CHAIR: Final = "chair"
KITCHEN_TAP: Final = "kitchen-tap"
KETTLE: Final = "kettle"
FRIDGE: Final = "fridge"
TELEVISION: Final = "television"
TOILET: Final = "toilet"
HALL_MOTION: Final = "hall-motion"
BATHROOM_MOTION: Final = "bathroom-motion"
KITCHEN_MOTION: Final = "kitchen-motion"
LOUNGE_MOTION: Final = "lounge-motion"
HELP_BUTTON: Final = "help-button"
PULSE: Final = "pulse"
STRAP_BATTERY: Final = "strap-battery"
"""Ids of the sensors of the simulated home (`house`)."""

MOMENTARY: Final = frozenset({TOILET, HALL_MOTION, BATHROOM_MOTION, KITCHEN_MOTION, LOUNGE_MOTION, HELP_BUTTON})
"""Sensors that only fire; every other wired one has a level, and its acts alternate between 1 and 0."""

STRAP: Final = frozenset({PULSE, STRAP_BATTERY})
"""Signals of the heart-rate strap, which go on by themselves for as long as it is heard."""

NO_CONTACT: Final = 0.0
"""Value of an act of `PULSE` while the strap is not on the skin: it notifies, without a pulse."""


class Act(NamedTuple):
    """`sensor` takes `value` at `at_s` (UTC seconds, rounded to the millisecond).

    A value is 1 or 0, a lone 1 for a sensor that only fires, beats per minute, or percent of battery.
    """

    at_s: float
    sensor: str
    value: float


class Posture(StrEnum):
    """What the body is doing, as far as a pulse shows it."""

    ASLEEP = "asleep"
    SEATED = "seated"
    ACTIVE = "active"
    WASHING = "washing"
    """The strap lies on the shelf meanwhile."""
    OUT = "out"
    """The strap cannot be heard meanwhile."""
    DOWN = "down"
