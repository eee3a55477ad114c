"""Away until a time, in hospital, and the first days back: nothing is judged or taught, and nobody is forgotten."""

import math
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.home import Home
from models.kinds import AlertKind, SensorKind, Severity
from models.localtime import DAY_S, HOUR_S, LocalTime
from models.portrait import Watching
from models.told import Telling, Told
from models.vocabulary import CLOCK_STEP, GATEWAY_LINK, Change, Period, Reading, Said, Summary
from tests.models.world import (
    SENSORS,
    a_life,
    clock_step,
    copied,
    findings,
    link,
    morning_s,
    run,
    spec,
    summaries,
    trained,
    updates,
)

_LEARNT = 21
_MINUTE = 60_000


def tell(what: Telling, value: float, at_s: int, who: str = "r1") -> Reading:
    return Reading(at_s * 1000, Told(what, who).name(), float(value))


def life(home: Home, until_s: int, *, days: int = 60) -> list[Said]:
    """The ordinary life goes on until `until_s`."""
    return run(home, [one for one in a_life(days) if home.now_ms < one.at_ms < until_s * 1000])


def gone(*, days: float, what: Telling = Telling.AWAY) -> tuple[Home, int, int]:
    """A home whose resident leaves at 10:00 for so many days; UTC seconds of leaving and of the return told."""
    home = trained(_LEARNT)
    left_s = morning_s(_LEARNT + 1)
    back_s = left_s + round(days * DAY_S)
    life(home, left_s)
    home.step(tell(what, back_s if what is Telling.AWAY else 1, left_s))
    return home, left_s, back_s


def day_lines(said: list[Said]) -> list[str]:
    days = [one for one in summaries(said) if one.period is Period.DAY]
    return [text for one in days for text in (one.headline, *one.lines)]


