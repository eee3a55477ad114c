"""The world of the fault matrix: what breaks is broken, what she does is done, and nothing else differs."""

from functools import cache
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.evaluation.matrix.breaking import EMPTY_S, Break, How, broken, level_at
from gateway.evaluation.matrix.house import DEVICES, DOOR_BATTERY, LOCAL, SEES, SPEC, Reach, reached_by, truth
from gateway.evaluation.matrix.judging import CEILING_S, WAKING_H, judge, waking_s
from gateway.evaluation.matrix.judging_faults import fault_told, uncovered, wrong
from gateway.evaluation.matrix.living import COLLAPSES, Course, lived, moments, outings
from gateway.evaluation.matrix.scenarios import SINGLE, Scenario
from gateway.evaluation.matrix.telling import Listening, Told
from gateway.evaluation.running import Alert
from models.localtime import DAY_S, HOUR_S, MINUTE_S
from models.vocabulary import GATEWAY_LINK, RADIO, SENSOR_LINK, Reading

DAYS = 3


@cache
def rows() -> list[Reading]:
    return truth(3, DAYS)


START_S = rows()[0].at_ms // 1000
NOON_S = LOCAL.at_clock_s(LOCAL.day(START_S) + 1, 12 * HOUR_S)

breaks = st.builds(
    Break,
    st.sampled_from([how for how in How if how is not How.GATEWAY]),
    st.lists(st.sampled_from(sorted(DEVICES)), min_size=1, max_size=4, unique=True).map(tuple),
    st.integers(START_S + HOUR_S, START_S + DAY_S),
    st.just(0),
).flatmap(lambda one: st.integers(1, 40 * HOUR_S).map(lambda for_s: Break(*_parts(one), one.start_s + for_s)))


def _parts(one: Break) -> tuple[How, tuple[str, ...], int]:
    return one.how, one.sensors, one.start_s


def test_every_sensor_of_the_house_is_heard_and_ordered() -> None:
    assert {row.sensor for row in rows() if not row.sensor.startswith("@")} >= SEES
    assert all(one.at_ms <= other.at_ms for one, other in pairwise(rows()))
    assert {one.reach for one in DEVICES.values()} == {*Reach}
    assert 8 <= len(SEES) <= 10
    assert [sensor.id for sensor in SPEC.sensors] == list(DEVICES)


def test_the_straps_link_is_lost_while_she_is_out() -> None:
    day = outings(truth(1, 14))
    assert day
    links = [row for row in truth(1, 14) if row.sensor == SENSOR_LINK + "pulse"]
    for left_s, back_s in day:
        assert any(row.value == 0 and left_s * 1000 <= row.at_ms <= (left_s + 600) * 1000 for row in links)
        assert any(row.value == 1 and abs(row.at_ms - back_s * 1000) <= 300_000 for row in links)


@settings(deadline=None, max_examples=25)
@given(breaks)
def test_a_break_changes_its_own_sensors_in_its_own_time_only(one: Break) -> None:
    after = broken(rows(), one, Random(1))
    assert all(before.at_ms <= later.at_ms for before, later in pairwise(after))
    names = {*one.sensors, *(SENSOR_LINK + name for name in one.sensors), RADIO}
    until_ms = (one.end_s + MINUTE_S) * 1000

    def others(some: list[Reading]) -> list[Reading]:
        return [row for row in some if row.sensor not in names or not one.start_s * 1000 <= row.at_ms < until_ms]

    assert sorted(others(after)) == sorted(others(rows()))


@settings(deadline=None, max_examples=25)
@given(breaks)
def test_what_is_silent_says_nothing_and_a_lost_link_is_said_once_it_is_missed(one: Break) -> None:
    after = broken(rows(), one, Random(1))
    from_s = one.start_s + (EMPTY_S if one.how is How.BATTERY else 0)
    heard = [row for row in after if row.sensor in one.sensors and from_s * 1000 <= row.at_ms < one.end_s * 1000]
    lost = {
        row.sensor.removeprefix(SENSOR_LINK): row.at_ms // 1000 - from_s
        for row in after
        if row.value == 0 and row.sensor.startswith(SENSOR_LINK) and from_s * 1000 <= row.at_ms < one.end_s * 1000
    }
    if one.how in (How.LINK, How.RADIO, How.BATTERY):
        assert heard == []
        for name in one.sensors:
            if from_s + DEVICES[name].missing_s < one.end_s:
                assert lost[name] == DEVICES[name].missing_s
    if one.how in (How.CUT, How.RESTART):
        assert heard == []
    if one.how in (How.STUCK_ON, How.STUCK_OFF):
        assert len(heard) <= len(one.sensors)


