"""A simulated life keeps the laws of nature, follows its story and repeats itself exactly."""

import hashlib
import itertools
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from statistics import mean, median, pstdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import InputError
from gateway.sources.simulator import act as ids
from gateway.sources.simulator.act import MOMENTARY, NO_CONTACT, PULSE, STRAP, Act
from gateway.sources.simulator.house import WIRES
from gateway.sources.simulator.life import Life
from gateway.sources.simulator.scenario import Collapse, Scenario

QUIET = Scenario(quiet_days=30, illness_days=0, collapse=None)
SENSORS = {wire.id for wire in WIRES} | STRAP

stories = st.builds(
    Scenario,
    quiet_days=st.integers(1, 3),
    illness_days=st.integers(0, 4),
    collapse=st.none()
    | st.builds(
        Collapse,
        clock=st.times().map(lambda t: t.strftime("%H:%M")).filter(lambda clock: not clock.startswith("04:0")),
        place=st.sampled_from(["kitchen", "bathroom"]),
        strap=st.sampled_from(["on", "off"]),
    ),
)
lives = st.builds(
    Life,
    st.integers(0, 10**9),
    stories,
    timezone=st.sampled_from(["Europe/London", "America/St_Johns", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu"]),
    # around the nights on which the clocks change
    first_day=st.sampled_from([date(2025, 3, 28), date(2025, 10, 24), date(2025, 3, 7), date(2025, 4, 4)]),
)


def digest(acts: Iterable[Act]) -> str:
    return hashlib.sha256("\n".join(f"{a.at_s!r},{a.sensor},{a.value!r}" for a in acts).encode()).hexdigest()


def hour(life: Life, at_s: float) -> float:
    return life.local.second_of_day(int(at_s)) / 3600


def of_person(acts: Iterable[Act]) -> list[Act]:
    return [act for act in acts if act.sensor not in STRAP]


@settings(max_examples=60, deadline=None)
@given(lives)
def test_the_laws_of_nature(life: Life) -> None:
    keeps_the_laws(life)


def keeps_the_laws(life: Life) -> None:
    acts = list(life)
    on: set[str] = set()
    for before, after in itertools.pairwise(acts):
        assert before.at_s <= after.at_s
    assert life.start_s == acts[0].at_s
    assert acts[-1].at_s < life.end_s
    for act in acts:
        assert act.sensor in SENSORS
        if act.sensor in STRAP:
            continue
        if act.sensor in MOMENTARY:
            assert act.value == 1
        elif act.value:
            assert act.sensor not in on
            on.add(act.sensor)
        else:
            on.remove(act.sensor)
        assert not {ids.BED, ids.CHAIR} <= on


@settings(max_examples=25, deadline=None)
@given(lives)
def test_nothing_happens_while_nobody_is_at_home(life: Life) -> None:
    acts = list(life)
    outings = 0
    for shut, opened in itertools.pairwise(of_person(acts)):
        if shut.sensor == ids.FRONT_DOOR and not shut.value and opened.at_s - shut.at_s > 1800:
            outings += 1
            assert (opened.sensor, opened.value) == (ids.FRONT_DOOR, 1.0)
            assert 40 * 60 <= opened.at_s - shut.at_s <= 151 * 60
            # nor is the strap heard
            assert not [act for act in acts if shut.at_s < act.at_s < opened.at_s]
    assert outings <= life.scenario.quiet_days


@settings(max_examples=25, deadline=None)
@given(lives.filter(lambda life: life.scenario.collapse is not None))
def test_after_the_collapse_only_the_strap_goes_on(life: Life) -> None:
    lies_still(life)


@pytest.mark.parametrize("hour_of_day", range(24))
def test_she_may_collapse_in_the_middle_of_anything(hour_of_day: int) -> None:
    for minute in range(10, 60, 13):
        story = Scenario(quiet_days=1, illness_days=0, collapse=Collapse(f"{hour_of_day:02d}:{minute}"))
        life = Life(hour_of_day, story)
        keeps_the_laws(life)
        lies_still(life)


def lies_still(life: Life) -> None:
    acts = list(life)
    collapse, collapse_s = life.scenario.collapse, life.collapse_s
    assert collapse is not None
    assert collapse_s is not None
    if collapse.clock >= "04:10":  # before that, the hour may be one that the clocks skip
        assert life.local.clock(collapse_s) == collapse.clock
    room = ids.BATHROOM_MOTION if collapse.place == "bathroom" else ids.KITCHEN_MOTION
    assert of_person(acts)[-1] == Act(float(collapse_s), room, 1.0)
    left_on = {act.sensor: act.value for act in of_person(acts) if act.sensor not in MOMENTARY}
    assert {sensor for sensor, value in left_on.items() if value} <= {ids.TELEVISION}
    pulse = [act.value for act in acts if act.sensor == PULSE and act.at_s > collapse_s]
    minutes_left = (life.end_s - collapse_s) // 60
    if collapse.strap == "on":
        assert len(pulse) >= minutes_left - 1
        assert sum(value != NO_CONTACT for value in pulse) >= 0.9 * len(pulse)
    else:
        assert len(pulse) <= 10
        assert all(value == NO_CONTACT for value in pulse)


def test_the_same_seed_gives_the_same_life_in_another_process() -> None:
    here = digest(Life(7))
    assert here == digest(Life(7))
    assert here != digest(Life(8))
    code = "from tests.simulator.test_life import *; print(digest(Life(7)))"
    there = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        env={"PYTHONHASHSEED": "77"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert there.stdout.strip() == here


def test_an_illness_does_not_change_the_weeks_before_it() -> None:
    well, ill = Life(3, QUIET), Life(3, Scenario(quiet_days=5, illness_days=3))
    evening_s = well.local.at_clock_s(well.first_day + 4, 20 * 3600)
    assert list(itertools.takewhile(lambda act: act.at_s < evening_s, well)) == list(
        itertools.takewhile(lambda act: act.at_s < evening_s, ill)
    )


def test_days_are_resident_days() -> None:
    life = Life(2, Scenario(quiet_days=30, illness_days=0, collapse=None), first_day=date(2025, 10, 10))
    days = list(life.days())
    assert [day for day, _ in days] == list(range(life.first_day, life.first_day + 30))
    for day, acts in days:
        assert life.local.day_start_s(day) <= acts[0].at_s <= acts[-1].at_s < life.local.day_start_s(day + 1)
    assert [act for _, acts in days for act in acts] == list(life)


def test_a_person_gets_up_by_the_clock_on_both_sides_of_a_change() -> None:
    life = Life(5, Scenario(quiet_days=28, illness_days=0, collapse=None), first_day=date(2025, 3, 16))
    change = life.local.day(life.local.at_clock_s(life.first_day + 14, 12 * 3600))
    up: dict[int, int] = {}
    for act in life:
        second = life.local.second_of_day(int(act.at_s))
        if act.sensor == ids.BED and act.value == 0 and 4 * 3600 < second < 12 * 3600:
            up[life.local.day(int(act.at_s))] = second
    before = median(second for day, second in up.items() if day < change)
    after = median(second for day, second in up.items() if day >= change)
    assert abs(before - after) < 30 * 60


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5, 6])
def test_a_quiet_month_looks_like_the_recorded_homes(seed: int) -> None:
    """The ranges are those of the recordings; docs/decisions/0007-simulator.md has the table."""
    life = Life(seed, QUIET)
    signs_a_day, longest_min, gaps_s = [], [], []
    for _, acts in itertools.islice(life.days(), 1, 29):
        signs = [act.at_s for act in of_person(acts) if act.value]
        waking = [at_s for at_s in signs if 8 <= hour(life, at_s) < 21]
        today_s = [after - before for before, after in itertools.pairwise(waking)]
        signs_a_day.append(len(signs))
        longest_min.append(max(today_s) / 60)
        gaps_s += today_s
    assert 250 < median(signs_a_day) < 550
    assert 0.12 < pstdev(signs_a_day) / mean(signs_a_day) < 0.4
    assert 0.5 < mean(gap < 60 for gap in gaps_s) < 0.75
    assert 0.004 < mean(gap > 1800 for gap in gaps_s) < 0.03
    assert 50 < median(longest_min) < 110
    assert max(longest_min) < 200


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5, 6])
def test_habits_are_those_of_somebody_who_lives_alone(seed: int) -> None:
    life = Life(seed, QUIET)
    outings, night_visits, flushes, taps, sits_min = [], [], [], [], []
    for _, acts in itertools.islice(life.days(), 1, 29):
        signs = of_person(acts)
        by_night = [a.at_s for a in signs if a.sensor == ids.BATHROOM_MOTION and not 6 <= hour(life, a.at_s) < 23]
        chair = [act for act in signs if act.sensor == ids.CHAIR]
        night_visits.append(sum(after - before > 1200 for before, after in itertools.pairwise([0.0, *by_night])))
        outings.append(sum(b.sensor == ids.FRONT_DOOR and a.at_s - b.at_s > 1800 for b, a in itertools.pairwise(signs)))
        flushes.append(sum(act.sensor == ids.TOILET for act in signs))
        taps.append(sum(act.sensor == ids.KITCHEN_TAP and act.value for act in signs))
        sits_min += [(after.at_s - before.at_s) / 60 for before, after in itertools.pairwise(chair) if before.value]
    assert 1 <= median(night_visits) <= 4
    assert 4 <= sum(outings) <= 20
    assert 4 <= median(flushes) <= 12
    assert 8 <= median(taps) <= 25
    assert 8 < median(sits_min) < 45


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_illness_week_shows_in_the_directions_that_carers_report(seed: int) -> None:
    life = Life(seed, Scenario(quiet_days=21, illness_days=7, collapse=None, long_stay=False))
    counts: dict[str, Counter[str]] = {"quiet": Counter(), "illness": Counter(), "collapse": Counter()}
    pulse: dict[str, list[float]] = {"quiet": [], "illness": []}
    for index, (_, acts) in enumerate(life.days()):
        chapter = life.scenario.chapter(index)
        count = counts[chapter]
        for act in acts:
            at_h = hour(life, act.at_s)
            if act.sensor == PULSE and act.value != NO_CONTACT and at_h < 6:
                pulse[chapter].append(act.value)
            elif act.sensor == ids.KITCHEN_TAP and act.value:
                count["taps"] += 1
            elif act.sensor == ids.BED and not act.value and not 6 <= at_h < 23:
                count["up at night"] += 1
    well, ill = counts["quiet"], counts["illness"]
    assert ill["taps"] / 7 < 0.75 * well["taps"] / 21
    assert ill["up at night"] / 7 > 1.4 * well["up at night"] / 21
    assert 5 < median(pulse["illness"]) - median(pulse["quiet"]) < 13


