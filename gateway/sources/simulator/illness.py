"""What changes when the person is unwell, and how it comes on."""

from dataclasses import dataclass
from typing import Final, Self

from models.localtime import MINUTE_S

_ONSET: Final = (0.45, 0.75, 1.0)
"""Severity on the first days; full from the third day on."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How a day differs from the ordinary; the factors multiply what is usual.

    The directions are those that carers report and that the design's three persons show: more in the
    bathroom and restless at night, less at the tap, longer seated, resting pulse up, up later.

    Attributes:
        severity: 0 (well) to 1.
    """

    severity: float = 0.0

    @classmethod
    def on_illness_day(cls, number: int) -> Self:
        """The condition on day `number` (1 = the first) of an illness; 0 or less is before it."""
        return cls(0.0 if number < 1 else _ONSET[min(number, len(_ONSET)) - 1])

    @property
    def night_visits(self) -> float:
        """Factor for bathroom visits at night."""
        return 1.0 + 1.6 * self.severity

    @property
    def restless(self) -> float:
        """Times a night of sitting up on the edge of the bed, beyond the ordinary."""
        return 4.0 * self.severity

    @property
    def drinks(self) -> float:
        """Factor for kettle and tap."""
        return 1.0 - 0.6 * self.severity

    @property
    def sitting(self) -> float:
        """Factor for the length of a sitting."""
        return 1.0 + 0.8 * self.severity

    @property
    def about(self) -> float:
        """Factor for the time spent on one's feet."""
        return 1.0 - 0.45 * self.severity

    @property
    def late_s(self) -> float:
        """How much later the day begins."""
        return 70 * MINUTE_S * self.severity

    @property
    def pulse_bpm(self) -> float:
        """How much the resting pulse is up."""
        return 9.0 * self.severity
