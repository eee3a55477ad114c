"""The desk as it runs: TLS with its own authority, two ports, until cancelled."""

import asyncio
import contextlib
import os
import socket
import ssl
import stat
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import requests

from desk import patience, tokens
from desk.certificates import prepare
from desk.own_key import NAME, own_key
from desk.server import Address, serve
from desk.store import Store
from gateway.clock import ManualClock, SystemClock
from gateway.errors import GatewayError, InputError, UplinkUnavailable
from gateway.uplink import wire
from gateway.uplink.client import Client
from gateway.uplink.keys import fingerprint
from gateway.uplink.registrar import Registrar
from tests.uplink.provider import Counting

from .desk import HOME, NOW_S, alert, key_of


@asynccontextmanager
async def running(folder: Path, **changed: str) -> AsyncIterator[Address]:
    opened: asyncio.Future[Address] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(
        serve(folder, SystemClock(), gateways_port=0, people_port=0, ready=opened.set_result, **changed)  # type: ignore[arg-type]
    )
    try:
        yield await asyncio.wait_for(opened, 10)
    finally:
        task.cancel()
        await asyncio.wait({task})


def client_of(address: Address, ca_file: Path | None, counting: Counting) -> Client:
    desk_key = own_key(address.ca_file.parent).public_key()
    assert address.fingerprint == fingerprint(desk_key)
    ca_pem = None if ca_file is None else ca_file.read_text()
    return Client(address.gateways_url, key_of(HOME), desk_key, counting, ca_pem=ca_pem)


def enrolled(address: Address) -> Client:
    """As a technician and `wren enrol` do it, while the desk runs."""
    with Store(address.ca_file.parent / "desk.db") as store:
        token = tokens.make(store.database, HOME, replaces=False, now_s=int(SystemClock().utc_s()))
    registrar = Registrar(address.gateways_url, HOME, ca_pem=address.ca_file.read_text())
    desk_key = registrar.desk_key()
    assert fingerprint(desk_key) == address.fingerprint
    registrar.enrol(key_of(HOME), desk_key, token)
    return client_of(address, address.ca_file, Counting(1))


@pytest.mark.parametrize("listen", ["127.0.0.1", "::1"])
async def test_a_message_over_tls_reaches_the_page(tmp_path: Path, listen: str) -> None:
    async with running(tmp_path / "new" / "desk", listen=listen) as address:
        client = await asyncio.to_thread(enrolled, address)
        for _ in range(2):
            receipt = await asyncio.to_thread(client.deliver, alert().id, wire.encode(alert()))
            assert receipt.id == alert().id
        page = await asyncio.to_thread(requests.get, address.people_url, timeout=5)
        assert alert().observed in page.text
        assert page.headers["x-frame-options"] == "DENY"
        assert "server" not in page.headers
        state = await asyncio.to_thread(requests.get, f"{address.people_url}/api/state", timeout=5)
        assert len(state.json()["open_care"]) == 1


async def test_a_restart_keeps_the_authority_and_the_messages(tmp_path: Path) -> None:
    async with running(tmp_path) as address:
        ca = address.ca_file.read_bytes()
        client = await asyncio.to_thread(enrolled, address)
        first = await asyncio.to_thread(client.deliver, alert().id, wire.encode(alert()))
    async with running(tmp_path) as address:
        assert address.ca_file.read_bytes() == ca
        client = client_of(address, address.ca_file, Counting(10))
        assert await asyncio.to_thread(client.deliver, alert().id, wire.encode(alert())) == first


async def test_only_its_own_authority_vouches_for_it(tmp_path: Path) -> None:
    other = prepare(_made(tmp_path / "other"), now_s=SystemClock().utc_s())
    async with running(tmp_path / "desk") as address:
        for ca_file in (other.ca, None):
            client = client_of(address, ca_file, Counting())
            with pytest.raises(UplinkUnavailable, match="cannot be trusted"):
                await asyncio.to_thread(client.deliver, alert().id, wire.encode(alert()))


async def test_open_connections_do_not_hold_up_the_stop(tmp_path: Path) -> None:
    async with running(tmp_path) as address:
        port = int(address.people_url.rpartition(":")[2])
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        started_s = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - started_s < 4
    writer.close()


@pytest.mark.parametrize("listen", ["0.0.0.0", "192.0.2.1", "::", "desk.example", ""])
async def test_only_loopback(tmp_path: Path, listen: str) -> None:
    with pytest.raises(InputError, match="loopback only") as caught:
        await serve(tmp_path, ManualClock(NOW_S), listen=listen)
    assert caught.value.exit_code == 2
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - pathlib is refused in async code


