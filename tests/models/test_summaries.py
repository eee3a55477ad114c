"""What a morning's summary says, and that it never says that all is well."""

import re

import pytest

from models.home import Home
from models.kinds import AlertKind
from models.localtime import LocalTime
from models.vocabulary import Period, Reading, Said, Summary
from tests.models.world import SENSORS, a_life, findings, link, morning_s, run, spec, summaries


def _days(said: list[Said]) -> list[Summary]:
    return [one for one in summaries(said) if one.period is Period.DAY]


def _weeks(said: list[Said]) -> list[Summary]:
    return [one for one in summaries(said) if one.period is Period.WEEK]


def test_a_summary_comes_each_morning_at_seven_and_on_monday_for_the_week() -> None:
    said = run(Home(spec()), a_life(36, seed=6))
    local = LocalTime("Europe/London")
    assert {local.clock(one.raised_s) for one in summaries(said)} == {"07:00"}
    days = [one.day for one in _days(said)]
    assert len(days) == len(set(days)) == 35
    assert days == sorted(days)
    assert {local.weekday(one.raised_s) for one in _weeks(said)} == {"Monday"}
    assert len(_weeks(said)) == 5
    assert _weeks(said)[0].headline.startswith("The week to Sunday: no alerts.")


def test_no_headline_says_that_all_is_well() -> None:
    for one in summaries(run(Home(spec()), a_life(36, seed=6))):
        assert not re.search(r"all (is )?well|\bfine\b|\bsafe\b|\bOK\b", one.headline)
        if "nothing was outside" in one.headline or one.period is Period.WEEK:
            assert "does not mean that the person is well" in one.headline


def test_the_first_days_say_that_they_are_learning() -> None:
    texts = [one.headline for one in _days(run(Home(spec()), a_life(6)))]
    assert ["Still learning" in text for text in texts] == [True, True, True, False, False]
    assert ["day 1 of 3" in text for text in texts] == [True, False, False, False, False]


def test_what_was_before_the_first_reading_could_not_be_seen() -> None:
    home = Home(spec())
    said = run(home, [one for one in a_life(12) if one.at_ms > morning_s(0, 12) * 1000])
    assert "could not see for 5 h" in _days(said)[0].coverage
    assert "Still learning" in _days(said)[0].headline
    assert "could see all the time" in _days(said)[1].coverage
    assert [line for line in _weeks(said)[0].lines if "could not see for 5 h 12 of this week" in line]


def test_a_home_that_begins_at_dawn_does_not_begin_on_day_nought() -> None:
    home = Home(spec())
    life = [one for one in a_life(2) if one.at_ms > morning_s(0, 7.6) * 1000]
    said = run(home, [Reading(morning_s(0, 5) * 1000, "hall", 1), *life])
    assert "day 1 of 3" in _days(said)[0].headline


def _after(days: int, extra: list[Reading], *, sensors: str = "") -> Summary:
    """The day summary on the morning after day `days`, with `extra` on that day."""
    life = [one for one in a_life(days + 1, seed=6) if one.sensor != sensors or one.at_ms < morning_s(days, 0) * 1000]
    gone = (extra[0].at_ms, extra[-1].at_ms) if extra and extra[0].sensor == "@gateway" else (0, 0)
    inputs = sorted([one for one in life if not gone[0] <= one.at_ms <= gone[1]] + extra)
    home = Home(spec(tuple(one for one in SENSORS if one.id not in {"pulse", "sofa", "front-door"})))
    said = run(home, inputs)
    said += home.advance(morning_s(days + 1, 7.01) * 1000)
    return _days(said)[-1]


def test_an_ordinary_day() -> None:
    one = _after(16, [])
    assert one.headline == (
        "The sensors worked all day and nothing was outside the usual pattern. "
        "This does not mean that the person is well."
    )
    assert "9 of 9 sensors heard" in one.coverage


def test_a_day_on_which_a_sensor_was_silent() -> None:
    one = _after(16, [], sensors="kettle")
    assert "8 of 9 sensors heard in the last 24 hours (not heard: kettle)" in one.coverage
    assert "worked all day" not in one.headline


def test_a_day_on_which_the_gateway_was_blind() -> None:
    one = _after(16, [link(morning_s(16, 10) * 1000, up=False), link(morning_s(16, 15) * 1000, up=True)])
    assert one.headline == "The gateway could not see for 5 h of this day, so little can be said of it."
    assert "could not see for 5 h" in one.coverage


def test_a_day_with_alerts() -> None:
    one = _after(16, [Reading(morning_s(16, 15) * 1000, "button", 1)])
    assert one.headline == "1 alert in the last day: help button."


def test_an_unusual_day() -> None:
    at_s = morning_s(16, 12.5)
    often = [Reading((at_s + 61 * use) * 1000 + 1, "tap", use % 2) for use in range(290)]
    one = _after(16, often)
    assert one.headline.startswith("No alert was raised. Unlike most days: ")
    assert "kitchen tap (afternoon)" in one.headline
    assert one.headline.endswith("One day says little.")


@pytest.mark.parametrize("hours", [6.99, 7.0, 7.01])
def test_every_alert_is_counted_in_one_day_and_no_other(hours: float) -> None:
    home = Home(spec())
    said = run(home, a_life(8, seed=6))
    at_ms = (morning_s(9, 7) + round((hours - 7) * 3600)) * 1000
    said = home.step(Reading(at_ms, "button", 1)) + home.advance(morning_s(11, 8) * 1000)
    assert len(findings(said, AlertKind.HELP_BUTTON)) == 1
    assert sum("help button" in one.headline for one in _days(said)) == 1


def test_a_week_counts_its_own_alerts() -> None:
    home = Home(spec())
    said = run(home, a_life(7, seed=6))
    said += home.step(Reading(morning_s(7, 12) * 1000, "button", 1))
    said += home.advance(morning_s(7, 13) * 1000)
    said += run(home, [one._replace(at_ms=one.at_ms) for one in a_life(29, seed=6) if one.at_ms > home.now_ms])
    weeks = [one for one in _weeks(said) if "help button" in " ".join(one.lines)]
    assert [one.raised_s for one in weeks] == [morning_s(14, 7)]
    assert "1 help button alert." in weeks[0].lines


def test_the_weeks_habits_are_means_of_whole_days_beside_their_usual_range() -> None:
    weeks = _weeks(run(Home(spec()), a_life(29, seed=6)))
    tap = next(one for one in weeks[-1].habits if one.name == "kitchen-tap")
    assert tap.usual_low is not None
    assert tap.usual_high is not None
    assert tap.usual_low < tap.per_day < tap.usual_high
    assert not any(one.name.endswith(("-morning", "-afternoon", "-evening", "-night")) for one in weeks[-1].habits)
