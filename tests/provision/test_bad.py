"""What stands in the way, each as it is met: refused before anything is changed, with the place and the next step."""

import fcntl
import json
import subprocess
import time
from pathlib import Path

import pytest

from gateway.provision.bundle_here import verified
from gateway.provision.errors import Refused, StepFailed
from gateway.provision.line import Line
from gateway.provision.record import Record
from gateway.provision.run import Given, Provisioning
from gateway.provision.show import Show
from tests.provision.bundles import HOME, Made, debian_suite
from tests.provision.conftest import NewPi
from tests.provision.pis import Done, Pi

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def refused(done: Done, place: str, problem: str, next_step: str, code: int = 2) -> None:
    assert done.code == code, done.err
    first, second = done.err.splitlines()[-2:]
    assert first.startswith(f"{place}: " if place else problem)
    assert problem in first
    assert next_step in second


def test_a_bundle_that_nobody_signed_never_reaches_the_pi(pi: Pi, made: Made, tmp_path: Path) -> None:
    other = tmp_path / "signers"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "key")], check=True)
    other.write_text(f'x namespaces="wren-release" {(tmp_path / "key.pub").read_text()}')
    before = pi.written()
    done = pi.provision("--bundle", str(made.path), "--signers", str(other))
    refused(done, "The bundle on this laptop", "Nobody who may sign a release of Wren has signed", "sent again")
    bent = tmp_path / "bent.tar"
    whole = bytearray(made.path.read_bytes())
    whole[len(whole) // 2] ^= 1
    bent.write_bytes(whole)
    done = pi.provision("--bundle", str(bent), "--signers", str(made.signers))
    refused(done, "The bundle on this laptop", "is no bundle of Wren's, or was damaged", "Copy it here again")
    done = pi.provision("--bundle", str(made.path), "--signers", str(tmp_path / "none"))
    refused(done, "The bundle on this laptop", "It says whose signature counts", "--signers")
    assert pi.written() == before


def test_the_pis_own_list_of_signers_counts_on_the_pi(new_pi: NewPi, made: Made, tmp_path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "key")], check=True)
    own = f'x namespaces="wren-release" {(tmp_path / "key.pub").read_text()}'
    pi = new_pi(f"mkdir -p etc/wren\ncat >etc/wren/release-signers <<'END'\n{own}END")
    refused(pi.provision(*made.words()), "Check the bundle on the Pi", "Nobody who may sign", "sent again")
    assert not pi.path("/opt/wren").exists()
    assert pi.text("/etc/wren/release-signers") == own


@pytest.mark.parametrize(
    ("arch", "suite"), [("arm64", None), (None, "trixie" if debian_suite() == "bookworm" else "bookworm")]
)
def test_a_bundle_for_another_machine(
    pi: Pi, bundles: Path, tmp_path: Path, arch: str | None, suite: str | None
) -> None:
    made = Made(tmp_path, arch=arch, suite=suite)
    before = pi.written()
    refused(pi.provision(*made.words()), "The machine", "This bundle is for", "Take the bundle whose name ends with")
    assert pi.written() == before


