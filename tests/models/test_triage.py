"""The life of findings: what is one alert, what is held back, and what nothing holds back."""

from functools import cache
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.messages import drafts_of
from models.claims import Ending, Opening
from models.home import Home
from models.kinds import NOTES, AlertKind, Severity
from models.localtime import DAY_S, HOUR_S, LocalTime
from models.told import Outcome, Telling, Told
from models.triage import SOON_S, Triage
from models.usefulness import TRIAL_AFTER_S, Answers
from models.vocabulary import Change, Evidence, Finding, Period, Reading, Said, Update
from tests.models.world import a_life, copied, findings, link, morning_s, run, saved, spec, summaries, trained, updates

LATE, EXIT, BED, STAY = AlertKind.LATE_START, AlertKind.NIGHT_EXIT, AlertKind.OUT_OF_BED, AlertKind.LONG_STAY
HELP: Final = AlertKind.HELP_BUTTON
NOW_S: Final = 1_700_000_000
EVIDENCE = Evidence("Seen.", "Usual.", "Because.", "Coverage.", "This cannot tell.", "Ring them.")


def _claim(
    at_s: int, kind: AlertKind = LATE, severity: Severity = Severity.ATTENTION, *, fixed: bool = False
) -> Opening:
    return Opening("r1", kind, severity, at_s - 60, at_s, EVIDENCE, fixed)


def _triage(kinds: frozenset[AlertKind] = frozenset(AlertKind)) -> Triage:
    return Triage(LocalTime("Europe/London"), kinds)


def _not_useful(triage: Triage, kind: AlertKind = LATE, severity: Severity = Severity.ATTENTION) -> int:
    """Five alerts of `kind`, a day apart, each marked not useful; returns when the last one ended."""
    for day in range(5):
        at_s = NOW_S + day * DAY_S
        assert isinstance(triage.judge(_claim(at_s, kind, severity)), Finding)
        triage.judge(Ending("r1", kind, at_s + 60, "Over."))
        triage.answered(Told(Telling.OUTCOME, "r1", kind), at_s + 90, Outcome.NOT_USEFUL)
    return NOW_S + 4 * DAY_S + 90


def test_what_is_mostly_not_useful_is_held_back_and_the_summary_says_so() -> None:
    triage = _triage()
    at_s = _not_useful(triage) + DAY_S
    assert triage.judge(_claim(at_s)) is None
    assert triage.judge(Ending("r1", LATE, at_s + 60, "Over.")) is None
    held, score = triage.account("r1", at_s + 120)
    assert held.startswith("Held back because most were marked not useful: late start (once).")
    assert score.startswith(
        "Late start: 5 of 6 alerts so far were answered, 5 as not useful. By this most likely between 5 and 5"
    )
    assert triage.account("r1", at_s + 180) == [score], "what was held back is told of once"
    assert triage.account("r2", at_s) == []


def test_one_that_was_held_back_can_be_marked_useful_and_brings_the_kind_back() -> None:
    triage = _triage()
    at_s = _not_useful(triage) + DAY_S
    assert triage.judge(_claim(at_s)) is None
    triage.answered(Told(Telling.OUTCOME, "r1", LATE), at_s + 60, Outcome.USEFUL)
    assert isinstance(triage.judge(_claim(at_s + DAY_S)), Finding)


def test_after_two_months_it_is_told_again_on_trial() -> None:
    triage = _triage()
    at_s = _not_useful(triage) + TRIAL_AFTER_S
    assert triage.judge(_claim(at_s - 1)) is None
    assert isinstance(triage.judge(_claim(at_s)), Finding)


@pytest.mark.parametrize("kind", [STAY, EXIT, AlertKind.INACTIVITY])
def test_what_is_urgent_is_never_held_back(kind: AlertKind) -> None:
    triage = _triage()
    at_s = _not_useful(triage, kind, Severity.URGENT) + DAY_S
    assert isinstance(triage.judge(_claim(at_s, kind, Severity.URGENT)), Finding)


def test_a_kind_that_is_held_back_is_told_where_it_is_urgent() -> None:
    triage = _triage()
    at_s = _not_useful(triage) + DAY_S
    assert isinstance(triage.judge(_claim(at_s, LATE, Severity.URGENT)), Finding)


@pytest.mark.parametrize("kind", [STAY, BED])
def test_what_stands_in_for_others_is_never_held_back(kind: AlertKind) -> None:
    triage = _triage()
    at_s = _not_useful(triage, kind) + DAY_S
    assert isinstance(triage.judge(_claim(at_s, kind)), Finding)


def test_a_fixed_limit_is_never_held_back() -> None:
    triage = _triage()
    at_s = _not_useful(triage) + DAY_S
    assert isinstance(triage.judge(_claim(at_s, fixed=True)), Finding)


@pytest.mark.parametrize("kind", sorted(NOTES))
@pytest.mark.parametrize("severity", Severity)
def test_notes_are_never_alerts(kind: AlertKind, severity: Severity) -> None:
    triage = _triage()
    assert triage.judge(_claim(NOW_S, kind, severity, fixed=True)) is None
    assert not triage.is_told("r1", kind)


