"""Counts what a stream does in each part of the day, and keeps what is usual.

The day has four parts; the night is one of them and belongs to the evening on which it began. When a part
ends, each habit is scored against the past first and learnt after (prequential). A part that could not be
seen well enough is neither scored nor learnt: blindness is not a count of zero.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from models.coverage import FORGIVEN_S, Coverage
from models.habit_names import ACTIVE, habits_of, names_of
from models.learners.tally import Tally
from models.localtime import DAY_STARTS_H, FAR_S, HOUR_S, LocalTime
from models.masks import BLIND_SHARE, Masks, UnheardS, all_heard, sensors_of
from models.portrait import Count, HabitPortrait
from models.rhythm import Rhythm
from models.signals import NEVER, Event, Phase
from models.vocabulary import Habit, HabitTable, Sensor
from models.whose import NO_EYES, is_only_worn
from models.worn import WornTime

PARTS: Final = (("morning", 7 * HOUR_S), ("afternoon", 12 * HOUR_S), ("evening", 18 * HOUR_S), ("night", 23 * HOUR_S))
"""Each part's name, and the time on the clock at which it begins."""

_AFTER_FOUR_S: Final = PARTS[0][1] - DAY_STARTS_H * HOUR_S
_RAREST_DAYS: Final = 100_000.0


