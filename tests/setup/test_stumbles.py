"""What somebody new to it stumbled over: a time with Enter, a refused answer, a page left too early, a lost line."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gateway.pictures.header import named
from gateway.setup import days, people
from gateway.setup.asking import Asker
from gateway.setup.keys import BACK, ENTER, Keys
from gateway.setup.screen import Lines, Screen
from tests.setup.terminal import CTRL_C, terminal
from tests.setup.test_cuts import QUESTIONS, answer, files
from tests.setup.world import world

if TYPE_CHECKING:
    from gateway.setup.merging import Data


class Pressed(Keys):
    """These keys, one after another."""

    def __init__(self, keys: str) -> None:
        self.left = list(keys)

    @property
    def are_waiting(self) -> bool:
        return False

    def get(self, within_s: float | None = None) -> str | None:
        return self.left.pop(0)


class Paper(Screen):
    """Keeps what was shown, each screen as one line."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def show(self, lines: Lines, prompt: str = "") -> None:
        self.shown.append(" ".join([*map(str, lines), prompt]))


class Watch:
    """A clock that goes on by so much at each look."""

    def __init__(self, step_s: float) -> None:
        self._step_s, self._now_s = step_s, 0.0

    def __call__(self) -> float:
        self._now_s += self._step_s
        return self._now_s


def asker_of(keys: str, apart_s: float = 0.3) -> tuple[Asker, Paper, Pressed]:
    paper, pressed = Paper(), Pressed(keys)
    return Asker(paper, pressed, Watch(apart_s)), paper, pressed


@pytest.mark.parametrize("typed", ["0730\r2230\r1", "07302230 1", "0730\r22301", "730\r2230\r1", "07:30\r22:30\r1"])
def test_an_enter_behind_four_digits_answers_nothing_else(typed: str) -> None:
    asker, _, pressed = asker_of(typed)
    data: Data = {"residents": [{"id": "r1"}]}
    days.ask_usual_days(asker, data)
    assert data["residents"][0]["usual_day"] == {"up": "07:30", "to_bed": "22:30", "bathroom_at_night": 1}
    assert not pressed.left


def test_an_enter_some_seconds_later_was_meant_for_the_question_that_stands_there() -> None:
    asker, _, _ = asker_of("0730\r", apart_s=5.0)
    assert asker.clock(["Up?"]) == "07:30"
    assert asker.clock(["In bed?"]) is None


def test_only_the_first_enter_belongs_to_the_digits() -> None:
    asker, _, _ = asker_of("0730\r\r")
    assert [asker.clock(["Up?"]), asker.clock(["In bed?"])] == ["07:30", None]


def test_a_bed_time_soon_after_getting_up_is_asked_back() -> None:
    asker, paper, pressed = asker_of("0700\r0730\rn\r2230\r1")
    data: Data = {"residents": [{"id": "r1"}]}
    days.ask_usual_days(asker, data)
    assert "To bed at 07:30, half an hour after getting up: is that right?" in " ".join(paper.shown)
    assert data["residents"][0]["usual_day"] == {"up": "07:00", "to_bed": "22:30", "bathroom_at_night": 1}
    assert not pressed.left


@pytest.mark.parametrize(
    ("keys", "to_bed"), [("2100\r0200\ry", "02:00"), ("1000\r1600\r", "16:00"), ("0730\r\r", None)]
)
def test_unusual_days_are_believed(keys: str, to_bed: str | None) -> None:
    asker, _, pressed = asker_of(f"{keys}0")
    data: Data = {"residents": [{"id": "r1"}]}
    days.ask_usual_days(asker, data)
    assert data["residents"][0]["usual_day"].get("to_bed") == to_bed
    assert not pressed.left


def test_a_refused_answer_gives_way_to_the_next_try() -> None:
    asker, paper, _ = asker_of("Europe/Londn\rEurope/London\r")
    data: Data = {"home": {}}
    people.ask_zone(asker, data)
    assert data["home"]["timezone"] == "Europe/London"
    assert any("Did you mean Europe/London?" in one and "Backspace" in one for one in paper.shown)


@pytest.mark.parametrize("rest", [f"{BACK}on\r", f"{BACK}{BACK}don\r", "\rEurope/London\r"])
def test_a_refused_answer_can_be_corrected(rest: str) -> None:
    asker, _, _ = asker_of(f"Europe/Londn\r{rest}")
    data: Data = {"home": {}}
    people.ask_zone(asker, data)
    assert data["home"]["timezone"] == "Europe/London"


def test_a_certificate_that_is_not_there_is_said_when_it_is_typed(tmp_path: Path) -> None:
    there = tmp_path / "desk-ca.pem"
    there.write_text("x", encoding="utf-8")
    asker, paper, pressed = asker_of(f"https://desk.example\r{tmp_path}/desk.pem\rn{there}\r")
    data: Data = {}
    people.ask_desk(asker, data)
    assert data["uplink"]["ca_file"] == str(there)
    assert any(f"There is no file {tmp_path}/desk.pem" in one and "--desk-ca" in one for one in paper.shown)
    assert not pressed.left
    asker, _, _ = asker_of("https://desk.example\r/etc/wren/nobody.pem\ry")  # it comes later
    people.ask_desk(asker, data)
    assert data["uplink"]["ca_file"] == "/etc/wren/nobody.pem"


@pytest.mark.slow
def test_no_page_of_sensors_is_left_without_any_unasked(tmp_path: Path) -> None:
    with (
        world(tmp_path, radio=False) as around,
        terminal("--config", around.home, folder=tmp_path, environ=around.environ) as at,
    ):
        for question, keys in QUESTIONS[:4]:
            answer(at, around, question, keys)
        at.sees("Nothing has moved yet")
        at.press(ENTER)
        at.sees("No sensor yet: go on without?")
        at.press(ENTER)
        at.sees("Nothing has moved yet")
        at.press(ENTER)
        at.sees("No sensor yet: go on without?")
        at.press("y")
        at.sees("Is there a panel")


@pytest.mark.slow
@pytest.mark.parametrize("how", ["Ctrl-C", "the line drops"])
def test_pressed_sensors_outlive_a_lost_line(tmp_path: Path, how: str) -> None:
    with world(tmp_path, radio=False) as around:
        with terminal("--config", around.home, folder=tmp_path, environ=around.environ) as at:
            for question, keys in QUESTIONS[:4]:
                answer(at, around, question, keys)
            at.sees("Nothing has moved yet")
            for count, (pin, key) in enumerate(((22, "b"), (23, "s"), (17, "b")), 1):
                around.press(pin)
                at.sees(named(pin))
                at.press(key)
                at.sees("Where is it?")
                at.press(ENTER)
                at.sees(f"So far ({count})")
            at.press("-")
            at.sees("So far (2)")
            if how == "Ctrl-C":
                at.press(CTRL_C)
            else:
                at.hang_up()
            at.end()
        assert files(tmp_path) == {"home.toml.draft"}
        with terminal("--config", around.home, folder=tmp_path, environ=around.environ) as at:
            at.sees("There are answers from a conversation")
            at.press("g")
            at.sees("The sensors", "Nothing has moved yet", "So far (2)", "bed: bed, bedroom, GPIO22", "GPIO23")
            at.press("-")
            at.sees("So far (1)", "bed: bed, bedroom, GPIO22")
            at.press(ENTER)
            at.sees("Is there a panel")
