"""The silence learner: what it learns of a person, what it forgets, and the days on which the clocks change."""

import json
from typing import Any

import pytest

from models.kinds import SensorKind
from models.learners.silence import CEILING_H, LEARNING_DAYS, MIN_DEADLINE_S, Gap, Silence, context_of
from models.localtime import DAY_S, HOUR_S
from models.vocabulary import Sensor
from tests.models.silences import KNOWN, LONDON, MONDAY_S, follow, hours_to_notice, life, noon_s


def test_says_nothing_before_the_fourth_day() -> None:
    silence = life(LEARNING_DAYS)
    last_s = MONDAY_S + LEARNING_DAYS * DAY_S - 1
    assert silence.deadline_s(last_s, "lounge") is None
    assert silence.usual_s(last_s, "lounge") is None
    assert silence.score_one(Gap(last_s - 7200, last_s, "lounge")) is None
    assert silence.deadline_s(last_s + 1, "lounge") is not None


def test_says_nothing_before_it_has_seen_anything() -> None:
    assert Silence().deadline_s(0, "other") is None


def test_notices_a_busy_person_sooner_by_day_than_at_night() -> None:
    day, night = hours_to_notice(KNOWN, noon_s(20)), hours_to_notice(KNOWN, noon_s(20) + 11 * HOUR_S)
    assert 1 <= day <= 3.5
    assert night > 2 * day


def test_learns_that_somebody_naps_after_lunch() -> None:
    napper = life(30)
    for day in range(5, 30):
        napper.learn_one(Gap(noon_s(day) + 2 * HOUR_S, noon_s(day) + 5 * HOUR_S, "bedroom"))
    moment_s = noon_s(30) + 2 * HOUR_S
    assert hours_to_notice(napper, moment_s, "bedroom") >= 3
    assert hours_to_notice(napper, moment_s, "kitchen") < hours_to_notice(napper, moment_s, "bedroom")


def test_takes_a_person_who_stays_out_all_day_to_be_away() -> None:
    goer = life(30)
    for day in range(2, 30):
        goer.learn_one(Gap(noon_s(day) - 3 * HOUR_S, noon_s(day) + 8 * HOUR_S, "door", outing=True))
    assert goer.deadline_s(noon_s(30) - 3 * HOUR_S, "door") is None
    assert hours_to_notice(goer, noon_s(30) - 3 * HOUR_S, "kitchen") <= CEILING_H


def test_forgets_a_habit_that_is_over() -> None:
    moment_s = noon_s(110) + 2 * HOUR_S
    napper = Silence("Europe/London", 0.05)
    for day in range(110):
        length_s = 4 * HOUR_S if day < 30 else HOUR_S // 2
        napper.learn_one(Gap(noon_s(day) + 2 * HOUR_S, noon_s(day) + 2 * HOUR_S + length_s, "bedroom"))
        if day == 30:
            just_after = hours_to_notice(napper, noon_s(31) + 2 * HOUR_S, "bedroom")
    assert hours_to_notice(napper, moment_s, "bedroom") < just_after


