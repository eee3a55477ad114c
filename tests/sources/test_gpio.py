"""Wires through real gpiozero on its mock pins: levels are told rightly, every edge arrives, lost ones are healed."""

import asyncio
import threading

import pytest

from gateway.inbox import Edge, Inbox
from gateway.sources.edge_bound import MOST
from gateway.sources.gpio import REREAD_S
from gateway.sources.gpio_line import Line, Pull
from tests.sources.wired import BUTTON, DOOR, SEAT, Wired, running, settle


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
