"""The header as a technician sees it: what hangs where, its level now, and who read it."""

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from gpiozero.pins.mock import MockFactory
from rich.cells import cell_len

from gateway.cli import pins as command
from gateway.clock import ManualClock
from gateway.config.places import places_of
from gateway.config.reading import load, parse
from gateway.pictures.header import HEADER, NOTES, drawn, physical
from gateway.pin_levels import Asked, Levels, PinLevel, ask
from gateway.sources.gpio import LOOK_S, GpioSource
from gateway.wiring import lines_of
from tests.notes import Notes

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"

HOME = """
[home]
id = "h-0001"
timezone = "UTC"
[gateway]
pin_factory = "{driver}"
data_dir = "{data}"
[[residents]]
id = "r1"
[[sensors]]
id = "front-door"
kind = "door"
place = "outside-door"
gpio = {{ pin = 4, active = "high", pull = "up" }}
[[sensors]]
id = "kitchen-tap"
kind = "tap"
place = "kitchen"
gpio = {{ pin = 17, sense = "pulses" }}
[[sensors]]
id = "kitchen-water"
kind = "water"
place = "kitchen"
gpio = {{ pin = 17, sense = "pulses", pulses_per_litre = 100 }}
[[sensors]]
id = "help"
kind = "button"
place = "bedroom"
gpio = {{ pin = 14 }}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "private").mkdir()
    path = tmp_path / "home.toml"
    path.write_text(HOME.format(driver="mock", data=tmp_path), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a daemon that is not there."""
    monkeypatch.setattr(command, "ask", lambda folder: ask(folder, within_s=0.05))


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command.pins, [str(one) for one in arguments])


def rows(result: Result) -> dict[int, dict[str, Any]]:
    return {row["pin"]: row for row in json.loads(result.output)["pins"]}


def test_the_header_is_that_of_every_pi_with_forty_pins() -> None:
    board = MockFactory().board_info.headers["J8"].pins
    assert [board[number].name for number in range(1, 41)] == list(HEADER)
    functions = {"i2c", "spi", "uart"}
    noted = {pin for pin in range(28) if board[physical(pin)].interfaces & functions}
    # a second SPI and flow control are off unless somebody asks for them
    assert noted - set(NOTES) == {16, 17, 18, 19, 20, 21}
    assert [pin for pin in range(28) if board[physical(pin)].pull == "up"] == [2, 3]


def test_it_draws_what_is_connected_with_its_level(home: Path) -> None:
    shown = run("--config", home)
    assert shown.exit_code == 0
    for part in (
        "front-door on  GPIO4  7 ● ● 8  GPIO14 off help",
        "kitchen-tap + kitch… high GPIO17 11 ● ○ 12 GPIO18",
        "3V3  1 + + 2  5V",
        "on when high, pull-up",
        "GPIO14: serial console",
        "no daemon answered",
        'They are mock pins (pin_factory = "mock").',
    ):
        assert part in shown.output
    assert not any(line.endswith(" ") for line in shown.output.splitlines())


def test_the_header_fits_a_terminal_of_eighty_columns() -> None:
    assert max(cell_len(line.plain) for line in drawn(())) <= 80


def test_json_says_the_same(home: Path) -> None:
    document = json.loads(run("--config", home, "--json").output)
    assert (document["read_by"], document["driver"]) == ("pins", "mock")
    door, tap, button = document["pins"]
    assert (door["pin"], door["physical"], door["level"], door["on"], door["pull"]) == (4, 7, "high", True, "up")
    assert (tap["sensors"], tap["on"]) == (["kitchen-tap", "kitchen-water"], None)
    assert (button["level"], button["on"], button["active"]) == ("high", False, "low")
    assert "serial console" in button["note"]


async def test_a_running_daemon_is_asked_and_nothing_is_left_behind(home: Path) -> None:
    config = load(home)
    factory, clock, folder = MockFactory(), ManualClock(), places_of(config).private
    source = GpioSource(lines_of(config), factory, clock, Notes(), Asked(folder))
    sensing = asyncio.create_task(source.run(lambda _: None))
    await asyncio.sleep(0)
    factory.pin(4).drive_low()
    for _ in range(25):
        factory.pin(17).drive_low()
        factory.pin(17).drive_high()
    clock.move_s(5)
    await asyncio.sleep(0)

    def asking() -> None:
        answers.append(run("--config", home, "--json"))

    answers: list[Result] = []
    patient = pytest.MonkeyPatch()
    patient.setattr(command, "ask", ask)
    asker = threading.Thread(target=asking)
    asker.start()
    while asker.is_alive():
        clock.move_s(LOOK_S)
        await asyncio.sleep(0.005)
    patient.undo()
    assert json.loads(answers[0].output)["read_by"] == "daemon"
    found = rows(answers[0])
    assert (found[4]["level"], found[4]["on"], found[17]["litres"]) == ("low", False, 0.25)
    assert [path.name for path in folder.iterdir()] == ["accesses"]  # that somebody looked
    sensing.cancel()


