"""Weak signs through the home's own door: lines of a summary, once, and never an alert of their own."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from models.home import Home
from models.kinds import NOTES, AlertKind, SensorKind
from models.localtime import DAY_S, HOUR_S, MINUTE_S
from models.vocabulary import Finding, HomeSpec, Reading, Said, Sensor
from tests.models.world import copied, run, summaries

START_S = int(datetime(2025, 3, 3, 7, tzinfo=UTC).timestamp())
SENSORS = (
    Sensor("hall", SensorKind.MOTION, "hall", "r1"),
    Sensor("lounge", SensorKind.MOTION, "lounge", "r1"),
    Sensor("bath", SensorKind.MOTION, "bathroom", "r1"),
    Sensor("bed", SensorKind.BED, "bedroom", "r1"),
    Sensor("steps", SensorKind.STEPS, "worn", "r1"),
)
SPEC = HomeSpec("h", "UTC", ("r1",), SENSORS)
WITHOUT_BED = replace(SPEC, sensors=tuple(one for one in SENSORS if one.id not in {"bed", "steps"}))


def day(number: int, *, exits: int = 1, about: int = 70, stirs: int = 2, worn: bool = True) -> Iterator[Reading]:
    """From 07:00 to 07:00: `about` minutes of movement, to bed at 22:30, up `exits` times, `stirs` minutes by night."""
    seven_s = START_S + number * DAY_S
    night_s = seven_s + 17 * HOUR_S
    about += number * 7 % 5
    rows = [(seven_s + MINUTE_S, "bed", 0.0), (night_s - 90 * MINUTE_S, "bed", 1.0)]
    rows += [
        (seven_s + 300 + move * 15 * HOUR_S // about, "hall" if move % 3 else "lounge", 1.0) for move in range(about)
    ]
    rows += [(seven_s + 320 + walk * HOUR_S, "steps", 30.0) for walk in range(14) if worn]
    for out in range(exits + number % 2):
        out_s = night_s + 20 * MINUTE_S + out * 35 * MINUTE_S
        rows += [(out_s, "bed", 0.0), (out_s + 6 * MINUTE_S, "bed", 1.0)]
    rows += [(night_s + 50 * MINUTE_S + stir * 7 * MINUTE_S, "hall", 1.0) for stir in range(stirs + number % 2)]
    return (Reading(at_s * 1000, sensor, value) for at_s, sensor, value in sorted(rows))


def live(home: Home, days: range, **others: Any) -> list[Said]:
    known = {sensor.id for sensor in home.spec.sensors}
    life = (one for number in days for one in day(number, **others) if one.sensor in known)
    return run(home, life)


def noted(said: list[Said]) -> list[str]:
    return [line for one in summaries(said) if one.period == "day" for line in one.lines if line.startswith("Noted: ")]


@pytest.fixture(scope="module")
def learnt() -> Home:
    home = Home(SPEC)
    assert noted(live(home, range(28))) == []
    return home


def test_restless_nights_are_told_once_without_a_count(learnt: Home) -> None:
    said = live(copied(learnt), range(28, 33), exits=6)
    (line,) = noted(said)
    assert line.startswith("Noted: Out of bed more often than usual on ")
    assert "of the last 3 nights" in line
    assert "Ask 'How have your nights been?'; do not quote counts." in line
    assert "This is one weak sign and cannot tell why." in line


def test_where_there_is_no_bed_sensor_movement_in_the_night_tells() -> None:
    home = Home(WITHOUT_BED)
    assert noted(live(home, range(28))) == []
    (line,) = noted(live(home, range(28, 32), stirs=14))
    assert line.startswith("Noted: More movement in the middle of the night than usual on ")


def test_the_way_back_from_the_bathroom_is_no_restless_night() -> None:
    home = Home(WITHOUT_BED)
    live(home, range(28))
    said = live(home, range(28, 29))
    for number in range(29, 32):
        visits = [
            (START_S + number * DAY_S + 17 * HOUR_S + visit * 1500 + off, sensor)
            for visit in range(10)
            for off, sensor in ((0, "bath"), (90, "hall"))
        ]
        extra = [Reading(at_s * 1000, sensor, 1.0) for at_s, sensor in visits]
        known = {sensor.id for sensor in home.spec.sensors}
        said += run(home, sorted([*(one for one in day(number) if one.sensor in known), *extra]))
    assert not [line for line in noted(said) if "middle of the night" in line]


def test_a_day_of_much_movement_is_noted_beside_ones_own_range(learnt: Home) -> None:
    said = live(home := copied(learnt), range(28, 29), about=170) + live(home, range(29, 30))
    (line,) = noted(said)
    assert line.startswith("Noted: Up and about more than usual: movement in ")
    assert "On most days there is movement in " in line
    assert [one for one in said if isinstance(one, Finding)] == []


def test_a_band_in_a_drawer_is_noted_once_and_is_no_trouble_of_hers(learnt: Home) -> None:
    said = live(copied(learnt), range(28, 33), worn=False)
    (line,) = noted(said)
    assert line.startswith("Noted: The wearable has shown no sign of being worn since 20:05 on Sunday (34 h 55)")
    assert "Ask whether it is comfortable and charged." in line
    assert [one for one in said if isinstance(one, Finding)] == []


def test_a_blind_gateway_says_nothing_of_wearing(learnt: Home) -> None:
    home = copied(learnt)
    away_s = START_S + 28 * DAY_S
    said = run(home, [Reading(away_s * 1000, "@gateway", 0.0), Reading((away_s + 3 * DAY_S) * 1000, "@gateway", 1.0)])
    said += live(home, range(31, 34))
    assert noted(said) == []


@pytest.mark.parametrize("kind", sorted(NOTES - {AlertKind.RESTING_PULSE}))
def test_what_is_off_is_not_noted(learnt: Home, kind: AlertKind) -> None:
    changed: dict[str, Any] = {"exits": 6, "about": 170, "worn": False}
    all_on = Home.restore(SPEC, json.loads(json.dumps(learnt.state())))
    some = Home.restore(replace(SPEC, alerts=frozenset(AlertKind) - {kind}), json.loads(json.dumps(learnt.state())))
    opening = {
        AlertKind.RESTLESS_NIGHT: "Out of bed",
        AlertKind.MORE_ACTIVE: "Up and about more",
        AlertKind.NOT_WORN: "The wearable",
    }[kind]
    told = [noted(live(home, range(28, 32), **changed)) for home in (all_on, some)]
    assert [line for line in told[0] if opening in line]
    assert told[1] == [line for line in told[0] if opening not in line]


def test_two_weak_signs_alone_are_no_alert(learnt: Home) -> None:
    said = live(copied(learnt), range(28, 32), exits=6, about=170)
    assert len(noted(said)) == 2
    assert [one for one in said if isinstance(one, Finding)] == []


def test_more_bathroom_and_getting_up_for_it_are_one_change() -> None:
    home = Home(SPEC)
    visits = [(START_S + number * DAY_S + 17 * HOUR_S + 23 * MINUTE_S, 1 + 5 * (number >= 28)) for number in range(31)]
    said: list[Said] = []
    for number, (at_s, count) in enumerate(visits):
        trips = [Reading((at_s + trip * 35 * MINUTE_S) * 1000, "bath", 1.0) for trip in range(count)]
        said += run(home, sorted([*day(number, exits=count), *trips]))
    kinds = [one.kind for one in said if isinstance(one, Finding)]
    assert AlertKind.MORE_BATHROOM in kinds
    assert AlertKind.SEVERAL_CHANGES not in kinds


def test_a_note_is_kept_over_a_restart_and_told_the_same(learnt: Home) -> None:
    whole, cut = copied(learnt), copied(learnt)
    changed: dict[str, Any] = {"exits": 6, "about": 170, "worn": False}
    said = live(whole, range(28, 40), **changed)
    again: list[Said] = []
    for number in range(28, 40):
        again += live(cut, range(number, number + 1), **changed)
        cut = copied(cut)
    assert again == said
    assert cut.state() == whole.state()
