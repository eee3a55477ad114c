"""Lasting changes through the home's own door: readings in, one alert out."""

from collections.abc import Iterator

from models.budget import SHARES, chance_a_day
from models.calibration import MOST, STEP, Threshold
from models.home import Home
from models.kinds import AlertKind, SensorKind, Severity
from models.localtime import DAY_S, HOUR_S, MINUTE_S
from models.vocabulary import Finding, HomeSpec, Reading, Said, Sensor, Update

START_S = 1_717_200_000  # 2024-06-01T00:00:00Z
SPEC = HomeSpec(
    "h",
    "UTC",
    ("r1",),
    (
        Sensor("bath", SensorKind.MOTION, "bathroom", "r1"),
        Sensor("tap", SensorKind.TAP, "kitchen", "r1"),
        Sensor("hall", SensorKind.MOTION, "hall", "r1"),
        Sensor("bed", SensorKind.MOTION, "bedroom", "r1"),
    ),
)


def _day(day: int, *, nightly: int = 2, taps: int = 9, steps: int = 60) -> Iterator[Reading]:
    """One resident day from 07:00: movement by day, `taps` uses, `nightly` visits after 23:00."""
    seven_s = START_S + day * DAY_S + 7 * HOUR_S
    jitter = (day * 7919) % 5
    moments = [
        (seven_s + 10 * MINUTE_S + i * 15 * HOUR_S // (steps + jitter), "hall", 1.0) for i in range(steps + jitter)
    ]
    moments += [
        (seven_s + HOUR_S + i * 90 * MINUTE_S + offset, "tap", value)
        for i in range(taps)
        for offset, value in ((0, 1.0), (20, 0.0))
    ]
    for visit in range(nightly + (day % 3 == 0)):
        at_s = seven_s + 16 * HOUR_S + 30 * MINUTE_S + visit * 45 * MINUTE_S
        moments += [(at_s, "bath", 1.0), (at_s + 4 * MINUTE_S, "bed", 1.0)]
    for at_s, sensor, value in sorted(moments):
        yield Reading(at_s * 1000, sensor, value)


def _live(home: Home, days: Iterator[Reading]) -> list[Said]:
    return [said for reading in days for said in home.step(reading)]


def _alerts(said: list[Said]) -> list[Finding]:
    trends = {AlertKind.MORE_BATHROOM, AlertKind.LESS_TAP_USE, AlertKind.LESS_ACTIVE, AlertKind.SEVERAL_CHANGES}
    return [one for one in said if isinstance(one, Finding) and one.kind in trends]


def _ordinary(home: Home, days: int = 25) -> None:
    quiet = _live(home, (reading for day in range(days) for reading in _day(day)))
    assert _alerts(quiet) == []


def test_more_bathroom_on_three_nights_is_one_alert_without_counts() -> None:
    home = Home(SPEC)
    _ordinary(home)
    said = _live(home, (r for day in range(25, 29) for r in _day(day, nightly=6)))
    (alert, *_) = _alerts(said)
    assert alert.kind is AlertKind.MORE_BATHROOM
    assert alert.severity is Severity.ATTENTION
    assert "night" in alert.evidence.observed
    assert "do not quote counts" in alert.evidence.to_do


def test_less_at_the_tap_is_told_as_use_not_as_drinking() -> None:
    home = Home(SPEC)
    _ordinary(home)
    said = _live(home, (r for day in range(25, 29) for r in _day(day, taps=1)))
    (alert, *_) = _alerts(said)
    assert alert.kind is AlertKind.LESS_TAP_USE
    assert "tap is not a glass" in alert.evidence.cannot_tell


def test_less_about_by_a_third_is_told_within_ten_days() -> None:
    home = Home(SPEC)
    _ordinary(home, 30)
    said = _live(home, (r for day in range(30, 41) for r in _day(day, steps=40)))
    assert AlertKind.LESS_ACTIVE in {alert.kind for alert in _alerts(said)}


def test_a_change_of_three_weeks_that_nobody_calls_normal_is_one_alert_and_not_the_new_usual() -> None:
    home = Home(SPEC)
    _ordinary(home, 30)
    said = _live(home, (r for day in range(30, 51) for r in _day(day, steps=40)))
    assert [alert.kind for alert in _alerts(said)] == [AlertKind.LESS_ACTIVE]
    ended = [one for one in said if isinstance(one, Update) and one.kind is AlertKind.LESS_ACTIVE]
    assert ended == []


def test_a_new_normal_ends_the_comparison_with_what_came_before() -> None:
    told, untold = Home(SPEC), Home(SPEC)
    for home in (told, untold):
        _ordinary(home, 30)
        _live(home, (r for day in range(30, 44) for r in _day(day, steps=40)))
    told.step(Reading(told.now_ms, "@new-normal/r1/less_active", 1))
    later = [_live(home, (r for day in range(44, 70) for r in _day(day, steps=40))) for home in (told, untold)]
    assert _alerts(later[0]) == []
    less = _live(told, (r for day in range(70, 80) for r in _day(day, steps=26)))
    assert AlertKind.LESS_ACTIVE in {alert.kind for alert in _alerts(less)}


def test_more_is_asked_for_with_more_budget_and_the_fixed_limits_come_out_of_it() -> None:
    for kind in SHARES:
        chances = [chance_a_day(kind, budget) for budget in (0.1, 0.25, 0.5, 1.0, 2.0, 7.0)]
        assert chances == sorted(chances)
        assert chances[0] > 0
        assert chances[-1] * 7 < 7.0


def test_two_signs_at_once_are_one_alert_that_names_both() -> None:
    home = Home(SPEC)
    _ordinary(home)
    said = _live(home, (r for day in range(25, 29) for r in _day(day, nightly=6, taps=1)))
    several = [alert for alert in _alerts(said) if alert.kind is AlertKind.SEVERAL_CHANGES]
    assert len(several) == 1
    assert "bathroom" in several[0].evidence.observed
    assert "tap" in several[0].evidence.observed
    assert len(_alerts(said)) <= 2  # the first sign may have come a day before the second


def test_a_week_away_is_not_a_week_of_little_activity() -> None:
    home = Home(SPEC)
    _ordinary(home)
    back = (r for day in range(32, 34) for r in _day(day))
    assert _alerts(_live(home, back)) == []


def test_a_blind_week_is_not_a_week_of_little_activity() -> None:
    home = Home(SPEC)
    _ordinary(home)
    at_s = START_S + 25 * DAY_S + 7 * HOUR_S
    blind = [Reading(at_s * 1000, "@gateway", 0.0), Reading((at_s + 6 * DAY_S) * 1000, "@gateway", 1.0)]
    back = (r for day in range(32, 34) for r in _day(day))
    assert _alerts(_live(home, iter([*blind, *back]))) == []


def test_the_threshold_comes_to_the_rate_that_was_asked_for() -> None:
    """Scores that are uniform by half: a model that errs by a factor of two is corrected."""
    threshold = Threshold(chance_a_day=0.05)
    told = 0
    score = 0.5
    for _ in range(4000):
        score = (score * 1103.515245 + 0.12345) % 1.0
        is_told = score / 2 <= threshold.level
        threshold.learn(told=is_told)
        told += is_told
    assert 0.05 / 1.2 < told / 4000 < 0.05 * 1.2


def test_the_threshold_never_tells_an_ordinary_day_to_fill_the_budget() -> None:
    threshold = Threshold(chance_a_day=0.2)
    for _ in range(1000):
        threshold.learn(told=False)
    assert threshold.level == MOST
    assert STEP > 0