def test_the_default_story_has_one_press_of_the_help_button_and_one_long_bathroom_stay() -> None:
    life = Life(1)
    days = [acts for _, acts in life.days()]
    pressed = [i for i, acts in enumerate(days) for act in acts if act.sensor == ids.HELP_BUTTON]
    assert pressed == [23]
    signs = of_person(days[25])
    runs = [
        list(group)
        for in_bathroom, group in itertools.groupby(signs, key=lambda a: a.sensor in {ids.BATHROOM_MOTION, ids.TOILET})
        if in_bathroom
    ]
    stay = max(runs, key=lambda run: run[-1].at_s - run[0].at_s)
    assert 100 * 60 < stay[-1].at_s - stay[0].at_s < 140 * 60
    # she is seen in there now and then: a silence of 45 min would be a door that nobody saw open
    assert max(after.at_s - before.at_s for before, after in itertools.pairwise(stay)) < 45 * 60
    assert [life.scenario.chapter(i) for i in (0, 20, 21, 27, 28)] == ["quiet"] * 2 + ["illness"] * 2 + ["collapse"]


def test_the_battery_falls_slowly() -> None:
    levels = [act.value for act in Life(1) if act.sensor == ids.STRAP_BATTERY]
    assert levels == sorted(levels, reverse=True)
    assert 95 <= levels[0] <= 97
    assert 50 < levels[-1] < 75


def test_a_life_is_made_a_day_at_a_time() -> None:
    years = Life(1, Scenario(quiet_days=100_000, illness_days=0, collapse=None), first_day=date(1990, 1, 1))
    assert len(list(itertools.islice(years, 5000))) == 5000


@pytest.mark.parametrize("clock", ["25:00", "noon", "04:05", "1412"])
def test_an_impossible_collapse_is_refused_with_advice(clock: str) -> None:
    with pytest.raises(InputError) as refused:
        Collapse(clock)
    assert "14:12" in refused.value.advice


@pytest.mark.parametrize(("quiet", "ill", "collapse"), [(0, 0, None), (-1, 3, None), (3, -1, Collapse())])
def test_a_story_of_no_days_is_refused(quiet: int, ill: int, collapse: Collapse | None) -> None:
    with pytest.raises(InputError):
        Scenario(quiet, ill, collapse)
