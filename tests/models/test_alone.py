"""Alone at home: in a shared home the silence is then one person's, and is told sooner, never later."""

import json
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.home import Home
from models.kinds import AlertKind, SensorKind
from models.localtime import DAY_S, HOUR_S
from models.told import Telling, Told
from models.vocabulary import Change, Reading, Said
from tests.models.world import a_life, clock_step, copied, findings, morning_s, run, spec, summaries, updates

_WORN = (SensorKind.HEART_RATE, SensorKind.STEPS)
_SPEC = spec([replace(one, resident=None) for one in spec().sensors if one.kind not in _WORN], residents=("r1", "r2"))


@cache
def _state() -> str:
    home = Home(_SPEC)
    run(home, [one for one in a_life(12) if one.sensor not in ("steps", "pulse")])
    return json.dumps(home.state())


def pair() -> Home:
    """Two people whose sensors are the household's, after twelve days."""
    return Home.restore(_SPEC, json.loads(_state()))


def alone(until_s: int, at_s: int, who: str = "r1") -> Reading:
    return Reading(at_s * 1000, Told(Telling.ALONE, who).name(), float(until_s))


def sign(at_s: int, sensor: str = "hall") -> Reading:
    return Reading(at_s * 1000, sensor, 1)


def deadline_s(home: Home) -> int:
    found = home.silence_deadlines_s()["household"]
    assert found is not None
    return found


def test_the_deadline_is_no_later_than_four_waking_hours() -> None:
    home = pair()
    start_s = morning_s(12, 19)
    run(home, [sign(start_s)])
    together_s = deadline_s(home)
    home.step(alone(start_s + DAY_S, start_s + 60))
    assert deadline_s(home) == min(together_s, morning_s(13, 8) + 60)
    home.step(alone(0, start_s + 120))
    assert deadline_s(home) == together_s


def test_an_alert_names_who_is_alone_and_ends_in_the_same_name() -> None:
    home = pair()
    start_s = morning_s(12, 14)
    run(home, [sign(start_s), alone(start_s + 10 * HOUR_S, start_s + 60)])
    opens_s = deadline_s(home)
    said = home.advance(opens_s * 1000)
    (silent,) = findings(said, AlertKind.INACTIVITY)
    assert (silent.resident, silent.opened_s) == ("r1", opens_s)
    assert "r1 is said to be alone at home until 00:00 on Sunday" in silent.evidence.coverage
    assert copied(home).state() == home.state()
    # by then nobody is alone any more: what is over is still what was opened
    later_s = start_s + 11 * HOUR_S
    said = home.advance(later_s * 1000) + home.step(sign(later_s + 1))
    assert [(one.resident, one.change) for one in updates(said) if one.kind is AlertKind.INACTIVITY] == [
        ("r1", Change.RESOLVED)
    ]
    said = home.advance((later_s + 2 * DAY_S) * 1000)
    assert {one.resident for one in findings(said, AlertKind.INACTIVITY)} == {"household"}


def test_the_households_summary_tells_of_that_alert() -> None:
    home = pair()
    home.advance(morning_s(12, 7.5) * 1000)
    start_s = morning_s(12, 14)
    said = run(home, [sign(start_s), alone(start_s + 10 * HOUR_S, start_s + 60)])
    said += home.advance(morning_s(13, 7.5) * 1000)
    assert [one.resident for one in findings(said)] == ["household", "r1"]
    assert summaries(said)[-1].headline == "2 alerts in the last day: inactivity."


def test_who_went_out_by_the_door_leaves_the_other_watched() -> None:
    home = pair()
    start_s = morning_s(12, 14)
    run(home, [sign(start_s), sign(start_s + 600, "front-door"), alone(start_s + 6 * HOUR_S, start_s + 660)])
    assert deadline_s(home) <= start_s + 660 + 4 * HOUR_S


def test_because_it_was_told_is_what_the_alert_says() -> None:
    home = Home(_SPEC)
    start_s = morning_s(1, 14)
    run(home, [sign(start_s), alone(start_s + 6 * HOUR_S, start_s)])
    (silent,) = findings(home.advance((start_s + 5 * HOUR_S) * 1000), AlertKind.INACTIVITY)
    assert silent.opened_s == start_s + 4 * HOUR_S
    assert silent.evidence.because == (
        "Said to be alone at home until 20:00: four waking hours without any sign of life then raise this."
    )


@given(
    told=st.lists(
        st.tuples(
            st.integers(0, 5 * HOUR_S), st.sampled_from(["r1", "r2", "household"]), st.integers(-HOUR_S, 90 * DAY_S)
        ),
        max_size=6,
    ),
    hours=st.floats(7, 22),
    step_s=st.sampled_from([0, 0, 3600, -3600]),
)
def test_whatever_is_told_no_alert_is_later(told: list[tuple[int, str, int]], hours: float, step_s: int) -> None:
    start_s = morning_s(12, hours)
    one, other = pair(), pair()
    for home in (one, other):
        run(home, [sign(start_s)])
    at_s = start_s
    said: tuple[list[Said], list[Said]] = ([], [])
    for gap_s, who, ahead_s in told:
        at_s += gap_s
        said[0].extend(one.step(alone(at_s + ahead_s, at_s, who)))
    for home, heard in zip((one, other), said, strict=True):
        heard.extend(home.advance(at_s * 1000))
        heard.extend(home.step(clock_step(home, step_s)))
        heard.extend(copied(home).advance((at_s + 2 * DAY_S) * 1000))
    opened = [[found.opened_s for found in findings(heard, AlertKind.INACTIVITY)] for heard in said]
    assert len(opened[0]) >= len(opened[1])
    assert not opened[1] or opened[0][0] <= opened[1][0]


@pytest.mark.parametrize("who", ["household", "nobody"])
def test_only_who_lives_here_can_be_alone(who: str) -> None:
    home = pair()
    start_s = morning_s(12, 14)
    run(home, [sign(start_s)])
    before = home.state()
    home.step(alone(start_s + DAY_S, start_s, who))
    assert home.state() == before
