"""A bathroom in which somebody is seen once, or that is left unseen: when that is a stay, and when nobody can say."""

from models.bathroom import CEILING_S
from models.home import Home
from models.localtime import HOUR_S
from models.vocabulary import Reading
from tests.models.staying import STAY, TEN_S, in_the_bathroom, left_unseen
from tests.models.world import SENSORS, copied, findings, morning_s, run, spec, summaries


def test_getting_up_at_night_for_the_bathroom_is_a_stay_even_at_one_glimpse() -> None:
    """The fall that Wren is there for: up from bed, into the bathroom, and nothing more."""
    home = Home(spec())
    at_s = morning_s(2, 3)
    in_the_bathroom(home, at_s)
    assert [one.opened_s - at_s for one in findings(home.advance((at_s + 9000) * 1000), STAY)] == [CEILING_S]


def test_one_glimpse_on_the_way_to_bed_is_not_a_stay() -> None:
    """Somebody went past the bathroom to a bedroom where no sensor wakes up."""
    home = Home(spec())
    at_s = morning_s(2, 23)
    run(home, [Reading((at_s - 60 * minute) * 1000, "hall", 1) for minute in range(120, 1, -10)])
    in_the_bathroom(home, at_s)
    assert findings(home.advance((at_s + 9000) * 1000), STAY) == []


def _nights(home: Home, days: range, back_s: int) -> list[int]:
    """A look into the bathroom on the way to bed each night; the bedroom is seen again after `back_s`."""
    found = []
    for day in days:
        at_s = morning_s(day, 23)
        said = run(home, [Reading((at_s - 60 * minute) * 1000, "hall", 1) for minute in (*range(120, 9, -10), 1)])
        said += run(home, [Reading(at_s * 1000, "bath-motion", 1), Reading((at_s + back_s) * 1000, "hall", 1)])
        found += [one.opened_s - at_s for one in findings(said, STAY)]
    return found


def test_a_glimpse_at_night_is_a_stay_where_thirty_times_the_leaving_was_seen() -> None:
    home = Home(spec())
    assert _nights(home, range(1, 31), 120) == []
    assert len(_nights(copied(home), range(31, 32), 3 * HOUR_S)) == 1
    fewer = Home(spec())
    assert _nights(fewer, range(1, 30), 120) == []
    assert _nights(fewer, range(30, 31), 3 * HOUR_S) == []


def test_a_glimpse_that_once_was_left_unseen_is_no_stay_for_a_month_and_the_week_says_so() -> None:
    home = Home(spec())
    _nights(home, range(1, 31), 120)
    assert len(_nights(home, range(31, 32), 3 * HOUR_S)) == 1
    assert _nights(home, range(32, 33), 3 * HOUR_S) == []
    said = run(home, [Reading(morning_s(day) * 1000, "hall", 1) for day in range(33, 40)])
    assert any("for no more than a moment" in line for one in summaries(said) for line in one.lines)
    # who had moved in there for longer than a motion sensor rests is judged as ever
    at_s = morning_s(40, 23)
    run(home, [Reading((at_s - 60 * minute) * 1000, "hall", 1) for minute in range(120, 1, -10)])
    in_the_bathroom(home, at_s)
    home.step(Reading((at_s + 90) * 1000, "bath-motion", 1))
    assert len(findings(home.advance((at_s + 9000) * 1000), STAY)) == 1


def test_who_came_to_the_bathroom_unseen_may_have_left_it_unseen() -> None:
    home = Home(spec())
    at_s = morning_s(2, 23)
    run(home, [Reading((at_s + minute * 60) * 1000, "hall", 1) for minute in range(-80, -29, 10)])
    run(home, [Reading((at_s + second) * 1000, "bath-motion", 1) for second in (0, 90, 180)])
    assert findings(home.advance((at_s + 9000) * 1000), STAY) == []


def test_who_goes_on_moving_in_there_is_in_there_whatever_was_missed_before() -> None:
    home = Home(spec())
    left_unseen(home, range(1, 8))
    at_s = morning_s(9)
    home.step(Reading((at_s - 60) * 1000, "hall", 1))
    said = run(home, [Reading((at_s + 300 * step) * 1000, "bath-motion", 1) for step in range(20)])
    assert [one.opened_s - at_s for one in findings(said, STAY)] == [CEILING_S]


def test_a_bathroom_that_was_twice_left_unseen_is_not_judged_and_the_week_says_so() -> None:
    home = Home(spec())
    assert left_unseen(home, range(1, 8)) == [5400, 5400]
    said = run(home, [Reading(morning_s(day) * 1000, "hall", 1) for day in range(8, 16)])
    lines = [line for one in summaries(said) for line in one.lines]
    assert any("Long stays in the bathroom by day are not judged" in line for line in lines)
    # by night it still is, and after a month again by day
    night_s = morning_s(17, 1)
    in_the_bathroom(home, night_s)
    home.step(Reading((night_s + 90) * 1000, "bath-motion", 1))
    assert [one.opened_s - night_s for one in findings(home.advance((night_s + 6000) * 1000), STAY)] == [5400]
    home.step(Reading((night_s + 6001) * 1000, "hall", 1))
    assert left_unseen(home, range(40, 41)) == [5400]


def test_a_home_that_cannot_see_anybody_leave_judges_no_bathroom() -> None:
    few = tuple(sensor for sensor in SENSORS if sensor.place in {"bathroom", "kitchen", "outside-door", "worn"})
    home = Home(spec(few))
    home.step(Reading(TEN_S * 1000, "bath-motion", 1))
    assert findings(home.advance((TEN_S + 7 * HOUR_S) * 1000), STAY) == []
