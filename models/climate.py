"""Watches how cold or warm it is at home: fixed limits, the same for everybody (ALERTS, rule 6).

Of a home with several thermometers the warmest room counts against the cold and the coolest against the heat: who can
go to a better room is not told of. A thermometer that is no longer heard counts for nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from models import wording_climate as wording
from models.claims import Claim, Ending, Opening
from models.coverage import FORGIVEN_S, Coverage
from models.kinds import AlertKind, SensorKind, Severity
from models.localtime import HOUR_S, MINUTE_S, LocalTime
from models.signals import NEVER, Event, Line
from models.vocabulary import Said, Sensor

COLD_C: Final = 16.0
HOT_C: Final = 27.0
LASTING_S: Final = 3 * HOUR_S
"""Below 16 °C or above 27 °C at home for 3 h."""

FRESH_S: Final = 2 * HOUR_S
"""A thermometer says its temperature every few minutes; one that has not for so long says nothing of now."""

_BACK_C: Final = 0.5
"""An open alert ends this far within the limit: heating swings by as much around its set point."""

_ASK_AGAIN_S: Final = 30 * MINUTE_S


class Climate:
    """One limit over all rooms of a home.

    Args:
        kind: `cold_home` or `hot_home`.
        resident: who is named: the one whose thermometers they are, or the household.
        sensors: those of the home; only thermometers indoors count.
        is_empty: whether nobody is at home.

    Attributes:
        due_ms: when to call `pass_time` (UTC, ms).
    """

    def __init__(
        self, kind: AlertKind, resident: str, local: LocalTime, coverage: Coverage, sensors: Iterable[Sensor],
        is_empty: Callable[[], bool],
    ) -> None:  # fmt: skip
        self.kind, self.resident = kind, resident
        self.due_ms = NEVER
        self._local = local
        self._coverage = coverage
        self._is_empty = is_empty
        self._places = {one.id: one.place for one in sensors if one.kind is SensorKind.TEMPERATURE}
        self._last: dict[str, tuple[int, float]] = {}
        self._since_s: int | None = None
        self._raised = False

    def see(self, event: Event) -> list[Claim]:
        """A temperature; the end of an open alert, if it is within the limit again."""
        at_s, name = event.at_ms // 1000, event.sensor.id
        if name not in self._places:
            return []
        self._last[name] = (at_s, event.value)
        if self._raised and self._is_within(event.value, _BACK_C):
            self._raised = False
            self._since_s = None
            text = wording.over(self.kind, event.sensor.place, event.value, at_s=at_s, local=self._local)
            return [Ending(self.resident, self.kind, at_s, text)]
        if not self._raised:
            self._judge(at_s)
        return []

    def _judge(self, at_s: int) -> None:
        if any(self._is_within(degrees, 0.0) for _, degrees in self._fresh(at_s)):
            self._since_s, self.due_ms = None, NEVER
        elif self._since_s is None:
            self._since_s = at_s
            self.due_ms = (at_s + LASTING_S) * 1000

    def _is_within(self, degrees: float, by: float) -> bool:
        return degrees >= COLD_C + by if self.kind is AlertKind.COLD_HOME else degrees <= HOT_C - by

    def _fresh(self, at_s: int) -> list[tuple[str, float]]:
        """Place and degrees of each thermometer that can still be believed."""
        return [(self._places[name], c) for name, (then_s, c) in sorted(self._last.items()) if at_s - then_s < FRESH_S]

    def pass_time(self, lines: list[Line]) -> list[Claim | Said]:
        """Called when `due_ms` has come."""
        at_s = self.due_ms // 1000
        self.due_ms = NEVER
        measured = self._fresh(at_s)
        if self._since_s is None or not measured:
            self._since_s = None  # not heard any more: begun anew when it is
            return []
        if self._is_empty():
            self.due_ms = (at_s + _ASK_AGAIN_S) * 1000
            return []
        self._raised = True
        evidence = wording.rooms(
            self.kind, local=self._local, limit_c=COLD_C if self.kind is AlertKind.COLD_HOME else HOT_C,
            hours=LASTING_S // HOUR_S, since_s=self._since_s, at_s=at_s, measured=measured,
            coverage=self._coverage.sentence(lines, at_s),
        )  # fmt: skip
        return [Opening(self.resident, self.kind, Severity.ATTENTION, self._since_s, at_s, evidence, fixed=True)]

    def seeing(self, blind_s: int) -> None:
        """The gateway sees again after `blind_s`: what was meanwhile is not known."""
        if blind_s >= FORGIVEN_S and not self._raised:
            self._since_s, self.due_ms = None, NEVER

    def shift(self, by_s: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago."""
        self._last = {name: (at_s + by_s, degrees) for name, (at_s, degrees) in self._last.items()}
        if self._since_s is not None:
            self._since_s += by_s
        if self.due_ms != NEVER:
            self.due_ms += by_s * 1000

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "due_ms": None if self.due_ms == NEVER else self.due_ms,
            "last": {name: [at_s, degrees] for name, (at_s, degrees) in sorted(self._last.items())},
            "since_s": self._since_s,
            "raised": self._raised,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said; thermometers that are gone are forgotten."""
        self.due_ms = NEVER if state["due_ms"] is None else state["due_ms"]
        self._last = {name: (at_s, c) for name, (at_s, c) in state["last"].items() if name in self._places}
        self._since_s = state["since_s"]
        self._raised = state["raised"] and bool(self._places)
