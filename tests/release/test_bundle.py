"""A bundle is taken only as it was signed, to the last bit, and nothing is unpacked before that is known."""

import hashlib
import io
import json
import os
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.errors import InputError
from gateway.release import signature, tarred
from gateway.release.bundle import open_bundle
from gateway.release.manifest import Manifest, Member, Target, parse
from gateway.release.signature import sign

from . import ground
from .ground import ORDINARY, Box


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Box:
    return Box.at(tmp_path_factory.mktemp("gateway"))


@pytest.fixture(scope="module")
def good(box: Box) -> bytes:
    return box.bundle().read_bytes()


def refused(box: Box, text: bytes, tmp_path: Path) -> InputError:
    path = tmp_path / "bundle.tar"
    path.write_bytes(text)
    with pytest.raises(InputError) as caught, open_bundle(path, box.signers):
        pass
    assert list(tmp_path.iterdir()) == [path], "something was unpacked"
    return caught.value


def test_what_was_signed_is_opened_and_unpacked(box: Box, good: bytes, tmp_path: Path) -> None:
    told: list[str] = []
    with open_bundle(box.bundle(), box.signers, lambda what, done, of: told.append(what)) as bundle:
        assert (bundle.signer, bundle.manifest.version) == ("release", "0.1.0")
        assert bundle.name == f"0.1.0-{hashlib.sha256(bundle.manifest_bytes).hexdigest()[:12]}"
        assert {path: bundle.read(path) for path in bundle.paths()} == ORDINARY
        bundle.unpack("systemd/", tmp_path, lambda what, done, of: told.append(what))
    assert stat.S_IMODE((tmp_path / "systemd/install").stat().st_mode) == 0o755
    assert stat.S_IMODE((tmp_path / "systemd/tmpfiles.d/wren.conf").stat().st_mode) == 0o644
    assert set(told) == {"verifying", "unpacking"}


def test_any_tar_reads_it_and_the_same_files_give_the_same_bytes(box: Box, good: bytes) -> None:
    with tarfile.open(fileobj=io.BytesIO(good)) as archive:
        assert archive.getnames() == ["manifest.json", "manifest.json.sig", *sorted(ORDINARY)]
    assert box.bundle().read_bytes() == good


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_one_flipped_bit_anywhere_is_noticed(box: Box, good: bytes, tmp_path: Path, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(good) - 1))
    spoilt = bytearray(good)
    spoilt[at] ^= 1 << data.draw(st.integers(0, 7))
    refused(box, bytes(spoilt), tmp_path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_one_cut_short_or_made_longer_is_noticed(box: Box, good: bytes, tmp_path: Path, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(good) - 1))
    refused(box, good[:cut], tmp_path)
    refused(box, good + data.draw(st.binary(min_size=1, max_size=2000)), tmp_path)


