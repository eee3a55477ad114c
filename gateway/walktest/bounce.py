"""How a contact comes to rest: its raw edges, gathered into changes."""

from collections import deque
from typing import Final

APART_S: Final = 0.1
"""Edges closer than this are one change: nobody opens and shuts anything within a tenth of a second."""

FLOATING_A_SECOND: Final = 20
"""More edges than this within a second are no contact's: the line floats, or is cut (as `models.chatter`)."""


class Bounce:
    """The changes of one line, in the order of their edges (monotonic seconds).

    Attributes:
        changes: how many there were.
        longest_ms: how long the slowest took to come to rest.
        most_a_second: the most edges within any second.
        lasted_ms: of the change that was over last, or goes on.

    >>> bounce = Bounce()
    >>> [bounce.take(at_s) for at_s in (10.0, 10.004, 10.012, 14.0)]
    [None, None, None, 12]
    >>> bounce.changes, bounce.longest_ms, bounce.most_a_second, bounce.floats
    (2, 12, 3, False)
    """

    __slots__ = ("_began_s", "_last_s", "_lately", "changes", "lasted_ms", "longest_ms", "most_a_second")

    def __init__(self) -> None:
        self.changes = 0
        self.longest_ms = 0
        self.most_a_second = 0
        self.lasted_ms = 0
        self._began_s = 0.0
        self._last_s = float("-inf")
        self._lately: deque[float] = deque()

    def take(self, at_s: float) -> int | None:
        """Take an edge; how long the change before it lasted (ms), if this one begins another."""
        before_ms = None
        if at_s - self._last_s >= APART_S:
            before_ms = self.lasted_ms if self.changes else None
            self.changes += 1
            self._began_s = at_s
        self._last_s = at_s
        self.lasted_ms = round((at_s - self._began_s) * 1000)
        self.longest_ms = max(self.longest_ms, self.lasted_ms)
        self._lately.append(at_s)
        while at_s - self._lately[0] >= 1.0:
            self._lately.popleft()
        self.most_a_second = max(self.most_a_second, len(self._lately))
        return before_ms

    def rests(self, now_s: float) -> bool:
        """Whether the last change is over."""
        return now_s - self._last_s >= APART_S

    @property
    def floats(self) -> bool:
        """Whether so many edges came that this is no contact's doing."""
        return self.most_a_second > FLOATING_A_SECOND
