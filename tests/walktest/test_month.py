"""The month held against the certificate: with a clock that is moved by hand, over months."""

import io
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from gateway.clock import ManualClock
from gateway.config.places import places_of
from gateway.inbox import Edge
from gateway.log import open_log
from gateway.walktest import counts
from gateway.walktest.month import Month, of_home
from gateway.walktest.standing import Standing, drifted_since
from models.home import Home
from models.kinds import AlertKind
from models.localtime import DAY_S
from models.vocabulary import Change, Finding, Reading, Said, Update
from tests.walktest.test_certificate import config, issued
from tests.walktest.test_turns import AIR, BUTTON, DOOR

START_S = 1_795_349_836
CELL = AIR.replace('"shed"\nkind = "door"', '"cell"\nkind = "battery"')


class Life:
    """A home that is lived in from day to day, and what its month says."""

    def __init__(self, folder: Path, sensors: str = DOOR + AIR + BUTTON) -> None:
        self.clock = ManualClock(START_S)
        self.config = config(folder, sensors)
        self.certificate = issued(self.config)
        self.said: list[tuple[int, str, float]] = []
        self.begin()

    def begin(self) -> None:
        """As after a restart of the daemon."""
        log = open_log(io.StringIO(), utc_s=self.clock.utc_s, component="daemon")
        found: tuple[Standing, Month] = of_home(self.config, self.clock, log)
        self.standing, self.month = found
        self.month.look(self._sink)

    def _sink(self, edge: Edge) -> None:
        self.said.append((self.day, edge.sensor, edge.value))
        if edge.kept is not None:
            edge.kept()

    @property
    def day(self) -> int:
        return int(self.clock.utc_s() - START_S) // DAY_S

    def days(self, many: int, *, door: int = 6, bounces_ms: int = 4, dbm: int = -62, adverts: int = 20) -> None:
        for _ in range(many):
            for _ in range(door):
                self._edge("front", 1.0)
                self.clock.move_s(bounces_ms / 1000)
                self._edge("front", 0.0)
                self._edge("front", 1.0)
                self.clock.move_s(600)
                self._edge("front", 0.0)
                self.clock.move_s(600)
            for _ in range(adverts):
                self.month.heard(("shed", "cell"), dbm)
            if adverts:
                self._edge("shed", 1.0)
            self.clock.move_s(DAY_S - door * 1200 - door * bounces_ms / 1000)
            self.month.look(self._sink)

    def _edge(self, sensor: str, value: float) -> None:
        self.month.saw(Edge(self.clock.monotonic_s(), sensor, value))

    def names(self) -> list[str]:
        return [name.removeprefix("@walk/") for _, name, value in self.said if value]


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return Life(tmp_path)


def test_a_home_that_is_as_it_was_says_nothing_for_five_months(life: Life) -> None:
    life.days(150)
    assert life.said == []
    assert life.standing.said() == ("passed", False)


def test_a_radio_that_falls_is_said_after_the_month_and_ends_when_it_is_mended(life: Life) -> None:
    life.days(20)
    life.days(11, dbm=-75)
    assert life.said == [(30, "@walk/weak/shed", 13.0)]
    assert life.standing.state() == "drifted"
    life.days(8)
    assert life.said[-1][1:] == ("@walk/weak/shed", 0.0)
    assert life.said[-1][0] <= 36
    assert life.standing.state() == "passed"
    life.days(60)
    assert len(life.said) == 2


def test_too_little_margin_is_said_before_a_fall(life: Life) -> None:
    life.days(31, dbm=-84)
    assert life.names() == ["margin/shed"]


def test_a_sensor_that_was_not_heard_in_a_month_is_said_and_once_it_is_heard_it_is_over(life: Life) -> None:
    life.days(31, adverts=0)
    assert life.names() == ["unseen/shed"]
    life.days(1)
    assert life.said[-1][1:] == ("@walk/unseen/shed", 0.0)


def test_in_a_home_that_stood_empty_no_sensor_is_to_blame(life: Life) -> None:
    life.days(40, door=0, adverts=0)
    assert life.said == []


def test_a_contact_that_bounces_longer_than_its_debounce_is_said(life: Life) -> None:
    life.days(24)
    life.days(7, bounces_ms=70)
    assert life.names() == ["bounce/front"]
    assert life.said[0][2] == 70.0


def test_a_help_button_is_due_for_a_test_press_twice_a_year(life: Life) -> None:
    life.days(209)
    assert life.names() == []
    life.days(1)
    assert life.said == [(210, "@walk/press/help", 210.0)], "the first look after half a year"
    life._edge("help", 1.0)
    life.days(1)
    assert life.said[-1] == (211, "@walk/press/help", 0.0)


def test_of_a_device_with_a_low_battery_the_batterys_own_message_speaks(tmp_path: Path) -> None:
    life = Life(tmp_path, DOOR + AIR + CELL + BUTTON)
    life._edge("cell", 12.0)
    life.days(31, dbm=-84)
    assert life.names() == []


def test_while_the_clock_is_not_set_nothing_is_looked_at(life: Life) -> None:
    life.clock.is_synchronised = False
    life.days(40, dbm=-84)
    assert life.said == []
    life.clock.is_synchronised = True
    life.days(1, dbm=-84)
    assert life.names() == ["margin/shed"]


