"""Killed at each of its steps, on the laptop and on the Pi, and run again: always whole, and as if nothing had been."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from gateway.provision.steps import NAMES
from tests.provision.bundles import FINGERPRINT, TOKEN, Made
from tests.provision.conftest import NewPi
from tests.provision.pis import Pi

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

NAME = "@"
"""Stands for the version's name in a path."""
VERSION = f"/opt/wren/versions/{NAME}"
WITHIN = (
    ("copy", f"/var/lib/wren-release/incoming/{NAME}.part"),
    ("packages", "/var/lib/wren-release/incoming/unpacked/debs"),
    ("packages", "/usr/share/wren-test/file"),
    ("version", f"{VERSION}/unpacked/wheels"),
    ("version", f"{VERSION}/pyvenv.cfg"),
    ("version", f"{VERSION}/bin/wren"),
    ("version", f"{VERSION}/complete"),
    ("version", "/opt/wren/current"),
    ("units", "/etc/systemd/system/wren.service"),
    ("units", "/etc/sysusers.d/wren.conf"),
    ("upgrades", "/etc/systemd/system/apt-daily.timer.d/wren.conf"),
    ("home", "/var/lib/wren-release/incoming/home.toml"),
)
"""A step, and a file that shows that it is in the middle of it."""
AT_EACH = tuple((step, "") for step in NAMES[2:])
ALL = tuple(sorted((*AT_EACH, *WITHIN), key=lambda cut: (NAMES.index(cut[0]), cut[1] != "")))

_OWN_TIME = ("var/lib/dpkg", "var/cache", "etc/shadow", "etc/passwd-", "etc/group-", "etc/gshadow", "var/lib/systemd")
"""Files in which the time stands, or the one before."""


def result(pi: Pi) -> dict[str, bytes]:
    """What provisioning left, without what differs from run to run by its nature."""
    return {
        name: b"" if name.endswith((".pyc", "RECORD")) else content
        for name, content in pi.written().items()
        if not name.startswith(_OWN_TIME)
    }


@pytest.mark.parametrize("whom", ["laptop", "agent", "power"])
def test_killed_at_each_step_and_run_again_it_is_always_completed(
    new_pi: NewPi, made: Made, home: Path, tmp_path: Path, whom: str
) -> None:
    """One Pi is cut at every step in turn, each run going on from the cut before; another is left in peace."""
    token = tmp_path / "token"
    token.write_text(TOKEN)
    words = (*made.words(), "--home", str(home), "--token-file", str(token), "--desk-fingerprint", FINGERPRINT)
    pi = new_pi()
    came = [cut for cut in ALL if pi.cut(whom, cut[0], cut[1].replace(NAME, made.name), *words)]
    assert set(AT_EACH) <= set(came)
    # a step outlives its laptop by design, so the next run finds it done and fewer files come by
    assert len(came) >= len(AT_EACH) + (3 if whom == "laptop" else len(WITHIN) // 2), came
    done = pi.provision("--json", *words)
    assert (done.code, done.err) == (0, "")
    assert "dpkg" not in str(pi.everything())

    peace = new_pi()
    assert peace.provision(*words).code == 0
    assert result(pi) == result(peace)


@pytest.mark.parametrize("step", ["packages", "version"])
def test_the_next_run_waits_for_what_outlived_the_cut(new_pi: NewPi, made: Made, step: str) -> None:
    """The laptop is gone, its step on the Pi is not: the next run says that it waits, and then goes on."""
    pi = new_pi()
    sign = {"packages": "/var/lib/wren-release/incoming/unpacked/debs", "version": f"{VERSION}/pyvenv.cfg"}[step]
    assert pi.cut("laptop", step, sign.replace(NAME, made.name), *made.words())
    done = pi.provision("--json", *made.words())
    assert (done.code, done.err) == (0, "")


def test_a_cut_line_is_told_apart_from_a_step_that_failed(pi: Pi, made: Made, tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert pi.cut("agent", "version", "", "--log", str(log), *made.words())
    last = log.read_text().splitlines()[-1]
    assert '"step": "end", "exit": 6' in last


def test_ctrl_c_is_clean_and_the_same_command_goes_on(pi: Pi, made: Made) -> None:
    run = subprocess.Popen(
        pi.command("--json", *made.words()),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert run.stdout is not None
    while (line := json.loads(run.stdout.readline())) and (line["step"], line["state"]) != ("version", "begun"):
        pass
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does: ssh gets it, too
    out, err = run.communicate()
    assert run.returncode == 130
    assert err.splitlines()[-1] == "Stopped. The Pi ends the step that it was in; the same command goes on from there."
    failed, end = (json.loads(line) for line in out.splitlines())
    assert (failed["step"], failed["state"], end["exit"]) == ("version", "failed", 130)
    assert pi.provision(*made.words()).code == 0
