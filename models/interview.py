"""The usual day as it was told at the installation: what is believed of a person until there are days to learn from.

Installed at discharge, a home has no old baseline, and the first week matters most (LEARNER). What was told of the
mornings is believed only until enough of them have been seen, and no longer once two of them say otherwise: people
tell of the days they would like to have. Then the week's summary says so, and what is seen counts. What was told of the
nights stands in for those that are missing from the baseline (`Recent.told`).
"""

from typing import Final

from models.localtime import DAY_S, HOUR_S, MINUTE_S
from models.own_night import OwnNight, between
from models.vocabulary import UsualDay

LATE_S: Final = 3 * HOUR_S
"""Not up so long after the hour that was told is late: a guess at how far people are from what they tell, and the
fixed limit of 11:30 stands behind it."""

_FAR_S: Final = 2 * HOUR_S
"""A morning that is further than this from what was told speaks against it."""

_BELIEVED_UNTIL: Final = 2
"""So many mornings against it, and it is no longer believed."""

_MARGIN_S: Final = HOUR_S
"""Around the hours that were told, before it is called night."""


class Interview:
    """What one person told of the usual day, held against the mornings that are seen.

    Args:
        told: None where nobody was asked.

    >>> interview = Interview(UsualDay(up_s=7 * HOUR_S + 30 * MINUTE_S))
    >>> interview.late_s() / HOUR_S
    10.5
    >>> interview.saw_up(10 * HOUR_S); interview.saw_up(11 * HOUR_S)
    >>> interview.late_s(), interview.contradicted()
    (None, 'up/07:30')
    """

    def __init__(self, told: UsualDay | None = None) -> None:
        self._told = told or UsualDay()
        self._against = 0

    def late_s(self) -> int | None:
        """The second of the clock's day by which they should be up; None if it was not told, or is not believed."""
        return self._told.up_s + LATE_S if self._told.up_s is not None and self._believed() else None

    def saw_up(self, second_of_day: int) -> None:
        """On one of the first mornings they were up at `second_of_day` of the clock."""
        if self._told.up_s is not None:
            away_s = abs((second_of_day - self._told.up_s + DAY_S // 2) % DAY_S - DAY_S // 2)
            self._against = min(self._against + (away_s > _FAR_S), _BELIEVED_UNTIL)

    def night(self) -> OwnNight | None:
        """The night that was told; None if it was not, or is not believed."""
        up_s, to_bed_s = self._told.up_s, self._told.to_bed_s
        if up_s is None or to_bed_s is None or not self._believed():
            return None
        return between((to_bed_s + _MARGIN_S) % DAY_S, (up_s - _MARGIN_S) % DAY_S, known=0)

    def contradicted(self) -> str | None:
        """A key of `wording.not_judged` if what was told of the mornings is no longer believed: ``"up/07:30"``."""
        if self._told.up_s is None or self._believed():
            return None
        hours, minutes = divmod(self._told.up_s // MINUTE_S, 60)
        return f"up/{hours:02d}:{minutes:02d}"

    def _believed(self) -> bool:
        return self._against < _BELIEVED_UNTIL

    def state(self) -> int:
        """Plain JSON: the mornings against it. What was told is the configuration's."""
        return self._against

    def restore(self, state: int) -> None:
        """Take over what `state()` said."""
        self._against = state