def test_where_the_driver_is_not_to_be_had_the_header_is_drawn_all_the_same(home: Path) -> None:
    home.write_text(HOME.format(driver="lgpio", data=home.parent), encoding="utf-8")
    shown = run("--config", home)
    assert shown.exit_code == 3
    assert "front-door ?  GPIO4  7 ●" in shown.output
    assert "lgpio" in shown.output
    assert shown.output.count("lgpio ") == 1  # said once, not for each pin
    assert {row["level"] for row in rows(run("--config", home, "--json")).values()} == {None}


def test_a_pin_that_is_taken_is_told_and_the_others_are_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    factory = MockFactory()
    sound = factory.pin_class

    def busy(owner: object, info: Any) -> object:
        if info.name == "GPIO14":
            raise OSError(16, "GPIO busy")
        return sound(owner, info)

    factory.pin_class = busy
    monkeypatch.setattr("gateway.sources.gpio_pin.pin_factory", lambda _: factory)
    shown = run("--config", home)
    assert shown.exit_code == 3
    assert "Pin 14 (help) cannot be used: [Errno 16] GPIO busy." in shown.output
    assert "If the daemon runs it has this pin" in shown.output
    assert "front-door on" in shown.output


def test_a_home_without_wires_says_so(tmp_path: Path) -> None:
    path = tmp_path / "home.toml"
    text = HOME.format(driver="mock", data=tmp_path).partition("[[sensors]]")[0]
    path.write_text(f'{text}[[sensors]]\nid = "b"\nkind = "bed"\nplace = "bedroom"\n', encoding="utf-8")
    shown = run("--config", path)
    assert shown.exit_code == 0
    assert "No sensor is on a pin" in shown.output


def test_watching_tells_a_pipe_of_changes_only_until_it_is_stopped(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    levels = [True, True, False]
    lines = lines_of(load(home))

    def read(*_: object) -> Levels:
        if not levels:
            raise KeyboardInterrupt
        is_high = levels.pop(0)
        return Levels(pins=tuple(PinLevel(pin=line.pin, is_high=is_high) for line in lines))

    monkeypatch.setattr(command, "_claimed", read)
    monkeypatch.setattr("time.sleep", lambda _: None)
    shown = run("--config", home, "--watch")
    assert shown.exit_code == 0
    assert shown.output.count("The pins of h-0001") == 2


def test_a_daemon_with_another_configuration_is_told_of(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "ask", lambda _: Levels(pins=(PinLevel(pin=4, is_high=True),)))
    shown = run("--config", home)
    assert shown.exit_code == 3
    assert "The daemon runs with another configuration: restart it." in shown.output


def test_a_panel_is_drawn_and_left_alone(home: Path) -> None:
    with home.open("a", encoding="utf-8") as file:
        file.write('[[panels]]\nresident = "r1"\nlight_pin = 25\nok_pin = 6\n')
    shown = run("--config", home)
    assert shown.exit_code == 0
    assert "22 GPIO25 panel light of r1" in shown.output
    panels = json.loads(run("--config", home, "--json").output)["panels"]
    assert panels == [
        {"part": "light", "physical": 22, "pin": 25, "resident": "r1"},
        {"part": "ok", "physical": 31, "pin": 6, "resident": "r1"},
    ]


def test_options_that_cannot_be_together_are_refused(home: Path) -> None:
    assert run("--config", home, "--svg", "x.svg", "--json").exit_code == 2


def test_the_picture_stands_by_itself(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "pins.svg"
    assert run("--config", home, "--svg", target).exit_code == 0
    text = target.read_text(encoding="utf-8")
    assert text.startswith("<svg")
    assert "front-door" in text
    assert "@font-face" not in text
    assert "url(http" not in text


def test_the_picture_in_the_docs_is_as_the_command_draws_it(tmp_path: Path) -> None:
    target = tmp_path / "pins.svg"
    assert run("--config", PICTURES / "pins.toml", "--svg", target).exit_code == 0
    assert target.read_text(encoding="utf-8") == (PICTURES / "pins.svg").read_text(encoding="utf-8")
    assert parse((PICTURES / "pins.toml").read_text(encoding="utf-8")).gateway.pin_factory == "mock"
