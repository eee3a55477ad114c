"""A source that runs on the mock pins of real gpiozero, and wires to move."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from gpiozero.pins.mock import MockFactory, MockPin

from gateway.clock import ManualClock
from gateway.sources.gpio import GpioSource
from gateway.sources.gpio_line import Line
from gateway.sources.gpio_pin import pin_factory
from tests.notes import Notes

if TYPE_CHECKING:
    from gateway.inbox import Edge

DOOR = Line("front-door", 17, active_low=True)
SEAT = Line("armchair", 27, active_low=False)
BUTTON = Line("help", 22, active_low=True, fires_only=True)


class Wired:
    """A running source on mock pins."""

    def __init__(self, *lines: Line) -> None:
        self.factory: MockFactory = pin_factory("mock")
        self.clock = ManualClock()
        self.edges: list[Edge] = []
        self.log = Notes()
        self.source = GpioSource(lines, self.factory, self.clock, self.log)

    def pin(self, line: Line) -> MockPin:
        return self.factory.pin(line.pin)

    def held(self, line: Line, *, active: bool) -> None:
        """The wire is at this level and the pull does not move it, as mock pins do."""
        pin = self.pin(line)
        pin._set_pull = lambda value: setattr(pin, "_pull", value)
        self.set(line, active=active)

    def set(self, line: Line, *, active: bool) -> None:
        pin = self.pin(line)
        if active is not line.active_low:
            pin.drive_high()
        else:
            pin.drive_low()

    def lose(self, line: Line, *, active: bool) -> None:
        """The level changes and no edge is seen."""
        self.pin(line).edges = "none"
        self.set(line, active=active)
        self.pin(line).edges = "both"

    def take(self) -> list[tuple[str, float]]:
        """What the sensors said since the last time."""
        taken = [(edge.sensor, edge.value) for edge in self.edges if not edge.sensor.startswith("@")]
        self.edges.clear()
        return taken

    def links(self) -> list[tuple[str, float]]:
        """What was said of their links, and nothing taken."""
        return [(edge.sensor, edge.value) for edge in self.edges if edge.sensor.startswith("@link/")]

    async def pass_s(self, seconds: float) -> None:
        self.clock.move_s(seconds)
        await settle()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@asynccontextmanager
async def running(wired: Wired) -> AsyncIterator[Wired]:
    task = asyncio.create_task(wired.source.run(wired.edges.append))
    await settle()
    assert not task.done()
    yield wired
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
