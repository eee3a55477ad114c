"""Keeps the week's book for one stream and writes its day and week summaries, each morning at 07:00.

A day's summary speaks of coverage alone; a week's, on Monday, of the habits too (ALERTS, rule 14). The best
that either says is that nothing was outside the usual pattern, and that this does not mean all is well.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from models import wording, wording_notes, wording_sight
from models.claims import Claim, Opening
from models.coverage import FORGIVEN_S, Coverage, duration, not_heard
from models.habits import MORNING_S
from models.kinds import AlertKind
from models.learners.silence import LEARNING_DAYS
from models.localtime import DAY_S, FAR_S, LocalTime
from models.sight import Sight
from models.signals import NEVER, Line
from models.vocabulary import Finding, HabitTable, Period, Said, Summary, WeekOfHabit
from models.wording_notes import Noted

_OUT_OF_THE_ORDINARY_DAYS: Final = 30
"""Chance alone would have some habit named in the day's headline about once a month."""

_FIRST_SUMMARY_S: Final = 12 * 3600
_FIRST_WEEK_DAYS: Final = 4
"""A summary of less would be a summary of nothing."""

_WEEK: Final = 7
_LIKENESS: Final = 0.2
_PARTS: Final = ("-morning", "-afternoon", "-evening", "-night")


