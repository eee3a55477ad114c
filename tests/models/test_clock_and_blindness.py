"""Nothing is raised because a clock was set, a night was odd or the gateway came back (RELIABILITY, rows 7-9, 17)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.home import Home
from models.kinds import AlertKind, Severity
from models.learners.silence import MIN_DEADLINE_S
from models.localtime import DAY_S, HOUR_S, LocalTime
from models.vocabulary import CLOCK_STEP, HabitTable, Period, Reading, Said
from tests.models.world import a_life, clock_step, copied, findings, link, morning_s, run, spec, summaries, trained

QUIET = AlertKind.INACTIVITY


def _awake(days: int = 12) -> Home:
    """Trained, and just seen in the hallway at about 10."""
    home = trained(days)
    at_s = morning_s(days, 7)
    while at_s < morning_s(days):
        home.step(Reading(at_s * 1000, "hall", 1))
        at_s += 600
    return home


@given(by_s=st.one_of(st.floats(-86_400, 86_400), st.floats(-0.9, 0.9), st.sampled_from([-6e7, 6e7, -1e6, 1e6])))
def test_no_alert_comes_from_a_step_of_the_clock(by_s: float) -> None:
    home = _awake()
    home.advance(home.now_ms + 20 * 60_000)
    said = home.step(clock_step(home, by_s))
    said += home.advance(home.now_ms + 9 * 60_000)
    assert findings(said) == []
    assert len(summaries(said)) <= 3


@pytest.mark.parametrize("by_s", [-900.0, 900.0, -40.0, 40.0, 86_400.0 * 800, -86_400.0 * 800])
def test_silence_is_still_noticed_after_a_step_of_the_clock(by_s: float) -> None:
    home = _awake()
    home.step(clock_step(home, by_s))
    (finding,) = findings(home.advance(home.now_ms + 20 * HOUR_S * 1000), QUIET)
    assert finding.opened_s * 1000 >= home.now_ms - 20 * HOUR_S * 1000 + MIN_DEADLINE_S * 1000 - 60_000


def test_a_pi_that_began_in_the_past_tells_no_years_that_never_were() -> None:
    home = Home(spec())
    home.step(Reading(1_000_000_000_000, "hall", 1))
    said = home.step(Reading(morning_s(0) * 1000, CLOCK_STEP, morning_s(0) - 1_000_000_000))
    said += run(home, [one for one in a_life(5) if one.at_ms > home.now_ms])
    days = [one.day for one in summaries(said) if one.period is Period.DAY]
    assert days == ["2025-03-03", "2025-03-04", "2025-03-05", "2025-03-06"]
    headlines = [one.headline for one in summaries(said) if one.period is Period.DAY]
    assert ["Still learning" in text for text in headlines] == [True, True, True, False]
    tables = [one.day for one in said if isinstance(one, HabitTable)]
    assert min(tables) == "2025-03-03"


def test_a_pi_that_began_in_the_future_goes_on_when_its_clock_is_set_back() -> None:
    home = Home(spec())
    home.step(Reading((morning_s(0) + 500 * DAY_S) * 1000, "tap", 1))
    home.step(Reading(morning_s(0) * 1000, CLOCK_STEP, -500.0 * DAY_S))
    said = run(home, [one for one in a_life(9) if one.at_ms > home.now_ms])
    assert len(summaries(said)) == 9  # eight days and a week
    tables = [one for one in said if isinstance(one, HabitTable)]
    taps = [habit.observed for table in tables for habit in table.habits if habit.name == "kitchen-tap"]
    assert sum(taps) > 10
    assert any(habit.rarity_days is not None for habit in tables[-1].habits)


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [("Europe/London", 24, 30), ("America/Los_Angeles", 4, 9), ("Australia/Lord_Howe", 31, 36)],
)
def test_the_nights_on_which_the_clocks_change_are_ordinary(zone: str, first: int, last: int) -> None:
    home = Home(spec(timezone=zone))
    said = run(home, a_life(last + 10, timezone=zone, seed=4))
    local = LocalTime(zone)
    begun = local.day(a_life(1, timezone=zone)[0].at_ms // 1000)
    urgent = [one for one in findings(said) if one.severity is Severity.URGENT]
    near = [one for one in urgent if first <= local.day(one.opened_s) - begun <= last]
    assert near == []
    assert len([one for one in summaries(said) if one.period is Period.DAY]) == last + 9


@given(hours=st.floats(0.01, 60))
def test_no_alert_comes_from_the_end_of_a_blind_stretch(hours: float) -> None:
    home = _awake()
    lost_ms = home.now_ms + 60_000
    said = home.step(link(lost_ms, up=False))
    found_ms = lost_ms + round(hours * 3_600_000)
    assert home.silence_deadlines_s() == {"r1": None}
    said += home.step(link(found_ms, up=True))
    said += home.advance(found_ms + MIN_DEADLINE_S * 1000 - 1001)
    assert findings(said) == []
    deadline_s = home.silence_deadlines_s()["r1"]
    assert deadline_s is not None
    assert deadline_s >= found_ms // 1000 + MIN_DEADLINE_S
    assert [one.opened_s for one in findings(home.advance(deadline_s * 1000), QUIET)] == [deadline_s]


def test_an_alert_after_a_blind_stretch_does_not_say_that_anything_was_seen_then() -> None:
    home = _awake()
    lost_ms = home.now_ms + 60_000
    run(home, [link(lost_ms, up=False), link(lost_ms + 7_200_000, up=True)])
    (finding,) = findings(home.advance(lost_ms + 86_400_000), QUIET)
    assert "No movement seen since 11:51 when watching began again" in finding.evidence.observed
    assert "hallway" not in finding.evidence.observed
    assert "could not see for 2 h" in finding.evidence.coverage


def test_a_short_blind_stretch_goes_on_with_the_silence() -> None:
    home = _awake()
    seen_ms = home.now_ms
    run(home, [link(seen_ms + 60_000, up=False), link(seen_ms + 120_000, up=True)])
    (finding,) = findings(home.advance(seen_ms + 86_400_000), QUIET)
    assert finding.since_s == seen_ms // 1000


def test_a_short_blind_stretch_across_the_deadline_gives_five_minutes_of_grace_also_after_a_restore() -> None:
    home = _awake()
    deadline_s = home.silence_deadlines_s()["r1"]
    assert deadline_s is not None
    run(home, [link((deadline_s - 60) * 1000, up=False), link((deadline_s + 60) * 1000, up=True)])
    expected_s = deadline_s + 60 + 300
    for one in (copied(home), home):
        assert one.silence_deadlines_s() == {"r1": expected_s}
        assert [finding.opened_s for finding in findings(one.advance((expected_s + 60) * 1000), QUIET)] == [expected_s]
        assert one.silence_deadlines_s() == {"r1": expected_s}


@pytest.mark.parametrize(("every_min", "lasts_s"), [(30, 5), (50, 5), (120, 720)])
def test_cuts_that_keep_coming_do_not_put_the_alert_off_for_ever(every_min: int, lasts_s: int) -> None:
    """A gateway in a restart loop, or on a loose plug, is no reason never to notice."""
    home = _awake()
    start_ms = home.now_ms
    said: list[Said] = []
    for cut in range(1, 24 * 60 // every_min):
        at_ms = start_ms + cut * every_min * 60_000
        said += run(home, [link(at_ms, up=False), link(at_ms + lasts_s * 1000, up=True)])
    assert len(findings(said, QUIET)) == 1


def test_what_the_clock_has_jumped_over_is_said_at_the_jump() -> None:
    home = trained()
    home.advance(morning_s(12, 6.5) * 1000)
    (one,) = [word for word in summaries(home.step(clock_step(home, 3600.0))) if word.period is Period.DAY]
    assert one.raised_s == morning_s(12, 7)
    due_ms = home.deadline_ms()
    assert due_ms is not None
    assert due_ms > home.now_ms


def test_blind_for_good_says_nothing_and_knows_no_deadline() -> None:
    home = _awake()
    home.step(link(home.now_ms + 1, up=False))
    said = home.advance(home.now_ms + 5 * DAY_S * 1000)
    assert findings(said) == []
    assert all("could not see" in one.coverage for one in summaries(said)[1:])


def test_a_clock_that_is_set_while_the_gateway_is_blind_leaves_the_blindness_as_long_as_it_was() -> None:
    home = _awake()
    home.step(link(home.now_ms + 1000, up=False))
    home.advance(home.now_ms + HOUR_S * 1000)
    home.step(clock_step(home, 400.0 * DAY_S))
    home.step(link(home.now_ms + HOUR_S * 1000, up=True))
    said = home.advance(home.now_ms + DAY_S * 1000)
    (finding,) = findings(said, QUIET)
    assert "could not see for 2 h" in finding.evidence.coverage


def test_a_blind_stretch_stays_as_long_ago_as_it_was_when_the_clock_is_set() -> None:
    home = _awake()
    run(home, [link(home.now_ms + 1000, up=False), link(home.now_ms + 2 * HOUR_S * 1000, up=True)])
    home.step(clock_step(home, 400.0 * DAY_S))
    (finding,) = findings(home.advance(home.now_ms + DAY_S * 1000), QUIET)
    assert "could not see for 2 h" in finding.evidence.coverage


@pytest.mark.parametrize("sensor", ["steps", "kettle"])
def test_a_minute_without_steps_and_a_kettle_that_switches_off_are_no_sign_of_life(sensor: str) -> None:
    home = _awake()
    home.step(Reading(home.now_ms + 1, "kettle", 1))
    before = home.silence_deadlines_s()
    for _ in range(20):
        home.step(Reading(home.now_ms + 60_000, sensor, 0))
        assert home.silence_deadlines_s() == before
    home.step(Reading(home.now_ms + 60_000, "steps", 8))
    assert home.silence_deadlines_s() != before


@pytest.mark.parametrize("day", [0, 1, 2])
def test_eight_waking_hours_of_silence_raise_from_the_first_day(day: int) -> None:
    home = Home(spec())
    run(home, a_life(day))
    at_s = morning_s(day, 9)
    home.step(Reading(at_s * 1000 + 700, "hall", 1))
    assert home.silence_deadlines_s() == {"r1": None}
    (finding,) = findings(copied(home).advance((at_s + DAY_S) * 1000), QUIET)
    assert finding.opened_s == at_s + 8 * HOUR_S
    assert "Eight waking hours" in finding.evidence.because


def test_what_comes_too_late_is_counted_and_not_learnt() -> None:
    home = _awake()
    before = home.state()
    assert home.step(Reading(home.now_ms - 1, "button", 1)) == []
    assert home.state() == {**before, "earlier": before["earlier"] + 1}
