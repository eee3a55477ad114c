"""`scripts/second-stage` and `scripts/install-stage` where they cannot run: they say so in one line, and CI goes on
unless it must not.

What they prove where they can run is in tests/second_stage and tests/install_stage.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.second_stage.names import answer

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.fixture(params=["second", "install"])
def stage(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """An environment with the few programs that the script's beginning needs, and no systemd-nspawn."""
    for name in ("bash", "dirname", "id"):
        program = shutil.which(name)
        assert program
        (tmp_path / name).symlink_to(program)
    return {"PATH": str(tmp_path)}


def run(stage: str, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [shutil.which("bash") or "bash", str(SCRIPTS / f"{stage}-stage"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env=environment)


def test_where_it_cannot_run_it_says_so_and_is_no_failure(stage: str, bare: dict[str, str]) -> None:
    done = run(stage, bare)
    assert done.returncode == 0
    (line,) = done.stdout.splitlines()
    reason = "systemd-nspawn is not installed" if os.geteuid() == 0 else "it needs root"
    assert line.startswith(f"{stage} stage SKIPPED: {reason}")


def test_where_it_is_required_a_skip_is_a_failure(stage: str, bare: dict[str, str]) -> None:
    done = run(stage, bare | {f"WREN_{stage.upper()}_STAGE": "required"})
    assert done.returncode == 1
    assert done.stdout.startswith(f"{stage} stage SKIPPED: ")


def test_an_unknown_release_is_refused(stage: str, bare: dict[str, str]) -> None:
    done = run(stage, bare, "jammy")
    assert (done.returncode, done.stdout) == (2, "")
    assert "trixie or bookworm" in done.stderr


def test_the_name_server_answers_and_knows_who_was_asked_for() -> None:
    question = b"\x12\x34\1\0\0\1\0\0\0\0\0\0\x04desk\x07example\0\0\1\0\1"
    name, reply = answer(question)
    assert name == "desk.example"
    assert reply[:2] == b"\x12\x34"
    assert reply.endswith(b"\x7f\0\0\1")
    assert answer(question[:-4] + b"\0\x1c\0\1")[1][6:8] == b"\0\0"
