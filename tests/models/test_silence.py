"""The silence learner: deadlines, rarity, nights, clock changes, state. And what it learns in real homes."""

import csv
import gzip
import json
import tomllib
from datetime import datetime
from itertools import islice, pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.kinds import SensorKind
from models.learners.population import CONTEXTS, STEP_S
from models.learners.silence import (
    CEILING_H,
    LEARNING_DAYS,
    MIN_DEADLINE_S,
    Gap,
    Silence,
    context_of,
)
from models.localtime import DAY_S, HOUR_S, LocalTime
from models.presence import MAYBE_OUT, Presence
from models.vocabulary import Sensor
from tests.shared_data import shared

LONDON = LocalTime("Europe/London")
MONDAY_S = LONDON.at_clock_s(18_000, 4 * HOUR_S)
STARTS = st.integers(MONDAY_S + 20 * DAY_S, MONDAY_S + 400 * DAY_S)
PLACES = st.sampled_from(CONTEXTS)


def life(days: int, *, seed: int = 1, budget: float = 0.05, until_s: int | None = None) -> Silence:
    """A person who is up from 7 to 22, seen every 25 min or so, and once or twice a night."""
    silence = Silence("Europe/London", budget)
    random = Random(seed)
    at_s, end_s = MONDAY_S, until_s or MONDAY_S + days * DAY_S
    while True:
        hour = LONDON.second_of_day(at_s) / HOUR_S
        awake = 7 <= hour < 22
        next_s = at_s + 60 + int(random.expovariate(1 / (1500 if awake else 3 * HOUR_S)))
        if next_s >= end_s:
            return silence
        silence.learn_one(Gap(at_s, next_s, random.choice(("kitchen", "lounge")) if awake else "bedroom"))
        at_s = next_s


KNOWN = life(20)


def noon_s(day: int) -> int:
    return MONDAY_S + day * DAY_S + 8 * HOUR_S


def hours_to_notice(silence: Silence, start_s: int, context: str = "lounge") -> float:
    deadline_s = silence.deadline_s(start_s, context)
    assert deadline_s is not None
    return (deadline_s - start_s) / HOUR_S


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


@given(STARTS, PLACES)
def test_a_deadline_lies_between_the_least_wait_and_the_ceiling(start_s: int, context: str) -> None:
    deadline_s = KNOWN.deadline_s(start_s, context)
    assert deadline_s is not None
    assert start_s + MIN_DEADLINE_S <= deadline_s <= KNOWN.ceiling_s(start_s)


@given(STARTS, PLACES, st.floats(0.002, 1.0), st.floats(0.002, 1.0))
def test_a_larger_budget_never_notices_later(start_s: int, context: str, one: float, other: float) -> None:
    state = KNOWN.state()
    least, most = (Silence.from_state({**state, "budget_per_day": budget}) for budget in sorted((one, other)))
    later_s, sooner_s = least.deadline_s(start_s, context), most.deadline_s(start_s, context)
    assert later_s is None or (sooner_s is not None and sooner_s <= later_s)
    assert later_s is not None or context in MAYBE_OUT


@given(STARTS, PLACES)
def test_a_longer_silence_is_never_less_rare(start_s: int, context: str) -> None:
    scores = [KNOWN.score_one(Gap(start_s, start_s + step * STEP_S, context)) for step in range(0, 70, 3)]
    rarities = [score for score in scores if score is not None]
    assert len(rarities) == len(scores)
    assert all(later <= earlier for earlier, later in pairwise(rarities))
    assert rarities[-1] < rarities[0] / 10


@given(STARTS, PLACES, st.sampled_from((0.05, 0.1, 0.2)))
def test_the_score_at_the_deadline_is_the_budget(start_s: int, context: str, budget: float) -> None:
    silence = Silence.from_state({**KNOWN.state(), "budget_per_day": budget})
    deadline_s = silence.deadline_s(start_s, context)
    assert deadline_s is not None
    if not start_s + MIN_DEADLINE_S < deadline_s < silence.ceiling_s(start_s):
        return
    at_deadline = silence.score_one(Gap(start_s, deadline_s, context))
    a_step_later = silence.score_one(Gap(start_s, deadline_s + STEP_S, context))
    assert at_deadline is not None
    assert a_step_later is not None
    assert at_deadline >= budget * (1 - 1e-9)
    assert a_step_later <= budget * (1 + 1e-9)


@given(STARTS, PLACES)
def test_what_is_usual_is_over_before_an_alert_in_the_day(start_s: int, context: str) -> None:
    usual_s = KNOWN.usual_s(start_s, context)
    assert usual_s is not None
    assert usual_s > start_s
    if 8 <= LONDON.second_of_day(start_s) / HOUR_S < 16:
        deadline_s = KNOWN.deadline_s(start_s, context)
        assert deadline_s is not None
        assert usual_s <= deadline_s


