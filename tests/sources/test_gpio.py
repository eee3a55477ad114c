"""Wires through real gpiozero on its mock pins: every edge arrives, lost ones are healed, errors say which pin."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import ModuleType

import pytest
from gpiozero.pins.mock import MockFactory, MockPin

from gateway.clock import ManualClock
from gateway.errors import SourceError, SourceUnavailable
from gateway.inbox import Edge, Inbox
from gateway.sources.gpio import REREAD_S, GpioSource, Line, pin_factory

DOOR = Line("front-door", 17, active_low=True)
SEAT = Line("armchair", 27, active_low=False)
BUTTON = Line("help", 22, active_low=True, fires_only=True)


class Wired:
    """A running source on mock pins."""

    def __init__(self, *lines: Line) -> None:
        self.factory: MockFactory = pin_factory("mock")
        self.clock = ManualClock()
        self.edges: list[Edge] = []
        self.source = GpioSource(lines, self.factory, self.clock)

    def pin(self, line: Line) -> MockPin:
        return self.factory.pin(line.pin)

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
        taken = [(edge.sensor, edge.value) for edge in self.edges]
        self.edges.clear()
        return taken

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


async def test_levels_are_reported_at_the_start_but_a_resting_button_says_nothing() -> None:
    async with running(Wired(DOOR, SEAT, BUTTON)) as wired:
        assert wired.take() == [("front-door", 0.0), ("armchair", 0.0)]


async def test_what_is_active_at_the_start_is_reported_even_of_a_button() -> None:
    wired = Wired(DOOR, SEAT, BUTTON)
    for line in (DOOR, SEAT, BUTTON):
        pin = wired.pin(line)
        # mock pins follow their pull; a wire that is held does not
        pin._set_pull = lambda value, pin=pin: setattr(pin, "_pull", value)
        wired.set(line, active=True)
    async with running(wired):
        assert wired.take() == [("front-door", 1.0), ("armchair", 1.0), ("help", 1.0)]


async def test_every_edge_is_stamped_and_handed_over_without_debouncing() -> None:
    async with running(Wired(DOOR, BUTTON)) as wired:
        wired.take()
        wired.clock.move_s(1.5)
        for _ in range(10):
            wired.set(DOOR, active=True)
            wired.set(DOOR, active=False)
        wired.clock.move_s(0.25)
        wired.set(BUTTON, active=True)
        assert wired.edges[:2] == [Edge(1.5, "front-door", 1.0), Edge(1.5, "front-door", 0.0)]
        assert len(wired.edges) == 21
        assert wired.edges[-1] == Edge(1.75, "help", 1.0)


async def test_pins_are_pulled_away_from_active() -> None:
    async with running(Wired(DOOR, SEAT)) as wired:
        assert wired.pin(DOOR).pull == "up"
        assert wired.pin(SEAT).pull == "down"
        assert wired.pin(DOOR).bounce is None


async def test_a_lost_edge_is_healed_at_the_next_reread() -> None:
    async with running(Wired(DOOR, SEAT)) as wired:
        wired.take()
        wired.lose(DOOR, active=True)
        await wired.pass_s(REREAD_S - 1)
        assert wired.take() == []
        await wired.pass_s(1)
        assert wired.edges == [Edge(REREAD_S, "front-door", 1.0)]
        await wired.pass_s(REREAD_S)
        assert len(wired.edges) == 1


async def test_a_press_after_a_lost_release_is_not_swallowed() -> None:
    async with running(Wired(BUTTON)) as wired:
        wired.set(BUTTON, active=True)
        wired.lose(BUTTON, active=False)
        wired.set(BUTTON, active=True)
        assert wired.take() == [("help", 1.0), ("help", 0.0), ("help", 1.0)]
        wired.lose(BUTTON, active=False)
        await wired.pass_s(REREAD_S)
        wired.set(BUTTON, active=True)
        assert wired.take() == [("help", 0.0), ("help", 1.0)]


async def test_an_edge_that_a_reread_overtook_is_not_told_twice() -> None:
    async with running(Wired(DOOR)) as wired:
        wired.take()
        wired.lose(DOOR, active=True)
        await wired.pass_s(REREAD_S)
        wired.pin(DOOR)._call_when_changed()  # the driver's thread comes late
        assert wired.take() == [("front-door", 1.0)]


async def test_edges_from_a_driver_thread_reach_the_inbox_in_order() -> None:
    wired = Wired(SEAT, DOOR)
    inbox = Inbox(asyncio.get_running_loop())
    task = asyncio.create_task(wired.source.run(inbox.offer))
    await settle()
    inbox.drain()

    def sit_and_rise() -> None:
        for _ in range(500):
            wired.set(SEAT, active=True)
            wired.set(SEAT, active=False)

    driver = threading.Thread(target=sit_and_rise)
    driver.start()
    while driver.is_alive():
        await wired.pass_s(REREAD_S)
    driver.join()
    await settle()
    values = [edge.value for edge in inbox.drain()]
    assert values == [1.0, 0.0] * 500
    task.cancel()


async def test_cancelling_frees_the_pins() -> None:
    wired = Wired(DOOR)
    async with running(wired):
        pass
    wired.edges.clear()
    wired.set(DOOR, active=True)
    assert wired.edges == []
    async with running(wired):  # and they can be claimed again
        pass


async def test_a_busy_pin_is_named_with_its_sensor_and_the_others_are_freed() -> None:
    wired = Wired(DOOR, Line("fridge", 17, active_low=True))
    with pytest.raises(SourceError, match=r"Pin 17 \(fridge\) cannot be used") as refusal:
        await wired.source.run(wired.edges.append)
    assert not isinstance(refusal.value, SourceUnavailable)
    assert "home.toml" in refusal.value.advice
    async with running(Wired(DOOR)):
        pass


async def test_a_pin_with_a_fixed_pull_refuses_the_other_one() -> None:
    wired = Wired(Line("fridge", 2, active_low=False))
    with pytest.raises(SourceError, match=r"Pin 2 \(fridge\).*fixed pull"):
        await wired.source.run(wired.edges.append)


async def test_a_pin_that_can_no_longer_be_read_is_retried_by_the_supervisor() -> None:
    wired = Wired(DOOR)
    task = asyncio.create_task(wired.source.run(wired.edges.append))
    await settle()

    def gone() -> bool:
        raise OSError(19, "No such device")

    wired.pin(DOOR)._get_state = gone
    wired.clock.move_s(REREAD_S)
    with pytest.raises(SourceUnavailable, match=r"Pin 17 \(front-door\) can no longer be read"):
        await task


class TestDriver:
    """`pin_factory("lgpio")` on machines that cannot provide it; never another driver instead."""

    @pytest.fixture(autouse=True)
    def unloaded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delitem(sys.modules, "gpiozero.pins.lgpio", raising=False)

    def test_not_installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "lgpio", None)
        with pytest.raises(SourceError, match="not installed") as refusal:
            pin_factory("lgpio")
        assert "wren-gateway[pi]" in refusal.value.advice

    def test_no_fifo_in_the_working_directory(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class NoFifo:
            def find_spec(self, name: str, *rest: object) -> None:
                if name == "lgpio":
                    raise FileNotFoundError(2, "No such file or directory")

        monkeypatch.delitem(sys.modules, "lgpio", raising=False)
        monkeypatch.setattr(sys, "meta_path", [NoFifo(), *sys.meta_path])
        with pytest.raises(SourceError, match="cannot make its FIFO") as refusal:
            pin_factory("lgpio")
        assert "WorkingDirectory=" in refusal.value.advice

    def test_no_chip_to_open(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class LgpioError(Exception):
            pass

        def no_chip(_chip: int) -> int:
            raise LgpioError("can not open gpiochip")

        lgpio = ModuleType("lgpio")
        for number, constant in enumerate(("BOTH_EDGES", "RISING_EDGE", "FALLING_EDGE", "SET_PULL_NONE")):
            setattr(lgpio, constant, number)
        lgpio.error = LgpioError  # type: ignore[attr-defined]
        lgpio.gpiochip_open = no_chip  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "lgpio", lgpio)
        monkeypatch.setattr("gpiozero.pins.local.get_pi_revision", lambda: 0xA02082)
        with pytest.raises(SourceError, match="cannot open the pins of this machine: can not open gpiochip") as refusal:
            pin_factory("lgpio")
        assert "group gpio" in refusal.value.advice
