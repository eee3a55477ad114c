"""The daemon that is stopped for a conversation is started again, however the conversation ends."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.setup.world import World, world


@pytest.fixture
def around(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, radio=False) as found:
        found.run_the_daemon()
        yield found


def after(around: World, lines: str) -> int:
    """The exit code of a program that has stopped the daemon, and then does `lines`."""
    program = f"import os, signal\nfrom gateway.setup import service\nassert service.stop()\n{lines}"
    environ = around.environ | {"PYTHONPATH": f"{Path(__file__).parents[2]}{os.pathsep}{around.environ['PYTHONPATH']}"}
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **environ}, timeout=60, check=False, start_new_session=True
    )
    return done.returncode


@pytest.mark.slow
@pytest.mark.parametrize("end", ["os.kill(os.getpid(), 9)", "os.killpg(0, 9)", "os._exit(1)"])
def test_killed_in_the_middle_the_daemon_is_started_again(around: World, end: str) -> None:
    after(around, end)
    around.until_started()


def test_started_in_order_it_is_started_once(around: World) -> None:
    assert after(around, "service.stop()\nassert service.start()\nassert service._deputy is None") == 0
    assert around.daemon_runs
    assert around.asked_of_systemd() == ["stop wren.service", "stop wren.service", "start wren.service"]
