"""Lines that chatter: counted on raw readings, muted, told; and what they said before is taken back."""

import json

from hypothesis import given
from hypothesis import strategies as st

from models.chatter import CALM_S, FAST_A_SECOND, FAST_S, Chatter
from models.home import Home
from models.kinds import TECHNICIAN, AlertKind
from models.localtime import HOUR_S, MINUTE_S
from models.vocabulary import Change, Reading, Said
from tests.models.test_faults import news, told
from tests.models.world import a_life, copied, findings, morning_s, run, summaries, trained, updates


def chatters(at_s: int, sensor: str, seconds: float, a_second: int = 100) -> list[Reading]:
    """What only fires says 1 again and again, what has a level 1 and 0."""
    edges = range(round(seconds * a_second))
    level = sensor in ("tap", "chair", "bed")
    return [Reading(at_s * 1000 + one * 1000 // a_second, sensor, float(not (level and one % 2))) for one in edges]


def test_ten_edges_a_second_for_an_hour_are_heard() -> None:
    chatter = Chatter(["door"])
    assert not any(chatter.take("door", edge * 100) for edge in range(36_000))
    assert chatter.muted == {}


def test_a_bounce_and_a_child_at_the_switch_are_heard() -> None:
    chatter = Chatter(["door"])
    bounce = [second * 1000 + edge // 2 for second in range(0, 600, 3) for edge in range(60)]
    child = [700_000 + edge * 40 for edge in range(25 * (FAST_S - 1))]
    assert not any(chatter.take("door", at_ms) for at_ms in [*bounce, *child])


def test_more_than_twenty_a_second_for_five_seconds_are_muted_until_it_was_calm() -> None:
    chatter = Chatter(["door"])
    edges = [1_000_000 + edge * 1000 // (FAST_A_SECOND + 1) for edge in range(21 * 60)]
    [muted_ms] = [at_ms for at_ms in edges if chatter.take("door", at_ms)]
    assert 5_000 <= muted_ms - 1_000_000 <= 5_100
    calm_s = -(-edges[-1] // 1000) + CALM_S
    assert chatter.due_ms <= calm_s * 1000
    assert chatter.calmed(chatter.due_ms // 1000) == []
    assert chatter.due_ms // 1000 in (calm_s, calm_s - 1)
    assert chatter.calmed(calm_s) == ["door"]


@given(gaps=st.lists(st.integers(0, 3000), max_size=400), cut=st.integers(0, 400))
def test_its_state_round_trips(gaps: list[int], cut: int) -> None:
    one, other, at_ms = Chatter(["door"]), Chatter(["door"]), 1_000_000
    for place, gap in enumerate(gaps):
        at_ms += gap // 40
        if place == cut:
            other = Chatter(["door"])
            other.restore(json.loads(json.dumps(one.state())))
        assert one.take("door", at_ms) == other.take("door", at_ms)
    assert one.state() == other.state()


def test_a_chattering_line_is_told_and_used_again_after_ten_calm_minutes() -> None:
    home = trained(14)
    at_s = morning_s(14, 10)
    said = run(home, [*chatters(at_s, "lounge", 30), *chatters(at_s + 5 * MINUTE_S, "lounge", 30)])
    said += home.advance((at_s + HOUR_S) * 1000)
    [finding] = told(said)
    assert (finding.kind, finding.since_s) == (AlertKind.SENSOR_CHATTER, at_s)
    assert finding.opened_s - at_s <= 8
    assert "changed more than 20 times a second for 5 seconds, from 10:00 on" in finding.evidence.observed
    assert "While it chatters, nothing that it says is used" in finding.evidence.coverage
    [ended] = news(said)
    assert ended.change is Change.RESOLVED
    assert ended.raised_s == at_s + 5 * MINUTE_S + 30 + CALM_S
    assert "has been calm for 10 minutes" in ended.observed


def _still_since_ten(home: Home) -> int:
    """Whoever lives here was last seen at 10:00, in the kitchen; when an alert opens (UTC s)."""
    at_s = morning_s(14, 10)
    life = [one for one in a_life(15) if home.now_ms < one.at_ms < at_s * 1000]
    run(home, [*life, Reading(at_s * 1000, "hall", 1.0), Reading((at_s + 60) * 1000, "tap", 1.0)])
    run(home, [Reading((at_s + 90) * 1000, "tap", 0.0)])
    deadline_s = home.silence_deadlines_s()["r1"]
    assert deadline_s is not None
    return deadline_s


def test_a_line_that_chatters_is_no_person_and_puts_no_alert_off() -> None:
    home = trained(14)
    deadline_s = _still_since_ten(home)
    run(home, chatters(deadline_s - 1800, "lounge", 4))
    put_off_s = home.silence_deadlines_s()["r1"]
    assert put_off_s is None or put_off_s > deadline_s  # for these seconds it is taken for one
    run(home, chatters(deadline_s - 1796, "lounge", 60))
    assert home.silence_deadlines_s()["r1"] == deadline_s
    [finding] = findings(home.advance((deadline_s + 60) * 1000), AlertKind.INACTIVITY)
    assert finding.opened_s == deadline_s
    assert "No movement seen since 10:01 (tap, kitchen)" in finding.evidence.observed


def test_an_alert_that_it_ended_is_open_again() -> None:
    home = trained(14)
    deadline_s = _still_since_ten(home)
    said = home.advance((deadline_s + 600) * 1000)
    said += run(home, chatters(deadline_s + 900, "lounge", 30)) + home.advance((deadline_s + 1000) * 1000)
    changes = [one for one in updates(said) if one.kind is AlertKind.INACTIVITY]
    assert [one.change for one in changes] == [Change.RESOLVED, Change.REPEATED]
    assert "No movement seen since 10:01 (tap, kitchen)" in changes[1].observed
    assert changes[1].raised_s - changes[0].raised_s <= 8


def test_it_is_taken_back_after_a_restart_between_the_edges_too() -> None:
    home = trained(14)
    deadline_s = _still_since_ten(home)
    edges = chatters(deadline_s - 1800, "lounge", 30)
    run(home, edges[:250])
    home = copied(home)
    run(home, edges[250:])
    assert home.silence_deadlines_s()["r1"] == deadline_s


def test_a_chattering_door_at_night_is_nobody_who_goes_out() -> None:
    home = trained(14)
    at_s = morning_s(13, 27)
    said = run(home, chatters(at_s, "front-door", 20)) + home.advance((at_s + HOUR_S) * 1000)
    assert [one.kind for one in findings(said)] == [AlertKind.SENSOR_CHATTER]


def test_its_counts_are_no_habit_and_no_carer_hears_of_it() -> None:
    home, twin = trained(14), trained(14)
    life = [one for one in a_life(18) if one.at_ms > home.now_ms]
    bad = [edge for hour in (10, 15) for edge in chatters(morning_s(15, hour), "hall", 40)]
    said, known = run(home, sorted([*life, *bad])), run(twin, life)
    assert [one for one in findings(said) if one.kind not in TECHNICIAN] == findings(known)
    assert len(told(said)) == 2
    assert [one.headline for one in summaries(said)][-1] == [one.headline for one in summaries(known)][-1]


def test_a_button_that_chatters_has_rung_at_once() -> None:
    home = trained(14)
    said: list[Said] = run(home, chatters(morning_s(14, 10), "button", 30))
    said += home.advance(home.now_ms + 60_000)
    [pressed] = findings(said, AlertKind.HELP_BUTTON)
    assert pressed.opened_s == morning_s(14, 10)
    assert "see to it that help can be called in another way" in told(said)[0].evidence.coverage


def test_what_is_muted_could_not_be_heard_and_the_summary_says_so() -> None:
    home, at_s = trained(14), morning_s(14, 10)
    said = run(home, [edge for turn in range(24) for edge in chatters(at_s + turn * 5 * MINUTE_S, "lounge", 8)])
    life = [one for one in a_life(15) if one.at_ms > home.now_ms]
    said += run(home, life) + home.advance(morning_s(15, 8) * 1000)
    assert "lounge" in summaries(said)[-1].headline + summaries(said)[-1].coverage
    assert len(findings(said, AlertKind.SENSOR_CHATTER)) == 1
