"""`scripts/provision` itself, against a Pi behind a real sshd: what it leaves, and that it does nothing twice."""

import json
import stat
from pathlib import Path

import pytest

from gateway.provision.steps import NAMES
from tests.provision.bundles import FINGERPRINT, HOME, TOKEN, Made
from tests.provision.conftest import NewPi
from tests.provision.pis import Pi

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

ENROLS = ("--token-file", "-", "--desk-fingerprint", FINGERPRINT)


def test_a_blank_pi_becomes_a_gateway_and_a_second_run_changes_nothing(
    pi: Pi, made: Made, home: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    words = (*made.words(), "--json", "--log", str(log), "--home", str(home), *ENROLS)
    first = pi.provision(*words, stdin=f"{TOKEN}\n")
    assert (first.code, first.err) == (0, "")
    states = first.states()
    assert list(states) == list(NAMES)
    did = {"copy", "verify", "packages", "version", "units", "time", "journal", "upgrades", "logins", "home", "enrol"}
    assert {name for name, state in states.items() if state == "done"} >= did
    assert first.lines[-1] | {"at": "", "seconds": 0} == {"at": "", "step": "end", "exit": 0, "seconds": 0}

    assert pi.path("/opt/wren/current").readlink() == Path(f"versions/{made.name}")
    assert pi.path("/opt/wren/steady").readlink() == Path(f"versions/{made.name}")
    assert pi.path(f"/opt/wren/versions/{made.name}/complete").exists()
    assert str(pi.path("/usr/local/bin/wren").readlink()) == "/opt/wren/current/bin/wren"
    assert pi.text("/usr/share/wren-test/file") == "here\n"
    assert "wren:x:" in pi.text("/etc/passwd")
    assert pi.path("/etc/systemd/system/multi-user.target.wants/wren.service").is_symlink()
    assert pi.text("/etc/wren/release-signers") == made.signers.read_text()
    seen = pi.path("/etc/wren/home.toml").stat()
    group = next(line for line in pi.text("/etc/group").splitlines() if line.startswith("wren:")).split(":")[2]
    assert (stat.S_IMODE(seen.st_mode), seen.st_uid, seen.st_gid) == (0o640, 0, int(group))
    assert pi.text("/etc/wren/home.toml") == HOME
    assert not list(pi.path("/var/lib/wren-release/incoming").glob("*.*"))  # neither bundle nor copy of a home

    before = pi.written()
    second = pi.provision(*words, stdin=f"{TOKEN}\n")
    assert second.code == 0
    assert {
        state for name, state in second.states().items() if name not in {"bundle", "line", "machine", "doctor"}
    } <= {
        "already",
        "skipped",
    }
    assert pi.written() == before

    said = first.out + second.out + log.read_text()
    assert json.loads(log.read_text().splitlines()[0])["step"] == "bundle"
    for secret in (TOKEN, "127.0.0.1", str(pi.port), "h-0001"):
        assert secret not in said


def test_a_dry_run_says_what_would_be_done_and_changes_nothing(pi: Pi, made: Made, home: Path) -> None:
    before = pi.written()
    looked = pi.provision(*made.words(), "--dry-run", "--json", "--home", str(home), *ENROLS, stdin=TOKEN)
    assert (looked.code, looked.err) == (0, "")
    assert pi.written() == before
    assert not pi.path("/run/wren-provision.lock").exists()
    would = {name for name, state in looked.states().items() if state == "would"}
    assert would >= {"copy", "verify", "packages", "version", "units", "journal", "home", "enrol", "start", "doctor"}
    (packages,) = [line for line in looked.lines if line["step"] == "packages" and line["state"] == "would"]
    assert packages["says"] == ["would be done: wren-test is installed"]

    assert pi.provision(*made.words()).code == 0
    before = pi.written()
    again = pi.provision(*made.words(), "--dry-run", "--json")
    assert {name for name, state in again.states().items() if state == "would"} == {"doctor"}
    assert pi.written() == before


def test_a_person_reads_each_step_and_how_long_is_left(pi: Pi, made: Made) -> None:
    done = pi.provision(*made.words())
    assert done.code == 0
    assert "\x1b" not in done.out
    assert " 7/21    Debian packages: out of the bundle alone   [under a minute left]" in done.out
    assert "! next: ssh -t the Pi and run `sudo wren setup`" in done.out
    assert "Provisioned in" in done.out


def test_a_newer_bundle_goes_through_wren_update_once_a_home_is_watched(
    pi: Pi, made: Made, newer: Made, home: Path
) -> None:
    assert pi.provision(*made.words(), "--home", str(home)).code == 0
    pi.provision(*newer.words())  # the stand-in's `wren update` switches nothing, and that is noticed
    assert pi.text("/var/lib/wren-release/updated") == newer.name
    assert pi.path("/opt/wren/current").readlink().name == made.name
    assert not pi.path(f"/opt/wren/versions/{newer.name}").exists()


def test_a_newer_bundle_before_there_is_a_home_is_put_beside_and_switched(pi: Pi, made: Made, newer: Made) -> None:
    assert pi.provision(*made.words()).code == 0
    assert pi.provision(*newer.words()).code == 0
    assert pi.path("/opt/wren/current").readlink().name == newer.name
    assert not pi.path("/var/lib/wren-release/updated").exists()


def test_a_home_that_is_refused_replaces_none(pi: Pi, made: Made, home: Path) -> None:
    assert pi.provision(*made.words(), "--home", str(home)).code == 0
    home.write_text(HOME + "wrong = 1\n")
    done = pi.provision(*made.words(), "--home", str(home))
    assert done.code == 1
    assert "line 3: no such key" in done.err
    assert "The home's configuration: The home's configuration is refused; none was replaced." in done.err
    assert pi.text("/etc/wren/home.toml") == HOME
    home.write_text(HOME + "# another\n")
    assert pi.provision(*made.words(), "--home", str(home)).code == 0
    assert pi.text("/etc/wren/home.toml").endswith("# another\n")
    assert pi.text("/etc/wren/home.toml.before") == HOME


def test_what_was_changed_on_the_pi_since_is_kept_when_the_same_command_is_run_again(
    pi: Pi, made: Made, home: Path
) -> None:
    """`wren setup` on the Pi knows more than the file that was made at the office."""
    words = (*made.words(), "--home", str(home))
    assert pi.provision(*words).code == 0
    there = pi.path("/etc/wren/home.toml")
    there.write_text(HOME + "# said to wren setup\n")
    again = pi.provision(*words)
    assert again.code == 0
    assert "was changed on the Pi since" in again.out
    assert there.read_text() == HOME + "# said to wren setup\n"
    home.write_text(HOME + "# another file\n")
    assert pi.provision(*words).code == 0
    assert there.read_text() == HOME + "# another file\n"
    assert pi.text("/etc/wren/home.toml.before") == HOME + "# said to wren setup\n"


def test_a_token_that_the_desk_does_not_take_ends_with_5_and_is_said_nowhere(pi: Pi, made: Made, home: Path) -> None:
    words = (*made.words(), "--home", str(home), *ENROLS)
    done = pi.provision(*words, stdin="anotherTokenThatIsWrong123456789")
    assert done.code == 5
    assert "The desk does not take the token." in done.err
    assert "anotherToken" not in done.out + done.err
    assert pi.provision(*words, stdin=TOKEN).code == 0


def test_what_doctor_finds_is_shown_and_ends_with_7(pi: Pi, made: Made, home: Path) -> None:
    assert pi.provision(*made.words(), "--home", str(home)).code == 0
    pi.path("/etc/wren/doctor-finds").touch()
    done = pi.provision(*made.words())
    assert done.code == 7
    assert "warn  bluetooth: no adapter" in done.out


def test_who_does_not_come_in_by_a_key_is_not_locked_out(new_pi: NewPi, made: Made) -> None:
    """The key is taken away once it has opened the first line: no second log-in proves it."""
    pi = new_pi("rm authorized", at="log-in")
    done = pi.provision(*made.words(), "--json")
    assert done.code == 0
    assert done.states()["logins"] == "already"
    (looked,) = [line for line in done.lines if line["step"] == "logins" and line["state"] == "already"]
    assert looked["says"] == [
        "Passwords still open this Pi: no key of yours did, unasked. `ssh-copy-id` or `ssh-add`, and again."
    ]
    assert not pi.path("/etc/ssh/sshd_config.d/00-wren.conf").exists()


def test_a_copy_that_was_cut_goes_on_where_it_ended(pi: Pi, made: Made) -> None:
    assert pi.provision(*made.words(), "--dry-run").code == 0
    folder = pi.path("/var/lib/wren-release/incoming")
    folder.mkdir(parents=True)
    whole = made.path.read_bytes()
    (folder / f"{made.name}.part").write_bytes(whole[:2_500_000])
    done = pi.provision(*made.words(), "--json")
    (copied,) = [line for line in done.lines if line["step"] == "copy" and line["state"] == "done"]
    assert copied["says"] == [f"{len(whole) >> 20} MB are on the Pi, on from 2 MB that were there, and compared."]


def test_what_a_killed_run_had_unpacked_is_taken_away(pi: Pi, made: Made) -> None:
    assert pi.provision(*made.words()).code == 0
    left = pi.path("/var/lib/wren-release/incoming/unpacked/debs/left.deb")
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"!<arch>")
    assert pi.provision(*made.words()).code == 0
    assert not left.exists()


def test_a_copy_of_something_else_begins_anew(pi: Pi, made: Made) -> None:
    folder = pi.path("/var/lib/wren-release/incoming")
    folder.mkdir(parents=True)
    (folder / f"{made.name}.part").write_bytes(bytes(2_500_000))
    (folder / "0.0.1-0123456789ab.tar").write_bytes(b"old")
    done = pi.provision(*made.words(), "--json")
    assert done.code == 0
    (copied,) = [line for line in done.lines if line["step"] == "copy" and line["state"] == "done"]
    assert "on from" not in copied["says"][0]
    assert not (folder / "0.0.1-0123456789ab.tar").exists()
