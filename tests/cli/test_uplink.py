"""The second process: it carries what is in the outbox, and the recording of a life is not its business."""

import asyncio
import io
import json
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.clock import ManualClock
from gateway.config.places import places_of
from gateway.errors import NotEnrolled
from gateway.log import open_log
from gateway.systemd import Notifier
from gateway.uplink.book_reader import BookReader
from gateway.uplink_daemon import carry
from tests.enrolled import enrolled
from tests.uplink.provider import GATEWAY, Server, serving
from tests.uplink.tls import authority

from .house import NOW_S, Beat, House, alert, summary, wren
from .process import running

TELL_WHAT_IS_OPENED = """
def tell(event, args):
    if event in ('open', 'sqlite3.connect'):
        sys.stderr.write(f'OPENED {args[0]}\\n')
sys.addaudithook(tell)
"""


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    ca = authority(tmp_path_factory.mktemp("ca"))
    with serving(ca.sign("desk")) as server:
        yield server, ca.ca_file


@pytest.fixture
def house(tmp_path: Path, provider: tuple[Server, Path]) -> House:
    server, ca_file = provider
    server.requests.clear()
    house = House(tmp_path, uplink=server.url, ca_file=ca_file).write()
    enrolled(house.path, key=GATEWAY)
    return house


def folder(house: House) -> Path:
    return places_of(house.config).uplink


def test_it_carries_what_waits_and_ends_cleanly(house: House, provider: tuple[Server, Path]) -> None:
    house.says(summary(1, NOW_S), alert(2, NOW_S), beats=[Beat(NOW_S)])
    house.has_recorded()
    with running("uplink", "--folder", folder(house), before=TELL_WHAT_IS_OPENED) as uplink:
        for _ in range(3):
            uplink.until('"event":"delivered"')
        assert uplink.stop() == 0
    assert [request.id[-1] for request in provider[0].requests] == ["2", "1", Beat(NOW_S).id[-1]]
    kept = wren("outbox", "--as-sent", "--config", house.path).stdout.splitlines()
    assert sorted(request.body for request in provider[0].requests) == sorted(kept)
    assert {r.type for r in BookReader(places_of(house.config).uplink_db).receipts()} == {"summary", "alert", "status"}
    opened = [line for line in uplink.out if line.startswith("OPENED")]
    assert any("outbox.db" in line for line in opened)
    assert any("uplink.db" in line for line in opened)
    assert not any("home.db" in line or "private" in line or "home.toml" in line for line in opened)
    assert [request.check().sequence for request in provider[0].requests] == [2, 3, 4]  # after that of the enrolment
    said = [json.loads(line) for line in uplink.out if line.startswith("{")]
    assert [entry["event"] for entry in said] == ["ready", "delivered", "delivered", "delivered", "stopped"]


def test_systemd_is_told_when_it_is_ready_alive_and_stopping(house: House, tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address)
        systemd.settimeout(20)
        with running("uplink", "--config", house.path, NOTIFY_SOCKET=address, WATCHDOG_USEC="3000000") as uplink:
            heard = [systemd.recv(200) for _ in range(3)]
            assert uplink.stop() == 0
        assert heard[0] == b"READY=1"
        assert set(heard[1:]) == {b"WATCHDOG=1"}
        systemd.setblocking(False)
        while (word := systemd.recv(200)) == b"WATCHDOG=1":
            pass
        assert word == b"STOPPING=1"


def test_it_waits_for_an_outbox_that_is_not_there_yet(house: House) -> None:
    with running("uplink", "--config", house.path) as uplink:
        assert "does not exist yet" in uplink.until("uplink_trouble")
        house.says(alert(1, NOW_S))
        uplink.until('"event":"delivered"')
        assert uplink.stop() == 0


def test_what_was_delivered_is_not_sent_again(house: House, provider: tuple[Server, Path]) -> None:
    house.says(alert(1, NOW_S))
    for number in (2, 3):
        with running("uplink", "--config", house.path) as uplink:
            uplink.until("delivered")
            assert uplink.stop() == 0
        house.says(alert(number, NOW_S + number))
    assert [request.id[-1] for request in provider[0].requests] == ["1", "2"]


def test_without_a_provider_there_is_nobody_to_send_to(tmp_path: Path) -> None:
    house = House(tmp_path, uplink=None).write()
    told = wren("uplink", "--config", house.path)
    assert told.returncode == 2
    assert b"has no [uplink] table, so there is nobody to send to.\n  Add [uplink] with" in told.stderr
    assert b"Traceback" not in told.stderr


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("enrolment.json", None, b"not enrolled with a provider yet"),
        ("enrolment.json", b"{}", b"is damaged"),
        ("key.pem", None, b"has no key yet"),
        ("key.pem", b"-----BEGIN PRIVATE KEY-----", b"not a key that is bound to a board"),
    ],
)
def test_without_an_enrolment_that_works_it_ends_with_2_and_says_what_to_do(
    house: House, file: str, text: bytes | None, words: bytes
) -> None:
    """With 2, systemd does not start it again and again (systemd/wren-uplink.service)."""
    if text is None:
        (folder(house) / file).unlink()
    else:
        (folder(house) / file).write_bytes(text)
    told = wren("uplink", "--folder", folder(house))
    assert told.returncode == 2
    assert words in told.stderr
    assert b"wren enrol" in told.stderr
    assert b"Traceback" not in told.stderr


def test_one_folder_is_meant(house: House) -> None:
    told = wren("uplink", "--folder", folder(house), "--config", house.path)
    assert told.returncode == 2
    assert b"not both" in told.stderr


def test_a_book_of_a_newer_version_is_left_alone(house: House) -> None:
    with house.book(NOW_S):
        pass
    raw = sqlite3.connect(places_of(house.config).uplink_db)
    raw.execute("PRAGMA user_version = 99000")
    raw.close()
    told = wren("uplink", "--config", house.path)
    assert told.returncode == 4
    assert b"written by a newer version of Wren" in told.stderr


async def test_a_stop_during_the_first_look_is_a_clean_stop(house: House) -> None:
    page, clock, stop = io.StringIO(), ManualClock(NOW_S), asyncio.Event()
    log = open_log(page, utc_s=clock.utc_s)
    await carry(folder(house), clock, log, Notifier({}, pid=1), stop, ready=stop.set)
    assert [json.loads(line)["event"] for line in page.getvalue().splitlines()][-1] == "stopped"


def test_without_an_enrolment_nothing_is_made(tmp_path: Path) -> None:
    log = open_log(io.StringIO(), utc_s=lambda: 0.0)
    with pytest.raises(NotEnrolled):
        asyncio.run(carry(tmp_path, ManualClock(), log, Notifier({}, pid=1), asyncio.Event()))
    assert list(tmp_path.iterdir()) == []
