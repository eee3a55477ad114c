"""Cut off at any moment: nothing is written, the answers are kept, the daemon runs again."""

import os
import signal
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.config.reading import load
from tests.setup.terminal import CTRL_C, ENTER, Terminal, terminal
from tests.setup.world import World, world

pytestmark = pytest.mark.slow

QUESTIONS = (
    ("Which home is this", "h-7\r"), ("Which clock", "Europe/London\r"), ("Who lives here", "r1\r"),
    ("provider's desk", "\r"), ("Nothing has moved yet", ""), ("Is there a panel", "\r"),
    ("What is this for", "Lives alone and wants to stay.\r"), ("Who decided it", "\r"), ("lawful basis", "\r"),
    ("weekly summary", "\r"), ("looked at again", "\r"), ("Who answers:", "\r"), ("up and about", "0730"),
    ("in bed", "2230"), ("at night, between", "1"), ("come regularly", "\r"), ("This is what will be written", ""),
)  # fmt: skip


@contextmanager
def setup(around: World, folder: Path) -> Iterator[Terminal]:
    with terminal("--config", around.home, folder=folder, environ=around.environ) as at:
        yield at


def answer(at: Terminal, around: World, question: str, keys: str) -> None:
    at.sees(question)
    if question.startswith("Nothing has moved"):
        around.press(22)
        at.sees("GPIO22")
        at.press("b")
        at.sees("Where is it?")
        at.press(ENTER)
        at.sees("So far (1)")
        keys = ENTER
    at.press(keys)


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if "home.toml" in path.name}


@pytest.mark.timeout(180)
def test_cut_at_each_question_and_gone_on_with(tmp_path: Path) -> None:
    with world(tmp_path, radio=False) as around:
        done = 0
        while True:
            with setup(around, tmp_path) as at:
                if "home.toml.draft" in files(tmp_path):
                    at.sees("There are answers from a conversation")
                    at.press("g")
                # back at the first question of the chapter that was cut, or at the one after the last that was whole
                asked = next(at_ for at_ in range(done + 1) if _shows(at, at_, done))
                for question, keys in QUESTIONS[asked:done]:
                    answer(at, around, question, keys)
                at.sees(QUESTIONS[done][0])
                if done == len(QUESTIONS) - 1:
                    at.press(ENTER)
                    assert at.end() == 0
                    break
                assert not around.home.exists()
                at.press(CTRL_C)
                assert at.end() == 1
                assert "Nothing was changed." in at.text or "Your answers are kept" in at.text
            assert files(tmp_path) <= {"home.toml.draft"}
            done += 1
        assert files(tmp_path) == {"home.toml"}
        assert load(around.home).home.id == "h-7"


def _shows(at: Terminal, number: int, most: int) -> bool:
    """Whether the question with this number is the one that is asked now."""
    at.until(lambda text: any(one in text for one, _ in QUESTIONS[: most + 1]), "a question")
    return QUESTIONS[number][0] in at.text


@pytest.mark.parametrize("how", ["Ctrl-C", "Ctrl-\\", "the line drops", "SIGTERM"])
def test_the_daemon_is_stopped_with_consent_and_runs_again_at_any_end(tmp_path: Path, how: str) -> None:
    with world(tmp_path, radio=False) as around:
        around.run_the_daemon()
        with setup(around, tmp_path) as at:
            for question, keys in QUESTIONS[:4]:
                answer(at, around, question, keys)
            at.sees("Wren is running here and has the pins", "not watched until the end")
            assert around.daemon_runs
            at.press("y")
            at.sees("Nothing has moved yet")
            around.until_stopped()
            if how.startswith("Ctrl"):
                at.press(CTRL_C if how == "Ctrl-C" else "\x1c")
            else:
                at.process.kill(signal.SIGHUP if how == "the line drops" else signal.SIGTERM)
            assert at.end() == 1
            assert termios.tcgetattr(at.process.child_fd)[3] & termios.ICANON  # the shell has its terminal back
        assert around.daemon_runs
        assert around.asked_of_systemd() == ["stop wren.service", "start wren.service"]
        assert files(tmp_path) == {"home.toml.draft"}


def test_without_consent_the_daemon_goes_on(tmp_path: Path) -> None:
    with world(tmp_path, radio=False) as around:
        around.run_the_daemon()
        with setup(around, tmp_path) as at:
            for question, keys in QUESTIONS[:4]:
                answer(at, around, question, keys)
            at.sees("Wren is running here and has the pins")
            at.press("n")
            at.sees("Nothing has moved yet")
            at.press(CTRL_C)
            at.end()
        assert around.asked_of_systemd() == []


def test_killed_it_leaves_the_draft_of_what_was_answered(tmp_path: Path) -> None:
    with world(tmp_path, radio=False) as around:
        with setup(around, tmp_path) as at:
            answer(at, around, *QUESTIONS[0])
            at.sees(QUESTIONS[1][0])
            at.process.kill(signal.SIGKILL)
            assert at.end() == -signal.SIGKILL
        with setup(around, tmp_path) as at:
            at.sees("There are answers")
            at.press("n")  # begin anew
            at.sees("Which home is this")
            at.press(CTRL_C)
            at.end()
        assert files(tmp_path) == set()


def test_a_draft_of_an_older_file_is_not_offered_lightly(tmp_path: Path) -> None:
    with world(tmp_path, radio=False) as around:
        with setup(around, tmp_path) as at:
            answer(at, around, *QUESTIONS[0])
            at.sees(QUESTIONS[1][0])
            at.press(CTRL_C)
            at.end()
        around.home.write_text('[home]\nid = "h-8"\ntimezone = "UTC"\n', encoding="utf-8")
        with setup(around, tmp_path) as at:
            at.sees("home.toml was changed since then")
            at.press(ENTER)  # nothing is proposed
            at.sees("One of these keys")
            at.press("n")
            at.sees("Who lives here")
            at.press(CTRL_C)
            at.end()


def test_no_terminal_no_conversation(tmp_path: Path) -> None:
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "gateway", "setup", "--config", str(tmp_path / "home.toml")],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, env={**os.environ},
    )  # fmt: skip
    assert done.returncode == 2
    assert "there is no terminal" in done.stderr
    assert "ssh -t" in done.stderr
    assert list(tmp_path.iterdir()) == []
