"""Pins that cannot be claimed, or no longer read, keep only themselves down; no driver is replaced by another."""

import re
import sys
from types import ModuleType

import pytest
from gpiozero import DigitalInputDevice
from gpiozero.pins.mock import MockPin

from gateway.errors import SourceError
from gateway.inbox import Edge
from gateway.sources.gpio import LOOK_S, REREAD_S
from gateway.sources.gpio_line import Line
from gateway.sources.gpio_pin import pin_factory
from tests.sources.wired import BUTTON, DOOR, SEAT, Wired, running


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
