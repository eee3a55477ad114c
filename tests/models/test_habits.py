"""What a stream does in each part of the day: counted, scored first and learnt after, and never where it was blind."""

from itertools import pairwise

from models.habit_names import ACTIVE
from models.habits import PARTS
from models.home import Home
from models.kinds import SensorKind
from models.localtime import HOUR_S, LocalTime
from models.vocabulary import Habit, HabitTable, Reading, Said, Sensor
from tests.models.world import a_life, clock_step, findings, link, morning_s, run, spec


def _tables(said: list[Said]) -> list[HabitTable]:
    return [one for one in said if isinstance(one, HabitTable)]


def _row(table: HabitTable, name: str) -> Habit:
    (row,) = (habit for habit in table.habits if habit.name == name)
    return row


def _day(day: int, taps: int) -> list[Reading]:
    """A day with `taps` uses of the kitchen tap in the morning, and a sign of life each hour."""
    signs = [Reading(morning_s(day, hour) * 1000, "hall", 1) for hour in range(7, 23)]
    uses = [Reading((morning_s(day, 8) + 90 * use) * 1000, "tap", 1) for use in range(taps)]
    ends = [Reading(use.at_ms + 20_000, "tap", 0) for use in uses]
    return sorted([*signs, *uses, *ends])


def _weeks(counts: list[int]) -> list[HabitTable]:
    home = Home(spec())
    said = home.step(Reading((morning_s(0, 6)) * 1000, "tap", 0))
    for day, taps in enumerate(counts):
        said += run(home, _day(day, taps))
    return _tables(said + home.advance(morning_s(len(counts), 7.5) * 1000))


def test_the_parts_of_a_day_follow_one_another_and_bear_the_day_on_which_they_began() -> None:
    said = run(Home(spec()), a_life(40, seed=2))
    tables = _tables(said)
    local = LocalTime("Europe/London")
    begins = dict(PARTS)
    for table in tables:
        parts = {habit.name.rpartition("-")[2] for habit in table.habits if habit.name.startswith(ACTIVE + "-")}
        (part,) = parts
        ends = [begins[name] for name, _ in PARTS[1:] + PARTS[:1]][[name for name, _ in PARTS].index(part)]
        assert local.second_of_day(table.raised_s) == ends
        whole_day = [habit for habit in table.habits if habit.name == ACTIVE]
        assert len(whole_day) == (part == "night")
    assert all(0 < one.raised_s - other.raised_s <= 9 * HOUR_S for other, one in pairwise(tables))
    days = [table.day for table in tables]
    assert days == sorted(days)
    names = [(table.day, habit.name) for table in tables for habit in table.habits]
    assert len(set(names)) == len(names)


def test_the_end_of_a_night_in_which_the_home_began_belongs_to_the_evening_before() -> None:
    home = Home(spec())
    said = run(home, [Reading(morning_s(0, 5) * 1000, "hall", 1), Reading(morning_s(0, 7) * 1000, "hall", 1)])
    assert [table.day for table in _tables(said)] == ["2025-03-02"]


def test_a_first_part_that_was_not_seen_whole_is_neither_scored_nor_learnt() -> None:
    home = Home(spec())
    tables = _tables(run(home, [one for day in range(7) for one in _day(day, 4) if one.at_ms > morning_s(0) * 1000]))
    mornings = [_row(table, "kitchen-tap-morning") for table in tables if table.habits[0].name.endswith("-morning")]
    assert mornings[0].direction == "unseen"
    assert [row.rarity_days is None for row in mornings] == [True, True, True, True, False, False, False]


def test_counts_are_scored_before_they_are_learnt() -> None:
    tables = _weeks([4, 5, 4, 5, 4, 5, 4, 20])
    rows = [_row(table, "kitchen-tap-morning") for table in tables if table.habits[0].name.endswith("-morning")]
    assert [row.observed for row in rows] == [4, 5, 4, 5, 4, 5, 4, 20]
    assert rows[2].usual_low is None
    assert rows[2].direction == "unknown"
    last = rows[-1]
    assert last.usual_high is not None
    assert last.usual_high < 20
    assert last.direction == "more"
    assert last.rarity_days is not None
    assert last.rarity_days > 20
    days = [_row(table, "kitchen-tap") for table in tables if table.habits[0].name.endswith("-night")]
    assert days[-1].observed == 20


