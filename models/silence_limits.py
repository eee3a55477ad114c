"""How long a silence may last here before it is told, and whether silences mean anything here."""

from collections.abc import Callable, Mapping
from typing import Any

from models.learners.silence import Silence
from models.localtime import HOUR_S
from models.trust import Trust

SoonerS = Callable[[int, int | None], int | None]
"""Given when a silence began and its deadline, the one that holds (UTC seconds; None: none)."""


class Limits:
    """The limits of one stream's silences.

    Args:
        timezone, budget_per_day: of the learner.
        worn: whether all that is seen is a wearable: then only the ceiling applies.
        sees_indoors: whether anything is seen of life at home; if not, no silence raises anything.
        tells_absence: whether `not_home` can be told; if not, nobody is ever taken to be out.
        adjusted: the last word on each limit.

    Attributes:
        later_s: given when a silence began and its deadline, the one that holds after what its person answered.
        learner: what is known of this stream's silences.
        trust: its record of silences that no home should have.
    """

    __slots__ = ("_adjusted", "_tells_absence", "later_s", "learner", "sees_indoors", "trust", "worn")

    def __init__(
        self, timezone: str, budget_per_day: float, *, worn: bool, sees_indoors: bool, tells_absence: bool,
        adjusted: SoonerS,
    ) -> None:  # fmt: skip
        self.learner = Silence(timezone=timezone, budget_per_day=budget_per_day)
        self.trust = Trust()
        self.worn = worn
        self.sees_indoors = sees_indoors
        self._tells_absence = tells_absence
        self._adjusted = adjusted
        self.later_s: Callable[[int, int], int] = lambda _, deadline_s: deadline_s

    def abstains(self, at_s: int) -> str | None:
        """Why silence means too little here to be judged (a key of `wording.not_judged`), or None."""
        if self.worn or not self.sees_indoors:
            return "worn" if self.worn else "indoors"
        return None if self.trust.holds(at_s) else f"silence/{self.trust.limit_s(at_s) // HOUR_S}"

    def of(self, start_s: int, context: str, *, imagined: bool = False) -> int | None:
        """The UTC second until which a silence from `start_s` is not told. None: it is not told at all."""
        deadline_s = self._unanswered_s(start_s, context, imagined=imagined)
        return deadline_s if deadline_s is None or imagined else self.later_s(start_s, deadline_s)

    def _unanswered_s(self, start_s: int, context: str, *, imagined: bool) -> int | None:
        if not self.sees_indoors:
            return None
        ceiling_s = self.learner.ceiling_s(start_s)
        if self.worn or not self.learner.is_ready(start_s):
            return self._adjusted(start_s, ceiling_s)
        if not self.trust.holds(start_s):
            return start_s + self.trust.limit_s(start_s)
        deadline_s = self.learner.deadline_s(start_s, context, imagined=imagined)
        deadline_s = ceiling_s if deadline_s is None and not self._tells_absence else deadline_s
        return self._adjusted(start_s, deadline_s)

    def judges(self, start_s: int) -> bool:
        """Whether a silence from `start_s` is judged by what was learnt."""
        return self.sees_indoors and self.trust.holds(start_s)

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"learner": self.learner.state(), "trust": self.trust.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said, but for the time zone and the budget, which are the configuration's."""
        own = {"timezone": self.learner.timezone, "budget_per_day": self.learner.budget_per_day}
        self.learner = Silence.from_state({**state["learner"], **own})
        self.trust.restore(state["trust"])
