"""Whether a wearable is worn: how long it has said nothing of a body, beside how long it usually does.

A band lies on its charger for an hour a day, or every night. Only a longer pause than this person's own is worth a
line in the summary, and it says what could not be seen meanwhile; it is never an alert.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from models.coverage import FORGIVEN_S
from models.localtime import DAY_S

NEEDED: Final = 7
"""Days on which it was worn, before a pause can be unusual: every weekday once."""

REMEMBERED: Final = 28
_LEAST_S: Final = DAY_S
"""A pause of less than a day is charging it, or a night or a day without."""

_MOST_S: Final = 7 * DAY_S
_BEYOND: Final = 1.5
"""How many times the longest of the last weeks a pause must be, as for a sensor that is silent (models.health)."""


_STRETCHES: Final = 64
"""Remembered stretches without a pulse: far more than a day has."""


class Pause(NamedTuple):
    """A pause that goes on: since when (UTC s), the longest of this person's `days` days before (s)."""

    since_s: int
    longest_s: int
    days: int


class Worn:
    """The wearable of one person."""

    def __init__(self) -> None:
        self._seen_ms: int | None = None
        self._longest_ms = 0
        self._past_ms: list[int] = []
        self._is_told = False

    def see(self, at_ms: int) -> None:
        """It said something that only a body gives: a pulse, or steps."""
        if self._seen_ms is not None and at_ms - self._seen_ms > self._longest_ms:
            self._longest_ms = at_ms - self._seen_ms
        self._seen_ms = at_ms
        self._is_told = False

    def close(self, at_ms: int, *, seen: bool = True) -> Pause | None:
        """A day has ended: a pause that is longer than usual, once; nothing of a night that was not `seen`."""
        if self._seen_ms is None or not seen:
            return None
        limit_ms = self._limit_ms()
        pause: Pause | None = None
        if limit_ms is not None and not self._is_told and at_ms - self._seen_ms > limit_ms:
            self._is_told = True
            pause = Pause(self._seen_ms // 1000, max(self._past_ms) // 1000, len(self._past_ms))
        if self._longest_ms:  # one that goes on is learnt when it ends, and no more of it than what was told
            self._past_ms = [*self._past_ms, min(self._longest_ms, limit_ms or self._longest_ms)][-REMEMBERED:]
            self._longest_ms = 0
        return pause

    def _limit_ms(self) -> int | None:
        if len(self._past_ms) < NEEDED:
            return None
        return min(max(_LEAST_S * 1000, round(_BEYOND * max(self._past_ms))), _MOST_S * 1000)

    def shift(self, by_ms: int) -> None:
        """The clock was stepped, or nobody was looking for so long: a pause is no longer for it."""
        if self._seen_ms is not None:
            self._seen_ms += by_ms

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "seen_ms": self._seen_ms,
            "longest_ms": self._longest_ms,
            "past_ms": list(self._past_ms),
            "is_told": self._is_told,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said."""
        self._seen_ms = state["seen_ms"]
        self._longest_ms = state["longest_ms"]
        self._past_ms = list(state["past_ms"])
        self._is_told = state["is_told"]


class WornTime:
    """For how long nothing was worn, where a wearable is all that is seen of a life.

    A band on the table counts no steps, and says nothing of whoever left it there.
    """

    __slots__ = ("_bare", "_heard_s")

    def __init__(self) -> None:
        self._heard_s: int | None = None
        self._bare: list[tuple[int, int]] = []

    def see(self, at_s: int) -> None:
        """A pulse was heard at `at_s` (UTC seconds)."""
        if self._heard_s is not None and at_s - self._heard_s >= FORGIVEN_S:
            self._bare = [*self._bare, (self._heard_s, at_s)][-_STRETCHES:]
        self._heard_s = at_s

    def unworn_s(self, start_s: int, end_s: int) -> int:
        """Seconds between `start_s` and `end_s` without a pulse; none where a pulse was never heard."""
        if self._heard_s is None:
            return 0
        bare = [*self._bare, *([(self._heard_s, end_s)] if end_s - self._heard_s >= FORGIVEN_S else [])]
        return sum(max(0, min(end, end_s) - max(start, start_s)) for start, end in bare)

    def shift(self, by_s: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago."""
        self._bare = [(start_s + by_s, end_s + by_s) for start_s, end_s in self._bare]
        if self._heard_s is not None:
            self._heard_s += by_s

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"heard_s": self._heard_s, "bare": [list(stretch) for stretch in self._bare]}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said."""
        self._heard_s = state["heard_s"]
        self._bare = [(start_s, end_s) for start_s, end_s in state["bare"]]
