"""Wires through real gpiozero on its mock pins: every edge arrives, lost ones are healed, errors say which pin."""

import asyncio
import random
import re
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from types import ModuleType

import pytest
from gpiozero import DigitalInputDevice
from gpiozero.pins.mock import MockFactory, MockPin
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.clock import ManualClock
from gateway.errors import SourceError
from gateway.inbox import Edge, Inbox
from gateway.sources.edge_bound import MOST
from gateway.sources.gpio import LOOK_S, REREAD_S, GpioSource
from gateway.sources.gpio_ear import Contact
from gateway.sources.gpio_line import Line, Pull
from gateway.sources.gpio_pin import pin_factory
from tests.sources.notes import Notes

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


async def test_levels_are_reported_at_the_start_but_a_resting_button_says_nothing() -> None:
    async with running(Wired(DOOR, SEAT, BUTTON)) as wired:
        assert wired.take() == [("front-door", 0.0), ("armchair", 0.0)]


async def test_what_is_active_at_the_start_is_reported_even_of_a_button() -> None:
    wired = Wired(DOOR, SEAT, BUTTON)
    for line in (DOOR, SEAT, BUTTON):
        wired.held(line, active=True)
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


@pytest.mark.parametrize("active_low", [True, False])
@pytest.mark.parametrize("pull", ["up", "down", "none", None])
@pytest.mark.parametrize("fires_only", [True, False])
@pytest.mark.parametrize("active", [True, False])
async def test_the_first_level_is_told_rightly_whatever_the_polarity_and_the_pull(
    active_low: bool, pull: Pull | None, fires_only: bool, active: bool
) -> None:
    line = Line("it", 17, active_low, fires_only=fires_only, pull=pull)
    wired = Wired(line)
    wired.held(line, active=active)
    async with running(wired):
        assert wired.take() == ([] if fires_only and not active else [("it", float(active))])
        wired.set(line, active=not active)
        assert wired.take() == [("it", float(not active))]
        assert wired.pin(line).pull == {"none": "floating", None: "up" if active_low else "down"}.get(pull, pull)


