"""Weak signs of one stream: resting pulse up, restless nights, more about than usual, a wearable not worn.

None is ever an alert of its own (ALERTS, rule 9): on real recordings each is right hardly more often than chance
(docs/decisions/0014-notes.md). Each is a line in the summary when it begins, and may stand beside other signs in
`several_changes`.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from models import wording_notes as wording
from models.calibration import Threshold
from models.habit_names import ACTIVE
from models.kinds import AlertKind, SensorKind
from models.learners.pulse import RAISED
from models.localtime import HOUR_S, MINUTE_S, LocalTime
from models.pulse import Raised, RestingPulse
from models.signals import Event, Line
from models.trends import Sign, Watched
from models.vocabulary import BATHROOM, Habit, HabitTable
from models.wording_notes import Noted
from models.worn import Worn

_A_DAY: Final = 1 / 28
"""Each kind of note about once in four weeks, if nothing changes: what is noted more often is not read."""

_ASLEEP_UNTIL_S: Final = 5 * HOUR_S
"""From midnight to here most people are in bed, whenever they go there."""

_BATHROOM_MS: Final = 3 * 60_000
"""Movement so soon after the bathroom is the way back from it, and counted there."""

_STIRRING: Final = "stirring-night"
"""Minutes in the middle of the night with movement outside the bathroom, where no bed tells of the nights."""


class Notes:
    """The weak signs of one stream.

    Args:
        lines: its sensors.
        habits: the names of the habits that it has.
        kinds: the kinds that are on; of the others nothing is said, alone or beside other signs.
        alone: whether it is one person's stream.
        sees_moving: whether moving about by day would be seen of whoever wears the wearable.

    Attributes:
        hears_worn: whether what is worn can be heard just now.
        pulse_lost_s: since when no pulse can be heard, its link being lost (UTC s); None while it can.
    """

    def __init__(
        self,
        local: LocalTime,
        lines: list[Line],
        habits: frozenset[str],
        kinds: frozenset[AlertKind],
        *,
        alone: bool,
        sees_moving: bool,
    ) -> None:
        self._local = local
        self._kinds = kinds
        beds = sorted(name for name in habits if name.endswith(f"-{SensorKind.BED}-night"))
        self._has_bed = bool(beds)
        signs = (
            Sign(AlertKind.MORE_ACTIVE, ACTIVE, 1, (1,)),
            Sign(AlertKind.RESTLESS_NIGHT, beds[0] if beds else _STIRRING, 1, (2, 3)),
        )
        self._watched = [Watched(sign, _A_DAY) for sign in signs] if alone else []
        self._pulses = [line for line in lines if line.sensor.kind is SensorKind.HEART_RATE] if alone else []
        self.pulse = RestingPulse(local, sees_moving=sees_moving)
        self._pulse_level = Threshold(_A_DAY)
        self._pulse_was_raised = False
        self._worn = Worn()
        self._stirred = 0
        self._minute = -1
        self._bathroom_ms = 0
        self.hears_worn: Callable[[], bool] = lambda: True
        self.pulse_lost_s: Callable[[], int | None] = lambda: None

    def see(self, event: Event) -> None:
        """A sign of life of this stream, or a pulse."""
        kind, at_ms = event.sensor.kind, event.at_ms
        if kind is SensorKind.HEART_RATE:
            if self._pulses:
                self._worn.see(at_ms)
                self.pulse.see(event)
            return
        if self._pulses:
            self.pulse.moved(at_ms)
        elif kind is SensorKind.STEPS:
            self._worn.see(at_ms)
        if event.sensor.place == BATHROOM:
            self._bathroom_ms = at_ms
        elif at_ms // 60_000 != self._minute and at_ms - self._bathroom_ms > _BATHROOM_MS:
            self._minute = at_ms // 60_000
            self._stirred += self._local.second_of_day(at_ms // 1000) < _ASLEEP_UNTIL_S

    def judge(self, table: HabitTable, *, sound: bool = True, teach: bool = True) -> tuple[list[Habit], list[Noted]]:
        """A part of the day has ended; the night's table closes the day: rows of pulse, and the weak signs of today.

        A day that was not seen whole, or on which not every sensor was `sound`, is neither scored nor learnt; without
        `teach` it is not learnt.
        """
        rows = {habit.name: habit for habit in table.habits}
        if ACTIVE not in rows:
            return [], []
        seen = rows[f"{ACTIVE}-night"].direction != "unseen"
        counts = {name: int(row.observed) for name, row in rows.items() if sound and row.direction != "unseen"}
        if sound and seen:
            counts[_STIRRING] = self._stirred
        self._stirred = 0
        found = [note for watched in self._watched if (note := self._judge(watched, counts, teach=teach)) is not None]
        lost_s = self.pulse_lost_s()
        lost_min = 0 if lost_s is None else (table.raised_s - lost_s) // MINUTE_S
        pulse_rows, raised = self.pulse.close(sound=seen, teach=teach, lost_min=lost_min)
        worn = self._judge_worn(table.raised_s, seen=seen and self.hears_worn())
        found += [*self._judge_pulse(raised), *worn]
        beside = AlertKind.SEVERAL_CHANGES in self._kinds
        return pulse_rows, [n._replace(joins=n.joins and beside) for n in found if n.kind in self._kinds]

    def _judge(self, watched: Watched, counts: Mapping[str, int], *, teach: bool) -> Noted | None:
        count = counts.get(watched.sign.habit)
        score = None if count is None else watched.score(count, apart=not teach)  # an unseen day adds nothing
        rare = score is not None and score <= watched.threshold.level
        is_new = rare and watched.quiet_days > 0
        if score is not None:
            watched.threshold.learn(told=is_new)
            watched.quiet_days = 0 if rare else watched.quiet_days + 1
        watched.learn(count, rare=rare, teach=teach)
        return self._say(watched, is_new=is_new) if rare else None

    def _say(self, watched: Watched, *, is_new: bool) -> Noted:
        usual, last, known_days = watched.usual_and_last()
        seen = [count for count in last if count is not None]
        if watched.sign.kind is AlertKind.MORE_ACTIVE:
            return wording.more_active(minutes=seen[-1], usual=usual, known_days=known_days, is_new=is_new)
        raised = sum(count > usual[0] + 0.5 * usual[1] for count in seen)
        return wording.restless_night(
            raised=max(1, raised), nights=len(seen), in_bed=self._has_bed, known_days=known_days, is_new=is_new
        )

    def _judge_pulse(self, raised: Raised | None) -> list[Noted]:
        if raised is None:
            return []
        rare = raised.chance <= self._pulse_level.level and len(raised.above()) >= RAISED
        is_new = rare and not self._pulse_was_raised
        self._pulse_level.learn(told=is_new)
        self._pulse_was_raised = rare
        return [wording.resting_pulse(raised, is_new=is_new)] if rare else []

    def _judge_worn(self, at_s: int, *, seen: bool) -> list[Noted]:
        pause = self._worn.close(at_s * 1000, seen=seen)
        if pause is None:
            return []
        since_s, longest_s, days = pause
        return [wording.not_worn(local=self._local, since_s=since_s, at_s=at_s, longest_s=longest_s, days=days)]

    def sensors_changed(self) -> None:
        """Other sensors than before count how busy a day or a night was."""
        for watched in self._watched:
            if watched.sign.habit in (ACTIVE, _STIRRING):
                watched.start_again()

    def seeing(self, blind_s: int) -> None:
        """The gateway sees again after `blind_s`."""
        self._worn.shift(blind_s * 1000)

    def shift(self, at_ms: int, by_ms: int) -> None:
        """The clock was stepped by `by_ms` and now says `at_ms`."""
        self._worn.shift(by_ms)
        self.pulse.shift(at_ms)
        self._bathroom_ms += by_ms

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "signs": {str(watched.sign.kind): watched.state() for watched in self._watched},
            "pulse": self.pulse.state(),
            "pulse_level": self._pulse_level.state(),
            "pulse_was_raised": self._pulse_was_raised,
            "worn": self._worn.state(),
            "stirred": self._stirred,
            "minute": self._minute,
            "bathroom_ms": self._bathroom_ms,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said; signs that are new start from nothing."""
        for watched in self._watched:
            if (known := state["signs"].get(str(watched.sign.kind))) is not None:
                watched.restore(known)
        self.pulse.restore(state["pulse"])
        self._pulse_level = Threshold.from_state(state["pulse_level"])
        self._pulse_was_raised = state["pulse_was_raised"]
        self._worn.restore(state["worn"])
        self._stirred = state["stirred"]
        self._minute = state["minute"]
        self._bathroom_ms = state["bathroom_ms"]
