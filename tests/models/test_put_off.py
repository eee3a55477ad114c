"""What comes and goes puts nothing off for ever: links, lines that chatter together, a badge in a drawer, a button."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest

from models.badges import AWAY_S, LONGEST_S, Badges
from models.home import Home
from models.kinds import TECHNICIAN, AlertKind, SensorKind, Severity
from models.localtime import HOUR_S, MINUTE_S
from models.signals import Event, Phase
from models.told import Telling, Told
from models.vocabulary import GATEWAY_LINK, RADIO, Finding, PanelSpec, Reading, Said, Sensor
from tests.models.world import SENSORS, a_life, copied, findings, morning_s, run, spec, trained, updates

_T0_S = morning_s(14, 10)
_ON_THE_AIR = spec([replace(one, wireless=True) for one in SENSORS])


def _still(radio: bool = True) -> Home:
    """Whoever lives here was last seen at 10:00."""
    home = Home.restore(_ON_THE_AIR if radio else spec(), trained(14).state())
    run(home, [one for one in a_life(15) if home.now_ms < one.at_ms < _T0_S * 1000])
    run(home, [Reading(_T0_S * 1000, "hall", 1.0)])
    return home


def _of_care(said: list[Said]) -> list[Finding]:
    return [one for one in findings(said) if one.kind not in TECHNICIAN]


def _on_and_off(home: Home, name: str, down_s: int, up_s: int, hours: int = 10) -> list[Said]:
    said, at_s = list[Said](), _T0_S + MINUTE_S
    while at_s < _T0_S + hours * HOUR_S:
        said += run(home, [Reading(at_s * 1000, name, 0.0), Reading((at_s + down_s) * 1000, name, 1.0)])
        at_s += down_s + up_s
    return said


@pytest.mark.parametrize("name", [RADIO, GATEWAY_LINK])
@pytest.mark.parametrize(("down_s", "up_s"), [(60, 60), (60, 240), (60, 290), (300, 200), (500, 30)])
def test_short_cuts_that_keep_coming_put_a_silence_off_by_little(name: str, down_s: int, up_s: int) -> None:
    home = _still()
    deadline_s = home.silence_deadlines_s()["r1"]
    assert deadline_s is not None
    first = _of_care(_on_and_off(home, name, down_s, up_s))[0]
    assert (first.kind, first.severity) == (AlertKind.INACTIVITY, Severity.URGENT)
    assert deadline_s <= first.opened_s <= deadline_s + 2 * HOUR_S


@pytest.mark.parametrize(
    ("down_s", "up_s"), [(700, 200), (3600, 200), (3600, 3600), (7300, 240), (7300, 3600), (4 * HOUR_S, 2 * HOUR_S)]
)
def test_a_radio_that_comes_and_goes_is_a_blindness_that_goes_on(down_s: int, up_s: int) -> None:
    home = _still()
    said = _on_and_off(home, RADIO, down_s, up_s, hours=40)
    first = _of_care(said)[0]
    assert first.kind is AlertKind.INACTIVITY
    assert first.opened_s <= _T0_S + 9 * HOUR_S + 4 * HOUR_S
    assert len(_of_care(said)) <= 9
    if first.severity is Severity.ATTENTION:
        assert "could be seen only now and then, and nobody was seen" in first.evidence.observed
        assert "in which no movement was seen, and not all could be seen" in first.evidence.because


def test_who_is_seen_in_between_is_not_missed() -> None:
    home, said, at_s = _still(), list[Said](), _T0_S + MINUTE_S
    while at_s < _T0_S + 13 * HOUR_S:
        said += run(home, [Reading(at_s * 1000, RADIO, 0.0), Reading((at_s + 5000) * 1000, RADIO, 1.0)])
        said += run(home, [Reading((at_s + 5000 + by * 60) * 1000, "hall", 1.0) for by in range(5)])
        at_s += 5600
    assert _of_care(said) == []


def _bursts(names: tuple[str, ...], at_s: int, lasts_s: int = 6) -> list[Reading]:
    edges = range(30 * lasts_s)
    return [
        Reading(at_s * 1000 + 33 * edge + place, name, float(edge % 2 == 0))
        for edge in edges
        for place, name in enumerate(names)
    ]


@pytest.mark.parametrize("names", [("lounge",), ("lounge", "kettle"), ("lounge", "bath-motion", "sofa")])
@pytest.mark.parametrize("restored", [False, True])
def test_lines_that_chatter_together_are_nobody(names: tuple[str, ...], restored: bool) -> None:
    home, said = _still(radio=False), list[Said]()
    deadline_s = home.silence_deadlines_s()["r1"]
    assert deadline_s is not None
    for at_s in range(_T0_S + MINUTE_S, _T0_S + 8 * HOUR_S, 20 * MINUTE_S):
        rows = _bursts(names, at_s)
        said += run(home, rows[:100])
        home = copied(home) if restored else home
        said += run(home, rows[100:])
    first = _of_care(said)[0]
    assert (first.kind, first.severity) == (AlertKind.INACTIVITY, Severity.URGENT)
    assert deadline_s <= first.opened_s <= deadline_s + HOUR_S


def _pressed(at_s: int, times: int) -> list[Reading]:
    """A worn help button, three times a second, each contact bouncing."""
    edges = [(press * 333 + side * 150 + bounce * 2, float((side + bounce) % 2 == 0))
             for press in range(times) for side in range(2) for bounce in range(5)]  # fmt: skip
    return [Reading(at_s * 1000 + after_ms, "button", value) for after_ms, value in edges]


def test_who_presses_for_help_without_end_is_heard_again_and_again() -> None:
    home = trained(14)
    said = run(home, _pressed(_T0_S, 3 * 25 * 60)) + home.advance((_T0_S + HOUR_S) * 1000)
    calls = [one.opened_s - _T0_S for one in findings(said, AlertKind.HELP_BUTTON)]
    assert len(calls) == 3
    assert calls[0] == 0
    assert all(600 <= later - sooner <= 602 for sooner, later in pairwise(calls))
    assert len([one for one in updates(said) if one.kind is AlertKind.HELP_BUTTON]) < 60


def test_a_button_that_chatters_ends_no_silence() -> None:
    home = _still(radio=False)
    deadline_s = home.silence_deadlines_s()["r1"]
    run(home, _pressed(_T0_S + 60, 3 * 20 * 60))
    assert home.silence_deadlines_s()["r1"] == deadline_s


_BADGE = Sensor("badge", SensorKind.BADGE, "worn")


def test_a_badge_in_a_drawer_that_is_heard_now_and_then_is_no_visit() -> None:
    badges, at_s = Badges(), 1_000_000
    for turn in range(40):
        heard_s = at_s + turn * AWAY_S
        badges.see(Event(heard_s * 1000, _BADGE, Phase.FIRED, 1.0))
        assert badges.hold(heard_s + 60) == (heard_s + 60 - at_s < LONGEST_S)
        badges.see(Event((heard_s + 120) * 1000, _BADGE, Phase.OFF, 0.0))
        again = Badges()
        again.restore(badges.state())
        badges = again
    back_s = at_s + 39 * AWAY_S + 120 + AWAY_S
    badges.see(Event(back_s * 1000, _BADGE, Phase.FIRED, 1.0))
    assert badges.hold(back_s)


def test_the_first_word_of_a_sensor_that_anybody_can_imitate_changes_when_the_home_is_asked_next() -> None:
    weak = Sensor("weak", SensorKind.MOTION, "study", "r1", weak=True)
    home = Home(spec((*SENSORS, weak)))
    home.step(Reading(_T0_S * 1000, "weak", 1.0))
    assert home.deadline_ms() == copied(home).deadline_ms()


def _with_panel() -> tuple[Home, int]:
    """Somebody who lies still from 10:00, with a panel that asks; and when their silence is told."""
    known = _still(radio=False)
    home = Home.restore(replace(known.spec, panels={"r1": PanelSpec()}), known.state())
    home.step(Reading(home.now_ms + 1000, Told(Telling.PANEL, "r1").name(), 1.0))
    deadline_s = home.silence_deadlines_s()["r1"]
    assert deadline_s is not None
    return home, deadline_s


def _ok(home: Home, at_s: int, value: float = 1.0) -> list[Said]:
    return home.step(Reading(at_s * 1000, Told(Telling.OK, "r1").name(), value))


@pytest.mark.parametrize("every_s", [11, 30, 60, 300, 600])
def test_a_button_that_presses_itself_keeps_no_alert_away(every_s: int) -> None:
    home, deadline_s = _with_panel()
    said = [word for at_s in range(_T0_S + 60, _T0_S + 10 * HOUR_S, every_s) for word in _ok(home, at_s)]
    first = findings(said, AlertKind.INACTIVITY)[0]
    assert first.opened_s <= deadline_s + HOUR_S
    assert "was pressed" in first.evidence.observed
    assert "no answer" not in first.evidence.observed


def test_who_presses_a_few_times_too_often_has_answered_each_time() -> None:
    home, deadline_s = _with_panel()
    for time in range(6):
        asked_s = deadline_s + time * 30 * MINUTE_S - 5 * MINUTE_S
        for more in range(5):  # and once more a quarter of an hour later, to be sure
            _ok(home, asked_s + more * 7)
        home = copied(home)
        _ok(home, asked_s + 15 * MINUTE_S)
    assert home.silence_deadlines_s()["r1"] == deadline_s + 6 * 30 * MINUTE_S


@pytest.mark.parametrize("value", [0.0, math.nan, math.inf, 2.0])
def test_what_is_no_press_answers_nothing(value: float) -> None:
    home, deadline_s = _with_panel()
    _ok(home, deadline_s - 60, value)
    assert home.silence_deadlines_s()["r1"] == deadline_s
