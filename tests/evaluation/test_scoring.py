"""Scores of toy data whose answers are known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.evaluation.labels import SCORES, LabelledHome, chance_at_rate, judge, recall_at_rate, signed_rarity
from gateway.evaluation.running import Alert, Heard
from gateway.evaluation.scoring import auroc, beyond, bootstrap, noticed_s, ratio
from models.kinds import AlertKind, Audience, Severity
from models.localtime import DAY_S, HOUR_S
from models.vocabulary import Change, Evidence, Finding, Update

HITS = frozenset({"inactivity", "long_stay"})


def alert(
    opened_s: int, kind: str = "inactivity", severity: str = "urgent", *, who: str = "r1", care: bool = True
) -> Alert:
    return Alert(who, kind, severity, care, opened_s)


def test_the_first_alert_of_the_right_kind_person_and_time_counts() -> None:
    alerts = [alert(100), alert(150, who="r2"), alert(160, "late_start"), alert(180, "long_stay"), alert(190)]
    assert noticed_s(alerts, "r1", HITS, 100, 200) == 80
    assert noticed_s(alerts, "r1", HITS, 100, 170) is None


def test_alerts_that_the_twin_raises_too_are_not_the_faults() -> None:
    twin = [alert(10_000), alert(50_000, "less_active", "attention")]
    found = [
        alert(10_000 + 2 * HOUR_S),  # the twin's, later
        alert(10_000 + HOUR_S),  # one more: each answers for one
        alert(50_000 + DAY_S, "less_active", "attention"),  # judged by days
        alert(60_000, "sensor_silent", care=False),
        alert(900_000),  # after the end
    ]
    assert beyond(found, twin, 0, 800_000) == [found[1]] or beyond(found, twin, 0, 800_000) == [found[0]]
    assert beyond([alert(10_000 + 3 * DAY_S)], twin, 0, 800_000) == [alert(10_000 + 3 * DAY_S)]
    assert beyond([alert(10_000 + 3 * DAY_S)], twin, 0, 800_000, (0, 3 * DAY_S)) == []


def test_what_was_open_is_open_until_it_ended() -> None:
    heard = Heard(alerts=[alert(100), alert(500)], ended=[("r1", "inactivity", 100, 200)])
    assert [heard.open_at(at_s, "r1", HITS) for at_s in (99, 100, 199, 200, 499, 5000)] == [
        False,
        True,
        True,
        False,
        False,
        True,
    ]


def test_auroc_is_the_share_of_pairs_in_order() -> None:
    assert auroc([3, 4], [1, 2]) == 1
    assert auroc([1], [1]) == 0.5
    assert auroc([1, 3], [2, 0]) == 0.75
    assert auroc([], [1]) is None


@given(st.lists(st.integers(0, 9), min_size=1), st.lists(st.integers(0, 9), min_size=1))
def test_auroc_counts_pairs(positive: list[int], negative: list[int]) -> None:
    pairs = [(p > n) + (p == n) / 2 for p in positive for n in negative]
    assert auroc(positive, negative) == pytest.approx(sum(pairs) / len(pairs))


def test_the_bootstrap_draws_people() -> None:
    people = [(0, 1)] * 10 + [(1, 1)] * 10
    low, high = bootstrap(people, ratio, 1) or (0, 0)
    assert 0.2 < low < 0.4 < 0.6 < high < 0.8
    assert bootstrap(people, ratio, 1) == (low, high)
    assert bootstrap(people[:1], ratio, 1) is None


def test_a_rarity_has_a_direction() -> None:
    assert [signed_rarity(*one) for one in ((100.0, "more"), (10.0, "less"), (5.0, "same"), (None, "unseen"))] == [
        2,
        -1,
        0,
        None,
    ]


def test_a_labelled_day_is_hit_when_a_neighbour_is() -> None:
    days = {day: {"tap": 0.1 * (day % 7), "fridge": 0.0} for day in range(100)}
    days[51] = {"tap": 4.0, "fridge": 4.0}
    home = LabelledHome("x", days, {"agitation": {50, 90}})
    judged = judge(home, "agitation", SCORES["more, mean"])
    assert judged.labelled == [4.0, pytest.approx(0.3)]
    assert judged.that_day == [pytest.approx(0.05), pytest.approx(0.3)]
    assert len(judged.plain) == 90
    assert max(judged.others) < 0.5
    assert recall_at_rate([judged]) == 0.5
    chance = chance_at_rate([judged])
    assert chance is not None
    assert chance < 0.5


def test_scores_look_one_way() -> None:
    assert {name: score({"active-minutes": 2.0, "tap": -4.0}) for name, score in SCORES.items()} == {
        "more, mean": 1.0,
        "more, greatest": 2.0,
        "less, mean": 2.0,
        "less, greatest": 4.0,
        "more minus less, mean": -1.0,
        "either, mean": 3.0,
        "all movement": 2.0,
        "resting pulse": None,
    }
    assert SCORES["all movement"]({"tap": 1.0}) is None
    assert SCORES["resting pulse"]({"tap": 1.0, "resting-pulse": 0.7}) == 0.7


def test_what_comes_back_soon_is_heard_once_more_and_open_until_it_ends_again() -> None:
    evidence = Evidence("A.", "B.", "C.", "D.", "E.", "F.")
    opened = Finding("r1", AlertKind.INACTIVITY, Severity.URGENT, Audience.CARE, 100, 50, evidence)

    def news(at_s: int, change: Change) -> Update:
        return Update("r1", AlertKind.INACTIVITY, 100, at_s, change, "F.")

    heard = Heard()
    heard.take([opened, news(150, Change.REPEATED), news(200, Change.RESOLVED), news(300, Change.REPEATED)])
    heard.take([news(350, Change.REPEATED), news(400, Change.RESOLVED)])
    assert heard.alerts == [alert(100)]
    assert heard.again == [alert(300)]  # what is repeated while it is open is not
    assert noticed_s(heard.openings, "r1", HITS, 250, 500) == 50
    assert [heard.open_at(at_s, "r1", HITS) for at_s in (199, 200, 299, 300, 399, 400)] == [
        True, False, False, True, True, False,
    ]  # fmt: skip
    for from_s, again in ((250, [alert(300)]), (320, [])):
        later = heard.goes_on(from_s * 1000)
        later.take([news(at_s, Change.REPEATED) for at_s in (300, 350) if at_s > from_s])
        assert later.openings == again