@settings(deadline=None, max_examples=15)
@given(st.integers(START_S + HOUR_S, START_S + DAY_S), st.integers(MINUTE_S, DAY_S))
def test_a_gateway_that_is_down_hears_nothing_and_then_says_so(start_s: int, for_s: int) -> None:
    after = broken(rows(), Break(How.GATEWAY, (), start_s, start_s + for_s), Random(1))
    end_ms = (start_s + for_s) * 1000
    down = [row for row in after if start_s * 1000 <= row.at_ms < end_ms]
    assert down == [Reading(start_s * 1000, GATEWAY_LINK, 0.0)]
    back = [row for row in after if end_ms <= row.at_ms]
    assert back[0] == Reading(end_ms, GATEWAY_LINK, 1.0)
    for name in reached_by(Reach.WIRE):
        if DEVICES[name].level:
            first = next(row for row in back if row.sensor == name)
            assert first.value == level_at(rows(), name, start_s + for_s) or first.at_ms > end_ms


def test_a_link_that_was_lost_while_nobody_listened_is_found_lost() -> None:
    lost = broken(rows(), Break(How.LINK, ("front-door",), NOON_S, NOON_S + DAY_S), Random(1))
    after = broken(lost, Break(How.GATEWAY, (), NOON_S - 60, NOON_S + HOUR_S), Random(1))
    said = [row for row in after if row.sensor == SENSOR_LINK + "front-door" and row.at_ms > (NOON_S - 60) * 1000]
    assert said[0] == Reading((NOON_S + HOUR_S + 300) * 1000, SENSOR_LINK + "front-door", 0.0)


@pytest.mark.parametrize("course", sorted(COLLAPSES))
def test_after_a_collapse_she_sets_nothing_off(course: Course) -> None:
    possible = moments(rows(), course, START_S + DAY_S, START_S + 2 * DAY_S)
    assert possible
    for at_s in Random(2).sample(possible, 5):
        life = lived(rows(), course, at_s, at_s + DAY_S, Random(1))
        after = [row for row in life if row.at_ms > at_s * 1000]
        assert all(row.value == 0 and row.at_ms <= at_s * 1000 + 3000 for row in after if row.sensor in SEES)
        pulses = [row for row in after if row.sensor == "pulse"]
        assert len(pulses) >= DAY_S // MINUTE_S - 1
        assert _seen(life, at_s) == _seen(rows(), at_s)
        assert {row.sensor for row in after} - SEES <= {"pulse", "strap-battery", DOOR_BATTERY}
        if course is Course.BED:
            assert level_at(life, "bed", at_s + HOUR_S) == 1


def _seen(some: list[Reading], until_s: int) -> list[Reading]:
    return [row for row in some if row.at_ms <= until_s * 1000 and row.sensor in SEES]


@settings(deadline=None, max_examples=25)
@given(st.integers(START_S, START_S + 40 * DAY_S), st.integers(0, 20 * HOUR_S), st.integers(0, 6 * HOUR_S))
def test_waking_time_is_counted_by_the_clock_and_without_a_gateway_it_stands_still(
    from_s: int, down_after_s: int, down_s: int
) -> None:
    due_s = waking_s(from_s, CEILING_S)
    awake = sum(1 for at_s in range(from_s, due_s) if _hour(at_s) in WAKING_H)
    assert awake == CEILING_S
    down = (from_s + down_after_s, from_s + down_after_s + down_s)
    later_s = waking_s(from_s, CEILING_S, [down])
    awake = sum(1 for at_s in range(from_s, later_s) if _hour(at_s) in WAKING_H and not down[0] <= at_s < down[1])
    assert awake >= CEILING_S - MINUTE_S
    assert later_s >= due_s


def _hour(at_s: int) -> int:
    return (at_s + LOCAL.offset_s(at_s)) // HOUR_S % 24


