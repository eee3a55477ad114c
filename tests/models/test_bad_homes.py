"""Homes that are not as they should be: no crash, no alert that makes no sense, and what is not judged is said."""

import re
from random import Random

import pytest

from models.home import Home
from models.kinds import NOTES, AlertKind, Audience, SensorKind
from models.localtime import DAY_S, LocalTime
from models.portrait import Watching
from models.vocabulary import Change, Finding, HomeSpec, Reading, Said, Sensor

from .world import SENSORS, START_S, a_life, copied, findings, link, morning_s, run, saved, spec, summaries, updates

DAYS = 44
NEW = frozenset({"toilet", "bath-motion", "kettle"})
IN_WEEK_FIVE_MS = morning_s(30, 4) * 1000
NO_BED = tuple(sensor for sensor in SENSORS if sensor.id != "bed")


def life(days: int = DAYS) -> list[Reading]:
    return [row for row in a_life(days) if row.sensor != "bed"]


def care(said: list[Said], from_ms: int = 0) -> list[Finding]:
    """What a carer is alerted to."""
    return [
        one
        for one in findings(said)
        if one.audience is Audience.CARE and one.kind not in NOTES and one.opened_s * 1000 >= from_ms
    ]


def lines(said: list[Said]) -> str:
    return " ".join(line for one in summaries(said) for line in (one.headline, one.coverage, *one.lines))


def test_a_person_with_two_sensors_is_seldom_alerted_about() -> None:
    two = tuple(sensor for sensor in SENSORS if sensor.id in {"hall", "tap"})
    said = run(Home(spec(two)), [row for row in life() if row.sensor in {"hall", "tap"}])
    assert len(care(said)) <= DAYS / 7  # as many for attention as the budget has
    assert [one.kind for one in care(said) if one.kind is AlertKind.INACTIVITY] == []
    assert "2 of 2 sensors heard" in lines(said)


def test_what_two_sensors_cannot_tell_is_said() -> None:
    """A front door and a button say nothing of a silence at home: none is judged, and that is said."""
    two = tuple(sensor for sensor in SENSORS if sensor.id in {"front-door", "button"})
    rng = Random(3)
    uses = [
        Reading((START_S + day * DAY_S + rng.randrange(4 * 3600, 17 * 3600)) * 1000, "front-door", 1)
        for day in range(DAYS)
        for _ in range(rng.randrange(4))
    ]
    home = Home(spec(two))
    said = run(home, sorted(uses))
    assert care(said) == []
    assert care(home.advance(home.now_ms + 5 * DAY_S * 1000)) == []
    assert set(home.silence_deadlines_s().values()) == {None}
    assert "Silences are not judged here: no sensor sees anything of life indoors" in lines(said)
    assert "Wren would notice" not in lines(said)
    assert "Long stays in the bathroom by day are not judged" in lines(said)
    (stream,) = home.portrait().streams
    assert stream.watching is Watching.NOT_JUDGED
    assert set(stream.notice_s) == {None}


def test_it_is_not_judged_from_the_first_hour_on_and_a_press_still_calls() -> None:
    two = tuple(sensor for sensor in SENSORS if sensor.id in {"front-door", "button"})
    home = Home(spec(two))
    home.step(Reading(morning_s(0, 9) * 1000, "front-door", 1))
    (stream,) = home.portrait().streams
    assert stream.watching is Watching.NOT_JUDGED
    assert findings(home.advance(morning_s(2, 9) * 1000)) == []
    assert [one.kind for one in findings(home.step(Reading(morning_s(2, 9) * 1000, "button", 1)))] == [
        AlertKind.HELP_BUTTON
    ]


def _taps(days: int, unused: frozenset[int]) -> list[Reading]:
    """Nothing but a tap; on the days of the week that are `unused` it is not used, and no door says why."""
    used = [day for day in range(days) if day % 7 not in unused]
    return [Reading(morning_s(day, hour) * 1000, "tap", 1) for day in used for hour in (8, 9, 12, 15, 18, 21)]


def test_where_only_taps_are_sensed_what_happens_every_week_is_not_told_every_week() -> None:
    said = run(Home(spec([one for one in SENSORS if one.id == "tap"])), _taps(90, frozenset({2, 5})))
    alerts = findings(said, AlertKind.INACTIVITY)
    assert [one for one in alerts if one.opened_s > morning_s(30)] == []
    assert re.search(r"Silences of less than \d+ hours are not judged here", lines(said))


def test_three_days_without_a_tap_are_told_however_often_it_happened() -> None:
    home = Home(spec([one for one in SENSORS if one.id == "tap"]))
    run(home, _taps(90, frozenset({1, 2, 4, 5})))
    last_s = home.now_ms // 1000
    (alert,) = findings(home.advance((last_s + 4 * DAY_S) * 1000), AlertKind.INACTIVITY)
    assert alert.opened_s - last_s == 3 * DAY_S


