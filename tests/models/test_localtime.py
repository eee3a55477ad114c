"""The resident's day, in places whose clocks do odd things."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.localtime import DAY_S, HOUR_S, SLOT_S, LocalTime, utc_text

ZONES = (
    "Europe/London", "America/Los_Angeles", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu",
    "Pacific/Apia", "UTC",
)  # fmt: skip
_DAYS = st.integers((date(1975, 1, 1) - date(1970, 1, 1)).days, (date(2037, 1, 1) - date(1970, 1, 1)).days)
_MOMENTS = st.integers(157_766_400, 2_114_380_800)


def _days_from_epoch(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/London", "2025-03-29", 23),
        ("Europe/London", "2025-10-25", 25),
        ("America/Los_Angeles", "2025-03-08", 23),
        ("America/Los_Angeles", "2025-11-01", 25),
        ("Australia/Lord_Howe", "2025-10-04", 23.5),
        ("Australia/Lord_Howe", "2025-04-05", 24.5),
        ("America/Sao_Paulo", "2018-11-03", 23),
        ("America/Sao_Paulo", "2018-02-17", 25),
        ("Asia/Kathmandu", "2025-03-29", 24),
    ],
)
def test_days_are_as_long_as_they_are(zone: str, day: str, hours: float) -> None:
    local, number = LocalTime(zone), _days_from_epoch(day)
    assert local.day_start_s(number + 1) - local.day_start_s(number) == hours * HOUR_S
    assert local.clock(local.day_start_s(number)) == "04:00"


@given(zone=st.sampled_from(ZONES), day=_DAYS)
def test_a_day_begins_where_the_one_before_it_ends(zone: str, day: int) -> None:
    local = LocalTime(zone)
    start_s = local.day_start_s(day)
    assert local.day(start_s) == day
    assert local.day(start_s - 1) in {day - 1, day - 2}  # Apia left a whole date out
    # no day is shorter than 23 h, but one that never was has no length at all
    assert local.day_start_s(day + 1) - start_s in {0, *range(23 * HOUR_S, 25 * HOUR_S + 1, 1800)}


@given(zone=st.sampled_from(ZONES), at_s=_MOMENTS, later_s=st.lists(st.integers(0, 40 * HOUR_S), max_size=6))
def test_the_day_never_goes_back(zone: str, at_s: int, later_s: list[int]) -> None:
    local = LocalTime(zone)
    days = [local.day(moment) for moment in sorted(at_s + later for later in [0, *later_s])]
    assert days == sorted(days)
    day = local.day(at_s)
    assert local.day_start_s(day) <= at_s < local.day_start_s(day + 1)
    assert LocalTime(zone).day(at_s) == day  # whatever was asked before


@given(zone=st.sampled_from(ZONES), at_s=_MOMENTS, second=st.integers(0, DAY_S - 1))
def test_the_next_time_on_the_clock_is_strictly_later_and_the_first(zone: str, at_s: int, second: int) -> None:
    local = LocalTime(zone)
    next_s = local.next_clock_s(at_s, second)
    assert at_s < next_s <= at_s + 49 * HOUR_S
    shown = local.second_of_day(next_s)
    if shown != second:  # skipped on that date: the clock has just jumped over it
        assert local.offset_s(next_s) > local.offset_s(next_s - 2 * HOUR_S)
    assert local.next_clock_s(next_s - 1, second) == next_s


@given(zone=st.sampled_from(ZONES), at_s=_MOMENTS)
def test_slots_and_faces_are_those_of_the_zone(zone: str, at_s: int) -> None:
    local = LocalTime(zone)
    truth = datetime.fromtimestamp(at_s, local._zone)
    assert local.clock(at_s) == truth.strftime("%H:%M")
    assert local.weekday(at_s) == truth.strftime("%A")
    assert local.slot(at_s) == truth.hour * 4 + truth.minute // 15
    assert 0 <= local.slot(at_s) < DAY_S // SLOT_S


def test_seven_in_the_morning_comes_once_a_day_when_the_clocks_change() -> None:
    local = LocalTime("Europe/London")
    at_s = int(datetime(2025, 3, 28, 12, tzinfo=UTC).timestamp())
    found = []
    for _ in range(4):
        at_s = local.next_clock_s(at_s, 7 * HOUR_S)
        found.append(utc_text(at_s))
    assert found == ["2025-03-29T07:00:00Z", "2025-03-30T06:00:00Z", "2025-03-31T06:00:00Z", "2025-04-01T06:00:00Z"]


def test_half_past_one_at_night_belongs_to_the_evening_before() -> None:
    local = LocalTime("Asia/Kathmandu")
    half_past_one_s = int(datetime(2025, 6, 10, 1, 30, tzinfo=local._zone).timestamp())
    assert local.date(local.day(half_past_one_s)).isoformat() == "2025-06-09"
    assert local.date(local.day(half_past_one_s + 3 * HOUR_S)).isoformat() == "2025-06-10"
