"""What cannot be heard is not still: lost links make blind, or make the silence of the rest mean less."""

from collections.abc import Iterable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.home import Home
from models.kinds import AlertKind, Severity
from models.localtime import HOUR_S
from models.told import Telling, Told
from models.vocabulary import HOUSEHOLD, RADIO, SENSOR_LINK, Reading, Said
from tests.models.world import (
    SENSORS,
    a_life,
    copied,
    findings,
    link,
    morning_s,
    run,
    spec,
    summaries,
    trained,
    updates,
)

QUIET = AlertKind.INACTIVITY
EYES = [one.id for one in SENSORS if one.id not in {"button", "pulse", "steps"}]
DAYS = 15


def lose(home: Home, sensors: Iterable[str], at_s: int) -> list[Said]:
    return run(home, [Reading(at_s * 1000, SENSOR_LINK + one, 0.0) for one in sensors])


def prove(home: Home, sensors: Iterable[str], at_s: int) -> list[Said]:
    return run(home, [Reading(at_s * 1000, SENSOR_LINK + one, 1.0) for one in sensors])


def awake(days: int = DAYS) -> Home:
    """Trained, up, and just seen in the hallway at 10."""
    home = trained(days)
    for at_s in range(morning_s(days, 7), morning_s(days), 600):
        home.step(Reading(at_s * 1000, "hall", 1))
    return home


def living(home: Home, hours: float, *, without: Iterable[str] = ()) -> list[Said]:
    """The life of `world` goes on for so long, as far as it can be heard."""
    until_ms, gone = home.now_ms + round(hours * 3_600_000), set(without)
    life = [one for one in a_life(DAYS + 10) if home.now_ms < one.at_ms <= until_ms and one.sensor not in gone]
    return [*run(home, life), *home.advance(until_ms)]


@given(hours=st.floats(0.2, 7.5))
@settings(max_examples=30)
def test_a_home_of_which_nothing_can_be_heard_is_blind_as_if_the_gateway_were(hours: float) -> None:
    home = awake()
    at_s = home.now_ms // 1000 + 60
    said = lose(home, [*EYES, "steps"], at_s)
    assert home.silence_deadlines_s() == {"r1": None}
    back_s = at_s + round(hours * HOUR_S)
    said += home.advance(back_s * 1000)
    said += prove(home, [*EYES, "steps"], back_s)
    said += home.advance(back_s * 1000 + 40 * 60_000)
    assert findings(said, QUIET) == []
    deadline_s = home.silence_deadlines_s()["r1"]
    assert deadline_s is not None
    assert [one.opened_s for one in findings(home.advance(deadline_s * 1000), QUIET)] == [deadline_s]


def test_blind_for_eight_waking_hours_is_told_once_and_ends_with_the_blindness() -> None:
    home = awake()
    at_s = home.now_ms // 1000 + 60
    lose(home, [*EYES, "steps"], at_s)
    said = home.advance((at_s + 40 * HOUR_S) * 1000)
    (one,) = findings(said, QUIET)
    assert (one.severity, one.opened_s, one.since_s) == (Severity.ATTENTION, at_s - 60 + 8 * HOUR_S, at_s)
    assert "could not be seen" in one.evidence.observed
    assert "The last movement was seen at 09:50 (hallway)" in one.evidence.observed
    assert one.evidence.cannot_tell == "This cannot tell how the person is: it says nothing about that."
    assert "as you would without Wren; the technician has been told" in one.evidence.to_do
    assert "Could not be heard: bath-motion, bed, chair, front-door and 7 more, since 09:51." in one.evidence.coverage
    again = prove(home, [*EYES, "steps"], at_s + 40 * HOUR_S)
    (ended,) = [word for word in updates(again) if word.kind is QUIET]
    assert "have been heard again" in ended.observed


def test_who_was_quiet_for_hours_before_sight_was_lost_is_told_of_sooner() -> None:
    home = awake()
    deadline_s = home.silence_deadlines_s()["r1"]
    assert deadline_s is not None
    seen_s, lost_s = home.now_ms // 1000, deadline_s - 60
    lose(home, [*EYES, "steps"], lost_s)
    (one,) = findings(home.advance((lost_s + 24 * HOUR_S) * 1000), QUIET)
    assert one.opened_s == max(seen_s + 8 * HOUR_S, lost_s + 4 * HOUR_S)
    assert one.opened_s < lost_s + 8 * HOUR_S


def test_who_is_said_to_be_away_is_not_missed_by_the_blind() -> None:
    home = awake()
    at_s = home.now_ms // 1000
    home.step(Reading((at_s + 10) * 1000, Told(Telling.AWAY, "r1").name(), float(at_s + 60 * HOUR_S)))
    lose(home, [*EYES, "steps"], at_s + 60)
    assert findings(home.advance((at_s + 50 * HOUR_S) * 1000), QUIET) == []


