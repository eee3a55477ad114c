"""Watches one stream's days for changes that last: more bathroom at night, less at the tap, less about.

Each morning the last days together are compared with the weeks before. What is rare enough, for this person and
for the budget, is one attention-level alert; two signs at once are one alert that names both (ALERTS, rule 11).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from models import wording_trends as wording
from models.budget import chance_a_day
from models.calibration import Threshold
from models.claims import Claim, Ending, Opening
from models.coverage import Coverage
from models.habit_names import ACTIVE
from models.kinds import AlertKind, Severity
from models.learners.recent import Recent
from models.localtime import DAY_S
from models.signals import Line
from models.vocabulary import BATHROOM, HabitTable, UsualDay
from models.wording_notes import Noted


@dataclass(frozen=True, slots=True)
class Sign:
    """A change worth telling.

    Attributes:
        kind: the alert that it alone would be.
        habit: its name in the table of habits.
        direction: 1 if more of it matters, -1 if less.
        windows: over how many days it is looked at.
        by_share: whether a share of it, and not so many, is what matters (see `Recent`).
    """

    kind: AlertKind
    habit: str
    direction: int
    windows: tuple[int, ...]
    by_share: bool = False


SIGNS: Final = (
    Sign(AlertKind.MORE_BATHROOM, f"{BATHROOM}-night", 1, (1, 2, 3)),
    Sign(AlertKind.LESS_TAP_USE, "kitchen-tap", -1, (3,)),
    Sign(AlertKind.LESS_ACTIVE, ACTIVE, -1, (7,), by_share=True),
)
"""A week is the window of what weekdays and weekends differ in."""

_ABSENT: Final = 0.2
"""A day with less than this share of the usual activity was spent elsewhere, and is no day of little activity."""

_OVER_DAYS: Final = 1
"""After so many days above the level an alert is over and the next one is a new one."""


_SAME: Final = frozenset(
    {(AlertKind.RESTLESS_NIGHT, AlertKind.MORE_BATHROOM), (AlertKind.MORE_ACTIVE, AlertKind.LESS_ACTIVE)}
)
"""A weak sign is none beside these: whoever goes to the bathroom gets up for it, and the other two contradict."""

_NEAR: Final = 2.0
"""A sign so near its level (times) is told if a weak sign stands beside it; that counts against its own rate too."""


class Watched:
    """One sign of one stream, to be told `told_a_day` times a day; `named`: whether the last alert named it.

    `usual` is the usual count that was told at the installation, for as long as there are too few days.
    """

    def __init__(self, sign: Sign, told_a_day: float, usual: int | None = None) -> None:
        self.sign = sign
        self._told = usual
        self.recents = self._anew()
        self.threshold = Threshold(told_a_day)
        self.quiet_days = _OVER_DAYS
        self.named = False

    def _anew(self) -> list[Recent]:
        sign = self.sign
        return [Recent(days, sign.direction, by_share=sign.by_share, told=self._told) for days in sign.windows]

    def start_again(self) -> None:
        """What is counted is no longer what it was: forget the days before."""
        self.recents, self.quiet_days = self._anew(), _OVER_DAYS

    def score(self, count: int | None, *, apart: bool) -> float | None:
        """The rarest of its windows, corrected for their number (they overlap, so by half of Bonferroni)."""
        scores = [s for recent in self.recents if (s := recent.score_one(count, apart=apart)) is not None]
        return min(scores) * (1 + 0.5 * (len(scores) - 1)) if scores else None

    def usual_and_last(self) -> tuple[tuple[float, float], list[int | None], int]:
        """As its longest window that is ready has it; to be asked after it gave a score."""
        return [known for recent in self.recents if (known := recent.usual_and_last()) is not None][-1]

    def learn(self, count: int | None, *, rare: bool, teach: bool) -> None:
        """Today is over: a rare day teaches slowly, and not at all if this is no time to learn from."""
        for recent in self.recents:
            recent.learn_one(count, weight=1.0 if teach else 0.0)
            if rare:
                recent.doubt()

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "recents": [recent.state() for recent in self.recents],
            "threshold": self.threshold.state(),
            "quiet_days": self.quiet_days,
            "named": self.named,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said, but for the rate that is asked for and what was told: the configuration's."""
        self.recents = [Recent.from_state({**recent, "told": self._told}) for recent in state["recents"]]
        own = {"chance_a_day": self.threshold.chance_a_day}
        self.threshold = Threshold.from_state({**state["threshold"], **own})
        self.quiet_days = state["quiet_days"]
        self.named = state["named"]


