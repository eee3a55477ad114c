"""From the monotonic stamp of an edge to the best known UTC, and what to do when the wall clock is stepped.

A Pi has no clock of its own: it boots in the past and is stepped when the network answers. Edges carry
monotonic time, so nothing is lost by that; the step itself becomes an input of the home (`CLOCK_STEP`).
"""

from typing import Final

from gateway.clock import Clock
from gateway.inbox import Edge
from models.vocabulary import CLOCK_STEP, Reading

STEP_S: Final = 0.5
"""The wall clock is slewed by at most 0.5 ms a second; a jump larger than this was a step."""

DISORDER_MS: Final = 5_000
"""Drivers hand over within milliseconds. An edge that is late by up to this much keeps its turn with the time
of the one before it; a later one is handed on as it is, and counted by the home."""


class Stamper:
    """Gives each edge its UTC.

    Args:
        clock: the machine's clocks.
        not_before_ms: the latest moment that the journal knows (UTC, ms). A wall clock that says less has not
            been set yet: time then goes on from there until it is, or until it is known to be right.

    Attributes:
        first_ms: the moment at which it was made (UTC, ms): before the first sensor is read.
    """

    def __init__(self, clock: Clock, not_before_ms: int = 0) -> None:
        self._clock = clock
        self._last_ms = not_before_ms
        self._offset_s = max(clock.utc_s(), not_before_ms / 1000) - clock.monotonic_s()
        self._behind = not_before_ms / 1000 > clock.utc_s()
        self.first_ms = self.now_ms()

    def now_ms(self) -> int:
        """The present moment (UTC, ms), by the same reckoning as the edges'; never before the last of them."""
        return max(self._last_ms, round((self._clock.monotonic_s() + self._offset_s) * 1000))

    def passed(self, at_ms: int) -> None:
        """The home has let time pass until `at_ms`: what is stamped from now on is not earlier."""
        self._last_ms = max(self._last_ms, at_ms)

    def reading(self, edge: Edge) -> Reading:
        """The input that `edge` is."""
        at_ms = round((edge.monotonic_s + self._offset_s) * 1000)
        if self._last_ms - DISORDER_MS <= at_ms < self._last_ms:
            at_ms = self._last_ms
        self._last_ms = max(self._last_ms, at_ms)
        return Reading(at_ms, edge.sensor, edge.value)

    def step(self) -> Reading | None:
        """The input that a step of the wall clock is, if it was stepped since the last call."""
        offset_s = self._clock.utc_s() - self._clock.monotonic_s()
        moved_s = offset_s - self._offset_s
        if self._behind and moved_s < 0 and not self._clock.synchronised():
            return None  # still not set: the journal knows better
        self._behind = False
        if abs(moved_s) < STEP_S:
            self._offset_s = offset_s
            return None
        self._offset_s = offset_s
        at_ms = round((self._clock.monotonic_s() + offset_s) * 1000)
        self._last_ms = at_ms
        return Reading(at_ms, CLOCK_STEP, round(moved_s, 3))
