"""Watches one stream's days for changes that last: more bathroom at night, less at the tap, less about.

Each morning the last days together are compared with the weeks before. What is rare enough, for this person and
for the budget, is one attention-level alert; two signs at once are one alert that names both (ALERTS, rule 11).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from models import wording_trends as wording
from models.calibration import Threshold
from models.claims import Claim, Ending, Opening
from models.coverage import Coverage
from models.habits import ACTIVE
from models.learners.recent import Recent
from models.localtime import DAY_S
from models.signals import Line
from models.vocabulary import BATHROOM, AlertKind, HabitTable, Severity


@dataclass(frozen=True, slots=True)
class Sign:
    """A change worth telling.

    Attributes:
        kind: the alert that it alone would be.
        habit: its name in the table of habits.
        direction: 1 if more of it matters, -1 if less.
        windows: over how many days it is looked at.
        share: its part of the attention budget.
    """

    kind: AlertKind
    habit: str
    direction: int
    windows: tuple[int, ...]
    share: float


SIGNS: Final = (
    Sign(AlertKind.MORE_BATHROOM, f"{BATHROOM}-night", 1, (1, 2, 3), 0.55),
    Sign(AlertKind.LESS_TAP_USE, "kitchen-tap", -1, (3,), 0.12),
    Sign(AlertKind.LESS_ACTIVE, ACTIVE, -1, (5, 10), 0.15),
)
"""Shares of the level, not of the alerts: signs over several days come in runs, and a run is one alert. What comes
of them together with late mornings is measured (docs/evaluation.md) and stays under the budget."""

_ABSENT: Final = 0.2
"""A day with less than this share of the usual activity was spent elsewhere, and is no day of little activity."""

_OVER_DAYS: Final = 1
"""After so many days above the level an alert is over and the next one is a new one."""


class _Watched:
    """One sign of one stream."""

    def __init__(self, sign: Sign, budget_a_day: float) -> None:
        self.sign = sign
        self.recents = [Recent(days=days, direction=sign.direction) for days in sign.windows]
        self.threshold = Threshold(sign.share * budget_a_day)
        self.quiet_days = _OVER_DAYS

    def score(self, count: int | None) -> float | None:
        """The rarest of its windows, corrected for their number (they overlap, so by half of Bonferroni)."""
        scores = [score for recent in self.recents if (score := recent.score_one(count)) is not None]
        return min(scores) * (1 + 0.5 * (len(scores) - 1)) if scores else None


class Trends:
    """The lasting changes of one stream.

    Args:
        budget_per_week: attention-level alerts a week that are asked for, over all kinds together.
        habits: the names of the habits that this stream has.
    """

    def __init__(self, resident: str, coverage: Coverage, budget_per_week: float, habits: frozenset[str]) -> None:
        self.resident = resident
        self._coverage = coverage
        self._watched = [_Watched(sign, budget_per_week / 7) for sign in SIGNS if sign.habit in habits]
        self._open: AlertKind | None = None

    def judge(self, table: HabitTable, lines: list[Line], *, sound: bool = True) -> list[Claim]:
        """A part of the day has ended; the night's table closes the day. Score first, then learn.

        A day on which not every sensor was `sound` is neither scored nor learnt.
        """
        counts = {habit.name: int(habit.observed) for habit in table.habits if habit.direction != "unseen"}
        if not any(habit.name == ACTIVE for habit in table.habits):
            return []
        if not sound or self._absent(counts.get(ACTIVE)):
            counts = {}
        rare_now: list[_Watched] = []
        is_new = False
        for watched in self._watched:
            count = counts.get(watched.sign.habit)
            score = watched.score(count)
            if score is not None:
                rare = score <= watched.threshold.level
                opens = rare and watched.quiet_days >= _OVER_DAYS
                watched.threshold.learn(told=opens)
                watched.quiet_days = 0 if rare else watched.quiet_days + 1
                rare_now += [watched] if rare else []
                is_new = is_new or opens
            for recent in watched.recents:
                recent.learn_one(count)
        return self._claims(rare_now, is_new=is_new, at_s=table.raised_s, lines=lines)

    def _absent(self, active: int | None) -> bool:
        usual = next((w.recents[0].usual() for w in self._watched if w.sign.habit == ACTIVE), None)
        return active is not None and usual is not None and active < _ABSENT * usual[0]

    def _claims(self, rare_now: list[_Watched], *, is_new: bool, at_s: int, lines: list[Line]) -> list[Claim]:
        """A new sign opens one alert that names every sign of today; what was open before goes on in it."""
        claims: list[Claim] = []
        over = all(watched.quiet_days >= _OVER_DAYS for watched in self._watched)
        if self._open is not None and (is_new or over):
            claims.append(Ending(self.resident, self._open, at_s, "" if is_new else wording.back_to_usual()))
            self._open = None
        if is_new:
            self._open = rare_now[0].sign.kind if len(rare_now) == 1 else AlertKind.SEVERAL_CHANGES
            changes = [wording.Change(w.sign.kind, *w.recents[-1].usual_and_last()) for w in rare_now]
            evidence = wording.change(changes, coverage=self._coverage.sentence(lines, at_s))
            since_s = at_s - max(w.sign.windows[-1] for w in rare_now) * DAY_S
            claims.append(Opening(self.resident, self._open, Severity.ATTENTION, since_s, at_s, evidence))
        return claims

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "open": self._open,
            "signs": {
                str(watched.sign.kind): {
                    "recents": [recent.state() for recent in watched.recents],
                    "threshold": watched.threshold.state(),
                    "quiet_days": watched.quiet_days,
                }
                for watched in self._watched
            },
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said; signs of habits that are new start from nothing."""
        self._open = None if state["open"] is None else AlertKind(state["open"])
        for watched in self._watched:
            known = state["signs"].get(str(watched.sign.kind))
            if known is not None:
                watched.recents = [Recent.from_state(recent) for recent in known["recents"]]
                own = {"chance_a_day": watched.threshold.chance_a_day}  # the configuration's, not the state's
                watched.threshold = Threshold.from_state({**known["threshold"], **own})
                watched.quiet_days = known["quiet_days"]
