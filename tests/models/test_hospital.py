"""In hospital, and the first days back: compared with how it was before the stay, which they do not change."""

from models.kinds import AlertKind
from models.localtime import DAY_S, HOUR_S, LocalTime
from models.told import Telling
from models.vocabulary import Reading
from tests.models.absences import LEARNT, day_lines, gone, life, tell
from tests.models.world import (
    a_life,
    findings,
    morning_s,
    run,
    summaries,
    trained,
)


def test_the_first_days_home_are_compared_with_those_before_the_stay_and_do_not_teach() -> None:
    home, left_s, _ = gone(days=10, what=Telling.HOSPITAL)
    before = home.state()["streams"]["r1"]
    back_s = left_s + 10 * DAY_S + 5 * HOUR_S
    said = home.advance(back_s * 1000)
    assert findings(said) == []
    assert any("In hospital since 10:00 on Tuesday 25 March" in text for text in day_lines(said))
    home.step(tell(Telling.HOSPITAL, 0, back_s))
    said = life(home, back_s + 13 * DAY_S)
    lines = day_lines(said)
    assert sum("compared with the 22 days before the hospital stay" in text for text in lines) == 13
    after = home.state()["streams"]["r1"]
    assert after["habits"]["tallies"] == before["habits"]["tallies"]
    assert after["inactivity"]["learner"] == before["inactivity"]["learner"]
    assert after["stays"]["learners"] == before["stays"]["learners"]
    assert after["rest"]["mornings"]["up"] == before["rest"]["mornings"]["up"]
    said = life(home, back_s + 18 * DAY_S)
    assert not any("hospital" in text for text in day_lines(said)[6:])
    assert home.state()["streams"]["r1"]["habits"]["tallies"] != before["habits"]["tallies"]


def test_a_change_is_seen_in_the_first_days_home() -> None:
    home, left_s, _ = gone(days=10, what=Telling.HOSPITAL)
    back_s = left_s + 10 * DAY_S + 5 * HOUR_S
    home.step(tell(Telling.HOSPITAL, 0, back_s))
    local = LocalTime("Europe/London")
    nights = [
        Reading((local.at_clock_s(local.day(back_s) + night, 0) + DAY_S + half_hour * 1800 + step) * 1000, name, value)
        for night in range(3)
        for half_hour in range(2, 10)
        for step, name, value in ((0, "bed", 0), (120, "bath-motion", 1), (400, "bed", 1))
    ]
    ordinary = [one for one in a_life(60) if back_s * 1000 < one.at_ms < (back_s + 5 * DAY_S) * 1000]
    said = run(home, sorted([*ordinary, *nights]))
    told = [one for one in findings(said) if one.kind in (AlertKind.MORE_BATHROOM, AlertKind.SEVERAL_CHANGES)]
    assert told
    assert told[0].opened_s < back_s + 3 * DAY_S
    assert "compared with the 22 days before the hospital stay" in told[0].evidence.coverage


def test_home_from_hospital_without_a_stay_that_was_told_is_set_apart_all_the_same() -> None:
    home = trained(LEARNT)
    at_s = morning_s(LEARNT + 1)
    life(home, at_s)
    before = home.state()["streams"]["r1"]["habits"]["tallies"]
    home.step(tell(Telling.HOSPITAL, 0, at_s))
    assert home.silence_deadlines_s()["r1"] is not None
    life(home, at_s + 3 * DAY_S)
    home.step(tell(Telling.HOSPITAL, 0, at_s + 3 * DAY_S))
    said = life(home, at_s + 13 * DAY_S)
    assert all("compared with" in one.lines[0] for one in summaries(said))
    assert home.state()["streams"]["r1"]["habits"]["tallies"] == before
    life(home, at_s + 16 * DAY_S)
    assert home.state()["streams"]["r1"]["habits"]["tallies"] != before


def test_who_goes_back_in_is_still_compared_with_how_it_was_before_the_first_stay() -> None:
    home, left_s, _ = gone(days=5, what=Telling.HOSPITAL)
    home.step(tell(Telling.HOSPITAL, 0, left_s + 5 * DAY_S))
    life(home, left_s + 8 * DAY_S)
    home.step(tell(Telling.HOSPITAL, 1, left_s + 8 * DAY_S))
    home.step(tell(Telling.HOSPITAL, 0, left_s + 12 * DAY_S))
    said = life(home, left_s + 25 * DAY_S)
    assert sum("compared with the 22 days before" in text for text in day_lines(said)) == 13


def test_more_than_a_week_away_is_started_gently() -> None:
    home, _left_s, back_s = gone(days=9)
    before = home.state()["streams"]["r1"]["habits"]["tallies"]
    home.advance(back_s * 1000)
    said = life(home, back_s + 2 * DAY_S)
    assert home.state()["streams"]["r1"]["habits"]["tallies"] == before
    assert any("first days after more than a week away" in text for text in day_lines(said))
    life(home, back_s + 5 * DAY_S)
    assert home.state()["streams"]["r1"]["habits"]["tallies"] != before