def test_uses_close_together_are_one() -> None:
    home = Home(spec())
    home.step(Reading(morning_s(0, 6) * 1000, "tap", 0))
    at_ms = morning_s(0, 8) * 1000
    for offset_s in (0, 30, 89, 148, 208):  # each within a minute of the one before, but the last
        home.step(Reading(at_ms + offset_s * 1000, "tap", 1))
        home.step(Reading(at_ms + offset_s * 1000 + 5000, "tap", 0))
    table = _tables(home.advance(morning_s(0, 12) * 1000))[-1]
    assert _row(table, "kitchen-tap-morning").observed == 2


def test_a_part_that_could_not_be_seen_is_no_count_of_nothing() -> None:
    home = Home(spec())
    for day in range(6):
        run(home, _day(day, 4))
    run(home, [link(morning_s(6, 8) * 1000, up=False), link(morning_s(6, 11) * 1000, up=True)])
    tables = _tables(home.advance(morning_s(6, 12) * 1000))
    row = _row(tables[-1], "kitchen-tap-morning")
    assert (row.rarity_days, row.usual_low, row.direction) == (None, None, "unseen")
    tables = _tables(run(home, _day(7, 4)))
    row = next(_row(table, "kitchen-tap-morning") for table in tables if table.habits[0].name.endswith("-morning"))
    assert row.direction == "same"
    assert row.usual_low is not None
    assert row.usual_low > 0
    night = next(table for table in tables if table.habits[0].name.endswith("-night"))
    assert _row(night, "kitchen-tap").direction == "unseen"  # a day with a part unseen is unseen


def test_a_short_blind_stretch_masks_nothing() -> None:
    home = Home(spec())
    for day in range(6):
        run(home, _day(day, 4))
    run(home, [link(morning_s(6, 11) * 1000, up=False), link(morning_s(6, 11.5) * 1000, up=True)])
    table = _tables(home.advance(morning_s(6, 12) * 1000))[-1]
    assert _row(table, "kitchen-tap-morning").direction == "less"


def test_a_part_in_which_the_clock_was_set_is_not_learnt() -> None:
    home = Home(spec())
    for day in range(6):
        run(home, _day(day, 4))
    home.advance(morning_s(6, 9) * 1000)
    home.step(clock_step(home, 1800))
    table = _tables(home.advance(morning_s(6, 12) * 1000))[-1]
    assert _row(table, "kitchen-tap-morning").direction == "unseen"


def test_a_home_in_which_nothing_ever_happens_has_no_table() -> None:
    home = Home(spec())
    assert _tables(home.advance(morning_s(0) * 1000) + home.advance(morning_s(9) * 1000)) == []


def _day_with_a_band(day: int, *, worn: bool) -> list[Reading]:
    """A value of the band each minute; on the table it goes on saying 0 steps, and no pulse."""
    found: list[Reading] = []
    for minute in range(24 * 60):
        at_ms = (morning_s(day, 4) + 60 * minute) * 1000
        awake = 7 * 60 <= minute + 4 * 60 < 22 * 60
        found.append(Reading(at_ms, "steps", 20.0 if worn and awake and minute % 4 == 0 else 0.0))
        if worn:
            found.append(Reading(at_ms + 500, "pulse", 64.0 + minute % 7))
    return found


def test_days_on_which_the_only_wearable_was_not_worn_are_no_quiet_days() -> None:
    band = (Sensor("pulse", SensorKind.HEART_RATE, "worn", "r1"), Sensor("steps", SensorKind.STEPS, "worn", "r1"))
    home = Home(spec(band))
    said: list[Said] = []
    for day in range(30):
        said += run(home, _day_with_a_band(day, worn=not 18 <= day < 26))
    directions = {
        one.day: row.direction
        for one in said if isinstance(one, HabitTable)
        for row in one.habits if row.name == "active-minutes"
    }  # fmt: skip
    unseen = [day for day, direction in sorted(directions.items()) if direction == "unseen"]
    assert len(unseen) == 1 + 1 + 8  # before the first morning; the night in which it is taken off; and those days
    assert not findings(said)
