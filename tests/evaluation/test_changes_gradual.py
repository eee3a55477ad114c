"""Changes over weeks, and slower ways: what is done to a recording, and that nothing else is."""

from collections import Counter
from itertools import pairwise
from random import Random

import pytest

from gateway.evaluation import changes_gradual as gradual
from gateway.evaluation.catalogue import CHANGES, Change
from gateway.evaluation.changes import draw
from gateway.evaluation.life import Life, between, lives
from gateway.evaluation.recorded import Recorded
from models.kinds import SensorKind
from models.localtime import DAY_S
from models.vocabulary import HomeSpec, Reading, Sensor

SPEC = HomeSpec(
    "h",
    "UTC",
    ("r1",),
    (
        Sensor("bath", SensorKind.MOTION, "bathroom", "r1"),
        Sensor("kitchen", SensorKind.MOTION, "kitchen", "r1"),
        Sensor("door", SensorKind.DOOR, "outside-door", "r1"),
    ),
)
START_S = 1_717_200_000 + 7 * 3600  # 2024-06-01T07:00:00Z
LIVED = 64


def _life() -> Life:
    """Each waking half hour: from the kitchen to the bathroom in 30 s, and back after 3 min; a door after noon."""
    rows = []
    for day in range(LIVED):
        for half in range(30):
            at_s = START_S + day * DAY_S + half * 1800
            rows += [(at_s, "kitchen", 1.0), (at_s + 30, "bath", 1.0), (at_s + 210, "kitchen", 1.0)]
        rows += [(START_S + day * DAY_S + 5 * 3600 + 900, "door", value) for value in (1.0, 0.0)]
    readings = [Reading(at_s * 1000, sensor, value) for at_s, sensor, value in rows]
    readings.sort(key=lambda row: row.at_ms)
    return lives(Recorded("h", SPEC, readings))[0]


LIFE = _life()
ALL = LIFE.recorded.readings
SLOW = tuple(change for change in CHANGES if change.inject.__module__.endswith("changes_gradual"))


def _ways_s(readings: list[Reading], start: str, end: str) -> list[float]:
    pairs = [(one, two) for one, two in pairwise(readings) if (one.sensor, two.sensor) == (start, end)]
    return [(two.at_ms - one.at_ms) / 1000 for one, two in pairs]


@pytest.mark.parametrize("change", SLOW, ids=lambda change: change.name)
def test_nothing_outside_the_label_changes_and_the_same_lot_draws_the_same(change: Change) -> None:
    kept = list(ALL)
    one, again = (draw(LIFE, change, 1, 3) for _ in range(2))
    assert one == again
    assert len(one.injected) == 3
    for made in one.injected:
        assert [r for r in made.readings if r.at_ms < made.start_s * 1000] == between(ALL, 0, made.start_s * 1000)
        after_ms = made.end_s * 1000
        assert [r for r in made.readings if r.at_ms >= after_ms] == [r for r in ALL if r.at_ms >= after_ms]
        assert all(a.at_ms <= b.at_ms for a, b in pairwise(made.readings))
        assert made.readings != ALL
    assert kept == ALL


def test_ways_to_the_bathroom_take_three_times_as_long_and_no_row_is_lost() -> None:
    made = gradual.slower_to_bathroom(LIFE, gradual.slower_to_bathroom_moments(LIFE)[0], Random(0))
    assert made is not None
    inside = between(made.readings, made.start_s * 1000, (made.start_s + 7 * DAY_S) * 1000)
    assert set(_ways_s(inside, "kitchen", "bath")) == {90.0}
    assert set(_ways_s(inside, "bath", "kitchen")) == {180.0}
    assert Counter((r.sensor, r.value) for r in made.readings) == Counter((r.sensor, r.value) for r in ALL)


def test_ways_that_grow_are_twice_as_long_in_the_end() -> None:
    made = gradual.ever_slower(LIFE, gradual.gradual_moments(LIFE)[0], Random(0))
    assert made is not None
    last = between(made.readings, (made.start_s + 39 * DAY_S) * 1000, (made.start_s + 40 * DAY_S) * 1000)
    assert set(_ways_s(last, "kitchen", "bath")) == {60.0}


@pytest.mark.parametrize("inject", [gradual.ever_less_active, gradual.ever_less_in_room])
def test_what_ebbs_away_is_down_to_a_little_over_half_after_forty_days(inject: object) -> None:
    assert callable(inject)
    for seed in range(20):  # the kitchen or the door, by lot
        made = inject(LIFE, gradual.gradual_moments(LIFE)[0], Random(seed))
        first, last = (
            sum(r.sensor == "kitchen" for r in between(made.readings, day_s * 1000, (day_s + 5 * DAY_S) * 1000))
            for day_s in (made.start_s, made.start_s + 35 * DAY_S)
        )
        if last < 300:
            break
    assert 0.45 < last / first < 0.75
