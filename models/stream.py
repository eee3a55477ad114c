"""Everything that watches one life: a resident's, or the household's."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from models.claims import Claim
from models.coverage import FORGIVEN_S, Coverage
from models.habits import Habits
from models.inactivity import Inactivity
from models.localtime import LocalTime
from models.signals import Event, Line
from models.stays import NOWHERE, Stays
from models.summaries import Summaries
from models.trends import Trends
from models.vocabulary import BATHROOM, HOUSEHOLD, OUTSIDE_DOOR, HomeSpec, Said, Sensor
from models.whose import SIGNS_OF_LIFE, is_shared, is_sign

FORGIVEN_STEP_S: Final = 60
"""A smaller step of the clock moves nothing that matters to another part of the day."""


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

    Attributes:
        watches_silence: whether its silence is judged; in a shared home only the household's is.
    """

    __slots__ = ("habits", "inactivity", "lines", "resident", "stays", "summaries", "trends", "watches_silence")

    def __init__(self, resident: str, spec: HomeSpec, local: LocalTime, coverage: Coverage, lines: list[Line]) -> None:
        self.resident = resident
        self.lines = lines
        alive = [line.sensor for line in lines if line.sensor.kind in SIGNS_OF_LIFE]
        elsewhere = {sensor.place for sensor in alive if sensor.kind not in NOWHERE} - {BATHROOM, OUTSIDE_DOOR}
        self.watches_silence = resident == HOUSEHOLD or not is_shared(spec)
        alone = resident != HOUSEHOLD or len(spec.residents) == 1
        self.inactivity = Inactivity(resident, local, spec.silence_budget_per_day, coverage)
        self.stays = Stays(resident, local, coverage, can_see_leaving=len(elsewhere) >= 2, alone=alone)
        self.habits = Habits(resident, local, coverage, alive)
        self.summaries = Summaries(resident, local, coverage)
        self.trends = Trends(resident, coverage, spec.attention_budget_per_week, self.habits.names())

    def see(self, event: Event) -> list[Claim]:
        """An event of this stream's sensors."""
        if not is_sign(event):
            return []
        claims = (self.inactivity.sign(event) if self.watches_silence else None, self.stays.see(event))
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

    def shift(self, at_ms: int, by_ms: int) -> None:
        """The clock was stepped by `by_ms` and now says `at_ms`."""
        self.inactivity.shift(at_ms, by_ms)
        self.stays.shift(by_ms)
        self.summaries.shift(at_ms // 1000, round(by_ms / 1000))
        if abs(by_ms) >= FORGIVEN_STEP_S * 1000:
            self.inactivity.seeing(at_ms, FORGIVEN_S)
            self.habits.disturbed(at_ms // 1000)

    def _part_ended(self) -> list[Claim | Said]:
        table = self.habits.pass_time()
        self.summaries.note_habits(table)
        return [table, *self.trends.judge(table, self.lines)]

    def _morning(self, now_ms: int) -> list[Claim | Said]:
        return [*self.summaries.pass_time(self.lines, self.stays.abstains(now_ms // 1000))]

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "inactivity": self.inactivity.state(),
            "stays": self.stays.state(),
            "habits": self.habits.state(),
            "summaries": self.summaries.state(),
            "trends": self.trends.state(),
        }

    def restore(self, state: Mapping[str, Any], sensors: Mapping[str, Sensor]) -> None:
        """Take over what `state()` said."""
        self.inactivity.restore(state["inactivity"], sensors)
        self.stays.restore(state["stays"], sensors)
        self.habits.restore(state["habits"])
        self.summaries.restore(state["summaries"])
        self.trends.restore(state["trends"])


def _some(claim: Claim | None) -> list[Claim | Said]:
    return [] if claim is None else [claim]
