"""The usual day that was told: believed in the first days, and no longer when it is not what is seen."""

import json
from collections.abc import Iterable
from dataclasses import replace

import pytest

from models.home import Home
from models.kinds import AlertKind
from models.localtime import HOUR_S
from models.vocabulary import Finding, Period, Reading, Said, Summary, UsualDay

from .world import START_S, a_life, findings, morning_s, run, spec


def _home(told: UsualDay | None) -> Home:
    return Home(replace(spec(), usual_days={} if told is None else {"r1": told}))


def _without_mornings(life: Iterable[Reading], day: int) -> list[Reading]:
    """The same life, but on one day nothing is seen until two in the afternoon."""
    begins_ms, ends_ms = morning_s(day, 5) * 1000, morning_s(day, 14) * 1000
    return [one for one in life if not begins_ms <= one.at_ms < ends_ms]


def _late(said: list[Said]) -> list[Finding]:
    return findings(said, AlertKind.LATE_START)


@pytest.mark.parametrize(
    ("told", "hour", "because"),
    [
        (UsualDay(up_s=7 * HOUR_S), 10, "By the usual day that was told, up well before 10:00."),
        (UsualDay(up_s=11 * HOUR_S), 11.5, "always raises this"),
        (UsualDay(bathroom_at_night=1), 11.5, "always raises this"),
        (None, 11.5, "always raises this"),
    ],
)
def test_a_late_morning_on_the_second_day(told: UsualDay | None, hour: float, because: str) -> None:
    said = run(_home(told), _without_mornings(a_life(2, seed=3), 1))
    (late,) = _late(said)
    assert late.opened_s == morning_s(1, hour)
    assert because in late.evidence.because


def test_who_told_of_the_mornings_they_would_like_is_not_rung_up_day_after_day() -> None:
    told = UsualDay(up_s=4 * HOUR_S + 1800)  # they are up at seven
    said = run(_home(told), a_life(15, seed=3))
    assert len(_late(said)) <= 2
    assert all(late.opened_s < morning_s(3, 12) for late in _late(said))
    lines = [line for one in said if isinstance(one, Summary) and one.period is Period.WEEK for line in one.lines]
    assert any("says up at about 04:30" in line for line in lines)


def test_what_was_told_truly_is_never_spoken_of() -> None:
    said = run(_home(UsualDay(7 * HOUR_S, 23 * HOUR_S, 1)), a_life(15, seed=3))
    lines = [line for one in said if isinstance(one, Summary) for line in one.lines]
    assert not any("was told" in line for line in lines)
    assert _late(said) == []


def _restless(nights: range, visits: int) -> list[Reading]:
    """Visits to the bathroom on some nights, with the walk there and back."""
    found: list[Reading] = []
    for night in nights:
        for visit in range(visits):
            at_ms = (morning_s(night, 24.2) + visit * 2400) * 1000
            walk = (("bed", 0.0), ("hall", 1.0), ("bath-motion", 1.0), ("toilet", 1.0), ("hall", 1.0), ("bed", 1.0))
            found += [Reading(at_ms + step * 60_000, name, value) for step, (name, value) in enumerate(walk)]
    return found


@pytest.mark.parametrize(("told", "expected"), [(UsualDay(bathroom_at_night=1), True), (None, False)])
def test_the_first_week_is_held_against_what_was_told(told: UsualDay | None, *, expected: bool) -> None:
    life = sorted([*a_life(8, seed=3), *_restless(range(2, 7), 6)])
    more = findings(run(_home(told), life), AlertKind.MORE_BATHROOM)
    assert bool(more) is expected
    if expected:
        assert more[0].opened_s < START_S + 6 * 24 * HOUR_S
        assert "told at the installation" in more[0].evidence.usual


def test_a_restart_forgets_neither_what_was_told_nor_what_spoke_against_it() -> None:
    told = UsualDay(4 * HOUR_S + 1800, 23 * HOUR_S, 1)
    life = a_life(8, seed=3)
    whole = run(_home(told), life)
    first = _home(told)
    said = run(first, life[: len(life) // 3])
    second = Home.restore(first.spec, json.loads(json.dumps(first.state())))
    assert said + run(second, life[len(life) // 3 :]) == whole


def test_what_is_told_later_counts_from_the_next_start() -> None:
    home = _home(None)
    run(home, a_life(1, seed=3))
    told = replace(spec(), usual_days={"r1": UsualDay(up_s=7 * HOUR_S)})
    again = Home.restore(told, home.state())
    said = run(again, [one for one in _without_mornings(a_life(2, seed=3), 1) if one.at_ms > home.now_ms])
    assert [late.opened_s for late in _late(said)] == [morning_s(1, 10)]
