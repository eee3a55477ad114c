"""The panel through the real daemon: presses on mock pins go in, light comes out, nothing waits for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest
from gpiozero import DigitalOutputDevice
from gpiozero.pins.mock import MockFactory, MockPin

from gateway.clock import ManualClock
from gateway.config.places import places_of
from gateway.daemon import Daemon
from gateway.devices import panels_of
from gateway.panel.facts import read
from gateway.store.outbox_reader import OutboxReader
from gateway.systemd import Notifier
from gateway.uplink import wire
from gateway.uplink.book import Book
from models.home import Home
from models.kinds import AlertKind
from models.panel_light import Light
from models.told import Outcome, Telling, Told
from models.vocabulary import Change

from .ground import START_S, Gateway, home_toml

LAMP, OK, PAUSE, BUZZER = 5, 6, 13, 19
PANEL = f"""
[[panels]]
resident = "r1"
light_pin = {LAMP}
ok_pin = {OK}
pause_pin = {PAUSE}
sound_pin = {BUZZER}
"""


class House(Gateway):
    """A gateway with a panel on mock pins."""

    def __init__(self, folder: Path, clock: ManualClock, *, more: str = PANEL) -> None:
        super().__init__(folder, clock, toml=home_toml(folder, more=more))
        self.pins = MockFactory()
        (self.panel,) = panels_of(self.config, clock, self.log, self.pins)
        self.daemon = Daemon(
            self.config, clock, self.log, Notifier({}, pid=0), [self.hand], said=self.said.append, panels=[self.panel]
        )

    def pin(self, number: int) -> MockPin:
        return self.pins.pin(number)

    async def breathe(self, seconds: float = 0.0) -> None:
        """Let time pass in steps that a panel wakes up for, and everything that follows happen."""
        while seconds > 0:
            self.clock.move_s(min(seconds, 0.1))
            seconds -= 0.1
            await self._turn()
        await self._turn()
        await self.settle()

    async def _turn(self) -> None:
        for _ in range(8):
            await asyncio.sleep(0)

    async def shows(self, light: Light) -> None:
        """Wait until the lamp says `light`; threads may have to look first."""
        await self.until(lambda: self.panel.shows is light, step_s=0.5)

    def light(self) -> Light:
        """What the lamp says."""
        return self.panel.shows

    async def press(self, number: int, *, held_s: float = 0.2) -> None:
        self.pin(number).drive_low()
        self.clock.move_s(held_s)
        self.pin(number).drive_high()
        await self.breathe()

    async def rhythm(self, seconds: float = 4.0) -> str:
        """The lamp, ten times a second: ``#`` on, ``.`` off."""
        seen = ""
        for _ in range(round(seconds * 10)):
            seen += "#" if self.pin(LAMP).state else "."
            await self.breathe(0.1)
        return seen

    async def beeps(self, seconds: float) -> int:
        """In how many tenths of a second the buzzer sounds."""
        count = 0
        for _ in range(round(seconds * 10)):
            count += bool(self.pin(BUZZER).state)
            await self.breathe(0.1)
        return count


@asynccontextmanager
async def house(folder: Path, **more: str) -> AsyncIterator[House]:
    async with House(folder, ManualClock(START_S), **more) as found:
        await found.feel("hall")
        await found.shows(Light.LEARNING)
        yield found


def names(found: House) -> list[tuple[str, float]]:
    return [(one.sensor, one.value) for one in found.durable() if one.sensor.startswith("@")]


def written(found: House) -> dict[str, str]:
    """What `wren panel` finds."""
    shown = read(places_of(found.config).panel)
    return {} if shown is None else shown.lights


async def test_it_shows_that_it_learns_and_goes_dark_at_the_end(tmp_path: Path) -> None:
    async with house(tmp_path) as found:
        seen = await found.rhythm(8.0)
        assert 8 <= seen.count(".") <= 12
        assert "#" * 30 in seen
        assert found.pin(BUZZER).state == 0
        lamp = found.pin(LAMP)
        await found.until(lambda: read(places_of(found.config).panel) is not None, step_s=0.5)
        assert written(found) == {"r1": "learning"}  # and never dark, though it was when the home was first watched
    assert found.light() is Light.DARK
    assert written(found) == {"r1": "dark"}
    assert lamp.state == 0
    assert ("@panel/r1", 1.0) in names(found)


