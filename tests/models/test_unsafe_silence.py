"""Ways in which a collapse could once be missed: an absence, an answer or a change of the configuration in between."""

import json
from dataclasses import replace
from functools import cache

import pytest

from models.home import Home
from models.kinds import AlertKind, SensorKind
from models.localtime import DAY_S, HOUR_S
from models.told import Outcome, Telling, Told
from models.vocabulary import CLOCK_STEP, Change, HomeSpec, Period, Reading, Said, VisitWindow
from tests.models.world import a_life, copied, findings, morning_s, run, saved, spec, summaries, trained, updates

_WORN = (SensorKind.HEART_RATE, SensorKind.STEPS)
_SHARED = [replace(one, resident=None) for one in spec().sensors if one.kind not in _WORN]
_ONE, _TWO = spec(_SHARED), spec(_SHARED, residents=("r1", "r2"))
_START_S = morning_s(12)


def tell(what: Telling, value: float, at_s: int, who: str = "r1") -> Reading:
    return Reading(at_s * 1000, Told(what, who).name(), float(value))


def sign(at_s: int, sensor: str = "hall", value: float = 1) -> Reading:
    return Reading(at_s * 1000, sensor, value)


@cache
def _learnt() -> str:
    home = Home(_ONE)
    run(home, [one for one in a_life(12) if one.sensor not in ("steps", "pulse")])
    return json.dumps(home.state())


def shared(of: HomeSpec) -> Home:
    """A home whose sensors are the household's, after twelve days."""
    return Home.restore(of, json.loads(_learnt()))


def lived(home: Home, until_s: int) -> list[Said]:
    """The ordinary life goes on until `until_s`."""
    return run(home, [one for one in a_life(60) if home.now_ms < one.at_ms < until_s * 1000])


