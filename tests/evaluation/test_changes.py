"""Each change does what it says, and nothing else."""

from collections import Counter
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.evaluation import changes_slow as slow
from gateway.evaluation import changes_sudden as sudden
from gateway.evaluation.catalogue import CHANGES, Change
from gateway.evaluation.changes import draw
from gateway.evaluation.editing import Injected, uses
from gateway.evaluation.life import CLEAN_DAYS, Life, between
from models.localtime import DAY_S, HOUR_S
from models.vocabulary import Reading

from .street import life, recorded

LIFE = life()
ALL = recorded().readings


# those over weeks have a longer recording of their own, in test_changes_gradual.py
SHORT = tuple(change for change in CHANGES if not change.inject.__module__.endswith("changes_gradual"))
MOMENTS = {change.name: change.moments(LIFE) for change in SHORT}


def injected(change: Change, place: int, seed: int) -> Injected:
    moments = MOMENTS[change.name]
    made = change.inject(LIFE, moments[place % len(moments)], Random(seed))
    assert made is not None
    return made


def inside(readings: list[Reading], made: Injected) -> list[Reading]:
    return between(readings, made.start_s * 1000, made.end_s * 1000)


@pytest.mark.parametrize("change", SHORT, ids=lambda change: change.name)
@given(place=st.integers(0, 10_000), seed=st.integers(0, 10_000))
def test_nothing_outside_the_label_changes_and_time_never_runs_back(change: Change, place: int, seed: int) -> None:
    made = injected(change, place, seed)
    assert made.start_s - recorded().start_s >= CLEAN_DAYS * DAY_S
    before, after = made.start_s * 1000, made.end_s * 1000
    if "late" in change.name:  # up after three hours, which ends the label, with a morning of four
        after = (made.start_s + 7 * HOUR_S) * 1000
    assert [r for r in made.readings if r.at_ms < before] == [r for r in ALL if r.at_ms < before]
    assert [r for r in made.readings if r.at_ms >= after] == [r for r in ALL if r.at_ms >= after]
    assert all(one.at_ms <= two.at_ms for one, two in pairwise(made.readings))
    assert made.readings != ALL


@pytest.mark.parametrize("change", SHORT, ids=lambda change: change.name)
def test_the_same_seed_draws_the_same_copies_and_the_recording_stays_as_it_was(change: Change) -> None:
    kept = list(ALL)
    one, again, other = (draw(LIFE, change, seed, 3) for seed in (1, 1, 2))
    assert one == again
    assert len(one.injected) == 3
    assert one.injected != other.injected
    assert kept == ALL


def test_after_a_collapse_nothing_moves_for_a_day() -> None:
    made = injected(CHANGES[0], 40, 0)
    assert made.end_s - made.start_s == DAY_S
    assert inside(made.readings, made) == [r for r in inside(ALL, made) if r.at_ms == made.start_s * 1000]


def test_a_late_morning_happens_three_hours_later() -> None:
    at_s = sudden.late_moments(LIFE)[0]
    made = sudden.late_morning(LIFE, at_s, Random(0))
    late_ms = sudden.LATE_S * 1000
    assert between(made.readings, at_s * 1000, at_s * 1000 + late_ms) == []
    was = between(ALL, at_s * 1000, at_s * 1000 + 4 * HOUR_S * 1000)
    moved = between(made.readings, at_s * 1000 + late_ms, at_s * 1000 + 4 * HOUR_S * 1000 + late_ms)
    assert [row._replace(at_ms=row.at_ms + late_ms) for row in was] == moved


def test_out_at_night_is_one_door_and_then_nothing() -> None:
    made = injected(CHANGES[1], 7, 0)
    assert [(row.sensor, row.value) for row in inside(made.readings, made)] == [
        ("front-door", 1.0),
        ("front-door", 0.0),
    ]


