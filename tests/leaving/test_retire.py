"""`wren retire` and `wren redeploy`, over a real desk: everything goes, wherever it is cut off."""

import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from gateway.config.places import places_of
from gateway.errors import GatewayError
from gateway.leaving import mark, unsent
from gateway.leaving.steps import STEPS, _emptied
from gateway.release.trial import Trials
from gateway.wifi import networks, profiles
from tests.at_the_desk import enrol
from tests.cli.house import Beat, House, alert, summary, wren
from tests.cli.process import Running, running
from tests.cli.test_desk import doors
from tests.watch.rehearsal import Terminal
from tests.wifi.conftest import OLD, PASSWORD, Radio, radio

__all__ = ["radio"]

NUMBERS = count(1)
"""Of messages: no two homes of this module say the same."""

SECRET = b"No movement seen since 12:00"


@dataclass
class TheDesk:
    process: Running
    folder: Path
    url: str
    ca_file: Path

    def holds(self) -> bytes:
        return b"".join(path.read_bytes() for path in self.folder.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TheDesk]:
    folder = tmp_path_factory.mktemp("desk")
    with running("desk", "--data", folder, "--port", "0", "--people-port", "0") as process:
        url, ca_file, _ = doors(process)
        yield TheDesk(process, folder, url, ca_file)
        process.stop()


@pytest.fixture
def house(tmp_path: Path, desk: TheDesk) -> House:
    """A home of which the desk holds an alert."""
    house = House(tmp_path, uplink=desk.url, ca_file=desk.ca_file).write()
    known = (desk.folder / "known").exists()
    enrol(desk.folder, house.path, "h-0001", *(["--replace"] if known else []))
    (desk.folder / "known").touch()
    now_s = int(time.time())
    house.says(alert(next(NUMBERS), now_s), summary(next(NUMBERS), now_s), beats=[Beat(now_s)])
    house.has_recorded()
    with running("uplink", "--config", house.path) as uplink:
        for _ in range(3):
            uplink.until('"event":"delivered"')
        assert uplink.stop() == 0
    assert SECRET in desk.holds()
    return house


def say(command: str, house: House, *options: str, cwd: Path | None = None) -> "tuple[int, str]":
    with running(
        command, "--config", house.path, "--receipt", (cwd or house.folder) / "receipt.json", *options
    ) as process:
        code = process.process.wait(90)
        process._reader.join(20)
        return code, "".join(process.out)


def left_of(house: House) -> list[str]:
    """Every file that is left, the receipt and the desk's authority apart."""
    return sorted(
        str(path.relative_to(house.folder))
        for path in house.folder.rglob("*")
        if not path.is_dir() and path.name != "receipt.json"
    )


@pytest.mark.slow
def test_everything_goes_and_the_desk_confirms(house: House, desk: TheDesk) -> None:
    code, told = say("retire", house, "--yes", "--anyway")
    assert code == 0, told
    assert left_of(house) == []
    assert SECRET not in desk.holds()
    assert "by a receipt that it signed" in told
    assert "wren desk revoke h-0001" in told
    assert "not\nshredding" in told
    receipt = json.loads((house.folder / "receipt.json").read_text())
    assert (receipt["how"], receipt["home"], receipt["desk"]) == ("retire", "h-0001", "confirmed")
    assert receipt["inputs"] == 1
    assert receipt["erased_s"] <= receipt["desk_s"] <= receipt["ended_s"]


@pytest.mark.slow
@pytest.mark.parametrize("step", [name for name, _ in STEPS])
def test_cut_off_at_any_step_the_same_command_goes_on(house: House, desk: TheDesk, step: str) -> None:
    """The work of the step is done, and nothing of it is written down yet."""
    kill = (
        "import os\n"
        "from gateway.leaving.steps import Way\n"
        f"done = Way._{step}\n"
        f"Way._{step} = lambda way: (done(way), os.kill(os.getpid(), 9))\n"
    )
    with running(
        "retire", "--config", house.path, "--receipt", house.folder / "receipt.json", "--yes", "--anyway", before=kill
    ) as cut:
        assert cut.process.wait(90) == -9
    if step == "end":
        assert left_of(house) == []
    else:
        again = ["--yes", "--anyway"] if step == "stop" else []  # nobody is asked again once something was done
        code, told = say("retire", house, *again)
        assert code == 0, told
    assert left_of(house) == []
    assert SECRET not in desk.holds()
    receipt = json.loads((house.folder / "receipt.json").read_text())
    assert receipt["desk"] == "confirmed"