class Trends:
    """The lasting changes of one stream.

    Args:
        budget_per_week: attention-level alerts a week that are asked for, over all kinds together.
        habits: the names of the habits that this stream has.
        usual_day: as it was told at the installation.
    """

    def __init__(
        self, resident: str, coverage: Coverage, budget_per_week: float, habits: frozenset[str],
        usual_day: UsualDay | None = None,
    ) -> None:  # fmt: skip
        told = {AlertKind.MORE_BATHROOM: None if usual_day is None else usual_day.bathroom_at_night}
        self.resident = resident
        self._coverage = coverage
        self._watched = [
            Watched(sign, chance_a_day(sign.kind, budget_per_week), told.get(sign.kind))
            for sign in SIGNS
            if sign.habit in habits
        ]
        self._open: AlertKind | None = None

    def judge(
        self,
        table: HabitTable,
        lines: list[Line],
        noted: Sequence[Noted] = (),
        *,
        sound: bool = True,
        teach: bool = True,
    ) -> list[Claim]:
        """A part of the day has ended; the night's table closes the day. Score first, then learn.

        A day on which not every sensor was `sound` is neither scored nor learnt. Without `teach` it is judged by
        what was usual before, together with the days since then, and is not learnt (first days home again). The weak
        signs that were `noted` today are named beside others, and help one that is nearly rare enough; alone, or two
        of them together, they are no alert.
        """
        counts = {habit.name: int(habit.observed) for habit in table.habits if habit.direction != "unseen"}
        if not any(habit.name == ACTIVE for habit in table.habits):
            return []
        if not sound or self._absent(counts.get(ACTIVE)):
            counts = {}
        rare_now: list[Watched] = []
        is_new = False
        for watched in self._watched:
            count = counts.get(watched.sign.habit)
            score = None if count is None else watched.score(count, apart=not teach)  # an unseen day adds nothing
            level = watched.threshold.level * (_NEAR if _beside(noted, watched.sign.kind) else 1)
            rare = score is not None and score <= level
            if score is not None:
                opens = rare and watched.quiet_days >= _OVER_DAYS
                watched.threshold.learn(told=opens)
                watched.quiet_days = 0 if rare else watched.quiet_days + 1
                rare_now += [watched] if rare else []
                is_new = is_new or opens
            watched.learn(count, rare=rare, teach=teach)
        return self._claims(rare_now, noted, is_new=is_new, at_s=table.raised_s, lines=lines)

    def accept(self, kind: AlertKind) -> None:
        """A person said that what an alert of `kind` told of is the new normal: forget what came before it.

        The last days become what is usual, and until there are enough more of them nothing is said of that sign. An
        alert of several changes stands for all those signs that it named.
        """
        for watched in self._watched:
            if watched.sign.kind is kind or (kind is AlertKind.SEVERAL_CHANGES and watched.named):
                for recent in watched.recents:
                    recent.accept(watched.sign.windows[-1])
                watched.quiet_days, watched.named = _OVER_DAYS, False

    def sensors_changed(self) -> None:
        """Other sensors than before count how busy a day was: nobody is less about for that."""
        for watched in self._watched:
            if watched.sign.habit == ACTIVE:
                watched.start_again()

    def ask(self, kind: AlertKind, weight: float) -> None:
        """From now on only `weight` (above 0, at most 1) of the alerts of `kind` are asked for."""
        for watched in self._watched:
            if watched.sign.kind is kind:
                watched.threshold.ask(weight)

    def aim(self, budget_per_week: float) -> None:
        """From now on the budget over all kinds together is another one."""
        for watched in self._watched:
            watched.threshold.aim(chance_a_day(watched.sign.kind, budget_per_week))

    def _absent(self, active: int | None) -> bool:
        usual = next((w.recents[0].usual() for w in self._watched if w.sign.habit == ACTIVE), None)
        return active is not None and usual is not None and active < _ABSENT * usual[0]

    def _claims(
        self, rare_now: list[Watched], noted: Sequence[Noted], *, is_new: bool, at_s: int, lines: list[Line]
    ) -> list[Claim]:
        """A new sign opens one alert that names every sign of today; what was open before goes on in it."""
        claims: list[Claim] = []
        over = all(watched.quiet_days >= _OVER_DAYS for watched in self._watched)
        if self._open is not None and (is_new or over):
            claims.append(Ending(self.resident, self._open, at_s, "" if is_new else wording.back_to_usual()))
            self._open = None
        if is_new:
            also = [note for note in noted if any(_beside([note], w.sign.kind) for w in rare_now)]
            self._open = rare_now[0].sign.kind if len(rare_now + also) == 1 else AlertKind.SEVERAL_CHANGES
            for watched in self._watched:
                watched.named = watched in rare_now
            changes = [wording.Change(w.sign.kind, *w.usual_and_last()) for w in rare_now]
            evidence = wording.change(changes, also, coverage=self._coverage.sentence(lines, at_s))
            since_s = at_s - max(w.sign.windows[-1] for w in rare_now) * DAY_S
            claims.append(Opening(self.resident, self._open, Severity.ATTENTION, since_s, at_s, evidence))
        return claims

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "open": self._open,
            "signs": {str(watched.sign.kind): watched.state() for watched in self._watched},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said; signs of habits that are new start from nothing."""
        self._open = None if state["open"] is None else AlertKind(state["open"])
        for watched in self._watched:
            known = state["signs"].get(str(watched.sign.kind))
            if known is not None:
                watched.restore(known)


def _beside(noted: Sequence[Noted], kind: AlertKind) -> bool:
    """Whether a weak sign of `noted` may stand beside `kind` in one alert."""
    return any(note.joins and (note.kind, kind) not in _SAME for note in noted)