def test_what_comes_back_at_once_is_news_of_the_same_alert() -> None:
    triage = _triage()
    triage.judge(_claim(NOW_S, EXIT, Severity.URGENT))
    triage.judge(Ending("r1", EXIT, NOW_S + 300, "Over."))
    again = triage.judge(_claim(NOW_S + 300 + SOON_S - 1, EXIT, Severity.URGENT))
    assert isinstance(again, Update)
    assert (again.opened_s, again.change) == (NOW_S, Change.REPEATED)
    assert again.observed == "Again, shortly after it had ended: Seen."
    over = triage.judge(Ending("r1", EXIT, NOW_S + 2 * SOON_S, "Over."))
    assert isinstance(over, Update)
    assert over.opened_s == NOW_S
    assert isinstance(triage.judge(_claim(NOW_S + 3 * SOON_S, EXIT, Severity.URGENT)), Finding)


def test_what_comes_back_and_is_more_urgent_is_a_new_alert() -> None:
    triage = _triage()
    triage.judge(_claim(NOW_S, STAY))
    triage.judge(Ending("r1", STAY, NOW_S + 300, "Over."))
    assert isinstance(triage.judge(_claim(NOW_S + 600, STAY, Severity.URGENT)), Finding)


def test_a_help_button_is_a_new_alert_each_time() -> None:
    triage = _triage()
    triage.judge(_claim(NOW_S, HELP, Severity.URGENT))
    assert triage.judge(Ending("r1", HELP, NOW_S + 600, "")) is None
    assert isinstance(triage.judge(_claim(NOW_S + 601, HELP, Severity.URGENT)), Finding)


def test_an_alert_that_makes_way_for_several_changes_ends_with_a_sentence() -> None:
    triage = _triage()
    triage.judge(_claim(NOW_S, AlertKind.LESS_ACTIVE))
    merged = triage.judge(Ending("r1", AlertKind.LESS_ACTIVE, NOW_S + DAY_S, ""))
    assert isinstance(merged, Update)
    assert merged.change is Change.RESOLVED
    assert merged.observed.startswith("More has changed since.")


# Through the home's own door.


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


def _up_at(home: Home, day: int, hours: float) -> list[Said]:
    """One day of an ordinary life that begins at `hours` only."""
    said = home.advance(morning_s(day, hours) * 1000)
    life = [one for one in _life() if morning_s(day, hours) * 1000 <= one.at_ms < morning_s(day + 1, 4) * 1000]
    rooms = enumerate(("hall", "lounge", "hall", "lounge"))
    up = [Reading((morning_s(day, hours) + 240 * step) * 1000 + 1, room, 1) for step, room in rooms]
    return said + run(home, sorted([*up, *life]))


@cache
def _life() -> list[Reading]:
    return a_life(40)


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
    (learnt,) = findings(_up_at(Home.restore(spec(alerts=frozenset({LATE})), trained(28).state()), 28, 11), LATE)
    assert local.clock(learnt.opened_s) < "11:00"
    home = _not_useful_so_far(28)
    said = _up_at(home, 28, 11)
    assert findings(said) == []
    (late,) = findings(home.advance(morning_s(29, 11.8) * 1000), LATE)
    assert local.clock(late.opened_s) == "11:30"
    assert late.evidence.because == "Not being seen up by 11:30 always raises this."
    said = _up_at(home, 29, 11.9) + home.advance(morning_s(36, 8) * 1000)
    weeks = [one for one in summaries(said) if one.period is Period.WEEK]
    assert any("Held back because most were marked not useful: late start (" in line for line in weeks[0].lines)


def _told(kind: AlertKind, outcome: Outcome, at_s: int, what: Telling = Telling.OUTCOME) -> Reading:
    return Reading(at_s * 1000, Told(what, "r1", kind).name(), float(outcome))


