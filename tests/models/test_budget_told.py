"""Another attention budget, by the word of a person: within bounds, kept, and said in the week's summary."""

from dataclasses import replace

import pytest

from models.attention import Attention
from models.budget import chance_a_day
from models.calibration import HEAD_START, MOST, Threshold
from models.claims import Opening
from models.home import Home
from models.kinds import AlertKind, Severity
from models.localtime import DAY_S, HOUR_S, LocalTime
from models.told import Telling, Told
from models.triage import Triage
from models.vocabulary import HOUSEHOLD, Evidence, Finding, HomeSpec, Period, Reading, Said, Sensor
from tests.models.world import START_S, a_life, copied, findings, morning_s, run, saved, spec, summaries, trained

BUDGET = Told(Telling.BUDGET, HOUSEHOLD)
CHANGES = [AlertKind.MORE_BATHROOM, AlertKind.LESS_TAP_USE, AlertKind.LESS_ACTIVE, AlertKind.GRADUAL_CHANGE]


def tell(home: Home, value: float, who: str = HOUSEHOLD) -> list[Said]:
    return home.step(Reading(home.now_ms + 1000, Told(Telling.BUDGET, who).name(), value))


def levels(home: Home) -> dict[str, tuple[float, float]]:
    """The level of each kind that solves for its share of the budget, and what is asked of it a day."""
    (stream,) = saved(home)["streams"].values()
    found = {kind: sign["threshold"] for kind, sign in stream["trends"]["signs"].items()}
    found |= {part: stream["slow"][part]["threshold"] for part in ("transits", "gradual")}
    return {name: (one["level"], one["chance_a_day"]) for name, one in found.items()}


def late(home: Home) -> object:
    (stream,) = saved(home)["streams"].values()
    return stream["rest"]["mornings"]


@pytest.mark.parametrize(("told", "taken"), [(0.5, 0.5), (0.0, 0.1), (-3.0, 0.1), (7.0, 7.0), (99.0, 7.0)])
def test_it_is_taken_within_bounds(told: float, taken: float) -> None:
    attention = Attention(1.0)
    assert attention.told(BUDGET, told)
    assert attention.per_week == taken
    assert not attention.told(BUDGET, told)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_changes_nothing(value: float) -> None:
    home = trained(21)
    before = saved(home)["voice"]
    tell(home, value)
    tell(home, 5.0, "r1")  # it is the home's, and not one person's
    assert saved(home)["voice"] == before


def test_the_levels_move_at_once_with_what_is_asked_of_them() -> None:
    home = trained(21)
    before = levels(home)
    tell(home, 0.5)
    now = levels(home)
    assert set(before) >= {"more_bathroom", "less_tap_use", "less_active", "transits", "gradual"}
    for name, (level, chance) in now.items():
        assert level / before[name][0] == pytest.approx(chance / before[name][1]), name
    assert now["more_bathroom"][1] == chance_a_day(AlertKind.MORE_BATHROOM, 0.5)
    tell(home, 1.0)
    again = levels(home)
    assert {name: pytest.approx(pair) for name, pair in before.items()} == again


def test_a_level_that_is_aimed_is_as_one_that_was_made_so() -> None:
    aimed = Threshold(0.1)
    aimed.aim(0.02)
    assert aimed.level == pytest.approx(Threshold(0.02).level) == pytest.approx(0.02 * HEAD_START)
    aimed.aim(5.0)
    assert aimed.level == MOST


def test_the_learnt_morning_is_left_alone_for_the_night_of_what_is_urgent_ends_with_it() -> None:
    home = trained(21)
    before = late(home)
    tell(home, 0.1)
    assert late(home) == before


@pytest.mark.parametrize(("per_week", "most"), [(0.1, 1), (0.5, 1), (1.0, 2), (3.0, 6)])
def test_a_week_has_no_more_of_them_than_that(per_week: float, most: int) -> None:
    triage = Triage(LocalTime("UTC"), frozenset(AlertKind), 1.0)
    triage.ask_for(per_week)
    said = [
        triage.judge(Opening("r1", kind, Severity.ATTENTION, 1, at_s * DAY_S, Evidence(*"abcdef")))
        for at_s, kind in enumerate([*CHANGES, AlertKind.SEVERAL_CHANGES, AlertKind.SLOW_TRANSIT], 20_000)
    ]
    assert sum(isinstance(one, Finding) for one in said) == most


def test_the_weeks_summary_says_so_while_it_is_not_as_configured() -> None:
    home, text = trained(12), "about changes over days are asked for: about 5 in ten weeks, instead of 10."
    lived = [one for one in a_life(37) if one.at_ms > home.now_ms]

    def weeks(until_day: int) -> list[str]:
        said = run(home, [one for one in lived if home.now_ms < one.at_ms < morning_s(until_day, 9) * 1000])
        return [" ".join(one.lines) for one in summaries(said) if one.period is Period.WEEK]

    tell(home, 0.5)
    assert all(text in one for one in weeks(22))
    home = copied(home)
    assert all(text in one for one in weeks(29))
    tell(home, 1.0)
    assert [one for one in weeks(36) if "are asked for" in one] == []


def test_a_restored_home_asks_for_what_was_told_and_the_configuration_of_today_for_the_rest() -> None:
    home = trained(21)
    tell(home, 3.0)
    assert saved(copied(home)) == saved(home)
    assert levels(copied(home)) == levels(home)
    other = Home.restore(replace(home.spec, attention_budget_per_week=0.2), home.state())
    assert levels(other) == levels(home)
    plain = trained(21)
    asked = Home.restore(replace(plain.spec, attention_budget_per_week=0.2), plain.state())
    assert levels(asked)["less_active"][1] == chance_a_day(AlertKind.LESS_ACTIVE, 0.2)


def test_who_moves_in_later_is_judged_by_what_was_told() -> None:
    sensors = [Sensor(f"bath-{who}", spec().sensors[7].kind, "bathroom", who) for who in ("r1", "r2")]
    home = Home(HomeSpec("h", "UTC", ("r1",), tuple(sensors[:1])))
    home.step(Reading(START_S * 1000, "bath-r1", 1))
    tell(home, 3.0)
    other = Home.restore(HomeSpec("h", "UTC", ("r1", "r2"), tuple(sensors)), home.state())
    streams = saved(other)["streams"]
    assert {
        who: stream["trends"]["signs"]["more_bathroom"]["threshold"]["chance_a_day"] for who, stream in streams.items()
    } == dict.fromkeys(("r1", "r2"), chance_a_day(AlertKind.MORE_BATHROOM, 3.0))


def test_a_help_call_waits_for_no_budget() -> None:
    home = Home(spec())
    tell(home, 0.1)
    for hour in range(8):
        assert len(findings(home.step(Reading((START_S + hour * HOUR_S) * 1000, "button", 1)))) == 1
        home.step(Reading((START_S + hour * HOUR_S) * 1000 + 900, "button", 0))