async def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"port {port}") as caught:
            await serve(tmp_path, ManualClock(NOW_S), gateways_port=0, people_port=port)
    assert "another port" in caught.value.advice


async def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "desk"):
        with pytest.raises(GatewayError) as caught:
            await serve(folder, ManualClock(NOW_S), gateways_port=0, people_port=0)
        assert caught.value.advice


async def test_rubbish_fills_no_log(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """What is no TLS, no HTTP, or ends in the middle is nobody's business."""
    async with running(tmp_path) as address:
        port = int(address.gateways_url.rpartition(":")[2])
        context = ssl.create_default_context(cafile=str(address.ca_file))
        for number in range(20):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(bytes([number]) * 500)
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
            writer.write(b"\0rubbish\r\n\r\n" if number % 2 else b"POST /v1/messages HTTP/1.1\r\nContent-Length: 9\r\n")
            if number % 2:
                assert b" 400 " in await reader.readline()
            writer.close()
        answer = await asyncio.to_thread(
            requests.post, f"{address.gateways_url}/v1/messages", data=b"{}", verify=str(address.ca_file), timeout=5
        )
        assert answer.status_code == 415
        assert [record.getMessage() for record in caplog.records] == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("said", [b"", b"POST /v1/messages HTTP/1.1\r\nHost: loc"])
async def test_who_says_nothing_is_let_go_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    monkeypatch.setattr(patience, "REQUEST_S", 0.05)
    async with running(tmp_path) as address:
        port = int(address.gateways_url.rpartition(":")[2])
        context = ssl.create_default_context(cafile=str(address.ca_file))
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        writer.write(said)
        with contextlib.suppress(ConnectionResetError):
            assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.close()


async def test_a_connection_is_for_one_request(tmp_path: Path) -> None:
    async with running(tmp_path) as address:
        ca = str(address.ca_file)
        answer = await asyncio.to_thread(requests.get, f"{address.gateways_url}/v1/desk", verify=ca, timeout=5)
        assert (answer.status_code, answer.headers["connection"]) == (200, "close")


async def test_the_signing_key_is_made_once_and_is_for_the_desk_alone(tmp_path: Path) -> None:
    async with running(tmp_path) as address:
        first = address.fingerprint
    async with running(tmp_path) as address:
        assert address.fingerprint == first
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600
    assert [name for name in os.listdir(tmp_path) if name.startswith(".")] == []  # noqa: PTH208 - as above


def test_who_makes_the_key_second_has_the_firsts(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: fingerprint(own_key(tmp_path).public_key()), range(32)))
    assert len(set(made)) == 1


@pytest.mark.parametrize("content", [b"", b"not PEM", b"another kind"])
def test_a_damaged_signing_key_is_never_replaced_by_itself(tmp_path: Path, content: bytes) -> None:
    """Every home believes this key and no other."""
    prepare(tmp_path, now_s=NOW_S)
    whole = (tmp_path / "ca.key").read_bytes() if content == b"another kind" else content
    (tmp_path / NAME).write_bytes(whole)
    with pytest.raises(InputError, match=r"signing\.key") as caught:
        own_key(tmp_path)
    assert "from a copy" in caught.value.advice
    assert (tmp_path / NAME).read_bytes() == whole


def test_keys_are_for_the_desk_alone(tmp_path: Path) -> None:
    files = prepare(tmp_path, now_s=NOW_S)
    for key in (files.key, tmp_path / "ca.key"):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_a_damaged_authority_is_told(tmp_path: Path) -> None:
    prepare(tmp_path, now_s=NOW_S)
    (tmp_path / "ca.pem").write_text("not PEM")
    with pytest.raises(InputError, match="certificates") as caught:
        prepare(tmp_path, now_s=NOW_S)
    assert "ca.pem" in caught.value.advice


def test_the_authority_is_renewed_before_it_ends(tmp_path: Path) -> None:
    before = prepare(tmp_path, now_s=NOW_S).ca.read_bytes()
    assert prepare(tmp_path, now_s=NOW_S + 5 * 365 * 86_400).ca.read_bytes() == before
    assert prepare(tmp_path, now_s=NOW_S + 9 * 365 * 86_400).ca.read_bytes() != before


def test_the_authority_may_only_vouch_for_this_machine(tmp_path: Path) -> None:
    from cryptography import x509

    ca = x509.load_pem_x509_certificate(prepare(tmp_path, now_s=NOW_S).ca.read_bytes())
    constraints = ca.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    assert {str(each.value) for each in constraints.value.permitted_subtrees or ()} == {
        "localhost",
        "127.0.0.0/8",
        "::1/128",
    }
    ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
