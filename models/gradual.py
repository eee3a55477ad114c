"""Watches daily habits for a change that is too slow for any one week to show it.

Every morning each habit's last three months are asked for a trend; what is rare enough, and large enough to matter
to somebody, is told once, as a trend. After that the next one is looked for from there.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from models import wording_slow as wording
from models.calibration import Threshold
from models.claims import Claim, Ending, Opening
from models.coverage import Coverage
from models.habit_names import ACTIVE
from models.kinds import AlertKind, SensorKind, Severity
from models.learners.drift import Drift
from models.localtime import DAY_S
from models.signals import Line
from models.vocabulary import BATHROOM, KITCHEN, OUTSIDE_DOOR, HabitTable

SHARE: Final = 0.02
"""Its part of the attention budget: it speaks of months, and is to be rarer than what speaks of days."""

UP: Final = "up"
"""Not of the table of habits: when this person got up, in minutes after 04:00."""

WAYS: Final = "ways"
"""Nor this: how long the ways from room to room took, in percent of this person's first weeks."""

OVER_DAYS: Final = 28
"""After four weeks without a further trend an alert is over."""

_ABSENT: Final = 0.2
"""A day with less than this share of the usual activity was spent elsewhere, and says nothing of the habits at home."""

_LEAST_SHARE: Final = 0.2
_LEAST_MINUTES: Final = 30.0
_LEAST_VISITS: Final = 1.0
"""Less than a fifth, than half an hour later up, or than one visit a night more, is not worth a call."""


class _Kept(NamedTuple):
    """A habit that is watched: by how much it must have moved since `then` to be worth telling, in its own unit."""

    direction: int
    least: float
    least_share: float

    def matters(self, then: float, now: float) -> bool:
        """Whether what has changed is large enough for somebody to care."""
        moved = (now - then) * self.direction
        return moved >= self.least and moved >= self.least_share * then


_LESS: Final = _Kept(-1, 1.0, _LEAST_SHARE)
_OTHERS: Final = {
    f"{BATHROOM}-night": _Kept(1, _LEAST_VISITS, _LEAST_SHARE),
    UP: _Kept(1, _LEAST_MINUTES, 0.0),
    WAYS: _Kept(1, 0.0, _LEAST_SHARE),
}
_FEWER: Final = (ACTIVE, OUTSIDE_DOOR, KITCHEN, f"{KITCHEN}-{SensorKind.TAP}", str(SensorKind.FRIDGE))


def _kept(name: str) -> _Kept | None:
    """How a habit is watched; None if it is not: a room less used for itself means nothing to anybody."""
    if name in _FEWER or name.endswith(f"-{SensorKind.SEAT}"):
        return _LESS
    return _OTHERS.get(name)


class Gradual:
    """The slow changes of one stream.

    Args:
        habits: the names of the habits that this stream has.
        worn: whether only what is worn is sensed; then a quiet day is a day on the bedside table as well.
        budget_per_week: attention-level alerts a week that are asked for, over all kinds together.
    """

    def __init__(
        self, resident: str, coverage: Coverage, habits: frozenset[str], *, worn: bool, budget_per_week: float
    ) -> None:
        self.resident = resident
        self.threshold = Threshold(SHARE * budget_per_week / 7)
        self._coverage = coverage
        watched = () if worn else (*sorted(habits), UP, WAYS)
        self._kept = {name: kept for name in watched if (kept := _kept(name)) is not None}
        self._drifts = {name: Drift(kept.direction) for name, kept in self._kept.items()}
        self._named: list[str] = []
        self._quiet_days = 0
        self._open = False

    def day_ended(
        self,
        table: HabitTable,
        others: Mapping[str, float | None],
        lines: list[Line],
        *,
        sound: bool = True,
        teach: bool = True,
    ) -> list[Claim]:
        """The night's `table` closes the day; `others` has `UP` and `WAYS`. Score first, then learn.

        A day on which not every sensor was `sound`, or that is not to `teach`, counts as not seen.
        """
        values: dict[str, float | None] = {h.name: h.observed for h in table.habits if h.direction != "unseen"}
        values |= others
        if not sound or not teach or self._absent(values.get(ACTIVE)):
            values = {}
        scores: dict[str, float] = {}
        for name, drift in self._drifts.items():
            value = values.get(name)
            score = drift.score_one(value)
            drift.learn_one(value)
            if score is not None:
                scores[name] = score
        told = [name for name in sorted(scores, key=scores.__getitem__) if self._is_told(name, scores)]
        if scores:
            self.threshold.learn(told=bool(told))
        return self._claims(told, table.raised_s, lines)

    def _is_told(self, name: str, scores: Mapping[str, float]) -> bool:
        if scores[name] * len(scores) > self.threshold.level:
            return False
        course = self._drifts[name].course()
        return course is not None and self._kept[name].matters(course.then, course.now)

    def _absent(self, active: float | None) -> bool:
        usual = self._drifts[ACTIVE].usual() if ACTIVE in self._drifts else None
        return active is None or (usual is not None and active < _ABSENT * usual)

    def _claims(self, told: list[str], at_s: int, lines: list[Line]) -> list[Claim]:
        claims: list[Claim] = []
        self._quiet_days = 0 if told else self._quiet_days + 1
        if self._open and (told or self._quiet_days >= OVER_DAYS):
            self._open = False
            text = "" if told else wording.no_further()
            claims.append(Ending(self.resident, AlertKind.GRADUAL_CHANGE, at_s, text))
        if told:
            self._open, self._named = True, told
            courses = {name: course for name in told if (course := self._drifts[name].course()) is not None}
            evidence = wording.gradual_change(courses, coverage=self._coverage.sentence(lines, at_s))
            since_s = at_s - max(course.ago_days for course in courses.values()) * DAY_S
            for name in told:
                self._drifts[name].start_again()
            kind = AlertKind.GRADUAL_CHANGE
            claims.append(Opening(self.resident, kind, Severity.ATTENTION, since_s, at_s, evidence))
        return claims

    def sensors_changed(self) -> None:
        """Other sensors than before count how busy a day was."""
        if ACTIVE in self._drifts:
            self._drifts[ACTIVE] = Drift(self._kept[ACTIVE].direction)

    def accept(self) -> None:
        """A person said that the change is the new normal: what came before it is forgotten."""
        for name in self._named:
            if name in self._drifts:
                self._drifts[name].start_again()
        self._named = []

    def aim(self, budget_per_week: float) -> None:
        """From now on the budget over all kinds together is another one."""
        self.threshold.aim(SHARE * budget_per_week / 7)

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "drifts": {name: drift.state() for name, drift in sorted(self._drifts.items())},
            "threshold": self.threshold.state(),
            "named": list(self._named),
            "quiet_days": self._quiet_days,
            "open": self._open,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said; habits that are new start from nothing, those that are gone are forgotten."""
        for name in self._drifts:
            if name in state["drifts"]:
                self._drifts[name] = Drift.from_state(state["drifts"][name])
        own = {"chance_a_day": self.threshold.chance_a_day}  # the configuration's, not the state's
        self.threshold = Threshold.from_state({**state["threshold"], **own})
        self._named = list(state["named"])
        self._quiet_days = state["quiet_days"]
        self._open = state["open"]
