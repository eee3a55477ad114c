"""Edges that mean nothing are left out and counted: of a sensor that is not warm yet, and of a line that chatters."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.sources.edge_bound import MOST
from gateway.sources.gpio import LOOK_S, REREAD_S
from gateway.sources.gpio_ear import Contact
from gateway.sources.gpio_line import Line
from tests.sources.wired import DOOR, SEAT, Wired, running


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
