"""`wren demo --practice`: each key happens for real, the exercises know when they are solved, and nothing is left."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest
from click.testing import CliRunner

from gateway.__main__ import wren
from gateway.demo.exercises import EXERCISES
from gateway.demo.practice_acts import KEYS
from gateway.demo.practice_keys import Scripted
from tests.guides.pages import ROOT

_DAYS = "6"
_MOST_S = 170
"""On a machine that does much else; by itself ten seconds."""


def _environment(folder: Path) -> dict[str, str]:
    (folder / "tmp").mkdir()
    (folder / "home").mkdir()
    kept = {name: value for name, value in os.environ.items() if name not in ("XDG_DATA_HOME", "COLUMNS")}
    return {**kept, "TMPDIR": str(folder / "tmp"), "HOME": str(folder / "home"), "COLUMNS": "200"}


def _practise(folder: Path, keys: str, *, piped: bool = False) -> str:
    options = [] if piped else ["--keys", keys]
    ended = subprocess.run(
        [sys.executable, "-m", "gateway", "demo", "--practice", "--days", _DAYS, *options],
        check=False, capture_output=True, text=True, timeout=_MOST_S, cwd=ROOT, env=_environment(folder),
        input=keys if piped else "",
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stderr == ""
    assert "\x1b" not in ended.stdout
    assert list((folder / "tmp").iterdir()) == []
    assert list((folder / "home").iterdir()) == []
    assert ended.stdout.rstrip().endswith("The practice home is taken down.")
    return ended.stdout


@pytest.mark.slow
@pytest.mark.timeout(_MOST_S + 10)
def test_a_call_is_told_to_the_care_worker_and_answered(tmp_path: Path) -> None:
    said = _practise(tmp_path, "h\ntas?x", piped=True)
    assert re.search(r"The desk's page, as care staff see it: http://127\.0\.0\.1:\d+\n", said)
    told, after = said.split("URGENT help button · r1")
    assert told.rstrip().endswith("To the care worker:\n╭─") or "To the care worker:" in told
    assert "at the desk, with a receipt" in after
    assert "it goes to the second recipient as well" in after
    assert "heard in the house, with the desk's seal" in after
    assert re.search(r"could see: \d+ of 14 sensors heard", after)
    assert re.search(r"kitchen-motion +last heard", after)
    assert "exercise: find out which sensor is silent" in after


@pytest.mark.slow
@pytest.mark.timeout(_MOST_S + 10)
def test_what_is_wrong_with_the_house_goes_to_the_technician(tmp_path: Path) -> None:
    said = _practise(tmp_path, "brrc")
    for kind in ("battery low", "radio down"):
        before, _ = said.split(f"ATTENTION {kind} · household")
        assert before.rstrip("╭─ \n").endswith("To the technician:"), kind
    assert "Something has been heard by radio again" in said
    assert "The power was away for an hour. The gateway is up again." in said
    assert "To the care worker:" not in said


@pytest.mark.slow
@pytest.mark.timeout(_MOST_S + 10)
def test_the_door_at_night_and_nobody_up_go_to_the_care_worker(tmp_path: Path) -> None:
    said = _practise(tmp_path, "dm")
    for kind in ("URGENT night exit", "ATTENTION late start"):
        assert f"{kind} · r1" in said
    assert "To the technician:" not in said
    assert re.search(r"night exit: Seen indoors again at \d\d:\d\d", said)


@pytest.mark.slow
@pytest.mark.timeout(_MOST_S + 10)
def test_the_exercises_know_when_they_are_solved(tmp_path: Path) -> None:
    """The second by an answer in time, then not; the third by the right length and by a wrong one."""
    said = _practise(tmp_path, "2ta" + "n2tttttttttt" + "31" + "n32" + "n33")
    assert said.count("A person answered in time, and the house has heard it.") == 1
    assert said.count("Not solved. Nobody answered in time.") == 1
    blind = re.findall(r"(Solved|Not solved)\. It could not see for (40 min|2 h|3 h 30)\.", said)
    assert [solved == "Solved" for solved, _ in blind] == [
        length == answer for (_, length), answer in zip(blind, ("40 min", "2 h", "3 h 30"), strict=True)
    ]


@pytest.mark.slow
@pytest.mark.timeout(_MOST_S + 10)
def test_the_silent_sensor_can_be_found(tmp_path: Path) -> None:
    """Its letter is one of four; each wrong one is said to be wrong."""
    said = _practise(tmp_path, "1s" + "gdghgi" + "x")
    hidden = re.search(r"(Solved|Not solved)\. It was ([\w-]+)\.", said)
    assert hidden
    assert re.search(rf"{hidden[2]} +last heard (6\d|7\d) h", said)
    wrong = said.count("Not that one: it was heard.")
    assert (hidden[1], wrong) == {
        "kitchen-tap": ("Solved", 0), "toilet": ("Solved", 1), "hall-motion": ("Solved", 2),
        "bathroom-motion": ("Not solved", 3),
    }[hidden[2]]  # fmt: skip
    assert "sensor silent ·" not in said.split("A wire has come off.")[1].split("It was")[0]


@pytest.mark.slow
@pytest.mark.timeout(_MOST_S + 10)
def test_at_a_terminal_single_keys_do_it(tmp_path: Path) -> None:
    command = [*("-m", "gateway", "demo", "--practice", "--days", "5")]
    shell = pexpect.spawn(
        sys.executable, command, cwd=str(ROOT), env=_environment(tmp_path), encoding="utf-8", timeout=120
    )
    try:
        shell.expect("key")
        shell.send("h")
        shell.expect("URGENT")
        shell.expect("with a receipt")
        shell.expect("key")
        shell.sendintr()
        shell.expect("taken down")
        shell.expect(pexpect.EOF)
    finally:
        shell.close(force=True)
    assert shell.exitstatus == 0
    assert list((tmp_path / "tmp").iterdir()) == []


def test_every_key_has_words_and_no_two_are_the_same() -> None:
    assert not set(KEYS) & set(EXERCISES)
    assert "x" not in KEYS
    assert "?" not in KEYS
    assert all(act.words for act in KEYS.values())


async def test_written_keys_end_where_they_end() -> None:
    keys = Scripted(" h\n t")
    assert [await keys.next() for _ in range(3)] == ["h", "t", None]
    assert await Scripted("xh").next() is None


def test_keys_without_practice_are_refused() -> None:
    result = CliRunner().invoke(wren, ["demo", "--keys", "h"])
    assert result.exit_code == 2
    assert "--keys are for --practice." in result.output
