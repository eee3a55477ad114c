"""What comes from a terminal: keys, and what was pasted, which presses none."""

import os
import sys
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.setup.asking import LONGEST, Asker
from gateway.setup.keys import BACK, ENTER, Keys
from gateway.setup.screen import Lines, Screen

PASTE, PASTED = "\x1b[200~", "\x1b[201~"
Type = Callable[[str], object]


class Paper(Screen):
    """Counts how often it is drawn on."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn = 0

    def show(self, lines: Lines, prompt: str = "") -> None:
        self.drawn += 1


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Type]:
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    with os.fdopen(theirs) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield lambda text: os.write(ours, text.encode())
    os.close(ours)


def test_a_paste_is_one_key_and_its_line_ends_are_blanks(typed: Type) -> None:
    keys = Keys()
    typed(f"a{PASTE}one\r\n two\t\x07three\n{PASTED}b{PASTE}{PASTED}\r")
    assert [keys.get(0.1) for _ in range(5)] == ["a", "one two three", "b", ENTER, None]


def test_a_paste_that_comes_in_pieces_or_is_cut_ends(typed: Type) -> None:
    keys = Keys()
    typed(f"{PASTE}one")
    typed(f" two{PASTED[:3]}")
    assert keys.get(0.1) == "one two", "the rest never came"
    typed("x\x7f")
    assert [keys.get(0.1) for _ in range(2)] == ["x", BACK]


def test_pasted_lines_answer_one_question_and_no_other(typed: Type) -> None:
    asker = Asker(Paper(), Keys())
    typed(f"{PASTE}h-1\ny\n\n{PASTED}\r")
    assert asker.text(["Which home?"], "Id") == "h-1 y"
    typed(f"{PASTE}y\ny\n{PASTED}n")
    assert asker.yes(["Write it?"], default=False) is False


@pytest.mark.parametrize("marks", [(PASTE, PASTED), ("", "")])
def test_ten_thousand_characters_are_no_trial_of_patience(typed: Type, marks: tuple[str, str]) -> None:
    paper = Paper()
    asker = Asker(paper, Keys())
    for text in (marks[0], *["x" * 1000] * 3, marks[1], "\r\x15ok\r"):
        typed(text)
    assert asker.text(["Why?"], "Why") in ("ok", "x" * LONGEST)
    assert paper.drawn < 40


def test_an_answer_has_an_end(typed: Type) -> None:
    asker = Asker(Paper(), Keys())
    typed("x" * (LONGEST + 50) + "\r")
    assert asker.text(["Why?"], "Why") == "x" * LONGEST


@pytest.mark.parametrize("mounted", ["read-only", "full of rights"])
def test_what_cannot_be_written_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mounted: str) -> None:
    from gateway.errors import InputError
    from gateway.setup.keeping import refuse_unwritable

    read_only = mounted == "read-only"
    monkeypatch.setattr(os, "access", lambda *_: False)
    real = os.statvfs(tmp_path)
    flags = real.f_flag | os.ST_RDONLY if read_only else real.f_flag & ~os.ST_RDONLY
    monkeypatch.setattr(os, "statvfs", lambda _: os.statvfs_result([*real[:8], flags, real[9]]))
    with pytest.raises(InputError) as refused:
        refuse_unwritable(tmp_path / "home.toml")
    assert ("read-only" in str(refused.value)) is read_only
    assert ("sudo wren setup" in refused.value.advice) is not read_only
