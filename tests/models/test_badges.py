"""Carers' badges: what is seen while one is there is not counted, as in a planned visit; no more than that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.badges import LONGEST_S, Badges
from models.home import Home
from models.kinds import AlertKind, SensorKind
from models.localtime import DAY_S, HOUR_S
from models.signals import Event, Phase
from models.vocabulary import CLOCK_STEP, HOUSEHOLD, HomeSpec, Reading, Sensor
from tests.models.test_visits import calls, state_of, visited
from tests.models.world import (
    SENSORS,
    a_life,
    copied,
    findings,
    morning_s,
    run,
    saved,
    spec,
    summaries,
    trained,
    updates,
)

BADGE = Sensor("badge", SensorKind.BADGE, "worn")
WITH_BADGE = spec((*SENSORS, BADGE))


def worn(day: int, from_h: float, to_h: float) -> list[Reading]:
    """A badge that comes and goes."""
    return [Reading(morning_s(day, hours) * 1000, "badge", value) for hours, value in ((from_h, 1), (to_h, 0))]


def about() -> Home:
    """A trained home in which a badge has been there from 08:00 on day 12."""
    home = Home.restore(WITH_BADGE, trained().state())
    home.step(worn(12, 8, 9)[0])
    return home


def test_a_badge_is_as_a_planned_visit_at_the_same_time() -> None:
    life = [one for one in a_life(12) if not 8 * HOUR_S <= (one.at_ms // 1000) % DAY_S < 9 * HOUR_S]
    came = [one for day in range(12) for one in worn(day, 8, 9)]
    planned, badged = Home(visited()), Home(WITH_BADGE)
    run(planned, sorted([*life, *calls(12)]))
    run(badged, sorted([*life, *calls(12), *came]))
    for part in ("habits", "trends", "inactivity", "stays"):
        assert state_of(badged)[part] == state_of(planned)[part], part


def test_a_badge_is_no_sign_of_life() -> None:
    """It neither ends a silence nor puts its alert off."""
    homes = [Home.restore(WITH_BADGE, trained().state()) for _ in range(2)]
    start_s = morning_s(12, 9)
    for home in homes:
        run(home, [Reading(start_s * 1000, "lounge", 1)])
    deadline_s = homes[0].silence_deadlines_s()["r1"]
    assert deadline_s is not None
    run(homes[1], worn(12, 9.1, 9.2))
    assert homes[1].silence_deadlines_s()["r1"] == deadline_s
    opened = findings(homes[1].advance(deadline_s * 1000), AlertKind.INACTIVITY)
    assert [one.opened_s for one in opened] == [deadline_s]
    assert updates(run(homes[1], worn(13, 9, 9.2))) == []


def test_what_is_seen_while_a_badge_is_there_still_ends_an_alert() -> None:
    home = Home.restore(WITH_BADGE, trained().state())
    run(home, [Reading(morning_s(12, 9) * 1000, "lounge", 1)])
    deadline_s = home.silence_deadlines_s()["r1"]
    assert deadline_s is not None
    home.advance(deadline_s * 1000)
    home.step(Reading((deadline_s + 50) * 1000, "badge", 1))
    assert updates(home.step(Reading((deadline_s + 60) * 1000, "tap", 1))) != []


def test_a_badge_left_behind_stops_counting_until_it_has_been_away() -> None:
    badges = Badges()
    badges.see(Event(1_000_000, BADGE, Phase.FIRED, 1.0))
    badges.see(Event(9_000_000, BADGE, Phase.FIRED, 1.0))  # said again after a restart
    assert badges.hold(1000 + LONGEST_S - 1)
    assert not badges.hold(1000 + LONGEST_S)
    badges.see(Event((1000 + 20 * HOUR_S) * 1000, BADGE, Phase.OFF, 0.0))
    badges.see(Event((1000 + 21 * HOUR_S) * 1000, BADGE, Phase.ON, 1.0))
    assert badges.hold(1000 + 22 * HOUR_S)


def test_a_badge_concerns_its_resident_and_the_household_or_everybody() -> None:
    people = ("r1", "r2")
    sensors = (
        Sensor("hall", SensorKind.MOTION, "hallway"),
        Sensor("bed-1", SensorKind.BED, "bedroom", "r1"),
        Sensor("bed-2", SensorKind.BED, "bedroom", "r2"),
    )

    def held(badge: Sensor) -> set[str]:
        home = Home(HomeSpec("h", "UTC", people, (*sensors, badge)))
        run(home, [Reading(1_740_988_800_000, "hall", 1), Reading(1_740_988_801_000, "badge", 1)])
        streams = saved(home)["streams"]
        return {name for name, stream in streams.items() if stream["whereabouts"]["badges"]["here"]}

    assert held(BADGE) == {"r1", "r2", HOUSEHOLD}
    assert held(Sensor("badge", SensorKind.BADGE, "worn", "r2")) == {"r2", HOUSEHOLD}


def test_who_comes_does_not_show_in_what_leaves_the_home() -> None:
    visited_home, other = Home(WITH_BADGE), Home(spec())
    seen = [Reading(morning_s(1, 8) * 1000, "tap", 1)]
    run(visited_home, [*seen, *worn(1, 9, 10)])
    run(other, seen)
    assert visited_home.heard_since(morning_s(1, 7) * 1000) == 1
    until_ms = morning_s(2, 23) * 1000
    said, told = visited_home.advance(until_ms), other.advance(until_ms)
    assert summaries(said) == summaries(told) != []
    (alert,) = findings(said, AlertKind.INACTIVITY)
    assert "Visits by somebody with a badge are not counted." in alert.evidence.coverage


def test_a_missing_badge_is_no_fault() -> None:
    home = Home(WITH_BADGE)
    run(home, [*a_life(3), *worn(3, 8, 9)])
    said = run(home, [Reading(morning_s(4, 12) * 1000, "@link/badge", 0)]) + home.advance(morning_s(9, 12) * 1000)
    assert not [one for one in findings(said) if "badge" in one.evidence.observed]


@pytest.mark.parametrize("step_s", [-1800, 1800, 90_000])
def test_a_clock_step_moves_a_visit_with_it(step_s: int) -> None:
    home = about()
    now_s = morning_s(12, 8.5)
    home.advance(now_s * 1000)
    home.step(Reading((now_s + step_s) * 1000, CLOCK_STEP, step_s))
    assert state_of(home)["whereabouts"]["badges"]["here"] == {"badge": morning_s(12, 8) + step_s}  # type: ignore[index]


@given(st.lists(st.tuples(st.integers(1, 9 * HOUR_S), st.booleans()), max_size=12), st.integers(0, 11))
def test_a_restored_home_knows_who_is_there(moves: list[tuple[int, bool]], at: int) -> None:
    home, now_s = about(), morning_s(12, 9)
    for number, (after_s, there) in enumerate(moves):
        now_s += after_s
        run(home, [Reading(now_s * 1000, "badge", float(there)), Reading(now_s * 1000 + 500, "tap", 1)])
        if number == at:
            assert copied(home).state() == home.state()
            home = copied(home)
    again = copied(home)
    later = [Reading((now_s + 60) * 1000, "toilet", 1), Reading((now_s + 7 * HOUR_S) * 1000, "lounge", 1)]
    assert run(home, later) == run(again, later)
    assert home.state() == again.state()
