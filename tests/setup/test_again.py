"""Run again on a home that is set up: one answer changes, and the file is otherwise as it was."""

import os
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.__main__ import wren
from gateway.config.reading import load
from gateway.errors import InputError
from gateway.setup.draft import Draft
from models.kinds import AlertKind
from tests.setup.terminal import ENTER, terminal
from tests.setup.test_merging import EXAMPLE
from tests.setup.world import world

pytestmark = pytest.mark.slow

BY_HAND = EXAMPLE.replace(
    '[home]\nid = "h-0001"', "# ours since May\n[home]   # the flat\nid = 'h-0001' # agreed"
).replace("[budget]", "# the manager's wish\n[budget]")


def test_one_answer_is_changed_and_the_rest_is_as_it_was(tmp_path: Path) -> None:
    with world(tmp_path, radio=False) as around:
        around.home.write_text(BY_HAND, encoding="utf-8")
        around.home.chmod(0o604)
        if os.geteuid() == 0:
            os.chown(around.home, 0, 4242)
        with terminal("--config", around.home, folder=tmp_path, environ=around.environ) as at:
            at.sees("This is what will be written", "1  The home        h-0001")
            at.press("1")
            at.sees("Which home is this", "[h-0001]")
            at.name("h-0002")
            at.sees("This is what will be written", "h-0002")
            at.press("s")
            at.sees("the flat", "page 1 of")
            at.press("\t")
            at.sees('key = "…"')
            at.press(ENTER)
            at.sees("This is what will be written")
            at.press(ENTER)
            assert at.end() == 0
            assert {"is kept as", "Worth a look before you leave"} == {
                words for words in ("is kept as", "Worth a look before you leave") if words in " ".join(at.text.split())
            }
    assert around.home.read_text(encoding="utf-8") == BY_HAND.replace("'h-0001' # agreed", '"h-0002" # agreed')
    assert (tmp_path / "home.toml.before").read_text(encoding="utf-8") == BY_HAND
    for path in (around.home, tmp_path / "home.toml.before"):
        assert path.stat().st_mode & 0o777 == 0o604
        if os.geteuid() == 0:
            assert (path.stat().st_uid, path.stat().st_gid) == (0, 4242)


def test_nothing_changed_is_nothing_written(tmp_path: Path) -> None:
    with world(tmp_path, radio=False) as around:
        around.home.write_text(BY_HAND, encoding="utf-8")
        before = around.home.stat()
        with terminal("--config", around.home, folder=tmp_path, environ=around.environ) as at:
            at.sees("This is what will be written")
            at.press(ENTER)
            assert at.end() == 0
            assert "nothing was changed" in " ".join(at.text.split())
        after = around.home.stat()
        assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
        assert not (tmp_path / "home.toml.before").exists()


def test_every_kind_of_change_to_a_sensor_and_to_who_is_told(tmp_path: Path) -> None:
    with world(tmp_path, radio=False) as around:
        around.home.write_text(BY_HAND, encoding="utf-8")
        with terminal("--config", around.home, folder=tmp_path, environ=around.environ) as at:
            at.sees("This is what will be written")
            at.press("5")
            at.sees(" 2  kitchen-tap: tap, kitchen, GPIO17")
            at.name("2")
            at.sees("where it is")
            at.press("p")
            at.sees("Where is it?")
            at.press("n")
            at.sees("No name of a person")
            at.name("Utility Room")
            at.sees("kitchen-tap: tap, utility-room")
            at.name("5")  # the help button goes
            at.sees("take it out")
            at.press("x")
            at.until(lambda text: "help button" not in text, "no button")
            at.press(ENTER)
            at.sees("This is what will be written")
            at.press("8")
            at.sees("Who answers:")
            assert "the help button" not in at.text
            at.press("3")  # the day team is called otherwise
            at.sees("Role [day-team]")
            at.name("carers")
            at.sees("When does carers answer?")
            at.press(ENTER)
            at.sees("3 carers (office hours)")
            at.press("t")
            at.sees("Trouble with sensors")
            at.press("n")
            at.sees("(0 of")
            at.press(ENTER)
            at.sees("This is what will be written")
            at.press("0")
            at.sees("1  08:00 to 08:45, mon wed fri")
            at.press("y")
            at.sees("From when?")
            at.press("1200")
            at.sees("When is it over?")
            at.press("1230")
            at.sees("On which days?")
            at.press("w")
            at.sees("2  12:00 to 12:30, mon tue wed thu fri")
            at.press(ENTER)
            at.sees("This is what will be written")
            at.press(ENTER)
            assert at.end() == 0
            assert "nobody is told when a sensor fails" in " ".join(at.text.split())
    config = load(around.home)
    assert config.alerts is not None
    assert "help_button" not in config.alerts
    assert config.alerts[AlertKind.LATE_START].owner == "carers"
    assert config.sensors[1].place == "utility-room"
    assert config.visits[1].days == ("mon", "tue", "wed", "thu", "fri")
    assert "# the manager's wish" in around.home.read_text(encoding="utf-8")


def test_somebody_else_changed_the_file_meanwhile(tmp_path: Path) -> None:
    with world(tmp_path, radio=False) as around:
        around.home.write_text(BY_HAND, encoding="utf-8")
        with terminal("--config", around.home, folder=tmp_path, environ=around.environ) as at:
            at.sees("This is what will be written")
            around.home.write_text(BY_HAND.replace("office", "24h"), encoding="utf-8")
            at.press(ENTER)
            at.sees("changed by somebody else meanwhile")
            at.press(ENTER)
            at.sees("Nothing was written.")
            at.press("q")
            assert at.end() == 1
        assert around.home.read_text(encoding="utf-8") == BY_HAND.replace("office", "24h")


def test_a_small_window_shows_page_by_page(tmp_path: Path) -> None:
    with world(tmp_path, radio=False) as around:
        around.home.write_text(BY_HAND, encoding="utf-8")
        with terminal("--config", around.home, folder=tmp_path, size=(80, 16), environ=around.environ) as at:
            at.sees("This is what will be written")
            at.press("8")
            at.sees("page 1 of 2", "the help button was pressed", "Enter: as shown")
            at.press("\t")
            at.sees("page 2 of 2", "Who answers:", "Enter: as shown")
            at.press("\t")
            at.sees("page 1 of 2", "the help button was pressed")


def test_show_prints_what_would_be_written_and_no_key(tmp_path: Path) -> None:
    home = tmp_path / "home.toml"
    shown = CliRunner().invoke(wren, ["setup", "--show", "--config", str(home)], catch_exceptions=True)
    assert isinstance(shown.exception, InputError)
    home.write_text(BY_HAND, encoding="utf-8")
    shown = CliRunner().invoke(wren, ["setup", "--show", "--config", str(home)])
    assert shown.exit_code == 0
    assert shown.output == BY_HAND.replace("00112233445566778899aabbccddeeff", "…")
    draft = Draft(home, BY_HAND)
    draft.keep(tomllib.loads(BY_HAND.replace("0001", "0009")), ("home",))
    assert draft.path.stat().st_mode & 0o777 == 0o600
    shown = CliRunner().invoke(wren, ["setup", "--show", "--config", str(home)])
    assert "h-0009" in shown.output
    assert "# the manager's wish" in shown.output
    assert home.read_text(encoding="utf-8") == BY_HAND