def test_the_gateways_own_blindness_is_the_desks_to_tell() -> None:
    home = awake()
    at_s = home.now_ms // 1000
    lose(home, [*EYES, "steps"], at_s + 60)
    home.step(link((at_s + 120) * 1000, up=False))
    assert findings(home.advance((at_s + 50 * HOUR_S) * 1000), QUIET) == []


def test_a_lost_link_does_not_close_an_open_alert_of_silence() -> None:
    home = awake()
    deadline_s = home.silence_deadlines_s()["r1"]
    assert deadline_s is not None
    said = home.advance(deadline_s * 1000)
    said += lose(home, ["hall", "lounge"], deadline_s + 60)
    said += lose(home, [*EYES, "steps"], deadline_s + 120)
    said += home.advance((deadline_s + 9 * HOUR_S) * 1000)
    said += prove(home, [*EYES, "steps"], deadline_s + 9 * HOUR_S)
    assert len(findings(said, QUIET)) == 1
    assert [word for word in updates(said) if word.kind is QUIET] == []
    ended = updates(home.step(Reading((deadline_s + 9 * HOUR_S + 60) * 1000, "tap", 1)))
    assert QUIET in [word.kind for word in ended]


@pytest.mark.parametrize("lost", [["hall"], ["hall", "lounge"], ["tap", "kettle"], ["front-door"], ["bath-motion"]])
@pytest.mark.parametrize("hour", [8.5, 13.0, 19.0])
def test_one_who_lies_still_is_missed_by_the_fixed_limit_while_some_can_be_heard(lost: list[str], hour: float) -> None:
    home = trained(DAYS)
    living(home, (morning_s(DAYS, hour) - home.now_ms / 1000) / HOUR_S)
    at_s = home.now_ms // 1000
    sign_s = home.now_ms // 1000 - 1
    home.step(Reading(sign_s * 1000 + 1000, "chair", 0))
    learnt_s = home.silence_deadlines_s()["r1"]
    lose(home, lost, at_s + 600)
    ceiling_s = (
        sign_s + 8 * HOUR_S if hour < 14 else morning_s(DAYS + 1, 7) + (8 * HOUR_S - (morning_s(DAYS, 22) - sign_s))
    )
    said = home.advance((ceiling_s + 60) * 1000)
    urgent = [one for one in findings(said, QUIET) if one.severity is Severity.URGENT]
    assert len(urgent) == 1
    assert learnt_s is not None
    assert learnt_s <= urgent[0].opened_s <= ceiling_s + 1
    assert lost[0] in urgent[0].evidence.coverage