@pytest.mark.slow
def test_between_configuration_and_mark_nothing_is_missing_but_the_mark(house: House) -> None:
    kill = (
        "import os\nfrom pathlib import Path\n"
        "unlink = Path.unlink\n"
        "def cut(path, **k):\n"
        "    if path.name.endswith('.leaving'): os.kill(os.getpid(), 9)\n"
        "    unlink(path, **k)\n"
        "Path.unlink = cut\n"
    )
    with running(
        "redeploy", "--config", house.path, "--receipt", house.folder / "receipt.json", "--yes", "--anyway", before=kill
    ) as cut:
        assert cut.process.wait(90) == -9
    assert left_of(house) == ["home.toml.leaving"]
    house.write("# the next home\n")
    left = mark.at_its_end(house.path)
    assert left is None, "a home that was set up since is not taken for the one that left"
    assert left_of(house) == ["home.toml"]


@pytest.mark.slow
def test_a_desk_that_is_not_there_keeps_it_from_ending(house: House, desk: TheDesk) -> None:
    enrolment = places_of(house.config).enrolment
    enrolment.write_text(enrolment.read_text().replace(desk.url, "https://127.0.0.1:9"))
    code, told = say("redeploy", house, "--yes", "--anyway", "--patience", "0.03")
    assert (code, "--without-desk" in told) == (5, True), told
    assert SECRET not in b"".join(path.read_bytes() for path in house.folder.rglob("*") if path.is_file())
    shown = json.loads(wren("outbox", "--json", "--config", house.path).stdout)
    assert {one["type"] for one in shown["messages"]} == {"erasure"}, "only the word to the desk is left"
    assert say("retire", house)[0] == 2, "the other command does not take it up"
    code, told = say("redeploy", house, "--without-desk", "--patience", "0.03")
    assert code == 0, told
    assert "HAS NOT CONFIRMED" in told
    assert "wren setup" in told
    assert json.loads((house.folder / "receipt.json").read_text())["desk"] == "not_confirmed"
    assert left_of(house) == []


def test_what_has_not_reached_the_provider_keeps_it_here(tmp_path: Path) -> None:
    house = House(tmp_path).write()
    house.says(alert(1, int(time.time())))
    for command in ("retire", "redeploy"):
        code, told = say(command, house, "--yes")
        assert (code, "has not reached the provider yet" in told) == (2, True), told
    assert not mark.path_of(house.path).exists()


def test_an_open_alert_that_nobody_has_seen_keeps_it_here(tmp_path: Path) -> None:
    house = House(tmp_path).write()
    now_s = int(time.time())
    house.says(alert(1, now_s))
    book = house.book(now_s)
    book.delivered(f"{1:032x}", "alert", sha256="0" * 64, attempts=1)
    book.close()
    code, told = say("redeploy", house, "--yes")
    assert (code, "r1/inactivity" in told, "--anyway" in told) == (2, True, True), told


def test_the_homes_id_must_be_typed(tmp_path: Path) -> None:
    house = House(tmp_path, uplink=None).write()
    asked = Terminal("retire", "--config", house.path, "--receipt", tmp_path / "receipt.json", columns=160)
    page = asked.until("Type the home's id")
    assert "cannot be taken back" in page
    asked.press("h-0002\r")
    assert asked.end() == 2
    assert house.path.exists()
    asked = Terminal("retire", "--config", house.path, "--receipt", tmp_path / "receipt.json", columns=160)
    asked.until("Type the home's id")
    asked.press("h-0001\r")
    assert asked.end() == 0
    assert left_of(house) == []


def test_the_wifi_profiles_of_wrens_making_go_and_others_stay(tmp_path: Path, radio: Radio) -> None:
    house = House(tmp_path, uplink=None).write()
    uuid = profiles.new_uuid()
    profiles.write(networks.seen()[2], PASSWORD, uuid, radio.profiles)
    (radio.changes / "change.json").write_text("{}")
    for command, options, kept in (("redeploy", ["--keep-wifi"], {OLD, uuid}), ("retire", [], {OLD})):
        house.write()
        arguments = [
            command,
            "--config",
            str(house.path),
            "--receipt",
            str(tmp_path / "receipt.json"),
            "--yes",
            *options,
        ]
        with running(*arguments, before=radio.before, **radio.environ) as process:
            assert process.process.wait(60) == 0
        assert set(radio.state["profiles"]) == kept
        assert radio.changes.exists() == (command == "redeploy")