def test_bits_flipped_in_each_block(box: Box, good: bytes, tmp_path: Path) -> None:
    """The property above looks at random; this looks at every block of 512 bytes once."""
    for at in range(0, len(good), tarred.BLOCK):
        spoilt = bytearray(good)
        spoilt[at + at // tarred.BLOCK % tarred.BLOCK] ^= 0x20
        refused(box, bytes(spoilt), tmp_path)


# ---- who signed it


def test_somebody_else_signed_it(box: Box, tmp_path: Path) -> None:
    other = Box(box.root, ground.key(tmp_path, "somebody"))
    text = other.bundle().read_bytes()
    inside = tmp_path / "in"
    inside.mkdir()
    assert "Nobody who may sign" in refused(box, text, inside).problem
    box.bundle()


def test_the_same_key_signed_it_for_something_else(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(signature, "NAMESPACE", "git")
        text = box.bundle().read_bytes()
    assert "Nobody who may sign" in refused(box, text, tmp_path).problem


def test_a_signer_was_revoked(tmp_path: Path) -> None:
    box = Box.at(tmp_path)
    path = box.bundle()
    with open_bundle(path, box.signers):
        pass
    assert box.signers.revoked is not None
    box.signers.revoked.write_text(f"{ground.public(box.key)}\n")
    with pytest.raises(InputError, match="Nobody who may sign"), open_bundle(path, box.signers):
        pass


def test_two_may_sign_and_it_is_said_who_did(tmp_path: Path) -> None:
    box = Box.at(tmp_path)
    second = ground.key(tmp_path, "second")
    box.signers.allowed.write_text(
        f'first namespaces="wren-release" {ground.public(box.key)}\n'
        f'second namespaces="wren-release" {ground.public(second)}\n'
    )
    with open_bundle(Box(box.root, second).bundle(), box.signers) as bundle:
        assert bundle.signer == "second"


def test_an_allowed_key_for_another_namespace_is_none_for_releases(tmp_path: Path) -> None:
    box = Box.at(tmp_path)
    box.signers.allowed.write_text(f'release namespaces="git,file" {ground.public(box.key)}\n')
    with pytest.raises(InputError, match="Nobody who may sign"), open_bundle(box.bundle(), box.signers):
        pass


def test_nobody_said_who_may_sign(tmp_path: Path) -> None:
    box = Box.at(tmp_path)
    box.signers.allowed.unlink()
    with pytest.raises(InputError, match="is not there"), open_bundle(box.bundle(), box.signers):
        pass


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Box:
    """A gateway whose lists a test may change."""
    return Box.at(tmp_path_factory.mktemp("own"))


@pytest.mark.parametrize("mode", [0o666, 0o646, 0o664])
def test_a_list_that_somebody_else_may_write_says_nothing(own: Box, tmp_path: Path, mode: int) -> None:
    """As sshd has it of authorized_keys: whoever may add a key to it may sign a release."""
    if os.geteuid() != 0 and mode == 0o664:
        pytest.skip("one's own group is one's own")
    good = own.bundle().read_bytes()
    own.signers.allowed.chmod(mode)
    assert "may be written by others" in refused(own, good, tmp_path).problem
    own.signers.allowed.chmod(0o644)
    revoked = own.root / "etc/wren/release-revoked"
    revoked.touch()
    revoked.chmod(mode)
    assert "may be written by others" in refused(own, good, tmp_path).problem


def test_a_list_of_revoked_keys_that_cannot_be_read_lets_nothing_pass(own: Box, tmp_path: Path) -> None:
    (own.root / "etc/wren/release-revoked").write_text("no key at all\n")
    assert "Nobody who may sign" in refused(own, own.bundle().read_bytes(), tmp_path).problem


@pytest.mark.parametrize("option", ['valid-before="20200101"', 'valid-after="20990101"'])
def test_a_signer_whose_time_is_not_now_is_none(own: Box, tmp_path: Path, option: str) -> None:
    text = own.signers.allowed.read_text()
    own.signers.allowed.write_text(text.replace("release ", f"release {option},", 1))
    assert "Nobody who may sign" in refused(own, own.bundle().read_bytes(), tmp_path).problem


def test_the_signature_of_another_bundle(box: Box, good: bytes, tmp_path: Path) -> None:
    other = box.bundle("0.2.0").read_bytes()
    members = [content for _, content in _members(good)]
    theirs = [content for _, content in _members(other)]
    text = _written([("manifest.json", members[0]), ("manifest.json.sig", theirs[1]), *_members(good)[2:]])
    assert "Nobody who may sign" in refused(box, text, tmp_path).problem
    box.bundle()


# ---- what an attacker who can sign nothing, or a signer who errs, could put into a tar


def _members(text: bytes) -> list[tuple[str, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(text)) as archive:
        return [(one.name, archive.extractfile(one).read()) for one in archive]  # type: ignore[union-attr]


def _written(members: list[tuple[str, bytes]]) -> bytes:
    out = b"".join(tarred.header(name, len(text)) + text + bytes(tarred.padding(len(text))) for name, text in members)
    return out + bytes(tarred.end(len(out)))


def _with(kind: bytes, name: str, link: str = "") -> Callable[[bytes], bytes]:
    def spoil(good: bytes) -> bytes:
        members = [(tarfile.TarInfo(one), text) for one, text in _members(good)]
        for info, _ in members:
            info.mode, info.uname, info.gname = 0o644, "root", "root"
        extra = tarfile.TarInfo(name)
        extra.type, extra.linkname = kind, link
        return ground.tarred([*members[:3], (extra, b""), *members[3:]])

    return spoil


HOSTILE: dict[str, Callable[[bytes], bytes]] = {
    "a file that is not in the manifest": lambda good: _written([*_members(good), ("wheels/zz.whl", b"evil")]),
    "the same file twice": lambda good: _written([*_members(good), _members(good)[-1]]),
    "a file left out": lambda good: _written(_members(good)[:-1]),
    "another order": lambda good: _written([*_members(good)[:2], *reversed(_members(good)[2:])]),
    "the signature first": lambda good: _written([_members(good)[1], _members(good)[0], *_members(good)[2:]]),
    "a path upwards": _with(tarfile.REGTYPE, "../../etc/cron.d/evil"),
    "an absolute path": _with(tarfile.REGTYPE, "/etc/cron.d/evil"),
    "a symbolic link": _with(tarfile.SYMTYPE, "wheels", "/etc"),
    "a hard link": _with(tarfile.LNKTYPE, "wheels/x.whl", "/etc/shadow"),
    "a device": _with(tarfile.CHRTYPE, "wheels/null"),
    "a pipe": _with(tarfile.FIFOTYPE, "wheels/pipe"),
    "a folder": _with(tarfile.DIRTYPE, "wheels/folder"),
    "a sparse file": _with(tarfile.GNUTYPE_SPARSE, "wheels/sparse"),
    "a long name": _with(tarfile.GNUTYPE_LONGNAME, "wheels/long"),
    "another bundle behind it": lambda good: good + good,
    "compressed": lambda good: __import__("gzip").compress(good),
    "empty": lambda _: b"",
    "no tar": lambda _: b"#!/bin/sh\nrm -rf /\n" * 300,
    "pax headers": lambda good: ground.tarred(
        [(tarfile.TarInfo(name), text) for name, text in _members(good)], tarfile.PAX_FORMAT
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_tar_is_refused(box: Box, good: bytes, tmp_path: Path, what: str) -> None:
    refused(box, HOSTILE[what](good), tmp_path)


def test_a_size_that_would_fill_memory_is_refused_before_it_is_read(box: Box, tmp_path: Path) -> None:
    text = tarred.header("manifest.json", 7_000_000_000) + b"x" * 512
    assert "no bundle" in refused(box, text, tmp_path).problem


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["a folder", "a pipe"])
def test_what_is_no_file_is_refused_at_once(box: Box, tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "it")
    with pytest.raises(InputError), open_bundle(tmp_path / "it", box.signers):
        pass


def test_a_file_that_changes_after_it_was_verified_is_not_installed(box: Box, good: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bundle.tar"
    path.write_bytes(good)
    with open_bundle(path, box.signers) as bundle:
        at = good.index(b"w" * 1024)
        with path.open("r+b") as file:
            file.seek(at + 5)
            file.write(b"!")
        with pytest.raises(InputError):
            bundle.read("wheels/wren_gateway-0.1.0-py3-none-any.whl")


# ---- a manifest that is signed, and still not right

TARGET = Target("bookworm", "arm64", "3.11")
RIGHT = Manifest("0.2.0", TARGET, {path: Member("0" * 64, 7) for path in ORDINARY})


def document() -> dict[str, object]:
    found: dict[str, object] = json.loads(RIGHT.encode())
    return found


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2}, {"format": True}, {"format": None}, {"version": "next"}, {"version": "1"}, {"version": "01.2"},
        {"version": "0.2.0/../x"}, {"version": 2}, {"more": 1}, {"files": {}}, {"files": []},
        {"target": {"suite": "bullseye", "arch": "arm64", "python": "3.9"}},
        {"target": {"suite": "trixie", "arch": "armhf", "python": "3.13"}},
        {"target": {"suite": "trixie", "arch": "arm64", "python": "3.11"}}, {"target": "trixie"},
    ],
)  # fmt: skip
def test_a_manifest_of_another_form_is_refused(change: dict[str, object]) -> None:
    text = (json.dumps(document() | change, indent=1, sort_keys=True) + "\n").encode()
    with pytest.raises(InputError):
        parse(text)


@pytest.mark.parametrize(
    "path",
    [
        "../etc/passwd", "/etc/passwd", "wheels/../../x", "wheels//x", "wheels/", "wheels/.hidden", "wheels/-rf",
        "bin/wren", "wheels/a/b", "manifest.json", "manifest.json.sig", "systemd/a/b/c", "wheels/x\n",
        "wheels/ü", "wheels", "", ".", "wheels/" + "x" * 100,
    ],
)  # fmt: skip
def test_a_path_that_leads_elsewhere_is_refused(path: str) -> None:
    files = dict(RIGHT.files) | {path: Member("0" * 64, 1)}
    with pytest.raises(InputError):
        parse(Manifest("0.2.0", TARGET, files).encode())


@pytest.mark.parametrize(
    "member", [Member("0" * 63, 1), Member("G" * 64, 1), Member("0" * 64, -1), Member("0" * 64, 1 << 40)]
)
def test_a_hash_or_a_size_that_cannot_be_is_refused(member: Member) -> None:
    with pytest.raises(InputError):
        parse(Manifest("0.2.0", TARGET, dict(RIGHT.files) | {"wheels/x.whl": member}).encode())


def test_a_manifest_written_otherwise_is_refused() -> None:
    assert parse(RIGHT.encode()) == RIGHT
    twice = RIGHT.encode().replace(b'"format"', b'"format": 1, "format"', 1)
    for text in (
        json.dumps(document()).encode(),
        RIGHT.encode() + b" ",
        twice,
    ):
        with pytest.raises(InputError):
            parse(text)


ANY_JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | ANY_JSON.map(lambda any_json: json.dumps(any_json).encode()))
def test_whatever_is_signed_is_a_manifest_or_refused(text: bytes) -> None:
    with pytest.raises(InputError):
        parse(text)


def test_a_key_that_cannot_sign_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("no key")
    with pytest.raises(InputError) as caught:
        sign(b"x", tmp_path / "key")
    assert "ssh-keygen -t ed25519" in caught.value.advice
