"""What a technician is told of sensors, through the home's own door; and that a quiet home tells nothing."""

import json
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.home import Home
from models.kinds import TECHNICIAN, AlertKind, Audience, SensorKind, Severity
from models.localtime import DAY_S, HOUR_S, MINUTE_S
from models.vocabulary import (
    CLOCK_STEP,
    GATEWAY_LINK,
    HOUSEHOLD,
    RADIO,
    SENSOR_LINK,
    Change,
    Finding,
    HomeSpec,
    Reading,
    Said,
    Sensor,
    Update,
)  # fmt: skip
from tests.models.world import a_life, copied, findings, link, morning_s, run, spec, summaries, updates

HALL = Sensor("hall", SensorKind.MOTION, "hall", "r1", wireless=True)
DOOR = Sensor("front-door", SensorKind.DOOR, "outside-door", "r1", wireless=True)
TAP = Sensor("tap", SensorKind.TAP, "kitchen", "r1")
STRAP = Sensor("strap", SensorKind.HEART_RATE, "worn", "r1", wireless=True)
CELL = Sensor("door-cell", SensorKind.BATTERY, "outside-door", "r1", wireless=True)
WARM = Sensor("warm", SensorKind.TEMPERATURE, "lounge", "r1", wireless=True)
SPEC = HomeSpec("h", "Europe/London", ("r1",), (HALL, DOOR, TAP, STRAP, CELL, WARM))
T_S = morning_s(0)


def home_at(at_s: int = T_S, known: HomeSpec = SPEC) -> Home:
    home = Home(known)
    run(home, [Reading(at_s * 1000, "hall", 1.0)])
    return home


def lost(sensor: str, at_s: int, *, up: bool = False) -> Reading:
    return Reading(at_s * 1000, f"{SENSOR_LINK}{sensor}", float(up))


def radio(at_s: int, *, up: bool) -> Reading:
    return Reading(at_s * 1000, RADIO, float(up))


def told(said: Iterable[Said]) -> list[Finding]:
    found = [one for one in findings(said) if one.kind in TECHNICIAN]
    assert all(one.audience is Audience.TECHNICIAN and one.resident == HOUSEHOLD for one in found)
    assert all(one.severity is Severity.ATTENTION for one in found)
    return found


def news(said: Iterable[Said]) -> list[Update]:
    return [one for one in updates(said) if one.kind in TECHNICIAN]


def test_a_lost_link_is_told_within_a_minute_and_ends_when_it_is_heard() -> None:
    home = home_at()
    said = run(home, [lost("front-door", T_S + 100)]) + home.advance((T_S + 160) * 1000)
    [finding] = told(said)
    assert (finding.kind, finding.since_s) == (AlertKind.SENSOR_SILENT, T_S + 100)
    assert finding.opened_s - finding.since_s <= 60
    assert finding.evidence.observed == (
        "The sensor front-door (door, outside door) has not been heard since 10:01 on Monday 3 March."
    )
    assert "nothing can be said of this door" in finding.evidence.coverage
    assert finding.evidence.to_do == "Look at the battery of front-door; then `wren status`."
    said = run(home, [lost("front-door", T_S + 900, up=True)]) + home.advance((T_S + 960) * 1000)
    [update] = news(said)
    assert (update.change, update.opened_s) == (Change.RESOLVED, finding.opened_s)
    assert update.observed.startswith("The sensor front-door (door, outside door) is heard again, seen at 10:15")


def test_a_link_that_is_back_at_once_is_nobodys_business() -> None:
    home = home_at()
    said = run(home, [lost("front-door", T_S + 100), lost("front-door", T_S + 125, up=True)])
    assert told(said + home.advance((T_S + HOUR_S) * 1000)) == []


def test_further_sensors_join_the_alert_that_is_open() -> None:
    home = home_at()
    said = run(home, [lost("front-door", T_S + 100), lost("tap", T_S + 900)]) + home.advance((T_S + 2000) * 1000)
    [finding], [joined] = told(said), news(said)
    assert (joined.change, joined.opened_s) == (Change.REPEATED, finding.opened_s)
    assert joined.observed.startswith("Also: The sensor tap (tap, kitchen) has not been heard since 10:15")
    said = run(home, [lost("front-door", T_S + 3000, up=True)]) + home.advance((T_S + 3100) * 1000)
    assert news(said) == []  # the tap is not heard yet
    said = run(home, [lost("tap", T_S + 4000, up=True)]) + home.advance((T_S + 4100) * 1000)
    [ended] = news(said)
    assert ended.change is Change.RESOLVED
    assert "front-door" in ended.observed
    assert "tap" in ended.observed