def silent(home: Home, at_s: int) -> list[Said]:
    """Two signs, and then nothing for a day and a half."""
    return run(home, [sign(at_s), sign(at_s + 60, "tap")]) + home.advance((at_s + 60 + DAY_S * 3 // 2) * 1000)


@pytest.mark.parametrize("away_h", [2, 200])
@pytest.mark.parametrize("restored_h", [1, 3, 7])
def test_who_moves_in_with_somebody_who_is_away_is_watched(away_h: int, restored_h: int) -> None:
    home = shared(_ONE)
    run(home, [sign(_START_S), tell(Telling.AWAY, _START_S + away_h * HOUR_S, _START_S + 1)])
    told = home.advance((_START_S + restored_h * HOUR_S) * 1000)
    home = Home.restore(_TWO, saved(home))
    said = silent(home, _START_S + restored_h * HOUR_S + 60)
    assert findings(said, AlertKind.INACTIVITY) != []
    if findings(told, AlertKind.NOT_HOME):
        assert (AlertKind.NOT_HOME, Change.RESOLVED) in [(one.kind, one.change) for one in updates(said)]


def test_who_stays_away_when_the_other_moves_out_is_not_missed_and_is_watched_again() -> None:
    home = shared(_TWO)
    back_s = _START_S + 30 * HOUR_S
    run(home, [sign(_START_S), tell(Telling.AWAY, back_s, _START_S + 1)])
    home = Home.restore(_ONE, saved(home))
    assert findings(home.advance(back_s * 1000)) == []
    assert copied(home).state() == home.state()
    assert findings(silent(home, back_s + 60), AlertKind.INACTIVITY) != []


def test_an_alert_of_who_is_alone_ends_when_all_are_away_and_the_next_one_is_told() -> None:
    home = shared(_TWO)
    run(home, [sign(_START_S), tell(Telling.ALONE, _START_S + 20 * HOUR_S, _START_S + 1)])
    assert [one.resident for one in findings(home.advance((_START_S + 9 * HOUR_S) * 1000))][-1] == "r1"
    left_s = _START_S + 10 * HOUR_S
    said = run(home, [tell(Telling.AWAY, left_s + HOUR_S, left_s, who) for who in ("r1", "r2")])
    assert ("r1", AlertKind.INACTIVITY) in [(one.resident, one.kind) for one in updates(said)]
    for day in (1, 3, 5):
        said = silent(home, _START_S + day * DAY_S)
        assert [one.resident for one in findings(said, AlertKind.INACTIVITY)] == ["household"], day


def test_what_ended_while_its_kind_was_off_is_told_anew() -> None:
    home = trained()
    run(home, [sign(_START_S)])
    assert findings(home.advance((_START_S + 9 * HOUR_S) * 1000), AlertKind.INACTIVITY) != []
    home = Home.restore(spec(alerts=frozenset(AlertKind) - {AlertKind.INACTIVITY}), saved(home))
    run(home, [sign(_START_S + 10 * HOUR_S)])
    home = Home.restore(spec(), saved(home))
    assert findings(silent(home, _START_S + DAY_S), AlertKind.INACTIVITY) != []


def test_an_alert_whose_end_nobody_told_stands_in_no_other_ones_way() -> None:
    home = trained()
    run(home, [sign(_START_S)])
    assert findings(home.advance((_START_S + 9 * HOUR_S) * 1000), AlertKind.INACTIVITY) != []
    others = spec([replace(one, resident="r2") for one in spec().sensors], residents=("r2",))
    other = Home.restore(others, saved(home))
    run(other, [sign(_START_S + 10 * HOUR_S)])
    home = Home.restore(spec(), saved(other))
    assert findings(silent(home, _START_S + DAY_S), AlertKind.INACTIVITY) != []


def test_no_answer_keeps_back_that_somebody_was_not_seen_to_return() -> None:
    home = trained()
    home_s = _START_S
    for day in range(12, 20):
        home_s = morning_s(day, 9)
        lived(home, home_s)
        run(home, [tell(Telling.AWAY, home_s + 2 * HOUR_S, home_s)])
        said = home.advance((home_s + 12 * HOUR_S) * 1000)
        assert findings(said, AlertKind.NOT_HOME) != [], day
        answer = Told(Telling.OUTCOME, "r1", AlertKind.NOT_HOME).name()
        run(home, [Reading(home.now_ms + 1, answer, float(Outcome.NOT_USEFUL))])


def test_who_is_home_unannounced_and_mostly_in_bed_is_watched_again() -> None:
    home = trained()
    run(home, [sign(_START_S), tell(Telling.HOSPITAL, 1, _START_S + 60)])
    at_s = _START_S + 8 * DAY_S
    for way in range(3):
        at_s += 5 * HOUR_S // 2
        around = [("bed", 0), ("hall", 1), ("bath-motion", 1), ("hall", 1), ("bed", 1)]
        run(home, [sign(at_s + step * 60, sensor, value) for step, (sensor, value) in enumerate(around)])
        assert copied(home).state() == home.state()
        assert (home.silence_deadlines_s()["r1"] is not None) == (way == 2)
    assert findings(home.advance((at_s + 2 * DAY_S) * 1000), AlertKind.INACTIVITY) != []


def test_a_bed_that_stays_taken_hides_nobody_who_leaves_at_night() -> None:
    home = trained()
    at_s = morning_s(12, 26.1)
    lived(home, at_s)
    by_hand = [(0, "hall"), (60, "tap"), (300, "toilet"), (400, "hall"), (430, "front-door")]
    said = run(home, [sign(at_s + after_s, sensor) for after_s, sensor in by_hand])
    said += home.advance((at_s + HOUR_S) * 1000)
    assert findings(said, AlertKind.NIGHT_EXIT) != []


_QUIET = spec(alerts=frozenset(AlertKind) - {AlertKind.INACTIVITY})
"""What else there is must do."""


def test_the_first_morning_home_is_watched_though_the_one_before_the_hospital_was_late() -> None:
    home = Home.restore(_QUIET, saved(trained()))
    assert findings(home.advance(_START_S * 1000), AlertKind.LATE_START) != []
    back_s = morning_s(15, 22.5)
    run(home, [tell(Telling.HOSPITAL, 1, _START_S), tell(Telling.HOSPITAL, 0, back_s)])
    run(home, [sign(back_s + 60, "bed", 0), sign(back_s + 120, "bed")])
    assert findings(home.advance(morning_s(16, 12) * 1000), AlertKind.LATE_START) != []


def test_the_fixed_limit_of_a_morning_holds_though_another_alert_stood_for_the_learnt_one() -> None:
    home = Home.restore(_QUIET, saved(trained(21)))
    lived(home, morning_s(21, 22.8))
    at_s = morning_s(22, 6.9)
    run(
        home,
        [sign(at_s, "bed", 0), sign(at_s + 60)] + [sign(at_s + minute * 60, "bath-motion") for minute in (2, 3, 4)],
    )
    said = home.advance(morning_s(22, 9.2) * 1000)
    assert [one.kind for one in findings(said)] == [AlertKind.LONG_STAY]
    said = run(home, [sign(morning_s(22, 9.25), "bed")]) + home.advance(morning_s(22, 12) * 1000)
    assert [one.opened_s for one in findings(said, AlertKind.LATE_START)] == [morning_s(22, 11.5)]


def test_who_of_two_comes_back_first_does_not_depend_on_a_restart() -> None:
    home = shared(_TWO)
    run(
        home, [tell(Telling.AWAY, _START_S + 30 * HOUR_S, _START_S, "r2"), tell(Telling.HOSPITAL, 1, _START_S + HOUR_S)]
    )
    other = copied(home)
    life = [one for one in a_life(16) if one.at_ms > home.now_ms and one.sensor not in ("steps", "pulse")]
    assert run(home, life) == run(other, life)
    assert saved(home) == saved(other)


@pytest.mark.parametrize("by_s", [float("nan"), float("inf"), float("-inf"), 1e300, -1e300])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_step_of_the_clock_that_is_none_is_left(by_s: float, is_first: bool) -> None:
    home = Home(spec()) if is_first else trained()
    assert home.step(Reading(_START_S * 1000, CLOCK_STEP, by_s)) is not None
    assert home.left_out()["unknown_sensor"] == 1
    assert findings(silent(home, _START_S + 60), AlertKind.INACTIVITY) != []


def test_a_planned_visit_that_lasts_all_day_hides_nobody_who_is_back() -> None:
    all_day = replace(spec(), visits=(VisitWindow(8 * HOUR_S, 8 * HOUR_S),))
    home = Home.restore(all_day, saved(trained()))
    run(home, [sign(_START_S), tell(Telling.HOSPITAL, 1, _START_S + 60)])
    back_s = _START_S + 3 * DAY_S
    around = [sign(back_s + step * 600, ("hall", "tap")[step % 2]) for step in range(25)]
    run(home, around[:-1])
    assert home.silence_deadlines_s() == {"r1": None}, "somebody who cleans"
    run(home, around[-1:])
    assert copied(home).state() == home.state()
    assert findings(home.advance(home.now_ms + 2 * DAY_S * 1000), AlertKind.INACTIVITY) != []


def test_what_is_seen_in_an_empty_home_is_said_though_it_is_too_little() -> None:
    home = trained()
    run(home, [sign(_START_S), tell(Telling.HOSPITAL, 1, _START_S + 60)])
    said = run(home, [sign(_START_S + 2 * HOUR_S), sign(_START_S + 2 * HOUR_S + 60, "tap")])
    said += home.advance(morning_s(15, 8) * 1000)
    lines = [line for one in summaries(said) if one.period is Period.DAY for line in one.lines]
    assert [line for line in lines if "all the same, last at 12:01 on Saturday 15 March" in line] != []
    assert len([line for line in lines if "all the same" in line]) == 1, "not day by day"


def test_an_alert_names_nobody_who_does_not_live_there_any_more() -> None:
    home = shared(_TWO)
    run(home, [sign(_START_S), tell(Telling.ALONE, _START_S + 3 * DAY_S, _START_S + 1)])
    home = Home.restore(spec(_SHARED, residents=("r2", "r3")), saved(home))
    said = home.advance((_START_S + 2 * DAY_S) * 1000)
    assert [one.resident for one in findings(said, AlertKind.INACTIVITY)] == ["household"]
