"""One at a time: who holds the lock, who only outlived it, and what the next run makes of either."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.provision.errors import Refused
from gateway.provision.pi.lock import LOCK, Lock, is_taken
from gateway.provision.pi.machine import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / "run").mkdir()
    (tmp_path / "proc").symlink_to("/proc")
    return Machine(tmp_path)


@pytest.fixture
def outlived(machine: Machine) -> Iterator["subprocess.Popen[bytes]"]:
    """A program of a run whose agent was killed: nobody holds the lock, and it works on."""
    with subprocess.Popen(["sh", "-c", "read line"], stdin=subprocess.PIPE, start_new_session=True) as program:
        machine.path(LOCK).write_text(json.dumps({"session": program.pid, "cut": False}).ljust(64))
        yield program
        program.kill()


def test_what_outlived_its_run_is_waited_for(machine: Machine, outlived: "subprocess.Popen[bytes]") -> None:
    said: list[str] = []
    asked = []

    def gone() -> bool:
        asked.append(1)
        if len(asked) == 2:
            outlived.kill()
            outlived.wait()
        return False

    Lock(machine).take(said.append, gone)
    assert len(asked) >= 2


def test_a_laptop_that_leaves_while_it_waits_waits_no_longer(
    machine: Machine, outlived: "subprocess.Popen[bytes]"
) -> None:
    assert outlived.poll() is None
    with pytest.raises(Refused, match="Another provisioning is at work"):
        Lock(machine).take(print, lambda: True)


def test_a_run_whose_laptop_is_gone_is_waited_for_and_said_so(machine: Machine) -> None:
    first = Lock(machine)
    first.take(print, lambda: False)
    assert is_taken(machine)
    first.say(cut=True)
    said: list[str] = []
    with pytest.raises(Refused):
        Lock(machine).take(said.append, lambda: bool(said))
    assert said == ["The run before this one was cut off and is finishing its step; waiting for it."]


@pytest.mark.parametrize("text", ["", "not json", "[]", '{"session": "x"}', '{"session": 999999999, "cut": false}'])
def test_whatever_stands_in_a_lock_that_nobody_holds_it_is_taken(machine: Machine, text: str) -> None:
    machine.path(LOCK).write_text(text)
    Lock(machine).take(print, lambda: True)
    assert json.loads(machine.path(LOCK).read_text()[:64])["cut"] is False


def test_looking_makes_no_file(machine: Machine) -> None:
    assert not is_taken(machine)
    assert not machine.path(LOCK).exists()
