"""Each fault does what it says, and nothing else."""

from collections import Counter
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from gateway.evaluation import faults
from gateway.evaluation.life import between
from models.localtime import DAY_S, HOUR_S, LocalTime
from models.vocabulary import CLOCK_STEP, GATEWAY_LINK

from .street import day_s, recorded

HOME = recorded()
AT_S = day_s(16, 10.5)


def test_a_dead_sensor_says_nothing_and_the_others_all() -> None:
    faulty = faults.dead(HOME, AT_S, Random(1))
    assert faulty is not None
    gone = Counter(HOME.readings) - Counter(faulty.readings)
    (name,) = {row.sensor for row in gone}
    rows = between(faulty.readings, faulty.start_s * 1000, faulty.end_s * 1000)
    assert name not in {row.sensor for row in rows}
    assert not Counter(faulty.readings) - Counter(HOME.readings)


def test_a_stuck_sensor_says_one() -> None:
    for seed in range(8):
        faulty = faults.stuck(HOME, AT_S, Random(seed))
        assert faulty is not None
        (name,) = {row.sensor for row in Counter(faulty.readings) - Counter(HOME.readings)}
        rows = between(faulty.readings, faulty.start_s * 1000, faulty.end_s * 1000)
        stuck = [row.value for row in rows if row.sensor == name]
        level = name in {"bed", "seat", "tap", "front-door"}
        assert stuck == [1.0] * (1 if level else faults.STUCK_S // 60)
        others = [
            row for row in between(HOME.readings, faulty.start_s * 1000, faulty.end_s * 1000) if row.sensor != name
        ]
        assert [row for row in rows if row.sensor != name] == others


def test_chatter_is_twenty_edges_a_second() -> None:
    faulty = faults.chattering(HOME, AT_S, Random(1))
    assert faulty is not None
    name = next(iter(Counter(faulty.readings) - Counter(HOME.readings))).sensor
    rows = [row for row in between(faulty.readings, AT_S * 1000, (AT_S + 2) * 1000) if row.sensor == name]
    assert len(rows) == 40
    assert {two.at_ms - one.at_ms for one, two in pairwise(rows)} == {50}


@given(by_s=st.sampled_from([HOUR_S, -HOUR_S, 3 * DAY_S]))
def test_a_wrong_clock_dates_wrongly_and_says_so_twice(by_s: int) -> None:
    faulty = faults.clock_step(by_s)(HOME, AT_S, Random(1))
    steps = [row for row in faulty.readings if row.sensor == CLOCK_STEP]
    assert [(row.at_ms, row.value) for row in steps] == [
        ((AT_S + by_s) * 1000, by_s),
        (faulty.end_s * 1000, -by_s),
    ]
    first, last = (faulty.readings.index(step) for step in steps)
    put_right = [
        *faulty.readings[:first],
        *(row._replace(at_ms=row.at_ms - by_s * 1000) for row in faulty.readings[first + 1 : last]),
        *faulty.readings[last + 1 :],
    ]
    assert put_right == HOME.readings


def test_duplicates_and_disorder_bring_nothing_new() -> None:
    twice = faults.duplicates(HOME, AT_S, Random(1))
    assert {(row.sensor, row.value) for row in twice.readings} == {(row.sensor, row.value) for row in HOME.readings}
    assert not Counter(HOME.readings) - Counter(twice.readings)
    assert len(twice.readings) > len(HOME.readings)
    mess = faults.disorder(HOME, AT_S, Random(1))
    assert Counter(mess.readings) == Counter(HOME.readings)
    back = [one.at_ms - two.at_ms for one, two in pairwise(mess.readings)]
    assert max(back) > HOUR_S * 1000 * 0.5


def test_a_gateway_that_is_down_says_so_and_sees_nothing() -> None:
    faulty = faults.gateway_down(3 * HOUR_S)(HOME, AT_S, Random(1))
    rows = between(faulty.readings, faulty.start_s * 1000, faulty.end_s * 1000)
    assert [(row.sensor, row.value) for row in rows] == [(GATEWAY_LINK, 0.0), (GATEWAY_LINK, 1.0)]
    assert Counter(faulty.readings) - Counter(rows) == Counter(HOME.readings) - Counter(
        between(HOME.readings, faulty.start_s * 1000, faulty.end_s * 1000)
    )


def test_clocks_change_in_the_night_and_people_live_by_them() -> None:
    local = LocalTime("Europe/London")
    for month, hours in ((3, 23), (10, 25)):
        faulty = faults.clocks_change(month)(HOME, AT_S, Random(1))
        assert faulty is not None
        assert faulty.end_s - faulty.start_s == hours * HOUR_S
        by_s = faulty.shifts_s[0]
        assert by_s % (7 * DAY_S) == 0
        assert all(one.at_ms <= two.at_ms for one, two in pairwise(faulty.readings))
        rows = between(faulty.readings, (faulty.end_s + 4 * HOUR_S) * 1000, (faulty.end_s + 9 * HOUR_S) * 1000)
        here = {(local.second_of_day(row.at_ms // 1000), row.sensor) for row in rows}
        there = {(local.second_of_day(row.at_ms // 1000), row.sensor) for row in HOME.readings}
        assert rows
        assert here <= there