def moving(from_s: int, minutes: int, sensors: tuple[str, ...] = ("hall", "lounge")) -> list[Reading]:
    """Somebody who moves about for so long."""
    return [
        Reading((from_s + minute * 60) * 1000, sensors[minute // 5 % len(sensors)], 1)
        for minute in range(0, minutes + 1, 5)
    ]


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
    home = trained(_LEARNT)
    left_s, back_s = morning_s(_LEARNT + 1), morning_s(_LEARNT + 2, 21)
    life(home, left_s)
    home.step(tell(Telling.AWAY, back_s, left_s))
    (late,) = findings(home.advance((back_s + DAY_S) * 1000))
    assert late.opened_s == morning_s(_LEARNT + 3, 10)


def test_where_nobody_would_be_told_of_it_the_silence_counts_from_the_hour_of_return() -> None:
    kinds = frozenset(AlertKind) - {AlertKind.NOT_HOME}
    home = Home.restore(spec(alerts=kinds), trained(_LEARNT).state())
    left_s = morning_s(_LEARNT + 1)
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
    home = Home.restore(spec(alerts=frozenset({AlertKind.INACTIVITY})), trained(_LEARNT).state())
    life(home, morning_s(_LEARNT + 1))
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
    home = trained(_LEARNT)
    left_s = morning_s(_LEARNT + 1)
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
    home = trained(_LEARNT)
    left_s = morning_s(_LEARNT + 1)
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


# --- hospital --------------------------------------------------------------------------------------------------------


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
    home = trained(_LEARNT)
    at_s = morning_s(_LEARNT + 1)
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


# --- several residents -----------------------------------------------------------------------------------------------

_SHARED = tuple(
    one for one in (sensor for sensor in SENSORS if sensor.kind not in (SensorKind.HEART_RATE, SensorKind.STEPS))
)


def shared() -> Home:
    """Two people, and sensors that are nobody's own."""
    sensors = [type(one)(one.id, one.kind, one.place, None) for one in _SHARED]
    home = Home(spec(sensors, residents=("r1", "r2")))
    run(home, [one for one in a_life(12) if one.sensor not in ("steps", "pulse")])
    return home


def test_one_of_two_away_does_not_silence_the_household() -> None:
    home = shared()
    at_s = home.now_ms // 1000 + HOUR_S
    before = home.silence_deadlines_s()["household"]
    home.step(tell(Telling.AWAY, at_s + 5 * DAY_S, at_s))
    assert home.silence_deadlines_s()["household"] == before is not None
    said = home.advance((at_s + DAY_S) * 1000)
    assert findings(said, AlertKind.INACTIVITY) != []
    assert any("r1 is said to be away: the household is watched as ever" in text for text in day_lines(said))


def test_while_one_of_two_is_away_the_household_is_neither_judged_by_days_nor_learnt() -> None:
    home = shared()
    at_s = home.now_ms // 1000 + HOUR_S
    home.step(tell(Telling.AWAY, at_s + 5 * DAY_S, at_s))
    before = home.state()["streams"]["household"]["habits"]["tallies"]
    run(home, [one for one in a_life(15) if one.at_ms > home.now_ms and one.sensor not in ("steps", "pulse")])
    after = home.state()["streams"]["household"]
    assert after["habits"]["tallies"] == before
    days = [sign["recents"][-1]["past"] for sign in after["trends"]["signs"].values()]
    assert days
    assert {count for past in days for count, _ in past[-2:]} == {None}


def test_all_away_does() -> None:
    home = shared()
    at_s = home.now_ms // 1000 + HOUR_S
    home.step(tell(Telling.AWAY, at_s + 5 * DAY_S, at_s))
    home.step(tell(Telling.HOSPITAL, 1, at_s + 60, "r2"))
    assert set(home.silence_deadlines_s().values()) == {None}
    assert findings(home.advance((at_s + 5 * DAY_S) * 1000 - 1)) == []
    # the first of them is home again
    run(home, [Reading((at_s + 5 * DAY_S + 600) * 1000, "hall", 1)])
    assert home.silence_deadlines_s()["household"] is not None


def test_the_household_can_be_told_of_as_one() -> None:
    home = shared()
    at_s = home.now_ms // 1000 + HOUR_S
    home.step(tell(Telling.AWAY, at_s + 5 * DAY_S, at_s, "household"))
    assert set(home.silence_deadlines_s().values()) == {None}


def test_who_does_not_live_here_changes_nothing() -> None:
    home = shared()
    at_s = home.now_ms // 1000 + HOUR_S
    before = home.silence_deadlines_s()
    for what in (Telling.AWAY, Telling.HOSPITAL, Telling.ALONE):
        home.step(tell(what, at_s + DAY_S, at_s, "nobody"))
    assert home.silence_deadlines_s() == before


# --- whatever is told, in whatever order -----------------------------------------------------------------------------

_GAPS_MS = st.one_of(st.integers(0, 20 * _MINUTE), st.integers(0, 12 * 3_600_000), st.just(9 * DAY_S * 1000))
_HOW = st.one_of(
    st.sampled_from([0.0, 1.0, -1.0, math.nan, math.inf, 1e300, 0.5]), st.integers(-3 * DAY_S, 80 * DAY_S).map(float)
)
"""How far ahead of now a time is told, or a value that is none."""

_WORDS = ["@away/r1", "@hospital/r1", "@alone/r1", "@away/r2", "@away/household"]
_MOVES = st.lists(
    st.one_of(
        st.tuples(_GAPS_MS, st.sampled_from([one.id for one in SENSORS]), st.sampled_from([1.0, 0.0, 1.0])),
        st.tuples(_GAPS_MS, st.sampled_from(_WORDS), _HOW),
        st.tuples(_GAPS_MS, st.just(GATEWAY_LINK), st.sampled_from([0.0, 1.0])),
        st.tuples(st.integers(0, 3_600_000), st.just(CLOCK_STEP), st.sampled_from([-7200.0, 7200.0, -9e6, 9e6])),
    ),
    min_size=1,
    max_size=25,
)


def _inputs(home: Home, moves: list[tuple[int, str, float]]) -> list[Reading]:
    now_ms, found = home.now_ms, list[Reading]()
    for gap_ms, name, value in moves:
        now_ms += gap_ms + (round(value * 1000) if name == CLOCK_STEP else 0)
        ahead = name.startswith(("@away", "@alone")) and math.isfinite(value) and abs(value) > 1
        found.append(Reading(now_ms, name, now_ms / 1000 + value if ahead else value))
    return found


@pytest.mark.slow
@settings(deadline=timedelta(seconds=5), max_examples=20)
@given(moves=_MOVES, data=st.data())
def test_whatever_is_told_a_restored_home_goes_on(moves: list[tuple[int, str, float]], data: st.DataObject) -> None:
    home = trained()
    inputs = _inputs(home, moves)
    cut = data.draw(st.integers(0, len(inputs)))
    run(home, inputs[:cut])
    other = copied(home)
    assert other.state() == home.state()
    for reading in inputs[cut:]:
        # asked in between, and not
        between_ms = (other.now_ms + reading.at_ms) // 2 if reading.sensor != CLOCK_STEP else other.now_ms
        said = other.advance(max(between_ms, other.now_ms))
        assert said + other.step(reading) == home.step(reading)
        assert other.state() == home.state()
    end_ms = home.now_ms + 70 * DAY_S * 1000
    assert copied(home).advance(end_ms) == home.advance(end_ms)


@settings(deadline=timedelta(seconds=5))
@given(moves=_MOVES)
def test_whatever_was_told_a_silence_is_urgent_again_after_it(moves: list[tuple[int, str, float]]) -> None:
    home = trained()
    run(home, _inputs(home, moves))
    home.step(link(home.now_ms + 1000, up=True))
    at_s = home.now_ms // 1000 + 60
    for what in (Telling.AWAY, Telling.HOSPITAL):
        home.step(tell(what, 0, at_s))
    sign = [Reading((at_s + 7200 + index) * 1000, name, 1) for index, name in enumerate(["lounge", "hall", "lounge"])]
    said = run(home, sign) + home.advance((at_s + 4 * DAY_S) * 1000)
    raised = [one for one in findings(said) if one.severity is Severity.URGENT]
    trusted = "not judged" not in str(summaries(said)[-1].lines if summaries(said) else "")
    assert raised or not trusted


@pytest.mark.slow
@settings(deadline=timedelta(seconds=5), max_examples=20)
@given(moves=_MOVES)
def test_no_word_keeps_anybody_unwatched_for_longer_than_sixty_days(moves: list[tuple[int, str, float]]) -> None:
    home = trained()
    run(home, _inputs(home, moves))
    home.step(link(home.now_ms + 1000, up=True))
    at_s = home.now_ms // 1000
    home.advance((at_s + 61 * DAY_S) * 1000)
    run(home, [Reading((at_s + 61 * DAY_S + 60) * 1000, "lounge", 1)])
    assert home.portrait().streams[0].watching is not Watching.ELSEWHERE


def test_a_summary_of_an_absence_is_one_that_can_be_sent() -> None:
    from gateway.messages import drafts_of

    home, _left_s, back_s = gone(days=9)
    said = home.advance((back_s + 2 * DAY_S) * 1000)
    assert [one for one in said if isinstance(one, Summary)]
    for draft in drafts_of("h-test", said):
        assert draft.encode(1)
