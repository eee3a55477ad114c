"""The fault matrix, on seed 1: nobody is left unseen, no carer is called for a battery; and its judge can say no."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from gateway.evaluation.matrix.breaking import How
from gateway.evaluation.matrix.judging import ABOUT_HER
from gateway.evaluation.matrix.living import Course
from gateway.evaluation.matrix.page import matrix_page
from gateway.evaluation.matrix.reporting import account, tables, totals
from gateway.evaluation.matrix.running import Matrix, Restore
from gateway.evaluation.matrix.scenarios import ROUNDS, SORTS, Scenario
from models.home import Home
from models.kinds import AlertKind
from models.vocabulary import GATEWAY_LINK, RADIO, SENSOR_LINK, Finding, HomeSpec, Reading, Said

PERSONS = 3
TECHNICIAN = frozenset(AlertKind) & {"sensor_silent", "sensor_stuck", "sensor_chatter", "battery_low", "radio_down"}


@cache
def matrix() -> Matrix:
    return Matrix(1, persons=PERSONS)


@cache
def drawn() -> tuple[Scenario, ...]:
    return tuple(matrix().scenarios())


def doctored(restore: Restore) -> Matrix:
    """The same lives, judged with another home."""
    other = Matrix(1, persons=PERSONS, restore=restore)
    other.lives = matrix().lives
    return other


def of(name: str, course: Course, *, down: bool = False) -> Scenario:
    return next(one for one in drawn() if one.sort.name == name and one.course is course and bool(one.down) is down)


class Unlinked(Home):
    """A home that takes blindness for stillness."""

    def step(self, reading: Reading) -> list[Said]:
        if reading.sensor in (GATEWAY_LINK, RADIO) or reading.sensor.startswith(SENSOR_LINK):
            return self.advance(reading.at_ms)
        return super().step(reading)


class Mute(Home):
    """A home that says nothing."""

    def step(self, reading: Reading) -> list[Said]:
        return [one for one in super().step(reading) if not isinstance(one, Finding)]

    def advance(self, now_ms: int) -> list[Said]:
        return [one for one in super().advance(now_ms) if not isinstance(one, Finding)]


def without(*kinds: str) -> Restore:
    def restore(spec: HomeSpec, state: Mapping[str, Any]) -> Home:
        return Home.restore(replace(spec, alerts=spec.alerts - {*kinds}), state)

    return restore


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_unsafe_silence_and_no_care_alert_for_a_fault() -> None:
    """But for the last round, of which each takes a week: one care alert there is not mended (decision 0029)."""
    whole = Matrix(1)
    verdicts = [whole.verdict(one) for one in whole.scenarios(rounds=len(ROUNDS) - 1)]
    assert len(verdicts) >= 200
    assert {one.fault for one in verdicts} == {sort.name for sort in SORTS}
    assert {one.course for one in verdicts} == {*map(str, Course)}
    found = totals(verdicts)
    assert [(one.number, one.fault, one.course, one.breaks) for one in verdicts if one.unsafe] == []
    assert [(one.number, one.fault, one.course, one.false_care) for one in verdicts if one.false_care] == []
    assert found["by_link_in_time"] == found["by_link"]
    assert found["uncovered"] == 0


def test_every_sort_of_fault_meets_every_course() -> None:
    met = {(one.sort.name, one.course) for one in drawn()}
    assert met == {(sort.name, course) for sort in SORTS for course in Course}
    assert len(drawn()) == len(SORTS) * len(ROUNDS) >= 240
    assert {broken.how for one in drawn() for broken in one.breaks} == {*How}
    assert sum(1 for one in drawn() if one.down) >= len(drawn()) // 5


def test_the_same_seed_gives_the_same_scenarios_and_verdicts() -> None:
    scenario = of("any one: chatters", Course.ACTIVE)
    again = next(one for one in Matrix(1, persons=PERSONS).scenarios() if one.number == scenario.number)
    assert replace(again, sort=scenario.sort) == scenario
    assert matrix().verdict(scenario) == matrix().verdict(scenario)


def test_blindness_taken_for_stillness_is_a_care_alert_for_a_fault() -> None:
    verdict = doctored(Unlinked.restore).verdict(of("everything: link lost", Course.ACTIVE))
    assert any(alert.startswith("inactivity (urgent)") for alert in verdict.false_care)


@pytest.mark.parametrize("course", [Course.BATHROOM, Course.LOUNGE])
def test_a_home_that_says_nothing_leaves_her_lying(course: Course) -> None:
    scenario = of("button: link lost", course)
    verdict = doctored(Mute.restore).verdict(scenario)
    assert verdict.unsafe
    assert verdict.told_s is None
    assert not matrix().verdict(scenario).unsafe


def test_an_alert_about_something_else_does_not_count() -> None:
    verdict = doctored(without(*ABOUT_HER)).verdict(of("bathroom: silent", Course.LOUNGE))
    assert verdict.unsafe


def test_the_desk_tells_of_a_gateway_that_is_down() -> None:
    verdict = doctored(Mute.restore).verdict(of("gateway: down for a day", Course.BATHROOM, down=True))
    assert verdict.told_kind == "unheard"
    assert not verdict.unsafe


@pytest.mark.skipif(not TECHNICIAN, reason="no kind is the technician's yet")
def test_what_the_technician_is_not_told_is_missed() -> None:
    scenario = of("all radio: radio down", Course.ACTIVE)
    silent = doctored(without(*TECHNICIAN)).verdict(scenario)
    assert [one.in_time for one in silent.faults] == [False]
    assert silent.faults[0].unnamed
    assert [one.in_time for one in matrix().verdict(scenario).faults] == [True]


def test_a_summary_that_hides_what_was_blind_is_found() -> None:
    verdict = doctored(Unlinked.restore).verdict(of("outside door: link lost", Course.ACTIVE))
    assert any("without front-door" in one for one in verdict.uncovered)


def test_the_tables_and_the_page_show_what_failed() -> None:
    scenarios = [of("button: link lost", Course.LOUNGE), of("everything: link lost", Course.ACTIVE)]
    verdicts = [
        doctored(Mute.restore).verdict(scenarios[0]),
        doctored(Unlinked.restore).verdict(scenarios[1]),
    ]
    shown = tables(verdicts)
    assert [one.title for one in shown][-1] == "Failures"
    assert {row[1] for row in shown[-1].rows} == {"button: link lost", "everything: link lost"}
    assert all(len(row) == len(one.header) for one in shown for row in one.rows)
    whole = account(verdicts, 1)
    assert whole["all"]["unsafe"] == whole["all"]["false_care"] == 1
    text = matrix_page(verdicts, 1)
    assert text.count('class="dot"') == 2
    assert "http" not in text.replace("http-equiv", "")