def test_a_restart_on_any_day_changes_nothing(tmp_path: Path) -> None:
    whole, cut = Life(tmp_path / "whole"), Life(tmp_path / "cut")
    for day in range(45):
        for life in (whole, cut):
            life.days(1, dbm=-62 if day < 20 else -75)
        cut.month._keep()  # as when it is cancelled
        cut.begin()
    assert cut.said == whole.said
    assert whole.said


def test_a_new_walk_ends_what_was_said_and_asks_for_what_had_drifted(life: Life) -> None:
    life.days(31, dbm=-84)
    assert drifted_since(places_of(life.config), life.certificate) == {"shed"}
    life.certificate = msgspec.structs.replace(life.certificate, issued_at="2027-01-01T00:00:00Z")
    life.standing._certificate = life.certificate
    life.days(1, dbm=-62)
    assert life.said[-1][1:] == ("@walk/margin/shed", 0.0)
    assert drifted_since(places_of(life.config), life.certificate) == frozenset()


def test_without_a_certificate_nothing_is_held_against_anything(tmp_path: Path) -> None:
    life = Life(tmp_path)
    places_of(life.config).walk_certificate.unlink()
    life.begin()
    life.days(40, dbm=-84)
    assert life.said == []


def test_no_moment_is_in_what_is_kept(life: Life) -> None:
    life.days(40)
    kept = counts.read(places_of(life.config).walk_month)
    assert len(kept.days) <= counts.KEPT_DAYS
    text = msgspec.json.encode(kept)
    assert len(text) < 16_000
    assert str(START_S)[:6].encode() not in text.replace(b"issued_at", b"")


def test_the_home_tells_the_technician_once(life: Life) -> None:
    home = Home(replace(life.config.spec(live=True), alerts=frozenset(AlertKind)))
    said: list[Said] = []
    home.advance(START_S * 1000)
    at = 0
    for _ in range(50):
        life.days(1, dbm=-62 if life.day < 20 or life.day > 38 else -75)
        for day, name, value in life.said[at:]:
            said += home.step(Reading((START_S + day * DAY_S) * 1000, name, value))
        at = len(life.said)
        said += home.advance((START_S + life.day * DAY_S + 60) * 1000)
    of_it = [one for one in said if isinstance(one, Finding | Update) and one.kind is AlertKind.WALK_TEST_DRIFT]
    assert [type(one) for one in of_it] == [Finding, Update]
    assert isinstance(of_it[1], Update)
    assert of_it[1].change is Change.RESOLVED


def test_a_clock_that_was_not_set_at_the_start_makes_no_button_old(tmp_path: Path) -> None:
    """A gateway without a battery for its clock begins years ago; its counts were lost, too."""
    life = Life(tmp_path)
    life.clock.move_s(40 * DAY_S)
    places_of(life.config).walk_month.unlink(missing_ok=True)
    life.clock.step_s(-2_000 * DAY_S)
    life.clock.is_synchronised = False
    life.begin()
    life._edge("help", 1.0)
    life.days(1)
    life.clock.step_s(2_000 * DAY_S)
    life.clock.is_synchronised = True
    life.days(40)
    assert life.said == []


def test_a_clock_that_was_ahead_for_an_hour_does_not_end_the_looking(life: Life) -> None:
    life.days(25, adverts=0)
    life.clock.step_s(400 * DAY_S)
    for is_set in (False, True):
        life.clock.is_synchronised = is_set
        life.month.look(life._sink)
        life.month._keep()
    life.clock.step_s(-400 * DAY_S)
    life.said.clear()
    life.days(6, adverts=0)
    life.days(30)
    assert [name for name in life.names() if name != "unseen/shed"] == []
    life.days(31, dbm=-84)
    assert "margin/shed" in life.names(), "it goes on being looked at"


def test_what_is_told_is_looked_at_once_a_day_and_changes_no_more_often(life: Life) -> None:
    life.days(20)
    life.days(11, dbm=-75)
    life.said.clear()
    life.clock.move_s(DAY_S)
    for minute in range(600):
        for _ in range(40):
            life.month.heard(("shed",), -74 - minute % 9)
        life.clock.move_s(60)
        life.month.look(life._sink)
    assert len(life.said) <= 1


def test_a_device_in_the_place_of_another_is_not_held_against_what_was_walked(tmp_path: Path) -> None:
    life = Life(tmp_path)
    life.config = config(tmp_path, DOOR + AIR.replace("00:01", "00:09") + BUTTON)
    life.begin()
    life.days(40, dbm=-75)
    assert life.standing.state() == "other_config"
    assert life.names() == []


def test_a_cut_while_the_month_is_told_tells_it_once_and_ends_it(life: Life) -> None:
    """The journal has it, the file of counts has not: the power went in between."""
    life.days(20)
    life.days(10, dbm=-75)
    life.month._keep()
    before = places_of(life.config).walk_month.read_bytes()
    life.days(1, dbm=-75)
    places_of(life.config).walk_month.write_bytes(before)
    life.begin()
    assert {one[1:] for one in life.said} == {("@walk/weak/shed", 13.0)}
    life.days(9)
    assert life.said[-1][1:] == ("@walk/weak/shed", 0.0)


def test_a_radio_that_is_a_little_better_and_still_weak_is_not_said_to_be_mended(life: Life) -> None:
    life.days(31, dbm=-84)
    life.days(9, dbm=-80)
    assert [one[1:] for one in life.said] == [
        ("@walk/margin/shed", -84.0), ("@walk/weak/shed", 18.0), ("@walk/margin/shed", 0.0),
    ]  # fmt: skip
    assert life.standing.state() == "drifted"
