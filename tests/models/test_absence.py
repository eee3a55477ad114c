"""Away until a time: nothing is judged or taught, and nobody is forgotten."""

import math

import pytest

from models.home import Home
from models.kinds import AlertKind, Severity
from models.localtime import DAY_S, HOUR_S
from models.portrait import Watching
from models.told import Telling
from models.vocabulary import Change, Period, Reading
from tests.models.absences import LEARNT, day_lines, gone, life, moving, tell
from tests.models.world import (
    clock_step,
    findings,
    link,
    morning_s,
    run,
    spec,
    summaries,
    trained,
    updates,
)


def test_while_away_nothing_is_judged_and_there_is_no_deadline() -> None:
    home, _left_s, back_s = gone(days=6)
    assert home.silence_deadlines_s() == {"r1": None}
    assert home.portrait().streams[0].watching is Watching.ELSEWHERE
    said = home.advance(back_s * 1000 - 1)
    assert findings(said) == []
    days = [one for one in summaries(said) if one.period is Period.DAY]
    assert len(days) == 6
    assert all("Away since 10:00 on Tuesday 25 March until 11:00 on Monday 31 March" in one.headline for one in days)
    assert home.silence_deadlines_s() == {"r1": None}


def test_an_absence_teaches_nothing() -> None:
    home, left_s, back_s = gone(days=6)
    before = home.state()["streams"]["r1"]
    # somebody comes in each day, for a while
    for day in range(1, 6):
        run(home, moving(left_s + day * DAY_S, 20))
    home.advance(back_s * 1000 - 1)
    after = home.state()["streams"]["r1"]
    assert after["habits"]["tallies"] == before["habits"]["tallies"]
    assert after["habits"]["rhythm"]["profiles"] == before["habits"]["rhythm"]["profiles"]
    assert after["inactivity"]["learner"] == before["inactivity"]["learner"]
    assert after["rest"]["mornings"]["up"] == before["rest"]["mornings"]["up"]
    assert after["stays"]["learners"] == before["stays"]["learners"]
    assert after["health"] == before["health"]


def test_days_away_are_no_days_of_little_activity() -> None:
    home, _, back_s = gone(days=20)
    home.advance(back_s * 1000)
    said = life(home, back_s + 6 * DAY_S)
    assert findings(said, AlertKind.LESS_ACTIVE) + findings(said, AlertKind.SEVERAL_CHANGES) == []


def test_who_comes_home_as_told_is_watched_from_the_first_sign() -> None:
    home, _left_s, back_s = gone(days=3)
    home.advance(back_s * 1000)
    assert home.silence_deadlines_s() == {"r1": None}
    run(home, [Reading((back_s + HOUR_S) * 1000, "front-door", 1)])
    deadline_s = home.silence_deadlines_s()["r1"]
    assert deadline_s is not None, "who comes in by the door is at home"
    assert back_s + 2 * HOUR_S <= deadline_s <= back_s + 9 * HOUR_S
    said = home.advance((back_s + 2 * DAY_S) * 1000)
    assert [one.severity for one in findings(said, AlertKind.INACTIVITY)] == [Severity.URGENT]
    assert any("Away from 10:00 on Tuesday 25 March" in text for text in day_lines(said))


def test_who_is_expected_and_not_seen_is_told_of_after_four_waking_hours() -> None:
    home, _left_s, back_s = gone(days=3)
    said = home.advance((back_s + 3 * DAY_S) * 1000)
    (late,) = findings(said)
    assert (late.kind, late.severity, late.opened_s) == (AlertKind.NOT_HOME, Severity.ATTENTION, back_s + 4 * HOUR_S)
    assert "Expected back by 10:00" in late.evidence.observed
    assert any("Said to be back by 10:00" in text for text in day_lines(said))
    said = run(home, moving(back_s + 3 * DAY_S + HOUR_S, 0))
    assert [(one.kind, one.change) for one in updates(said)] == [(AlertKind.NOT_HOME, Change.RESOLVED)]
    assert home.silence_deadlines_s()["r1"] is not None


