"""key.pem: whole or not there, for one user alone, and of no use on another board."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.errors import NotEnrolled, StoreError
from gateway.uplink import key_file
from gateway.uplink.board import NOTHING, Bond, bonds

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)


def board(name: bytes) -> key_file.Bonds:
    def offered() -> Iterator[Bond]:
        yield Bond("serial number", name)
        yield Bond(NOTHING, b"nothing")

    return offered


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "key.pem"


def test_a_key_is_what_was_made(path: Path) -> None:
    assert key_file.write(path, KEY, board(b"1")) == "serial number"
    assert key_file.load(path, board(b"1")).private_bytes_raw() == KEY.private_bytes_raw()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["key.pem"]
    text = path.read_bytes()
    assert text.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    copy = path.with_name("again")
    key_file.copy(path, copy)
    assert (copy.read_bytes(), stat.S_IMODE(copy.stat().st_mode)) == (text, 0o600)


def test_a_copied_card_does_not_speak_as_this_home(path: Path) -> None:
    key_file.write(path, KEY, board(b"1"))
    with pytest.raises(NotEnrolled, match="another board") as caught:
        key_file.load(path, board(b"2"))
    assert caught.value.exit_code == 2
    assert "wren enrol" in caught.value.advice


def test_a_board_that_has_gained_a_name_still_opens_its_key(path: Path) -> None:
    key_file.write(path, KEY, lambda: [Bond("machine id", b"m")])
    known = key_file.load(path, lambda: [Bond("serial number", b"1"), Bond("machine id", b"m"), Bond(NOTHING, b"n")])
    assert known.private_bytes_raw() == KEY.private_bytes_raw()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\0" * 200,
        b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
        KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        KEY.public_key().public_bytes_raw(),
        b"-----BEGIN ENCRYPTED PRIVATE KEY-----" * 1000,
    ],
    ids=["empty", "zeros", "no PKCS 8", "not encrypted", "a raw key", "too long"],
)
def test_what_is_no_bound_key_is_refused_with_what_to_do(path: Path, text: bytes) -> None:
    path.write_bytes(text)
    with pytest.raises(NotEnrolled) as caught:
        key_file.load(path, board(b"1"))
    assert "Enrol this gateway anew" in caught.value.advice


def test_every_cut_of_the_file_is_refused(path: Path) -> None:
    key_file.write(path, KEY, board(b"1"))
    whole = path.read_bytes()
    for length in range(0, len(whole) - 30, 7):
        path.write_bytes(whole[:length])
        with pytest.raises(NotEnrolled):
            key_file.load(path, board(b"1"))


def test_no_key_is_not_enrolled_and_no_file_is_told(path: Path) -> None:
    with pytest.raises(NotEnrolled, match="no key yet"):
        key_file.load(path, board(b"1"))
    path.mkdir()
    with pytest.raises(StoreError):
        key_file.load(path, board(b"1"))
    with pytest.raises(StoreError):
        key_file.write(path, KEY, board(b"1"))
    path.rmdir()
    path.symlink_to(path.parent / "elsewhere")
    with pytest.raises(StoreError):
        key_file.load(path, board(b"1"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_makes_belongs_to_whom_the_folder_belongs_to(path: Path) -> None:
    os.chown(path.parent, 12345, 23456)
    key_file.write(path, KEY, board(b"1"))
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 23456)


def test_the_name_of_the_board_is_the_best_that_everybody_may_read(tmp_path: Path) -> None:
    places = {name: tmp_path / name for name in ("serial number", "firmware id", "machine id")}
    assert [bond.to for bond in bonds(places)] == [NOTHING]
    for place in places.values():
        place.write_bytes(b"10000000abcdef01\0")
        place.chmod(0o444)
    assert [bond.to for bond in bonds(places)] == [*places, NOTHING]
    assert len({bond.passphrase for bond in bonds(places)}) == 2
    places["firmware id"].chmod(0o400)
    places["serial number"].write_bytes(b"0\n")
    assert [bond.to for bond in bonds(places)] == ["machine id", NOTHING]


def test_a_pis_serial_number_is_the_same_with_and_without_its_last_zero(tmp_path: Path) -> None:
    place = tmp_path / "serial"
    found = set()
    for text in (b"10000000abcdef01\0", b"10000000abcdef01\n", b"10000000abcdef01"):
        place.write_bytes(text)
        found.add(next(bonds({"serial number": place})))
    assert len(found) == 1


def test_this_machine_offers_a_bond() -> None:
    assert [bond.to for bond in bonds()][-1] == NOTHING