async def test_it_asks_before_a_silence_and_an_answer_puts_the_alert_off(tmp_path: Path) -> None:
    async with house(tmp_path) as found:
        home = found.pipeline.home
        await found.wait(8 * 3600 - 601)
        assert found.light() is Light.LEARNING
        await found.breathe(12)
        assert found.light() is Light.ASKING
        assert home.panels.asking() == {"r1"}
        assert "#####....." in await found.rhythm()
        await found.breathe(125)
        assert await found.beeps(11)
        await found.press(OK)
        assert found.light() is Light.HEARD
        assert home.panels.asking() == frozenset()
        await found.breathe(4)
        assert found.light() is Light.LEARNING
        await found.wait(8 * 3600)
        (alert,) = [one for one in found.alerts() if one.kind is AlertKind.INACTIVITY]
        assert alert.raised_at == "2025-03-03T16:30:00Z"
        assert '"I\'m OK" was pressed at' in alert.observed
        assert "Asked at the panel from 16:20; no answer." in alert.observed
    assert ("@ok/r1", 1.0) in names(found)
    again = Home(found.config.spec(live=False))
    said = [one for reading in found.durable() for one in again.step(reading)]
    said += again.advance(found.pipeline.home.now_ms)
    assert said == found.said  # the journal alone asks and answers the same


async def test_a_press_is_news_of_an_open_alert(tmp_path: Path) -> None:
    async with house(tmp_path) as found:
        await found.wait(8 * 3600 + 60)
        await found.press(OK)
        await found.wait(60)
        updates = [wire.decode(one.body) for one in found.kept()]
        (news,) = [one for one in updates if isinstance(one, wire.AlertUpdate)]
        assert news.change is Change.ANSWERED


@pytest.mark.parametrize(("held_s", "count"), [(0.01, 0), (0.2, 1), (60.0, 0)])
async def test_a_press_is_neither_a_bounce_nor_a_stuck_wire(tmp_path: Path, held_s: float, count: int) -> None:
    async with house(tmp_path) as found:
        await found.press(OK, held_s=held_s)
        await found.wait(61)
    assert [name for name, _ in names(found)].count("@ok/r1") == count


async def test_a_loose_wire_answers_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as found:
        for _ in range(40):
            await found.press(OK)
            await found.breathe(2.2)
        told = found.log.events().count("panel_button_chatters")
        assert 1 <= told <= 6  # of thirty and more: a card is not for that
        await found.wait(61)
    assert [name for name, _ in names(found)].count("@ok/r1") <= 7


async def test_pause_is_shown_sent_and_taken_back(tmp_path: Path) -> None:
    async with house(tmp_path) as found:
        await found.press(PAUSE)
        assert found.pipeline.home.panels.paused() == {"r1"}
        await found.breathe(5)
        assert found.light() is Light.PAUSED
        await found.wait(15 * 60)
        await found.until(lambda: "paused" in _statuses(found), step_s=0.5)
        await found.press(PAUSE)
        await found.breathe(5)
        assert found.pipeline.home.panels.paused() == frozenset()
        assert found.light() is Light.LEARNING
        await found.press(PAUSE)
        await found.wait(4 * 3600)
        await found.breathe(5)
        assert found.light() is Light.LEARNING


def _statuses(found: House) -> list[str]:
    with OutboxReader(places_of(found.config).outbox_db) as outbox:
        beats = [wire.decode(one.body) for one in outbox.statuses()]
    return ["paused" for one in beats if isinstance(one, wire.Status) and one.paused]