def test_what_is_lost_at_once_is_one_message() -> None:
    home = home_at()
    said = run(home, [lost(name, T_S + 100) for name in ("tap", "hall", "front-door")])
    said += home.advance((T_S + 2000) * 1000)
    [finding] = told(said)
    assert news(said) == []
    assert "Also: hall (motion, hall) and tap (tap, kitchen)." in finding.evidence.observed


def test_a_wearable_out_of_range_is_unknown_for_a_day() -> None:
    home = home_at()
    said = run(home, [lost("strap", T_S + 100)]) + home.advance((T_S + DAY_S) * 1000)
    assert told(said) == []
    [finding] = told(home.advance((T_S + DAY_S + 200) * 1000))
    assert "strap (heart rate, worn) has not been heard since" in finding.evidence.observed
    assert "says nothing of how anybody is" in finding.evidence.coverage


def test_the_radio_is_told_within_a_minute_and_speaks_for_all_that_it_takes_along() -> None:
    home = home_at()
    said = run(home, [radio(T_S + 100, up=False), lost("front-door", T_S + 110), lost("hall", T_S + 120)])
    said += home.advance((T_S + 3600) * 1000)
    [finding] = told(said)
    assert (finding.kind, finding.since_s) == (AlertKind.RADIO_DOWN, T_S + 100)
    assert finding.opened_s - finding.since_s <= 45
    assert "what comes by radio: front-door, hall, strap and warm" in finding.evidence.coverage
    back_s = T_S + 7200
    said = run(home, [radio(back_s, up=True)]) + home.advance((back_s + 60) * 1000)
    assert [one.change for one in news(said)] == [Change.RESOLVED]
    said = run(home, [lost("hall", back_s + 90, up=True)]) + home.advance((back_s + HOUR_S) * 1000)
    [finding] = told(said)  # the door does not come back with the radio
    assert "front-door" in finding.evidence.observed
    assert "hall (" not in finding.evidence.observed
    assert finding.opened_s == back_s + 15 * MINUTE_S


def test_a_wire_that_breaks_while_the_radio_is_down_is_told() -> None:
    home = home_at()
    said = run(home, [radio(T_S + 100, up=False), lost("tap", T_S + 200)]) + home.advance((T_S + 600) * 1000)
    assert [one.kind for one in told(said)] == [AlertKind.RADIO_DOWN, AlertKind.SENSOR_SILENT]
    assert "Look at the wire of tap" in told(said)[1].evidence.to_do


def test_a_bluetoothd_that_restarts_tells_nothing() -> None:
    home = home_at()
    said = run(home, [radio(T_S + 100, up=False), radio(T_S + 135, up=True)])
    assert told(said + home.advance((T_S + HOUR_S) * 1000)) == []


def test_a_radio_that_comes_and_goes_is_one_story() -> None:
    home, said = home_at(), list[Said]()
    for turn in range(10):
        at_s = T_S + 300 + turn * 600
        said += run(home, [radio(at_s, up=False), radio(at_s + 120, up=True)])
    said += home.advance((T_S + 5 * HOUR_S) * 1000)
    assert len(told(said)) == 1
    assert len(news(said)) <= 3
    assert news(said)[-1].change is Change.RESOLVED


def test_while_the_gateway_is_down_nothing_is_known_of_any_sensor() -> None:
    home = home_at()
    said = run(home, [lost("front-door", T_S + 100), link((T_S + 110) * 1000, up=False)])
    said += home.advance((T_S + 5 * HOUR_S) * 1000)
    assert told(said) == []
    at_s = T_S + 5 * HOUR_S
    said = run(home, [link(at_s * 1000, up=True), lost("front-door", at_s + 300, up=True)])
    assert told(said + home.advance((at_s + HOUR_S) * 1000)) == []


def test_and_what_is_still_lost_after_it_is_told() -> None:
    home = home_at()
    run(home, [lost("front-door", T_S + 100), link((T_S + 110) * 1000, up=False)])
    at_s = T_S + 5 * HOUR_S
    said = run(home, [link(at_s * 1000, up=True)]) + home.advance((at_s + HOUR_S) * 1000)
    assert [one.opened_s for one in told(said)] == [at_s + 15 * MINUTE_S]