class Summaries:
    """The summaries of one stream.

    Args:
        coverage: what the gateway could see.
        sight: what of it could be heard of this stream's sensors.
        told: names of the habits that may be told of, with the resident's consent; None: all of them.

    Attributes:
        due_ms: when the next summary is due (UTC, ms); NEVER before the first reading.
        elsewhere: the headline of a day that was spent elsewhere, or None; to be set before `pass_time`.
    """

    def __init__(
        self, resident: str, local: LocalTime, coverage: Coverage, sight: Sight, told: frozenset[str] | None = None
    ) -> None:
        self.resident = resident
        self.due_ms = NEVER
        self.elsewhere: str | None = None
        self._local = local
        self._coverage = coverage
        self._sight = sight
        self._consented = told
        self._since_s = 0
        self._first_day: int | None = None
        self._alerts: list[list[Any]] = []
        self._held: list[str] = []
        self._noted: list[list[str]] = []
        self._told = 0
        self._read = 0
        self._tables: list[list[list[Any]]] = []
        self._today: list[list[Any]] = []

    def begin(self, at_s: int) -> None:
        """The first reading of this home came at `at_s`."""
        self._since_s = at_s
        self._first_day = self._local.day(at_s)
        self.due_ms = self._local.next_clock_s(at_s + _FIRST_SUMMARY_S, MORNING_S) * 1000

    def shift(self, at_s: int, by_s: int) -> None:
        """The clock was stepped by `by_s` and now says `at_s`: what happened `x` ago still happened `x` ago."""
        self._since_s += by_s
        self._alerts = [[raised_s + by_s, kind] for raised_s, kind in self._alerts]
        if self._first_day is not None:
            self._first_day += self._local.day(at_s) - self._local.day(at_s - by_s)
        if self.due_ms != NEVER and abs(self.due_ms // 1000 - at_s) > FAR_S:
            self.due_ms = self._local.next_clock_s(at_s, MORNING_S) * 1000

    def note_alert(self, finding: Finding) -> None:
        """An alert about this stream was raised."""
        self._alerts.append([finding.opened_s, str(finding.kind)])

    def note_held(self, kind: AlertKind) -> None:
        """An alert about this stream was held back to keep to the budget."""
        self._held.append(str(kind))

    def note_signs(self, noted: Iterable[Noted], claims: Iterable[Claim | Said]) -> None:
        """The weak signs of today: those that began are told in the next day's summary, and counted in the week's.

        What an alert among `claims` names is told there.
        """
        told = any(isinstance(one, Opening) and one.kind is AlertKind.SEVERAL_CHANGES for one in claims)
        new = [one for one in noted if one.is_new and not (told and one.joins)]
        self._noted += [[str(one.kind), wording_notes.noted(one)] for one in new]

    def note_habits(self, table: HabitTable) -> None:
        """A part of the day has ended."""
        for habit in table.habits:
            self._today.append([habit.name, habit.observed, habit.usual_low, habit.usual_high, habit.rarity_days])

    def pass_time(self, lines: list[Line], abstains: list[str], notice: Callable[[], str | None]) -> list[Summary]:
        """Called when `due_ms` has come: the day's summary, and on Monday the week's.

        `notice` gives a sentence on how soon a silence is noticed; it is asked for a week's summary only.
        """
        at_s = self.due_ms // 1000
        day = self._local.day(at_s) - 1
        self._tables = [*self._tables, self._today][-_WEEK:]
        said = [self._day_summary(at_s, day, lines)]
        if self._local.weekday(at_s) == "Monday" and day - (self._first_day or day) >= _FIRST_WEEK_DAYS:
            said.append(self._week_summary(at_s, day, lines, abstains, notice()))
            self._alerts = []
            self._held = []
            self._noted = []
        self._told = len(self._alerts)
        self._read = len(self._noted)
        self._today = []
        self._since_s = at_s
        self.due_ms = self._local.next_clock_s(at_s, MORNING_S) * 1000
        return said

    def _day_summary(self, at_s: int, day: int, lines: list[Line]) -> Summary:
        alerts = [kind for _, kind in self._alerts[self._told :]]
        return Summary(
            resident=self.resident,
            period=Period.DAY,
            day=self._local.date(day).isoformat(),
            raised_s=at_s,
            headline=self._headline(at_s, day, lines, alerts),
            coverage=self._sight.coverage.sentence(lines, at_s),
            lines=tuple(text for _, text in self._noted[self._read :]),
        )

    def _headline(self, at_s: int, day: int, lines: list[Line], alerts: list[str]) -> str:
        blind_s = self._coverage.blind_s(self._since_s, at_s)
        if alerts:
            kinds = wording.listed(sorted({wording.spoken(kind) for kind in alerts}))
            return f"{_times(len(alerts), 'alert')} in the last day: {kinds}."
        if self.elsewhere is not None:
            return self.elsewhere
        if blind_s >= FORGIVEN_S:
            return f"The gateway could not see for {duration(blind_s)} of this day, so little can be said of it."
        if (dark_s := self._sight.dark_s(self._since_s, at_s)) >= FORGIVEN_S:
            return wording_sight.blind_day(dark_s)
        learnt = day - (self._first_day or day)
        if learnt < LEARNING_DAYS:
            return f"Still learning what is usual here (day {learnt + 1} of {LEARNING_DAYS}); only fixed limits apply."
        judged = [row for row in self._today if row[4] is not None]
        # many habits are looked at each day, and some rare value among many is no rare thing
        unusual = [row for row in judged if row[4] >= _OUT_OF_THE_ORDINARY_DAYS * len(judged)]
        if unusual:
            names = sorted({_plain(name) for name, *_ in unusual if self._may_tell(name)})
            if not names:
                return "No alert was raised. A habit that is not told of was unlike most days. One day says little."
            return f"No alert was raised. Unlike most days: {wording.listed(names[:4])}. One day says little."
        if self._noted[self._read :]:
            kinds = wording.listed(sorted({wording.spoken(kind) for kind, _ in self._noted[self._read :]}))
            return f"No alert was raised. Noted: {kinds}. One weak sign says little."
        big = any(row[4] >= _OUT_OF_THE_ORDINARY_DAYS for row in judged)
        if unheard := self._sight.unheard(self._since_s, at_s):
            return wording_sight.partly_seen(unheard, stood_out=big)
        silent = not_heard(lines, at_s)
        worked = "Some sensors were not heard from" if silent else "The sensors worked all day"
        if big:
            return f"{worked} and nothing stood out enough to be named. This does not mean that the person is well."
        return f"{worked} and nothing was outside the usual pattern. This does not mean that the person is well."

    def _week_summary(self, at_s: int, day: int, lines: list[Line], abstains: list[str], notice: str | None) -> Summary:
        week_s = self._local.next_clock_s(at_s - _WEEK * DAY_S - DAY_S // 2, MORNING_S)
        blind_s = self._coverage.blind_s(week_s, at_s)
        kinds = [AlertKind(kind) for raised_s, kind in self._alerts if raised_s >= week_s]
        lines_said = [f"{_times(kinds.count(kind), wording.spoken(kind) + ' alert')}." for kind in sorted(set(kinds))]
        lines_said += [wording.not_judged(key) for key in abstains]
        if notice is not None:
            lines_said.append(notice)
        if self._noted:
            lines_said.append(wording_notes.week([AlertKind(kind) for kind, _ in self._noted]))
        if self._held:
            kinds_held = wording.listed(sorted({wording.spoken(kind) for kind in self._held}))
            lines_said.append(f"Held back to keep to the alert budget: {kinds_held}.")
        if blind_s >= FORGIVEN_S:
            lines_said.append(f"The gateway could not see for {duration(blind_s)} of this week.")
        if unheard := self._sight.unheard(week_s, at_s):
            lines_said.append(wording_sight.week_not_heard(unheard))
        return Summary(
            resident=self.resident,
            period=Period.WEEK,
            day=self._local.date(day).isoformat(),
            raised_s=at_s,
            headline=f"The week to {self._local.weekday(at_s - DAY_S)}: {_times(len(kinds), 'alert')}."
            + ("" if kinds else " A quiet week does not mean that the person is well."),
            coverage=self._sight.coverage.sentence(lines, at_s),
            lines=tuple(lines_said),
            habits=self._week_of_habits(),
        )

    def _week_of_habits(self) -> tuple[WeekOfHabit, ...]:
        days: dict[str, list[list[Any]]] = {}
        for table in self._tables:
            for name, *values in table:
                # whole days that were seen and could be judged
                if not name.endswith(_PARTS) and values[1] is not None and self._may_tell(name):
                    days.setdefault(name, []).append(values)
        return tuple(_week_of(name, seen) for name, seen in sorted(days.items()))

    def _may_tell(self, name: str) -> bool:
        """Whether this habit, or this part of the day of it, may be told of."""
        return (
            self._consented is None or (name.rpartition("-")[0] if name.endswith(_PARTS) else name) in self._consented
        )

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "due_ms": None if self.due_ms == NEVER else self.due_ms,
            "since_s": self._since_s,
            "first_day": self._first_day,
            "alerts": [list(alert) for alert in self._alerts],
            "told": self._told,
            "held": list(self._held),
            "noted": [list(sign) for sign in self._noted],
            "read": self._read,
            "tables": [[list(row) for row in table] for table in self._tables],
            "today": [list(row) for row in self._today],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said."""
        self.due_ms = NEVER if state["due_ms"] is None else state["due_ms"]
        self._since_s = state["since_s"]
        self._first_day = state["first_day"]
        self._alerts = [list(alert) for alert in state["alerts"]]
        self._told = state["told"]
        self._held = list(state["held"])
        self._noted = [list(sign) for sign in state["noted"]]
        self._read = state["read"]
        self._tables = [[list(row) for row in table] for table in state["tables"]]
        self._today = [list(row) for row in state["today"]]


def _week_of(name: str, seen: list[list[Any]]) -> WeekOfHabit:
    """The mean a day, and the range in which nine weeks in ten would have it.

    A mean of `n` days varies less than a day does: by 1 / sqrt(n) if days were unlike each other; days of one week are
    alike, so a share of the spread stays (the likeness of neighbouring days in the recorded homes is about 0.2).
    """
    count, low, high = (sum(values[column] for values in seen) / len(seen) for column in range(3))
    middle, half = (low + high) / 2, (high - low) / 2 * math.sqrt((1 + 2 * _LIKENESS) / len(seen))
    return WeekOfHabit(name, round(count, 1), round(max(0.0, middle - half), 1), round(middle + half, 1))


def _plain(name: str) -> str:
    habit, _, part = name.rpartition("-")
    return f"{wording.spoken(habit)} ({part})" if name.endswith(_PARTS) else f"{wording.spoken(name)} (whole day)"


def _times(count: int, what: str) -> str:
    return f"{count or 'no'} {what}{'' if count == 1 else 's'}".replace("inactivity alerts", "alerts of inactivity")
