"""How many attention-level alerts a week are asked for: as configured, until a person tells another number.

It moves the levels of changes over days and how many of these a week may have, and nothing else: the level of a late
start takes part in when this person's own night ends, and that decides of what is urgent (docs/decisions/0030).
"""

import math
from typing import TYPE_CHECKING

from models import wording_answers
from models.told import BUDGET_PER_WEEK, Telling, Told
from models.vocabulary import HOUSEHOLD

if TYPE_CHECKING:
    from models.stream import Stream


class Attention:
    """The attention budget of one home.

    Attributes:
        per_week: what is asked for now, of each resident.
    """

    __slots__ = ("_configured", "per_week")

    def __init__(self, configured_per_week: float) -> None:
        self._configured = self.per_week = configured_per_week

    def told(self, told: Told, value: float) -> bool:
        """A person sets the budget of the whole home; whether it is another one than before."""
        before = self.per_week
        if told.what is Telling.BUDGET and told.resident == HOUSEHOLD and math.isfinite(value):
            least, most = BUDGET_PER_WEEK
            self.per_week = min(max(value, least), most)
        return self.per_week != before

    def aim(self, stream: "Stream") -> None:
        """The levels of `stream` that solve for a share of the budget move to what is asked for now."""
        stream.trends.aim(self.per_week)
        stream.slow.aim(self.per_week)

    def account(self) -> list[str]:
        """For the week's summary, for as long as it is not as configured."""
        if self.per_week == self._configured:
            return []
        return [wording_answers.budget(self.per_week, self._configured)]

    def state(self) -> float | None:
        """Plain JSON: what was told; None where the configuration's stands."""
        return None if self.per_week == self._configured else self.per_week

    def restore(self, state: float | None) -> None:
        """Take over what `state()` said."""
        self.per_week = self._configured if state is None else float(state)