def scenario(course: Course, *some: Break, down: tuple[tuple[int, int], ...] = ()) -> Scenario:
    return Scenario(0, 0, SINGLE[0], course, NOON_S, NOON_S + 2 * DAY_S, some, down)


def told(
    at_s: int, kind: str = "inactivity", text: str = "", *, change: str = "opened", technician: bool = False
) -> Told:
    return Told(at_s, "r1", kind, "urgent", change, not technician, technician, at_s, text)


TAP = Break(How.CUT, ("kitchen-tap",), NOON_S - HOUR_S, NOON_S + 9 * DAY_S)
DOOR = Break(How.LINK, ("front-door",), NOON_S, NOON_S + 9 * DAY_S)


@pytest.mark.parametrize(("after_s", "unsafe"), [(8 * HOUR_S + 60, False), (8 * HOUR_S + 61, True)])
def test_eight_waking_hours_and_not_a_minute_more(after_s: int, unsafe: bool) -> None:
    heard = Listening([told(NOON_S + after_s)])
    assert judge(scenario(Course.LOUNGE, TAP), heard, (), (), ()).unsafe is unsafe


def test_the_bathrooms_ninety_minutes_hold_where_nothing_touches_them() -> None:
    late, sound = Listening([told(NOON_S + 3 * HOUR_S)]), [told(NOON_S + 80 * MINUTE_S, "long_stay")]
    button = Break(How.LINK, ("help-button",), NOON_S - HOUR_S, NOON_S + 9 * DAY_S)
    assert judge(scenario(Course.BATHROOM, button), late, (), (), sound).unsafe
    assert not judge(scenario(Course.BATHROOM, TAP), late, (), (), sound).unsafe
    assert not judge(scenario(Course.BATHROOM, button), late, (), (), ()).unsafe


def test_an_alert_of_before_counts_while_it_is_open_only() -> None:
    before, over = told(NOON_S - 600), told(NOON_S - 300, change="resolved")._replace(opened_s=NOON_S - 600)
    assert not judge(scenario(Course.LOUNGE, TAP), Listening([before]), (), (), ()).unsafe
    assert judge(scenario(Course.LOUNGE, TAP), Listening([before, over]), (), (), ()).unsafe


def test_what_is_dated_while_the_gateway_was_down_is_told_when_it_is_up() -> None:
    down = (NOON_S + 600, NOON_S + 3000)
    case = scenario(Course.LOUNGE, TAP, down=(down,))
    assert judge(case, Listening([told(NOON_S + 900)]), (), (), ()).told_s == down[1]


def test_an_edge_that_looks_like_her_moves_the_limit_and_is_counted() -> None:
    stuck = Break(How.STUCK_ON, ("lounge-motion",), NOON_S + HOUR_S, NOON_S + 9 * DAY_S)
    verdict = judge(scenario(Course.LOUNGE, stuck), Listening([told(NOON_S + 9 * HOUR_S)]), (), (), ())
    assert (verdict.unsafe, verdict.misled) == (False, True)
    chatter = Break(How.CHATTER, ("lounge-motion",), NOON_S + HOUR_S, NOON_S + 9 * DAY_S)
    assert judge(scenario(Course.LOUNGE, chatter), Listening([told(NOON_S + 10 * HOUR_S)]), (), (), ()).unsafe


def alert(after_s: int, kind: str = "inactivity", severity: str = "urgent") -> Alert:
    return Alert("r1", kind, severity, True, NOON_S + after_s)


def sign(after_s: int, name: str = "hall-motion") -> Reading:
    return Reading((NOON_S + after_s) * 1000, name, 1.0)


def test_could_not_see_is_allowed_where_nothing_could_be_seen_for_eight_waking_hours() -> None:
    everything = Break(How.LINK, tuple(DEVICES), NOON_S, NOON_S + 9 * DAY_S)
    blind = scenario(Course.ACTIVE, everything)
    last = [sign(-MINUTE_S)]
    said = alert(8 * HOUR_S, severity="attention")
    assert judge(blind, Listening(), last, [said], ()).could_not_see
    for early in (alert(7 * HOUR_S, severity="attention"), alert(8 * HOUR_S)):
        assert judge(blind, Listening(), last, [early], ()).false_care
    some = scenario(Course.ACTIVE, Break(How.LINK, tuple(sorted(SEES - {"bed"})), NOON_S, NOON_S + 9 * DAY_S))
    assert judge(some, Listening(), [*last, sign(60, "bed")], [said], ()).false_care


