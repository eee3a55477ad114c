"""When something happens on an ordinary day."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.learners.timing import NEEDED, REMEMBERED, Timing
from models.localtime import DAY_S, HOUR_S, MINUTE_S

_FOUR_S = 4 * HOUR_S


def _since_four(second_of_day: int) -> int:
    return (second_of_day - _FOUR_S) % DAY_S


def _learnt(times_s: list[int]) -> Timing:
    timing = Timing()
    for second in times_s:
        timing.learn_one(second)
    return timing


def _mornings(count: int, *, seed: int = 1, spread_min: float = 25) -> list[int]:
    rng = Random(seed)
    return [round(7 * HOUR_S + rng.gauss(0, spread_min) * MINUTE_S) for _ in range(count)]


def test_nothing_is_said_of_fewer_than_five_days() -> None:
    timing = _learnt(_mornings(NEEDED - 1))
    assert timing.score_one(7 * HOUR_S) is None
    assert timing.limit_s(0.03) is None
    assert timing.usual() is None
    timing.learn_one(7 * HOUR_S)
    assert timing.score_one(7 * HOUR_S) is not None
    assert timing.limit_s(0.03) is not None


def test_times_after_midnight_are_late_and_not_early() -> None:
    timing = _learnt([23 * HOUR_S, 23 * HOUR_S + 1800, 600, 1800, 23 * HOUR_S + 900] * 4)
    usual = timing.usual()
    assert usual is not None
    assert usual.low_s == 23 * HOUR_S
    assert 1800 < usual.high_s < 4 * HOUR_S
    early, late = timing.score_one(22 * HOUR_S), timing.score_one(2 * HOUR_S)
    assert early is not None
    assert late is not None
    assert late < 0.1 < early


@given(
    times_s=st.lists(st.integers(0, DAY_S - 1), min_size=NEEDED, max_size=120),
    one=st.integers(0, DAY_S - 1),
    other=st.integers(0, DAY_S - 1),
)
def test_later_is_never_more_likely(times_s: list[int], one: int, other: int) -> None:
    timing = _learnt(times_s)
    early, late = sorted((one, other), key=_since_four)
    likely, unlikely = timing.score_one(early), timing.score_one(late)
    assert likely is not None
    assert unlikely is not None
    assert 0 < unlikely <= likely <= 1 + 1e-9


@given(times_s=st.lists(st.integers(5 * HOUR_S, 11 * HOUR_S), min_size=NEEDED, max_size=90))
def test_the_limit_is_the_time_whose_score_is_the_chance(times_s: list[int]) -> None:
    timing = _learnt(times_s)
    for chance in (0.2, 0.05, 0.03):
        limit_s = timing.limit_s(chance)
        if limit_s is not None:
            assert timing.score_one(limit_s) == pytest.approx(chance, rel=0.01)


def test_a_rarer_chance_is_a_later_limit() -> None:
    timing = _learnt(_mornings(30))
    limits = [timing.limit_s(chance) for chance in (0.2, 0.1, 0.04, 0.01)]
    assert limits == sorted(limit for limit in limits if limit is not None)
    assert len(set(limits)) == 4


def test_about_as_many_days_are_late_as_was_asked_for() -> None:
    late = days = 0
    for seed in range(20):
        rng, timing = Random(seed), Timing()
        for day in range(120):
            second = round(7 * HOUR_S + (rng.gauss(0, 20) + (rng.random() < 0.15) * rng.expovariate(1 / 60)) * MINUTE_S)
            limit_s = timing.limit_s(0.04)
            if day >= 14 and limit_s is not None:
                days += 1
                late += second > limit_s
            timing.learn_one(second)
    assert 0.04 / 1.5 <= late / days <= 0.04 * 1.5


def test_one_day_in_bed_hardly_moves_the_limit() -> None:
    times_s = _mornings(40)
    calm, once = _learnt(times_s), _learnt([*times_s[:20], 17 * HOUR_S, *times_s[20:]])
    before_s, after_s = calm.limit_s(0.04), once.limit_s(0.04)
    assert before_s is not None
    assert after_s is not None
    assert abs(after_s - before_s) < 15 * MINUTE_S


def test_few_days_make_for_a_later_limit_than_many() -> None:
    times_s = [7 * HOUR_S, 7 * HOUR_S + 600, 7 * HOUR_S + 1200, 7 * HOUR_S + 1800, 7 * HOUR_S + 2400]
    few, many = _learnt(times_s).limit_s(0.04), _learnt(times_s * 12).limit_s(0.04)
    assert few is not None
    assert many is not None
    assert few > many + 20 * MINUTE_S


def test_weekends_are_told_apart_after_four_weeks() -> None:
    timing = Timing()
    for day in range(27):
        timing.learn_one((9 if day % 7 >= 5 else 7) * HOUR_S + day % 5 * 300, weekend=day % 7 >= 5)
    assert timing.limit_s(0.04) == timing.limit_s(0.04, weekend=True)
    for day in range(27, 56):
        timing.learn_one((9 if day % 7 >= 5 else 7) * HOUR_S + day % 5 * 300, weekend=day % 7 >= 5)
    weekday_s, weekend_s = timing.limit_s(0.04), timing.limit_s(0.04, weekend=True)
    assert weekday_s is not None
    assert weekend_s is not None
    assert weekend_s - weekday_s > 45 * MINUTE_S
    tuesday, sunday = timing.score_one(9 * HOUR_S), timing.score_one(9 * HOUR_S, weekend=True)
    assert tuesday is not None
    assert sunday is not None
    assert tuesday < sunday


def test_it_follows_a_new_habit() -> None:
    timing = _learnt([7 * HOUR_S + minute * 60 for minute in range(40)])
    before_s = timing.limit_s(0.04)
    for minute in range(60):
        timing.learn_one(5 * HOUR_S + minute * 60)
    after_s = timing.limit_s(0.04)
    assert before_s is not None
    assert after_s is not None
    assert after_s < before_s


@given(
    days=st.lists(st.tuples(st.integers(0, DAY_S - 1), st.booleans()), max_size=150), second=st.integers(0, DAY_S - 1)
)
def test_its_state_is_bounded_and_makes_the_same_learner(days: list[tuple[int, bool]], second: int) -> None:
    timing = Timing(half_life_days=14)
    for at_s, weekend in days:
        timing.learn_one(at_s, weekend=weekend)
    state = timing.state()
    assert timing.known <= REMEMBERED
    other = Timing.from_state(state)
    for one in (timing, other):
        one.learn_one(second)
    assert other.state() == timing.state()
    assert other.score_one(second, weekend=True) == timing.score_one(second, weekend=True)
    assert len(state["days"]) == min(len(days), REMEMBERED)  # not the learner's own list