FAKE_PYTHON = "cd usr/bin && rm python3 && printf '#!/bin/sh\\necho 3.9\\n' >python3 && chmod +x python3"
STANDS_IN_THE_WAY = {
    "python-3.9": (FAKE_PYTHON, "The line to the Pi", "Python 3.9; Wren needs 3.11", "Bookworm or Trixie"),
    "no-python": ("rm usr/bin/python3", "The line to the Pi", "has no Python", "Put Raspberry Pi OS"),
    "no-room": ("mount -t tmpfs -o size=100m tmpfs opt", "The machine", "100 MB are free", "Make room"),
    "read-only": (
        "mount --bind var/lib var/lib && mount -o remount,bind,ro var/lib",
        "The machine", "mounted read-only", "replace the card",
    ),
    "another-home": (
        "mkdir -p etc/wren && printf '[home]\\nid = \"h-0002\"\\n' >etc/wren/home.toml",
        "The machine", "Another home's Wren is on this Pi", "wren retire",
    ),
    "broken-home": (
        "mkdir -p etc/wren && printf 'no [toml' >etc/wren/home.toml",
        "The machine", "cannot be read", "sudo wren check",
    ),
    "enrolled": (
        "mkdir -p var/lib/wren-uplink && touch var/lib/wren-uplink/enrolment.json",
        "The machine", "is enrolled at a desk, and the configuration", "wren retire",
    ),
    "no-ssh-keygen": ("rm usr/bin/ssh-keygen", "The machine", "ssh-keygen is not on this", "fresh Raspberry Pi OS"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("prepare", "place", "problem", "next_step"), STANDS_IN_THE_WAY.values(), ids=STANDS_IN_THE_WAY.keys()
)
def test_a_machine_that_cannot_become_this_gateway_is_left_as_it_is(
    new_pi: NewPi, made: Made, home: Path, prepare: str, place: str, problem: str, next_step: str
) -> None:
    pi = new_pi(prepare)
    before = pi.written()
    refused(pi.provision(*made.words(), "--home", str(home)), place, problem, next_step)
    assert pi.written() == before
    if "enrolled" not in problem:
        return
    (pi.path("/etc/wren")).mkdir()
    pi.path("/etc/wren/home.toml").write_text(HOME)  # its own home is back: it goes on
    assert pi.provision(*made.words(), "--home", str(home)).code == 0


@pytest.mark.parametrize("sudo", [True, False])
def test_a_user_who_cannot_become_root(new_pi: NewPi, made: Made, *, sudo: bool) -> None:
    fake = "printf '#!/bin/sh\\nexit 1\\n' >usr/bin/sudo && chmod 755 usr/bin/sudo"
    pi = new_pi(f"rm -f usr/bin/sudo; {fake if sudo else 'true'}", "65534:65534")
    before = pi.written()
    done = subprocess.run(["setsid", "--wait", *pi.command(*made.words())], capture_output=True, text=True, check=False)
    place, problem, next_step = (
        (
            "sudo on the Pi asks for a password, and there is no terminal",
            "sudo on the Pi asks",
            "Run this at a terminal",
        )
        if sudo
        else ("This user cannot become root", "sudo is not there", "Log in as root")
    )
    assert place in done.stderr
    refused(Done(done.returncode, done.stdout, done.stderr), "", problem if sudo else place, next_step)
    assert pi.written() == before


def test_a_host_that_is_not_there_or_another_one(pi: Pi, made: Made, tmp_path: Path) -> None:
    (pi.folder / "known").write_text(
        (pi.folder / "known").read_text().replace("AAAAI", "AAAAI").split()[0]
        + " "
        + " ".join((pi.folder / "key.pub").read_text().split()[:2])
        + "\n"
    )
    refused(pi.provision(*made.words()), "The line to the Pi", "The Pi cannot be reached", "known_hosts", code=6)
    pi.stop()
    refused(
        pi.provision(*made.words()),
        "The line to the Pi",
        "The Pi cannot be reached",
        "Try `ssh` to it yourself",
        code=6,
    )


def test_a_clock_three_years_off_is_set_by_the_laptops(pi: Pi, made: Made, tmp_path: Path) -> None:
    """The laptop lives three years later; this Pi may not set its clock, because it is this machine's, and says so."""
    record = Record(tmp_path / "log", None)
    with (tmp_path / "out").open("w") as out:
        run = Provisioning(
            here=lambda: verified(made.path, made.signers),
            line=lambda: Line("root@127.0.0.1", pi.command()[3::2]),
            given=Given(None, None, None, dry_run=False),
            show=Show(out),
            record=record,
            now=lambda: time.time() + 3 * 365 * 86_400,
        )
        with pytest.raises(StepFailed, match="The Pi's clock cannot be set: Operation not permitted") as failed:
            run.run()
    assert "Connect the Pi to the internet" in failed.value.advice
    assert run.present == "The clock"
    record.close()


def test_two_at_once(pi: Pi, made: Made) -> None:
    lock = pi.path("/run/wren-provision.lock")
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write(json.dumps({"session": 1, "cut": False}).ljust(64))
        held.flush()
        refused(pi.provision(*made.words(), "--dry-run"), "The machine", "Another provisioning is at work", "Wait")
        if Path("/proc/1/stat").exists():
            done = pi.provision(*made.words())
            refused(done, "The machine", "Another provisioning is at work", "run the same command again")
    assert pi.provision(*made.words()).code == 0


def test_options_that_cannot_be(made: Made, tmp_path: Path) -> None:
    from gateway.provision.__main__ import main

    for words, problem in (
        (["x"], "The following arguments are required: --bundle"),
        (["x", "--bundle", "b", "--token-file", "-"], "belong together"),
        (["x", "--bundle", "b", "--home", str(tmp_path / "none")], "cannot be read"),
        (["--bundle", "b", "--", "-oProxyCommand=x"], "begins with a hyphen"),
        (["x", "--bundle", "b", "--log", "/nowhere/log"], "cannot be written"),
    ):
        done = subprocess.run(
            ["scripts/provision", *words], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        assert done.returncode == 2, words
        assert problem in done.stderr
        assert len(done.stderr.splitlines()) == 2
    assert callable(main)
    assert issubclass(Refused, StepFailed)
