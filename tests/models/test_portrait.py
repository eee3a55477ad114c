"""What was learnt, to be looked at: true to what happened, the same after a restore, and free of consequences."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.home import Home
from models.kinds import AlertKind, SensorKind
from models.learners.profile import HALF_HOURS
from models.localtime import HOUR_S
from models.portrait import HabitPortrait, StreamPortrait, Watching
from models.vocabulary import Period, Reading, Said, Sensor, Summary
from models.wording import FORBIDDEN
from tests.models.world import SENSORS, a_life, copied, link, morning_s, run, saved, spec, summaries, trained

_HOURS = range(7, 23)


def _tap_days(days: Iterable[int], *, hour: float = 8.25, sensor: str = "hall") -> list[Reading]:
    """Days with a sign of life each hour by day, and the kitchen tap once, at `hour`."""
    found: list[Reading] = []
    for day in days:
        found += [Reading(morning_s(day, each) * 1000, sensor, 1) for each in _HOURS]
        tap_s = morning_s(day, hour)
        found += [Reading(tap_s * 1000, "tap", 1), Reading((tap_s + 20) * 1000, "tap", 0)]
    return sorted(found)


def _begun(day: int = 0) -> Home:
    """A home that has seen the end of a night, so that its first whole day is the first."""
    home = Home(spec())
    home.step(Reading(morning_s(day, 6) * 1000, "hall", 1))
    return home


def _only(home: Home) -> StreamPortrait:
    (stream,) = home.portrait().streams
    return stream


def _habit(home: Home, name: str) -> HabitPortrait:
    (habit,) = (habit for habit in _only(home).habits if habit.name == name)
    return habit


def test_each_half_hour_counts_the_days_on_which_it_was_seen() -> None:
    home = _begun()
    run(home, _tap_days(range(5)))
    run(home, _tap_days(range(5, 9), hour=9.75))
    home.advance(morning_s(9, 7) * 1000)
    tap = _habit(home, "kitchen-tap")
    assert tap.looked_days == (9,) * HALF_HOURS
    assert {half: days for half, days in enumerate(tap.seen_days) if days} == {16: 5, 19: 4}
    assert _only(home).activity.seen_days[28] == 9


def test_only_the_last_four_weeks_are_remembered() -> None:
    home = _begun()
    run(home, _tap_days(range(10)))
    run(home, _tap_days(range(10, 40), hour=9.75))
    home.advance(morning_s(40, 7) * 1000)
    tap = _habit(home, "kitchen-tap")
    assert (tap.seen_days[16], tap.seen_days[19], tap.looked_days[16]) == (0, 28, 28)


def test_a_blind_half_hour_is_not_an_empty_one() -> None:
    home = _begun()
    blind = [link(morning_s(1, 10) * 1000 + 1, up=False), link(morning_s(1, 10.5) * 1000, up=True)]
    run(home, sorted([*_tap_days(range(3)), *blind], key=lambda reading: reading.at_ms))
    home.advance(morning_s(3, 7) * 1000)
    looked = _habit(home, "kitchen-tap").looked_days
    assert {half: days for half, days in enumerate(looked) if days != 3} == {20: 2}


def test_the_half_hours_that_the_clocks_skip_are_not_looked_at() -> None:
    home = _begun(24)
    run(home, _tap_days(range(24, 30)))  # the clocks go forward in the night of day 26
    home.advance(morning_s(30, 7) * 1000)
    looked = _habit(home, "kitchen-tap").looked_days
    assert looked[1] == looked[4] == looked[2] + 1 == looked[3] + 1


def test_today_grows_with_the_day_and_begins_anew_in_the_morning() -> None:
    home = _begun()
    run(home, _tap_days(range(5)))
    at_noon = [reading for reading in _tap_days([5]) if reading.at_ms <= morning_s(5, 12.5) * 1000]
    run(home, at_noon)
    tap = _habit(home, "kitchen-tap")
    assert [(count.today, count.ended) for count in tap.parts] == [(1, True), (0, False), (None, False), (None, False)]
    assert (tap.day.today, tap.day.days, tap.today) == (1, 5, (16,))
    stream = _only(home)
    assert (stream.today, stream.today_whole, stream.days) == ("2025-03-08", True, 5)
    home.advance(morning_s(6, 7) * 1000)
    tap = _habit(home, "kitchen-tap")
    assert [count.today for count in tap.parts] == [0, None, None, None]
    assert (tap.day.today, tap.today, _only(home).today) == (0, (), "2025-03-09")


def test_a_day_of_which_a_part_was_not_seen_says_so() -> None:
    home = _begun()
    run(home, _tap_days(range(4)))
    home.step(link(morning_s(4, 8) * 1000, up=False))
    home.step(link(morning_s(4, 11) * 1000, up=True))
    assert not _only(home).today_whole
    home.advance(morning_s(4, 13) * 1000)
    stream = _only(home)
    assert not stream.today_whole
    assert (stream.activity.parts[0].today, stream.activity.parts[0].ended) == (None, True)


@given(st.integers(1, 900), st.integers(0, 3))
def test_a_restored_home_looks_the_same_and_looking_changes_nothing(readings: int, seed: int) -> None:
    home = Home(spec())
    run(home, a_life(9, seed=seed)[:readings])
    before = saved(home)
    other = copied(home)
    assert other.portrait() == home.portrait()
    assert saved(home) == before
    until_ms = home.now_ms + 26 * HOUR_S * 1000
    for one in (home, other):
        one.advance(until_ms)
    assert other.portrait() == home.portrait()


def test_the_hours_are_kept_to_the_second() -> None:
    home = trained()
    home.step(Reading(morning_s(13, 14) * 1000, "hall", 1))  # the room in which this person is seen most
    promised_s = _only(home).notice_s[14]
    assert promised_s is not None
    assert home.silence_deadlines_s() == {"r1": morning_s(13, 14) + promised_s}


def test_what_a_silence_would_come_to() -> None:
    home = _begun()
    assert _only(home).watching is Watching.LEARNING
    assert _only(home).notice_s == (None,) * 24
    home = trained()
    stream = _only(home)
    assert stream.watching is Watching.WATCHING
    assert stream.deadline_s == home.silence_deadlines_s()["r1"]
    other = copied(home)
    other.step(link(other.now_ms + 1000, up=False))
    assert (_only(other).watching, _only(other).deadline_s) == (Watching.BLIND, None)
    assert stream.deadline_s is not None
    home.advance((stream.deadline_s + 60) * 1000)
    assert _only(home).watching is Watching.ALERTING


def test_a_home_of_two_shows_the_household_whose_silence_counts() -> None:
    hall = Sensor("hall", SensorKind.MOTION, "hallway")
    home = Home(spec((*SENSORS, hall), residents=("r1", "r2")))
    home.step(Reading(morning_s(0, 8) * 1000, "tap", 1))
    told = {stream.resident: stream.told for stream in home.portrait().streams}
    assert told == {"household": True, "r1": False}


def _weeks(said: list[Said]) -> list[Summary]:
    return [summary for summary in summaries(said) if summary.period is Period.WEEK]


@pytest.mark.parametrize("on", [True, False])
def test_the_week_says_how_soon_a_silence_is_noticed_if_that_is_told_at_all(on: bool) -> None:
    alerts = frozenset(AlertKind) - (frozenset() if on else {AlertKind.INACTIVITY})
    home = Home(spec(alerts=alerts))
    weeks = _weeks(run(home, a_life(16)))
    assert weeks
    for week in weeks:
        said = [line for line in week.lines if line.startswith("If all movement stopped by day, Wren would notice")]
        assert len(said) == on
        assert not FORBIDDEN.search(" ".join(said))
