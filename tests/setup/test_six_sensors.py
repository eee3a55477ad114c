"""A home of six sensors from nothing, at a real terminal: the keys are counted, the file is what is meant."""

import os
import tomllib
from pathlib import Path

import pytest

from gateway.config.doubts import doubts
from gateway.config.reading import load
from gateway.pictures.header import named
from tests.bthome_air import KEY, OPEN, SHUT, sealed
from tests.setup.terminal import ENTER, USUAL, Terminal, terminal
from tests.setup.world import World, world

MOST_KEYS = 40
"""The number to hold: key presses beyond names for a home of six sensors."""

DOOR, TAP, MOTION, BED, HELP = 4, 17, 27, 22, 23
FRIDGE = "C0:FF:EE:00:00:01"


def six_sensors(at: Terminal, around: World) -> None:
    """The conversation from its first question to the overview."""
    at.sees("Which home is this")
    at.name("h-0042")
    at.sees("Which clock")
    at.press(ENTER)
    at.sees("Who lives here")
    at.press(ENTER)
    at.sees("provider's desk")
    at.name("https://desk.example:8443")
    at.sees("whose certificates")
    at.press(ENTER)
    press_six(at, around)
    at.sees("Is there a panel")
    at.press(ENTER)
    at.sees("What is this for")
    at.name("Lives alone and wants to stay; fell in the bathroom last winter.")
    for question in ("Who decided it", "lawful basis", "weekly summary", "looked at again"):
        at.sees(question)
        at.press(ENTER)
    at.sees("Who answers:")
    at.press(ENTER)
    at.sees("up and about")
    at.press("0730")
    at.sees("in bed")
    at.press("2230")
    at.sees("at night, between eleven and seven")
    at.press("1")
    at.sees("come regularly")
    at.press(ENTER)
    at.sees("This is what will be written")


def press_six(at: Terminal, around: World) -> None:
    board = around.board
    at.sees("Nothing has moved yet")
    around.until_scanning()
    around.say(FRIDGE, sealed(SHUT, 1, FRIDGE))  # it was on the air before anybody pressed it

    board.let_go(DOOR)  # the magnet leaves the reed, which opens
    at.sees(f"{named(DOOR)} went high", "What is it?")
    at.press("d")
    at.sees("Where is it?")
    at.press(ENTER)
    at.sees("So far (1)", "front-door: door, outside-door, GPIO4, on when high; open now")
    board.drive(DOOR, 0)
    at.sees("shut now", "that is front-door, set up already")

    around.pulse(TAP)
    at.sees(named(TAP), "as of water running", "tap?")
    at.press("t")
    at.sees("Where is it?")
    at.press(ENTER)
    at.sees("What senses the water?")
    at.press(ENTER)
    at.sees("Pulses a litre")
    at.press(ENTER)

    at.sees("So far (2)")
    board.drive(MOTION, 1)
    at.sees(f"{named(MOTION)} went high")
    at.press("m")
    at.sees("Where is it?")
    at.press("b")

    at.sees("So far (3)")
    around.press(BED, times=2)
    at.sees(f"{named(BED)} went low, 2 times")
    at.press("b")
    at.sees("Where is it?")
    at.press(ENTER)

    at.sees("So far (4)")
    around.press(HELP)
    at.sees(f"{named(HELP)} went low", "help button?")
    at.press("h")
    at.sees("Where is it?")
    at.press(ENTER)

    at.sees("So far (5)")
    around.say(FRIDGE, sealed(OPEN, 2, FRIDGE))
    at.sees("BTHome sensor …00:01, -61 dBm, says: something sealed")
    at.press("f")
    at.sees("Where is it?")
    at.press(ENTER)
    at.sees("Its key is in its maker's app")
    at.name(KEY.hex(), shown="(the key, 32 digits)")
    at.sees("So far (6)")
    at.press(ENTER)


def at_rest(around: World) -> None:
    """The reed is closed, the meter's wheel and the detector drive their wires low."""
    for pin in (DOOR, TAP, MOTION):
        around.board.drive(pin, 0)


@pytest.mark.slow
def test_a_home_of_six_sensors_takes_at_most_forty_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with world(tmp_path) as around:
        at_rest(around)
        with terminal("--config", around.home, folder=tmp_path, size=USUAL, environ=around.environ) as at:
            six_sensors(at, around)
            at.press(ENTER)
            assert at.end() == 0
            ended = at.text
    with capsys.disabled():
        print(f"\nsix sensors: {at.keys} keys, and {at.names} characters of names")
    if "WREN_RECORDING" in os.environ:
        record(Path(os.environ["WREN_RECORDING"]), at)
    assert at.keys <= MOST_KEYS
    config = load(around.home)
    assert {one.id: (str(one.kind), one.place) for one in config.sensors} == {
        "front-door": ("door", "outside-door"),
        "kitchen-tap": ("tap", "kitchen"),
        "bathroom-motion": ("motion", "bathroom"),
        "bed": ("bed", "bedroom"),
        "help": ("button", "bedroom"),
        "kitchen-fridge": ("fridge", "kitchen"),
    }
    raw = tomllib.loads(around.home.read_text(encoding="utf-8"))
    wires = {one["id"]: one["gpio"] for one in raw["sensors"] if "gpio" in one}
    assert wires == {
        "front-door": {"pin": DOOR, "active": "high", "pull": "up"},
        "kitchen-tap": {"pin": TAP, "active": "high", "pull": "none", "sense": "pulses"},
        "bathroom-motion": {"pin": MOTION, "active": "high"},
        "bed": {"pin": BED, "active": "low", "debounce_ms": 1000},
        "help": {"pin": HELP, "active": "low"},
    }
    assert raw["sensors"][-1]["ble"] == {"address": FRIDGE, "profile": "bthome", "key": KEY.hex()}
    assert raw["residents"] == [{"id": "r1", "usual_day": {"up": "07:30", "to_bed": "22:30", "bathroom_at_night": 1}}]
    assert {"help_button", "inactivity", "sensor_silent"} <= set(raw["alerts"])
    assert config.alerts is not None
    assert all(one.second for kind, one in config.alerts.items() if kind in ("help_button", "inactivity"))
    assert [one for one in doubts(config) if "is on, and" in one] == []
    assert "wren walk-test" in ended
    assert "wren enrol" in ended
    assert [screen for screen, _ in at.recording if "page 1 of" in screen] == []  # all of it fits
    assert KEY.hex() not in "".join(screen for screen, _ in at.recording)  # somebody looks over the shoulder
    assert not (tmp_path / "home.toml.draft").exists()
    assert (around.home.stat().st_mode & 0o777) == 0o640


def record(path: Path, at: Terminal) -> None:
    """Every screen at which a key was pressed, as text."""
    rule = "-" * 100
    screens = [f"{screen}\n{rule}\n  keys: {keys}\n{rule}" for screen, keys in at.recording]
    counted = f"{at.keys} keys beyond names; {at.names} characters of names\n"
    path.write_text("\n\n".join(screens) + "\n" + counted, encoding="utf-8")
