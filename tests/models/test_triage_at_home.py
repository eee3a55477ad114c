"""Triage through the home's own door: one alert for one thing, what was held back, what is learnt of an answer."""

import pytest

from models.home import Home
from models.kinds import AlertKind, Severity
from models.localtime import LocalTime
from models.told import Outcome, Telling
from models.usefulness import Answers
from models.vocabulary import Change, Period, Reading, Said
from tests.models.answering import EXIT, LATE, STAY, answer, forty_days, up_at
from tests.models.world import a_life, findings, link, morning_s, run, saved, spec, summaries, trained, updates


def _at(home: Home, day: int, hours: float, sensor: str, value: float = 1) -> list[Said]:
    return home.step(Reading(round(morning_s(day, hours) * 1000), sensor, value))


def test_an_outside_door_that_is_opened_twice_in_one_night_is_one_alert() -> None:
    home = Home(spec(alerts=frozenset({EXIT})))
    run(home, [Reading((morning_s(0, 21) + minute * 60) * 1000, "lounge", 1) for minute in range(0, 30, 3)])
    said: list[Said] = []
    for out, back in ((26.5, 26.6), (26.95, 27.1), (29.0, 29.2)):
        said += _at(home, 0, out, "front-door") + _at(home, 0, out + 0.01, "front-door", 0)
        said += _at(home, 0, back, "hall")
    assert len(findings(said, EXIT)) == 2
    assert [one.change for one in updates(said)] == [Change.RESOLVED, Change.REPEATED, Change.RESOLVED, Change.RESOLVED]
    assert updates(said)[1].observed.startswith("Again, shortly after it had ended: ")


def _not_useful_so_far(days: int) -> Home:
    """A trained home where five late starts of the last days were marked not useful; only that kind is on."""
    answers = Answers()
    for day in range(days - 5, days):
        answers.raised(morning_s(day), weighs=True)
        assert answers.answer(Outcome.NOT_USEFUL, at_s=morning_s(day, 12))
    state = saved(trained(days))
    state["voice"]["answers"] = [["r1", LATE, answers.state()]]
    return Home.restore(spec(alerts=frozenset({LATE})), state)


def test_a_late_start_that_was_held_back_is_told_at_the_fixed_limit_and_in_the_summary() -> None:
    local = LocalTime("Europe/London")
    (learnt,) = findings(up_at(Home.restore(spec(alerts=frozenset({LATE})), trained(28).state()), 28, 11), LATE)
    assert local.clock(learnt.opened_s) < "11:00"
    home = _not_useful_so_far(28)
    said = up_at(home, 28, 11)
    assert findings(said) == []
    (late,) = findings(home.advance(morning_s(29, 11.8) * 1000), LATE)
    assert local.clock(late.opened_s) == "11:30"
    assert late.evidence.because == "Not being seen up by 11:30 always raises this."
    said = up_at(home, 29, 11.9) + home.advance(morning_s(36, 8) * 1000)
    weeks = [one for one in summaries(said) if one.period is Period.WEEK]
    assert any("Held back because most were marked not useful: late start (" in line for line in weeks[0].lines)


def test_a_new_normal_late_start_is_learnt_at_once() -> None:
    home, other = trained(28), trained(28)
    for one in (home, other):
        assert [len(findings(up_at(one, day, 10), LATE)) for day in (28, 29)] == [1, 1]
    home.step(answer(LATE, Outcome.USEFUL, home.now_ms // 1000 + 1, Telling.NEW_NORMAL))
    assert [len(findings(up_at(one, 30, 10), LATE)) for one in (home, other)] == [0, 1]


def test_an_open_alert_that_is_not_urgent_delays_nothing_that_is() -> None:
    kinds = frozenset(AlertKind)
    said = {}
    for alerts in (kinds, kinds - {STAY, LATE}):
        home = Home.restore(spec(alerts=alerts), trained(28).state())
        run(home, [one for one in forty_days() if morning_s(28, 4) * 1000 < one.at_ms < morning_s(28, 14) * 1000])
        _at(home, 28, 14.01, "chair")
        rest = run(
            home, [Reading((morning_s(28, 14) + 1200 * step) * 1000 + 99_000, "lounge", 1) for step in range(15)]
        )
        said[alerts] = rest + home.advance(morning_s(30, 4) * 1000)
    assert findings(said[kinds], STAY), "a chair not left is told first, and not urgently"
    assert findings(said[kinds], AlertKind.INACTIVITY)
    assert findings(said[kinds], AlertKind.INACTIVITY) == findings(said[kinds - {STAY, LATE}], AlertKind.INACTIVITY)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_storm_after_an_outage(seed: int) -> None:
    home = trained()
    run(home, [link(morning_s(12, 5) * 1000, up=False), link(morning_s(15, 9) * 1000, up=True)])
    life = [one for one in a_life(18, seed=seed) if one.at_ms > morning_s(15, 9) * 1000]
    said = run(home, [one for one in life if one.at_ms < morning_s(16, 9) * 1000])
    assert len(findings(said)) <= 1
    assert [one for one in findings(said) if one.severity is Severity.URGENT] == []