async def test_a_press_for_help_is_acknowledged_at_once_and_shown_when_no_person_answers(tmp_path: Path) -> None:
    async with house(tmp_path) as found:
        await found.feel("button")
        await found.breathe(0.1)
        assert found.light() is Light.HEARD
        await found.breathe(4)
        assert found.light() is Light.LEARNING
        await found.wait(9 * 60)
        await found.breathe(16)
        assert found.light() is Light.LEARNING
        await found.wait(60)
        await found.shows(Light.NOT_ANSWERED)
        assert "####....####" in await found.rhythm(8.0)
        (alert,) = found.alerts()
        places = places_of(found.config)
        places.uplink.mkdir(exist_ok=True)
        with Book(places.uplink_db, utc_s=found.clock.utc_s, log=found.log) as book:
            book.delivered(alert.id, "alert", sha256="0" * 64, attempts=1)
        await found.breathe(40)
        assert found.light() is Light.NOT_ANSWERED  # a receipt is from a machine
        await found.press(OK)
        await found.breathe(5)
        assert found.light() is Light.NOT_ANSWERED  # and whoever presses answers for themselves
        opened_s = int(datetime.fromisoformat(alert.raised_at).timestamp())
        await found.feel(Told(Telling.ACK, "r1", AlertKind.HELP_BUTTON, opened_s + 1).name())
        await found.breathe(20)
        assert found.light() is Light.NOT_ANSWERED  # that was another one
        await found.feel(Told(Telling.ACK, "r1", AlertKind.HELP_BUTTON, opened_s).name())
        await found.shows(Light.LEARNING)


async def test_an_outcome_that_was_told_ends_not_answered(tmp_path: Path) -> None:
    async with house(tmp_path) as found:
        await found.feel("button")
        await found.wait(11 * 60)
        await found.shows(Light.NOT_ANSWERED)
        await found.feel(Told(Telling.OUTCOME, "r1", AlertKind.HELP_BUTTON).name(), Outcome.USEFUL)
        await found.shows(Light.LEARNING)


async def test_what_the_sensors_take_for_over_is_not_shown_as_not_answered(tmp_path: Path) -> None:
    answers = "[answers]\nunanswered_after_min = 2\n"
    async with house(tmp_path, more=PANEL + answers) as found:
        await found.wait(8 * 3600 + 60)
        (silence,) = found.alerts()
        assert found.light() is not Light.NOT_ANSWERED
        await found.wait(90)
        await found.shows(Light.NOT_ANSWERED)
        await found.feel("hall")
        await found.shows(Light.LEARNING)
        (waiting,) = found.pipeline.home.unanswered()  # a person is still to answer
        assert waiting.kind is silence.kind


async def test_pins_that_cannot_be_used_are_tried_again_and_disturb_no_sensor(tmp_path: Path) -> None:
    found = House(tmp_path, ManualClock(START_S))
    other = DigitalOutputDevice(LAMP, pin_factory=found.pins)
    async with found:
        await found.feel("hall")
        await found.breathe(3)
        assert found.light() is Light.DARK
        assert "source_unavailable" in found.log.events()
        await found.wait(8 * 3600 + 60)
        (alert,) = [one for one in found.alerts() if one.kind is AlertKind.INACTIVITY]
        assert "panel" not in alert.observed
        other.close()
        await found.until(lambda: found.light() is not Light.DARK, step_s=0.5)
        await found.wait(61)
    assert [value for name, value in names(found) if name == "@panel/r1"] == [0.0, 1.0]


async def test_a_home_whose_every_link_is_lost_is_trouble_whoever_is_told(tmp_path: Path) -> None:
    wired = (
        '[[sensors]]\nid = "door"\nkind = "door"\nplace = "hall"\nresident = "r1"\ngpio = { pin = 4 }\n'
        '[[sensors]]\nid = "worn"\nkind = "heart_rate"\nplace = "worn"\nresident = "r1"\n'
        'ble = { address = "C0:FF:EE:00:00:01", profile = "heart_rate" }\n'
    )
    async with house(tmp_path, more=PANEL + wired) as found:
        await found.feel("@link/door", 0)
        await found.breathe(16)
        assert found.light() is Light.LEARNING
        await found.feel("@radio", 0)
        await found.shows(Light.TROUBLE)
        await found.feel("@link/door", 1)
        await found.shows(Light.LEARNING)


def test_a_home_without_panels_has_none(tmp_path: Path) -> None:
    plain = Gateway(tmp_path, ManualClock(START_S))
    assert panels_of(plain.config, plain.clock, plain.log) == []