@pytest.mark.parametrize("moving", [False, True])
def test_two_hours_in_the_bathroom_show_the_bathroom_alone(moving: bool) -> None:
    at_s = sudden.bathroom_moments(LIFE)[11]
    made = (sudden.bathroom_moving if moving else sudden.bathroom_still)(LIFE, at_s, Random(0))
    assert made is not None
    rows = between(made.readings, made.start_s * 1000, made.end_s * 1000)
    assert {row.sensor for row in rows} == {"bathroom"}
    apart = [two.at_ms - one.at_ms for one, two in pairwise(rows)]
    assert (len(rows) > 15 and max(apart) <= 420_000) if moving else len(rows) <= 2


def test_a_long_seat_stays_occupied() -> None:
    at_s = sudden.seat_moments(LIFE)[5]
    made = sudden.seat_stay(LIFE, at_s, Random(0))
    assert [row.sensor for row in inside(made.readings, made)] == ["seat"]


@given(seed=st.integers(0, 500), place=st.integers(0, 100))
def test_bathroom_visits_of_three_nights_double(seed: int, place: int) -> None:
    moments = slow.night_moments(LIFE)
    at_s = moments[place % len(moments)]
    made = slow.night_bathroom(LIFE, at_s, Random(seed))
    assert made is not None
    changed = Life(recorded().__class__("x", recorded().spec, made.readings), "r1", LIFE.sensors)
    day = LIFE.local.day(at_s)
    for night in range(day, day + 3):
        before, after = (len(one.visits_between(*one.night(night))) for one in (LIFE, changed))
        assert after == 2 * before
    levels = [row.value for row in made.readings if row.sensor == "bed"]
    assert all(one != two for one, two in pairwise(levels))  # a bed is still left before entered


def test_half_of_the_taps_uses_are_gone_with_their_ends() -> None:
    at_s = slow.tap_moments(LIFE)[3]
    made = slow.kitchen_tap(LIFE, at_s, Random(0))
    assert made is not None
    end_s = LIFE.span(LIFE.local.day(at_s) + 3)[0]
    taps = frozenset({"tap"})
    before, after = (uses(rows, taps, at_s * 1000, end_s * 1000) for rows in (ALL, made.readings))
    assert len(after) == len(before) - len(before) // 2
    assert all([row.value for row in use] == [1.0, 0.0] for use in after)
    gone = Counter(ALL) - Counter(made.readings)
    assert {row.sensor for row in gone} == {"tap"}


def test_a_third_of_the_active_minutes_is_gone() -> None:
    at_s = slow.less_active_moments(LIFE)[0]
    made = slow.less_active(LIFE, at_s, Random(0))

    def minutes(rows: list[Reading]) -> int:
        return len({row.at_ms // 60_000 for row in inside(rows, made) if row.value > 0})

    assert minutes(made.readings) / minutes(ALL) == pytest.approx(2 / 3, abs=0.04)
    assert not Counter(made.readings) - Counter(ALL)
    for sensor in ("bed", "seat", "tap"):
        levels = [row.value for row in inside(made.readings, made) if row.sensor == sensor]
        assert all(one != two for one, two in pairwise(levels))


def test_three_more_times_out_of_bed_each_night() -> None:
    at_s = slow.bed_moments(LIFE)[2]
    made = slow.bed_exits(LIFE, at_s, Random(0))
    assert made is not None
    more = Counter(made.readings) - Counter(ALL)
    assert Counter((row.sensor, row.value) for row in more) == {("bed", 0.0): 9, ("bed", 1.0): 9}
    levels = [row.value for row in made.readings if row.sensor == "bed"]
    assert all(one != two for one, two in pairwise(levels))


def test_a_home_without_the_sensor_is_left_out() -> None:
    home = recorded()
    bare = Life(home, "r1", {"lounge": next(s for s in home.spec.sensors if s.id == "lounge")})
    without = {change.name for change in CHANGES if not draw(bare, change, 1, 2).injected}
    assert {"out at night, not back", "6 h on a seat", "kitchen tap x0.5, 3 days", "bed exits +3, 3 nights"} < without
    assert "collapse" not in without


def test_several_peoples_sensors_are_nobodys() -> None:
    shared = Life(recorded(), "r1", LIFE.sensors)
    shared.alone = False
    assert draw(shared, CHANGES[0], 1, 3).injected == []