def test_a_new_normal_late_start_is_learnt_at_once() -> None:
    home, other = trained(28), trained(28)
    for one in (home, other):
        assert [len(findings(_up_at(one, day, 10), LATE)) for day in (28, 29)] == [1, 1]
    home.step(_told(LATE, Outcome.USEFUL, home.now_ms // 1000 + 1, Telling.NEW_NORMAL))
    assert [len(findings(_up_at(one, 30, 10), LATE)) for one in (home, other)] == [0, 1]


def test_an_open_alert_that_is_not_urgent_delays_nothing_that_is() -> None:
    kinds = frozenset(AlertKind)
    said = {}
    for alerts in (kinds, kinds - {STAY, LATE}):
        home = Home.restore(spec(alerts=alerts), trained(28).state())
        run(home, [one for one in _life() if morning_s(28, 4) * 1000 < one.at_ms < morning_s(28, 14) * 1000])
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


# No sequence of answers changes anything urgent.


def _hard_days() -> list[Reading]:
    """Days 12 to 20: late mornings, long stays, doors at night, presses for help, hours of nothing, fewer taps."""
    life = [one for one in a_life(20, seed=4) if one.at_ms > morning_s(12, 4.1) * 1000]
    days = range(12, 20)

    def gone(first: float, last: float, *only: int) -> None:
        nonlocal life
        for day in only or days:
            start, end = morning_s(day, first) * 1000, morning_s(day, last) * 1000
            life = [one for one in life if not start <= one.at_ms < end]

    gone(4.2, 10.4)
    gone(13, 15, 13, 15, 17)
    life += [Reading(morning_s(day, 13) * 1000 + 5, "bath-motion", 1) for day in (13, 15, 17)]
    gone(15.5, 20.5, 14, 16)
    life += [Reading(morning_s(day, 15.5) * 1000 + 5, "chair", 1) for day in (14, 16)]
    life += [Reading(morning_s(day, 20.5) * 1000 + 5, "chair", 0) for day in (14, 16)]
    gone(24.9, 28, 12, 14, 18)
    life += [Reading(morning_s(day, 25) * 1000 + 5, "front-door", 1) for day in (12, 14, 18)]
    life += [Reading(morning_s(day, 25.3) * 1000 + 5, "hall", 1) for day in (12, 14, 18)]
    gone(12, 24, 19)
    life += [Reading(morning_s(day, 11) * 1000 + 5, "button", 1) for day in days]
    return sorted(life)


def _urgent(said: list[Said]) -> list[bytes]:
    """The messages about what is urgent, but for their numbers."""
    urgent = {(one.kind, one.opened_s) for one in findings(said) if one.severity is Severity.URGENT}
    about = [one for one in said if isinstance(one, Finding | Update) and (one.kind, one.opened_s) in urgent]
    return [draft.encode(1) for draft in drafts_of("h-test", about)]


@cache
def _undisturbed() -> tuple[list[Said], list[bytes]]:
    home = trained()
    said = run(home, _hard_days()) + home.advance(morning_s(21, 12) * 1000)
    return said, _urgent(said)


ANSWERED = st.lists(
    st.tuples(st.integers(0, 9 * DAY_S), st.sampled_from(AlertKind), st.sampled_from(Outcome)), max_size=60
)
NEVER_USEFUL = [
    (hour * HOUR_S, kind, Outcome.NOT_USEFUL) for hour in range(8 * 24) for kind in (LATE, STAY, BED, EXIT, HELP)
]


@settings(max_examples=12, deadline=None)
@given(ANSWERED)
@example(NEVER_USEFUL)
def test_no_sequence_of_answers_changes_anything_urgent(answered: list[tuple[int, AlertKind, Outcome]]) -> None:
    start_s = morning_s(12, 4.1)
    told = [_told(kind, outcome, start_s + after_s) for after_s, kind, outcome in answered]
    home = trained()
    said: list[Said] = []
    for index, one in enumerate(sorted([*_hard_days(), *told])):
        said += home.step(one)
        if index % 400 == 399:
            home = copied(home)
    said += home.advance(morning_s(21, 12) * 1000)
    assert _urgent(said) == _undisturbed()[1]


def test_answers_leave_no_trace_in_what_is_learnt_of_anything_urgent() -> None:
    """Only what was answered, what was said, and the levels of changes over days may differ."""
    states = []
    for told in ([], [_told(kind, outcome, morning_s(12, 4.1) + after_s) for after_s, kind, outcome in NEVER_USEFUL]):
        home = trained()
        run(home, sorted([*_hard_days(), *told]))
        home.advance(morning_s(21, 12) * 1000)
        state = saved(home)
        assert state.pop("voice")
        for stream in state["streams"].values():
            for part in ("trends", "slow", "summaries"):
                assert stream.pop(part)
        states.append(state)
    assert states[0] == states[1]


def test_the_hard_days_are_hard_and_answers_do_change_what_is_not_urgent() -> None:
    said, urgent = _undisturbed()
    assert {one.kind for one in findings(said) if one.severity is Severity.URGENT} >= {
        HELP, AlertKind.INACTIVITY, STAY, EXIT,
    }  # fmt: skip
    assert len(urgent) > 10
    home = trained()
    told = [_told(LATE, Outcome.NOT_USEFUL, morning_s(day, 11)) for day in range(12, 20)]
    heard = run(home, sorted([*_hard_days(), *told]))
    late = [len(findings(one, LATE)) for one in (said, heard)]
    assert late[1] < late[0]


def test_time_between_the_answers_changes_nothing() -> None:
    home, slow = trained(), trained()
    told = [_told(LATE, Outcome.NOT_USEFUL, morning_s(day, 11)) for day in range(12, 20)]
    rows = sorted([*_hard_days(), *told])
    said = run(home, rows)
    slowly: list[Said] = []
    for one, after in pairwise([*rows, rows[-1]]):
        slowly += slow.step(one) + slow.advance((one.at_ms + after.at_ms) // 2)
    assert slowly == said
    assert slow.state() == home.state()
