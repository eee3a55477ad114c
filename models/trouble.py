"""One alert for the technician for each sort of trouble, however many sensors have it, until all are well again.

Sensors that join are news of the alert that is open, told once a day at most; what comes and goes is taken to be well
only after it has been so for a while, so that a bad contact is one story and not forty.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from models.claims import Claim, Ending, Opening
from models.kinds import AlertKind, Audience, Severity
from models.localtime import DAY_S, HOUR_S, MINUTE_S
from models.signals import NEVER
from models.vocabulary import HOUSEHOLD, Evidence

CALM_S: Final = 30 * MINUTE_S
"""What has come back is over when nothing was wrong for so long."""

COMES_BACK_S: Final = 2 * HOUR_S
"""What comes back within this has never gone."""


class Fault(NamedTuple):
    """What is wrong with one sensor (or with the radio, whose id is "").

    `since_s` (UTC) is when it was last well, `what` the sign of `models.wording_faults` that was seen, and `numbers`
    what was measured, as that sign has it.
    """

    sensor: str
    since_s: int
    what: str
    numbers: tuple[float, ...] = ()


Write = Callable[[AlertKind, Sequence[Fault], int, bool], Evidence]
"""Writes the evidence of an alert about these faults at a UTC second; whether they join others."""

Close = Callable[[AlertKind, Sequence[Fault], int], str]
"""Writes that all of these are well again."""


class Trouble:
    """One kind of alert.

    Attributes:
        due_ms: when to call `pass_time` (UTC, ms); NEVER if nothing can come of waiting.
        faults: what is wrong now, by sensor.
    """

    __slots__ = ("_ended_s", "_kind", "_returned", "_told", "_told_s", "_well_s", "due_ms", "faults")

    def __init__(self, kind: AlertKind) -> None:
        self.due_ms = NEVER
        self.faults: dict[str, Fault] = {}
        self._kind = kind
        self._told: dict[str, Fault] = {}
        self._told_s: dict[str, int] = {}
        self._ended_s: int | None = None
        self._well_s: int | None = None
        self._returned = False

    @property
    def is_open(self) -> bool:
        """Whether its alert is open."""
        return bool(self._told)

    def now(self, faults: Mapping[str, Fault], at_s: int, write: Write, close: Close) -> list[Claim]:
        """What is wrong at `at_s`; what follows from it."""
        joined = [one for name, one in faults.items() if name not in self.faults]
        self.faults = dict(faults)
        new = [one for one in joined if at_s - self._told_s.get(one.sensor, -DAY_S) >= DAY_S]
        if not faults:
            return self._well(at_s, close)
        self._well_s, self.due_ms = None, NEVER
        if self._told and not new:
            return []
        joins = self.is_open
        if not joins:
            self._returned = self._ended_s is not None and at_s - self._ended_s < COMES_BACK_S
            new = list(faults.values())
        self._told |= {one.sensor: one for one in new}
        self._told_s |= {one.sensor: at_s for one in new}
        evidence = write(self._kind, new, at_s, joins)
        since_s = min(one.since_s for one in new)
        return [
            Opening(
                HOUSEHOLD, self._kind, Severity.ATTENTION, since_s, at_s, evidence,
                fixed=True, audience=Audience.TECHNICIAN,
            )
        ]  # fmt: skip

    def _well(self, at_s: int, close: Close) -> list[Claim]:
        if not self.is_open:
            return []
        if self._well_s is None:
            self._well_s = at_s
        due_s = self._well_s + (CALM_S if self._returned else 0)
        if at_s < due_s:
            self.due_ms = due_s * 1000
            return []
        text = close(self._kind, list(self._told.values()), self._well_s)
        self._told, self._told_s, self._well_s, self.due_ms, self._ended_s = {}, {}, None, NEVER, at_s
        return [Ending(HOUSEHOLD, self._kind, at_s, text)]

    def shift(self, by_s: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago."""
        self.faults = {name: one._replace(since_s=one.since_s + by_s) for name, one in self.faults.items()}
        self._told = {name: one._replace(since_s=one.since_s + by_s) for name, one in self._told.items()}
        self._told_s = {name: at_s + by_s for name, at_s in self._told_s.items()}
        self._ended_s = None if self._ended_s is None else self._ended_s + by_s
        self._well_s = None if self._well_s is None else self._well_s + by_s
        self.due_ms = self.due_ms if self.due_ms == NEVER else self.due_ms + by_s * 1000

    def state(self) -> list[Any]:
        """Plain JSON."""
        told = [rows_of(self._told), list(self._told_s.values())]
        due_ms = None if self.due_ms == NEVER else self.due_ms
        return [rows_of(self.faults), *told, self._ended_s, self._well_s, self._returned, due_ms]

    def restore(self, state: Sequence[Any], sensors: Container[str]) -> None:
        """Take over what `state()` said; of sensors that are gone nothing is wrong."""
        faults, told, told_s, self._ended_s, self._well_s, self._returned, due_ms = state
        self.faults, self._told = faults_of(faults, sensors), faults_of(told, None)
        self._told_s = dict(zip(self._told, told_s, strict=True))
        self.due_ms = NEVER if due_ms is None else due_ms


def rows_of(faults: Mapping[str, Fault]) -> list[list[Any]]:
    """Faults as plain JSON, in their order."""
    return [[*one[:3], list(one.numbers)] for one in faults.values()]


def faults_of(rows: Iterable[Sequence[Any]], sensors: Container[str] | None) -> dict[str, Fault]:
    """The faults that `rows_of` made these of; those of sensors that are gone are left out, if `sensors` are given."""
    return {
        name: Fault(name, since_s, what, tuple(numbers))
        for name, since_s, what, numbers in rows
        if sensors is None or not name or name in sensors
    }