def after_a_strange_week(*, busy: bool) -> Silence:
    """Two weeks as usual, a week with a silence of five hours each morning, and four days as usual.

    Busy: for the rest of each day of that week the person is seen every 20 min; otherwise four times.
    """
    silence = life(14, budget=0.2)
    for day in range(14, 21):
        at_s = noon_s(day) - 4 * HOUR_S
        follow(
            silence, at_s, [(5 * HOUR_S, "kitchen"), *([(1200, "kitchen")] * 57 if busy else [(17_100, "bed_on")] * 4)]
        )
    follow(silence, noon_s(21) - 4 * HOUR_S, [(HOUR_S // 2, "kitchen")] * 48 * 4)
    return silence


def test_days_on_which_hardly_anything_is_seen_say_little_about_busy_ones() -> None:
    moment_s = noon_s(25) - 4 * HOUR_S
    after_quiet, after_busy = after_a_strange_week(busy=False), after_a_strange_week(busy=True)
    assert hours_to_notice(after_quiet, moment_s, "kitchen") <= hours_to_notice(after_busy, moment_s, "kitchen") - 1
    # but on a day as quiet as those they count in full: the day before this moment was not seen
    later_s = moment_s + 2 * DAY_S
    assert hours_to_notice(after_quiet, later_s, "kitchen") > hours_to_notice(after_quiet, moment_s, "kitchen")
    imagined_s = after_quiet.deadline_s(later_s, "kitchen", imagined=True)
    assert imagined_s is not None
    assert (imagined_s - later_s) / HOUR_S <= hours_to_notice(after_quiet, moment_s, "kitchen") + 0.5


def test_hours_that_a_wrong_clock_showed_are_forgotten() -> None:
    silence = life(10)
    follow(silence, noon_s(20), [(HOUR_S // 2, "kitchen")] * 100)
    follow(silence, noon_s(11), [(HOUR_S // 2, "kitchen")] * 4)
    assert silence.state()["survival"]["busy"] == [noon_s(11) // HOUR_S, noon_s(11) // HOUR_S + 1]


@pytest.mark.parametrize(
    ("day", "night_h"), [("2019-10-26", 10), ("2019-10-27", 9), ("2019-03-30", 8), ("2019-03-31", 9)]
)
def test_nights_on_which_the_clocks_change(day: str, night_h: int) -> None:
    number = next(n for n in range(17_900, 18_300) if LONDON.date(n).isoformat() == day)
    start_s = LONDON.at_clock_s(number, 21 * HOUR_S)
    assert KNOWN.ceiling_s(start_s) - start_s == (1 + night_h + 7) * HOUR_S


@pytest.mark.parametrize(("day", "hours"), [("2019-10-26", 25), ("2019-03-30", 23), ("2019-07-06", 24)])
def test_the_morning_after_the_clocks_change_is_judged_by_the_clock(day: str, hours: int) -> None:
    number = next(n for n in range(17_900, 18_300) if LONDON.date(n).isoformat() == day)
    # this person is in bed from 22:05 until 06:55 by the clock, and otherwise seen every 20 minutes
    silence = Silence("Europe/London", 0.05)
    for before in range(30, 0, -1):
        bed_s = LONDON.at_clock_s(number - before, 22 * HOUR_S + 300)
        up_s = LONDON.at_clock_s(number - before + 1, 7 * HOUR_S - 300)
        silence.learn_one(Gap(bed_s, up_s, "bedroom"))
        for start_s in range(up_s, up_s + 15 * HOUR_S, 1230):
            silence.learn_one(Gap(start_s, start_s + 1230, "lounge"))
    bed_s = LONDON.at_clock_s(number, 22 * HOUR_S + 300)
    deadline_s = silence.deadline_s(bed_s, "bedroom")
    assert deadline_s is not None
    assert LONDON.at_clock_s(number + 1, 7 * HOUR_S) <= deadline_s <= LONDON.at_clock_s(number + 1, 11 * HOUR_S)
    assert LONDON.day_start_s(number + 1) - LONDON.day_start_s(number) == hours * HOUR_S


def test_knows_nothing_long_of_a_person_who_never_rests() -> None:
    silence = Silence("Europe/London", 0.05)
    follow(silence, MONDAY_S, [(1500, "lounge")] * (5 * DAY_S // 1500))
    assert MIN_DEADLINE_S <= hours_to_notice(silence, noon_s(4)) * HOUR_S <= 4 * HOUR_S


def test_a_silence_of_days_teaches_one_day_of_it() -> None:
    silence = life(10)
    end_s = noon_s(14)
    silence.learn_one(Gap(noon_s(10), end_s, "lounge"))
    assert hours_to_notice(silence, end_s, "kitchen") <= CEILING_H
    scores = [silence.score_one(Gap(end_s, end_s + days * DAY_S, "lounge")) for days in (1, 5)]
    assert scores[0] == scores[1]


def test_a_budget_that_nobody_can_keep_waits_no_longer() -> None:
    state = life(20).state()
    least, less = (Silence.from_state({**state, "budget_per_day": budget}) for budget in (0.001, 0.01))
    assert least.deadline_s(noon_s(20), "lounge") == less.deadline_s(noon_s(20), "lounge")


def test_asking_teaches_nothing() -> None:
    silence = life(10)
    before = json.dumps(silence.state())
    first = silence.deadline_s(noon_s(10), "kitchen")
    silence.score_one(Gap(noon_s(10), noon_s(10) + 9000, "kitchen"))
    silence.usual_s(noon_s(10), "kitchen")
    assert json.dumps(silence.state()) == before
    assert silence.deadline_s(noon_s(10), "kitchen") == first


def test_state_stays_small() -> None:
    def count(value: Any) -> int:
        if isinstance(value, dict):
            return sum(map(count, value.values()))
        return sum(map(count, value)) if isinstance(value, list) else 1

    assert count(life(100).state()) < 1300


def test_is_a_river_estimator() -> None:
    copy = life(10, budget=0.03).clone()
    assert isinstance(copy, Silence)
    assert (copy.timezone, copy.budget_per_day) == ("Europe/London", 0.03)
    assert copy.deadline_s(noon_s(10), "kitchen") is None


@pytest.mark.parametrize(
    ("kind", "place", "value", "context"),
    [
        (SensorKind.DOOR, "outside-door", 1, "door"),
        (SensorKind.DOOR, "bathroom", 1, "bathroom"),
        (SensorKind.BED, "bedroom", 1, "bed_on"),
        (SensorKind.BED, "bedroom", 0, "bed_off"),
        (SensorKind.SEAT, "living", 1, "seat_on"),
        (SensorKind.SEAT, "living", 0, "seat_off"),
        (SensorKind.MOTION, "living", 1, "lounge"),
        (SensorKind.FRIDGE, "kitchen", 1, "kitchen"),
        (SensorKind.TOILET, "bathroom", 1, "bathroom"),
        (SensorKind.MOTION, "outside-door", 1, "other"),
        (SensorKind.MOTION, "door", 1, "other"),
        (SensorKind.STEPS, "worn", 40, "other"),
    ],
)
def test_context_of_the_last_sign(kind: SensorKind, place: str, value: float, context: str) -> None:
    assert context_of(Sensor("s", kind, place), value) == context


def test_days_that_teach_nothing_make_nothing_older() -> None:
    """Ten days in hospital and the fortnight after it: who comes back is compared with what was usual before."""
    away_s = 24 * DAY_S
    stayed, at_home = life(8, budget=0.2), life(8, budget=0.2)

    def rarities(silence: Silence, later_s: int) -> list[float | None]:
        starts_s = [noon_s(8) + hour * HOUR_S + later_s for hour in range(9)]
        return [silence.score_one(Gap(start_s, start_s + 2 * HOUR_S, "kitchen")) for start_s in starts_s]

    # nothing was learnt in these days: the busy hours of the day before are unknown, and nothing else is
    assert rarities(stayed, away_s) == rarities(stayed, 3 * DAY_S)
    follow(stayed, noon_s(8) - 4 * HOUR_S + away_s, [(HOUR_S // 2, "kitchen")] * 47)
    follow(at_home, noon_s(8) - 4 * HOUR_S, [(HOUR_S // 2, "kitchen")] * 47)
    assert rarities(stayed, DAY_S + away_s) == pytest.approx(rarities(at_home, DAY_S))
