"""A pause: nothing is learnt or judged of its time, what is not urgent waits, and it ends by itself."""

from dataclasses import replace

import pytest

from models.home import Home
from models.kinds import AlertKind
from models.localtime import DAY_S, HOUR_S, MINUTE_S
from models.pause import LONGEST_S
from models.told import Telling, Told
from models.vocabulary import HabitTable, PanelSpec, Period, Reading, Said
from tests.models.world import a_life, copied, findings, morning_s, run, saved, summaries, trained, updates

PAUSE = Told(Telling.PAUSE, "r1").name()
OK, WORKS = Told(Telling.OK, "r1").name(), Told(Telling.PANEL, "r1").name()


def pause(home: Home, at_s: int, until_s: float) -> list[Said]:
    return home.step(Reading(at_s * 1000, PAUSE, until_s))


def home_of(*, everything: bool = False, days: int = 12) -> Home:
    known = trained(days)
    return Home.restore(replace(known.spec, panels={"r1": PanelSpec(pauses_all=everything)}), known.state())


def lived(home: Home, until_s: int) -> list[Said]:
    return run(home, [one for one in a_life(30) if home.now_ms < one.at_ms <= until_s * 1000])


@pytest.mark.parametrize("hours", [1, 4, 5, 400])
def test_it_ends_by_itself_after_four_hours_at_most(hours: int) -> None:
    home, at_s = home_of(), morning_s(12, 10)
    pause(home, at_s, at_s + hours * HOUR_S)
    length_s = min(hours * HOUR_S, LONGEST_S)
    home.advance((at_s + length_s) * 1000 - 1)
    assert home.panels.paused() == {"r1"}
    home.advance((at_s + length_s) * 1000)
    assert home.panels.paused() == frozenset()


def test_told_again_it_still_ends_four_hours_after_it_began() -> None:
    home, at_s = home_of(), morning_s(12, 10)
    for hour in range(4):
        pause(home, at_s + hour * HOUR_S, at_s + (hour + 4) * HOUR_S)
    home.advance((at_s + LONGEST_S) * 1000)
    assert home.panels.paused() == frozenset()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0, 0.0])
def test_what_is_no_time_pauses_nothing(value: float) -> None:
    home, at_s = home_of(), morning_s(12, 10)
    pause(home, at_s, value)
    assert home.panels.paused() == frozenset()


def test_nothing_of_it_is_learnt_or_judged() -> None:
    paused, at_s = home_of(), morning_s(12, 12)
    lived(paused, at_s)
    learnt = paused.portrait().streams[0].habits[0].parts[1].days
    pause(paused, at_s, at_s + 4 * HOUR_S)
    said = lived(paused, morning_s(12, 20))
    (afternoon,) = [one for one in said if isinstance(one, HabitTable) and "afternoon" in one.habits[0].name]
    assert {habit.direction for habit in afternoon.habits} == {"unseen"}
    busy = next(habit for habit in afternoon.habits if habit.name == "active-minutes-afternoon")
    assert paused.portrait().streams[0].habits[0].parts[1].days == learnt
    assert busy.usual_low is None


def test_a_part_of_the_day_that_ends_in_a_pause_is_not_read_as_still() -> None:
    home, at_s = home_of(), morning_s(12, 9)
    lived(home, at_s)
    pause(home, at_s, at_s + 4 * HOUR_S)
    (morning,) = [one for one in lived(home, morning_s(12, 12.5)) if isinstance(one, HabitTable)]
    assert {habit.direction for habit in morning.habits} == {"unseen"}


def test_what_is_urgent_goes_on_and_the_panel_asks_before_it() -> None:
    home, at_s = home_of(), morning_s(12, 10)
    home.step(Reading(home.now_ms, WORKS, 1))
    lived(home, at_s)
    deadline_s = home.silence_deadlines_s()["r1"]
    assert deadline_s is not None
    pause(home, at_s + 1, at_s + 1 + LONGEST_S)
    home.advance((deadline_s - 60) * 1000)
    assert home.panels.asking() == {"r1"}
    (alert,) = findings(home.advance(deadline_s * 1000), AlertKind.INACTIVITY)
    assert alert.opened_s == deadline_s
    assert f"Paused by the resident since {home.local.clock(at_s + 1)}" in alert.evidence.coverage


