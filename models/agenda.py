"""What waits for its time: the watches of a home, and contacts that have yet to settle."""

from collections.abc import Callable, Iterable
from typing import Protocol

from models.signals import NEVER, Event, Line
from models.vocabulary import Said


class Watch(Protocol):
    """Something that waits for its time: `due_ms` (UTC, ms)."""

    due_ms: int


class Agenda:
    """The one list of what is due.

    Args:
        acts: each watch, with what is done when it is due; at equal times the first comes first.
        lines: the sensors, in the order of the configuration.
        happened: what is said of an event.
        before: called before it is looked what is due first.

    Attributes:
        due_ms: when the first of them is due (UTC, ms); NEVER if nothing is.
    """

    __slots__ = ("_acts", "_before", "_happened", "_lines", "_settling", "_watches", "due_ms")

    def __init__(
        self,
        acts: Iterable[tuple[Watch, Callable[[], list[Said]]]],
        lines: Iterable[Line],
        happened: Callable[[Event], list[Said]],
        before: Callable[[], None] = lambda: None,
    ) -> None:
        self._acts = list(acts)
        self._watches = [watch for watch, _ in self._acts]
        self._lines = list(lines)
        self._happened = happened
        self._before = before
        self._settling: list[Line] = []
        self.due_ms = NEVER

    def resettle(self) -> None:
        """A contact began to settle, or came to rest."""
        # in the order of the configuration, so that a restored home has the same
        self._settling = [line for line in self._lines if line.settles_ms != NEVER]

    def look_ahead(self) -> None:
        """What is waited for has changed."""
        self._before()
        due_ms = NEVER
        for watch in self._watches:
            if watch.due_ms < due_ms:
                due_ms = watch.due_ms
        for line in self._settling:
            due_ms = min(due_ms, line.settles_ms)
        self.due_ms = due_ms

    def do_first(self) -> list[Said]:
        """Deal with the one thing that is due first; at equal times contacts settle before anything is judged."""
        for line in self._settling:
            if line.settles_ms == self.due_ms:
                event = line.settle()
                self._settling.remove(line)
                return [] if event is None else self._happened(event)
        for watch, act in self._acts:
            if watch.due_ms == self.due_ms:
                return act()
        return []