def test_a_connection_that_ends_does_not_stop_it(tmp_path: Path) -> None:
    """It may hang on the Wi-Fi whose profile goes."""
    house = House(tmp_path, uplink=None).write()
    go, here = tmp_path / "go", tmp_path / "here"
    hold = (
        "import os\nfrom pathlib import Path\nfrom gateway.leaving.steps import Way\n"
        f"remove = Way._remove\ngo, here = Path({str(go)!r}), Path({str(here)!r})\n"
        "def held(way):\n    here.touch()\n    while not go.exists(): os.sched_yield()\n    remove(way)\n"
        "Way._remove = held\n"
    )
    receipt = tmp_path / "receipt.json"
    asked = Terminal("retire", "--config", house.path, "--receipt", receipt, "--yes", before=hold)
    while not here.exists():
        os.sched_yield()
    os.close(asked.process.child_fd)  # whoever writes to this terminal now gets an error
    asked.process.kill(signal.SIGHUP)
    go.touch()
    while not receipt.exists() or mark.path_of(house.path).exists():
        os.sched_yield()
    assert left_of(house) == ["go", "here"]


def test_what_stands_in_a_folders_place_does_not_lead_root_elsewhere(tmp_path: Path) -> None:
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "folder"
    (elsewhere / "deep").mkdir(parents=True)
    (elsewhere / "deep" / "precious").touch()
    folder.mkdir()
    (folder / "link").symlink_to(elsewhere)
    (folder / "more").mkdir()
    (folder / "more" / "link").symlink_to(elsewhere / "deep" / "precious")
    _emptied(folder)
    assert list(folder.iterdir()) == []
    folder.rmdir()
    folder.symlink_to(elsewhere)
    with pytest.raises(GatewayError, match="no folder"):
        _emptied(folder)
    assert (elsewhere / "deep" / "precious").exists()


def test_an_update_on_trial_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unsent, "Trials", lambda: Trials(tmp_path))
    unsent.refuse_trial()
    (tmp_path / "var/lib/wren-release").mkdir(parents=True)
    (tmp_path / "var/lib/wren-release/trial.json").write_text("{}")
    with pytest.raises(GatewayError):
        unsent.refuse_trial()


def test_a_script_must_say_yes(tmp_path: Path) -> None:
    house = House(tmp_path, uplink=None).write()
    done = wren("retire", "--config", house.path, "--receipt", tmp_path / "receipt.json")
    assert done.returncode == 2
    assert b"--yes" in done.stderr
    assert house.path.exists()


def test_wren_that_runs_is_not_erased(tmp_path: Path) -> None:
    house = House(tmp_path, uplink=None).write()
    with running("run", "--config", house.path) as daemon:
        daemon.until('"event":"ready"')
        code, told = say("retire", house, "--yes")
        assert (code, "Wren is running" in told) == (4, True), told
        daemon.stop()
    assert say("retire", house, "--yes")[0] == 0
    assert left_of(house) == []


def _cut(house: House, command: str, step: str) -> None:
    """It ends like a power cut once the work of `step` is done and written down."""
    kill = (
        "import os\n"
        "from gateway.leaving.steps import Way\n"
        "note = Way._note\n"
        "def cut(way, **changes):\n"
        "    note(way, **changes)\n"
        f"    if (changes.get('done') or ('',))[-1] == '{step}': os.kill(os.getpid(), 9)\n"
        "Way._note = cut\n"
    )
    arguments = ("--config", house.path, "--receipt", house.folder / "receipt.json", "--yes", "--anyway")
    with running(command, *arguments, before=kill) as cut:
        assert cut.process.wait(90) == -9


@pytest.mark.slow
def test_cut_off_while_the_key_goes_what_the_desk_confirmed_stays_confirmed(house: House, desk: TheDesk) -> None:
    kill = (
        "import os\n"
        "from gateway.leaving import steps\n"
        "def cut(folder):\n"
        "    (folder / 'key.pem').unlink()\n"
        "    os.kill(os.getpid(), 9)\n"
        "steps._emptied = cut\n"
    )
    arguments = ("--config", house.path, "--receipt", house.folder / "receipt.json", "--yes", "--anyway")
    with running("retire", *arguments, before=kill) as cut:
        assert cut.process.wait(90) == -9
    code, told = say("retire", house)
    assert code == 0, told
    assert json.loads((house.folder / "receipt.json").read_text())["desk"] == "confirmed"
    assert left_of(house) == []