def test_an_alert_for_what_is_exactly_like_her_is_counted_apart() -> None:
    stuck = Break(How.STUCK_OFF, ("bed",), NOON_S, NOON_S + 9 * DAY_S)
    heard = [sign(-HOUR_S), sign(3 * HOUR_S)]
    early, late, about_taps = alert(2 * HOUR_S), alert(4 * HOUR_S), alert(2 * HOUR_S, "less_tap_use", "attention")
    case = scenario(Course.ACTIVE, stuck)
    assert judge(case, Listening(), heard, [early], ()).like_her
    assert judge(case, Listening(), heard, [late], ()).false_care
    assert judge(case, Listening(), heard, [about_taps], ()).false_care
    some = Break(How.LINK, tuple(sorted(SEES - {"bed"})), NOON_S, NOON_S + 9 * DAY_S)
    assert judge(scenario(Course.ACTIVE, stuck, some), Listening(), heard[:1], [early], ()).like_her
    every = Break(How.LINK, tuple(sorted(SEES)), NOON_S, NOON_S + 9 * DAY_S)
    chatter = Break(How.CHATTER, ("bed",), NOON_S, NOON_S + 9 * DAY_S)
    machine = Break(How.CLOCKWORK, ("bed",), NOON_S, NOON_S + 9 * DAY_S)
    for worse in (every, chatter, machine):
        assert judge(scenario(Course.ACTIVE, worse), Listening(), heard[:1], [early], ()).false_care
    for end_s, is_false in ((NOON_S + 3 * HOUR_S, True), (NOON_S + HOUR_S, False)):
        down = scenario(Course.ACTIVE, stuck, down=((NOON_S + 600, end_s),))
        assert bool(judge(down, Listening(), heard, [early], ()).false_care) is is_false


def test_a_change_that_the_twin_lists_among_several_is_not_the_faults() -> None:
    listed = told(NOON_S, "several_changes", "Several changed. More bathroom movement than usual. Less of the tap.")
    more = told(NOON_S + HOUR_S, "more_bathroom", "More bathroom movement than usual on 2 of the last 3 nights.")
    taps = told(NOON_S + HOUR_S, "less_tap_use", "The kitchen tap was used less.")
    case = scenario(Course.ACTIVE, DOOR)
    for one, is_false in ((more, False), (taps, True)):
        extra = [Alert("r1", one.kind, "attention", True, one.at_s)]
        assert bool(judge(case, Listening([one]), (), extra, [listed]).false_care) is is_false
        assert judge(case, Listening([one]), (), extra, ()).false_care


def test_a_fault_is_told_in_time_by_its_name() -> None:
    case = scenario(Course.ACTIVE, DOOR)
    in_time = told(NOON_S + 360, "sensor_silent", "front door is not heard", technician=True)
    assert fault_told(DOOR, case, [in_time]).in_time
    assert not fault_told(DOOR, case, [in_time._replace(at_s=NOON_S + 361)]).in_time
    assert fault_told(DOOR, case, [in_time._replace(text="the tap is not heard")]).first_s is None
    down = scenario(Course.ACTIVE, DOOR, down=((NOON_S + 100, NOON_S + HOUR_S),))
    assert fault_told(DOOR, down, [in_time._replace(at_s=NOON_S + HOUR_S + 360)]).in_time


def test_a_message_about_a_sound_sensor_is_wrong() -> None:
    case = scenario(Course.ACTIVE, DOOR)
    other = told(NOON_S + 900, "sensor_silent", "kitchen tap is not heard", technician=True)
    assert wrong(case, [other], [])
    assert not wrong(case, [other], [other])
    assert not wrong(case, [other._replace(text="front-door is not heard")], [])


def test_a_lost_link_is_named_in_what_is_told_an_hour_later() -> None:
    case = scenario(Course.ACTIVE, DOOR)
    summary = told(NOON_S + 2 * HOUR_S, "summary", "12 of 12 sensors heard.")._replace(care=False)
    assert uncovered(case, [summary])
    assert not uncovered(case, [summary._replace(text="front door was not seen")])
    assert not uncovered(case, [summary._replace(at_s=NOON_S + HOUR_S)])
