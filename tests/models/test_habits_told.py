"""Summaries tell of the habits to which the resident has agreed, and of no other; alerts go on as they were."""

from dataclasses import replace
from functools import cache

import pytest

from models.habit_names import names_of
from models.home import Home
from models.vocabulary import Finding, Period, Reading, Said, Summary
from tests.models.world import SENSORS, a_life, morning_s, run, spec, summaries

UNLIKE = "Unlike most days"


@cache
def lived(told: frozenset[str] | None) -> list[Said]:
    """Five ordinary weeks, and a night in which somebody is up and about."""
    night = [Reading((morning_s(33, 23.5) + 300 * step) * 1000, "hall", 1.0) for step in range(50)]
    return run(Home(replace(spec(), habits_told=told)), sorted([*a_life(36, seed=6), *night]))


def habits(said: list[Said]) -> set[str]:
    return {habit.name for one in summaries(said) if one.period is Period.WEEK for habit in one.habits}


def test_all_are_told_where_nothing_else_was_decided() -> None:
    assert {"active-minutes", "kitchen-tap"} <= habits(lived(None)) <= names_of(SENSORS)


@pytest.mark.parametrize("told", [frozenset[str](), frozenset({"kitchen-tap"}), frozenset({"kitchen-tap", "nothing"})])
def test_a_week_tells_of_those_that_were_agreed_to(told: frozenset[str]) -> None:
    assert habits(lived(told)) == told & {"kitchen-tap"}


def test_a_days_headline_names_no_other() -> None:
    named = [one.headline for one in summaries(lived(None)) if UNLIKE in one.headline]
    assert named, "the day has to be unlike others for this to prove anything"
    hidden = [
        one.headline for one in summaries(lived(frozenset({"kitchen-tap"}))) if "unlike most days" in one.headline
    ]
    assert hidden == [
        "No alert was raised. A habit that is not told of was unlike most days. One day says little."
    ] * len([one for one in named if "tap" not in one])


def test_nothing_else_changes() -> None:
    def rest(said: list[Said]) -> list[Said]:
        return [replace(one, habits=(), headline="") if isinstance(one, Summary) else one for one in said]

    assert rest(lived(frozenset())) == rest(lived(None))
    assert [one for one in lived(frozenset()) if isinstance(one, Finding)] == [
        one for one in lived(None) if isinstance(one, Finding)
    ]