async def test_a_reed_to_ground_on_a_door_is_open_when_it_is_high() -> None:
    reed = Line("front-door", 17, active_low=False, pull="up")
    async with running(Wired(reed)) as wired:
        assert wired.take() == [("front-door", 1.0)]  # no magnet: the pull-up has it
        wired.pin(reed).drive_low()
        assert wired.take() == [("front-door", 0.0)]


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
        for _ in range(MOST // 2):
            wired.set(SEAT, active=True)
            wired.set(SEAT, active=False)

    driver = threading.Thread(target=sit_and_rise)
    driver.start()
    while driver.is_alive():
        await wired.pass_s(REREAD_S)
    driver.join()
    await settle()
    values = [edge.value for edge in inbox.drain()]
    assert values == [1.0, 0.0] * (MOST // 2)
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


async def test_a_pin_that_cannot_be_claimed_keeps_only_itself_down() -> None:
    wired = Wired(DOOR, Line("fridge", 2, active_low=False), SEAT)
    async with running(wired):
        assert wired.links() == [("@link/front-door", 1.0), ("@link/fridge", 0.0), ("@link/armchair", 1.0)]
        assert wired.take() == [("front-door", 0.0), ("armchair", 0.0)]
        wired.set(SEAT, active=True)
        assert wired.take() == [("armchair", 1.0)]
        (event, fields), *_ = wired.log.lines
        assert event == "wire_lost"
        assert re.search(r"Pin 2 \(fridge\) cannot be used.*fixed pull", fields["fault"].problem)
        assert "home.toml" in fields["fault"].advice


async def test_a_pin_that_somebody_else_has_is_taken_once_it_is_free() -> None:
    wired = Wired(DOOR, BUTTON)
    other = DigitalInputDevice(DOOR.pin, pull_up=True, pin_factory=wired.factory)
    async with running(wired):
        assert wired.links()[0] == ("@link/front-door", 0.0)
        wired.edges.clear()
        for _ in range(4):
            await wired.pass_s(REREAD_S)
        assert wired.edges == []  # said once, however often it is tried
        assert [fields["attempt"] for event, fields in wired.log.lines if event == "wire_lost"] == [1, 2, 4]
        other.close()
        await wired.pass_s(REREAD_S)
        assert wired.links() == [("@link/front-door", 1.0)]
        assert wired.take() == [("front-door", 0.0)]
        wired.set(DOOR, active=True)
        assert wired.take() == [("front-door", 1.0)]
        assert wired.log.events()[-1] == "wire_back"


async def test_a_pin_that_was_taken_for_a_moment_is_back_within_a_second() -> None:
    wired = Wired(DOOR)
    other = DigitalInputDevice(DOOR.pin, pull_up=True, pin_factory=wired.factory)
    async with running(wired):
        other.close()
        await wired.pass_s(LOOK_S)
        assert wired.links() == [("@link/front-door", 0.0), ("@link/front-door", 1.0)]


async def test_a_pin_whose_driver_stumbles_halfway_can_be_claimed_later() -> None:
    wired = Wired(DOOR)
    sound = wired.factory.pin_class

    def stumbling(*_: object) -> MockPin:
        raise OSError(16, "Device or resource busy")

    wired.factory.pin_class = stumbling
    async with running(wired):
        assert wired.links() == [("@link/front-door", 0.0)]
        wired.factory.pin_class = sound
        await wired.pass_s(REREAD_S)
        assert wired.links()[-1] == ("@link/front-door", 1.0)


async def test_a_pin_that_can_no_longer_be_read_is_lost_alone_and_found_again() -> None:
    wired = Wired(DOOR, SEAT)
    async with running(wired):
        wired.take()
        pin = wired.pin(DOOR)
        reads, pin._get_state = pin._get_state, _gone
        await wired.pass_s(REREAD_S)
        assert wired.edges == [Edge(REREAD_S, "@link/front-door", 0.0)]
        assert re.search(r"Pin 17 \(front-door\) can no longer be read", wired.log.lines[-1][1]["fault"].problem)
        wired.edges.clear()
        wired.set(SEAT, active=True)
        assert wired.take() == [("armchair", 1.0)]
        pin._get_state = reads
        wired.held(DOOR, active=True)
        await wired.pass_s(REREAD_S)
        assert wired.links() == [("@link/front-door", 1.0)]
        assert wired.take() == [("front-door", 1.0)]  # it was opened meanwhile


def _gone() -> bool:
    raise OSError(19, "No such device")


class TestWarmingUp:
    """A passive infrared sensor fires falsely until it is warm; time is counted from the machine's boot."""

    PIR = Line("hall", 23, active_low=False, fires_only=True, warm_up_s=60)

    async def test_what_it_says_before_is_left_out_and_counted(self) -> None:
        async with running(Wired(self.PIR, DOOR)) as wired:
            for _ in range(5):
                await wired.pass_s(10)
                wired.set(self.PIR, active=True)
                wired.set(self.PIR, active=False)
            wired.set(DOOR, active=True)
            assert wired.take() == [("front-door", 0.0), ("front-door", 1.0)]  # which needs no warming up
            await wired.pass_s(10)
            wired.set(self.PIR, active=True)
            assert wired.take() == [("hall", 1.0)]
            assert ("edges_left_out", {"source": "gpio", "count": 10}) in wired.log.lines

    async def test_a_false_alarm_that_outlasts_it_is_not_told_when_it_ends(self) -> None:
        async with running(Wired(self.PIR)) as wired:
            await wired.pass_s(59)
            wired.set(self.PIR, active=True)
            await wired.pass_s(2)
            assert wired.take() == []
            wired.set(self.PIR, active=False)
            assert wired.take() == [("hall", 0.0)]

    async def test_a_level_sensor_is_told_as_soon_as_it_is_warm(self) -> None:
        radar = Line("lounge", 24, active_low=False, warm_up_s=15)
        wired = Wired(radar)
        wired.held(radar, active=True)
        async with running(wired):
            await wired.pass_s(14)
            assert wired.take() == []
            await wired.pass_s(1)
            assert wired.take() == [("lounge", 1.0)]

    async def test_a_daemon_that_starts_later_waits_no_more(self) -> None:
        wired = Wired(self.PIR)
        wired.clock.move_s(3600)
        async with running(wired):
            wired.set(self.PIR, active=True)
            assert wired.take() == [("hall", 1.0)]


class TestChatter:
    """A line that changes a thousand times a second is held to fifty, and its last level is told rightly."""

    async def test_it_is_bounded_and_still_seen_to_chatter(self) -> None:
        async with running(Wired(DOOR, SEAT)) as wired:
            for second in range(10):
                wired.edges.clear()
                for edge in range(1000):
                    wired.clock._now_s = second + edge / 1000  # the loop gets no turn: nobody wakes
                    wired.set(DOOR, active=edge % 2 == 0)
                said = [value for sensor, value in wired.take() if sensor == "front-door"]
                assert 20 < len(said) <= MOST + 1
                assert all(one != other for one, other in pairwise(said))
            wired.set(SEAT, active=True)
            assert wired.take() == [("armchair", 1.0)]

    @pytest.mark.parametrize("rests", [True, False])
    async def test_the_level_at_which_it_comes_to_rest_is_told_within_a_second(self, rests: bool) -> None:
        async with running(Wired(DOOR)) as wired:
            for edge in range(200):
                wired.set(DOOR, active=edge % 2 == 0)
            wired.set(DOOR, active=rests)
            await wired.pass_s(LOOK_S)
            assert wired.take()[-1] == ("front-door", float(rests))
            wired.set(DOOR, active=not rests)
            await wired.pass_s(LOOK_S)
            assert wired.take() == [("front-door", float(not rests))]

    def test_an_edge_after_many_that_were_left_out_is_no_sign_of_a_lost_one(self) -> None:
        said: list[tuple[float, float]] = []
        ear = Contact(DOOR, lambda at_s, _, on: said.append((at_s, on)))
        ear.level(0.0, active=False)
        for edge in range(MOST):
            ear.changed(1.0, active=edge % 2 == 0)
        ear.changed(1.0, active=True)  # left out
        told = len(said)
        ear.changed(2.5, active=False)  # to where it was told to be
        assert (said[-1], len(said), ear.left_out) == ((1.0, 0.0), told, 1)
        ear.changed(2.6, active=True)
        assert said[told:] == [(2.6, 1.0)]

    async def test_what_was_left_out_is_told_in_the_log_ever_more_rarely(self) -> None:
        async with running(Wired(DOOR)) as wired:
            for _ in range(9):
                for edge in range(200):
                    wired.set(DOOR, active=edge % 2 == 0)
                await wired.pass_s(REREAD_S)
            assert wired.log.events() == ["edges_left_out"] * 4  # the 1st, 2nd, 4th and 8th time

    @given(presses=st.lists(st.floats(0.1, 2.0), min_size=1, max_size=8), seed=st.integers(0, 2**32))
    @settings(max_examples=30, deadline=None)
    def test_no_press_of_a_chattering_button_is_left_out(self, presses: list[float], seed: int) -> None:
        said: list[tuple[float, float]] = []
        button = Line("help", 22, active_low=True, fires_only=True, is_button=True)
        ear = Contact(button, lambda at_s, _, on: said.append((at_s, on)))
        rng, at_s = random.Random(seed), 0.0
        for gap_s in presses:
            chattering_until_s = at_s + gap_s
            while at_s < chattering_until_s:  # about a thousand edges a second
                at_s += rng.expovariate(500)
                ear.changed(at_s, active=True)
                at_s += rng.expovariate(500)
                ear.changed(at_s, active=False)
            at_s += 0.03
            ear.changed(at_s, active=True)  # a finger
            pressed_s = at_s
            assert said[-1] == (pressed_s, 1.0)
            at_s += 0.2
            ear.changed(at_s, active=False)
        assert len(said) <= 4 * MOST * (at_s + 1)
        assert all(one[0] <= other[0] for one, other in pairwise(said))


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
