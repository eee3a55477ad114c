"""What is shown while somebody presses things, when the world is not tidy; at a real terminal."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.config.reading import load
from tests.bluez.standin import strap
from tests.bthome_air import KEY, MOTION, OPEN, PRESS, SHUT, STILL, plain, sealed
from tests.setup.terminal import ENTER, Terminal, terminal
from tests.setup.world import World, world

OURS, NEIGHBOURS = "C0:FF:EE:00:00:01", "C0:FF:EE:00:00:99"

pytestmark = pytest.mark.slow

SMALL = """\
[home]
id = "h-1"
timezone = "Europe/London"

[[residents]]
id = "r1"

[[sensors]]
id = "kitchen-tap"
kind = "tap"
place = "kitchen"
resident = "r1"
gpio = { pin = 17 }  # the blue wire
"""


@contextmanager
def at_the_sensors(folder: Path, text: str = SMALL, *, radio: bool = True) -> Iterator[tuple[Terminal, World]]:
    """A home that is set up already; more sensors are to be added."""
    with world(folder, radio=radio) as around:
        around.home.write_text(text, encoding="utf-8")
        with terminal("--config", around.home, folder=folder, environ=around.environ) as at:
            at.sees("This is what will be written")
            at.press("5")
            at.sees("Which one is to be changed?")
            at.name("+")
            at.sees("Nothing has moved yet")
            if radio:
                around.until_scanning()
            yield at, around


def test_two_things_at_once_are_told_apart_by_number(tmp_path: Path) -> None:
    with at_the_sensors(tmp_path, radio=False) as (at, around):
        around.board.drive(22, 0)
        at.sees("1  GPIO22 (pin 15 of the header) went low", "What is it?")
        around.board.drive(23, 0)
        at.sees("1  GPIO22", "2  GPIO23", "A number for what it was")
        assert "What is it?" not in at.text  # of two a letter says nothing
        at.press("2")
        at.sees("GPIO23", "What is it?")
        at.press("b")
        at.sees("Where is it?")
        at.press(ENTER)
        at.sees("bed: bed, bedroom, GPIO23")


def test_a_chattering_line_is_called_so_and_hides_nothing(tmp_path: Path) -> None:
    with at_the_sensors(tmp_path, radio=False) as (at, around), around.chatter(26):
        at.sees("GPIO26 (pin 37 of the header) changes all the time", "a loose wire?")
        around.press(22)
        at.sees("GPIO22 (pin 15 of the header) went low", "What is it?")  # the one thing that somebody moved
        at.press("b")
        at.sees("Where is it?")
        at.press(ENTER)
        at.sees("bed: bed, bedroom, GPIO22")


def test_a_contact_to_3v3_shows_too(tmp_path: Path) -> None:
    with at_the_sensors(tmp_path, radio=False) as (at, around):
        around.board.drive(24, 1)
        at.sees("GPIO24 (pin 18 of the header) went high")
        at.press("s")
        at.sees("Where is it?")
        at.press(ENTER)
        at.sees("on when high; on now")
        around.board.let_go(24)
        at.sees("off now")
        at.press("/")  # the other way round
        at.sees("GPIO24, on when low; on now")
        at.press("/")
        at.sees("GPIO24, on when high; off now")
        at.press(ENTER)
        at.sees("This is what will be written")
        at.press(ENTER)
        assert at.end() == 0
        wire = load(around.home).sensors[-1].gpio
        assert wire is not None
        assert (wire.active, wire.pull, wire.debounce_ms) == ("high", "down", 1000)


def test_a_sensor_that_is_set_up_already_is_named_and_not_offered(tmp_path: Path) -> None:
    with at_the_sensors(tmp_path, radio=False) as (at, around):
        around.press(17)
        at.sees("GPIO17 went low", "that is kitchen-tap, set up already")
        assert "What is it?" not in at.text


def test_pins_that_the_machine_or_the_panel_uses_are_left_alone(tmp_path: Path) -> None:
    text = SMALL + '[[panels]]\nresident = "r1"\nlight_pin = 5\nok_pin = 6\n'
    with at_the_sensors(tmp_path, text, radio=False) as (_, around):
        modes = {pin: around.board.line(pin)["mode"] for pin in range(28)}
        assert {pin for pin in (0, 1, 5, 6) if modes[pin] is not None} == set()
        assert {pin for pin in (4, 17, 22, 23, 26, 27) if modes[pin] != "alert"} == set()


def test_a_pin_of_another_program_is_named_and_left_to_it(tmp_path: Path) -> None:
    with world(tmp_path, radio=False) as around, socket.socket(socket.AF_UNIX) as other:
        around.home.write_text(SMALL, encoding="utf-8")
        other.connect(str(around.board.path))
        other.sendall(b'{"id": 1, "do": "claim", "pin": 22, "mode": "input", "flags": 0}\n')
        assert around.board.until_claimed(22, mode="input")
        with terminal("--config", around.home, folder=tmp_path, environ=around.environ) as at:
            at.sees("This is what will be written")
            at.press("5")
            at.sees("Which one is to be changed?")
            at.name("+")
            at.sees("in use by another program and are not watched: GPIO22.")
            around.press(23)
            at.sees("GPIO23 (pin 16 of the header) went low")
            assert around.board.line(22)["mode"] == "input"


def test_the_neighbours_stronger_sensor_is_not_taken_for_ours(tmp_path: Path) -> None:
    with at_the_sensors(tmp_path) as (at, around):
        around.say(NEIGHBOURS, plain(STILL), rssi=-40)
        around.say(OURS, plain(SHUT))
        around.say(OURS, plain(OPEN))
        at.sees("1  BTHome sensor …00:01, -61 dBm, says: opening open", "What is it?")
        around.say(NEIGHBOURS, plain(MOTION), rssi=-40)
        at.sees("1  BTHome sensor …00:01", "2  BTHome sensor …00:99, -40 dBm, says: motion", "A number for what it was")
        at.press("1")
        at.sees("…00:01", "What is it?")
        at.press("d")
        at.sees("Where is it?")
        at.press(ENTER)
        at.sees(f"front-door: door, outside-door, radio {OURS}")


def test_what_only_repeats_itself_has_not_moved(tmp_path: Path) -> None:
    with at_the_sensors(tmp_path) as (at, around):
        for count in range(3):
            around.say(NEIGHBOURS, plain(bytes([0x02, 0x10 + count, 0x09])), rssi=-40)  # a thermometer, all day
        around.say(OURS, plain(SHUT))
        around.press(22)
        at.sees("GPIO22")
        assert "BTHome" not in at.text
        at.press("*")
        at.sees(
            "the strongest first", "1  BTHome sensor …00:99, -40 dBm, says: 23.2 degrees", "2  BTHome sensor …00:01"
        )
        at.press("1")
        at.sees("What is it?", "temperature")
        at.press(ENTER)
        at.sees("Where is it?")
        at.press("e")
        at.sees(f"bedroom-temperature: temperature, bedroom, radio {NEIGHBOURS}")


def test_a_key_that_does_not_fit_is_said_at_once(tmp_path: Path) -> None:
    with at_the_sensors(tmp_path) as (at, around):
        around.say(OURS, sealed(SHUT, 1, OURS))
        around.say(OURS, sealed(OPEN, 2, OURS))
        at.sees("something sealed")
        at.press("d")
        at.sees("Where is it?")
        at.press(ENTER)
        at.sees("Its key is in its maker's app")
        at.name("0123")
        at.sees("these were 4")
        at.press("\x15")
        at.name("f" * 32)
        at.sees("does not fit")
        assert "ffff" not in at.text
        at.press("\x15")
        at.name(KEY.hex())
        at.sees("front-door: door, outside-door", "sealed")


def test_a_button_that_anybody_could_press_is_not_taken(tmp_path: Path) -> None:
    with at_the_sensors(tmp_path) as (at, around):
        around.say(OURS, plain(PRESS, packet_id=1))
        around.say(OURS, plain(PRESS, packet_id=2))
        at.sees("says: button press", "help button?")
        at.press("h")
        at.sees("Where is it?")
        at.press(ENTER)
        at.sees("anybody in the street could press it")
        at.press(ENTER)
        at.sees("Nothing has moved yet")


def test_a_strap_is_somebodys_and_tells_of_its_battery(tmp_path: Path) -> None:
    text = SMALL.replace('id = "r1"\n', 'id = "r1"\n\n[[residents]]\nid = "r2"\n', 1)
    with at_the_sensors(tmp_path, text) as (at, around):
        around.advertise(strap(OURS), -55)
        at.press("*")
        at.sees("heart-rate strap …00:01, -55 dBm")
        at.press("1")
        at.sees("What is it?")
        at.press(ENTER)
        at.sees("Whose is it?")
        at.press("2")
        at.sees("strap: pulse, worn, worn", "strap-battery: battery")
        at.press(ENTER)
        at.sees("This is what will be written")
        at.press(ENTER)
        assert at.end() == 0
        assert [(one.id, one.resident) for one in load(around.home).sensors[-2:]] == [
            ("strap", "r2"),
            ("strap-battery", "r2"),
        ]


def test_without_pins_and_radio_it_says_so_and_takes_them_by_hand(tmp_path: Path) -> None:
    with world(tmp_path, radio=False) as around:
        around.home.write_text(SMALL, encoding="utf-8")
        environ = {**around.environ, "WREN_PINS": str(tmp_path / "no-chip")}
        with terminal("--config", around.home, folder=tmp_path, environ=environ) as at:
            at.sees("This is what will be written")
            at.press("5")
            at.sees("Which one")
            at.name("+")
            at.sees("Pins cannot be watched", "By radio nothing is heard")
            at.press("+")
            at.sees("How is it connected?")
            at.press("p")
            at.sees("On which pin?")
            at.name("17")
            at.sees("Pin 17 is used by kitchen-tap.")
            at.press("\x15")
            at.name("4")
            at.sees("What is it?")
            at.press("d")
            at.sees("Where is it?")
            at.press(ENTER)
            at.sees("its wire is")
            at.press("h")
            at.sees("front-door: door, outside-door, GPIO4, on when high")
            at.press("+")
            at.sees("How is it connected?")
            at.press("r")
            at.sees("Its address")
            at.name("c0:ff:ee:00:00:07")
            at.sees("What is it?")
            at.press("g")
            at.sees("worn, radio C0:FF:EE:00:00:07")
            at.press("-")
            at.until(lambda text: "C0:FF:EE:00:00:07" not in text, "the badge gone")
            at.press(ENTER)
            at.sees("This is what will be written")
            at.press(ENTER)
            assert at.end() == 0
    added = load(around.home).sensors[-1]
    assert added.gpio is not None
    assert (added.id, added.gpio.active, added.gpio.pull) == ("front-door", "high", "up")
    assert around.home.read_text(encoding="utf-8").startswith(SMALL)
