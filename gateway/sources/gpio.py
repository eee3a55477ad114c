"""Wires: every wired sensor of the home, edges handed over as they happen, levels re-read to heal.

In the driver's thread an edge is stamped and handed over; nothing else happens there. A pin that cannot be used keeps
only itself down: the others go on, its sensors' links are told to be lost, and it is tried again.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from gateway.clock import Clock
from gateway.inbox import Sink
from gateway.log import Log
from gateway.pin_levels import Asked, Levels, PinLevel
from gateway.sources.gpio_line import Line
from gateway.sources.gpio_watch import Watch

if TYPE_CHECKING:
    from gpiozero import Factory

REREAD_S: Final = 30.0
"""An edge that the kernel's queue or the driver lost is made up for after this long at most; so is a pin that could not
be used."""

LOOK_S: Final = 1.0
"""How late the end of a draw, the level of a line that chattered, and an answer to `wren pins` may be."""


class GpioSource:
    """Every wired sensor of the home; a `gateway.inbox.Source`.

    Args:
        lines: what is connected where.
        pin_factory: from `gateway.sources.gpio_pin`; the caller closes it when the process ends.
        clock: stamps the edges and paces the looks; seconds since the machine's boot.
        log: told of pins that cannot be used, and of edges that were left out.
        asked: where somebody may ask for the levels; None: nobody does.
    """

    name = "gpio"

    def __init__(
        self, lines: Sequence[Line], pin_factory: "Factory", clock: Clock, log: Log, asked: Asked | None = None
    ) -> None:
        self._lines = tuple(lines)
        self._pin_factory = pin_factory
        self._clock = clock
        self._log = log
        self._asked = asked

    async def run(self, sink: Sink) -> None:
        """Hand the present levels to `sink`, then every edge, until cancelled."""
        watches = [Watch(line, self._pin_factory, self._clock, sink, self._log) for line in self._lines]
        try:
            reread_s = self._clock.monotonic_s()
            while True:
                fully = self._clock.monotonic_s() >= reread_s
                for watch in watches:
                    watch.look(fully=fully)
                if fully:
                    reread_s = self._clock.monotonic_s() + REREAD_S
                self._answer(watches)
                await self._clock.sleep_s(LOOK_S)
        finally:
            for watch in watches:
                watch.close()

    def _answer(self, watches: Sequence[Watch]) -> None:
        if self._asked is None or not self._asked.take():
            return
        levels = Levels(
            pins=tuple(
                PinLevel(pin=line.pin, **watch.seen()._asdict())
                for line, watch in zip(self._lines, watches, strict=True)
            )
        )
        try:
            self._asked.answer(levels)
        except OSError as error:  # a drawing is no reason to stop sensing
            self._log.warning("levels_not_written", source=self.name, fault=error)