class Habits:
    """The habits of one stream.

    Args:
        sensors: the sensors that belong to it, which decide what habits there are.
        unheard_s: when each of them could not be heard.

    Attributes:
        due_ms: when the current part of the day ends (UTC, ms).
        masks: which of them could not be counted.
    """

    def __init__(
        self, resident: str, local: LocalTime, coverage: Coverage, sensors: Sequence[Sensor],
        unheard_s: UnheardS = all_heard,
    ) -> None:  # fmt: skip
        self.resident = resident
        self.due_ms = NEVER
        self._local = local
        self._coverage = coverage
        self._habits_of = {sensor.id: habits_of(sensor) for sensor in sensors}
        self._names = sorted(names_of(sensors))
        self._counts = dict.fromkeys(self._names, 0)
        self._day_counts = dict.fromkeys(self._names, 0)
        self._day_seen = False
        self._last_ms: dict[str, int] = {}
        self._minute = -1
        self._part_start_s = 0
        self._partial = True
        self._tallies: dict[str, Tally] = {}
        self._today: dict[str, int | None] = {}
        self._rhythm = Rhythm(local, coverage, self._names)
        self._only_worn = is_only_worn(sensors)
        eyes = [sensor.id for sensor in sensors if self._only_worn or sensor.kind not in NO_EYES]
        self.masks = Masks({**sensors_of(self._habits_of), ACTIVE: eyes}, unheard_s)
        self._worn = WornTime()

    def see(self, event: Event) -> None:
        """Count an event of this stream."""
        at_ms = event.at_ms
        if self.due_ms == NEVER:
            self._begin(at_ms // 1000)
        minute = at_ms // 60_000
        if minute != self._minute:
            self._minute = minute
            self._counts[ACTIVE] += 1
            self._rhythm.enter(minute)
            self._rhythm.see(ACTIVE)
        if event.phase is Phase.OFF:
            return
        for name, apart_ms in self._habits_of[event.sensor.id]:
            if at_ms - self._last_ms.get(name, -NEVER) >= apart_ms:
                self._counts[name] += 1
                self._rhythm.see(name)
            self._last_ms[name] = at_ms

    def begin(self, at_s: int) -> bool:
        """A pulse was heard, which is no habit: if it is the first thing heard, days begin with it: then True."""
        if self._only_worn:
            self._worn.see(at_s)
        if self.due_ms != NEVER:
            return False
        self._begin(at_s)
        return True

    def _begin(self, at_s: int) -> None:
        self._part_start_s = at_s
        self.due_ms = min(self._local.next_clock_s(at_s, begins_s) for _, begins_s in PARTS) * 1000

    def part(self, at_s: int) -> str:
        """The name of the part of the day at `at_s`."""
        second = self._local.second_of_day(at_s)
        begun = [name for name, begins_s in PARTS if begins_s <= second]
        return begun[-1] if begun else PARTS[-1][0]

    def pass_time(self, *, teach: bool = True) -> HabitTable:
        """Called when `due_ms` has come: the part of the day has ended.

        Without `teach` it is judged by what was usual before, and not learnt.
        """
        end_s = self.due_ms // 1000
        start_s = self._part_start_s
        part = self.part(start_s)
        blind_s = self._coverage.blind_s(start_s, end_s)
        if self._only_worn:
            blind_s += self._worn.unworn_s(start_s, end_s)
        seen = not self._partial and blind_s <= BLIND_SHARE * (end_s - start_s)
        blank = not self._counts[ACTIVE] and part != PARTS[-1][0]
        masked = self.masks.part(start_s, end_s, blank=blank)
        known = {name for name in self._names if name not in masked and self._is_known(name)} if seen else set[str]()
        rows = [
            self._close(f"{name}-{part}", self._counts[name], seen=name in known, teach=teach) for name in self._names
        ]
        self._today |= {f"{name}-{part}": self._counts[name] if name in known else None for name in self._names}
        if teach and (seen if self._only_worn else not self._partial):
            self._rhythm.close(start_s, end_s, masked)
        rows += self._close_day(part, seen=seen, teach=teach)
        # the night's last hours, from 04:00, belong to the day on which it began
        day = self._local.date(self._local.day(start_s - _AFTER_FOUR_S)).isoformat()
        self._counts = dict.fromkeys(self._names, 0)
        self._partial = False
        self._begin(end_s)
        return HabitTable(self.resident, day, end_s, tuple(rows))

    def _close_day(self, part: str, *, seen: bool, teach: bool) -> list[Habit]:
        """Whole days are habits of their own, under the bare name: ranges of parts do not add up to one."""
        self._day_seen = seen and (self._day_seen or part == PARTS[0][0])
        for name in self._names:
            self._day_counts[name] += self._counts[name]
        if part != PARTS[-1][0]:
            return []
        masked = self.masks.day()
        known = {name for name in self._names if self._day_seen and name not in masked and self._is_known(name)}
        rows = [self._close(name, self._day_counts[name], seen=name in known, teach=teach) for name in self._names]
        self._day_counts = dict.fromkeys(self._names, 0)
        self._day_seen = False
        self._today = {}
        self._rhythm.begin_day()
        return rows

    def _is_known(self, name: str) -> bool:
        """Whether this habit was ever seen: a sensor that has never spoken yet, as before it is put up, says no 0."""
        learnt = any(f"{name}-{part}" in self._tallies and self._tallies[f"{name}-{part}"].days for part, _ in PARTS)
        return name == ACTIVE or name in self._last_ms or learnt

    def _close(self, name: str, count: int, *, seen: bool, teach: bool) -> Habit:
        tally = self._tallies.setdefault(name, Tally())
        chance = tally.score_one(count) if seen else None
        usual = tally.usual() if seen else None
        habit = Habit(
            name=name,
            observed=float(count),
            usual_low=None if usual is None else float(usual.low),
            usual_high=None if usual is None else float(usual.high),
            rarity_days=None if chance is None else round(min(1 / max(chance, 1e-9), _RAREST_DAYS), 2),
            direction=tally.direction(count) if seen else "unseen",
        )
        if seen and teach:
            tally.learn_one(count)
        return habit

    def names(self) -> frozenset[str]:
        """What the habits of this stream are called in the table, by part of the day and (bare name) whole day."""
        return frozenset(self._names) | {f"{name}-{part}" for name in self._names for part, _ in PARTS}

    def shift(self, by_s: int) -> None:
        """The clock was stepped by `by_s`, however little."""
        self._worn.shift(by_s)

    def disturbed(self, at_s: int) -> None:
        """The clock was stepped, and now says `at_s`: the counts of this part of the day mean nothing."""
        self._partial = True
        self._last_ms = {}
        if self.due_ms != NEVER and abs(self.due_ms // 1000 - at_s) > FAR_S:
            self._begin(at_s)
            self._today = {}
            self._rhythm.begin_day()

    def counted_day(self, now_s: int) -> str:
        """The date (ISO 8601) on which the day that is being counted began, with its morning."""
        start_s = now_s if self.due_ms == NEVER else self._part_start_s
        return self._local.date(self._local.day(start_s - _AFTER_FOUR_S)).isoformat()

    def counted_whole(self, now_s: int) -> bool:
        """Whether all of that day could be seen until `now_s`."""
        start_s = self._part_start_s
        if self._partial or self._coverage.blind_s(start_s, now_s) >= FORGIVEN_S:
            return False
        return self.part(start_s) == PARTS[0][0] or self._day_seen

    def portrait(self) -> tuple[HabitPortrait, ...]:
        """Each habit, to be looked at; `ACTIVE` first."""
        now = None if self.due_ms == NEVER else self.part(self._part_start_s)
        return tuple(self._portrait(name, now) for name in (ACTIVE, *(name for name in self._names if name != ACTIVE)))

    def _portrait(self, name: str, now: str | None) -> HabitPortrait:
        profile, today = self._rhythm.of(name)
        counts = {part: self._today.get(f"{name}-{part}") for part, _ in PARTS}
        ended = {part: f"{name}-{part}" in self._today for part, _ in PARTS}
        if now is not None:
            counts[now] = self._counts[name]
        return HabitPortrait(
            name=name,
            parts=tuple(self._count(f"{name}-{part}", counts[part], ended=ended[part]) for part, _ in PARTS),
            day=self._count(name, self._day_counts[name] + self._counts[name], ended=False),
            seen_days=profile.seen_days(),
            looked_days=profile.looked_days(),
            today=today,
        )

    def _count(self, name: str, today: int | None, *, ended: bool) -> Count:
        tally = self._tallies.get(name) or Tally()
        usual = tally.usual()
        return Count(usual and usual.low, usual and usual.high, tally.days, today, ended)

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "due_ms": None if self.due_ms == NEVER else self.due_ms,
            "counts": dict(self._counts),
            "day_counts": dict(self._day_counts),
            "day_seen": self._day_seen,
            "last_ms": dict(sorted(self._last_ms.items())),
            "minute": self._minute,
            "part_start_s": self._part_start_s,
            "partial": self._partial,
            "today": dict(sorted(self._today.items())),
            "rhythm": self._rhythm.state(),
            "worn": self._worn.state(),
            "masked": self.masks.state(),
            "tallies": {name: tally.state() for name, tally in sorted(self._tallies.items())},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said; habits of sensors that are gone are kept, unused."""
        self.due_ms = NEVER if state["due_ms"] is None else state["due_ms"]
        self._counts = {name: state["counts"].get(name, 0) for name in self._names}
        self._day_counts = {name: state["day_counts"].get(name, 0) for name in self._names}
        self._day_seen = state["day_seen"]
        self._last_ms = dict(state["last_ms"])
        self._minute = state["minute"]
        self._part_start_s = state["part_start_s"]
        self._partial = state["partial"]
        self._today = dict(state["today"])
        self._rhythm.restore(state["rhythm"])
        self._worn.restore(state["worn"])
        self.masks.restore(state["masked"])
        self._tallies = {name: Tally.from_state(tally) for name, tally in state["tallies"].items()}


MORNING_S: Final = PARTS[0][1]
"""When the night ends, and with it the day that the summaries speak of."""
