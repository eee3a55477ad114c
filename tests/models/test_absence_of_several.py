"""One of several away, or all of them."""

from models.kinds import AlertKind
from models.localtime import DAY_S, HOUR_S
from models.told import Telling
from models.vocabulary import Reading
from tests.models.absences import day_lines, shared, tell
from tests.models.world import (
    a_life,
    findings,
    run,
)


def test_one_of_two_away_does_not_silence_the_household() -> None:
    home = shared()
    at_s = home.now_ms // 1000 + HOUR_S
    before = home.silence_deadlines_s()["household"]
    home.step(tell(Telling.AWAY, at_s + 5 * DAY_S, at_s))
    assert home.silence_deadlines_s()["household"] == before is not None
    said = home.advance((at_s + DAY_S) * 1000)
    assert findings(said, AlertKind.INACTIVITY) != []
    assert any("r1 is said to be away: the household is watched as ever" in text for text in day_lines(said))


def test_while_one_of_two_is_away_the_household_is_neither_judged_by_days_nor_learnt() -> None:
    home = shared()
    at_s = home.now_ms // 1000 + HOUR_S
    home.step(tell(Telling.AWAY, at_s + 5 * DAY_S, at_s))
    before = home.state()["streams"]["household"]["habits"]["tallies"]
    run(home, [one for one in a_life(15) if one.at_ms > home.now_ms and one.sensor not in ("steps", "pulse")])
    after = home.state()["streams"]["household"]
    assert after["habits"]["tallies"] == before
    days = [sign["recents"][-1]["past"] for sign in after["trends"]["signs"].values()]
    assert days
    assert {count for past in days for count, _ in past[-2:]} == {None}


def test_all_away_does() -> None:
    home = shared()
    at_s = home.now_ms // 1000 + HOUR_S
    home.step(tell(Telling.AWAY, at_s + 5 * DAY_S, at_s))
    home.step(tell(Telling.HOSPITAL, 1, at_s + 60, "r2"))
    assert set(home.silence_deadlines_s().values()) == {None}
    assert findings(home.advance((at_s + 5 * DAY_S) * 1000 - 1)) == []
    # the first of them is home again
    run(home, [Reading((at_s + 5 * DAY_S + 600) * 1000, "hall", 1)])
    assert home.silence_deadlines_s()["household"] is not None


def test_the_household_can_be_told_of_as_one() -> None:
    home = shared()
    at_s = home.now_ms // 1000 + HOUR_S
    home.step(tell(Telling.AWAY, at_s + 5 * DAY_S, at_s, "household"))
    assert set(home.silence_deadlines_s().values()) == {None}


def test_who_does_not_live_here_changes_nothing() -> None:
    home = shared()
    at_s = home.now_ms // 1000 + HOUR_S
    before = home.silence_deadlines_s()
    for what in (Telling.AWAY, Telling.HOSPITAL, Telling.ALONE):
        home.step(tell(what, at_s + DAY_S, at_s, "nobody"))
    assert home.silence_deadlines_s() == before