def test_a_return_late_in_the_evening_wakes_nobody() -> None:
    home = trained(LEARNT)
    left_s, back_s = morning_s(LEARNT + 1), morning_s(LEARNT + 2, 21)
    life(home, left_s)
    home.step(tell(Telling.AWAY, back_s, left_s))
    (late,) = findings(home.advance((back_s + DAY_S) * 1000))
    assert late.opened_s == morning_s(LEARNT + 3, 10)


def test_where_nobody_would_be_told_of_it_the_silence_counts_from_the_hour_of_return() -> None:
    kinds = frozenset(AlertKind) - {AlertKind.NOT_HOME}
    home = Home.restore(spec(alerts=kinds), trained(LEARNT).state())
    left_s = morning_s(LEARNT + 1)
    back_s = left_s + 3 * DAY_S
    life(home, left_s)
    home.step(tell(Telling.AWAY, back_s, left_s))
    assert findings(home.advance(back_s * 1000)) == []
    deadline_s = home.silence_deadlines_s()["r1"]
    assert deadline_s is not None
    raised = findings(home.advance((back_s + DAY_S) * 1000), AlertKind.INACTIVITY)
    assert [one.opened_s for one in raised] == [deadline_s]
    assert "since 10:00 when watching began again" in raised[0].evidence.observed


def test_an_alert_that_was_open_when_they_left_can_open_again() -> None:
    home = Home.restore(spec(alerts=frozenset({AlertKind.INACTIVITY})), trained(LEARNT).state())
    life(home, morning_s(LEARNT + 1))
    left_s = home.silence_deadlines_s()["r1"]
    assert left_s is not None
    assert len(findings(home.advance(left_s * 1000))) == 1
    home.step(tell(Telling.AWAY, left_s + DAY_S, left_s + 1))
    assert len(findings(home.advance((left_s + 3 * DAY_S) * 1000), AlertKind.INACTIVITY)) == 1


def test_a_later_time_puts_the_alert_off_and_ends_one_that_is_open() -> None:
    home, _left_s, back_s = gone(days=3)
    at_s = back_s + 5 * HOUR_S
    assert len(findings(home.advance(at_s * 1000))) == 1
    said = home.step(tell(Telling.AWAY, back_s + 2 * DAY_S, at_s))
    assert [(one.kind, one.change) for one in updates(said)] == [(AlertKind.NOT_HOME, Change.RESOLVED)]
    (again,) = findings(home.advance((back_s + 4 * DAY_S) * 1000))
    assert again.opened_s == back_s + 2 * DAY_S + 4 * HOUR_S


def test_who_is_back_early_is_watched_again() -> None:
    home, left_s, _back_s = gone(days=6)
    early_s = left_s + 2 * DAY_S
    run(home, moving(early_s, 25))
    assert home.silence_deadlines_s() == {"r1": None}
    said = run(home, moving(early_s + 30 * 60, 10))
    assert findings(said) == [], "that they are back is no alert"
    assert home.silence_deadlines_s()["r1"] is not None
    said = home.advance((left_s + 4 * DAY_S) * 1000)
    (silent,) = findings(said, AlertKind.INACTIVITY)
    assert "Said to be away until 11:00 on Monday 31 March; taken to be back since" in silent.evidence.coverage
    assert any("so taken to be back" in text for text in day_lines(said))


def test_who_is_back_early_is_watched_and_teaches_nothing_until_the_time_that_was_told() -> None:
    home, left_s, back_s = gone(days=6)
    run(home, moving(left_s + DAY_S, 60))
    before = home.state()["streams"]["r1"]["habits"]["tallies"]
    life(home, back_s - HOUR_S)
    assert home.state()["streams"]["r1"]["habits"]["tallies"] == before
    life(home, back_s + 2 * DAY_S)
    assert home.state()["streams"]["r1"]["habits"]["tallies"] != before


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(moving(0, 25), id="not for long"),
        pytest.param(moving(0, 90, ("hall",)), id="in one place"),
        pytest.param([Reading(one * 3660_000, ("hall", "lounge")[one % 2], 1) for one in range(6)], id="rare"),
    ],
)
def test_a_neighbour_who_waters_the_plants_is_not_taken_for_a_return(seen: list[Reading]) -> None:
    home, left_s, _ = gone(days=6)
    start_ms = (left_s + DAY_S) * 1000
    run(home, [one._replace(at_ms=start_ms + one.at_ms + index) for index, one in enumerate(seen)])
    assert home.silence_deadlines_s() == {"r1": None}


