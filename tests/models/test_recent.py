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


BUSY: list[int | None] = [240, 260, 220, 250, 275, 230, 245, 255, 235, 265] * 3


def _less() -> Recent:
    return Recent(days=7, direction=-1, by_share=True)


def test_a_week_of_a_third_less_every_day_is_rare_and_two_days_out_are_not() -> None:
    lasting = _fed(_less(), [*BUSY, 165, 170, 150, 160, 175, 155]).score_one(160)
    outings = _fed(_less(), [*BUSY, 240, 60, 250, 235, 70, 245]).score_one(255)
    assert lasting is not None
    assert outings is not None
    assert lasting < 0.02
    assert outings > 0.1


def test_less_and_more_by_share_are_each_others_opposite() -> None:
    less = _fed(_less(), BUSY).score_one(200)
    more = _fed(Recent(days=7, direction=1, by_share=True), BUSY).score_one(200)
    assert less is not None
    assert more is not None
    assert abs(less + more - 1) < 1e-9


def test_a_past_without_any_spread_is_no_certainty() -> None:
    score = _fed(_less(), [240] * 30).score_one(239)
    assert score is not None
    assert score > 0.4
    assert _fed(_less(), [0] * 30).score_one(0) is not None


def test_what_is_set_apart_is_judged_at_once_and_is_no_part_of_what_is_usual() -> None:
    recent = _fed(_less(), BUSY)
    before = recent.usual()
    first = recent.score_one(120, apart=True)
    for _ in range(20):
        recent.learn_one(120, weight=0.0)
    last = recent.score_one(120, apart=True)
    assert first is not None
    assert last is not None
    assert last < first < 0.2
    after = recent.usual()
    assert before is not None
    assert after is not None
    assert abs(after[0] / before[0] - 1) < 0.02


def test_days_that_were_set_apart_stay_so_when_days_teach_again() -> None:
    recent = _fed(_less(), BUSY)
    for _ in range(10):
        recent.learn_one(120, weight=0.0)
    usual = _fed(recent, [250] * 7).usual()
    assert usual is not None
    assert usual[0] > 235


def _weeks_of_less(*, doubting: bool) -> float:
    """What is usual after three weeks of a third less."""
    recent = _fed(_less(), BUSY)
    for day in range(21):
        recent.learn_one(160)
        if doubting and day >= 6:
            recent.doubt()
    usual = recent.usual()
    assert usual is not None
    return usual[0]


def test_three_weeks_of_a_change_that_is_told_are_not_yet_what_is_usual() -> None:
    assert _weeks_of_less(doubting=True) > 225 > 215 > _weeks_of_less(doubting=False)


def test_a_new_normal_forgets_what_came_before_and_waits_until_it_knows_enough() -> None:
    recent = _fed(_less(), [*BUSY, *[160] * 7])
    recent.accept(7)
    scores = []
    for _ in range(12):
        scores.append(recent.score_one(160))
        recent.learn_one(160)
    assert scores[:9] == [None] * 9
    assert scores[-1] is not None
    assert scores[-1] > 0.3


def test_a_long_time_of_seeing_nothing_ages_nothing() -> None:
    recent = _fed(_less(), BUSY)
    away = _fed(_fed(_less(), BUSY), [None] * 60)
    assert len(away.state()["past"]) == len(BUSY) + 7
    back = [recent.score_one(160, apart=True), away.score_one(160, apart=True)]
    assert back[0] is not None
    assert back[1] is not None
    assert back[1] < 2 * back[0]


def test_nothing_known_is_nothing_said() -> None:
    assert _less().usual_and_last() is None
    assert _fed(_less(), BUSY[:12]).usual_and_last() is None


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