@pytest.mark.parametrize("lost", [["hall"], ["lounge"], ["hall", "lounge"], ["tap", "kettle", "chair"], ["bed"]])
def test_no_care_alert_comes_of_sensors_that_cannot_be_heard_while_life_goes_on(lost: list[str]) -> None:
    home = trained(DAYS)
    at_s = morning_s(DAYS, 11.2)
    living(home, (at_s - home.now_ms / 1000) / HOUR_S)
    said = lose(home, lost, at_s + 1)
    said += living(home, 72, without=lost)
    said += prove(home, lost, home.now_ms // 1000 + 1)
    said += living(home, 30)
    assert [one.kind for one in findings(said) if one.audience == "care"] == []


def test_what_remains_and_cannot_tell_a_silence_is_blind_for_silence_only() -> None:
    """A chair alone is quiet for whole days here; a home of it could not be watched, and says so."""
    home = awake()
    at_s = home.now_ms // 1000 + 60
    lost = [one for one in [*EYES, "steps"] if one != "bed"]
    lose(home, lost, at_s)
    assert home.silence_deadlines_s() == {"r1": None}
    (one,) = findings(home.advance((at_s + 30 * HOUR_S) * 1000), QUIET)
    assert one.severity is Severity.ATTENTION
    assert "What can still be heard does not show" in one.evidence.observed


def test_what_few_sensors_see_is_not_learnt() -> None:
    one, other = trained(DAYS), trained(DAYS)
    at_s = morning_s(DAYS, 4.1)
    for home in (one, other):
        home.advance(at_s * 1000)
    lose(one, ["hall"], at_s + 1)
    living(one, 16, without=["hall"])
    living(other, 16)
    before = trained(DAYS).state()["streams"]["r1"]["inactivity"]["learner"]["survival"]
    assert one.state()["streams"]["r1"]["inactivity"]["learner"]["survival"] == before
    assert other.state()["streams"]["r1"]["inactivity"]["learner"]["survival"] != before


def test_a_radio_that_is_down_makes_only_what_needs_it_unheard() -> None:
    wireless = {"hall", "lounge"}
    sensors = [
        one if one.id not in wireless else type(one)(one.id, one.kind, one.place, "r1", wireless=True)
        for one in SENSORS
    ]
    home = Home(spec(sensors))
    run(home, a_life(5))
    home.step(Reading(home.now_ms + 1000, RADIO, 0.0))
    said = home.advance(home.now_ms + 26 * 3_600_000)
    (coverage, *_) = [one.coverage for one in summaries(said)]
    assert "Could not be heard: hall (Bluetooth) and lounge (Bluetooth), since" in coverage
    assert "tap" not in coverage.split("Could not be heard")[1]
    home.step(Reading(home.now_ms + 1000, RADIO, 1.0))
    assert home.state()["streams"]["r1"]["sight"]["ledger"]["lost_s"] == {}


def test_what_is_heard_can_be_heard_whoever_has_not_said_so() -> None:
    home = awake()
    lose(home, ["tap"], home.now_ms // 1000 + 1)
    home.step(Reading(home.now_ms + 60_000, "tap", 1))
    assert home.state()["links"]["lost_s"] == {}


@given(
    seed=st.integers(0, 50),
    breaks=st.lists(
        st.tuples(
            st.floats(0, 20), st.floats(0.01, 30), st.lists(st.sampled_from(EYES), min_size=1, max_size=9, unique=True)
        ),
        min_size=1,
        max_size=3,
    ),
)
@example(seed=0, breaks=[(0.0, 1.0, ["hall"]), (0.0, 16.0, ["hall"])])
@settings(max_examples=25, deadline=None)
def test_no_lost_links_raise_what_is_urgent_while_life_goes_on(
    seed: int, breaks: list[tuple[float, float, list[str]]]
) -> None:
    home = trained(DAYS)
    start_s = morning_s(DAYS, 4)
    gone: list[tuple[int, int, set[str]]] = [
        (start_s + round(at * HOUR_S), start_s + round((at + lasts) * HOUR_S), set(names))
        for at, lasts, names in breaks
    ]
    rows = [
        one
        for one in a_life(DAYS + 4, seed=1)
        if one.at_ms > home.now_ms
        and not any(a <= one.at_ms // 1000 < b and one.sensor in names for a, b, names in gone)
    ]
    for a, b, names in gone:
        rows += [Reading(a * 1000, SENSOR_LINK + name, 0.0) for name in names]
        # one that two breaks have in common is proven when both are over: else it would be a wire that is cut
        over = {name for name in names if not any(c <= b < d and name in others for c, d, others in gone)}
        rows += [Reading(b * 1000, SENSOR_LINK + name, 1.0) for name in over]
    said = run(home, sorted(rows))
    assert [one for one in findings(said) if one.severity is Severity.URGENT] == []
    dark = findings(said, QUIET)
    assert all("could not be seen" in one.evidence.observed for one in dark)


@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_a_home_restored_while_links_are_lost_says_the_same(data: st.DataObject) -> None:
    home = awake()
    moves = data.draw(
        st.lists(
            st.tuples(st.integers(0, 9 * HOUR_S), st.sampled_from([*EYES, "steps"]), st.sampled_from([0.0, 0.0, 1.0])),
            min_size=1,
            max_size=25,
        )
    )
    at_s, rows = home.now_ms // 1000, list[Reading]()
    for gap_s, name, up in moves:
        at_s += gap_s
        rows.append(Reading(at_s * 1000, data.draw(st.sampled_from([SENSOR_LINK + name, name])), up))
    cut = data.draw(st.integers(0, len(rows)))
    run(home, rows[:cut])
    other = copied(home)
    assert run(other, rows[cut:]) == run(home, rows[cut:])
    end_ms = home.now_ms + 40 * HOUR_S * 1000
    assert other.advance(end_ms) == home.advance(end_ms)
    assert other.state() == home.state()


def test_a_household_that_cannot_be_heard_is_the_households_alert() -> None:
    sensors = [type(one)(one.id, one.kind, one.place) for one in SENSORS if one.id not in {"pulse", "steps"}]
    home = Home(spec(sensors, ("r1", "r2")))
    run(home, a_life(3))
    at_s = morning_s(3, 10)
    home.step(Reading(at_s * 1000, "hall", 1))
    lose(home, EYES, at_s + 1)
    found = findings(home.advance((at_s + 20 * HOUR_S) * 1000), QUIET)
    assert [one.resident for one in found] == [HOUSEHOLD]


def test_the_silence_of_fewer_is_given_longer_but_never_beyond_the_fixed_limit() -> None:
    home = awake()
    learnt_s, seen_s = home.silence_deadlines_s()["r1"], home.now_ms // 1000
    lose(home, ["hall", "lounge", "kettle"], seen_s + 60)
    later_s = home.silence_deadlines_s()["r1"]
    assert learnt_s is not None
    assert later_s is not None
    assert learnt_s < later_s <= seen_s + 8 * HOUR_S
    prove(home, ["hall", "lounge", "kettle"], learnt_s + 60)
    assert home.silence_deadlines_s() == {"r1": later_s}  # nothing opens because sensors are heard again
    assert [one.opened_s for one in findings(home.advance(later_s * 1000), QUIET)] == [later_s]