def test_telling_that_they_are_back_ends_it_at_once() -> None:
    home, left_s, _back_s = gone(days=6)
    at_s = left_s + DAY_S
    assert findings(home.step(tell(Telling.AWAY, 0, at_s))) == []
    deadline_s = home.silence_deadlines_s()["r1"]
    assert deadline_s is not None
    assert deadline_s >= at_s + HOUR_S
    # whoever brought them leaves by the door: they are at home all the same
    run(home, [Reading((at_s + 1200) * 1000, "front-door", 1)])
    said = home.advance((at_s + DAY_S) * 1000)
    assert findings(said, AlertKind.INACTIVITY) != []


def test_what_is_open_ends_when_they_are_said_to_be_in_hospital() -> None:
    home = trained(LEARNT)
    left_s = morning_s(LEARNT + 1)
    life(home, left_s)
    deadline_s = home.silence_deadlines_s()["r1"]
    assert deadline_s is not None
    assert findings(home.advance(deadline_s * 1000), AlertKind.INACTIVITY) != []
    said = home.step(tell(Telling.HOSPITAL, 1, deadline_s + 60))
    assert [(one.kind, one.change) for one in updates(said)] == [(AlertKind.INACTIVITY, Change.RESOLVED)]
    assert "Said to be in hospital now." in updates(said)[0].observed


def test_a_button_calls_from_an_empty_home_too() -> None:
    home, left_s, _ = gone(days=6)
    (pressed,) = findings(home.step(Reading((left_s + HOUR_S) * 1000, "button", 1)))
    assert (pressed.kind, pressed.severity) == (AlertKind.HELP_BUTTON, Severity.URGENT)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -5.0, 0.0, 1.0])
def test_a_time_that_is_no_time_or_past_leaves_a_person_watched(value: float) -> None:
    home = trained(LEARNT)
    left_s = morning_s(LEARNT + 1)
    life(home, left_s)
    before = home.silence_deadlines_s()
    home.step(tell(Telling.AWAY, value, left_s))
    assert home.silence_deadlines_s() == before


def test_no_absence_is_longer_than_sixty_days() -> None:
    home, left_s, _ = gone(days=4000)
    (late,) = findings(home.advance((left_s + 70 * DAY_S) * 1000))
    assert late.kind is AlertKind.NOT_HOME
    assert late.since_s == left_s + 60 * DAY_S
    assert any("and not seen since" in text for text in day_lines(home.advance((left_s + 72 * DAY_S) * 1000)))


def test_a_clock_set_back_by_years_does_not_keep_them_away() -> None:
    home, _left_s, _ = gone(days=6)
    home.step(clock_step(home, -900 * DAY_S))
    at_s = home.now_ms // 1000
    said = home.advance((at_s + 62 * DAY_S) * 1000)
    assert findings(said, AlertKind.NOT_HOME) != []


def test_a_clock_set_back_while_they_are_expected_does_not_put_the_alert_off() -> None:
    home, _, back_s = gone(days=3)
    home.advance((back_s + HOUR_S) * 1000)
    home.step(clock_step(home, -900 * DAY_S))
    at_s = home.now_ms // 1000
    (late,) = findings(home.advance((at_s + DAY_S) * 1000), AlertKind.NOT_HOME)
    assert late.opened_s <= at_s + 14 * HOUR_S


def test_who_is_said_to_be_back_while_the_gateway_is_blind_is_not_missed_at_once() -> None:
    home, left_s, _ = gone(days=6)
    at_s = left_s + 2 * DAY_S
    home.step(link(at_s * 1000, up=False))
    home.step(tell(Telling.AWAY, 0, at_s + 60))
    assert home.silence_deadlines_s() == {"r1": None}
    home.step(link((at_s + 120) * 1000, up=True))
    deadline_s = home.silence_deadlines_s()["r1"]
    assert deadline_s is not None
    assert deadline_s >= at_s + HOUR_S
