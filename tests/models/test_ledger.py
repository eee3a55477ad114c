"""What could be heard, sensor by sensor and hour by hour; what the others alone would have shown."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from models.glances import Glances
from models.home import Home
from models.kinds import SensorKind
from models.ledger import Ledger, Sighting
from models.localtime import DAY_S, HOUR_S, SLOT_S, LocalTime
from models.vocabulary import SENSOR_LINK, Reading, Sensor
from tests.models.world import SENSORS, a_life, clock_step, copied, link, morning_s, run, spec, trained

UTC_TIME = LocalTime("UTC")
NINE_S = int(datetime(2025, 6, 2, 9, tzinfo=UTC).timestamp())
TAP, HALL = Sensor("tap", SensorKind.TAP, "kitchen"), Sensor("hall", SensorKind.MOTION, "hallway")
BATH = Sensor("bath", SensorKind.MOTION, "bathroom")
DOOR = Sensor("door", SensorKind.DOOR, "outside-door")


def _ledger() -> Ledger:
    return Ledger(["hall", "tap"], lambda: ())


def _hours(home: Home, sensor: str) -> str:
    (one,) = [one for one in home.portrait().sensors if one.sensor == sensor]
    return one.hours


@given(
    turns=st.lists(st.integers(60, 2 * DAY_S), min_size=1, max_size=200),
    window=st.tuples(st.integers(0, 9 * DAY_S), st.integers(0, DAY_S)),
)
def test_what_was_unheard_is_never_forgotten_within_two_weeks_nor_more_than_the_time_there_was(
    turns: list[int], window: tuple[int, int]
) -> None:
    ledger, at_s, lost_s, truth = _ledger(), NINE_S, None, list[tuple[int, int]]()
    for gap_s in turns:
        at_s += gap_s
        if lost_s is None:
            ledger.relink({"hall": at_s}, at_s)
            lost_s = at_s
        else:
            ledger.relink({}, at_s)
            truth.append((lost_s, at_s))
            lost_s = None
    truth += [] if lost_s is None else [(lost_s, at_s)]
    start_s, end_s = at_s - window[0] - window[1], at_s - window[0]
    expected = sum(max(0, min(end, end_s) - max(start, start_s)) for start, end in truth)
    said = ledger.unheard_s("hall", start_s, end_s)
    assert expected <= said <= end_s - start_s
    if len(truth) <= 64:
        assert said == expected
    assert ledger.unheard_s("tap", start_s, end_s) == 0
    other = _ledger()
    other.restore(ledger.state())
    assert other.state() == ledger.state()


def test_the_hours_of_a_sensor_tell_lost_links_and_the_gateways_own_blindness() -> None:
    home = trained(5)
    nine_s = morning_s(5, 9)
    home.advance(nine_s * 1000)
    home.step(Reading((nine_s + 1800) * 1000, f"{SENSOR_LINK}tap", 0.0))
    home.step(Reading((nine_s + 2 * HOUR_S) * 1000, f"{SENSOR_LINK}tap", 1.0))
    home.step(link((nine_s + 3 * HOUR_S) * 1000, up=False))
    home.step(link((nine_s + 4 * HOUR_S) * 1000, up=True))
    home.advance((nine_s + 5 * HOUR_S) * 1000 - 1)
    for one in (home, copied(home)):
        assert _hours(one, "tap")[-5:] == "pbsbs"
        assert _hours(one, "hall")[-5:] == "sssbs"
        assert _hours(one, "pulse")[-5:] == "sssbs"


def test_before_the_first_reading_nothing_was_seen() -> None:
    home = Home(spec())
    home.step(Reading(morning_s(0) * 1000, "hall", 1))
    assert set(_hours(home, "hall")[:-1]) == {"b"}


def test_a_sensor_that_died_without_a_word_is_blind_from_its_last_word_on() -> None:
    """Nothing is known of a wire: only that others go on while it is silent (`models.health`)."""
    home = trained(20)
    died_s = morning_s(20, 10)
    life = [one for one in a_life(24) if one.at_ms > home.now_ms]
    run(home, [one for one in life if one.at_ms < died_s * 1000])
    last_s = max(one.at_ms for one in life if one.sensor == "hall" and one.at_ms < died_s * 1000) // 1000
    run(home, [one for one in life if one.at_ms >= died_s * 1000 and one.sensor != "hall"])
    hours = _hours(home, "hall")
    seven_days_s = home.portrait().sensors[0].from_s
    since = (last_s - seven_days_s) // HOUR_S
    assert set(hours[:since]) == {"s"}
    assert set(hours[since + 1 :]) == {"b"}
    assert "hall, since 09:50 on Sunday" in home.portrait().streams[0].coverage


def test_what_is_blind_stays_as_long_ago_when_the_clock_is_set() -> None:
    home = trained(5)
    home.advance(morning_s(5, 9) * 1000)
    home.step(Reading(home.now_ms, f"{SENSOR_LINK}tap", 0.0))
    home.advance(home.now_ms + 5 * HOUR_S * 1000)
    home.step(clock_step(home, 40.0 * DAY_S))
    assert _hours(home, "tap")[-4:] == "bbbb"
    (lost_s,) = [one.lost_s for one in home.portrait().sensors if one.sensor == "tap"]
    assert lost_s == home.now_ms // 1000 - 5 * HOUR_S


def test_an_hour_is_seen_partly_or_blind_by_ten_minutes() -> None:
    ledger = _ledger()
    ledger.relink({"tap": NINE_S + 3001}, NINE_S + 3001)
    ledger.relink({}, NINE_S + HOUR_S + 3001)
    assert ledger.hours("tap", NINE_S, [0, 0, 0]) == (Sighting.SEEN, Sighting.BLIND, Sighting.SEEN)
    assert ledger.hours("tap", NINE_S, [600, 0, 0])[0] is Sighting.PARTLY


def test_the_silence_that_goes_on_does_not_put_off_its_own_alert() -> None:
    glances = Glances(UTC_TIME, [TAP, HALL])
    for hour in range(24 * 5):
        glances.see(HALL, NINE_S + hour * HOUR_S)
    longest_s = glances.longest_s({"hall"}, [])
    assert longest_s == HOUR_S + SLOT_S
    glances.see(TAP, NINE_S + (24 * 5 + 6) * HOUR_S)
    assert glances.longest_s({"hall"}, []) == longest_s
    glances.see(HALL, NINE_S + (24 * 5 + 6) * HOUR_S)
    assert glances.longest_s({"hall"}, []) > longest_s


def test_a_silence_that_was_told_is_not_what_the_others_ordinarily_are() -> None:
    glances = Glances(UTC_TIME, [TAP, HALL])
    for hour in range(24 * 5):
        glances.see(HALL, NINE_S + hour * HOUR_S)
    glances.see(HALL, NINE_S + 7 * DAY_S)
    assert glances.longest_s({"hall"}, []) == HOUR_S + SLOT_S


def test_what_an_outside_door_explains_or_nobody_could_see_is_no_silence() -> None:
    glances = Glances(UTC_TIME, [TAP, DOOR])
    for day in range(4):
        for hour in range(13):
            glances.see(TAP, NINE_S + day * DAY_S + hour * HOUR_S // 2)
        glances.see(DOOR, NINE_S + day * DAY_S + 7 * HOUR_S)
        glances.see(TAP, NINE_S + day * DAY_S + 12 * HOUR_S)
    assert glances.longest_s({"tap", "door"}, []) == glances.longest_s({"tap", "door"}, [(0, 1)])
    assert glances.longest_s({"tap"}, []) > 5 * HOUR_S > glances.longest_s({"tap", "door"}, [])
    hidden = [(NINE_S + day * DAY_S + 7 * HOUR_S, NINE_S + day * DAY_S + 11 * HOUR_S) for day in range(4)]
    assert glances.longest_s({"tap"}, hidden) < 5 * HOUR_S


def test_how_soon_somebody_is_seen_elsewhere_after_the_bathroom_depends_on_what_remains() -> None:
    glances = Glances(UTC_TIME, [BATH, HALL, TAP])
    for day in range(5):
        for visit in range(4):
            at_s = NINE_S + day * DAY_S + visit * 3 * HOUR_S
            glances.see(BATH, at_s)
            glances.see(HALL, at_s + 300)
            glances.see(TAP, at_s + 2 * HOUR_S)
    assert glances.after_bathroom_s({"hall", "tap"}, [], waking=True) <= 2 * SLOT_S
    assert 2 * HOUR_S <= glances.after_bathroom_s({"tap"}, [], waking=True) <= 3 * HOUR_S


@given(
    rows=st.lists(st.tuples(st.integers(0, 9000), st.sampled_from([TAP, HALL, BATH, DOOR])), max_size=300),
    by_s=st.integers(-DAY_S, DAY_S),
)
def test_glances_come_back_from_their_state_and_keep_their_distance(rows: list[tuple[int, Sensor]], by_s: int) -> None:
    sensors = [TAP, HALL, BATH, DOOR]
    glances, at_s = Glances(UTC_TIME, sensors), NINE_S
    for gap_s, sensor in rows:
        at_s += gap_s
        glances.see(sensor, at_s)
    other, fewer = Glances(UTC_TIME, sensors), Glances(UTC_TIME, [HALL, BATH])
    other.restore(glances.state())
    fewer.restore(glances.state())
    for chosen in ({"tap"}, {"hall", "bath"}, {"door", "tap", "hall"}):
        assert other.longest_s(chosen, []) == glances.longest_s(chosen, [])
        assert other.sees_up(chosen, []) == glances.sees_up(chosen, [])
    assert fewer.longest_s({"hall", "bath"}, []) == glances.longest_s({"hall", "bath"}, [])
    assert fewer.after_bathroom_s({"hall"}, [], waking=True) == glances.after_bathroom_s({"hall"}, [], waking=True)
    glances.shift(by_s)
    glances.see(TAP, at_s + by_s)
    assert other.from_s + by_s == glances.from_s or not rows


def test_every_sensor_of_a_home_has_its_row() -> None:
    assert [one.sensor for one in trained(5).portrait().sensors] == sorted(one.id for one in SENSORS)
