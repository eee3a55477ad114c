"""A technician enrols a gateway at the real desk: every command a process of its own, over real TLS on loopback."""

import fcntl
import json
import os
import pty
import re
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gateway.config.places import places_of
from gateway.store.outbox_reader import OutboxReader
from gateway.uplink import enrolment, wire
from gateway.uplink.book_reader import BookReader
from tests.enrolled import enrolled

from .house import NOW_S, Beat, House, alert, summary, wren
from .process import running


@dataclass
class Desk:
    folder: Path
    url: str
    fingerprint: str

    def token(self, *options: str) -> str:
        told = wren("desk", "token", "h-0001", "--data", self.folder, *options)
        assert told.returncode == 0, told.stderr
        assert self.fingerprint.encode() in told.stderr
        return told.stdout.decode().strip()

    def home(self) -> dict[str, list[dict[str, Any]]]:
        shown = json.loads(wren("desk", "homes", "--json", "--data", self.folder).stdout)
        (home,) = shown["homes"]
        return dict(home)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "desk"
    with running("desk", "--data", folder, "--port", "0", "--people-port", "0") as process:
        url = process.until("For gateways:").split()[-1]
        fingerprint = process.until("Fingerprint:").partition(":")[2].strip()
        yield Desk(folder, url, fingerprint)
        process.stop()


@pytest.fixture
def house(tmp_path: Path, desk: Desk) -> House:
    return House(tmp_path, uplink=desk.url, ca_file=desk.folder / "ca.pem").write()


def enrol(house: House, token: str, *options: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "gateway", "enrol", "--config", house.path, *options],
        input=token.encode() + b"\n",
        capture_output=True,
        timeout=30,
        check=False,
        start_new_session=True,  # without a terminal
        cwd=Path(__file__).parents[2],
    )


def delivers(house: House, *until: str) -> None:
    with running("uplink", "--folder", places_of(house.config).uplink) as uplink:
        for word in until:
            uplink.until(word)
        assert uplink.stop() == 0


@pytest.mark.slow
def test_a_gateway_is_enrolled_heard_rotated_revoked_and_replaced(house: House, desk: Desk) -> None:
    told = enrol(house, desk.token(), "--desk-fingerprint", desk.fingerprint)
    assert told.returncode == 0, told.stderr
    said = told.stdout.decode()
    assert "h-0001 is known at https://127.0.0.1" in said
    assert desk.fingerprint in said
    assert desk.home()["keys"][0]["fingerprint"] in said
    house.says(alert(1, NOW_S), summary(2, NOW_S), beats=[Beat(NOW_S)])
    delivers(house, *['"event":"delivered"'] * 3)
    (key,) = desk.home()["keys"]
    assert (key["sequence"], key["steps_back"]) == (4, 0), "the enrolment and three messages, and no number twice"

    rotated = enrol(house, "", "--rotate", "--json")
    assert rotated.returncode == 0, rotated.stderr
    new = json.loads(rotated.stdout)
    assert new["fingerprint"] not in said
    house.says(alert(3, NOW_S + 60))
    delivers(house, '"event":"delivered"')
    now, before = desk.home()["keys"]
    assert (now["fingerprint"], now["revoked_s"], now["steps_back"]) == (new["fingerprint"], None, 0)
    assert (before["revoked_s"] is None, before["steps_back"]) == (False, 0)

    assert wren("desk", "revoke", "h-0001", "--data", desk.folder).returncode == 0
    house.says(alert(4, NOW_S + 120))
    with running("uplink", "--folder", places_of(house.config).uplink) as uplink:
        assert "revoked" in uplink.until("uplink_trouble")
        assert uplink.stop() == 0
    assert len(BookReader(places_of(house.config).uplink_db).settled()) == 4, "the fourth alert is kept"
    refused = enrol(house, "", "--rotate")
    assert refused.returncode == 5
    assert b"this key was revoked" in refused.stderr
    assert b"wren desk token HOME --replace" in refused.stderr

    again = enrol(house, desk.token(), "--desk-fingerprint", desk.fingerprint)
    assert again.returncode == 0, again.stderr
    assert b"known before, up to message 3: restart `wren run`" in again.stdout
    delivers(house, '"event":"delivered"')
    assert {key["steps_back"] for key in desk.home()["keys"]} == {0}