def test_a_quiet_home_tells_the_technician_nothing() -> None:
    """Nobody moves for two days: that is for a carer. The links are proven, and no other sensor is active."""
    home = Home(spec())
    said = run(home, a_life(14)) + home.advance(home.now_ms + 2 * DAY_S * 1000)
    assert told(said) == []
    assert findings(said, AlertKind.INACTIVITY)


def test_no_carer_hears_of_a_sensor() -> None:
    """Not in a day's headline, not among the week's alerts or the answers, and not against the budget."""
    shared = replace(SPEC, sensors=tuple(replace(one, resident=None) for one in SPEC.sensors))  # a stream of its name
    home, twin, known = Home(shared), Home(shared), list[Said]()
    days = [Reading((morning_s(day, 8) + 600 * turn) * 1000, "hall", 1.0) for day in range(15) for turn in range(70)]
    for reading in days:
        known += twin.step(reading)
    said = list[Said]()
    for one, nxt in pairwise([*days, days[-1]]):
        said += home.step(one)
        at_s = one.at_ms // 1000
        if nxt.at_ms - one.at_ms > HOUR_S * 1000:
            said += run(home, [lost("tap", at_s + 300), lost("tap", at_s + 500, up=True)])
            said += run(home, [Reading((at_s + 600) * 1000, f"@outcome/{HOUSEHOLD}/sensor_silent", 3.0)])
    assert len(told(said)) > 7
    assert [one.headline for one in summaries(said)] == [one.headline for one in summaries(known)]
    lines = [line for one in summaries(said) for line in one.lines if "not be heard" not in line]  # that is coverage
    assert lines == [line for one in summaries(known) for line in one.lines]
    assert told(said)[-1].opened_s > T_S + 12 * DAY_S  # five answers of no use do not hold it back


def test_kinds_that_are_off_are_not_told() -> None:
    home = home_at(known=HomeSpec("h", "UTC", ("r1",), SPEC.sensors, frozenset({AlertKind.RADIO_DOWN})))
    said = run(home, [lost("tap", T_S + 100), radio(T_S + 100, up=False)]) + home.advance((T_S + 600) * 1000)
    assert [one.kind for one in told(said)] == [AlertKind.RADIO_DOWN]


_NAMES = [f"{SENSOR_LINK}{one.id}" for one in SPEC.sensors] + [RADIO, GATEWAY_LINK, "hall", "tap", "door-cell", "warm"]
_MOVES = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 25, 41, 400, 5000, 40_000, 100_000]),
        st.sampled_from([*_NAMES, CLOCK_STEP]),
        st.sampled_from([0.0, 1.0, 1.0, 9.0, 85.0]),
    ),
    min_size=1,
    max_size=40,
)


def _inputs(moves: list[tuple[int, str, float]]) -> list[Reading]:
    now_ms, found = T_S * 1000, []
    for gap_s, name, value in moves:
        now_ms += gap_s * 1000 + 7
        if name == CLOCK_STEP:
            now_ms += round(value * 1000)
        found.append(Reading(now_ms, name, value))
    return found


@settings(deadline=None)
@given(moves=_MOVES, data=st.data())
def test_it_says_the_same_restored_and_asked_often(moves: list[tuple[int, str, float]], data: st.DataObject) -> None:
    seldom, often = home_at(), home_at()
    inputs = _inputs(moves)
    cut = data.draw(st.integers(0, len(inputs)))
    for place, reading in enumerate(inputs):
        if place == cut:
            often = copied(often)
        stepped = reading.sensor == CLOCK_STEP
        said = [] if stepped else often.advance((often.now_ms + reading.at_ms) // 2)
        assert said + often.step(reading) == seldom.step(reading)
    assert json.dumps(often.state()) == json.dumps(seldom.state())
    due_ms = seldom.deadline_ms()
    assert due_ms is not None
    assert due_ms > seldom.now_ms


@pytest.mark.parametrize("gone", ["front-door", "hall"])
def test_a_sensor_that_is_taken_out_of_the_configuration_is_no_longer_silent(gone: str) -> None:
    home = home_at()
    run(home, [lost(gone, T_S + 100), lost("tap", T_S + 100)])
    home.advance((T_S + 300) * 1000)
    left = HomeSpec("h", "Europe/London", ("r1",), tuple(one for one in SPEC.sensors if one.id != gone))
    home = Home.restore(left, json.loads(json.dumps(home.state())))
    said = run(home, [lost("tap", T_S + 400, up=True)]) + home.advance((T_S + 500) * 1000)
    [ended] = news(said)
    assert ended.change is Change.RESOLVED
    assert gone not in ended.observed
