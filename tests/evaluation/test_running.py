"""Copies that go on from the twin say what they would have said from the beginning; the yardstick is right."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from gateway.evaluation import faults
from gateway.evaluation.catalogue import CHANGES, Change
from gateway.evaluation.changes import draw, trial
from gateway.evaluation.life import Life
from gateway.evaluation.recorded import Recorded
from gateway.evaluation.running import Alert, Heard, Note, Twin, first_difference, resume, run
from gateway.evaluation.twins import silence_home, twin_home
from models import wording_notes
from models.localtime import DAY_S, HOUR_S
from models.vocabulary import GATEWAY_LINK, HabitTable, Period, Reading, Summary

from .street import SENSORS, day_s, life, recorded

HOME = recorded()

Inject = Callable[[Recorded, int, Random], faults.Faulty]


@pytest.fixture(scope="module", name="twin")
def _twin() -> Twin:
    return run(HOME, snapshots=True)


def after(heard: Heard, from_s: int) -> tuple[list[Alert], list[HabitTable]]:
    return (
        [alert for alert in heard.alerts if alert.opened_s > from_s],
        [table for table in heard.tables if table.raised_s > from_s],
    )


def whole(readings: list[Reading], until_s: int) -> Heard:
    """A copy lived through from the first row on; its last row is a moment of its own, so that time passes."""
    end = max(place for place, row in enumerate(readings) if row.at_ms <= until_s * 1000)
    return run(Recorded("x", HOME.spec, [*readings[: end + 1], Reading(until_s * 1000, GATEWAY_LINK, 1.0)])).heard


@pytest.mark.parametrize("change", [CHANGES[0], CHANGES[1], CHANGES[8]], ids=lambda change: change.name)
def test_a_resumed_copy_says_what_a_whole_run_says(twin: Twin, change: Change) -> None:
    for one in draw(life(), change, 1, 2).injected:
        resumed = after(resume(twin, one.readings, one.start_s, one.end_s), one.start_s)
        assert resumed == after(whole(one.readings, one.end_s), one.start_s)


@pytest.mark.parametrize("inject", [faults.clock_step(-HOUR_S), faults.disorder, faults.duplicates])
def test_a_resumed_faulty_copy_says_what_a_whole_run_says(twin: Twin, inject: Inject) -> None:
    for hour in (3.98, 4.02, 10):  # at night nothing is seen for long, so that a snapshot may lie within the fault
        faulty = inject(HOME, day_s(20, hour), Random(1))
        until_s = faulty.end_s + DAY_S
        resumed = after(resume(twin, faulty.readings, faulty.start_s, until_s), faulty.start_s)
        assert resumed == after(whole(faulty.readings, until_s), faulty.start_s)


def test_an_untouched_copy_says_what_the_twin_says(twin: Twin) -> None:
    resumed = resume(twin, list(HOME.readings), day_s(20, 12), HOME.end_s)
    assert resumed.tables
    assert after(resumed, 0) == after(twin.heard, day_s(20, 4))  # the day of the change begins where it goes on


def test_the_first_difference() -> None:
    one, two = [Reading(1, "a", 1.0), Reading(2, "a", 1.0)], [Reading(1, "a", 1.0), Reading(3, "a", 1.0)]
    assert first_difference(one, two) == 1
    assert first_difference(one, one[:1]) == 1
    assert first_difference(one, list(one)) == 2


def test_a_collapse_in_this_home_is_noticed(twin: Twin) -> None:
    trials = [trial(life(), twin, CHANGES[0], one) for one in draw(life(), CHANGES[0], 1, 4).injected]
    assert all(one.delay_s is not None and 0 < one.delay_s <= DAY_S for one in trials)
    assert not any(one.by_chance for one in trials)


def test_what_comes_back_soon_is_noticed_as_well() -> None:
    night_s = day_s(25, 2.5)
    rows = ((-60, "bed", 0.0), (0, "front-door", 1.0), (5, "front-door", 0.0), (420, "lounge", 1.0))
    before = [Reading((night_s + by_s) * 1000, sensor, value) for by_s, sensor, value in rows]
    home = replace(HOME, readings=sorted((*HOME.readings, *before), key=lambda row: row.at_ms))
    one = Life(home, "r1", {sensor.id: sensor for sensor in SENSORS})
    injected = CHANGES[1].inject(one, night_s + 1200, Random(1))
    assert injected is not None
    untouched = run(home, snapshots=True)
    heard = resume(untouched, injected.readings, injected.start_s, injected.end_s)
    assert [alert.kind for alert in heard.again] == ["night_exit"]
    noticed = trial(one, untouched, CHANGES[1], injected)
    assert noticed.delay_s is not None
    assert noticed.soon
    assert not noticed.open_already
    assert not noticed.by_chance


def test_the_twin_is_counted_in_person_days(twin: Twin) -> None:
    counted = twin_home(HOME, twin)
    assert counted.days == pytest.approx(36, abs=1)
    assert counted.days_late == pytest.approx(counted.days - 14, abs=0.01)


def test_time_to_notice_is_what_the_deadlines_say() -> None:
    hours_s = life().waking_hours()
    twin = run(HOME, ask_s=hours_s)
    result = silence_home(life(), twin, 0.02, hours_s)
    assert len(result.notice_s) + result.open_already == len(hours_s)
    deadline_s = twin.deadlines[hours_s[0]]["r1"]
    assert deadline_s is not None
    assert result.notice_s[0] == deadline_s - hours_s[0]


def test_away_is_not_at_home() -> None:
    rows = [
        Reading(day_s(0, 9) * 1000, "lounge", 1.0),
        Reading(day_s(0, 10) * 1000, "front-door", 1.0),
        Reading(day_s(0, 13) * 1000, "front-door", 1.0),
        Reading(day_s(0, 13.1) * 1000, "lounge", 1.0),
        Reading(day_s(0, 18) * 1000, "front-door", 1.0),
        Reading(day_s(0, 18.5) * 1000, "kitchen", 1.0),
        Reading(day_s(0, 19.5) * 1000, GATEWAY_LINK, 0.0),
        Reading(day_s(0, 20.5) * 1000, GATEWAY_LINK, 1.0),
        Reading(day_s(0, 21) * 1000, "kitchen", 1.0),
    ]
    one = Life(Recorded("x", HOME.spec, rows), "r1", {s.id: s for s in SENSORS})
    at_home = {hour: one.at_home(day_s(0, hour)) for hour in (9.5, 10.5, 12, 15, 17, 18.2, 20)}
    # asleep in the chair from 13:06 to 18:00 is at home; out from 10:00 is not, though moved within two hours before
    assert at_home == {9.5: True, 10.5: False, 12: False, 15: True, 17: True, 18.2: False, 20: False}


def test_blind_time_is_no_persons_time() -> None:
    faulty = faults.gateway_down(3 * DAY_S)(HOME, day_s(20, 12), Random(1))
    blind = Recorded("x", HOME.spec, faulty.readings)
    assert blind.blind_s(HOME.start_s, HOME.end_s) == pytest.approx(3 * DAY_S, abs=1)
    assert blind.person_days(HOME.start_s) == pytest.approx(HOME.person_days(HOME.start_s) - 3, abs=0.01)
    assert not Life(blind, "r1", {s.id: s for s in SENSORS}).lived(life().local.day(day_s(21, 12)))


def test_up_is_when_the_morning_begins() -> None:
    day = life().local.day(day_s(15, 12))
    up_s = life().up_s(day)
    assert up_s is not None
    assert 7 * HOUR_S <= life().local.second_of_day(up_s) <= 8 * HOUR_S


def test_a_weak_sign_is_noted_and_never_an_alert() -> None:
    noted = wording_notes.noted(
        wording_notes.restless_night(raised=2, nights=3, in_bed=True, known_days=20, is_new=True)
    )
    other = wording_notes.noted(wording_notes.more_active(minutes=90, usual=(40, 10), known_days=20, is_new=True))
    heard = Heard()
    for period in (Period.DAY, Period.WEEK):
        heard.take([Summary("r1", period, "2021-03-24", 1_000, "One.", "All heard.", lines=(other, noted))])
    assert heard.notes == [Note("r1", "restless_night", 1_000)]
    assert heard.alerts == []
