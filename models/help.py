"""Watches the help button: the one finding that waits for nothing and learns nothing."""

from collections.abc import Mapping
from typing import Any, Final

from models import wording
from models.claims import Claim, Ending, Opening
from models.coverage import Coverage
from models.kinds import AlertKind, SensorKind, Severity
from models.localtime import MINUTE_S, LocalTime
from models.signals import NEVER, Event, Line, Phase
from models.vocabulary import Said

REARMS_S: Final = 10 * MINUTE_S
"""Presses so soon after the first are the same call for help; a later one is a new alert of its own."""


class HelpButton:
    """The help buttons of one resident, or of the household.

    Attributes:
        due_ms: when to call `pass_time` (UTC, ms).
    """

    def __init__(self, resident: str, local: LocalTime, coverage: Coverage) -> None:
        self.resident = resident
        self.due_ms = NEVER
        self._local = local
        self._coverage = coverage

    def press(self, event: Event, lines: list[Line]) -> list[Claim]:
        """A press raises at once; while its alert is open, a further press is an update of it."""
        if event.sensor.kind is not SensorKind.BUTTON or event.phase is Phase.OFF:
            return []
        at_s = event.at_ms // 1000
        if self.due_ms == NEVER:  # counted from the first press: who goes on pressing is heard anew
            self.due_ms = (at_s + REARMS_S) * 1000
        coverage = self._coverage.sentence(lines, at_s)
        evidence = wording.help_button(local=self._local, sensor=event.sensor, at_s=at_s, coverage=coverage)
        return [Opening(self.resident, AlertKind.HELP_BUTTON, Severity.URGENT, at_s, at_s, evidence)]

    def pass_time(self, _now_ms: int) -> list[Claim | Said]:
        """Called when `due_ms` has come: the next press is a new alert. Nobody is told; a person answers."""
        at_s = self.due_ms // 1000
        self.due_ms = NEVER
        return [Ending(self.resident, AlertKind.HELP_BUTTON, at_s, "")]

    def shift(self, by_ms: int) -> None:
        """The clock was stepped."""
        if self.due_ms != NEVER:
            self.due_ms += by_ms

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"due_ms": None if self.due_ms == NEVER else self.due_ms}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said."""
        self.due_ms = NEVER if state["due_ms"] is None else state["due_ms"]