@pytest.mark.slow
@pytest.mark.parametrize("step", ["erase", "tell", "remove", "receipt", "profiles"])
def test_what_was_recorded_after_a_power_cut_goes_too(house: House, desk: TheDesk, step: str) -> None:
    """At the next boot systemd starts the daemon, and the home is watched until somebody says the command again."""
    _cut(house, "redeploy", step)
    now_s = int(time.time())
    house.says(alert(next(NUMBERS), now_s), beats=[Beat(now_s)])
    house.has_recorded()
    code, told = say("redeploy", house)
    assert code == 0, told
    assert left_of(house) == []
    assert SECRET not in desk.holds()


def test_a_mark_of_another_home_does_not_decide_about_this_one(tmp_path: Path) -> None:
    house = House(tmp_path, uplink=None).write()
    _cut(house, "redeploy", "erase")
    house.path.write_text(house.path.read_text().replace('"h-0001"', '"h-0002"'))
    code, told = say("redeploy", house)
    assert (code, "--yes" in told) == (2, True), told
    assert house.path.exists()


def test_what_cannot_be_written_down_stops_nothing(tmp_path: Path) -> None:
    house = House(tmp_path, uplink=None).write()
    stops = tmp_path / "stopped"
    full = (
        "from pathlib import Path\nfrom gateway import small_files\nfrom gateway.errors import StoreError\n"
        "from gateway.leaving.services import Alone\n"
        f"Alone.stop = lambda one: Path({str(stops)!r}).touch()\n"
        "def keep(*a, **k): raise StoreError('It cannot be written.', advice='Run this as root.')\n"
        "small_files.keep = keep\n"
    )
    with running("retire", "--config", house.path, "--receipt", tmp_path / "r.json", "--yes", before=full) as process:
        assert process.process.wait(60) == 4
    assert not stops.exists(), "the home would not be watched until the next boot"


def test_two_at_once_do_not_meet(tmp_path: Path) -> None:
    house = House(tmp_path, uplink=None).write()
    asked = Terminal("retire", "--config", house.path, "--receipt", tmp_path / "receipt.json", columns=160)
    asked.until("Type the home's id")
    code, told = say("retire", house, "--yes")
    assert (code, "another terminal" in told) == (2, True), told
    asked.press("h-0001\r")
    assert asked.end() == 0
    assert left_of(house) == []


def test_where_a_link_leads_goes_too(tmp_path: Path) -> None:
    house = House(tmp_path, uplink=None).write()
    (tmp_path / "elsewhere").mkdir()
    real = house.path.rename(tmp_path / "elsewhere" / "h-0001.toml")
    for name in ("h-0001.toml.before", "home.toml.draft", ".h-0001.toml.x"):
        real.with_name(name).write_text("r1\n")
    house.path.symlink_to(real)
    assert say("retire", house, "--yes")[0] == 0
    assert left_of(house) == []


def test_a_begun_one_that_has_done_nothing_keeps_nobody_from_the_other(tmp_path: Path) -> None:
    house = House(tmp_path, uplink=None).write()
    _cut(house, "retire", "")
    code, told = say("redeploy", house, "--yes")
    assert code == 0, told


@pytest.mark.slow
def test_a_messenger_that_does_not_start_holds_nobody_for_ever(house: House) -> None:
    broken = (
        "from gateway.errors import GatewayError\nfrom gateway.leaving.services import Alone\n"
        "def start(one): raise GatewayError('Job for wren-uplink.service failed.', advice='Look at it.')\n"
        "Alone.start_messenger = start\n"
    )
    arguments = ("--config", house.path, "--receipt", house.folder / "receipt.json", "--yes", "--anyway")
    for more, code in (((), 1), (("--without-desk",), 0)):
        with running("retire", *arguments, *more, before=broken) as process:
            assert process.process.wait(90) == code
    assert json.loads((house.folder / "receipt.json").read_text())["desk"] == "not_confirmed"
    assert left_of(house) == []


def test_ctrl_c_says_how_it_goes_on(tmp_path: Path) -> None:
    house = House(tmp_path, uplink=None).write()
    wait = "import signal\nfrom gateway.leaving.steps import Way\nWay._erase = lambda way: signal.pause()\n"
    receipt = tmp_path / "receipt.json"
    asked = Terminal("retire", "--config", house.path, "--receipt", receipt, "--yes", before=wait)
    asked.until("2/8")
    asked.press("\x03")
    assert asked.end() == 1
    assert "Say `wren retire` again" in asked.text
