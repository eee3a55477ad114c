"""Masks, not zeros: what could not be heard is neither judged nor learnt, and the rest goes on."""

from typing import Any

import pytest

from models.habit_names import ACTIVE
from models.home import Home
from models.kinds import AlertKind, Severity
from models.localtime import HOUR_S
from models.vocabulary import SENSOR_LINK, Habit, HabitTable, Period, Reading, Said
from tests.models.test_reduced_sight import DAYS, living, lose, prove
from tests.models.world import copied, findings, morning_s, run, summaries, trained

WELL = "This does not mean that the person is well."


def _tables(said: list[Said]) -> dict[str, Habit]:
    return {habit.name: habit for word in said if isinstance(word, HabitTable) for habit in word.habits}


def _tallies(home: Home) -> dict[str, Any]:
    found: dict[str, Any] = home.state()["streams"]["r1"]["habits"]["tallies"]
    return found


def _until(home: Home, hour: float) -> Home:
    living(home, (morning_s(DAYS, hour) - home.now_ms / 1000) / HOUR_S)
    return home


def test_a_habit_whose_sensor_could_not_be_heard_is_not_counted_while_others_are() -> None:
    home = _until(trained(DAYS), 12.5)
    before = _tallies(copied(home))
    lose(home, ["tap"], home.now_ms // 1000 + 1)
    said = living(home, 12, without=["tap"])
    rows = _tables(said)
    assert rows["kitchen-tap-afternoon"].direction == "unseen"
    assert rows["kitchen-tap-afternoon"].rarity_days is None
    assert rows[f"{ACTIVE}-afternoon"].direction == "unseen"  # of how busy it was the tap is a part
    assert rows["hallway-afternoon"].direction != "unseen"
    assert rows["kitchen-appliance-afternoon"].rarity_days is not None
    after = _tallies(home)
    assert after["kitchen-tap-afternoon"] == before["kitchen-tap-afternoon"]
    assert after["hallway-afternoon"] != before["hallway-afternoon"]


def test_a_day_of_which_a_part_could_not_be_heard_is_no_whole_day_of_that_habit() -> None:
    home = _until(trained(DAYS), 12.5)
    lose(home, ["tap"], home.now_ms // 1000 + 1)
    living(home, 6, without=["tap"])
    prove(home, ["tap"], home.now_ms // 1000 + 1)
    for one in (copied(home), home):
        rows = _tables(living(one, 16))
        assert rows["kitchen-tap-night"].direction != "unseen"
        assert rows["kitchen-tap"].direction == "unseen"
        assert rows["hallway"].direction != "unseen"


def test_a_short_loss_is_a_day_like_any_other() -> None:
    home = _until(trained(DAYS), 13)
    lose(home, ["tap"], home.now_ms // 1000 + 1)
    prove(home, ["tap"], home.now_ms // 1000 + 40 * 60)
    rows = _tables(living(home, 20))
    assert rows["kitchen-tap-afternoon"].direction != "unseen"
    assert rows["kitchen-tap"].direction != "unseen"


def test_a_weeks_loss_is_no_drop_in_what_it_would_have_seen() -> None:
    home = _until(trained(DAYS), 12.5)
    lose(home, ["tap"], home.now_ms // 1000 + 1)
    said = living(home, 24 * 7, without=["tap"])
    assert [one.kind for one in findings(said) if one.audience == "care"] == []
    (week,) = [one for one in summaries(said) if one.period is Period.WEEK]
    assert any(line.startswith("Could not be heard this week: tap for ") for line in week.lines)


def test_the_best_that_a_day_can_be_called_needs_every_sensor_all_day() -> None:
    whole, partly, dark = trained(DAYS), trained(DAYS), trained(DAYS)
    lost_s = morning_s(DAYS, 13)
    for home in (whole, partly, dark):
        _until(home, 12.9)
    lose(partly, ["tap"], lost_s)
    lose(dark, [line for line in dark.state()["lines"] if line != "pulse"], lost_s)
    said = [living(whole, 19), living(partly, 5, without=["tap"]), dark.advance(dark.now_ms + 19 * HOUR_S * 1000)]
    said[1] += [*prove(partly, ["tap"], partly.now_ms // 1000 + 1), *living(partly, 14)]
    best, some, none = (next(one for one in summaries(words) if one.period is Period.DAY).headline for words in said)
    assert best.startswith(("The sensors worked all day", "Some sensors were not heard", "No alert was raised"))
    assert some.startswith("Not everything could be seen (tap for 5 h not heard).")
    assert some.endswith(WELL)
    assert "alert" in none or "Nothing could be heard of this home for" in none


def _in_bathroom(home: Home, lost: list[str]) -> int:
    """Somebody has been about, and goes into the bathroom at 14:00; nothing more is seen."""
    _until(home, 13.9)
    at_s = morning_s(DAYS, 14)
    lose(home, lost, at_s - 300)
    for second in range(0, 120, 30):
        home.step(Reading((at_s + second) * 1000, "bath-motion", 1))
    return at_s


def test_a_stay_in_the_bathroom_is_told_by_the_fixed_limit_while_enough_else_can_be_heard() -> None:
    for lost in ([], ["bed"], ["kettle"], ["toilet"]):
        home = trained(DAYS)
        at_s = _in_bathroom(home, lost)
        (stay,) = findings(home.advance((at_s + 95 * 60) * 1000), AlertKind.LONG_STAY)
        assert stay.severity is Severity.URGENT


def test_a_stay_is_not_told_because_the_sensor_that_would_see_the_leaving_is_lost() -> None:
    home = trained(DAYS)
    at_s = _in_bathroom(home, ["hall", "lounge", "chair", "kettle"])
    said = home.advance((at_s + 100 * 60) * 1000)
    assert findings(said, AlertKind.LONG_STAY) == []
    said += run(home, [Reading((at_s + 101 * 60) * 1000, "tap", 1)])
    assert findings(said, AlertKind.LONG_STAY) == []


def test_who_moves_about_in_the_bathroom_for_ninety_minutes_is_told_of_whatever_is_lost() -> None:
    home = trained(DAYS)
    at_s = _in_bathroom(home, ["hall", "lounge", "chair", "kettle"])
    said = run(home, [Reading((at_s + 120 + by * 240) * 1000, "bath-motion", 1) for by in range(24)])
    said += home.advance((at_s + 99 * 60) * 1000)
    assert len(findings(said, AlertKind.LONG_STAY)) == 1


@pytest.mark.parametrize("lost", [["hall", "tap", "kettle", "lounge"], ["hall", "tap", "kettle", "lounge", "chair"]])
def test_nobody_is_late_because_getting_up_cannot_be_seen(lost: list[str]) -> None:
    home = trained(DAYS)
    home.advance(morning_s(DAYS, 4.5) * 1000)
    lose(home, lost, morning_s(DAYS, 4.5) + 1)
    said = living(home, 9, without=lost)
    assert findings(said, AlertKind.LATE_START) == []


def test_who_is_not_up_by_the_fixed_limit_is_told_of_while_enough_can_be_heard() -> None:
    home = trained(DAYS)
    home.advance(morning_s(DAYS, 4.5) * 1000)
    lose(home, ["lounge"], morning_s(DAYS, 4.5) + 1)
    said = home.advance(morning_s(DAYS, 11.6) * 1000)
    kinds = {one.kind for one in findings(said)}
    assert kinds & {AlertKind.LATE_START, AlertKind.INACTIVITY}


def test_a_seat_that_cannot_be_heard_holds_nobody() -> None:
    home = _until(trained(DAYS), 14)
    at_s = home.now_ms // 1000
    home.step(Reading((at_s + 1) * 1000, "chair", 1))
    home.step(Reading((at_s + 60) * 1000, f"{SENSOR_LINK}chair", 0.0))
    said = living(home, 30, without=["chair"])
    assert [one for one in findings(said) if one.audience == "care"] == []
    assert (
        home.state()["streams"]["r1"]["stays"]["now"] is None
        or home.state()["streams"]["r1"]["stays"]["now"][1] != "chair"
    )


def test_a_tap_on_a_wire_that_says_nothing_more_is_no_drop_in_what_is_drunk() -> None:
    home = _until(trained(DAYS), 12.5)
    said = living(home, 24 * 4, without=["tap"])
    assert [one.kind for one in findings(said) if one.audience == "care"] == []
    assert _tables(said)["kitchen-tap"].direction == "unseen"
    assert _tables(said)[ACTIVE].direction != "unseen"  # how busy the days were was seen by others
    assert [one.kind for one in findings(said)] == [AlertKind.SENSOR_SILENT]


def test_a_tap_that_is_used_once_a_day_is_counted_and_told_of() -> None:
    home = _until(trained(DAYS), 12.5)
    said = []
    for _ in range(4):
        said += living(home, 4, without=["tap"])
        at_ms = home.now_ms
        said += run(home, [Reading(at_ms, "tap", 1.0), Reading(at_ms + 20_000, "tap", 0.0)])
        said += living(home, 20, without=["tap"])
    assert AlertKind.LESS_TAP_USE in {one.kind for one in findings(said)}


def test_while_a_link_is_lost_a_part_in_which_nothing_was_seen_counts_nothing() -> None:
    whole, partly = (_until(trained(DAYS), 11.9) for _ in range(2))
    lose(partly, ["kettle"], partly.now_ms // 1000)
    rows = [_tables(home.advance(home.now_ms + 7 * HOUR_S * 1000)) for home in (whole, partly)]
    assert [each["kitchen-tap-afternoon"].observed for each in rows] == [0, 0]
    assert [each["kitchen-tap-afternoon"].direction == "unseen" for each in rows] == [False, True]
