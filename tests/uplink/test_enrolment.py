"""enrolment.json and desk.json: closed, whole or not there, and told when they are not what was written."""

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway import desk_key
from gateway.errors import NotEnrolled, StoreError
from gateway.uplink import enrolment
from gateway.uplink.keys import text_of
from tests.enrolled import DESK

KEY = text_of(DESK.public_key())
KNOWN = enrolment.Enrolment(
    home="h-0001",
    url="https://desk.example:8443",
    ca_pem="-----BEGIN CERTIFICATE-----\n",
    desk_key=KEY,
    outbox="/var/lib/wren/outbox",
    enrolled_at="2026-11-20T14:02:00Z",
)
TRUSTED = desk_key.DeskFile(desk_key=KEY, last_seq=7, last_status_seq=9_000, last_answer=3)


def test_both_are_what_was_written_and_for_one_user_alone(tmp_path: Path) -> None:
    enrolment.write(tmp_path / "enrolment.json", KNOWN)
    desk_key.write(tmp_path / "desk.json", TRUSTED)
    assert enrolment.read(tmp_path / "enrolment.json") == KNOWN
    assert desk_key.read(tmp_path / "desk.json") == TRUSTED
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_none_is_said_in_each_ones_own_way(tmp_path: Path) -> None:
    with pytest.raises(NotEnrolled, match="not enrolled") as caught:
        enrolment.read(tmp_path / "enrolment.json")
    assert "wren enrol" in caught.value.advice
    assert desk_key.read(tmp_path / "desk.json") is None


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"more": 1},
        {"home": "Mrs Smith"},
        {"url": "http://desk.example"},
        {"url": "https://"},
        {"desk_key": "AAAA"},
        {"desk_key": None},
        {"outbox": ""},
        {"enrolled_at": "yesterday"},
        {"ca_pem": 5},
    ],
)
def test_another_enrolment_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    path = tmp_path / "enrolment.json"
    path.write_bytes(msgspec.json.encode(msgspec.to_builtins(KNOWN) | change))
    with pytest.raises(NotEnrolled, match="damaged"):
        enrolment.read(path)


@pytest.mark.parametrize("change", [{"version": 2}, {"more": 1}, {"desk_key": "AAAA"}, {"last_seq": -1}])
def test_another_trust_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    path = tmp_path / "desk.json"
    path.write_bytes(msgspec.json.encode(msgspec.to_builtins(TRUSTED) | change))
    with pytest.raises(StoreError, match="damaged") as caught:
        desk_key.read(path)
    assert "wren enrol" in caught.value.advice


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"null"])
@pytest.mark.parametrize(("read", "error"), [(enrolment.read, NotEnrolled), (desk_key.read, StoreError)])
def test_what_is_no_json_is_refused(
    tmp_path: Path, text: bytes, read: Callable[[Path], object], error: type[Exception]
) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(text)
    with pytest.raises(error):
        read(path)


@pytest.mark.parametrize("read", [enrolment.read, desk_key.read])
def test_what_is_no_file_is_told(tmp_path: Path, read: Callable[[Path], object]) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "other")
    for path in (tmp_path, tmp_path / "link"):
        with pytest.raises(StoreError):
            read(path)
