"""What systemd hears: the datagrams of sd_notify(3), on real sockets."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.systemd import Notifier

PID = 4711


@pytest.fixture(params=["path", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """PID 1's end of the line, and how NOTIFY_SOCKET names it."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@wren-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(name.replace("@", "\0", 1) if request.param == "abstract" else name)
        line.settimeout(5)
        yield line, name


def test_says_ready_status_alive_and_stopping(systemd: tuple[socket.socket, str]) -> None:
    line, name = systemd
    notifier = Notifier({"NOTIFY_SOCKET": name}, pid=PID)
    taken = [notifier.ready(), notifier.status("learning, day 3"), notifier.watchdog(), notifier.stopping()]
    assert taken == [True] * 4
    assert [line.recv(4096) for _ in range(4)] == [b"READY=1", b"STATUS=learning, day 3", b"WATCHDOG=1", b"STOPPING=1"]


def test_a_status_cannot_smuggle_in_another_assignment(systemd: tuple[socket.socket, str]) -> None:
    line, name = systemd
    Notifier({"NOTIFY_SOCKET": name}, pid=PID).status("busy\nWATCHDOG=1")
    assert line.recv(4096) == b"STATUS=busy WATCHDOG=1"


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "vsock:2:9999"}])
def test_without_a_socket_nothing_happens(environ: dict[str, str]) -> None:
    assert not Notifier(environ, pid=PID).ready()


def test_a_systemd_that_is_away_takes_nothing_and_harms_nothing(tmp_path: Path) -> None:
    notifier = Notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")}, pid=PID)
    assert not notifier.watchdog()


def test_a_systemd_that_does_not_read_cannot_hold_the_loop(
    systemd: tuple[socket.socket, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, name = systemd
    monkeypatch.setattr("gateway.systemd._SEND_TIMEOUT_S", 0.02)
    notifier = Notifier({"NOTIFY_SOCKET": name}, pid=PID)
    # the queue is net.unix.max_dgram_qlen long: 10 to 512
    gave_up = next(index for index in range(2_000) if not notifier.watchdog())
    assert gave_up > 0


@pytest.mark.parametrize(
    ("environ", "watchdog_s"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "60000000"}, 60.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(PID)}, 60.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(PID + 1)}, None),
        ({"WATCHDOG_USEC": "500000"}, 0.5),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "-1"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "6_0"}, None),
    ],
)
def test_reads_how_patient_systemd_is(environ: dict[str, str], watchdog_s: float | None) -> None:
    assert Notifier(environ, pid=PID).watchdog_s == watchdog_s
