"""`wren doctor` as a command: it always ends, says what it could not see, and names causes and not their symptoms."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli.doctor import doctor
from gateway.config.reading import parse
from gateway.doctor import catalogue, look, report
from gateway.doctor.catalogue import CHECKS
from gateway.doctor.checks import radio
from gateway.doctor.facts import Adapter, Board, Radio
from gateway.doctor.findings import Finding, State, failed, passed, skipped, warned
from gateway.doctor.looks import board
from gateway.doctor.machine import Machine
from tests.cli.house import House, wren

from .faults import FAULTS
from .home import TOML

ROOT = Path(__file__).parents[2]


def told(machine: Machine, config: Path) -> dict[str, dict[str, str]]:
    """Each check by its name."""
    done = CliRunner().invoke(doctor, ["--config", str(config), "--json"], obj=machine)
    return {one["check"]: one for one in json.loads(done.stdout)["findings"]}


def test_every_need_is_a_check_and_none_needs_itself() -> None:
    def reached(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, path
        for need in CHECKS[name].needs:
            reached(need, (*path, name))

    for name in CHECKS:
        reached(name, ())


def test_every_fault_of_the_table_is_in_the_catalogue() -> None:
    assert [one.name for one in FAULTS if one.cause not in CHECKS[one.check].causes] == []


def test_what_follows_from_a_failure_is_not_told_as_another() -> None:
    found = catalogue.settled([
        failed("desk.door", "closed", "Closed.", "Open it."),
        failed("network.way", "no_way_out", "No way out.", "Plug it in."),
        warned("messages.waiting", "wait", "Waits.", "Wait."),
        passed("desk.authority", "Good."),
        skipped("sensors.heard", "Too soon."),
    ])  # fmt: skip
    assert [(one.check, one.state) for one in found if one.state is not State.PASS] == [
        ("sensors.heard", State.SKIP),
        ("network.way", State.FAIL),
        ("desk.door", State.SKIP),
        ("messages.waiting", State.SKIP),
    ]
    assert next(one.why for one in found if one.check == "desk.door") == "Needs network.way, which fails."


def test_a_warning_keeps_nothing_else_quiet() -> None:
    found = catalogue.settled([
        warned("board.power", "under_voltage_seen", "Seen.", "Supply."),
        warned("database.stops", "often_cut", "Cut.", "Socket."),
    ])  # fmt: skip
    assert [one.state for one in found] == [State.WARN, State.WARN]


def test_failures_come_before_warnings_and_causes_before_effects() -> None:
    found = catalogue.worst(catalogue.settled([
        failed("radio.adapter", "none", "No.", "Yes."),
        warned("board.heat", "hot", "Hot.", "Cool."),
        failed("home.accepted", "refused", "No.", "Yes."),
    ]))  # fmt: skip
    assert [one.check for one in found] == ["home.accepted", "radio.adapter", "board.heat"]


def test_without_a_configuration_it_says_so_and_looks_at_the_rest(tmp_path: Path) -> None:
    done = wren("doctor", "--config", tmp_path / "home.toml")
    out = done.stdout.decode()
    assert done.returncode == 1
    assert out.startswith(f"There is no {tmp_path / 'home.toml'}")
    assert "pass  disk" in out
    assert "\x1b" not in out


def test_a_part_that_hangs_is_told_and_keeps_nobody(
    house_files: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    never = threading.Event()

    def hang(_: Machine) -> Board:
        never.wait(30)
        return Board()

    monkeypatch.setattr(board, "look", hang)
    monkeypatch.setattr(look, "PART_S", 0.5)
    found = told(Machine(tmp_path), house_files)
    never.set()
    assert found["board.power"]["state"] == "skip"
    assert "No answer within" in found["board.power"]["why"]
    assert found["disk.writable"]["state"] == "pass"


def test_a_part_that_stumbles_is_told(house_files: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def stumble(_: Machine) -> Board:
        raise KeyError("x")

    monkeypatch.setattr(board, "look", stumble)
    assert "stumbled here (KeyError)" in told(Machine(tmp_path), house_files)["board.heat"]["why"]


@pytest.fixture
def house_files(tmp_path: Path) -> Path:
    return House(tmp_path).write().path


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_without_root_it_says_what_it_could_not_look_at(house_files: Path) -> None:
    for folder in (house_files.parent, *house_files.parents):
        if folder.stat().st_mode & 0o001 == 0:
            folder.chmod(0o711)
    private = house_files.parent / "data/private"
    private.mkdir(parents=True, mode=0o700)
    ask = f"CliRunner().invoke(doctor, ['--config', {str(house_files)!r}], obj=Machine())"
    code = (  # asked twice, for the interpreter itself may lie where only root may read
        "import os\nfrom click.testing import CliRunner\nfrom gateway.cli.doctor import doctor\n"
        f"from gateway.doctor.machine import Machine\n{ask}\nos.setgroups([])\nos.setegid(65534)\n"
        f"os.seteuid(65534)\ndone = {ask}\nprint(done.output)\nraise SystemExit(done.exit_code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    assert "Not run as root: what only root may see was not looked at." in done.stdout


def test_doctor_does_not_load_the_learners(house_files: Path) -> None:
    code = (
        "import sys\nfrom gateway.__main__ import main\n"
        f"sys.argv = ['wren', 'doctor', '--config', {str(house_files)!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\nprint(*sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}
    assert "gateway" in loaded
    assert loaded & {"river", "scipy", "numpy", "bleak", "gpiozero", "requests", "rich"} == set()


def test_the_verdict_of_a_sound_home_does_not_say_how_anybody_is() -> None:
    said = report.verdict([Finding("disk.space", State.PASS, "Room.")])
    assert said == "Nothing found that needs the technician (1 passed). This does not say how anybody is."


def test_what_is_silent_by_nature_is_no_fault() -> None:
    """A button that nobody presses, and a strap that is out with who wears it."""
    config = parse(
        TOML.replace('kind = "temperature"', 'kind = "heart_rate"')
        .replace('"bthome"', '"heart_rate"')
        .replace('id = "lounge-warmth"', 'id = "strap"\nresident = "r1"')
    )
    there = Radio(has_bus=True, has_bluez=True, adapters=(Adapter("hci0", powered=True, discovering=True),))
    assert {one.state for one in radio.check(config, there)} == {State.PASS}
