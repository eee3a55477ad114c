"""Who has gone out, who has come in, and what follows for silence: through the home's one door."""

import json
from itertools import pairwise

import pytest

from models.home import Home
from models.kinds import AlertKind, SensorKind, Severity
from models.learners.silence import Gap, Silence
from models.localtime import HOUR_S, LocalTime
from models.presence import APART_S, ARRIVED, DEPARTED, LONG_S, NEAR_DOOR, RETURN_S, SOON_S, Presence
from models.vocabulary import Period, Reading, Said, Sensor
from tests.models.world import START_S, copied, findings, morning_s, run, saved, spec, summaries, updates

LONDON = LocalTime("Europe/London")
DOOR = Sensor("front-door", SensorKind.DOOR, "outside-door")
HALL = Sensor("hall", SensorKind.MOTION, "hallway")
NOON_S = morning_s(0, 12)
DAYS = 24


def contexts(*signs: tuple[int, Sensor]) -> list[str]:
    """What each sign, so many seconds after noon, says of the silence that follows it."""
    presence, said = Presence(LONDON), [""]
    for (before_s, _), (at_s, sensor) in pairwise([(0, HALL), *signs]):
        silence = (at_s - before_s, said[-1]) if len(said) > 1 else None
        said.append(presence.context(NOON_S + at_s, silence, sensor, "door" if sensor is DOOR else "hallway"))
    return said[1:]


def test_a_door_after_life_indoors_may_be_a_departure() -> None:
    assert contexts((0, HALL), (60, DOOR)) == ["hallway", DEPARTED]


def test_a_sign_soon_after_the_door_leaves_it_open_whether_somebody_left() -> None:
    assert contexts((0, DOOR), (SOON_S, HALL), (SOON_S + 1, HALL)) == [DEPARTED, NEAR_DOOR, "hallway"]


def test_the_door_that_ends_an_outing_is_an_arrival_and_so_are_those_just_after() -> None:
    told = contexts((0, HALL), (20, DOOR), (20 + APART_S, DOOR), (40 + APART_S, DOOR), (50 + APART_S, HALL))
    assert told == ["hallway", DEPARTED, ARRIVED, ARRIVED, "hallway"]


@pytest.mark.parametrize("after_s", [0, RETURN_S])
def test_a_door_at_the_end_of_any_long_silence_is_an_arrival(after_s: int) -> None:
    signs = [(0, HALL), (LONG_S, HALL)] if after_s else [(0, HALL)]
    assert contexts(*signs, (LONG_S + after_s, DOOR))[-1] == ARRIVED


def test_who_has_come_in_can_go_out_again() -> None:
    assert contexts((0, HALL), (LONG_S, DOOR), (LONG_S + 60, HALL), (LONG_S + 600, DOOR))[-1] == DEPARTED


@pytest.mark.parametrize(
    ("context", "start_h", "length_h", "door_after_s", "outing"),
    [
        ("door", 10, 2, 0, True),
        ("door", 10, 2, 90, True),
        ("door", 10, 2, RETURN_S + 1, False),
        ("door", 10, 6, None, True),
        ("doorway", 10, 2, 30, True),
        ("kitchen", 10, 2, 30, False),
        ("kitchen", 10, 6, None, False),
        ("bedroom", 23, 8, 30, False),
    ],
)
def test_what_a_silence_was_is_known_when_it_has_ended(
    context: str, start_h: int, length_h: int, door_after_s: int | None, outing: bool
) -> None:
    presence, start_s = Presence(LONDON), morning_s(0, start_h)
    gap = Gap(start_s, start_s + length_h * HOUR_S, context)
    if door_after_s == 0:
        understood = presence.ended(gap, DOOR)
    else:
        assert presence.ended(gap, HALL) is None
        other = Presence(LONDON)
        other.restore(json.loads(json.dumps(presence.state())))
        assert other.understood(gap.end_s + 20, HALL) is None
        understood = other.understood(gap.end_s + (door_after_s or 600), DOOR if door_after_s else HALL)
        assert other.understood(gap.end_s + 9000, HALL) is None
    assert understood == gap._replace(outing=outing)


def test_a_short_silence_is_understood_at_once() -> None:
    gap = Gap(NOON_S, NOON_S + LONG_S - 1, "door")
    assert Presence(LONDON).ended(gap, HALL) == gap