@pytest.mark.parametrize("seed", [5, 6, 7])
def test_where_nothing_is_regular_little_is_out_of_the_ordinary(seed: int) -> None:
    rng = Random(seed)
    rows: list[Reading] = []
    for day in range(DAYS):
        for _ in range(rng.choice((40, 80, 150, 250))):
            sensor = rng.choice(("hall", "lounge", "tap", "chair", "hall", "lounge"))
            at_s = START_S + day * DAY_S + rng.randrange(DAY_S)
            rows.append(Reading(at_s * 1000, sensor, 1))
            if sensor in {"tap", "chair"}:
                rows.append(Reading((at_s + rng.randrange(20, 900)) * 1000, sensor, 0))
    said = run(Home(spec(NO_BED)), sorted(rows))
    late = care(said, (START_S + 14 * DAY_S) * 1000)
    # twice the budgets of a week and a month, as everywhere for a stretch so short
    assert len([one for one in late if one.severity == "attention"]) <= 2 * (DAYS - 14) / 7
    assert len([one for one in late if one.severity == "urgent"]) <= 2


def added(before: HomeSpec, after: HomeSpec) -> list[Said]:
    """Four weeks in one configuration, then a restart into another."""
    known = {sensor.id for sensor in before.sensors}
    home = Home(before)
    said = run(home, [row for row in life() if row.at_ms < IN_WEEK_FIVE_MS and row.sensor in known])
    restarted = Home.restore(after, saved(home))
    return said + run(restarted, [row for row in life() if row.at_ms >= IN_WEEK_FIVE_MS])


def test_a_sensor_that_is_added_in_week_five_is_no_change_of_the_person() -> None:
    old = tuple(sensor for sensor in NO_BED if sensor.id not in NEW)
    assert care(added(spec(old), spec(NO_BED))) == []


def test_sensors_that_come_or_go_make_nobody_more_or_less_about() -> None:
    old = tuple(sensor for sensor in NO_BED if sensor.id not in NEW)
    for before, after in ((old, NO_BED), (NO_BED, old)):
        said = added(spec(before), spec(after))
        noted = [
            line
            for one in summaries(said)
            if one.raised_s * 1000 > IN_WEEK_FIVE_MS
            for line in one.lines
            if line.startswith("Noted: Up and about more")
        ]
        changes = [one.kind for one in care(said) if one.kind is not AlertKind.LATE_START]
        assert (changes, noted) == ([], [])


def test_a_sensor_that_speaks_for_the_first_time_in_week_five_is_no_change_either() -> None:
    """It stands in the configuration from the beginning: until it speaks, its silence is no count of 0."""
    rows = [row for row in life() if row.at_ms >= IN_WEEK_FIVE_MS or row.sensor not in NEW]
    home = Home(spec(NO_BED))
    said = run(home, [row for row in rows if row.at_ms < IN_WEEK_FIVE_MS])
    (stream,) = home.portrait().streams
    assert {habit.day.days for habit in stream.habits if habit.name == "toilet"} == {0}
    assert care(said + run(home, [row for row in rows if row.at_ms >= IN_WEEK_FIVE_MS])) == []


def test_a_sensor_that_moves_in_week_five_is_no_change_of_the_person() -> None:
    there = Sensor("lounge", SensorKind.MOTION, "bathroom", "r1")
    moved = tuple(there if sensor.id == "lounge" else sensor for sensor in NO_BED)
    assert care(added(spec(NO_BED), spec(moved))) == []


def test_a_week_in_which_the_gateway_was_down_alerts_nobody_and_is_said() -> None:
    down_ms, up_ms = morning_s(30, 13) * 1000, morning_s(37, 13) * 1000
    rows = [row for row in life() if not down_ms <= row.at_ms < up_ms]
    said = run(Home(spec(NO_BED)), sorted([*rows, link(down_ms, up=False), link(up_ms, up=True)]))
    assert care(said) == []
    assert "could not see" in lines(said)


def test_a_week_in_which_no_sensor_speaks_is_one_alert_that_ends() -> None:
    quiet_ms, back_ms = morning_s(30, 13) * 1000, morning_s(37, 13) * 1000
    home = Home(spec(NO_BED))
    said = run(home, [row for row in life() if not quiet_ms <= row.at_ms < back_ms])
    (alert,) = care(said)
    assert alert.kind is AlertKind.INACTIVITY
    (end,) = [one for one in updates(said) if one.change is Change.RESOLVED]
    assert end.opened_s == alert.opened_s
    assert "not heard" in lines(said)
    assert copied(home).state() == home.state()


ABSURD = (-60.0, -0.0, 0.0, 999.0, 1e9, float("inf"), float("-inf"), float("nan"))


def test_an_absurd_heart_rate_changes_nothing_and_is_counted() -> None:
    local = LocalTime("Europe/London")
    first = local.day(START_S)
    days = range(first, first + 21)
    noons_ms = [local.at_clock_s(day, 12 * 3600) * 1000 for day in days]
    absurd = [Reading(at_ms + place, "pulse", value) for at_ms in noons_ms for place, value in enumerate(ABSURD)]
    steps = [Reading(at_ms + 99, "steps", -40.0) for at_ms in noons_ms]
    plain, odd = Home(spec(NO_BED)), Home(spec(NO_BED))
    said = run(odd, sorted([*life(21), *absurd, *steps], key=lambda row: row.at_ms))
    expected = run(plain, life(21))
    assert [one for one in findings(said) if one.audience is Audience.CARE] == findings(expected)
    assert [one.kind for one in findings(said) if one.audience is Audience.TECHNICIAN] == [AlertKind.SENSOR_STUCK]
    assert [one.lines for one in summaries(said)] == [one.lines for one in summaries(expected)]
    assert odd.left_out()["implausible"] == len(absurd) + len(steps)
    assert copied(odd).state() == odd.state()
