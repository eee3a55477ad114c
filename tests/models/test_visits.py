"""Planned visits and company: what may be a visitor's sign does not teach, and nothing urgent is put off for it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.home import Home
from models.kinds import AlertKind, Severity
from models.localtime import DAY_S, HOUR_S, LocalTime
from models.visits import Visits
from models.vocabulary import HOUSEHOLD, Change, HomeSpec, Period, Reading, VisitWindow
from tests.models.world import a_life, copied, findings, morning_s, run, saved, spec, summaries, trained, updates

_HOUR_MS = HOUR_S * 1000
_EIGHT = VisitWindow(8 * HOUR_S, 9 * HOUR_S)
_LONDON = LocalTime("Europe/London")


def visited(*windows: VisitWindow) -> HomeSpec:
    return replace(spec(), visits=windows or (_EIGHT,))


def calls(days: int, *, first: int = 0) -> list[Reading]:
    """A carer who is in the kitchen and the bathroom from 08:10 to 08:40 each day."""
    return [
        Reading(morning_s(day, 8 + minute / 60) * 1000 + 7, name, 1)
        for day in range(first, first + days)
        for minute, name in ((10, "front-door"), (12, "hall"), (15, "toilet"), (25, "lounge"), (33, "toilet"))
    ]


def state_of(home: Home) -> dict[str, object]:
    found: dict[str, object] = saved(home)["streams"]["r1"]
    return found


def test_a_window_holds_on_its_days_and_over_midnight() -> None:
    night = Visits("r1", _LONDON, [VisitWindow(23 * HOUR_S, HOUR_S, frozenset({6}))])
    sunday_s = morning_s(6, 23.5)
    assert night.hold(sunday_s)
    assert night.hold(sunday_s + HOUR_S)
    assert not night.hold(sunday_s + 2 * HOUR_S)
    assert not night.hold(sunday_s - DAY_S)
    assert not night.hold(sunday_s + DAY_S)


def test_a_visit_to_one_is_none_to_the_other_but_one_to_the_household() -> None:
    windows = [replace(_EIGHT, resident="r2")]
    at_s = morning_s(3, 8.5)
    held = {who: Visits(who, _LONDON, windows).hold(at_s) for who in ("r1", "r2", HOUSEHOLD)}
    assert held == {"r1": False, "r2": True, HOUSEHOLD: True}


@given(at_s=st.integers(1_600_000_000, 1_900_000_000), from_s=st.integers(0, 86_399), to_s=st.integers(0, 86_399))
def test_what_a_window_holds_its_complement_does_not(at_s: int, from_s: int, to_s: int) -> None:
    if from_s != to_s:
        one, other = (Visits("r1", _LONDON, [VisitWindow(*times)]) for times in ((from_s, to_s), (to_s, from_s)))
        assert one.hold(at_s) != other.hold(at_s)


def test_what_a_visitor_does_is_not_counted() -> None:
    # a life in which no sensor is ever silent for odd long: that it works a visitor may show, too
    whole = a_life(12, seed=2)
    life = [one for one in whole if not _EIGHT.from_s <= _LONDON.second_of_day(one.at_ms // 1000) < _EIGHT.to_s]
    with_calls, without = Home(visited()), Home(visited())
    run(with_calls, sorted([*life, *calls(12)]))
    run(without, life)
    for part in ("habits", "trends"):
        mine, others = state_of(with_calls)[part], state_of(without)[part]
        assert isinstance(mine, dict)
        assert isinstance(others, dict)
        assert {**mine, "due_ms": 0} == {**others, "due_ms": 0}


def test_silences_that_a_visitor_begins_or_ends_are_not_learnt() -> None:
    home = Home.restore(visited(), trained().state())
    before = saved(home)["streams"]["r1"]["inactivity"]["learner"]["survival"]["memory"]
    run(home, calls(1, first=12))
    other = copied(home)
    # nothing else on that morning: both long silences have a visitor at one end
    for one in (home, other):
        run(one, [Reading(morning_s(12, 10.5) * 1000, "hall", 1)])
    assert other.state() == home.state()
    assert saved(home)["streams"]["r1"]["inactivity"]["learner"]["survival"]["memory"] == before


def test_a_window_in_which_nothing_is_seen_puts_nothing_off() -> None:
    for hours in (7.5, 8.5, 11):
        start_s = morning_s(12, hours)
        homes = [Home.restore(one, trained().state()) for one in (spec(), visited(VisitWindow(0, 86_399)))]
        run(homes[0], [Reading(start_s * 1000, "lounge", 1)])
        run(homes[1], [Reading(start_s * 1000, "lounge", 1)])
        opened = [findings(home.advance((start_s + DAY_S) * 1000), AlertKind.INACTIVITY) for home in homes]
        assert opened[0][0].opened_s == opened[1][0].opened_s
        assert opened[1][0].severity is Severity.URGENT


def test_a_sign_in_a_window_ends_an_open_alert() -> None:
    home = Home.restore(visited(VisitWindow(8 * HOUR_S, 20 * HOUR_S)), trained().state())
    start_s = morning_s(12, 9)
    run(home, [Reading(start_s * 1000, "lounge", 1)])
    deadline_s = home.silence_deadlines_s()["r1"]
    assert deadline_s is not None
    assert findings(home.advance(deadline_s * 1000), AlertKind.INACTIVITY) != []
    said = home.step(Reading((deadline_s + 60) * 1000, "tap", 1))
    assert (AlertKind.INACTIVITY, Change.RESOLVED) in [(one.kind, one.change) for one in updates(said)]


def test_who_is_left_by_a_visitor_is_at_home() -> None:
    """The door by which the carer leaves must not read as the resident's going out."""
    home = Home.restore(visited(), trained().state())
    run(home, [*calls(1, first=12), Reading(morning_s(12, 8.7) * 1000, "front-door", 1)])
    deadline_s = home.silence_deadlines_s()["r1"]
    assert deadline_s is not None
    assert deadline_s <= morning_s(12, 8.7) + 8 * HOUR_S


