"""The desk as it runs: TLS with its own authority, two ports, until cancelled."""

import asyncio
import os
import socket
import ssl
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import requests

from desk.certificates import prepare
from desk.server import Address, serve
from gateway.clock import ManualClock, SystemClock
from gateway.errors import GatewayError, InputError, UplinkUnavailable
from gateway.uplink import wire
from gateway.uplink.client import Client

from .desk import NOW_S, alert


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


@pytest.mark.parametrize("listen", ["127.0.0.1", "::1"])
async def test_a_message_over_tls_reaches_the_page(tmp_path: Path, listen: str) -> None:
    async with running(tmp_path / "new" / "desk", listen=listen) as address:
        client = Client(address.gateways_url, address.ca_file)
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
        client = Client(address.gateways_url, address.ca_file)
        first = await asyncio.to_thread(client.deliver, alert().id, wire.encode(alert()))
    async with running(tmp_path) as address:
        assert address.ca_file.read_bytes() == ca
        client = Client(address.gateways_url, address.ca_file)
        assert await asyncio.to_thread(client.deliver, alert().id, wire.encode(alert())) == first


async def test_only_its_own_authority_vouches_for_it(tmp_path: Path) -> None:
    other = prepare(_made(tmp_path / "other"), now_s=SystemClock().utc_s())
    async with running(tmp_path / "desk") as address:
        for ca_file in (other.ca, None):
            client = Client(address.gateways_url, ca_file)
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
