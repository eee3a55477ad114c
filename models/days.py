"""What is concluded of one life when a part of the day has ended, and each morning."""

from collections.abc import Callable
from dataclasses import replace

from models import wording
from models.claims import Claim
from models.habit_names import ACTIVE
from models.habits import Habits
from models.notes import Notes
from models.rest import Rest
from models.signals import Line
from models.slow import Slow
from models.summaries import Summaries
from models.trends import Trends
from models.vocabulary import HabitTable, Said
from models.whereabouts import Whereabouts


class Days:
    """The days of one stream.

    Args:
        lines: its sensors.
        was_sound: whether what its sensors said today can be believed.
        abstains: what is not judged at a UTC second, as keys of `wording.not_judged`.
        notice_s: how soon a silence is noticed, for each hour of the day; None where none is told.
    """

    __slots__ = (
        "_abstains", "_habits", "_lines", "_notes", "_notice_s", "_rest", "_slow", "_summaries", "_trends",
        "_was_sound", "_whereabouts",
    )  # fmt: skip

    def __init__(
        self, lines: list[Line], whereabouts: Whereabouts, habits: Habits, summaries: Summaries, trends: Trends,
        slow: Slow, notes: Notes, rest: Rest, *,
        was_sound: Callable[[], bool], abstains: Callable[[int], list[str]],
        notice_s: Callable[[int], tuple[int | None, ...] | None],
    ) -> None:  # fmt: skip
        self._lines, self._whereabouts, self._habits, self._summaries = lines, whereabouts, habits, summaries
        self._trends, self._slow, self._notes, self._rest = trends, slow, notes, rest
        self._was_sound, self._abstains, self._notice_s = was_sound, abstains, notice_s

    def part_ended(self) -> tuple[HabitTable, list[Claim | Said]]:
        """The habits are due: their table, and what follows from it."""
        at_s = self._habits.due_ms // 1000
        sound = self._was_sound() and self._whereabouts.judges_days(at_s)
        teach, empty = self._whereabouts.teaches(at_s), self._whereabouts.is_empty
        table = self._habits.pass_time(teach=teach)
        pulses, noted = ([], []) if empty else self._notes.judge(table, sound=sound, teach=teach)
        table = replace(table, habits=(*table.habits, *pulses))
        self._summaries.note_habits(table)
        claims = self._trends.judge(table, self._lines, noted, sound=sound, teach=teach or empty)
        if not empty:
            claims += self._slow.part_ended(table, self._rest.mornings, self._lines, sound=sound, teach=teach)
        self._summaries.note_signs(noted, claims)
        return table, [table, *claims]

    def morning(self, now_s: int) -> list[Claim | Said]:
        """The summaries are due."""
        self._summaries.elsewhere = self._whereabouts.headline(now_s)
        summaries = self._summaries.pass_time(self._lines, self._abstains(now_s), lambda: self._notice(now_s))
        return [replace(one, lines=(*self._whereabouts.lines(one), *one.lines)) for one in summaries]

    def _notice(self, now_s: int) -> str | None:
        notice_s = self._notice_s(now_s)
        return None if notice_s is None else wording.notice(notice_s)


def is_whole_day(table: HabitTable) -> bool:
    """Whether a day ended with this table."""
    return any(habit.name == ACTIVE for habit in table.habits)
