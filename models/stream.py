"""Everything that watches one life: a resident's, or the household's."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from models import wording
from models.claims import Claim
from models.coverage import FORGIVEN_S, Coverage
from models.habits import ACTIVE, Habits
from models.health import Health
from models.inactivity import CUT_S, Inactivity
from models.localtime import HOUR_S, LocalTime
from models.portrait import StreamPortrait, Watching
from models.rest import Rest
from models.signals import Event, Line
from models.stays import NOWHERE, Stays
from models.summaries import Summaries
from models.told import Told
from models.trends import Trends
from models.vocabulary import BATHROOM, HOUSEHOLD, OUTSIDE_DOOR, AlertKind, HomeSpec, Said, Sensor, SensorKind
from models.whose import SIGNS_OF_LIFE, is_shared, is_sign

FORGIVEN_STEP_S: Final = 60
"""A smaller step of the clock moves nothing that matters to another part of the day."""


_WORN: Final = frozenset({SensorKind.STEPS})
"""Signs of life that a wearable gives."""


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
        tells_silence, tells_stays: whether the configuration lets an alert come of its silence, and of its stays.
    """

    __slots__ = (
        "_coverage", "_local", "_pulses", "habits", "health", "inactivity", "lines", "resident", "rest", "stays",
        "summaries", "tells_silence", "tells_stays", "trends", "watches_silence",
    )  # fmt: skip

    def __init__(self, resident: str, spec: HomeSpec, local: LocalTime, coverage: Coverage, lines: list[Line]) -> None:
        self.resident = resident
        self.lines = lines
        self._local = local
        self._coverage = coverage
        self._pulses = [line for line in lines if line.sensor.kind is SensorKind.HEART_RATE]
        alive = [line.sensor for line in lines if line.sensor.kind in SIGNS_OF_LIFE]
        elsewhere = {sensor.place for sensor in alive if sensor.kind not in NOWHERE} - {BATHROOM, OUTSIDE_DOOR}
        self.watches_silence = resident == HOUSEHOLD or not is_shared(spec)
        self.tells_silence = self.watches_silence and AlertKind.INACTIVITY in spec.alerts
        self.tells_stays = AlertKind.LONG_STAY in spec.alerts
        alone = resident != HOUSEHOLD or len(spec.residents) == 1
        self.inactivity = Inactivity(
            resident, local, spec.silence_budget_per_day, coverage,
            worn=bool(alive) and all(sensor.kind in _WORN for sensor in alive),
            tells_absence=AlertKind.NOT_HOME in spec.alerts,
        )  # fmt: skip
        self.stays = Stays(resident, local, coverage, can_see_leaving=len(elsewhere) >= 2, alone=alone)
        self.rest = Rest(
            resident, local, coverage, lines, self._is_known, spec.alerts,
            alone=alone, can_see=alone and not is_shared(spec) and len(elsewhere) >= 2,
        )  # fmt: skip
        self.habits = Habits(resident, local, coverage, alive)
        self.summaries = Summaries(resident, local, coverage)
        self.health = Health(alive)
        self.trends = Trends(resident, coverage, spec.attention_budget_per_week, self.habits.names())

    def see(self, event: Event) -> list[Claim]:
        """An event of this stream's sensors."""
        if event.sensor.kind in _WORN and self._is_worn(event.at_ms):
            self.inactivity.heard(event.at_ms)
        if not is_sign(event) or not self.health.believes(event):
            return []
        claims = (self.inactivity.sign(event) if self.watches_silence else None, self.stays.see(event))
        self.habits.see(event)
        return [*(claim for claim in claims if claim is not None), *self.rest.see(event)]

    def _is_worn(self, at_ms: int) -> bool:
        """Whether a wearable that reports at `at_ms` is on a body: one on the table says 0 steps but no pulse."""
        heard_ms = [line.heard_ms for line in self._pulses if line.heard_ms is not None]
        return not heard_ms or at_ms - max(heard_ms) < FORGIVEN_S * 1000

    def agenda(self) -> list[tuple[Watch, Act]]:
        """What waits for its time, and what is done then."""
        return [
            (self.inactivity, lambda now_ms: _some(self.inactivity.pass_time(now_ms, self.lines))),
            (self.stays, lambda _: _some(self.stays.pass_time(self.lines, sound=not self.health.suspects()))),
            (self.rest.night_exit, lambda now_ms: _some(self.rest.out(now_ms))),
            (self.rest.out_of_bed, lambda now_ms: _some(self.rest.empty_bed(now_ms))),
            (self.rest.mornings, lambda now_ms: _some(self.rest.late(now_ms, sound=not self.health.suspects()))),
            (self.habits, lambda _: self._part_ended()),
            (self.summaries, self._morning),
        ]

    def told(self, told: Told, at_ms: int, value: float) -> list[Claim | Said]:
        """A person told the home something about whose life this is (see `models.told`)."""
        return []

    def shift(self, at_ms: int, by_ms: int) -> None:
        """The clock was stepped by `by_ms` and now says `at_ms`."""
        self.inactivity.shift(at_ms, by_ms)
        self.stays.shift(by_ms)
        self.health.shift(by_ms)
        far = abs(by_ms) >= FORGIVEN_STEP_S * 1000
        self.rest.shift(at_ms // 1000, round(by_ms / 1000), far=far)
        self.summaries.shift(at_ms // 1000, round(by_ms / 1000))
        if far:
            self.inactivity.seeing(at_ms, CUT_S)
            self.habits.disturbed(at_ms // 1000)

    def blind(self) -> None:
        """The gateway cannot see any more."""
        self.inactivity.blind()
        self.stays.blind()

    def seeing(self, at_ms: int, blind_s: int) -> None:
        """The gateway sees again after `blind_s`."""
        self.inactivity.seeing(at_ms, blind_s)
        if blind_s >= FORGIVEN_S:
            self.stays.forget_now()
        else:
            self.stays.seeing(at_ms)
        self.rest.seeing(at_ms // 1000, blind_s)

    def _is_known(self, at_s: int) -> bool:
        """Whether an alert of silence or of a stay is open, and told, that says the same as one of rest would."""
        deadline_s = self.inactivity.deadline_s() if self.tells_silence else None
        return (self.tells_stays and self.stays.is_open) or (deadline_s is not None and deadline_s <= at_s)

    def _part_ended(self) -> list[Claim | Said]:
        table = self.habits.pass_time()
        self.summaries.note_habits(table)
        claims = self.trends.judge(table, self.lines, sound=not self.health.suspects())
        if any(habit.name == ACTIVE for habit in table.habits):
            self.health.day_ended()
        return [table, *claims]

    def _morning(self, now_ms: int) -> list[Claim | Said]:
        now_s = now_ms // 1000
        summaries = self.summaries.pass_time(
            self.lines,
            self._abstains(now_s),
            lambda: wording.notice(self.notice_s(now_s)) if self.tells_silence else None,
        )
        return [*summaries]

    def _abstains(self, now_s: int) -> list[str]:
        silence = self.inactivity.abstains(now_s) if self.tells_silence else None
        suspects = [f"sensor/{name}" for name in self.health.suspects()]
        return [*self.stays.abstains(now_s), *([] if silence is None else [silence]), *suspects]

    def notice_s(self, now_s: int) -> tuple[int | None, ...]:
        """For each full hour of the local day: if all signs stopped then, seconds until an alert. None: learning."""
        day = self._local.day(now_s)
        hours_s = (self._local.at_clock_s(day, hour * HOUR_S) for hour in range(24))
        return tuple(self.inactivity.notice_s(at_s) for at_s in hours_s)

    def portrait(self, now_s: int) -> StreamPortrait:
        """What was learnt, to be looked at."""
        activity, *habits = self.habits.portrait()
        return StreamPortrait(
            resident=self.resident,
            watching=self._watching(now_s),
            deadline_s=self.inactivity.deadline_s(),
            told=self.tells_silence,
            days=activity.day.days,
            today=self.habits.counted_day(now_s),
            today_whole=self.habits.counted_whole(now_s),
            activity=activity,
            habits=tuple(habits),
            notice_s=self.notice_s(now_s),
            abstains=tuple(self._abstains(now_s)),
            coverage=self._coverage.sentence(self.lines, now_s),
        )

    def _watching(self, now_s: int) -> Watching:
        deadline_s = self.inactivity.deadline_s()
        if self._coverage.blind_since_s is not None:
            return Watching.BLIND
        if deadline_s is not None and deadline_s <= now_s:
            return Watching.ALERTING
        if self.inactivity.learning(now_s):
            return Watching.LEARNING
        if deadline_s is not None:
            return Watching.WATCHING
        return Watching.AWAY if self.inactivity.is_away() else Watching.NOT_JUDGED

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "inactivity": self.inactivity.state(),
            "stays": self.stays.state(),
            "rest": self.rest.state(),
            "habits": self.habits.state(),
            "summaries": self.summaries.state(),
            "trends": self.trends.state(),
            "health": self.health.state(),
        }

    def restore(self, state: Mapping[str, Any], sensors: Mapping[str, Sensor]) -> None:
        """Take over what `state()` said."""
        self.inactivity.restore(state["inactivity"], sensors)
        self.stays.restore(state["stays"], sensors)
        self.rest.restore(state["rest"], sensors)
        self.habits.restore(state["habits"])
        self.summaries.restore(state["summaries"])
        self.trends.restore(state["trends"])
        self.health.restore(state["health"])


def _some(claim: Claim | None) -> list[Claim | Said]:
    return [] if claim is None else [claim]
