"""Section 3: whether the home keeps to what it was asked for, and whether what it calls rare is rare.

Reliability is how often something happens beside how often it was said to (Murphy and Winkler, "Reliability
of Subjective Probability Forecasts", Applied Statistics 1977).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from gateway.evaluation.recorded import Recorded
from gateway.evaluation.running import Twin
from gateway.evaluation.scoring import bootstrap, count, ratio
from gateway.evaluation.twins import from_s
from models.localtime import LocalTime
from models.vocabulary import HabitTable

INACTIVITY_PER_DAY: Final = (0.01, 0.02, 0.05, 0.1)
ATTENTION_PER_WEEK: Final = (0.25, 0.5, 1.0, 2.0)
"""Budgets that are asked for."""

WITHIN: Final = 1.5
"""A realised rate is as asked if it is at most this many times more or less (issue: "within a factor of 1.5")."""

ONE_DAY_IN: Final = (5, 10, 20, 50, 100)
"""How rare a habit's count is said to be, at least."""

_EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Realised:
    """One home under one budget: how many alerts came after day 14 in how many days (or weeks) of a person.

    `judged` is False where the home cannot judge this at all, so that no budget can be spent.
    """

    home: str
    asked: float
    alerts: int
    time: float
    judged: bool = True


@dataclass(frozen=True, slots=True)
class Rarities:
    """One home's habits after day 14: how many were judged, and how many of them were said to be so rare.

    Attributes:
        more, less: by `ONE_DAY_IN`, how many were at least so rare, on that side.
    """

    home: str
    judged: int
    more: tuple[int, ...]
    less: tuple[int, ...]


def inactivity(recorded: Recorded, twin: Twin, asked: float) -> Realised:
    """False `inactivity` alerts a person-day."""
    late_s = from_s(recorded)
    alerts = sum(1 for one in twin.heard.alerts if one.kind == "inactivity" and one.opened_s >= late_s)
    judged = any(deadline_s is not None for asked_of in twin.deadlines.values() for deadline_s in asked_of.values())
    return Realised(recorded.name, asked, alerts, recorded.person_days(late_s), judged)


def attention(recorded: Recorded, twin: Twin, asked: float) -> Realised:
    """Attention-level care alerts a person-week, over all kinds."""
    late_s = from_s(recorded)
    return Realised(recorded.name, asked, count(twin.heard, "attention", late_s), recorded.person_days(late_s) / 7)


def noons_s(recorded: Recorded) -> list[int]:
    """Noon of each day after day 14, at which to ask whether a silence is judged."""
    local = LocalTime(recorded.spec.timezone)
    days = range(local.day(from_s(recorded)) + 1, local.day(recorded.end_s))
    return [local.at_clock_s(day, 12 * 3600) for day in days]


def rarities(recorded: Recorded, tables: Iterable[HabitTable]) -> Rarities:
    """What the table of habits said of each part of each day, and of each whole day, after day 14."""
    first = LocalTime(recorded.spec.timezone).day(from_s(recorded)) + 1
    judged = 0
    more, less = [0] * len(ONE_DAY_IN), [0] * len(ONE_DAY_IN)
    for table in tables:
        if (date.fromisoformat(table.day) - _EPOCH).days < first:
            continue
        for habit in table.habits:
            if habit.rarity_days is None:
                continue
            judged += 1
            side = more if habit.direction == "more" else less
            for place, days in enumerate(ONE_DAY_IN):
                side[place] += habit.rarity_days >= days
    return Rarities(recorded.name, judged, tuple(more), tuple(less))


def calibration_account(
    silences: Sequence[Realised], attentions: Sequence[Realised], habits: Sequence[Rarities], seed: int
) -> dict[str, Any]:
    """Section 3 for all homes together."""
    return {
        "within": WITHIN,
        "inactivity_per_person_day": _budgets(silences, seed),
        "attention_per_person_week": _budgets(attentions, seed),
        "not_judged": sorted({one.home for one in silences if not one.judged}),
        "habits": [_reliability(habits, place, seed) for place in range(len(ONE_DAY_IN))],
        "habits_judged": sum(one.judged for one in habits),
    }


def _budgets(results: Sequence[Realised], seed: int) -> list[dict[str, Any]]:
    def rate(some: Sequence[Realised]) -> float | None:
        return ratio((one.alerts, one.time) for one in some)

    lines = []
    for asked in sorted({one.asked for one in results}):
        those = [one for one in results if one.asked == asked and one.judged]
        realised = rate(those)
        times = None if realised is None else realised / asked
        lines.append(
            {
                "asked": asked,
                "realised": realised,
                "interval": bootstrap(those, rate, seed),
                "realised_over_asked": times,
                "within": None if times is None else 1 / WITHIN <= times <= WITHIN,
                "alerts": sum(one.alerts for one in those),
                "homes": len(those),
            }
        )
    return lines


def _reliability(habits: Sequence[Rarities], place: int, seed: int) -> dict[str, Any]:
    def share(some: Sequence[Rarities]) -> float | None:
        return ratio((one.more[place] + one.less[place], one.judged) for one in some)

    said, found = 1 / ONE_DAY_IN[place], share(habits)
    return {
        "one_day_in": ONE_DAY_IN[place],
        "said": said,
        "found": found,
        "interval": bootstrap(habits, share, seed),
        "found_over_said": None if found is None else found / said,
        "more": ratio((one.more[place], one.judged) for one in habits),
        "less": ratio((one.less[place], one.judged) for one in habits),
    }
