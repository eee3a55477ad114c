"""The provider's own certificate authority: looked over on the laptop, put where the home looks for it, or refused."""

import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gateway.provision.desk_ca import authority
from gateway.provision.errors import Refused
from gateway.provision.pi.authority import AUTHORITY, DESK_CA, found, may_lie, named
from gateway.provision.refusals import refuse
from tests.provision.bundles import HOME, Made
from tests.provision.conftest import NewPi
from tests.provision.pis import Pi
from tests.provision.test_laptop import ASKED, GOOD

UPLINK = f'[uplink]\nurl = "https://desk.example.com:8443"\nca_file = "{DESK_CA}"\n'


@pytest.fixture
def ca(tmp_path: Path) -> Path:
    return new_ca(tmp_path, "ca")


def new_ca(folder: Path, name: str) -> Path:
    """A certificate; its key beside it."""
    path = folder / f"{name}.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
         "-subj", "/CN=Wren desk", "-keyout", str(path.with_suffix(".key")), "-out", str(path)],
        check=True, capture_output=True,
    )  # fmt: skip
    return path


# ---- on the laptop


def test_a_certificate_is_taken_whatever_its_line_ends(ca: Path, tmp_path: Path) -> None:
    text = ca.read_text()
    assert authority(ca) == text
    (tmp_path / "crlf").write_bytes(text.replace("\n", "\r\n").encode())
    assert authority(tmp_path / "crlf") == text


def test_a_private_key_is_refused_loudly_also_beside_a_certificate(ca: Path, tmp_path: Path) -> None:
    key = ca.with_suffix(".key")
    (tmp_path / "both").write_text(ca.read_text() + key.read_text())
    for path in (key, tmp_path / "both"):
        with pytest.raises(Refused, match="PRIVATE KEY") as refused:
            authority(path)
        assert "Tell the provider" in refused.value.advice
        assert key.read_text().splitlines()[1] not in str(refused.value)


def test_a_certificate_that_lost_a_line_is_refused(ca: Path, tmp_path: Path) -> None:
    lines = ca.read_text().splitlines(keepends=True)
    (tmp_path / "short").write_text("".join(lines[:2] + lines[3:]))
    with pytest.raises(Refused, match="no certificate in PEM form"):
        authority(tmp_path / "short")


def test_the_command_ends_with_2_before_anybody_has_logged_in(ca: Path) -> None:
    words = ["scripts/provision", "tech@nowhere.invalid", "--bundle", "none", "--desk-ca", str(ca.with_suffix(".key"))]
    done = subprocess.run(words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stdout) == (2, "")
    assert "PRIVATE KEY" in done.stderr.splitlines()[0]
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize(
    "raw", [b"", b"no certificate\n", b"\x30\x82\x01\x00\xff", b"-----BEGIN CERTIFICATE-----\nAAAA\n"]
)
def test_what_is_no_certificate_is_refused(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "x").write_bytes(raw)
    with pytest.raises(Refused, match="no certificate in PEM form"):
        authority(tmp_path / "x")
    with pytest.raises(Refused, match="cannot be read"):
        authority(tmp_path / "none")


# ---- what is refused before anything is changed


@pytest.mark.parametrize(
    ("fact", "asked", "problem", "advice"),
    [
        ({"ca_file": DESK_CA, "ca": "none"}, {}, "no such file on the Pi", "--desk-ca FILE"),
        ({"ca_file": None, "home": "h-0001"}, {"desk_ca": True}, "names no authority", "ca_file"),
        ({"ca_file": "/etc/passwd", "ca": "other"}, {"desk_ca": True}, "is no certificate", "Look at it"),
        ({"ca_file": "/opt/wren/x.pem", "ca": "none"}, {"desk_ca": True}, "no place below /etc", DESK_CA),
        ({"ca_file": "/etc/../opt/x.pem", "ca": "none"}, {"desk_ca": True}, "no place below /etc", DESK_CA),
        ({"ca_file": "ca.pem", "ca": "none"}, {"desk_ca": True}, "no place below /etc", DESK_CA),
    ],
)  # fmt: skip
def test_what_cannot_be_put_there(fact: dict[str, Any], asked: dict[str, Any], problem: str, advice: str) -> None:
    with pytest.raises(Refused, match=problem) as refused:
        refuse(GOOD | fact, ASKED._replace(**asked))
    assert advice in refused.value.advice


def test_what_can_be_put_there() -> None:
    refuse(GOOD | {"ca_file": DESK_CA, "ca": "certificate"}, ASKED)
    refuse(GOOD | {"ca_file": DESK_CA, "ca": "none"}, ASKED._replace(desk_ca=True))
    refuse(GOOD | {"ca_file": None, "ca": "none"}, ASKED._replace(home=None, desk_ca=True))  # `wren setup` finds it
    assert named("[uplink]\n") is named("no [toml") is named(None) is None
    assert may_lie("/etc/ssl/desk.pem")
    assert not may_lie("/etc")


# ---- on the Pi


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_it_is_put_where_the_home_looks_for_it_once_and_the_one_before_is_kept(
    pi: Pi, made: Made, ca: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home.toml"
    home.write_text(HOME + UPLINK)
    before = pi.written()
    done = pi.provision(*made.words(), "--home", str(home))
    assert done.code == 2
    assert "--desk-ca FILE" in done.err
    assert pi.written() == before

    words = (*made.words(), "--home", str(home), "--desk-ca", str(ca), "--json")
    looked = pi.provision(*words, "--dry-run")
    assert looked.states()["authority"] == "would"
    assert DESK_CA in looked.out
    assert pi.written() == before

    assert pi.provision(*words).states()["authority"] == "done"
    seen = pi.path(DESK_CA).stat()
    assert (stat.S_IMODE(seen.st_mode), seen.st_uid, seen.st_gid) == (0o644, 0, 0)
    assert pi.text(DESK_CA) == ca.read_text()
    assert not pi.path(f"{DESK_CA}.before").exists()
    before = pi.written()
    assert pi.provision(*words).states()["authority"] == "already"
    assert pi.provision(*made.words(), "--home", str(home), "--json").states()["authority"] == "skipped"
    assert pi.written() == before

    other = new_ca(tmp_path, "other")
    assert pi.provision(*words[:-2], str(other), "--json").states()["authority"] == "done"
    assert pi.text(DESK_CA) == other.read_text()
    assert pi.text(f"{DESK_CA}.before") == ca.read_text()
    pi.path(DESK_CA).write_text("something else\n")
    assert found(_seen(pi), DESK_CA) == "other"
    assert pi.provision(*words).code == 2
    assert pi.text(DESK_CA) == "something else\n"


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_without_a_home_it_lies_where_setup_looks_for_it(new_pi: NewPi, made: Made, ca: Path) -> None:
    pi = new_pi()
    assert pi.provision(*made.words(), "--desk-ca", str(ca)).code == 0
    assert pi.text(DESK_CA) == ca.read_text()
    from gateway.setup.people import DESK_CA as PROPOSED

    assert str(PROPOSED) == DESK_CA
    assert AUTHORITY.look(_seen(pi), {"desk_ca": ca.read_text(), "ca_file": DESK_CA}).todo == []


def _seen(pi: Pi) -> Any:
    from gateway.provision.pi.machine import Machine

    return Machine(pi.path("/"))
