"""A seat that is not left: a limit that is learnt, never below two hours, and what is no stay."""

from models.home import Home
from models.kinds import Severity
from models.localtime import DAY_S, HOUR_S
from models.stays import NEVER_EARLIER_S
from models.vocabulary import Reading
from tests.models.staying import STAY
from tests.models.world import copied, findings, morning_s, spec


def _sits(home: Home, days: int) -> None:
    for day in range(1, days + 1):
        for hour in (9, 13, 17, 20):
            at_s = morning_s(day, hour)
            home.step(Reading(at_s * 1000, "chair", 1))
            home.step(Reading((at_s + 1800 + 60 * hour) * 1000, "chair", 0))
            home.step(Reading((at_s + 1900 + 60 * hour) * 1000, "hall", 1))


def _seated(days: int = 14) -> tuple[Home, int]:
    home = Home(spec())
    home.step(Reading((morning_s(1) - 9000) * 1000, "chair", 0))
    home.step(Reading((morning_s(1) - 8999) * 1000, "sofa", 0))
    _sits(home, days)
    at_s = morning_s(days + 1)
    home.step(Reading(at_s * 1000, "chair", 1))
    return home, at_s


def test_a_seat_raises_by_what_is_learnt_and_not_below_two_hours() -> None:
    home, at_s = _seated()
    (finding,) = findings(home.advance((at_s + 6 * HOUR_S) * 1000), STAY)
    assert finding.opened_s - at_s >= NEVER_EARLIER_S["seat"]
    assert finding.severity is Severity.ATTENTION
    assert finding.evidence.observed.startswith("On the seat (lounge) since 10:00")


def test_a_seat_has_no_limit_before_enough_is_known() -> None:
    home, at_s = _seated(3)
    assert findings(home.advance((at_s + 10 * HOUR_S) * 1000), STAY) == []


def test_a_seat_that_is_stuck_while_its_person_is_elsewhere_raises_nothing() -> None:
    home, at_s = _seated()
    said = []
    for day in range(3):
        for minute in range(20, 12 * 60, 20):  # and never off again
            said += home.step(Reading((at_s + day * DAY_S + minute * 60) * 1000, "tap", minute // 20 % 2))
    assert findings(said, STAY) == []


def test_movement_around_an_occupied_seat_is_no_contradiction() -> None:
    home, at_s = _seated()
    home.step(Reading((at_s + 1000) * 1000, "lounge", 1))
    assert len(findings(home.advance((at_s + 6 * HOUR_S) * 1000), STAY)) == 1


def test_off_the_seat_for_a_moment_is_the_same_stay() -> None:
    home, at_s = _seated()
    straight = copied(home).advance((at_s + 6 * HOUR_S) * 1000)
    home.step(Reading((at_s + 3000) * 1000, "chair", 0))
    home.step(Reading((at_s + 3120) * 1000, "chair", 1))
    fidgeted = home.advance((at_s + 6 * HOUR_S) * 1000)
    assert [one.opened_s for one in findings(straight, STAY)] == [one.opened_s for one in findings(fidgeted, STAY)]


def test_off_the_seat_for_longer_is_another_stay() -> None:
    home, at_s = _seated()
    first = findings(copied(home).advance((at_s + 6 * HOUR_S) * 1000), STAY)[0].opened_s
    home.step(Reading((at_s + 3000) * 1000, "chair", 0))
    home.step(Reading((at_s + 3121) * 1000, "chair", 1))
    (finding,) = findings(home.advance((at_s + 8 * HOUR_S) * 1000), STAY)
    assert finding.opened_s > first
    assert finding.since_s == at_s + 3121


def test_a_seat_that_was_left_for_another_in_the_same_room_is_not_watched_any_more() -> None:
    home, at_s = _seated()
    for day in range(14):  # the sofa is known as well
        for hour in (11, 15, 18):
            start_s = at_s + DAY_S * day + HOUR_S * (hour - 10)
            home.step(Reading(start_s * 1000, "sofa", 1))
            home.step(Reading((start_s + 2000 + 60 * hour) * 1000, "sofa", 0))
            home.step(Reading((start_s + 2200 + 60 * hour) * 1000, "hall", 1))
    at_s = home.now_ms // 1000 + 15 * HOUR_S
    home.step(Reading(at_s * 1000, "chair", 0))
    home.step(Reading((at_s + 5) * 1000, "chair", 1))
    home.step(Reading((at_s + 1000) * 1000, "chair", 0))
    home.step(Reading((at_s + 1010) * 1000, "sofa", 1))
    found = findings(home.advance((at_s + 12 * HOUR_S) * 1000), STAY)
    assert [one.since_s for one in found] == [at_s + 1010]
