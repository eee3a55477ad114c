"""The bounded door between driver threads and the event loop.

A driver's thread or callback stamps monotonic time and hands over; nothing else happens there. When the
inbox is full the oldest edge that is neither a button nor the gateway's own input is dropped and counted: memory
stays bounded, a press of the help button is never lost, and no sensor stays lost because its return was.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

CAPACITY: Final = 20_000
"""Edges: 20 lines at 10 edges/s for 100 s, several times longer than any stall that the watchdog allows."""


class Edge(NamedTuple):
    """A value of a sensor as a driver saw it. `monotonic_s` was stamped in the driver's callback.

    `kept`, where there is one, is called on the loop once the journal has it: until then its source may hand it over
    again. Such an edge is never dropped.
    """

    monotonic_s: float
    sensor: str
    value: float
    kept: Callable[[], None] | None = None


Sink = Callable[[Edge], None]
"""Takes an edge, from any thread, and returns at once."""


class Source(Protocol):
    """Something that senses. The supervisor runs it and restarts it after `SourceUnavailable`."""

    name: str

    async def run(self, sink: Sink) -> None:
        """Sense until cancelled, handing every edge to `sink`.

        Raises SourceUnavailable when it may work later, SourceError when it cannot work as configured.
        """


class Inbox:
    """Edges on their way from driver threads to the pipeline.

    Args:
        loop: the loop on which the pipeline runs.
        never_drop: ids of the sensors (buttons) whose edges are kept even when the inbox is full.
        capacity: how many edges may wait.

    Attributes:
        dropped: edges lost because the inbox was full.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, *, never_drop: frozenset[str] = frozenset(), capacity: int = CAPACITY
    ) -> None:
        self._loop = loop
        self._never_drop = never_drop
        self._capacity = capacity
        self._edges: deque[Edge] = deque()
        self._ready = asyncio.Event()
        self.dropped = 0

    def offer(self, edge: Edge) -> None:
        """Hand over `edge` from any thread."""
        self._loop.call_soon_threadsafe(self.take_in, edge)

    def take_in(self, edge: Edge) -> None:
        """Hand over `edge` from the loop's own thread."""
        if len(self._edges) >= self._capacity:
            self._drop_one()
        self._edges.append(edge)
        self._ready.set()

    def _drop_one(self) -> None:
        for index, edge in enumerate(self._edges):
            is_ours = edge.sensor.startswith("@")
            if edge.sensor not in self._never_drop and edge.kept is None and not is_ours:
                del self._edges[index]
                self.dropped += 1
                return

    async def wait(self) -> None:
        """Return when at least one edge is waiting."""
        await self._ready.wait()

    def drain(self) -> list[Edge]:
        """All edges that wait, in the order of their stamps."""
        edges = sorted(self._edges, key=lambda edge: edge.monotonic_s)
        self._edges.clear()
        self._ready.clear()
        return edges
