"""Slow changes through the home's own door: readings in, one alert out."""

from collections.abc import Iterator
from dataclasses import replace

from models.home import Home
from models.kinds import AlertKind, SensorKind, Severity
from models.localtime import DAY_S, HOUR_S, MINUTE_S
from models.vocabulary import HomeSpec, Reading, Said, Sensor, Update, VisitWindow
from tests.models.world import copied, findings

START_S = 1_717_200_000  # 2024-06-01T00:00:00Z
SENSORS = (
    Sensor("bath", SensorKind.MOTION, "bathroom", "r1"),
    Sensor("chair", SensorKind.SEAT, "lounge", "r1"),
    Sensor("hall", SensorKind.MOTION, "hall", "r1"),
    Sensor("bed", SensorKind.MOTION, "bedroom", "r1"),
    Sensor("door", SensorKind.DOOR, "outside-door", "r1"),
)
SPEC = HomeSpec("h", "UTC", ("r1",), SENSORS)
SLOW = (AlertKind.SLOW_TRANSIT, AlertKind.GRADUAL_CHANGE)


def _day(
    day: int, *, ups: int = 14, slower: float = 1.0, nights: float = 1.0, up_at: float = 7.1, out_s: int = 0
) -> Iterator[Reading]:
    """One resident day: `ups` times up from the chair to the bathroom and back, and three walks there by night."""
    midnight_s = START_S + day * DAY_S
    jitter = (day * 7919) % 5
    found = [(midnight_s + up_at * HOUR_S + (minute + jitter) * MINUTE_S, "hall", 1.0) for minute in range(10)]
    for time in range(ups + jitter // 2):
        at_s = midnight_s + 8 * HOUR_S + time * 13 * HOUR_S / (ups + 2)
        way_s = (20 + 7 * ((time + jitter) % 4)) * slower
        found += [
            (at_s, "chair", 0.0),
            (at_s + way_s + out_s, "bath", 1.0),
            (at_s + way_s + out_s + 60, "bath", 1.0),
            (at_s + 2 * way_s + out_s + 200, "hall", 1.0),
            (at_s + 2 * way_s + out_s + 260, "chair", 1.0),
        ]
        if out_s:
            found.append((at_s + 5, "door", 1.0))
    for time in range(3):
        at_s = midnight_s + 25 * HOUR_S + time * 90 * MINUTE_S
        way_s = (15 + 5 * ((time + jitter) % 3)) * nights
        found += [(at_s, "bed", 1.0), (at_s + way_s, "bath", 1.0), (at_s + way_s + 200, "bed", 1.0)]
    return (Reading(round(at_s * 1000), sensor, value) for at_s, sensor, value in sorted(found))


def _live(home: Home, days: Iterator[Reading]) -> list[Said]:
    return [said for reading in days for said in home.step(reading)]


def _slow(said: list[Said]) -> list[AlertKind]:
    return [one.kind for one in findings(said) if one.kind in SLOW]


def _ordinary(home: Home, days: int = 30) -> None:
    assert _slow(_live(home, (reading for day in range(days) for reading in _day(day)))) == []


def test_a_way_that_takes_three_times_as_long_for_a_week_is_told_with_what_is_usual() -> None:
    home = Home(SPEC)
    _ordinary(home)
    said = _live(home, (r for day in range(30, 37) for r in _day(day, slower=3)))
    (alert,) = findings(said, AlertKind.SLOW_TRANSIT)
    assert alert.severity is Severity.ATTENTION
    assert "bathroom took" in alert.evidence.observed
    assert "trips in the last seven days" in alert.evidence.observed
    assert "usually take under" in alert.evidence.usual
    assert "toilet" in alert.evidence.to_do


def test_the_way_at_night_alone_is_told_as_one_at_night() -> None:
    home = Home(SPEC)
    _ordinary(home)
    said = _live(home, (r for day in range(30, 37) for r in _day(day, nights=5)))
    (alert,) = findings(said, AlertKind.SLOW_TRANSIT)
    assert "at night" in alert.evidence.observed


def test_it_is_over_once_a_week_was_as_usual_again() -> None:
    home = Home(SPEC)
    _ordinary(home)
    said = _live(home, (r for day in range(30, 37) for r in _day(day, slower=3)))
    said += _live(home, (r for day in range(37, 54) for r in _day(day)))
    assert _slow(said) == [AlertKind.SLOW_TRANSIT]
    ends = [one for one in said if isinstance(one, Update) and one.kind is AlertKind.SLOW_TRANSIT]
    assert [("about as long as usual" in end.observed) for end in ends] == [True]


def test_outings_are_no_ways_between_rooms() -> None:
    home = Home(SPEC)
    _ordinary(home)
    assert _slow(_live(home, (r for day in range(30, 37) for r in _day(day, out_s=400)))) == []


def test_where_two_people_share_the_rooms_no_way_is_judged() -> None:
    shared = tuple(Sensor(one.id, one.kind, one.place) for one in SENSORS)
    home = Home(HomeSpec("h", "UTC", ("r1", "r2"), shared))
    _ordinary(home)
    said = _live(home, (r for day in range(30, 37) for r in _day(day, slower=3)))
    assert findings(said, AlertKind.SLOW_TRANSIT) == []


def test_a_way_during_which_the_gateway_was_down_is_not_counted() -> None:
    home = Home(SPEC)
    _ordinary(home)
    for day in range(30, 37):
        for reading in _day(day, slower=3):
            if reading.sensor == "bath":
                home.step(Reading(reading.at_ms, "@gateway", 0.0))
                home.step(Reading(reading.at_ms, "@gateway", 1.0))
            assert _slow(home.step(reading)) == []


def test_fewer_times_up_from_the_chair_are_told_as_a_trend_once() -> None:
    home = Home(SPEC)
    _ordinary(home, 20)
    said = _live(home, (r for day in range(20, 60) for r in _day(day, ups=14 - (day - 20) // 5)))
    alert, *more = findings(said, AlertKind.GRADUAL_CHANGE)
    assert "Fewer times up from the seat (lounge): about 15 a day" in alert.evidence.observed
    assert "weeks ago" in alert.evidence.observed
    assert len(more) <= 1  # and once more, since it goes on


def test_getting_up_later_and_later_is_told_with_the_time_on_the_clock() -> None:
    home = Home(SPEC)
    _ordinary(home, 20)
    said = _live(home, (r for day in range(20, 56) for r in _day(day, up_at=7.1 + (day - 20) / 50)))
    alert = findings(said, AlertKind.GRADUAL_CHANGE)[0]
    assert "Up later: about 07:1" in alert.evidence.observed


def test_ways_that_get_a_little_longer_each_day_are_told_in_the_end() -> None:
    home = Home(SPEC)
    _ordinary(home, 20)
    said = _live(home, (r for day in range(20, 70) for r in _day(day, slower=1 + (day - 20) / 40)))
    texts = [one.evidence.observed for one in findings(said, AlertKind.GRADUAL_CHANGE)]
    assert any("The ways between rooms take longer" in text for text in texts)


def test_a_fortnight_away_is_no_trend() -> None:
    home = Home(SPEC)
    _ordinary(home, 30)
    assert _slow(_live(home, (r for day in range(44, 60) for r in _day(day)))) == []


def test_what_is_the_new_normal_is_not_told_again() -> None:
    home = Home(SPEC)
    _ordinary(home)
    _live(home, (r for day in range(30, 38) for r in _day(day, slower=3)))
    told = f"@new-normal/r1/{AlertKind.SLOW_TRANSIT}"
    home.step(Reading(home.now_ms, told, 1.0))
    said = _live(home, (r for day in range(38, 60) for r in _day(day, slower=3)))
    assert AlertKind.SLOW_TRANSIT not in _slow(said)


def test_a_home_that_is_restored_every_day_says_the_same() -> None:
    whole, cut = Home(SPEC), Home(SPEC)
    for day in range(50):
        readings = list(_day(day, slower=3 if day > 40 else 1, ups=14 if day < 20 else 8))
        assert _live(whole, iter(readings)) == _live(cut, iter(readings))
        cut = copied(cut)
    assert whole.state() == cut.state()


def test_a_way_that_a_visitor_crosses_is_not_counted() -> None:
    """Up from the chair before the carer comes, in the bathroom after she has gone: nobody saw that way."""
    ways = []
    for visits in ((), (VisitWindow(10 * HOUR_S, 10 * HOUR_S + 600),)):
        home = Home(replace(SPEC, visits=visits))
        for after_s, sensor in ((-60, "hall"), (300, "bed"), (660, "bath")):
            home.step(Reading((START_S + 10 * HOUR_S + after_s) * 1000, sensor, 1))
        today = home.state()["streams"]["r1"]["slow"]["transits"]["today"]
        ways.append({(start, end) for start, end, *_ in today})
    assert ways == [{("hall", "bedroom"), ("bedroom", "bathroom"), ("", "bathroom")}, set()]


def test_the_ways_of_the_day_on_which_somebody_left_are_not_those_of_their_return() -> None:
    home = Home(SPEC)
    noon_ms = (START_S + 12 * HOUR_S) * 1000
    for after_ms, sensor in ((0, "hall"), (30_000, "bath")):
        home.step(Reading(noon_ms + after_ms, sensor, 1))
    assert home.state()["streams"]["r1"]["slow"]["transits"]["today"] != []
    home.step(Reading(noon_ms + 3_600_000, "@hospital/r1", 1))
    transits = home.state()["streams"]["r1"]["slow"]["transits"]
    assert (transits["last"], transits["today"]) == (None, [])
