"""A late start: not seen up when this person ordinarily is."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from models.home import Home
from models.kinds import AlertKind, SensorKind, Severity
from models.localtime import DAY_S, HOUR_S, MINUTE_S, LocalTime
from models.vocabulary import Change, Finding, Reading, Said, Sensor, Summary
from models.wording import FORBIDDEN
from tests.models.world import (
    SENSORS,
    START_S,
    a_life,
    clock_step,
    copied,
    findings,
    link,
    morning_s,
    run,
    spec,
    trained,
    updates,
)

LATE = AlertKind.LATE_START
ONLY = frozenset({LATE})
FIRST_EVENING_S = morning_s(0, 22)


def _home(days: int = 0) -> Home:
    """A home in which this kind alone is told, after `days` of an ordinary life; somebody is in bed."""
    home = Home(spec(alerts=ONLY))
    run(home, a_life(days) if days else _evening(0))
    return home


def _evening(day: int) -> list[Reading]:
    at_ms = morning_s(day, 21) * 1000
    about = [Reading(at_ms + minute * 60_000, "lounge", 1) for minute in range(0, 30, 3)]
    return [Reading(at_ms - 1000, "bed", 0), *about, Reading(at_ms + 3_600_000, "bed", 1)]


def _up(day: int, hours: float) -> list[Reading]:
    at_ms = morning_s(day, hours) * 1000
    rooms = ("hall", "lounge", "hall", "lounge")
    return [Reading(at_ms + 240_000 * index, room, 1) for index, room in enumerate(rooms)]


def _raised(home: Home, day: int, hours: float) -> list[Finding]:
    return findings(home.advance(morning_s(day, hours) * 1000), LATE)


def test_not_up_by_half_past_eleven_raises_at_that_second_from_the_first_day() -> None:
    home = _home()
    assert _raised(home, 1, 11.5 - 1e-3) == []
    (finding,) = _raised(home, 1, 12)
    assert finding.opened_s == morning_s(1, 11.5)
    assert finding.since_s == morning_s(0, 22)
    assert finding.severity is Severity.ATTENTION
    assert finding.evidence.because == "Not being seen up by 11:30 always raises this."
    assert "22:00" in finding.evidence.observed


def test_getting_up_ends_it_and_says_when() -> None:
    home = _home()
    home.advance(morning_s(1, 12) * 1000)
    (update,) = updates(run(home, _up(1, 12.5)))
    assert update.change is Change.RESOLVED
    assert update.observed.startswith("Up at 12:30 (")


def test_what_is_learnt_is_earlier_than_the_fixed_limit() -> None:
    home = _home(20)
    (finding,) = _raised(home, 20, 13)
    assert morning_s(20, 8) < finding.opened_s < morning_s(20, 10)
    assert "nine days in ten" in finding.evidence.usual
    assert "20 mornings" in finding.evidence.usual or "19 mornings" in finding.evidence.usual
    assert "11:30" not in finding.evidence.because


def test_three_hours_late_is_noticed_and_an_ordinary_morning_is_not() -> None:
    home = _home(20)
    assert findings(run(home, _up(20, 7.6)), LATE) == []
    assert _raised(home, 20, 23) == []
    late = _home(20)
    assert _raised(late, 20, 10.5) != []


def _noons(days: int, up: float = 12.5) -> tuple[Home, list[Said]]:
    """Who gets up at noon every day, and what was said of it."""
    home = Home(spec(alerts=ONLY))
    said = [word for day in range(days) for word in run(home, [*_up(day, up), *_evening(day)])]
    return home, said


def test_who_gets_up_at_noon_is_asked_after_at_the_fixed_limit_once_a_week_and_listed_otherwise() -> None:
    _, said = _noons(30)
    opened = [one.opened_s for one in findings(said, LATE)]
    assert all(at_s in {morning_s(day, 11.5) for day in range(30)} for at_s in opened)
    known = [at_s for at_s in opened if at_s > morning_s(8, 0)]
    assert [later - sooner for sooner, later in pairwise(known)] == [7 * DAY_S] * (len(known) - 1)
    assert len(known) == 3
    lines = [line for word in said if isinstance(word, Summary) for line in word.lines]
    assert any(line.startswith("Held back") and "late start" in line for line in lines)


def test_who_gets_up_at_noon_and_does_not_today_is_missed_at_their_own_limit() -> None:
    home, said = _noons(27)
    last_s = findings(said, LATE)[-1].opened_s
    assert morning_s(27, 11.5) - last_s < 7 * DAY_S
    (finding,) = _raised(home, 27, 22)
    assert morning_s(27, 12.5) < finding.opened_s < morning_s(27, 15)
    assert "this person is expected to be up by" in finding.evidence.because


def test_a_new_normal_of_late_mornings_is_only_listed_but_for_ones_own_limit() -> None:
    home, _ = _noons(20)
    run(home, [Reading(home.now_ms, "@new-normal/r1/late_start", 1)])
    said = [word for day in range(20, 40) for word in run(home, [*_up(day, 12.5), *_evening(day)])]
    assert findings(said, LATE) == []
    assert _raised(home, 40, 22) != []


def test_who_is_up_early_again_is_asked_after_at_the_fixed_limit() -> None:
    home, _ = _noons(20)
    run(home, [Reading(home.now_ms, "@new-normal/r1/late_start", 1)])
    for day in range(20, 60):
        run(home, [*_up(day, 11), *_evening(day)])
    assert [one.opened_s for one in _raised(home, 60, 12)] == [morning_s(60, 11.5)]


def test_a_smaller_budget_waits_longer() -> None:
    few, many = (Home(replace(spec(alerts=ONLY), attention_budget_per_week=budget)) for budget in (0.25, 2.0))
    for home in (few, many):
        run(home, a_life(20))
    (later,), (sooner,) = (_raised(home, 20, 13) for home in (few, many))
    assert later.opened_s > sooner.opened_s + 10 * MINUTE_S


def test_mornings_that_are_not_to_teach_are_judged_and_not_learnt() -> None:
    home = _home(20)
    mornings = home._streams[0].rest.mornings  # what teaches is told from inside
    before = mornings.up.state()
    run(home, [Reading(home.now_ms, "@hospital/r1", 1), Reading(home.now_ms, "@hospital/r1", 0)])
    run(home, [*_evening(20), *_up(21, 10.8)])
    assert mornings.up.state() == before


def test_nobody_is_rung_up_before_half_past_seven() -> None:
    home = Home(spec(alerts=ONLY))
    for day in range(30):
        early_ms = morning_s(day, 5) * 1000
        run(home, [Reading(early_ms + minute * 60_000, "hall", 1) for minute in range(0, 28, 3)])
        run(home, _evening(day))
    assert [one.opened_s for one in _raised(home, 30, 12)] == [morning_s(30, 7.5)]


def test_a_visit_to_the_bathroom_or_the_kitchen_at_night_is_not_getting_up() -> None:
    home = _home()
    for hours in (4.5, 5.5):
        at_ms = morning_s(1, hours) * 1000
        names = ("bath-motion", "hall", "lounge", "hall")
        run(home, [Reading(at_ms + 60_000 * minute, name, 1) for minute, name in enumerate(names)])
    assert len(_raised(home, 1, 12)) == 1


def test_washing_and_dressing_is() -> None:
    home = _home()
    at_ms = morning_s(1, 8) * 1000
    run(home, [Reading(at_ms + 300_000 * visit, "bath-motion", 1) for visit in range(6)])
    assert _raised(home, 1, 23) == []


def test_turning_over_in_bed_is_not() -> None:
    home = _home()
    at_ms = morning_s(1, 8) * 1000
    run(home, [Reading(at_ms + 60_000 * turn, "bed", turn % 2) for turn in range(20)])
    assert len(_raised(home, 1, 12)) == 1


def test_a_learnt_limit_waits_for_who_is_stirring_but_the_fixed_one_does_not() -> None:
    home = _home(20)
    (limit,) = _raised(copied(home), 20, 13)
    stirs_s = limit.opened_s - 4 * MINUTE_S
    home.step(Reading(stirs_s * 1000, "bath-motion", 1))
    assert [one.opened_s for one in _raised(home, 20, 13)] == [stirs_s + 30 * MINUTE_S]
    fixed = _home()
    fixed.step(Reading(morning_s(1, 11.4) * 1000, "bath-motion", 1))
    assert [one.opened_s for one in _raised(fixed, 1, 13)] == [morning_s(1, 11.5)]


def test_who_went_out_and_did_not_come_back_is_not_missed_in_bed() -> None:
    home = _home()
    home.step(Reading(morning_s(1, 6) * 1000, "front-door", 1))
    assert _raised(home, 1, 23) == []


def test_who_went_out_and_came_back_is() -> None:
    home = _home()
    home.step(Reading(morning_s(0, 23) * 1000, "front-door", 1))
    home.step(Reading(morning_s(0, 23.5) * 1000, "hall", 1))
    assert len(_raised(home, 1, 12)) == 1


def test_who_was_not_seen_the_evening_before_is_not_known_to_be_at_home() -> None:
    home = Home(spec(alerts=ONLY))
    run(home, _up(0, 14))
    assert _raised(home, 1, 23) == []


def test_two_mornings_in_bed_are_one_alert() -> None:
    home = _home()
    said = home.advance(morning_s(1, 20) * 1000)
    home.step(Reading(morning_s(1, 23) * 1000, "bath-motion", 1))
    said += home.advance(morning_s(2, 20) * 1000)
    assert len(findings(said, LATE)) == 1
    assert updates(said) == []
    assert len(updates(run(home, _up(2, 20.5)))) == 1


def test_a_home_whose_silence_already_alerts_does_not_say_it_twice() -> None:
    both = Home(spec(alerts=frozenset({LATE, AlertKind.INACTIVITY})))
    run(both, a_life(20)[:-3])
    said = both.advance(morning_s(20, 20) * 1000)
    silence = findings(said, AlertKind.INACTIVITY)
    late = findings(said, LATE)
    assert len(silence) == 1
    assert late == [] or late[0].opened_s < silence[0].opened_s


def _blind_home() -> Home:
    return _home()


def test_a_blind_night_raises_nothing() -> None:
    home = _blind_home()
    said: list[Said] = home.step(link(morning_s(0, 23) * 1000, up=False))
    said += home.step(link(morning_s(1, 9) * 1000, up=True))
    said += home.advance(morning_s(1, 23) * 1000)
    assert findings(said, LATE) == []


def test_nor_does_a_home_that_is_still_blind_at_the_limit() -> None:
    home = _blind_home()
    home.step(link(morning_s(1, 7) * 1000, up=False))
    assert _raised(home, 1, 23) == []


def test_a_restart_of_a_minute_hides_nothing() -> None:
    home = _blind_home()
    home.step(link(morning_s(1, 3) * 1000, up=False))
    home.step(link(morning_s(1, 3) * 1000 + 60_000, up=True))
    assert len(_raised(home, 1, 12)) == 1


def test_what_a_blind_morning_hid_is_not_learnt() -> None:
    home, seeing = _home(20), _home(20)
    home.step(link(morning_s(20, 5) * 1000, up=False))
    home.step(link(morning_s(20, 11) * 1000, up=True))
    for one in (home, seeing):
        run(one, [*_up(20, 11.2), *_evening(20)])
    known = [one.state()["streams"]["r1"]["rest"]["mornings"]["up"]["days"] for one in (home, seeing)]
    assert len(known[1]) == len(known[0]) + 1


def test_a_late_morning_teaches_little() -> None:
    home = _home(20)
    (finding,) = _raised(home, 20, 13)
    run(home, _up(20, 17))
    days = home.state()["streams"]["r1"]["rest"]["mornings"]["up"]["days"]
    learnt_s = morning_s(20, 4) + days[-1][0]
    assert learnt_s == finding.opened_s + HOUR_S


@pytest.mark.parametrize("owner", [None, "r1"])
def test_two_residents_who_share_rooms_are_not_judged(owner: str | None) -> None:
    sensors = [*(s for s in SENSORS if s.kind is SensorKind.BED), *(
        Sensor(s.id, s.kind, s.place, owner if s.id == "chair" else None)
        for s in SENSORS
        if s.kind is not SensorKind.BED
    )]  # fmt: skip
    home = Home(spec(sensors, residents=("r1", "r2"), alerts=ONLY))
    run(home, a_life(10))
    assert _raised(home, 10, 23) == []


def test_a_home_with_one_room_of_sensors_is_not_judged() -> None:
    home = Home(spec([s for s in SENSORS if s.place in ("kitchen", "bathroom")], alerts=ONLY))
    run(home, a_life(10))
    assert _raised(home, 10, 23) == []


@pytest.mark.parametrize(("month", "day"), [(3, 30), (10, 26)])
def test_the_morning_after_the_clocks_change_is_judged_by_the_clock(month: int, day: int) -> None:
    local = LocalTime("Europe/London")
    sunday_s = int(datetime(2025, month, day, 12, tzinfo=UTC).timestamp())
    start_s = local.day_start_s(local.day(sunday_s) - 10)
    home = Home(spec(alerts=ONLY))
    run(home, a_life(10, start_s=start_s))
    (finding,) = findings(home.advance(local.at_clock_s(local.day(sunday_s), 13 * HOUR_S) * 1000), LATE)
    assert "07:30" <= local.clock(finding.opened_s) <= "10:30"
    plain = _home(10)
    (usual,) = _raised(plain, 10, 13)
    assert abs(local.second_of_day(finding.opened_s) - local.second_of_day(usual.opened_s)) < 20 * MINUTE_S


def test_a_clock_that_jumps_in_the_morning_raises_nothing_that_day_and_goes_on_the_next() -> None:
    home = _home(20)
    home.advance(morning_s(20, 7.2) * 1000)
    said = home.step(clock_step(home, 5 * HOUR_S))
    said += home.advance(morning_s(20, 20) * 1000)
    assert findings(said, LATE) == []
    run(home, _evening(20))
    assert len(_raised(home, 21, 12)) == 1


def test_asked_every_minute_or_once_cut_and_restored_it_says_the_same() -> None:
    once, often = trained(), trained()
    end_ms = once.now_ms + 30 * HOUR_S * 1000
    said: list[Said] = []
    for at_ms in range(often.now_ms, end_ms + 1, 60_000):
        said += often.advance(at_ms)
        if at_ms % 3_600_000 == 0:
            often = copied(often)
    said += often.advance(end_ms)
    assert said == once.advance(end_ms)
    assert findings(said, LATE) != []
    assert often.state() == once.state()


def test_its_sentences_say_what_was_seen_and_not_what_it_is() -> None:
    home = _home(20)
    (finding,) = _raised(home, 20, 13)
    evidence = finding.evidence
    for text in (evidence.observed, evidence.usual, evidence.because, evidence.to_do, evidence.details):
        assert not FORBIDDEN.search(text)
    assert evidence.coverage
    assert evidence.cannot_tell
    assert finding.opened_s > START_S + 20 * DAY_S
