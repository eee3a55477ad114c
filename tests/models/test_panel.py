"""The panel asks before an alert opens; an answer puts it off, closes nothing, and is part of what is told later."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.checkin import ASK_S, POSTPONES_S
from models.home import Home
from models.kinds import AlertKind, SensorKind, Severity
from models.localtime import DAY_S, HOUR_S, MINUTE_S
from models.told import Outcome, Telling, Told
from models.vocabulary import Change, HomeSpec, PanelSpec, Reading, Said, Sensor
from tests.models.world import (
    SENSORS,
    a_life,
    clock_step,
    copied,
    findings,
    link,
    morning_s,
    run,
    saved,
    spec,
    trained,
    updates,
)  # fmt: skip

PANEL = {"r1": PanelSpec()}
OK = Told(Telling.OK, "r1").name()
WORKS = Told(Telling.PANEL, "r1").name()


def with_panel(home: Home, *, works: bool = True, **panels: PanelSpec) -> Home:
    """The same home with a panel for r1, that says it works."""
    spoken = Home.restore(replace(home.spec, panels=panels or PANEL), home.state())
    if works:
        spoken.step(Reading(spoken.now_ms, WORKS, 1))
    return spoken


def quiet(days: int = 12) -> tuple[Home, int]:
    """A home that has learnt, seen at ten in the morning; and when the alert of its silence opens."""
    home = with_panel(trained(days))
    run(home, [one for one in a_life(days + 1) if home.now_ms < one.at_ms <= morning_s(days, 10) * 1000])
    deadline_s = home.silence_deadlines_s()["r1"]
    assert deadline_s is not None
    assert not home.panels.asking()
    return home, deadline_s


def press(home: Home, at_s: int) -> list[Said]:
    """Time passes until `at_s`, and the button is pressed."""
    return home.step(Reading(at_s * 1000, OK, 1))


def test_it_asks_for_ten_minutes_and_the_alert_is_not_late() -> None:
    home, deadline_s = quiet()
    assert findings(home.advance((deadline_s - ASK_S) * 1000 - 1)) == []
    assert not home.panels.asking()
    assert findings(home.advance((deadline_s - ASK_S) * 1000)) == []
    assert home.panels.asking() == {"r1"}
    (alert,) = findings(home.advance(deadline_s * 1000))
    assert (alert.kind, alert.opened_s) == (AlertKind.INACTIVITY, deadline_s)
    from_ = home.local.clock(deadline_s - ASK_S)
    assert f"Asked at the panel from {from_}; no answer." in alert.evidence.observed
    assert not home.panels.asking()


def test_a_home_without_a_panel_says_what_it_said() -> None:
    home, deadline_s = quiet()
    plain = trained()
    run(plain, [one for one in a_life(13) if plain.now_ms < one.at_ms <= home.now_ms])
    (alert,) = findings(plain.advance(deadline_s * 1000 + 1))
    assert alert.opened_s == deadline_s
    assert "panel" not in alert.evidence.observed
    asked = replace(alert.evidence, observed=findings(home.advance(deadline_s * 1000 + 1))[0].evidence.observed)
    assert asked.observed.startswith(alert.evidence.observed)
    assert plain.panels.asking() == frozenset()


def test_an_answer_puts_it_off_by_half_an_hour_and_it_asks_again() -> None:
    home, deadline_s = quiet()
    assert findings(press(home, deadline_s - 8 * MINUTE_S)) == []
    assert not home.panels.asking()
    later_s = deadline_s + POSTPONES_S
    assert home.advance((later_s - ASK_S) * 1000 - 1) == []
    assert home.silence_deadlines_s()["r1"] == later_s
    home.advance((later_s - ASK_S) * 1000)
    assert home.panels.asking() == {"r1"}
    press(home, later_s - 1)
    (alert,) = findings(home.advance((later_s + POSTPONES_S) * 1000))
    assert alert.opened_s == later_s + POSTPONES_S
    first, second = (home.local.clock(at_s) for at_s in (deadline_s - 8 * MINUTE_S, later_s - 1))
    assert f'"I\'m OK" was pressed at {first} and {second}.' in alert.evidence.observed
    assert "no answer" in alert.evidence.observed


def test_a_press_that_nobody_asked_for_puts_nothing_off_and_is_no_sign_of_life() -> None:
    home, deadline_s = quiet()
    press(home, deadline_s - ASK_S - 1)
    assert home.silence_deadlines_s()["r1"] == deadline_s
    press(home, deadline_s - 60)
    assert press(home, deadline_s - 30) == []  # answered already
    (alert,) = findings(home.advance((deadline_s + POSTPONES_S) * 1000))
    assert alert.opened_s == deadline_s + POSTPONES_S
    assert alert.since_s < deadline_s - ASK_S


def test_answers_go_beyond_the_fixed_limit_for_as_long_as_they_come() -> None:
    home = with_panel(Home(spec()))
    run(home, [one for one in a_life(1) if one.at_ms <= morning_s(0, 10) * 1000])
    home.step(Reading(home.now_ms, WORKS, 1))
    for _ in range(6):
        deadline_s = home.silence_deadlines_s()["r1"] or home._streams[0].inactivity.deadline_s()
        assert deadline_s is not None
        assert findings(press(home, deadline_s - 5), AlertKind.INACTIVITY) == []
    (alert,) = findings(home.advance(home.now_ms + DAY_S * 1000), AlertKind.INACTIVITY)[:1]
    assert alert.opened_s - alert.since_s > 8 * HOUR_S + 6 * POSTPONES_S - HOUR_S
    assert '"I\'m OK" was pressed 6 times, last at' in alert.evidence.observed


def test_a_sign_of_life_begins_anew() -> None:
    home, deadline_s = quiet()
    press(home, deadline_s - 60)
    home.step(Reading((deadline_s + 60) * 1000, "hall", 1))
    assert not home.panels.asking()
    again_s = home.silence_deadlines_s()["r1"]
    assert again_s is not None
    (alert,) = findings(home.advance(again_s * 1000), AlertKind.INACTIVITY)
    assert "pressed" not in alert.evidence.observed


def test_a_press_while_the_alert_is_open_is_news_of_it_and_no_end() -> None:
    home, deadline_s = quiet()
    home.advance(deadline_s * 1000)
    (news,) = updates(press(home, deadline_s + 60))
    assert (news.kind, news.change, news.opened_s) == (AlertKind.INACTIVITY, Change.ANSWERED, deadline_s)
    (end,) = updates(home.step(Reading((deadline_s + 120) * 1000, "hall", 1)))
    assert end.change is Change.RESOLVED


def test_a_gateway_that_was_blind_claims_no_more_than_it_asked() -> None:
    home, deadline_s = quiet()
    home.advance((deadline_s - 9 * MINUTE_S) * 1000)
    home.step(link((deadline_s - 8 * MINUTE_S) * 1000, up=False))
    assert not home.panels.asking()
    home.step(link((deadline_s - 6 * MINUTE_S) * 1000, up=True))
    (alert,) = findings(home.advance((deadline_s + HOUR_S) * 1000), AlertKind.INACTIVITY)
    asked_s = max(deadline_s - 6 * MINUTE_S, alert.opened_s - ASK_S)
    assert f"from {home.local.clock(asked_s)}; no answer" in alert.evidence.observed


def test_an_answer_is_remembered_through_a_restart() -> None:
    home, deadline_s = quiet()
    press(home, deadline_s - 60)
    home.step(link((deadline_s - 30) * 1000, up=False))
    home.step(link((deadline_s + 30) * 1000, up=True))
    assert findings(home.advance((deadline_s + POSTPONES_S) * 1000 - 1)) == []
    (alert,) = findings(home.advance((deadline_s + HOUR_S) * 1000), AlertKind.INACTIVITY)
    assert "was pressed at" in alert.evidence.observed


def test_a_home_that_is_restored_while_it_asks_has_asked_since_then() -> None:
    home, deadline_s = quiet()
    home.advance((deadline_s - 5 * MINUTE_S) * 1000)
    other = copied(home)
    assert other.panels.asking() == {"r1"}
    assert saved(other) == saved(home)
    assert findings(other.advance(deadline_s * 1000)) == findings(home.advance(deadline_s * 1000))


@pytest.mark.parametrize("panel", ["broken", "silent"])
def test_a_panel_that_does_not_work_is_not_said_to_have_asked(panel: str) -> None:
    home, deadline_s = quiet()
    home.step(Reading(home.now_ms + 1, WORKS, 0))
    if panel == "silent":
        home = with_panel(trained(), works=False)
        run(home, [one for one in a_life(13) if home.now_ms < one.at_ms <= morning_s(12, 10) * 1000])
    press(home, deadline_s - 60)
    (alert,) = findings(home.advance(deadline_s * 1000), AlertKind.INACTIVITY)
    assert "panel" not in alert.evidence.observed


def test_a_long_stay_is_asked_about_and_sitting_down_again_does_not_undo_the_answer() -> None:
    home = Home(spec())
    for day, hour in ((day, hour) for day in range(8) for hour in range(8, 18, 2)):
        at_s = morning_s(day, hour)
        for after_s, name, value in ((0, "chair", 1.0), (2400, "chair", 0.0), (2460, "hall", 1.0)):
            home.step(Reading((at_s + after_s) * 1000, name, value))
    home, start_s = with_panel(home), morning_s(8, 10)
    home.step(Reading(start_s * 1000, "chair", 1))
    stays = home._streams[0].stays
    limit_s = stays.due_ms // 1000
    home.step(Reading((limit_s - 60) * 1000, "chair", 0))  # up to press it
    assert not home.panels.asking()
    home.step(Reading((limit_s - 50) * 1000, "chair", 1))
    assert home.panels.asking() == {"r1"}
    press(home, limit_s - 40)
    home.step(Reading((limit_s - 30) * 1000, "chair", 0))
    home.step(Reading((limit_s - 20) * 1000, "chair", 1))
    assert stays.due_ms // 1000 == limit_s + POSTPONES_S
    (alert,) = findings(home.advance((limit_s + POSTPONES_S) * 1000), AlertKind.LONG_STAY)
    assert "was pressed at" in alert.evidence.observed


def test_a_late_morning_is_asked_about() -> None:
    home = with_panel(trained(21))
    at_s = morning_s(21, 7)
    home.advance(at_s * 1000)
    due_s = home._streams[0].rest.mornings.due_ms // 1000
    press(home, due_s - 60)
    (alert,) = findings(home.advance(morning_s(21, 13) * 1000), AlertKind.LATE_START)
    assert alert.opened_s == due_s + POSTPONES_S
    assert "was pressed at" in alert.evidence.observed


def test_an_empty_bed_is_asked_about() -> None:
    home = with_panel(trained(21))
    left_s = morning_s(20, 26)
    home.step(Reading(left_s * 1000, "bed", 0))
    due_s = home._streams[0].rest.out_of_bed.due_ms // 1000
    press(home, due_s - 60)
    (alert,) = findings(home.advance((due_s + HOUR_S) * 1000), AlertKind.OUT_OF_BED)
    assert alert.opened_s == due_s + POSTPONES_S


def test_a_kind_that_is_off_is_not_asked_about() -> None:
    home = with_panel(trained())
    off = Home.restore(replace(home.spec, alerts=frozenset({AlertKind.HELP_BUTTON})), home.state())
    run(off, [one for one in a_life(13) if off.now_ms < one.at_ms <= morning_s(12, 10) * 1000])
    for minute in range(0, 24 * 60, 5):
        off.advance(home.now_ms + minute * 60_000)
        assert not off.panels.asking()


def test_an_answer_of_one_says_nothing_of_the_other() -> None:
    sensors = (Sensor("hall", SensorKind.MOTION, "hallway"), Sensor("kettle", SensorKind.APPLIANCE, "kitchen"))
    both = HomeSpec("h-two", "Europe/London", ("r1", "r2"), sensors, panels={"r1": PanelSpec(), "r2": PanelSpec()})
    home, start_s = Home(both), morning_s(0, 9)
    home.step(Reading(start_s * 1000, WORKS, 1))
    home.step(Reading(start_s * 1000, "hall", 1))
    home.advance((start_s + 8 * HOUR_S - 60) * 1000)
    assert home.panels.asking() == frozenset()
    press(home, start_s + 8 * HOUR_S - 30)
    (alert,) = findings(home.advance((start_s + 8 * HOUR_S) * 1000), AlertKind.INACTIVITY)
    assert (alert.resident, alert.opened_s) == ("household", start_s + 8 * HOUR_S)
    assert updates(press(home, start_s + 9 * HOUR_S)) == []


def test_the_only_resident_of_a_home_without_owners_is_asked() -> None:
    sensors = (Sensor("hall", SensorKind.MOTION, "hallway"), Sensor("kettle", SensorKind.APPLIANCE, "kitchen"))
    home = Home(HomeSpec("h-one", "Europe/London", ("r1",), sensors, panels=PANEL))
    start_s = morning_s(0, 9)
    home.step(Reading(start_s * 1000, WORKS, 1))
    home.step(Reading(start_s * 1000, "hall", 1))
    home.advance((start_s + 8 * HOUR_S - 60) * 1000)
    assert home.panels.asking() == {"r1"}
    (alert,) = findings(home.advance((start_s + 8 * HOUR_S) * 1000), AlertKind.INACTIVITY)
    (news,) = updates(press(home, alert.opened_s + 60))
    assert news.resident == "household"


def test_the_help_button_waits_for_no_answer() -> None:
    home, deadline_s = quiet()
    home.advance((deadline_s - 60) * 1000)
    press(home, deadline_s - 50)
    (alert,) = findings(home.step(Reading((deadline_s - 40) * 1000, "button", 1)))
    assert (alert.kind, alert.severity) == (AlertKind.HELP_BUTTON, Severity.URGENT)
    assert updates(press(home, deadline_s - 30)) == []


def test_an_outcome_answers_one_alert() -> None:
    home, deadline_s = quiet()
    home.advance(deadline_s * 1000)
    (waits,) = home.unanswered()
    assert waits == ("r1", AlertKind.INACTIVITY, deadline_s)
    press(home, deadline_s + 30)
    assert home.unanswered() == (waits,)  # the resident's own word is not a carer's
    told = Told(Telling.OUTCOME, "r1", AlertKind.INACTIVITY, deadline_s)
    home.step(Reading((deadline_s + 60) * 1000, told.name(), Outcome.USEFUL))
    assert home.unanswered() == ()


_MINUTES = st.integers(0, 300)
_INPUTS = st.lists(
    st.tuples(
        _MINUTES,
        st.sampled_from(
            [OK, OK, OK, WORKS, Told(Telling.PAUSE, "r1").name(), "hall", "chair", "bed", "button", "@gateway"]
        ),
        st.sampled_from([1.0, 1.0, 0.0]),
    ),
    max_size=25,
)


@given(moves=_INPUTS, data=st.data())
def test_what_the_panel_does_follows_from_the_inputs_alone(
    moves: list[tuple[int, str, float]], data: st.DataObject
) -> None:
    one, inputs = with_panel(trained()), list[Reading]()
    at_ms = one.now_ms
    for minutes, name, value in moves:
        at_ms += minutes * 60_000
        until = at_ms // 1000 + 3 * HOUR_S if value and name.startswith("@pause") else value
        inputs.append(Reading(at_ms, name, until))
    cut = data.draw(st.integers(0, len(inputs)))
    often = copied(one)
    for index, (before, reading) in enumerate(pairwise([Reading(one.now_ms, "hall", 1), *inputs])):
        if index == cut:
            often = copied(often)
        said = often.advance((before.at_ms + reading.at_ms) // 2)
        assert said + often.advance(reading.at_ms) + often.step(reading) == one.step(reading)
        assert often.state() == one.state()
        assert often.panels.asking() == one.panels.asking()
    end_ms = one.now_ms + 40 * HOUR_S * 1000
    assert [*often.advance(end_ms - 1), *often.advance(end_ms)] == one.advance(end_ms)
    assert saved(often) == saved(one)


@given(by_s=st.floats(-7200, 7200), after=st.booleans())
def test_a_stepped_clock_loses_no_answer_and_invents_none(by_s: float, after: bool) -> None:
    home, deadline_s = quiet()
    if after:
        press(home, deadline_s - 60)
    home.step(clock_step(home, by_s))
    copy = copied(home)
    said = home.advance(home.now_ms + 20 * HOUR_S * 1000)
    assert said == copy.advance(home.now_ms)
    for alert in findings(said, AlertKind.INACTIVITY):
        assert after or "was pressed" not in alert.evidence.observed


def test_sensors_stand_for_themselves() -> None:
    assert {"chair", "bed", "hall", "button"} <= {sensor.id for sensor in SENSORS}
