"""Whether budgets are kept to, and whether what is said to be rare is: on toy numbers and on a made-up home."""

import pytest

from gateway.evaluation.calibrating import (
    ONE_DAY_IN,
    Rarities,
    Realised,
    calibration_account,
    inactivity,
    noons_s,
    rarities,
)
from gateway.evaluation.report import tables
from gateway.evaluation.running import run
from models.vocabulary import Habit, HabitTable

from .street import recorded


def habit(rarity_days: float | None, direction: str = "more") -> Habit:
    return Habit("tap", 1.0, 0.0, 2.0, rarity_days, direction)


def test_a_rate_is_as_asked_within_a_factor() -> None:
    results = [Realised("a", 0.1, 3, 20.0), Realised("b", 0.1, 0, 20.0), Realised("b", 0.02, 3, 20.0)]
    results.append(Realised("nothing-judged", 0.1, 0, 500.0, judged=False))
    lines = calibration_account(results, [], [], 1)["inactivity_per_person_day"]
    assert [(one["asked"], one["alerts"], one["homes"]) for one in lines] == [(0.02, 3, 1), (0.1, 3, 2)]
    assert lines[1]["realised"] == pytest.approx(0.075)
    assert (lines[1]["realised_over_asked"], lines[1]["within"]) == (pytest.approx(0.75), True)
    assert (lines[0]["realised_over_asked"], lines[0]["within"]) == (pytest.approx(7.5), False)
    assert lines[1]["interval"] is not None


def test_habits_are_as_rare_as_they_are_said_to_be_when_the_shares_agree() -> None:
    found = Rarities("a", 1000, tuple(500 // days for days in ONE_DAY_IN), tuple(500 // days for days in ONE_DAY_IN))
    account = calibration_account([], [], [found], 1)
    assert [one["found_over_said"] for one in account["habits"]] == [pytest.approx(1.0)] * len(ONE_DAY_IN)
    assert account["habits"][1]["more"] == pytest.approx(0.05)


def test_only_days_after_two_weeks_and_counts_that_were_judged_are_counted() -> None:
    home = recorded()
    rare = (habit(50.0), habit(2.0), habit(None), habit(10.0, "less"))
    tables_ = [HabitTable("r1", "2021-03-05", 0, rare), HabitTable("r1", "2021-04-01", 0, rare)]
    found = rarities(home, tables_)
    assert found.judged == 3
    assert dict(zip(ONE_DAY_IN, found.more, strict=True)) == {5: 1, 10: 1, 20: 1, 50: 1, 100: 0}
    assert dict(zip(ONE_DAY_IN, found.less, strict=True)) == {5: 1, 10: 1, 20: 0, 50: 0, 100: 0}


def test_a_home_whose_silence_is_judged_counts_and_its_table_is_printed() -> None:
    home = recorded()
    realised = inactivity(home, run(home, budget_per_day=0.02, ask_s=noons_s(home)), 0.02)
    assert realised.judged
    assert realised.time == pytest.approx(home.person_days(home.start_s) - 14)
    account = {
        "homes": ["a"],
        "seed": 1,
        "per_home": 1,
        "calibration": calibration_account([realised], [], [rarities(home, [])], 1),
    }
    silence, attention, habits = tables(account)
    assert silence.rows[0][0] == "0.02"
    assert attention.rows == []
    assert [row[2] for row in habits.rows] == ["-"] * len(ONE_DAY_IN)
