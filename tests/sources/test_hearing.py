"""When a quiet radio is called deaf, and when it is only quiet."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gateway.sources.ble.hearing import AGAIN_S, CYCLE_EVERY_S, QUIET_S, REMEMBERED_S, Hearing, Step

DEAF_AFTER_S = QUIET_S + 2 * AGAIN_S


class Air:
    """A radio that is asked every second; what came of it, with the second at which it did."""

    def __init__(self) -> None:
        self.ear = Hearing()
        self.now_s = 0.0
        self.steps: list[tuple[float, Step]] = []
        self.ear.scan_begun(0.0)
        self._scan_s = 0.0

    def quiet(self, seconds: float) -> "Air":
        """As the scanner does it: a scan is begun anew after each 90 s, and after each step."""
        until_s = self.now_s + seconds
        while self.now_s < until_s:
            self.now_s = min(until_s, self.now_s + 1.0)
            step = self.ear.next(self.now_s)
            if step is not Step.NOTHING:
                self.steps.append((self.now_s, step))
            if step is not Step.NOTHING or self.now_s - self._scan_s >= QUIET_S:
                self._scan_s = self.now_s
                self.ear.scan_begun(self.now_s)
        return self

    def busy(self, seconds: float, every_s: float = 2.0) -> "Air":
        until_s = self.now_s + seconds
        while self.now_s < until_s:
            self.quiet(every_s)
            self.ear.heard(self.now_s)
            self._scan_s = self.now_s
        return self

    def given_up(self) -> list[float]:
        return [at_s for at_s, step in self.steps if step is Step.GIVE_UP]


def test_a_busy_home_that_falls_silent_is_power_cycled_and_then_deaf() -> None:
    air = Air().busy(600).quiet(300)
    assert [(at_s - 600, step) for at_s, step in air.steps[:2]] == [
        (QUIET_S + AGAIN_S, Step.POWER_CYCLE),
        (DEAF_AFTER_S, Step.GIVE_UP),
    ]
    assert air.ear.is_deaf
    air.busy(2)
    assert not air.ear.is_deaf


def test_where_nothing_was_ever_heard_nothing_is_missed() -> None:
    air = Air().quiet(86_400)
    assert air.given_up() == []
    assert air.steps == [(QUIET_S + AGAIN_S, Step.POWER_CYCLE)]  # the adapter is tried once


def test_a_home_without_neighbours_teaches_how_long_its_silences_are() -> None:
    air = Air().busy(600).quiet(2 * 3600 + 7)  # the first outing: nobody knows better
    assert air.given_up()
    known = len(air.busy(3600).given_up())
    for hours in (1.0, 2.0, 3.9):
        air.quiet(hours * 3600 + 7).busy(3600)
        assert len(air.given_up()) == known
    air.quiet(9 * 3600)
    assert len(air.given_up()) > known


def test_a_silence_is_forgotten_after_a_week() -> None:
    air = Air().busy(600).quiet(3600 + 7).busy(60)
    known = len(air.given_up())
    air.busy(REMEMBERED_S, every_s=60.0).quiet(DEAF_AFTER_S)
    assert len(air.given_up()) == known + 1


def test_a_silence_that_we_ended_is_no_ordinary_one() -> None:
    air = Air().busy(600).quiet(QUIET_S + AGAIN_S)
    air.now_s += 1
    air.ear.heard(air.now_s)  # a second after the adapter was switched on again
    air.busy(CYCLE_EVERY_S).quiet(DEAF_AFTER_S + 1)
    assert len(air.given_up()) == 1


def test_resting_is_no_silence() -> None:
    air = Air().busy(60)
    air.ear.rest()
    air.now_s += 5000
    assert air.ear.next(air.now_s) is Step.NOTHING
    air.ear.scan_begun(air.now_s)
    air.quiet(QUIET_S)
    assert air.steps == []


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 4000)), max_size=12))
def test_it_is_never_deaf_before_its_time_and_its_waits_end(life: list[tuple[bool, int]]) -> None:
    air = Air()
    heard_s: float | None = None
    for busy, seconds in life:
        if busy:
            air.busy(seconds, every_s=30.0)
            heard_s = air.now_s
            continue
        before = len(air.steps)
        air.quiet(seconds)
        for at_s, step in air.steps[before:]:
            if step is Step.GIVE_UP:
                assert heard_s is not None
            assert at_s - (heard_s or 0.0) >= QUIET_S + AGAIN_S
        assert 0.0 <= air.ear.due_s(air.now_s) <= QUIET_S + AGAIN_S
    cycles = [at_s for at_s, step in air.steps if step is Step.POWER_CYCLE]
    assert all(later - earlier >= CYCLE_EVERY_S for earlier, later in pairwise(cycles))