def test_a_visitor_at_night_is_no_night_exit_and_the_residents_door_is_one() -> None:
    night = VisitWindow(int(1.5 * HOUR_S), 2 * HOUR_S)
    for window, count in ((night, 0), (VisitWindow(3 * HOUR_S, 4 * HOUR_S), 1)):
        home = Home.restore(visited(window), trained().state())
        run(home, [Reading(morning_s(12, 22) * 1000, "lounge", 1), Reading(morning_s(12, 22.6) * 1000, "bed", 1)])
        at_ms = morning_s(13, 1.75) * 1000
        said = run(home, [Reading(at_ms, "front-door", 1)]) + home.advance(at_ms + _HOUR_MS // 4)
        assert len(findings(said, AlertKind.NIGHT_EXIT)) == count


def test_a_morning_that_a_visitor_begins_is_not_learnt() -> None:
    home = Home.restore(visited(VisitWindow(5 * HOUR_S, 11 * HOUR_S)), trained().state())
    before = saved(home)["streams"]["r1"]["rest"]["mornings"]["up"]
    run(home, [one for one in a_life(14) if one.at_ms > home.now_ms])
    after = saved(home)["streams"]["r1"]["rest"]["mornings"]
    assert after["up"] == before
    assert findings(home.advance(home.now_ms + 1000), AlertKind.LATE_START) == []


def test_alerts_say_that_visits_are_not_counted_and_never_when() -> None:
    window = VisitWindow(8 * HOUR_S + 180, 9 * HOUR_S - 180)
    home = Home.restore(visited(window), trained().state())
    run(home, calls(1, first=12))
    said = home.advance(morning_s(14) * 1000)
    (silent,) = findings(said, AlertKind.INACTIVITY)
    assert "Planned visits are not counted." in silent.evidence.coverage
    text = str(said)
    assert "08:03" not in text
    assert "08:57" not in text


# --- two places at once ----------------------------------------------------------------------------------------------


def at_home(sitting: tuple[str, float, float], by_hand: list[tuple[float, str]]) -> Home:
    """Day 12: something is taken from one hour to another, and other things are done; all by the clock."""
    home = trained()
    name, from_h, to_h = sitting
    acts = [(from_h, name, 1.0), (to_h, name, 0.0), *((hours, what, 1.0) for hours, what in by_hand)]
    run(home, [Reading(morning_s(12, hours) * 1000, what, value) for hours, what, value in sorted(acts)])
    return home


def somebody_else(home: Home) -> bool:
    said = home.advance(morning_s(13, 7) * 1000)
    days = [one for one in summaries(said) if one.period is Period.DAY]
    return any("somebody else was there" in line for one in days for line in one.lines)


_TAPS = [(14.1, "tap"), (14.2, "toilet"), (14.3, "tap"), (14.35, "hall")]


def test_two_places_at_once_are_two_people() -> None:
    home = at_home(("chair", 14, 15), _TAPS)
    assert copied(home).state() == home.state()
    assert somebody_else(home)


@pytest.mark.parametrize(
    ("sitting", "by_hand"),
    [
        pytest.param(("chair", 14, 15), [(14.1, "hall"), (14.2, "hall"), (14.3, "bath-motion")], id="motion alone"),
        pytest.param(("chair", 14, 15), [(14.1, "kettle"), (14.3, "kettle")], id="a kettle has a clock"),
        pytest.param(("chair", 14, 15), [(14.01, "tap"), (14.02, "tap")], id="a slow pad"),
        pytest.param(("chair", 14, 15), [(14.2, "tap")], id="once"),
        pytest.param(("chair", 14, 15), [(15.1, "tap"), (15.2, "tap")], id="one after the other"),
        pytest.param(("chair", 7.3, 22), [(15.1, "tap"), (15.2, "tap"), (16, "tap")], id="a bag on the chair"),
    ],
)
def test_what_proves_nothing_says_nothing(sitting: tuple[str, float, float], by_hand: list[tuple[float, str]]) -> None:
    assert not somebody_else(at_home(sitting, by_hand))


def test_what_company_does_is_not_counted() -> None:
    more = [(14.3 + step / 20, "toilet") for step in range(1, 6)]
    quiet, busy = at_home(("chair", 14, 15), _TAPS[:3]), at_home(("chair", 14, 15), [*_TAPS[:3], *more])
    counts = [saved(home)["streams"]["r1"]["habits"]["counts"] for home in (quiet, busy)]
    assert counts[0] == counts[1]


def test_where_two_live_two_places_at_once_are_nothing_new() -> None:
    sensors = [replace(one, resident=None) for one in spec().sensors]
    home = Home(spec(sensors, residents=("r1", "r2")))
    acts = sorted([(14.0, "chair", 1.0), (15.0, "chair", 0.0), *((hours, what, 1.0) for hours, what in _TAPS)])
    said = run(home, [Reading(morning_s(1, hours) * 1000, what, value) for hours, what, value in acts])
    said += home.advance(morning_s(3) * 1000)
    assert not any("somebody else" in line for one in summaries(said) for line in one.lines)
