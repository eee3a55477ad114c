"""Pulses of a meter become draws and litres, through real gpiozero pins; nothing depends on who looks when."""

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from gpiozero.pins.mock import MockFactory
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.clock import ManualClock
from gateway.sources.gpio import REREAD_S, GpioSource
from gateway.sources.gpio_line import Line, Meter
from gateway.sources.pulses import Draw, Draws
from tests.notes import Notes

if TYPE_CHECKING:
    from gateway.inbox import Edge

QUIET_S = 3.0
METER = Meter(tap="tap", water="litres", pulses_per_litre=450, quiet_s=QUIET_S)

gaps = st.lists(
    st.one_of(st.floats(0.001, 0.2), st.floats(0.2, 2.99), st.just(QUIET_S), st.floats(3.01, 60)), max_size=80
)


def expected(stamps: list[float], least: int) -> list[Draw]:
    """The same in plain words: runs of pulses less than `QUIET_S` apart; those of `least` or more are draws."""
    runs: list[list[float]] = []
    for at_s in stamps:
        if runs and at_s < runs[-1][-1] + QUIET_S:
            runs[-1].append(at_s)
        else:
            runs.append([at_s])
    said = []
    for run in runs:
        if len(run) >= least:
            said += [Draw(run[least - 1], None), Draw(run[-1] + QUIET_S, len(run))]
    return said


@given(gaps=gaps, least=st.integers(1, 5), looks=st.lists(st.floats(0, 400), max_size=40))
@settings(deadline=None)
def test_draws_are_runs_of_pulses_whoever_looks_when(gaps: list[float], least: int, looks: list[float]) -> None:
    stamps = []
    at_s = 5.0
    for gap_s in gaps:
        at_s += gap_s
        stamps.append(at_s)
    draws = Draws(quiet_s=QUIET_S, least=least)
    said: list[Draw] = []
    for moment, is_pulse in sorted([(one, True) for one in stamps] + [(one, False) for one in looks]):
        said += draws.pulse(moment) if is_pulse else draws.passed(moment)
    said += draws.passed(at_s + 1000)
    assert said == expected(stamps, least)
    assert not draws.is_open
    assert all(one.at_s <= other.at_s for one, other in pairwise(said))
    assert [draw.pulses is None for draw in said] == [True, False] * (len(said) // 2)


@given(bounces=st.lists(st.integers(0, 4), min_size=2, max_size=30))
def test_the_bounce_of_a_reed_meter_is_no_pulse(bounces: list[int]) -> None:
    draws = Draws(quiet_s=QUIET_S, least=2, apart_s=0.02)
    for number, extra in enumerate(bounces):
        for bounce in range(1 + extra):
            draws.pulse(number * 0.5 + bounce * 0.004)
    assert draws.passed(1e6)[0].pulses == len(bounces)


class Plumbed:
    """A source with one meter; `flow` turns its wheel."""

    def __init__(self, meter: Meter, *, active_low: bool = True) -> None:
        self.line = Line("tap", 17, active_low=active_low, meter=meter)
        self.factory = MockFactory()
        self.clock = ManualClock()
        self.edges: list[Edge] = []
        source = GpioSource([self.line], self.factory, self.clock, Notes())
        self.task = asyncio.create_task(source.run(self.edges.append))

    async def flow(self, pulses: int, per_s: float) -> None:
        pin = self.factory.pin(17)
        for _ in range(pulses):
            for drive in (pin.drive_low, pin.drive_high):
                await self.wait(0.5 / per_s)
                drive()

    async def wait(self, seconds: float) -> None:
        self.clock.move_s(seconds)
        await asyncio.sleep(0)

    def said(self) -> list[tuple[float, str, float]]:
        return [(round(e.monotonic_s, 3), e.sensor, e.value) for e in self.edges if not e.sensor.startswith("@")]


@pytest.fixture(params=[True, False], ids=["pulses to low", "pulses to high"])
async def plumbed(request: pytest.FixtureRequest) -> Plumbed:
    found = Plumbed(METER, active_low=request.param)
    await found.wait(0)
    return found


async def test_a_glass_of_water_is_two_edges_and_its_litres(plumbed: Plumbed) -> None:
    await plumbed.wait(10)
    await plumbed.flow(90, per_s=45)  # 0.2 l in two seconds
    await plumbed.wait(2)
    assert [(sensor, value) for _, sensor, value in plumbed.said()] == [("tap", 0), ("tap", 1)]
    await plumbed.wait(1.1)
    *_, on, off, litres = plumbed.said()
    assert on[1:] == ("tap", 1)
    assert 10 < on[0] < 10.1
    assert (off[1:], litres[1:]) == (("tap", 0), ("litres", 0.2))
    assert off[0] == litres[0]
    assert 14.9 < off[0] < 15.1  # when it was due, not when somebody looked
    plumbed.task.cancel()


async def test_a_bath_is_not_journalled_pulse_by_pulse(plumbed: Plumbed) -> None:
    await plumbed.flow(4500, per_s=90)
    await plumbed.wait(REREAD_S)
    assert [(sensor, value) for _, sensor, value in plumbed.said()][1:] == [("tap", 1), ("tap", 0), ("litres", 10.0)]
    plumbed.task.cancel()


async def test_one_stray_pulse_is_no_draw(plumbed: Plumbed) -> None:
    for _ in range(5):
        await plumbed.flow(1, per_s=10)
        await plumbed.wait(20)
    assert plumbed.said() == [(0, "tap", 0)]
    plumbed.task.cancel()


async def test_a_vibration_sensor_is_on_at_the_first_burst_and_off_after_the_quiet() -> None:
    plumbed = Plumbed(Meter(tap="tap", quiet_s=8, least_pulses=5))
    await plumbed.wait(1)
    for _ in range(3):  # it trembles now and then while the water runs
        await plumbed.flow(6, per_s=60)
        await plumbed.wait(6)
    assert [value for _, _, value in plumbed.said()] == [0, 1]
    await plumbed.wait(2)
    assert [value for _, _, value in plumbed.said()] == [0, 1, 0]
    await plumbed.flow(4, per_s=60)  # a door slams
    await plumbed.wait(20)
    assert [value for _, _, value in plumbed.said()] == [0, 1, 0]
    plumbed.task.cancel()


async def test_a_meter_without_a_tap_says_litres_only() -> None:
    plumbed = Plumbed(Meter(water="litres", pulses_per_litre=100))
    await plumbed.wait(1)
    await plumbed.flow(50, per_s=20)
    await plumbed.wait(5)
    assert [(sensor, value) for _, sensor, value in plumbed.said()] == [("litres", 0.5)]
    assert next(edge.sensor for edge in plumbed.edges) == "@link/litres"
    plumbed.task.cancel()


async def test_a_meter_that_cannot_be_read_blinds_both_its_sensors() -> None:
    plumbed = Plumbed(METER)
    await plumbed.wait(0)
    plumbed.edges.clear()

    def gone() -> bool:
        raise OSError(19, "No such device")

    plumbed.factory.pin(17)._get_state = gone
    await plumbed.wait(REREAD_S)
    assert {(edge.sensor, edge.value) for edge in plumbed.edges} == {("@link/tap", 0), ("@link/litres", 0)}
    plumbed.task.cancel()
