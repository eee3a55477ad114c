"""A watcher's picture, from whatever the daemon shows in whatever order, at whatever size."""

from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.config.reading import parse
from gateway.live.forms import Begin, Heard, Line, Missed, Seen, Told
from gateway.pictures.watch import screen
from gateway.watch import saying
from gateway.watch.facts import Facts, today
from gateway.watch.moment import Now
from gateway.watch.view import FRESH_S, MOST_EVENTS, View
from models.vocabulary import RADIO, SENSOR_LINK
from tests.cli.house import TOML

LONDON = ZoneInfo("Europe/London")
SENSORS = parse(TOML).sensors
FACTS = Facts(None, "it cannot be read", "not known yet", "not known yet")

names = st.sampled_from(["kitchen-tap", "strap", "not-in-the-file"])
times = st.floats(-1e6, 1e6)
lines: st.SearchStrategy[Line] = st.one_of(
    st.builds(Begin, st.just("0.1.0"), st.just("h-0001"), times, times),
    st.builds(
        Seen, st.one_of(names, names.map(SENSOR_LINK.__add__), st.sampled_from([RADIO, "@away/r1"])), times, times
    ),
    st.builds(Heard, st.lists(names, max_size=3).map(tuple), st.integers(-127, 20), times),
    st.builds(Told, st.just("r1"), st.just("inactivity"), st.just("raised"), times),
    st.builds(Missed, st.integers(1, 999)),
)


def text(view: View, now_s: float, *, width: int = 80, height: int = 24) -> list[str]:
    now = Now(now_s, 1_795_183_320.0, LONDON)
    return [one.plain for one in screen("h-0001", view, FACTS, now, panel=True, width=width, height=height)]


@given(st.lists(lines, max_size=60), st.integers(8, 60), st.integers(60, 200))
def test_whatever_is_shown_it_counts_right_and_fits(shown: list[Line], height: int, width: int) -> None:
    view = View(SENSORS)
    events = [view.take(line, float(number)) for number, line in enumerate(shown)]
    now_s = float(len(shown))
    seen = Counter(line.sensor for line in shown if isinstance(line, Seen) and line.value)
    for name, row in view.rows.items():
        assert row.times == seen[name]
        newest = [line.value for line in shown if isinstance(line, Seen) and line.sensor == name]
        assert row.value == (newest[-1] if newest else None)
        links = [
            bool(line.value) or not line.sensor.startswith("@")
            for line in shown
            if isinstance(line, Seen) and line.sensor in (name, SENSOR_LINK + name)
        ]
        assert row.is_lost == (bool(links) and not links[-1])
        assert row.last_s() is None or row.last_s() <= now_s  # type: ignore[operator]
    assert view.missed == sum(line.lines for line in shown if isinstance(line, Missed))
    assert all(event is None or event.at_s <= now_s for event in events)
    page = text(view, now_s, width=width, height=height)
    assert len(page) == height
    assert max(map(len, page)) <= width


def test_ages_hold_over_a_daemon_with_another_clock() -> None:
    view = View(SENSORS)
    view.take(Begin("0.1.0", "h-0001", 5_000.0, 0.0), 100.0)
    view.take(Seen("kitchen-tap", 1.0, 5_003.0), 104.0)
    assert view.rows["kitchen-tap"].seen_s == 103.0
    assert view.lost(110.0) is not None
    assert view.lost(111.0) is None, "it is said once"
    view.take(Begin("0.2.0", "h-0001", 2.0, 0.0), 120.0)  # the machine was started again
    view.take(Seen("kitchen-tap", 0.0, 3.0), 121.5)
    assert (view.rows["kitchen-tap"].seen_s, view.gone_s, view.version) == (121.0, None, "0.2.0")


def test_a_radio_that_changes_a_little_is_no_event() -> None:
    view = View(SENSORS)
    told = [view.take(Heard(("strap",), dbm, 1.0), 1.0) is not None for dbm in (-70, -72, -66, -80, -79, -60)]
    assert told == [True, False, False, True, False, True]
    assert view.rows["strap"].rssi_dbm == -60


def test_what_is_new_stands_out_and_no_longer() -> None:
    view = View(SENSORS)
    view.take(Seen("kitchen-tap", 1.0, 10.0), 10.0)
    for now_s, fresh in ((10.0 + FRESH_S / 2, True), (10.0 + FRESH_S, False)):
        page = screen("h-0001", view, FACTS, Now(now_s, 0.0, LONDON), panel=True, width=80, height=24)
        row = next(line for line in page if line.plain.startswith("kitchen-tap"))
        assert any("reverse" in str(span.style) for span in row.spans) == fresh


@pytest.mark.parametrize("height", [24, 60])
def test_a_large_home_fits(height: int) -> None:
    sensors = "".join(f'[[sensors]]\nid = "motion-{n}"\nkind = "motion"\nplace = "room-{n}"\n' for n in range(40))
    view = View(parse(f'[home]\nid = "h"\ntimezone = "UTC"\n[[residents]]\nid = "r1"\n{sensors}').sensors)
    view.take(Seen("motion-37", 1.0, 1.0), 1.0)
    page = text(view, 2.0, height=height)
    assert len(page) == height
    assert any(line.startswith("motion-37 ") for line in page)
    shown = len([line for line in page if line.startswith("motion-")])
    assert any(f"and {40 - shown} more" in line for line in page) == (shown < 40)
    assert (shown == 40) == (height == 60)


def test_old_events_go() -> None:
    view = View(SENSORS)
    for number in range(3 * MOST_EVENTS):
        view.take(Seen("kitchen-tap", 1.0, float(number)), float(number))
    assert len(view.events) == MOST_EVENTS
    assert "kitchen-tap: on" in text(view, 3.0 * MOST_EVENTS)[-1]


def test_troubles_say_so() -> None:
    view = View(SENSORS)
    for line in (Seen(SENSOR_LINK + "strap", 0.0, 1.0), Seen(RADIO, 0.0, 1.0), Missed(7)):
        event = view.take(line, 1.0)
        assert event is not None
        assert saying.is_trouble(event)
    page = "\n".join(text(view, 2.0))
    assert "link lost" in page
    assert "nothing can be heard by radio" in page


def test_today_ends_at_midnight_by_the_homes_clock() -> None:
    in_new_york = ZoneInfo("America/New_York")
    midnight_s = 1_793_505_600  # 2026-11-01 in New York: a day of 25 hours
    hours = "b" * 3 + "s" * 25 + "p" * 3
    assert today(hours, midnight_s - 3 * 3600, midnight_s + 24 * 3600 + 1800, in_new_york) == "s" * 25
    assert today("", 0, midnight_s, in_new_york) == ""
