"""A bed that was left at night: three quarters of an hour at most, or what is learnt; and who has got up."""

from typing import TYPE_CHECKING

import pytest

from models.home import Home
from models.kinds import Severity
from models.out_of_bed import CEILING_S, NEVER_EARLIER_S
from tests.models.nightly import BED, asleep, at, until
from tests.models.world import a_life, findings, link, morning_s, run, spec, updates

if TYPE_CHECKING:
    from models.vocabulary import Finding


def test_forty_five_minutes_out_of_bed_raise_at_that_second_from_the_first_night() -> None:
    home = asleep()
    at(home, 26, "bed", 0)
    at(home, 26.1, "lounge")
    assert findings(home.advance((morning_s(0, 26) + CEILING_S) * 1000 - 1)) == []
    (finding,) = until(home, 27, BED)
    assert (finding.since_s, finding.opened_s) == (morning_s(0, 26), morning_s(0, 26) + CEILING_S)
    assert finding.severity is Severity.ATTENTION
    assert "lounge" in finding.evidence.observed
    (update,) = updates(at(home, 27.5, "bed", 1))
    assert update.observed.startswith("Back in bed at 03:30")


def test_being_back_in_time_keeps_it_quiet() -> None:
    home = asleep()
    at(home, 26, "bed", 0)
    at(home, 26.7, "bed", 1)
    assert until(home, 29, BED) == []


def test_getting_up_for_the_day_is_not_being_out_of_bed() -> None:
    home = asleep()
    at(home, 29.5, "bed", 0)  # 05:30; at 06:15 it is not night any more
    assert until(home, 33, BED) == []


def test_an_alert_of_the_night_ends_with_the_day() -> None:
    home = asleep()
    at(home, 28, "bed", 0)
    assert len(until(home, 30, BED)) == 1
    said = [word for minute in range(4) for word in at(home, 31.5 + minute / 10, "lounge")]
    assert [update.observed[:20] for update in updates(said)] == ["Up and about at 07:4"]


def test_a_bed_left_by_day_is_nothing() -> None:
    home = asleep()
    at(home, 34, "bed", 0)
    assert until(home, 44, BED) == []


def test_what_is_learnt_of_short_times_out_of_bed_is_earlier_but_never_under_half_an_hour() -> None:
    home = asleep([BED])
    for night in range(30):
        at(home, 24 * night + 26, "bed", 0)
        at(home, 24 * night + 26 + (2 + night % 3) / 60, "bed", 1)
    left_s = morning_s(0, 24 * 30 + 26)
    at(home, 24 * 30 + 26, "bed", 0)
    (finding,) = until(home, 24 * 30 + 28, BED)
    assert finding.opened_s - left_s == NEVER_EARLIER_S
    assert "Nine times in ten" in finding.evidence.usual
    assert "Forty-five" not in finding.evidence.because


@pytest.mark.parametrize("seed", [1, 2])
def test_getting_up_for_good_is_no_night_trip_however_short_the_trips_were(seed: int) -> None:
    """Two months of ordinary life: some forty trips of nine minutes, and up for good between seven and half past."""
    assert findings(run(Home(spec()), a_life(56, seed=seed)), BED) == []


def test_in_the_hour_before_they_ordinarily_rise_only_the_fixed_limit_counts() -> None:
    life = [row for row in a_life(45) if row.at_ms < morning_s(44, 23) * 1000]
    for hours, limit_s in ((27.0, NEVER_EARLIER_S), (30.0, CEILING_S)):  # up between seven and half past
        home = Home(spec(alerts=frozenset({BED})))
        run(home, life)
        at(home, 44 * 24 + hours, "bed", 0)
        (finding,) = until(home, 44 * 24 + hours + 1, BED)
        assert finding.opened_s - morning_s(44, hours) == limit_s


def test_who_leaves_the_bed_long_before_they_are_about_has_got_up() -> None:
    """Washing and dressing unseen: the bed is left at half past five, nobody is seen before half past seven."""
    home = asleep([BED])
    alerts: list[Finding] = []
    for day in range(1, 40):
        alerts += findings(at(home, 24 * day + 5.5, "bed", 0))
        for minute in range(20):
            alerts += findings(at(home, 24 * day + 7.5 + minute / 30, "lounge"))
        alerts += findings(at(home, 24 * day + 22, "bed", 1))
    assert [one for one in alerts if one.opened_s > morning_s(20, 0)] == []
    at(home, 24 * 40 + 4, "bed", 0)
    assert len(until(home, 24 * 40 + 6, BED)) == 1


def test_a_bed_that_is_empty_for_a_moment_was_not_left() -> None:
    home = asleep([BED])
    for night in range(30):
        at(home, 24 * night + 25, "bed", 0)
        at(home, 24 * night + 25 + 35 / 60, "bed", 1)
        for turn in range(20):
            at(home, 24 * night + 27 + turn / 60, "bed", 0)
            at(home, 24 * night + 27 + turn / 60 + 2 / 3600, "bed", 1)
    left_s = morning_s(0, 24 * 30 + 25)
    at(home, 24 * 30 + 25, "bed", 0)
    (finding,) = until(home, 24 * 30 + 28, BED)
    assert finding.opened_s - left_s == CEILING_S
    assert "30 times" in finding.evidence.usual


def test_a_blind_night_says_nothing_of_the_bed() -> None:
    home = asleep()
    at(home, 26, "bed", 0)
    home.step(link(morning_s(0, 26.1) * 1000, up=False))
    home.step(link(morning_s(0, 26.5) * 1000, up=True))
    assert until(home, 33, BED) == []
