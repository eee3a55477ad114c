"""What changes slowly in one stream: the ways from room to room, and the habits of weeks."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.claims import Claim
from models.coverage import Coverage
from models.gradual import UP, WAYS, Gradual
from models.habit_names import ACTIVE
from models.habits import PARTS
from models.kinds import AlertKind
from models.localtime import LocalTime
from models.mornings import Mornings
from models.signals import Event, Line
from models.transits import Transits
from models.vocabulary import HOUSEHOLD, HabitTable, HomeSpec, Sensor
from models.whose import is_only_worn, is_shared

_LAST_BY_DAY = f"{ACTIVE}-{PARTS[-2][0]}"


class Slow:
    """`Transits` and `Gradual` of one stream, fed from its table of habits.

    Args:
        coverage: what could be seen of this stream.
        sensors: those whose events are signs of life of this stream.
        habits: the names of the habits that this stream has.
    """

    __slots__ = ("_up_min", "gradual", "transits")

    def __init__(
        self,
        resident: str,
        spec: HomeSpec,
        local: LocalTime,
        coverage: Coverage,
        sensors: Sequence[Sensor],
        habits: frozenset[str],
    ) -> None:
        budget = spec.attention_budget_per_week
        # whose rooms are shared is seen nowhere when somebody else is
        alone = not is_shared(spec) and (resident != HOUSEHOLD or len(spec.residents) == 1)
        worn = is_only_worn(sensors)
        self.transits = Transits(resident, local, coverage, alone=alone, budget_per_week=budget)
        self.gradual = Gradual(resident, coverage, habits, worn=worn, budget_per_week=budget)
        self._up_min: float | None = None

    def see(self, event: Event) -> None:
        """An event of this stream that can be believed."""
        self.transits.see(event)

    def lost(self) -> None:
        """The gateway could not see for a while, or its clock was stepped."""
        self.transits.lost()

    def left(self) -> None:
        """Nobody is at home any more."""
        self.transits.left()
        self._up_min = None

    def part_ended(
        self, table: HabitTable, mornings: Mornings, lines: list[Line], *, sound: bool = True, teach: bool = True
    ) -> list[Claim]:
        """A part of the day has ended; the night closes the day."""
        names = {habit.name: habit for habit in table.habits}
        if _LAST_BY_DAY in names:
            self._up_min = mornings.up.last_min() if mornings.is_up() else None
        if ACTIVE not in names:
            return []
        seen = sound and names[ACTIVE].direction != "unseen"
        others, self._up_min = {UP: self._up_min, WAYS: self.transits.slowness()}, None
        return [
            *self.transits.day_ended(table.raised_s, lines, seen=seen, teach=teach),
            *self.gradual.day_ended(table, others, lines, sound=sound, teach=teach),
        ]

    def accept(self, kind: AlertKind) -> None:
        """A person said that what an alert of `kind` told of is the new normal."""
        if kind is AlertKind.SLOW_TRANSIT:
            self.transits.accept()
        elif kind is AlertKind.GRADUAL_CHANGE:
            self.gradual.accept()

    def ask(self, kind: AlertKind, weight: float) -> None:
        """From now on `weight` of the alerts of `kind` are asked for (see `models.calibration.Threshold`)."""
        if kind is AlertKind.SLOW_TRANSIT:
            self.transits.threshold.ask(weight)
        elif kind is AlertKind.GRADUAL_CHANGE:
            self.gradual.threshold.ask(weight)

    def aim(self, budget_per_week: float) -> None:
        """From now on the budget over all kinds together is another one."""
        self.transits.aim(budget_per_week)
        self.gradual.aim(budget_per_week)

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"transits": self.transits.state(), "gradual": self.gradual.state(), "up_min": self._up_min}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said."""
        self.transits.restore(state["transits"])
        self.gradual.restore(state["gradual"])
        self._up_min = state["up_min"]