def test_a_pause_of_everything_keeps_what_is_urgent_until_its_end_but_never_the_help_button() -> None:
    home, at_s = home_of(everything=True), morning_s(12, 10)
    home.step(Reading(home.now_ms, WORKS, 1))
    lived(home, at_s)
    deadline_s = home.silence_deadlines_s()["r1"]
    assert deadline_s is not None
    begun_s = deadline_s - HOUR_S
    pause(home, begun_s, begun_s + LONGEST_S)
    home.advance((deadline_s - 60) * 1000)
    assert home.panels.asking() == frozenset()
    assert findings(home.advance((begun_s + LONGEST_S) * 1000 - 1)) == []
    held = copied(home)
    (alert,) = findings(home.advance((begun_s + LONGEST_S) * 1000), AlertKind.INACTIVITY)
    assert alert.opened_s == begun_s + LONGEST_S
    assert "waited from" in alert.evidence.because
    assert findings(held.advance((begun_s + LONGEST_S) * 1000)) == [alert]
    other = home_of(everything=True)
    pause(other, at_s, at_s + LONGEST_S)
    assert [one.kind for one in findings(other.step(Reading((at_s + 60) * 1000, "button", 1)))] == ["help_button"]


def test_what_is_not_urgent_waits_and_is_told_at_the_end_if_it_is_so_still() -> None:
    home, at_s = home_of(days=21), morning_s(21, 7)
    pause(home, at_s, at_s + 3 * HOUR_S)
    assert findings(home.advance((at_s + 2 * HOUR_S) * 1000)) == []
    up, asleep = home, copied(home)
    (late,) = findings(asleep.advance((at_s + 3 * HOUR_S) * 1000), AlertKind.LATE_START)
    assert late.opened_s == at_s + 3 * HOUR_S
    for minute in range(1, 15):
        said = up.step(Reading((at_s + 3 * HOUR_S - 60 * (16 - minute)) * 1000, "hall" if minute % 2 else "tap", 1))
        assert findings(said) + updates(said) == []
    assert findings(up.advance((at_s + 3 * HOUR_S) * 1000), AlertKind.LATE_START) == []


def test_the_summaries_say_when_it_was() -> None:
    home, at_s = home_of(), morning_s(12, 14)
    lived(home, at_s)
    pause(home, at_s, at_s + 4 * HOUR_S)
    pause(home, at_s + 2 * HOUR_S, 0)
    said = lived(home, morning_s(15, 8))
    days = [one for one in summaries(said) if one.period is Period.DAY]
    assert any(line.startswith("Paused by the resident from 14:00 to 16:00") for line in days[0].lines)
    assert not any("Paused" in line for line in days[1].lines)
    (week,) = [one for one in summaries(said) if one.period is Period.WEEK]
    assert "Paused by the resident for 2 h of this week." in week.lines


def test_a_restored_home_goes_on_with_its_pause() -> None:
    home, at_s = home_of(everything=True, days=21), morning_s(21, 7)
    pause(home, at_s, at_s + 4 * HOUR_S)
    home.advance((at_s + 3 * HOUR_S) * 1000)
    other = copied(home)
    assert saved(other) == saved(home)
    end_ms = home.now_ms + DAY_S * 1000
    assert other.advance(end_ms) == home.advance(end_ms)
    assert saved(other) == saved(home)


def test_a_press_in_a_pause_is_still_an_answer() -> None:
    home, at_s = home_of(), morning_s(12, 10)
    home.step(Reading(home.now_ms, WORKS, 1))
    lived(home, at_s)
    deadline_s = home.silence_deadlines_s()["r1"]
    assert deadline_s is not None
    pause(home, at_s + 1, at_s + LONGEST_S)
    home.step(Reading((deadline_s - 5 * MINUTE_S) * 1000, OK, 1))
    assert findings(home.advance((deadline_s + 29 * MINUTE_S) * 1000)) == []
