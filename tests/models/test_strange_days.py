"""Counts on days of which some are strange: what is called rare is as rare as that."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.learners.negative_binomial import tails
from models.learners.strange_days import Days
from models.learners.tally import Tally


def _poisson(rng: Random, mean: float) -> int:
    """As many events as fit into one day."""
    count, at = 0, rng.expovariate(mean)
    while at < 1:
        count, at = count + 1, at + rng.expovariate(mean)
    return count


def _life(rng: Random, mean: float, days: int) -> list[int]:
    """Over-dispersed counts; one day in sixty is spent elsewhere."""
    ordinary = [_poisson(rng, mean * rng.gammavariate(12, 1 / 12)) for _ in range(days)]
    return [0 if rng.random() < 1 / 60 else count for count in ordinary]


def _share(mean: float, one_in: int, *, of: int = 40, days: int = 90) -> float:
    """How often counts were said to be at least so rare, over how often that was said to happen."""
    said = judged = 0
    for seed in range(of):
        tally = Tally()
        for day, count in enumerate(_life(Random(seed), mean, days)):
            score = tally.score_one(count)
            if day >= 14 and score is not None:
                judged += 1
                said += score <= 1 / one_in
            tally.learn_one(count)
    return said / judged * one_in


@pytest.mark.parametrize(("mean", "one_in"), [(5.0, 50), (15.0, 100), (40.0, 50), (40.0, 100)])
def test_what_is_said_to_be_rare_is_so_rare_where_some_days_are_spent_elsewhere(mean: float, one_in: int) -> None:
    assert _share(mean, one_in) <= 1.75  # without strange days in the model it was 1.96 to 2.93 for the busier ones


def test_what_has_one_side_only_is_not_called_half_as_rare() -> None:
    """Mostly none, now and then one: there is no less than none that an ordinary day could have been."""
    days = Days(mean=0.2, over=1.1, empty=0.004)
    assert days.rarity(2) == pytest.approx(days.at_least(2))
    assert days.rarity(0) == 1.0


def test_a_count_that_is_never_seen_is_the_rarer_the_further_out_it_is() -> None:
    days = Days(mean=20.0, over=2.0, empty=0.004)
    assert days.rarity(2000) > days.rarity(5000) > 0
    assert days.rarity(0) == pytest.approx(0.004 * (0.6 + 0.4 / 21) * 2, rel=0.6)


def test_far_from_strange_days_it_is_the_negative_binomial() -> None:
    days = Days(mean=9.0, over=1.8, empty=1e-9)
    for count in (5, 9, 14):
        assert days.at_most(count) == pytest.approx(tails(9.0, 1.8, count)[0], abs=0.011)


def test_days_that_are_often_empty_make_an_empty_day_ordinary() -> None:
    tally = Tally()
    for day in range(60):
        tally.learn_one(0 if day % 7 == 0 else 20)
    assert (tally.score_one(0) or 0) > 0.05
    seldom = Tally()
    for _ in range(60):
        seldom.learn_one(20)
    assert (seldom.score_one(0) or 1) < 0.02


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0.01, 900), st.floats(1.02, 30), st.floats(0.001, 0.6), st.integers(0, 3000)
)  # as a person's habits are, and beyond
def test_it_is_a_distribution(mean: float, over: float, empty: float, count: int) -> None:
    days = Days(mean, over, empty)
    assert 0 <= days.at_most(count) <= 1.000001
    assert days.at_most(count) <= days.at_most(count + 1) + 1e-6
    assert days.at_most(count) + days.at_least(count + 1) == pytest.approx(1.0, abs=2e-9) or days.at_most(count) > 1
    assert min(days.at_most(count), days.at_least(count)) - 1e-9 <= days.rarity(count) <= 1.0
    low, high = days.central()
    assert 0 <= low <= high
    assert days.at_most(high) >= 0.95
    assert days.at_most(low) > 0.05