@given(st.integers(0, 10_000_000), st.sampled_from(("Europe/London", "America/St_Johns", "Asia/Kolkata")))
def test_the_ceiling_is_eight_waking_hours(offset_s: int, zone: str) -> None:
    silence = Silence(zone)
    local = LocalTime(zone)
    start_s = MONDAY_S + offset_s
    ceiling_s = silence.ceiling_s(start_s)
    awake = sum(7 <= local.second_of_day(at_s) / HOUR_S < 22 for at_s in range(start_s, ceiling_s, 60))
    assert abs(awake - CEILING_H * 60) <= 1


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


GAPS = st.lists(st.tuples(st.integers(1, 20 * HOUR_S), PLACES), min_size=1, max_size=80)


def follow(silence: Silence, at_s: int, gaps: list[tuple[int, str]]) -> int:
    for length_s, context in gaps:
        silence.learn_one(Gap(at_s, at_s + length_s, context))
        at_s += length_s
    return at_s


@given(GAPS, GAPS)
def test_state_survives_json_exactly(before: list[tuple[int, str]], after: list[tuple[int, str]]) -> None:
    one = Silence("America/New_York", 0.1)
    at_s = follow(one, MONDAY_S, before)
    saved = json.dumps(one.state())
    other = Silence.from_state(json.loads(saved))
    assert json.dumps(other.state()) == saved
    end_s = follow(one, at_s, after)
    follow(other, at_s, after)
    assert json.dumps(other.state()) == json.dumps(one.state())
    for context in CONTEXTS:
        assert other.deadline_s(end_s, context) == one.deadline_s(end_s, context)
        assert other.score_one(Gap(end_s, end_s + 9000, context)) == one.score_one(Gap(end_s, end_s + 9000, context))


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


def test_keeps_its_budget_in_recorded_homes() -> None:
    """Ten homes: false alerts after two weeks, a person-day, and waking hours (08 to 21) to notice."""
    alerts, days = 0, 0.0
    waits: list[float] = []
    for number in range(10):
        silence, gaps, blind_s = Silence("Europe/London", 0.05), *recorded(f"home-a0{number}")
        start = LONDON.day(gaps[0].start_s) + 14
        days += LONDON.day(gaps[-1].end_s) - start - blind_s / DAY_S
        for gap in gaps:
            if gap.end_s - gap.start_s >= MIN_DEADLINE_S and LONDON.day(gap.start_s) >= start:
                deadline_s = silence.deadline_s(gap.start_s, gap.context)
                if deadline_s is not None:
                    alerts += gap.end_s > deadline_s
                    hours = range(gap.start_s // HOUR_S + 1, gap.end_s // HOUR_S + 1)
                    awake = [hour * HOUR_S for hour in hours if 8 <= LONDON.second_of_day(hour * HOUR_S) / HOUR_S < 22]
                    waits.extend(max(0, deadline_s - at_s) / HOUR_S for at_s in awake)
            silence.learn_one(gap)
    assert 0.05 / 1.5 <= alerts / days <= 0.05 * 1.5
    assert sum(waits) / len(waits) < 5.0


def recorded(name: str) -> tuple[list[Gap], int]:
    """The silences of a recorded home that no blind stretch overlaps, and for how long it was blind."""
    folder = shared("homes") / name
    spec = tomllib.loads((folder / "home.toml").read_text())
    sensors = {
        sensor["id"]: Sensor(sensor["id"], SensorKind(sensor["kind"]), sensor["place"]) for sensor in spec["sensors"]
    }
    presence = Presence(LONDON)
    gaps: list[Gap] = []
    last_s: int | None = None
    context, blind_s = "", 0
    with gzip.open(folder / "readings.csv.gz", "rt") as rows:
        for time, name, value in islice(csv.reader(rows), 1, None):
            at_s = int(datetime.fromisoformat(time).timestamp())
            if name.startswith("@"):
                blind_s += at_s if float(value) else -at_s
                last_s = None
                continue
            sensor, silence = sensors[name], None
            if (understood := presence.understood(at_s, sensor)) is not None:
                gaps.append(understood)
            if last_s is not None:
                silence = (at_s - last_s, context)
                if at_s > last_s and (gap := presence.ended(Gap(last_s, at_s, context), sensor)) is not None:
                    gaps.append(gap)
            last_s, context = at_s, presence.context(at_s, silence, sensor, context_of(sensor, 1.0))
    return gaps, blind_s


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
