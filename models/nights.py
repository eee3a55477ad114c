"""Watches one stream for a person who leaves at night: an outside door, and nobody seen indoors after it.

It holds in the person's own night. At the hours around that a door that is used is everyday life.
"""

from collections.abc import Mapping
from typing import Any, Final

from models import wording_nights as wording
from models.claims import Claim, Ending, Opening
from models.coverage import Coverage
from models.kinds import AlertKind, Severity
from models.localtime import HOUR_S, MINUTE_S, LocalTime
from models.mornings import Mornings
from models.signals import NEVER, Event, Line

EXIT_CEILING_S: Final = 5 * MINUTE_S
"""Nothing seen indoors for so long after an outside door at night always raises (ALERTS, rule 6)."""

SETTLED_S: Final = 10 * MINUTE_S
"""Indoors for so long before the door: else it is the door by which somebody has just come home."""

LAST_SEEN_S: Final = 10 * HOUR_S
"""Who was seen neither in the evening nor at night is more likely to come home by that door than to leave."""


class NightExit:
    """The outside doors at night, of one person.

    Args:
        mornings: when this person is in bed and when they are up.
        can_see: whether these are the doors of one person, who would be seen coming back in.

    Attributes:
        due_ms: when to call `pass_time` (UTC, ms).
    """

    def __init__(
        self, resident: str, local: LocalTime, coverage: Coverage, mornings: Mornings, *, can_see: bool
    ) -> None:
        self.resident = resident
        self.due_ms = NEVER
        self._local = local
        self._coverage = coverage
        self._mornings = mornings
        self._can_see = can_see
        self._home_s: int | None = None
        self._last_s = 0
        self._door_s: int | None = None
        self._counts = False
        self._raised = False

    def see(self, event: Event) -> Claim | None:
        """An event that shows where somebody is, before `mornings` sees it; returns the end of an open alert."""
        if not self._can_see:
            return None
        at_s = event.at_ms // 1000
        if event.sensor.is_outside_door:
            self._door(at_s)
            return None
        if self._home_s is None or (self._door_s is not None and at_s - self._door_s > EXIT_CEILING_S):
            self._home_s = at_s
        self._last_s = at_s
        self._door_s = None
        self.due_ms = NEVER
        if not self._raised:
            return None
        self._raised = False
        text = wording.seen_indoors(local=self._local, sensor=event.sensor, at_s=at_s)
        return Ending(self.resident, AlertKind.NIGHT_EXIT, at_s, text)

    def _door(self, at_s: int) -> None:
        if self._door_s is not None or self._home_s is None:
            return  # out already, or not known to be in
        self._door_s = at_s
        was_home = at_s - self._home_s >= SETTLED_S and at_s - self._last_s <= LAST_SEEN_S
        self._counts = was_home and not self._mornings.is_about(at_s) and self._is_night(at_s)
        if self._counts:
            self.due_ms = (at_s + EXIT_CEILING_S) * 1000

    def _is_night(self, at_s: int) -> bool:
        return self._mornings.night().holds(self._local.second_of_day(at_s))

    def is_out(self) -> bool:
        """Whether an outside door was the last that was seen of this person."""
        return self._door_s is not None

    def pass_time(self, lines: list[Line]) -> Claim | None:
        """Called when `due_ms` has come: nobody has been seen indoors since the door."""
        at_s, self.due_ms = self.due_ms // 1000, NEVER
        if self._door_s is None or self._coverage.blind_since_s is not None:
            return None
        self._raised, self._counts = True, False
        night = self._mornings.night()
        evidence = wording.night_exit(
            local=self._local,
            door_s=self._door_s,
            at_s=at_s,
            night=(night.starts_s, night.ends_s),
            known=night.known,
            coverage=self._coverage.sentence(lines, at_s),
        )
        return Opening(self.resident, AlertKind.NIGHT_EXIT, Severity.URGENT, self._door_s, at_s, evidence)

    def seeing(self, at_s: int, *, forgiven: bool) -> None:
        """The gateway sees again. After a short gap (`forgiven`) the five minutes are counted anew, never dropped."""
        if not forgiven:
            self._home_s = self._door_s = None
            self.due_ms = NEVER
        elif self._door_s is not None and self._counts:
            self.due_ms = (at_s + EXIT_CEILING_S) * 1000

    def shift(self, by_s: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago."""
        self._last_s += by_s
        self._home_s = None if self._home_s is None else self._home_s + by_s
        self._door_s = None if self._door_s is None else self._door_s + by_s
        if self.due_ms != NEVER:
            self.due_ms += by_s * 1000

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "due_ms": None if self.due_ms == NEVER else self.due_ms,
            "home_s": self._home_s,
            "last_s": self._last_s,
            "door_s": self._door_s,
            "counts": self._counts,
            "raised": self._raised,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said."""
        self.due_ms = NEVER if state["due_ms"] is None else state["due_ms"]
        self._home_s = state["home_s"]
        self._last_s = state["last_s"]
        self._door_s = state["door_s"]
        self._counts = state["counts"]
        self._raised = state["raised"]
