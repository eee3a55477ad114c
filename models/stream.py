"""Everything that watches one life: a resident's, or the household's."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from models.claims import Claim
from models.coverage import Coverage
from models.habits import Habits
from models.inactivity import Inactivity
from models.localtime import LocalTime
from models.signals import Event, Line
from models.stays import Stays
from models.summaries import Summaries
from models.vocabulary import BATHROOM, HOUSEHOLD, OUTSIDE_DOOR, HomeSpec, Said, Sensor
from models.whose import SIGNS_OF_LIFE


class Watch(Protocol):
    """Something that waits for its time: `due_ms` (UTC, ms)."""

    due_ms: int


Act = Callable[[int], list[Claim | Said]]
"""What is done when a watch is due, given the present moment (UTC, ms)."""


class Stream:
    """The watches of one stream, in the order in which they are asked at equal times.

    Args:
        resident: whose it is; `HOUSEHOLD` where signs cannot be told apart.
        lines: the sensors that belong to it.
    """

    __slots__ = ("habits", "inactivity", "lines", "resident", "stays", "summaries")

    def __init__(self, resident: str, spec: HomeSpec, local: LocalTime, coverage: Coverage, lines: list[Line]) -> None:
        self.resident = resident
        self.lines = lines
        alive = [line.sensor for line in lines if line.sensor.kind in SIGNS_OF_LIFE]
        elsewhere = {sensor.place for sensor in alive} - {BATHROOM, OUTSIDE_DOOR}
        alone = resident != HOUSEHOLD or len(spec.residents) == 1
        self.inactivity = Inactivity(resident, local, spec.silence_budget_per_day, coverage)
        self.stays = Stays(resident, local, coverage, can_see_leaving=len(elsewhere) >= 2, alone=alone)
        self.habits = Habits(resident, local, coverage, alive)
        self.summaries = Summaries(resident, local, coverage)

    def see(self, event: Event) -> list[Claim]:
        """A sign of life of this stream."""
        claims = (self.inactivity.sign(event), self.stays.see(event))
        self.habits.see(event)
        return [claim for claim in claims if claim is not None]

    def agenda(self) -> list[tuple[Watch, Act]]:
        """What waits for its time, and what is done then."""
        return [
            (self.inactivity, lambda now_ms: _some(self.inactivity.pass_time(now_ms, self.lines))),
            (self.stays, lambda _: _some(self.stays.pass_time(self.lines))),
            (self.habits, lambda _: self._part_ended()),
            (self.summaries, self._morning),
        ]

    def _part_ended(self) -> list[Claim | Said]:
        table = self.habits.pass_time()
        self.summaries.note_habits(table)
        return [table]

    def _morning(self, now_ms: int) -> list[Claim | Said]:
        return [*self.summaries.pass_time(self.lines, self.stays.abstains(now_ms // 1000))]

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "inactivity": self.inactivity.state(),
            "stays": self.stays.state(),
            "habits": self.habits.state(),
            "summaries": self.summaries.state(),
        }

    def restore(self, state: Mapping[str, Any], sensors: Mapping[str, Sensor]) -> None:
        """Take over what `state()` said."""
        self.inactivity.restore(state["inactivity"], sensors)
        self.stays.restore(state["stays"], sensors)
        self.habits.restore(state["habits"])
        self.summaries.restore(state["summaries"])


def _some(claim: Claim | None) -> list[Claim | Said]:
    return [] if claim is None else [claim]
