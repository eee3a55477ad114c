"""Who ordinarily is up later than the fixed limit: told of once a week, and listed on the other mornings."""

from collections.abc import Mapping
from typing import Any, Final

from models.localtime import DAY_S

_SHARE: Final = 0.25
"""The share of this person's mornings that are later than the fixed limit, from which it is ordinary."""

_AGAIN_S: Final = 7 * DAY_S
"""A week later it is told again, until somebody says that it is the new normal: by then a carer should have asked."""


class LyingIn:
    """What is remembered of one person's mornings past the fixed limit.

    Attributes:
        today: whether it was passed today, and listed.
        told_s: when it was told last (UTC seconds); None if never.
        accepted: whether a person said that it is the new normal.
    """

    __slots__ = ("accepted", "today", "told_s")

    def __init__(self) -> None:
        self.today = False
        self.told_s: int | None = None
        self.accepted = False

    def is_known(self, at_s: int, later: float | None) -> bool:
        """Whether passing the limit at `at_s` is ordinary, and was told of; `later`: the share of mornings past it."""
        if self.told_s is None or (at_s - self.told_s >= _AGAIN_S and not self.accepted):
            return False
        return later is not None and later >= _SHARE

    def shift(self, by_s: int) -> None:
        """The clock was stepped."""
        if self.told_s is not None:
            self.told_s += by_s

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"today": self.today, "told_s": self.told_s, "accepted": self.accepted}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said."""
        self.today = state["today"]
        self.told_s = state["told_s"]
        self.accepted = state["accepted"]
