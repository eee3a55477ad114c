"""A snooze: one kind of one resident is told in the week's summary only, until it ends by itself."""

import pytest

from models.home import Home
from models.kinds import AlertKind, Severity
from models.localtime import DAY_S, LocalTime
from models.snoozes import Snoozes
from models.told import SNOOZABLE, SNOOZE_AT_MOST_S, Telling, Told
from models.vocabulary import Period, Reading, Said
from tests.models.answering import BED, EXIT, HELP, LATE, STAY, up_at
from tests.models.world import clock_step, copied, findings, morning_s, saved, spec, summaries, trained, updates

NOW_S = 1_700_000_000


def known() -> Home:
    """Four weeks are learnt, and only late starts are told."""
    return Home.restore(spec(alerts=frozenset({LATE})), trained(28).state())


def snooze(home: Home, until_s: float, who: str = "r1", kind: AlertKind = LATE) -> list[Said]:
    return home.step(Reading(home.now_ms + 1000, Told(Telling.SNOOZE, who, kind).name(), until_s))


def weeks(said: list[Said]) -> str:
    return " ".join(line for one in summaries(said) if one.period is Period.WEEK for line in one.lines)


def test_it_is_a_line_of_the_weeks_summary_and_no_alert() -> None:
    home = known()
    assert snooze(home, morning_s(32)) == []
    said = [word for day in (28, 29, 30) for word in up_at(home, day, 11)]
    assert findings(said) == []
    assert updates(said) == []  # what was not told has no end either
    said = home.advance(morning_s(36, 8) * 1000)
    assert "Snoozed by a person, so told only here: late start (3 times)." in weeks(said)
    assert "Snoozed" not in weeks(home.advance(morning_s(43, 8) * 1000))  # once


def test_it_ends_by_itself_and_by_a_word() -> None:
    home = known()
    snooze(home, morning_s(29, 5))
    assert findings(up_at(home, 28, 11)) == []
    assert len(findings(up_at(home, 29, 11))) == 1
    other = known()
    snooze(other, morning_s(40))
    snooze(other, 0)
    assert len(findings(up_at(other, 28, 11))) == 1


def test_the_fixed_limit_is_told_all_the_same_at_its_time() -> None:
    home, local = known(), LocalTime("Europe/London")
    snooze(home, morning_s(40))
    (late,) = findings(up_at(home, 28, 12), LATE)
    assert local.clock(late.opened_s) == "11:30"
    assert late.evidence.because == "Not being seen up by 11:30 always raises this."


def test_it_lasts_two_weeks_at_most_from_when_it_is_told() -> None:
    snoozes = Snoozes()
    snoozes.told(Told(Telling.SNOOZE, "r1", LATE), NOW_S, NOW_S + 400.0 * DAY_S)
    assert snoozes.holds("r1", LATE, NOW_S + SNOOZE_AT_MOST_S - 1)
    assert not snoozes.holds("r1", LATE, NOW_S + SNOOZE_AT_MOST_S)
    assert SNOOZE_AT_MOST_S == 14 * DAY_S


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 0.0, -5.0, NOW_S - 1.0, float(NOW_S)])
def test_what_is_no_moment_to_come_snoozes_nothing(value: float) -> None:
    snoozes = Snoozes()
    snoozes.told(Told(Telling.SNOOZE, "r1", LATE), NOW_S, value)
    assert not snoozes.holds("r1", LATE, NOW_S)


@pytest.mark.parametrize("kind", sorted(frozenset(AlertKind) - SNOOZABLE))
def test_the_other_kinds_cannot_be_snoozed(kind: AlertKind) -> None:
    snoozes = Snoozes()
    snoozes.told(Told(Telling.SNOOZE, "r1", kind), NOW_S, NOW_S + 5_000.0)
    assert not snoozes.holds("r1", kind, NOW_S)
    assert {HELP, AlertKind.INACTIVITY, STAY, EXIT, BED, AlertKind.SENSOR_SILENT} & SNOOZABLE == set()


@pytest.mark.parametrize("who", ["r2", "household", "nobody"])
def test_it_is_of_one_resident(who: str) -> None:
    home = known()
    snooze(home, morning_s(40), who)
    assert len(findings(up_at(home, 28, 11))) == 1
    listed = saved(home)["voice"]["snoozes"]["until_s"]
    assert [whose for whose, *_ in listed] == (["household"] if who == "household" else [])


def test_it_survives_a_restart_and_keeps_its_length_when_the_clock_is_stepped() -> None:
    home = known()
    snooze(home, morning_s(29, 12))
    home = copied(home)
    home.step(clock_step(home, 3600.0))
    assert findings(up_at(home, 28, 11)) == []
    assert saved(home)["voice"]["snoozes"]["until_s"] == [["r1", "late_start", morning_s(29, 13)]]
    assert findings(up_at(copied(home), 29, 11)) == []


def test_a_snoozed_alert_costs_nothing_of_the_budget_and_is_not_counted_as_one() -> None:
    home, other = known(), known()
    snooze(home, morning_s(40))
    said = up_at(home, 28, 11)
    assert findings(said) == []
    (told,) = findings(up_at(other, 28, 11))
    assert told.severity is Severity.ATTENTION
    assert saved(home)["voice"]["answers"] == []
    assert saved(other)["voice"]["answers"] != []
