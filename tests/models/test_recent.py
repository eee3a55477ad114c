from hypothesis import given
from hypothesis import strategies as st

from models.learners.negative_binomial import tails
from models.learners.recent import NEEDED, Recent


def _fed(recent: Recent, counts: list[int | None]) -> Recent:
    for count in counts:
        recent.learn_one(count)
    return recent


def test_nothing_is_said_before_enough_days() -> None:
    recent = Recent(days=3, direction=1)
    scores = []
    for _ in range(NEEDED + 4):
        scores.append(recent.score_one(3))
        recent.learn_one(3)
    assert scores[: NEEDED + 2] == [None] * (NEEDED + 2)
    assert scores[NEEDED + 2] is not None


def test_three_doubled_nights_are_rarer_than_one() -> None:
    history: list[int | None] = [2, 3, 2, 1, 3, 2, 2, 4, 2, 3, 1, 2, 3, 2, 2, 3]
    one = _fed(Recent(days=3, direction=1), history).score_one(5)
    three = _fed(Recent(days=3, direction=1), [*history, 5, 5]).score_one(5)
    assert one is not None
    assert three is not None
    assert three < one / 3


def test_the_days_under_judgement_are_no_part_of_their_own_past() -> None:
    history: list[int | None] = [100] * 20
    dropped = _fed(Recent(days=10, direction=-1), [*history, *[60] * 9]).score_one(60)
    assert dropped is not None
    assert dropped < 0.001


def test_direction_decides_what_is_rare() -> None:
    history: list[int | None] = [8, 10, 9, 11, 8, 9, 10, 9, 8, 11, 10, 9]
    more, less = (_fed(Recent(days=1, direction=d), history).score_one(20) for d in (1, -1))
    assert more is not None
    assert less is not None
    assert more < 0.01 < 0.9 < less


def test_unseen_days_are_no_zeros() -> None:
    history: list[int | None] = [5, 6, 5, 4, 6, 5, 5, 6, 4, 5, 5, 6]
    assert _fed(Recent(days=3, direction=-1), [*history, None, None]).score_one(5) is None
    one_missing = _fed(Recent(days=3, direction=-1), [*history, 5, None]).score_one(5)
    assert one_missing is not None
    assert one_missing > 0.2


@given(st.lists(st.one_of(st.none(), st.integers(0, 60)), min_size=0, max_size=90), st.integers(0, 80))
def test_state_round_trips_and_scores_are_probabilities(history: list[int | None], today: int) -> None:
    recent = _fed(Recent(days=3, direction=1), history)
    again = Recent.from_state(recent.state())
    score = recent.score_one(today)
    assert again.score_one(today) == score
    assert again.state() == recent.state()
    assert score is None or 0 < score <= 1


@given(st.floats(0.2, 1500), st.floats(1.02, 40), st.integers(0, 400))
def test_the_two_tails_cover_everything_and_share_the_count(mean: float, over: float, count: int) -> None:
    at_most, at_least = tails(mean, over, count)
    assert 0 <= at_most <= 1
    assert 0 < at_least <= 1
    assert at_most + at_least >= 0.999