def goes_to_work(days: int, *, alerts: frozenset[AlertKind] = frozenset(AlertKind)) -> tuple[Home, list[Said]]:
    """A person who leaves by the door at 08:30 on every day and is back at 18:00, and otherwise about."""
    home, said = Home(spec(alerts=alerts)), []
    for day in range(days):
        for hour in (7, 7.3, 7.6, 7.9, 8.2, 8.4):
            said += home.step(Reading(morning_s(day, hour) * 1000, "hall", 1))
        said += home.step(Reading(morning_s(day, 8.5) * 1000, "front-door", 1))
        said += home.step(Reading(morning_s(day, 18) * 1000, "front-door", 1))
        for minutes in range(5, 260, 20):
            said += home.step(Reading((morning_s(day, 18) + minutes * 60) * 1000, "hall", 1))
    return home, said


WORKER, WORKED = goes_to_work(DAYS)


def left_home() -> Home:
    home = copied(WORKER)
    run(home, [Reading(morning_s(DAYS, hour) * 1000, "hall", 1) for hour in (7, 7.3, 7.6, 7.9, 8.2, 8.4)])
    home.step(Reading(morning_s(DAYS, 8.5) * 1000, "front-door", 1))
    return home


def test_learns_that_somebody_is_out_all_day() -> None:
    late = [one for one in findings(WORKED, AlertKind.INACTIVITY) if one.opened_s > morning_s(14)]
    assert late == []
    home = left_home()
    assert home.silence_deadlines_s() == {"r1": None}
    home.advance(morning_s(DAYS, 14) * 1000)
    assert home.silence_deadlines_s() == {"r1": None}


def test_who_comes_in_and_is_not_seen_again_is_missed() -> None:
    home = left_home()
    back_s = morning_s(DAYS, 18)
    home.step(Reading(back_s * 1000, "front-door", 1))
    deadline_s = home.silence_deadlines_s()["r1"]
    assert deadline_s is not None
    (finding,) = findings(home.advance((deadline_s + 60) * 1000), AlertKind.INACTIVITY)
    assert finding.opened_s == deadline_s


def test_who_does_not_come_back_is_told_of_and_then_told_to_be_back() -> None:
    home = left_home()
    other = copied(home)
    said = home.advance(morning_s(DAYS, 8.5) * 1000 + 17 * HOUR_S * 1000)
    (finding,) = [one for one in findings(said) if one.kind in (AlertKind.NOT_HOME, AlertKind.INACTIVITY)]
    assert (finding.kind, finding.severity) == (AlertKind.NOT_HOME, Severity.ATTENTION)
    out_h = (finding.opened_s - morning_s(DAYS, 8.5)) / HOUR_S
    assert 9.5 * 1.25 - 0.01 <= out_h <= 16
    assert "9 h 30" in finding.evidence.usual
    assert home.silence_deadlines_s() == {"r1": None}
    for hours in range(1, 18):
        other.advance(morning_s(DAYS, 8.5) * 1000 + hours * HOUR_S * 1000)
    assert saved(other) == saved(home)
    (update,) = updates(home.step(Reading(home.now_ms + 1000, "front-door", 1)))
    assert (update.kind, update.opened_s) == (AlertKind.NOT_HOME, finding.opened_s)


def test_nobody_is_taken_to_be_out_where_nobody_would_be_told() -> None:
    home, _ = goes_to_work(DAYS, alerts=frozenset({AlertKind.INACTIVITY}))
    run(home, [Reading(morning_s(DAYS, hour) * 1000, "hall", 1) for hour in (7, 7.3, 7.6, 7.9, 8.2, 8.4)])
    left_s = morning_s(DAYS, 8.5)
    home.step(Reading(left_s * 1000, "front-door", 1))
    assert home.silence_deadlines_s() == {"r1": left_s + 8 * HOUR_S}


def test_outings_teach_nothing_of_silences_at_home() -> None:
    def after(*, outing: bool) -> float:
        silence = Silence("UTC", 0.05)
        for hour in range(24 * 20):
            silence.learn_one(Gap(START_S + hour * HOUR_S, START_S + hour * HOUR_S + 3000, "lounge"))
        for day in range(20):
            start_s = START_S + day * 24 * HOUR_S + 6 * HOUR_S
            silence.learn_one(Gap(start_s, start_s + 9 * HOUR_S, "door", outing))
        start_s = START_S + 20 * 24 * HOUR_S + 6 * HOUR_S
        deadline_s = silence.deadline_s(start_s, "door")
        return 99.0 if deadline_s is None else (deadline_s - start_s) / HOUR_S

    assert after(outing=True) == 99.0
    assert after(outing=False) <= 8


