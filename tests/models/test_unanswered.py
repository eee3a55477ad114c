"""An urgent alert stays open until a person has acknowledged it: unanswered, it goes to a second recipient, once."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.home import Home
from models.kinds import TECHNICIAN, AlertKind, Audience, Severity
from models.localtime import DAY_S, HOUR_S, MINUTE_S
from models.told import Outcome, Telling, Told
from models.unanswered import KEPT_S
from models.vocabulary import Change, Finding, HomeSpec, Reading, Recipients, Said, Update
from tests.models.world import START_S, a_life, clock_step, copied, findings, link, morning_s, run, spec, trained

HELP, SILENCE, EXIT = AlertKind.HELP_BUTTON, AlertKind.INACTIVITY, AlertKind.NIGHT_EXIT
AT_S = START_S + 10 * HOUR_S
AFTER_S: Final = 10 * MINUTE_S
BOTH = {kind: Recipients("team", "others") for kind in AlertKind}


def owned(known: HomeSpec | None = None, **more: object) -> HomeSpec:
    """A home in which every kind has an owner and a second recipient."""
    return replace(known or spec(), recipients=BOTH, **more)  # type: ignore[arg-type]


def press(home: Home, at_s: int) -> list[Said]:
    return run(home, [Reading(at_s * 1000, "button", 1), Reading(at_s * 1000 + 500, "button", 0)])


def tell(
    home: Home, at_s: int, what: Telling, value: float, opened_s: int | None, kind: AlertKind = HELP
) -> list[Said]:
    return home.step(Reading(at_s * 1000, Told(what, "r1", kind, opened_s).name(), value))


def passed_on(said: Iterable[Said]) -> list[Update]:
    return [one for one in said if isinstance(one, Update) and one.change is Change.UNANSWERED]


def moments(said: Iterable[Said]) -> list[int]:
    return [one.raised_s for one in passed_on(said)]


def called(**more: object) -> Home:
    """A home in which the help button was pressed at `AT_S`."""
    home = Home(owned(spec(alerts=frozenset({HELP})), **more))
    press(home, AT_S)
    return home


def test_it_goes_to_the_second_recipient_at_exactly_that_instant_and_once() -> None:
    home = called()
    assert home.deadline_ms() == (AT_S + AFTER_S) * 1000
    assert passed_on(home.advance((AT_S + AFTER_S) * 1000 - 1)) == []
    (update,) = passed_on(home.advance((AT_S + AFTER_S) * 1000))
    assert (update.resident, update.kind, update.opened_s, update.raised_s) == ("r1", HELP, AT_S, AT_S + AFTER_S)
    assert update.to == "others"
    assert update.observed == (
        "Nobody has acknowledged this since 14:00 (10 min), so it goes to the second recipient as well."
    )
    assert passed_on(home.advance((AT_S + 6 * DAY_S) * 1000)) == []
    assert home.unanswered() == (("r1", HELP, AT_S),)  # a second recipient is no answer either


@pytest.mark.parametrize("after_s", [120, 600, 7200])
def test_after_how_long_is_configured(after_s: int) -> None:
    home = called(unanswered_after_s=after_s)
    assert moments(home.advance((AT_S + DAY_S) * 1000)) == [AT_S + after_s]


@pytest.mark.parametrize(
    ("what", "value"),
    [(Telling.ACK, 1.0), (Telling.NEW_NORMAL, 1.0), *((Telling.OUTCOME, float(one)) for one in Outcome)],
)
@pytest.mark.parametrize("named", [True, False])
def test_a_persons_word_about_the_alert_acknowledges_it(what: Telling, value: float, named: bool) -> None:
    home = called()
    assert tell(home, AT_S + AFTER_S - 1, what, value, AT_S if named else None) == []
    assert home.unanswered() == ()
    assert passed_on(home.advance((AT_S + DAY_S) * 1000)) == []


@pytest.mark.parametrize(
    ("what", "value", "opened_s"),
    [
        (Telling.ACK, 0.0, AT_S),
        (Telling.ACK, 1.0, AT_S + 1),
        (Telling.ACK, float("nan"), AT_S),
        (Telling.OUTCOME, 7.0, AT_S),
        (Telling.SNOOZE, AT_S + 9_000.0, None),
    ],
)
def test_nothing_else_does(what: Telling, value: float, opened_s: int | None) -> None:
    home = called()
    tell(home, AT_S + 60, what, value, opened_s)
    home.step(Reading((AT_S + 70) * 1000, Told(Telling.ACK, "r2", HELP, AT_S).name(), 1))
    home.step(Reading((AT_S + 80) * 1000, Told(Telling.OK, "r1").name(), 1))  # the resident's own button
    home.step(Reading((AT_S + 90) * 1000, Told(Telling.ACK, "r1", SILENCE, AT_S).name(), 1))
    assert home.unanswered() == (("r1", HELP, AT_S),)
    assert moments(home.advance((AT_S + DAY_S) * 1000)) == [AT_S + AFTER_S]


def test_an_alert_that_is_repeated_waits_for_a_new_answer() -> None:
    home = called()
    tell(home, AT_S + 60, Telling.ACK, 1, AT_S)
    said = press(home, AT_S + 300)
    assert [one.change for one in said if isinstance(one, Update)] == [Change.REPEATED]
    assert home.unanswered() == (("r1", HELP, AT_S),)
    assert moments(home.advance((AT_S + HOUR_S) * 1000)) == [AT_S + 300 + AFTER_S]


def test_who_goes_on_pressing_puts_nothing_off() -> None:
    home = called()
    said = [word for by_s in (100, 200, 599) for word in press(home, AT_S + by_s)]
    said += home.advance((AT_S + HOUR_S) * 1000)
    assert moments(said) == [AT_S + AFTER_S, AT_S + 599 + AFTER_S]  # for the first press, and the last


def test_a_later_call_is_an_alert_of_its_own_and_so_is_its_answer() -> None:
    home = called()
    later_s = AT_S + 20 * MINUTE_S
    said = press(home, later_s)
    assert moments(said) == [AT_S + AFTER_S]
    tell(home, later_s + 5, Telling.ACK, 1, None)  # the last one
    assert home.unanswered() == (("r1", HELP, AT_S),)
    tell(home, later_s + 6, Telling.ACK, 1, AT_S)
    assert home.unanswered() == ()


def test_it_is_so_also_when_the_sensors_say_meanwhile_that_it_is_over() -> None:
    home = Home(owned(trained().spec))
    home = Home.restore(home.spec, trained().state())
    run(home, [one for one in a_life(13) if home.now_ms < one.at_ms < morning_s(12, 14) * 1000])
    deadline_s = home.silence_deadlines_s()["r1"]
    assert deadline_s is not None
    (silence,) = findings(home.advance(deadline_s * 1000), SILENCE)
    over = home.step(Reading((deadline_s + 120) * 1000, "hall", 1))
    assert [one.change for one in over if isinstance(one, Update)] == [Change.RESOLVED]
    assert ("r1", SILENCE, silence.opened_s) in home.unanswered()
    (update,) = passed_on(home.advance((deadline_s + HOUR_S) * 1000))
    assert update.raised_s == deadline_s + AFTER_S
    assert "The sensors show since then that it may be over; it stays open until a person has answered." in (
        update.observed
    )


def _hard_night() -> list[Reading]:
    rows = [Reading((morning_s(0, 21) + minute * 60) * 1000, "lounge", 1) for minute in range(0, 30, 3)]
    for out, back in ((26.5, 26.6), (26.95, 27.1)):
        rows += [Reading(round(morning_s(0, out) * 1000), "front-door", 1)]
        rows += [Reading(round(morning_s(0, out + 0.01) * 1000), "front-door", 0)]
        rows += [Reading(round(morning_s(0, back) * 1000), "hall", 1)]
    return rows


def test_what_comes_back_soon_after_it_had_ended_waits_for_a_new_answer() -> None:
    home = Home(owned(spec(alerts=frozenset({EXIT}))))
    (night,) = findings(run(home, _hard_night()[:13]), EXIT)
    tell(home, night.opened_s + 60, Telling.ACK, 1, night.opened_s, EXIT)
    assert home.unanswered() == ()
    said = run(home, _hard_night()[13:]) + home.advance(morning_s(0, 29) * 1000)
    (again,) = [one for one in said if isinstance(one, Update) and one.change is Change.REPEATED]
    assert moments(said) == [again.raised_s + AFTER_S]
    (update,) = passed_on(said)
    assert update.opened_s == night.opened_s
    assert "may be over" in update.observed


@pytest.mark.parametrize("recipients", [{}, {HELP: Recipients("team")}, {SILENCE: Recipients("team", "others")}])
def test_without_a_second_recipient_nothing_is_said_and_it_is_known_all_the_same(
    recipients: dict[AlertKind, Recipients],
) -> None:
    home = Home(replace(spec(), recipients=recipients))
    press(home, AT_S)
    said = home.advance((AT_S + DAY_S) * 1000)
    assert [one for one in passed_on(said) if one.kind is HELP] == []
    assert ("r1", HELP, AT_S) in home.unanswered()


def test_the_owner_of_a_kind_stands_in_its_alert() -> None:
    home = Home(replace(spec(), recipients={HELP: Recipients("team")}))
    (call,) = findings(press(home, AT_S))
    assert call.to == "team"
    (silence,) = findings(home.advance((AT_S + 9 * HOUR_S) * 1000), SILENCE)
    assert silence.to is None


@cache
def _three_weeks() -> list[Said]:
    """A life with late mornings, silences and calls, in a home in which everything has a second recipient."""
    home = Home.restore(owned(), trained().state())
    lived = [one for one in a_life(33, seed=4) if one.at_ms > home.now_ms]
    gone = [(morning_s(day, 9), morning_s(day, 17)) for day in range(13, 33, 3)]
    lived = [one for one in lived if not any(from_s * 1000 < one.at_ms < to_s * 1000 for from_s, to_s in gone)]
    lived += [Reading(morning_s(day, 8.5) * 1000 + 7, "button", 1) for day in range(14, 33, 5)]
    return run(home, sorted(lived)) + home.advance(morning_s(33, 12) * 1000)


def test_only_what_is_urgent_and_for_carers_waits_and_each_of_it_is_told_once() -> None:
    said = _three_weeks()
    urgent = [one for one in findings(said) if one.severity is Severity.URGENT]
    assert {one.kind for one in urgent} >= {HELP, SILENCE}
    assert {one.severity for one in findings(said)} > {Severity.URGENT}
    found = {(one.kind, one.opened_s): one.raised_s for one in passed_on(said)}
    assert found == {(one.kind, one.opened_s): one.opened_s + AFTER_S for one in urgent}
    assert len(passed_on(said)) == len(urgent)
    assert {one.audience for one in urgent} == {Audience.CARE}
    assert not TECHNICIAN & {one.kind for one in urgent}


def test_a_second_recipient_changes_nothing_else() -> None:
    home = Home.restore(spec(), trained().state())
    lived = [one for one in a_life(20, seed=4) if one.at_ms > home.now_ms]
    lived = [one for one in lived if not morning_s(13, 9) * 1000 < one.at_ms < morning_s(13, 17) * 1000]
    other = Home.restore(owned(), trained().state())
    said, heard = run(home, lived), run(other, lived)
    plain = [replace(one, to=None) if isinstance(one, Finding | Update) else one for one in heard]
    assert [one for one in plain if one not in passed_on(plain)] == said
    assert len(heard) > len(said)


def test_the_panel_is_told_of_what_is_late_and_its_own() -> None:
    home = called(residents=("r1", "r2"))
    late = (("r1", HELP, AT_S),)
    assert home.panels.not_answered("r1", AT_S + AFTER_S - 1) == ()
    assert home.panels.not_answered("r1", AT_S + AFTER_S) == late
    assert home.panels.not_answered("r2", AT_S + AFTER_S) == ()
    tell(home, AT_S + 500, Telling.ACK, 1, AT_S)
    press(home, AT_S + 550)  # it is asked for anew, ten minutes from here
    assert home.panels.not_answered("r1", AT_S + AFTER_S) == ()
    assert home.panels.not_answered("r1", AT_S + 550 + AFTER_S) == late


def test_after_a_week_it_is_asked_for_no_more() -> None:
    home = called()
    home.advance((AT_S + KEPT_S) * 1000 - 1)
    assert ("r1", HELP, AT_S) in home.unanswered()
    home.advance((AT_S + KEPT_S) * 1000)
    assert ("r1", HELP, AT_S) not in home.unanswered()


@pytest.mark.parametrize("by_s", [-86_400, -3600, 0.7, 3600, 90_000_000])
def test_a_step_of_the_clock_neither_hurries_nor_puts_off(by_s: float) -> None:
    home = called()
    home.advance((AT_S + 100) * 1000)
    said = home.step(clock_step(home, by_s))
    assert passed_on(said) == []
    now_s = home.now_ms // 1000
    (update,) = [one for one in passed_on(home.advance((now_s + HOUR_S) * 1000)) if one.kind is HELP]
    assert update.opened_s == AT_S  # an alert keeps its name
    assert update.raised_s - now_s == pytest.approx(AFTER_S - 100, abs=2)


def test_a_gateway_that_was_down_meanwhile_passes_it_on_late_rather_than_never() -> None:
    home = called()
    down_s, up_s = AT_S + 60, AT_S + 5 * HOUR_S
    home.step(link(down_s * 1000, up=False))
    said = home.step(link(up_s * 1000, up=True))
    assert moments(said) == [AT_S + AFTER_S]


def test_who_is_second_is_the_configurations_word_of_today() -> None:
    home = called()
    state = home.state()
    other = Home.restore(replace(owned(), recipients={HELP: Recipients("team", "neighbour")}), state)
    (update,) = passed_on(other.advance((AT_S + HOUR_S) * 1000))
    assert update.to == "neighbour"
    nobody = Home.restore(replace(owned(), recipients={HELP: Recipients("team")}), state)
    assert passed_on(nobody.advance((AT_S + HOUR_S) * 1000)) == []
    assert nobody.unanswered() == (("r1", HELP, AT_S),)
    late = Home(replace(spec(), recipients={HELP: Recipients("team")}))
    press(late, AT_S)
    late.advance((AT_S + 2 * HOUR_S) * 1000)
    again = Home.restore(owned(), late.state())  # what was named only now is not told of old calls
    assert passed_on(again.advance((AT_S + 3 * HOUR_S) * 1000)) == []


_MOVES = st.lists(
    st.tuples(
        st.integers(0, 700),
        st.sampled_from(["press", "press", "press", "ack", "first", "outcome", "ok", "wait", "restart", "step"]),
    ),
    max_size=40,
)


class Rule:
    """The rule itself: a call that nobody has acknowledged is passed on after `AFTER_S`; of several, first and last."""

    def __init__(self) -> None:
        self.waits: dict[int, list[int]] = {}
        self.told: list[int] = []

    def until(self, now_s: int) -> None:
        for waits in self.waits.values():
            while waits and waits[0] + AFTER_S <= now_s:
                self.told.append(waits.pop(0) + AFTER_S)

    def call(self, name: int, now_s: int) -> None:
        self.waits[name] = [*self.waits.get(name, [])[:1], now_s]


@given(moves=_MOVES, second=st.booleans())
def test_whatever_is_pressed_and_answered(moves: list[tuple[int, str]], second: bool) -> None:
    recipients = {HELP: Recipients("team", "others" if second else None)}
    home, rule = Home(replace(spec(alerts=frozenset({HELP})), recipients=recipients)), Rule()
    names, told, now_s, ahead_s = list[int](), list[int](), AT_S, 0
    home.advance(AT_S * 1000)
    for wait_s, move in moves:
        now_s += wait_s
        rule.until(now_s)
        said = home.advance((now_s + ahead_s) * 1000)
        told += [one - ahead_s for one in moments(said)]
        if move == "press":
            said = press(home, now_s + ahead_s)
            names += [one.opened_s for one in findings(said)]
            rule.call(names[-1], now_s)
            now_s += 1  # the button is let go half a second later
        elif move in ("ack", "first", "outcome"):
            name, what = (names or [0])[-(move != "first")], Telling.OUTCOME if move == "outcome" else Telling.ACK
            tell(home, now_s + ahead_s, what, 1.0, name or None)
            rule.waits.pop(name, None)
        elif move == "ok":
            home.step(Reading((now_s + ahead_s) * 1000, Told(Telling.OK, "r1").name(), 1))
        elif move == "restart":
            home = copied(home)
        elif move == "step":
            home.advance((now_s + 1 + ahead_s) * 1000)
            now_s, ahead_s = now_s + 1, ahead_s + 3600
            told += [one - ahead_s + 3600 for one in moments(home.step(clock_step(home, 3600.0)))]
        assert [one.opened_s for one in home.unanswered()] == sorted(rule.waits)
    rule.until(now_s + 2 * AFTER_S)
    told += [one - ahead_s for one in moments(home.advance((now_s + 2 * AFTER_S + ahead_s) * 1000))]
    assert sorted(told) == (sorted(rule.told) if second else [])
