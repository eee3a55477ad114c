"""A bound on what one line may say in a second, so that a bad contact starves no other and fills no disk."""

from collections import deque
from typing import Final

MOST: Final = 50
"""Edges a second. More than twice the 20 at which a line is said to chatter, and five times what hands do."""

WITHIN_S: Final = 1.0


class EdgeBound:
    """Lets at most `MOST` edges of one line pass in any second, the first ones. Not locked: its owner is.

    >>> bound = EdgeBound()
    >>> sum(bound.passes(at_ms / 1000) for at_ms in range(1000)), bound.passes(1.0), bound.passes(1.2)
    (50, True, True)
    """

    __slots__ = ("_passed_s",)

    def __init__(self) -> None:
        self._passed_s: deque[float] = deque(maxlen=MOST)

    def passes(self, at_s: float) -> bool:
        """Whether an edge at `at_s` (monotonic seconds) passes; if it does, it counts."""
        if len(self._passed_s) == MOST and at_s - self._passed_s[0] < WITHIN_S:
            return False
        self._passed_s.append(at_s)
        return True
