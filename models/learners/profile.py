"""When in the day: for each half hour, on how many of the last four weeks' days something was seen.

Counted and not smoothed, because it is learnt to be shown: "on 21 of 28 days" needs no explanation. The
remembered days of a half hour are the bits of one integer, the latest lowest, below a leading 1.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Self

from river import base

from models.localtime import DAY_S

HALF_HOUR_S: Final = 1800
HALF_HOURS: Final = DAY_S // HALF_HOUR_S

NEEDED: Final = 3
"""Days before a share is offered, as for counts."""


class Look(NamedTuple):
    """A half hour of the local clock (0 to 47, from midnight) that could be seen, and whether anything was."""

    half_hour: int
    seen: bool


class Profile(base.Estimator):
    """The half hours of one habit.

    Args:
        days: how many days are remembered; older ones do not count any more.

    >>> profile = Profile()
    >>> for seen in (True, True, False, True):
    ...     profile.learn_one(Look(16, seen))
    >>> profile.seen_days()[16], profile.looked_days()[16], profile.score_one(Look(16, True))
    (3, 4, 0.75)
    """

    def __init__(self, days: int = 28) -> None:
        self.days = days
        self._past = [1] * HALF_HOURS

    def learn_one(self, look: Look) -> None:
        """Learn one half hour of one day."""
        past = self._past[look.half_hour] << 1 | look.seen
        if past.bit_length() > self.days + 1:
            past = past & (1 << self.days) - 1 | 1 << self.days
        self._past[look.half_hour] = past

    def score_one(self, look: Look) -> float | None:
        """Share of the remembered days on which that half hour was as `look` has it. None while not ready."""
        looked = self._past[look.half_hour].bit_length() - 1
        if looked < NEEDED:
            return None
        seen = self._past[look.half_hour].bit_count() - 1
        return (seen if look.seen else looked - seen) / looked

    def seen_days(self) -> tuple[int, ...]:
        """For each half hour, the remembered days on which something was seen."""
        return tuple(past.bit_count() - 1 for past in self._past)

    def looked_days(self) -> tuple[int, ...]:
        """For each half hour, the remembered days."""
        return tuple(past.bit_length() - 1 for past in self._past)

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"days": self.days, "past": list(self._past)}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """The learner that said `state`."""
        profile = cls(days=state["days"])
        profile._past = list(state["past"])
        return profile