@pytest.mark.slow
def test_another_box_takes_over_where_the_dead_one_ended(house: House, desk: Desk, tmp_path: Path) -> None:
    assert enrol(house, desk.token(), "--desk-fingerprint", desk.fingerprint).returncode == 0
    house.says(alert(1, NOW_S), summary(2, NOW_S), beats=[Beat(NOW_S)])
    delivers(house, *['"event":"delivered"'] * 3)
    (tmp_path / "box").mkdir()
    other = House(tmp_path / "box", uplink=desk.url, ca_file=desk.folder / "ca.pem").write()
    denied = wren("desk", "token", "h-0001", "--data", desk.folder)
    assert (denied.returncode, b"--replace" in denied.stderr) == (2, True)
    told = enrol(other, desk.token("--replace"), "--desk-fingerprint", desk.fingerprint, "--json")
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["last_seq"] == 2
    trusted = json.loads(places_of(other.config).desk.read_bytes())
    assert (trusted["last_seq"], trusted["last_status_seq"]) == (2, 1)
    with running("run", "--config", other.path) as daemon:
        daemon.until('"event":"ready"')
        beat = wire.decode(first_beat(other))
        assert (beat.home, beat.seq) == ("h-0001", 2), "after the one that the desk had heard of the dead one"
        assert daemon.stop() == 0
    house.says(alert(3, NOW_S))
    with running("uplink", "--folder", places_of(house.config).uplink) as uplink:
        assert "revoked" in uplink.until("uplink_trouble"), "the dead one, should it come back"
        uplink.stop()


def first_beat(house: House) -> bytes:
    with OutboxReader(places_of(house.config).outbox_db) as reader:
        while not (beats := reader.statuses()):
            time.sleep(0.02)
        return beats[0].body


def test_a_daemon_that_cannot_read_whom_it_trusts_watches_all_the_same(tmp_path: Path) -> None:
    house = House(tmp_path).write()
    enrolled(house.path)
    places_of(house.config).desk.write_text("{")
    with running("run", "--config", house.path) as daemon:
        assert "wren enrol" in daemon.until("desk_unreadable")
        daemon.until('"event":"ready"')
        assert daemon.stop() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_writes_belongs_to_the_two_users(house: House, desk: Desk) -> None:
    places = places_of(house.config)
    for folder, user in ((places.private, 12_001), (places.uplink, 12_002)):
        folder.mkdir(parents=True, mode=0o700)
        os.chown(folder, user, user + 10)
    assert enrol(house, desk.token(), "--desk-fingerprint", desk.fingerprint).returncode == 0
    owners = {path.name: path.stat().st_uid for path in (places.desk, places.key, places.enrolment)}
    assert owners == {"desk.json": 12_001, "key.pem": 12_002, "enrolment.json": 12_002}


@pytest.mark.parametrize("spoil", ["another token", "used", "of another home"])
def test_a_token_that_is_not_good_is_told_and_leaves_nothing(house: House, desk: Desk, spoil: str) -> None:
    token = desk.token()
    if spoil == "another token":
        token = "A" * len(token)
    elif spoil == "of another home":
        token = wren("desk", "token", "h-0002", "--data", desk.folder).stdout.decode().strip()
    else:
        assert enrol(house, token, "--desk-fingerprint", desk.fingerprint).returncode == 0
    before = sorted(path.name for path in places_of(house.config).uplink.glob("*"))
    told = enrol(house, token, "--desk-fingerprint", desk.fingerprint)
    assert told.returncode == 5
    assert b"wren desk token" in told.stderr
    assert token.encode() not in told.stdout + told.stderr
    assert sorted(path.name for path in places_of(house.config).uplink.glob("*")) == before


