"""The simulated pins, driven by gpiozero's own LGPIOFactory in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pins.board import Board, driver
from tests.pins.hand import Hand

HEARS = """
import json, sys
from gpiozero.pins.lgpio import LGPIOFactory
from gateway.sources.gpio_line import Line
from gateway.sources.gpio_pin import ClaimedPin, pin_factory

factory = pin_factory("lgpio")
assert type(factory) is LGPIOFactory
def heard(ticks, level):
    print(json.dumps([ticks, level]), flush=True)
pin = ClaimedPin(Line("door", 17, active_low=True), factory, heard)
print(json.dumps(pin.is_high()), flush=True)
sys.stdin.readline()
pin.close()
factory.close()
"""

SHINES = """
import sys
from gpiozero import DigitalOutputDevice
from gateway.sources.gpio_pin import pin_factory

factory = pin_factory("lgpio")
lamp = DigitalOutputDevice(22, pin_factory=factory)
lamp.on()
sys.stdin.readline()
lamp.close()
factory.close()
"""

FAILS = """
from gateway.errors import SourceError
from gateway.sources.gpio_line import Line
from gateway.sources.gpio_pin import ClaimedPin, pin_factory
try:
    ClaimedPin(Line("door", 17, active_low=True), pin_factory("lgpio"))
except SourceError as error:
    print(error.problem)
"""


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    with Board(tmp_path / "chip") as board:
        yield board


def _start(program: str, folder: Path, chip: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder,
        env={**os.environ, **driver(chip)},
    )  # fmt: skip


def test_edges_reach_the_driver_with_growing_stamps(tmp_path: Path, board: Board) -> None:
    with _start(HEARS, tmp_path, board.path) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline()) is True  # pulled up
        assert board.until_claimed(17)
        hand = Hand(board.path)
        hand.press("17", for_s=0.0, bounces=2)
        edges = [json.loads(process.stdout.readline()) for _ in range(10)]
        assert [level for _, level in edges] == [0, 1] * 5
        stamps = [ticks for ticks, _ in edges]
        assert stamps == sorted(stamps)
        process.communicate("\n", timeout=20)
    assert process.returncode == 0
    assert board.until(lambda: board._lines[17].claim is None)


def test_a_line_is_one_process_s(tmp_path: Path, board: Board) -> None:
    with _start(HEARS, tmp_path, board.path) as process:
        assert board.until_claimed(17)
        (tmp_path / "other").mkdir()
        with _start(FAILS, tmp_path / "other", board.path) as second:
            assert "'GPIO busy'" in second.communicate(timeout=20)[0]
        process.kill()
    assert board.until(lambda: board._lines[17].claim is None)  # as the kernel does it


def test_a_lamp_is_seen(tmp_path: Path, board: Board) -> None:
    with _start(SHINES, tmp_path, board.path) as process:
        assert board.until(lambda: board._lines[22].level == 1)
        assert Hand(board.path).look()["22"]["mode"] == "output"
        process.communicate("\n", timeout=20)


def test_no_chip(tmp_path: Path) -> None:
    with _start(FAILS, tmp_path, tmp_path / "nothing") as process:
        assert "'can not open gpiochip'" in process.communicate(timeout=20)[0]


def test_a_sensor_is_named_by_the_home(tmp_path: Path, board: Board) -> None:
    home = tmp_path / "home.toml"
    home.write_text(
        '[[sensors]]\nid = "hall"\ngpio = { pin = 27, active = "high" }\n'
        '[[sensors]]\nid = "help"\ngpio = { pin = 23 }\n',
        encoding="utf-8",
    )
    hand = Hand(board.path, home)
    hand.on("hall")
    hand.on("help")
    assert [board.line(pin)["driven"] for pin in (27, 23)] == [1, 0]
    hand.off("hall")
    assert board.line(27)["driven"] is None
    with pytest.raises(SystemExit, match="hall, help"):
        hand.on("kitchen")
