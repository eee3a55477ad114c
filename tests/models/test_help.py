"""The help button waits for nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.help import REARMS_S
from models.home import Home
from models.kinds import AlertKind, SensorKind, Severity
from models.vocabulary import HOUSEHOLD, Change, Finding, Reading, Sensor, Update
from tests.models.world import SENSORS, clock_step, findings, link, morning_s, run, spec, trained, updates

AT_S = morning_s(1)
HELP = AlertKind.HELP_BUTTON


def test_the_first_press_of_all_raises_at_its_own_second() -> None:
    (finding,) = Home(spec()).step(Reading(AT_S * 1000 + 999, "button", 1))
    assert isinstance(finding, Finding)
    assert (finding.kind, finding.severity) == (HELP, Severity.URGENT)
    assert (finding.opened_s, finding.since_s) == (AT_S, AT_S)


@given(minute=st.integers(0, 1439), level_known=st.booleans(), blind=st.booleans())
def test_it_is_never_delayed_whatever_the_hour(minute: int, level_known: bool, blind: bool) -> None:
    home = trained()
    at_s = home.now_ms // 1000 + 60 + minute * 60
    if level_known:
        home.step(Reading((at_s - 30) * 1000, "button", 0))
    if blind:
        home.step(link((at_s - 20) * 1000, up=False))
    said = home.step(Reading(at_s * 1000, "button", 1))
    assert [one.opened_s for one in findings(said, HELP)] == [at_s]


def test_a_repeat_is_an_update_for_ten_minutes_and_then_an_alert_of_its_own() -> None:
    assert REARMS_S == 600
    home = Home(spec())
    said = []
    for offset_s in (0, 5, REARMS_S - 1, REARMS_S, REARMS_S + 9):
        said.append(home.step(Reading((AT_S + offset_s) * 1000, "button", 1)))
        said.append(home.step(Reading((AT_S + offset_s) * 1000 + 500, "button", 0)))
    found = [(type(one), getattr(one, "raised_s", None), one.opened_s) for words in said for one in words
             if isinstance(one, Finding | Update)]  # fmt: skip
    assert found == [
        (Finding, None, AT_S),
        (Update, AT_S + 5, AT_S),
        (Update, AT_S + REARMS_S - 1, AT_S),
        (Finding, None, AT_S + REARMS_S),
        (Update, AT_S + REARMS_S + 9, AT_S + REARMS_S),
    ]
    assert {update.change for words in said for update in updates(words)} == {Change.REPEATED}


def test_a_button_that_is_stuck_raises_once() -> None:
    home = Home(spec())
    home.step(Reading((AT_S - 10) * 1000, "button", 0))
    said = run(home, [Reading((AT_S + second) * 1000, "button", 1) for second in range(0, 7200, 30)])
    assert [one.opened_s for one in findings(said, HELP)] == [AT_S]
    assert updates(said) == []


def test_letting_go_says_nothing() -> None:
    home = Home(spec())
    home.step(Reading(AT_S * 1000, "button", 1))
    assert home.step(Reading(AT_S * 1000 + 900, "button", 0)) == []


URGENT_KINDS = frozenset({AlertKind.HELP_BUTTON, AlertKind.INACTIVITY, AlertKind.LONG_STAY})


@pytest.mark.parametrize("kind", sorted(URGENT_KINDS))
def test_a_kind_that_is_off_is_never_said(kind: AlertKind) -> None:
    def said_with(alerts: frozenset[AlertKind]) -> set[AlertKind]:
        home = Home(spec(alerts=alerts))
        said = run(home, [Reading(AT_S * 1000, "hall", 1), Reading((AT_S + 60) * 1000, "bath-motion", 1)])
        said += home.step(Reading((AT_S + 61) * 1000, "button", 1))
        said += home.advance((AT_S + 20 * 3600) * 1000)
        said += run(home, [Reading((AT_S + 20 * 3600 + 1) * 1000, "hall", 1)])
        return {one.kind for one in said if isinstance(one, Finding | Update)}

    assert said_with(frozenset(AlertKind)) == URGENT_KINDS
    assert said_with(frozenset(AlertKind) - {kind}) == URGENT_KINDS - {kind}


def test_a_button_that_nobody_owns_in_a_shared_home_is_the_households() -> None:
    shared = Sensor("button", SensorKind.BUTTON, "hallway")
    home = Home(spec((*SENSORS[:4], shared), residents=("r1", "r2")))
    assert [one.resident for one in findings(home.step(Reading(AT_S * 1000, "button", 1)), HELP)] == [HOUSEHOLD]


def test_two_residents_buttons_are_two_calls() -> None:
    buttons = [Sensor(f"button-{who}", SensorKind.BUTTON, "hallway", who) for who in ("r1", "r2")]
    home = Home(spec(buttons, residents=("r1", "r2")))
    said = run(home, [Reading(AT_S * 1000, "button-r1", 1), Reading((AT_S + 1) * 1000, "button-r2", 1)])
    assert [(one.resident, one.opened_s) for one in findings(said, HELP)] == [("r1", AT_S), ("r2", AT_S + 1)]


@pytest.mark.parametrize("by_s", [-3600.0, 3600.0, 0.8])
def test_a_step_of_the_clock_makes_no_call_and_takes_none_away(by_s: float) -> None:
    home = Home(spec())
    home.step(Reading(AT_S * 1000, "button", 1))
    said = home.step(clock_step(home, by_s))
    now_ms = home.now_ms
    said += home.step(Reading(now_ms + 300_000, "button", 1))
    assert [update.change for update in updates(said)] == [Change.REPEATED]
    assert len(findings(home.step(Reading(now_ms + 1_000_000, "button", 1)), HELP)) == 1
