"""The rivals run as they are meant to."""

from random import Random
from typing import Any

import pytest

from gateway.evaluation.catalogue import CHANGES
from gateway.evaluation.changes import draw
from gateway.evaluation.counts import Counts, days, hours
from gateway.evaluation.rivalry import NAMES, Contest, contest, rivals_account
from gateway.evaluation.rivals import HalfSpace, Rival, SigmaPerSlot, plain_sigma_share
from gateway.evaluation.running import run
from models.localtime import DAY_S, HOUR_S

from .street import day_s, life, recorded

ELSEWHERE = [change.name for change in CHANGES if change.inject.__module__.endswith("changes_gradual")]
"""Changes for which five weeks or the ways in this home are too few; test_changes_gradual.py has another life."""


def test_z_is_known() -> None:
    detector = SigmaPerSlot()
    for value in (8, 10, 12, 8, 10, 12, 10):
        detector.learn_one({"slot": 3.0, "tap": float(value)})
    assert detector.score_one({"slot": 3.0, "tap": 10.0}) == pytest.approx(0, abs=1e-9)
    assert detector.score_one({"slot": 3.0, "tap": 10 + 2 * (16 / 6) ** 0.5}) == pytest.approx(2)
    assert detector.score_one({"slot": 4.0, "tap": 99.0}) == 0.0


@pytest.mark.parametrize("detector", [SigmaPerSlot(), HalfSpace(240, 1)], ids=["sigma", "half-space"])
def test_a_rival_alerts_about_as_often_as_it_was_asked_and_at_what_is_plain(detector: Any) -> None:
    rng = Random(1)
    rival = Rival(detector, 0.02, from_s=500)
    opened = sum(rival.hear(Counts(n, n % 4, {"a": float(rng.randint(0, 9)), "b": 5.0})) for n in range(4000))
    assert 10 <= opened <= 200
    before = rival.copy()
    assert rival.hear(Counts(4001, 0, {"a": 300.0, "b": 300.0})) or isinstance(detector, HalfSpace)
    assert not before.hear(Counts(4001, 0, {"a": 5.0, "b": 5.0}))


def test_what_goes_on_is_one_alert_and_none_comes_early() -> None:
    rival = Rival(SigmaPerSlot(), 0.01, from_s=60)
    rng = Random(2)

    def loud(n: int) -> float:
        return 100.0 if n in (50, 80, 81, 82) else float(rng.randint(0, 9))

    opened = [n for n in range(100) if rival.hear(Counts(n, 0, {"a": loud(n)}))]
    assert 50 not in opened
    assert 80 in opened
    assert not {81, 82} & set(opened)


def test_plain_two_sigma_alerts_at_about_five_percent_of_bell_shaped_counts() -> None:
    rng = Random(3)
    counts = [Counts(n, 0, {"a": rng.gauss(100, 10)}) for n in range(3000)]
    alerts, of = plain_sigma_share(counts, 100)
    assert of == 2900
    assert alerts / of == pytest.approx(0.0455, abs=0.015)


def test_counts_are_of_whole_hours_and_of_days_from_seven_to_seven() -> None:
    rows = recorded().readings
    two = hours(life(), rows, day_s(3, 9), day_s(3, 11))
    assert [counts.slot for counts in two] == [9, 10]
    (one,) = days(life(), rows, day_s(3, 7), day_s(4, 7))
    assert one.end_s == day_s(4, 7)
    signs = sum(1 for row in rows if day_s(3, 7) * 1000 <= row.at_ms < day_s(4, 7) * 1000 and row.value > 0)
    assert sum(one.features.values()) == signs


def test_all_contend_on_the_same_copies() -> None:
    twin = run(recorded(), snapshots=True)
    one: Contest = contest(life(), twin)
    assert len(one.twin[True]) == pytest.approx(36 * 24, abs=24)
    assert one.days == pytest.approx((recorded().end_s - one.from_s) / DAY_S, abs=0.01)
    drawn = {change.name: draw(life(), change, 1, 2).injected for change in CHANGES}
    for change in CHANGES:
        for injected in drawn[change.name]:
            one.add(life(), change, injected)
    assert [name for name, copies in drawn.items() if not copies] == ELSEWHERE
    account = rivals_account([one], [], 1)
    assert account["hours"]["asked_per_person_day"] > 0
    lines = {line["change"]: line for line in account["changes"]}
    for change in CHANGES:
        for rival in NAMES:
            recall = lines[change.name][rival]["recall"]
            assert recall is None if change.name in ELSEWHERE else 0 <= recall <= 1
            delay_h = lines[change.name][rival]["delay_mean_h"]
            assert delay_h is None or 0 < delay_h <= 15 * DAY_S / HOUR_S
