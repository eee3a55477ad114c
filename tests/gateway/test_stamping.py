"""From monotonic stamps to UTC, whatever the wall clock does meanwhile."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gateway.clock import ManualClock
from gateway.inbox import Edge
from gateway.stamping import DISORDER_MS, STEP_S, Stamper
from models.vocabulary import CLOCK_STEP, Reading

NOW_S = 1_741_000_000.0
NOW_MS = 1_741_000_000_000


def at(stamper: Stamper, monotonic_s: float) -> int:
    return stamper.reading(Edge(monotonic_s, "hall", 1.0)).at_ms


def test_an_edge_has_the_time_at_which_it_was_sensed_not_that_at_which_it_is_dealt_with() -> None:
    clock = ManualClock(NOW_S)
    stamper = Stamper(clock)
    assert stamper.first_ms == NOW_MS
    clock.move_s(60)
    assert stamper.reading(Edge(12.3456, "kettle", 0.0)) == Reading(NOW_MS + 12_346, "kettle", 0.0)
    assert stamper.now_ms() == NOW_MS + 60_000


def test_a_step_of_the_clock_is_an_input_once() -> None:
    for by_s in (7200.0, -7200.0, 0.6, -0.6):
        clock = ManualClock(NOW_S)
        stamper = Stamper(clock)
        clock.move_s(10)
        assert stamper.step() is None
        clock.step_s(by_s)
        clock.move_s(5)
        assert stamper.step() == Reading(NOW_MS + 15_000 + round(by_s * 1000), CLOCK_STEP, by_s)
        assert stamper.step() is None
        assert stamper.now_ms() == NOW_MS + 15_000 + round(by_s * 1000)
        assert at(stamper, 16.0) == NOW_MS + 16_000 + round(by_s * 1000)


def test_slewing_is_followed_and_is_no_step() -> None:
    clock = ManualClock(NOW_S)
    stamper = Stamper(clock)
    for _ in range(100):
        clock.move_s(60)
        clock.step_s(0.03)  # 500 ppm
        assert stamper.step() is None
    assert stamper.now_ms() == NOW_MS + 6_003_000


def test_steps_smaller_than_half_a_second_never_take_stamps_back() -> None:
    clock = ManualClock(NOW_S)
    stamper = Stamper(clock)
    clock.move_s(10)
    before_ms = at(stamper, 10.0)
    clock.step_s(-STEP_S + 0.01)
    assert stamper.step() is None
    assert at(stamper, 10.1) == before_ms
    assert at(stamper, 11.0) == before_ms + 510


def test_a_boot_in_the_past_goes_on_from_what_the_journal_knows_until_the_clock_is_set() -> None:
    clock = ManualClock(1_000.0)
    clock.is_synchronised = False
    stamper = Stamper(clock, NOW_MS)
    assert stamper.first_ms == NOW_MS
    clock.move_s(30)
    assert stamper.step() is None
    assert at(stamper, 20.0) == NOW_MS + 20_000
    assert at(stamper, 30.0) == NOW_MS + 30_000
    clock.step_s(NOW_S + 3600 - 1_000)  # NTP answers: an hour has passed since the power went
    clock.is_synchronised = True
    assert stamper.step() == Reading(NOW_MS + 3_630_000, CLOCK_STEP, 3600.0)
    assert at(stamper, 31.0) == NOW_MS + 3_631_000


def test_a_clock_that_is_known_to_be_right_is_believed_even_if_the_journal_says_later() -> None:
    clock = ManualClock(NOW_S)
    stamper = Stamper(clock, NOW_MS + 86_400_000)  # the last run had a clock that was a day ahead
    assert stamper.first_ms == NOW_MS + 86_400_000
    assert stamper.step() == Reading(NOW_MS, CLOCK_STEP, -86_400.0)


def test_a_clock_that_caught_up_unnoticed_can_still_be_stepped_back() -> None:
    clock = ManualClock(NOW_S - 60)
    clock.is_synchronised = False
    stamper = Stamper(clock, NOW_MS)
    clock.step_s(60.2)
    assert stamper.step() is None
    clock.step_s(-10.0)
    assert stamper.step() == Reading(NOW_MS - 9_800, CLOCK_STEP, -10.0)


def test_a_little_disorder_keeps_its_turn_and_a_large_one_its_time() -> None:
    clock = ManualClock(NOW_S)
    stamper = Stamper(clock)
    clock.move_s(100)
    assert at(stamper, 50.0) == NOW_MS + 50_000
    assert at(stamper, 50.0 - DISORDER_MS / 1000) == NOW_MS + 50_000
    assert at(stamper, 50.0 - DISORDER_MS / 1000 - 0.001) == NOW_MS + 50_000 - DISORDER_MS - 1
    assert at(stamper, 49.9) == NOW_MS + 50_000


def test_nothing_is_stamped_before_the_time_that_the_home_has_let_pass() -> None:
    clock = ManualClock(NOW_S)
    stamper = Stamper(clock)
    stamper.passed(NOW_MS + 3_000)
    assert at(stamper, 1.0) == NOW_MS + 3_000
    stamper.passed(NOW_MS)
    assert stamper.now_ms() == NOW_MS + 3_000


_MOVES = st.lists(
    st.tuples(st.sampled_from(["edge", "late", "step", "slew", "pass"]), st.floats(0, 5000), st.floats(-9000, 9000)),
    max_size=40,
)


@given(moves=_MOVES, ahead_s=st.floats(-1e6, 1e6), synchronised=st.booleans())
def test_stamps_never_go_back_except_at_a_step(
    moves: list[tuple[str, float, float]], ahead_s: float, synchronised: bool
) -> None:
    clock = ManualClock(NOW_S)
    clock.is_synchronised = synchronised
    stamper = Stamper(clock, round((NOW_S + ahead_s) * 1000))
    stamped = [Reading(stamper.first_ms, "", 0)]
    for move, seconds, by_s in moves:
        clock.move_s(seconds)
        if move == "step":
            clock.step_s(by_s)
        elif move == "slew":
            clock.step_s(by_s / 9000 * STEP_S * 0.9)
        elif move == "pass":
            stamper.passed(stamper.now_ms())
        step = stamper.step()
        if step is not None:
            assert abs(step.value) >= STEP_S
            stamped.append(step)
        if move in {"edge", "late"}:
            age_s = min(seconds, 4.0) if move == "late" else 0.0
            stamped.append(stamper.reading(Edge(clock.monotonic_s() - age_s, "hall", 1.0)))
        assert stamper.now_ms() >= stamped[-1].at_ms
    for one, nxt in pairwise(stamped):
        assert nxt.at_ms >= one.at_ms or nxt.sensor == CLOCK_STEP
