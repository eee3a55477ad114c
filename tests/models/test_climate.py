"""Rooms below 16 °C or above 27 °C for three hours, at home (ALERTS, rule 6)."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.home import Home
from models.kinds import AlertKind, SensorKind, Severity
from models.localtime import HOUR_S, MINUTE_S
from models.told import Telling, Told
from models.vocabulary import Change, HomeSpec, Reading, Said, Sensor
from tests.models.world import START_S, clock_step, copied, findings, link, run, spec, updates

ROOMS = (
    Sensor("t-lounge", SensorKind.TEMPERATURE, "lounge"),
    Sensor("t-bed", SensorKind.TEMPERATURE, "bedroom"),
    Sensor("hall", SensorKind.MOTION, "hall"),
)
BEGINS_S = START_S + 8 * HOUR_S


def home(*, kinds: frozenset[AlertKind] = frozenset(AlertKind)) -> Home:
    return Home(spec(ROOMS, alerts=kinds))


def measured(
    start_s: int, hours: float, lounge: float, bedroom: float | None, every_s: int = 10 * MINUTE_S
) -> list[Reading]:
    rows: list[Reading] = []
    for at_s in range(start_s, start_s + round(hours * HOUR_S) + 1, every_s):
        rows.append(Reading(at_s * 1000, "t-lounge", lounge))
        rows += [] if bedroom is None else [Reading(at_s * 1000, "t-bed", bedroom)]
    return rows


def climate(said: list[Said]) -> list[tuple[AlertKind, int]]:
    found = [*findings(said, AlertKind.COLD_HOME), *findings(said, AlertKind.HOT_HOME)]
    return [(one.kind, one.opened_s - BEGINS_S) for one in found]


@pytest.mark.parametrize(
    ("lounge", "bedroom", "told"),
    [
        (15.9, 12.0, [(AlertKind.COLD_HOME, 3 * HOUR_S)]),
        (16.0, 12.0, []),
        (27.1, 30.0, [(AlertKind.HOT_HOME, 3 * HOUR_S)]),
        (27.0, 30.0, []),
        (20.0, 21.0, []),
        (12.0, None, [(AlertKind.COLD_HOME, 3 * HOUR_S)]),
    ],
)
def test_only_where_no_measured_room_is_within_the_limit(
    lounge: float, bedroom: float | None, told: list[tuple[AlertKind, int]]
) -> None:
    assert climate(run(home(), measured(BEGINS_S, 5, lounge, bedroom))) == told


def test_what_is_told_names_the_rooms_and_the_limit() -> None:
    finding = findings(run(home(), measured(BEGINS_S, 4, 14.0, 13.46)), AlertKind.COLD_HOME)[0]
    assert finding.severity is Severity.ATTENTION
    assert finding.resident == "household"
    assert finding.evidence.observed == (
        "It has been below 16 °C since 12:00 wherever it is measured; now: bedroom 13 °C and lounge 14 °C."
    )


def test_three_hours_begin_anew_when_it_was_warm_meanwhile() -> None:
    house = home()
    said = run(house, measured(BEGINS_S, 2.5, 14.0, 14.0))
    said += run(house, [Reading((BEGINS_S + round(2.6 * HOUR_S)) * 1000, "t-lounge", 17.0)])
    said += run(house, measured(BEGINS_S + 3 * HOUR_S, 2.5, 14.0, 14.0))
    assert climate(said) == []


def test_it_ends_half_a_degree_within_the_limit() -> None:
    house = home()
    run(house, measured(BEGINS_S, 4, 14.0, 14.0))
    later_s = BEGINS_S + 5 * HOUR_S
    assert updates(run(house, [Reading(later_s * 1000, "t-lounge", 16.3)])) == []
    ended = updates(run(house, [Reading((later_s + 60) * 1000, "t-lounge", 16.5)]))
    assert [(one.kind, one.change) for one in ended] == [(AlertKind.COLD_HOME, Change.RESOLVED)]
    assert ended[0].observed == "At 17:01 it was 16 °C in the lounge."


def test_a_thermometer_that_is_not_heard_tells_nothing() -> None:
    house = home()
    run(house, measured(BEGINS_S, 0.5, 14.0, 14.0))
    assert climate(house.advance((BEGINS_S + 20 * HOUR_S) * 1000)) == []


def test_nothing_is_concluded_over_a_time_in_which_nobody_looked() -> None:
    house = home()
    said = run(house, measured(BEGINS_S, 1, 14.0, 14.0))
    said += run(house, [link((BEGINS_S + HOUR_S + 1) * 1000, up=False)])
    said += run(house, [link((BEGINS_S + 2 * HOUR_S) * 1000, up=True)])
    said += run(house, measured(BEGINS_S + 2 * HOUR_S + 60, 2.5, 14.0, 14.0))
    assert climate(said) == []
    said = run(house, measured(BEGINS_S + 5 * HOUR_S, 1, 14.0, 14.0))
    assert climate(said) == [(AlertKind.COLD_HOME, 5 * HOUR_S + 60)]


def test_an_empty_home_may_be_cold_until_somebody_is_back() -> None:
    house = Home(HomeSpec("h", "Europe/London", ("r1",), ROOMS))
    away = Told(Telling.AWAY, "r1").name()
    said = run(house, [Reading(BEGINS_S * 1000, away, float(BEGINS_S + 40 * HOUR_S))])
    said += run(house, measured(BEGINS_S + 60, 8, 10.0, 10.0))
    assert climate(said) == []
    back_s = BEGINS_S + 8 * HOUR_S + 120
    said = run(house, [Reading(back_s * 1000, away, 0.0)])
    said += run(house, measured(back_s + 60, 1, 10.0, 10.0))
    assert [kind for kind, _ in climate(said)] == [AlertKind.COLD_HOME]


def test_a_kind_that_is_off_says_nothing() -> None:
    assert climate(run(home(kinds=frozenset()), measured(BEGINS_S, 5, 10.0, 10.0))) == []


@given(
    st.lists(st.tuples(st.integers(1, 150), st.sampled_from(["t-lounge", "t-bed"]), st.floats(10, 32)), max_size=30),
    st.integers(0, 30),
    st.integers(-3 * HOUR_S, 3 * HOUR_S),
)
def test_restored_at_any_moment_it_says_the_same(steps: list[tuple[int, str, float]], cut: int, step_s: int) -> None:
    at_s, rows = BEGINS_S, []
    for minutes, sensor, degrees in steps:
        at_s += minutes * MINUTE_S
        rows.append(Reading(at_s * 1000, sensor, degrees))
    one = home()
    run(one, rows[:cut])
    if one.now_ms:
        moved = clock_step(one, step_s)
        one.step(moved)
        rows = [row._replace(at_ms=row.at_ms + step_s * 1000) for row in rows]
    other = copied(one)
    assert run(other, rows[cut:]) == run(one, rows[cut:])
    assert other.state() == one.state()
    assert all(before.at_ms < after.at_ms for before, after in pairwise(rows))
