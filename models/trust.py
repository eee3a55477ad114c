"""Whether the sensors of a home see enough of waking life for a silence to mean anything."""

from typing import Final

from models.localtime import DAY_S

_DAYS: Final = 30
_TIMES: Final = 4
"""Waking silences beyond the ceiling, with no outside door to explain them, in `_DAYS`: who has that many is often
out or about without being seen. In ten homes with motion sensors there were at most 3; in one with nothing but
taps 17, in four of six with nothing but a wrist band 6 to 8."""


class Trust:
    """One stream's own record of silences that no home should have."""

    def __init__(self) -> None:
        self._doubts: list[int] = []

    def doubt(self, at_s: int) -> None:
        """Such a silence ended, by itself, at `at_s` (UTC seconds)."""
        self._doubts = [*self._doubts, at_s][-_TIMES:]

    def holds(self, at_s: int) -> bool:
        """Whether silences can be judged at `at_s`."""
        return len(self._doubts) < _TIMES or self._doubts[0] <= at_s - _DAYS * DAY_S

    def shift(self, by_s: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago."""
        self._doubts = [at_s + by_s for at_s in self._doubts]

    def state(self) -> list[int]:
        """Plain JSON."""
        return list(self._doubts)

    def restore(self, state: list[int]) -> None:
        """Take over what `state()` said."""
        self._doubts = list(state)