def unseen_days(days: int) -> tuple[Home, list[Said]]:
    """A home in which nothing is seen from 08:00 to 19:00 on three days of the week, and no door."""
    home = Home(spec([one for one in spec().sensors if one.id != "front-door"]))
    said: list[Said] = []
    for day in range(days):
        for quarter in range(28, 90):
            if day % 7 >= 3 or not 32 < quarter < 76:
                said += home.step(Reading(morning_s(day, quarter / 4) * 1000, "hall", 1))
    return home, said


def test_a_home_that_sees_too_little_stops_crying_wolf_and_says_so() -> None:
    home, said = unseen_days(40)
    opened = [one.opened_s for one in findings(said, AlertKind.INACTIVITY)]
    assert 1 <= len(opened) <= 4
    assert max(opened) < morning_s(9)
    # a whole day and night is still told
    assert home.silence_deadlines_s() == {"r1": home.now_ms // 1000 + 24 * 3600}
    assert home.portrait().streams[0].notice_s == (24 * 3600,) * 24
    weeks = [one for one in summaries(said) if one.period is Period.WEEK]
    assert any(line.startswith("Silences of less than a day are not judged here") for line in weeks[-1].lines)
    assert not any(line.startswith("Silences of less than a day are not judged here") for line in weeks[0].lines)


def test_a_home_is_trusted_again_after_a_month_without_such_silences() -> None:
    home, _ = unseen_days(10)
    for quarter in range(10 * 96, 45 * 96):
        home.step(Reading(morning_s(0, quarter / 4) * 1000, "hall", 1))
    assert home.silence_deadlines_s()["r1"] is not None


BAND = Sensor("steps", SensorKind.STEPS, "worn", "r1")


def worn(home: Home, from_h: float, to_h: float, steps: float) -> list[Said]:
    """The band counts `steps` in every minute between two hours of day 4."""
    minutes = range(int(from_h * 60), int(to_h * 60))
    return run(home, [Reading(morning_s(4, minute / 60) * 1000, "steps", steps) for minute in minutes])


def test_a_band_that_is_taken_off_is_not_silence() -> None:
    home = Home(spec([BAND]))
    for day in range(4):
        run(home, [Reading(morning_s(day, minute / 60) * 1000, "steps", 5) for minute in range(480, 1200, 5)])
    said = worn(home, 8, 9, 20) + worn(home, 20, 22, 0) + home.advance(morning_s(6) * 1000)
    assert findings(said, AlertKind.INACTIVITY) == []
    assert home.silence_deadlines_s() == {"r1": None}


def test_a_band_that_is_worn_and_counts_nothing_is_noticed_at_the_fixed_limit() -> None:
    home = Home(spec([BAND]))
    said = worn(home, 8, 9, 20) + worn(home, 9, 20, 0)
    (finding,) = findings(said, AlertKind.INACTIVITY)
    assert abs(finding.opened_s - morning_s(4, 17)) <= 120


def test_a_band_on_the_table_counts_no_steps_but_has_no_pulse() -> None:
    pulse = Sensor("pulse", SensorKind.HEART_RATE, "worn", "r1")

    def day(pulse_until_h: float) -> list[Said]:
        home, said = Home(spec([BAND, pulse])), []
        for minute in range(8 * 60, 20 * 60):
            at_ms = morning_s(4, minute / 60) * 1000
            if minute < pulse_until_h * 60:
                said += home.step(Reading(at_ms - 1000, "pulse", 70))
            said += home.step(Reading(at_ms, "steps", 20 if minute < 540 else 0))
        return said

    assert len(findings(day(20), AlertKind.INACTIVITY)) == 1
    assert findings(day(9), AlertKind.INACTIVITY) == []


def test_a_band_that_is_put_on_again_begins_its_silence_anew() -> None:
    home = Home(spec([BAND]))
    said = worn(home, 8, 9, 20) + worn(home, 10, 20, 0)
    (finding,) = findings(said, AlertKind.INACTIVITY)
    assert abs(finding.opened_s - morning_s(4, 18)) <= 120


def test_how_fast_silences_at_home_end_is_learnt_at_home() -> None:
    def usual_h(*, outing: bool) -> float:
        silence = Silence("UTC", 0.05)
        for day in range(20):
            start_s = START_S + day * 24 * HOUR_S + 6 * HOUR_S
            silence.learn_one(Gap(start_s, start_s + 6 * HOUR_S, "door", outing))
        start_s = START_S + 20 * 24 * HOUR_S + 9 * HOUR_S
        usual_s = silence.usual_s(start_s, "lounge")
        assert usual_s is not None
        return (usual_s - start_s) / HOUR_S

    assert usual_h(outing=True) < usual_h(outing=False)