def test_the_token_goes_to_the_right_desk_alone(house: House, desk: Desk) -> None:
    token = desk.token()
    wrong = "0" * 32
    told = enrol(house, token, "--desk-fingerprint", wrong)
    assert told.returncode == 1
    assert b"the token was not sent" in told.stderr
    assert desk.fingerprint.encode() in told.stderr
    assert not places_of(house.config).key.exists()
    assert enrol(house, token, "--desk-fingerprint", desk.fingerprint.upper().replace(" ", "")).returncode == 0


@pytest.mark.parametrize(
    ("token", "options", "words"),
    [
        ("", ["--desk-fingerprint", "0" * 32], b"is no token"),
        ("a token with blanks", ["--desk-fingerprint", "0" * 32], b"is no token"),
        ("x" * 5000, ["--desk-fingerprint", "0" * 32], b"is no token"),
        ("x" * 32, ["--desk-fingerprint", "66687aad"], b"no whole fingerprint"),
        ("x" * 32, [], b"no terminal"),
        ("x" * 32, ["--rotate"], b"not enrolled"),
        ("x" * 32, ["--rotate", "--desk-fingerprint", "0" * 32], b"known already"),
    ],
)
def test_what_was_said_wrongly_is_told(house: House, token: str, options: list[str], words: bytes) -> None:
    told = enrol(house, token, *options)
    assert told.returncode == 2, told.stderr
    assert words in told.stderr
    assert b"Traceback" not in told.stderr
    assert not places_of(house.config).key.exists()


def test_a_desk_that_is_not_there_is_told(tmp_path: Path) -> None:
    house = House(tmp_path, uplink="https://127.0.0.1:9").write()
    told = enrol(house, "x" * 32, "--desk-fingerprint", "0" * 32)
    assert told.returncode == 5
    assert b"cannot be reached" in told.stderr
    assert enrol(House(tmp_path, uplink=None).write(), "x" * 32).returncode == 2


@pytest.mark.parametrize(("says", "code"), [(b"yes\n", 0), (b"YES\n", 0), (b"no\n", 1), (b"y\n", 1), (b"\n", 1)])
def test_a_person_compares_at_the_terminal(house: House, desk: Desk, says: bytes, code: int) -> None:
    token = desk.token()
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "gateway", "enrol", "--config", house.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(theirs, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no threads in the child
        cwd=Path(__file__).parents[2],
    ) as child:
        assert child.stdin is not None
        child.stdin.write(token.encode())
        child.stdin.close()
        child.stdin = None
        shown = b""
        while b"Type yes" not in shown:
            shown += os.read(ours, 4096)
        assert desk.fingerprint.encode() in shown
        os.write(ours, says)
        out, err = child.communicate(timeout=30)
    os.close(ours)
    os.close(theirs)
    assert child.returncode == code, err
    assert places_of(house.config).key.exists() == (code == 0)
    assert (b"is known at" in out) == (code == 0)


def test_a_token_that_is_typed_is_not_shown(house: House, desk: Desk) -> None:
    token = desk.token()
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "gateway", "enrol", "--config", house.path],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(theirs, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no threads in the child
        cwd=Path(__file__).parents[2],
    ) as child:
        shown = b""
        for word, typed in ((b"Type yes", b"yes\n"), (b"Token:", token.encode() + b"\n")):
            while word not in shown:
                shown += os.read(ours, 4096)
            os.write(ours, typed)
        out, err = child.communicate(timeout=30)
        shown += os.read(ours, 4096)
    os.close(ours)
    os.close(theirs)
    assert child.returncode == 0, err
    assert token.encode() not in shown + out + err


def test_nothing_of_it_is_for_others(house: House, desk: Desk) -> None:
    token = desk.token()
    told = enrol(house, token, "--desk-fingerprint", desk.fingerprint)
    places = places_of(house.config)
    for path in (places.key, places.enrolment, places.desk):
        assert path.stat().st_mode & 0o777 == 0o600
        assert token.encode() not in path.read_bytes()
    assert token.encode() not in told.stdout + told.stderr
    assert re.fullmatch(r"https://127\.0\.0\.1:\d+", enrolment.read(places.enrolment).url)
