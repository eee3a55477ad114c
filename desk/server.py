"""Serves both doors on loopback until cancelled."""

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Callable, Iterator
from datetime import tzinfo
from pathlib import Path
from typing import Any, Final, NamedTuple

import uvicorn
from starlette.types import ASGIApp

from desk.app import build
from desk.certificates import Files, prepare
from desk.erasing import wipe
from desk.own_key import own_key
from desk.patience import CLOSED_AFTER, Patient
from desk.store import Store
from gateway.clock import Clock
from gateway.errors import InputError
from gateway.uplink.keys import fingerprint

GATEWAYS_PORT: Final = 8443
PEOPLE_PORT: Final = 8080

_GOODBYE_S: Final = 3
"""How long requests that are under way may take at a stop."""

_MOST_AT_ONCE: Final = 256
"""Connections at one door; who comes on top is told to come again. A process may have 1,024 files open."""


class Address(NamedTuple):
    """Where the desk is: `gateways_url` and `ca_file` are for a gateway's [uplink], `people_url` for a browser.

    `fingerprint` is that of the key by which it signs, for the technician to compare.
    """

    gateways_url: str
    people_url: str
    ca_file: Path
    fingerprint: str


async def serve(
    folder: Path,
    clock: Clock,
    *,
    listen: str = "127.0.0.1",
    gateways_port: int = GATEWAYS_PORT,
    people_port: int = PEOPLE_PORT,
    zone: tzinfo | None = None,
    ready: Callable[[Address], None] = lambda _: None,
) -> None:
    """Serve until cancelled; `ready` is told the addresses once both doors are open.

    Args:
        folder: for desk.db, the certificates and the signing key; made if need be.
        clock: when messages arrive and what "unheard" is measured by.
        listen: a loopback address.
        gateways_port: for HTTPS; 0 takes a free one.
        people_port: for the page; 0 takes a free one.
        zone: the time zone of the page, this machine's own if None.
        ready: called once, on the event loop.

    Raises InputError if the address or the folder cannot be used, StoreError if desk.db cannot.
    """
    _require_loopback(listen)
    _make(folder)
    files = prepare(folder, now_s=clock.utc_s())
    key = own_key(folder)
    with contextlib.ExitStack() as stack:
        store = stack.enter_context(Store(folder / "desk.db"))
        wipe(store.database, now_s=int(clock.utc_s()))  # an erasure that a power cut left half done
        doors = build(store, clock, key=key, zone=zone)
        for_gateways = stack.enter_context(_bound(listen, gateways_port))
        for_people = stack.enter_context(_bound(listen, people_port))
        servers = [
            (_for_gateways(doors.gateways, files), for_gateways),
            (_server(doors.people), for_people),
        ]
        name = fingerprint(key.public_key())
        address = Address(_url("https", for_gateways), _url("http", for_people), files.ca, name)
        await _run(servers, lambda: ready(address))


async def _run(servers: list[tuple["_Server", socket.socket]], ready: Callable[[], None]) -> None:
    serving = [asyncio.create_task(server.serve(sockets=[door])) for server, door in servers]
    opening = asyncio.gather(*(server.opened.wait() for server, _ in servers))
    try:
        # asyncio.wait, not gather: a gather that is cancelled cancels the servers, which then close nothing
        either: list[asyncio.Future[Any]] = [*serving, opening]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if opening.done():
            ready()
            await asyncio.wait(serving, return_when=asyncio.FIRST_COMPLETED)
    finally:
        opening.cancel()
        for server, _ in servers:
            server.should_exit = True
        await asyncio.wait(serving)
    for task in serving:
        task.result()  # raises what ended it


class _Server(uvicorn.Server):
    """Leaves signals to the shell and says when it is open."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.opened = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the door."""
        await super().startup(sockets=sockets)
        self.opened.set()


def _for_gateways(app: ASGIApp, files: Files) -> _Server:
    tls = {"ssl_certfile": files.certificate, "ssl_keyfile": files.key}
    return _server(app, http=Patient, headers=CLOSED_AFTER, **tls)


def _server(app: ASGIApp, *, http: str | type[asyncio.Protocol] = "h11", **others: Any) -> _Server:  # noqa: ANN401
    config = uvicorn.Config(
        app,
        http=http,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",  # whoever sends rubbish fills no log
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GOODBYE_S,
        limit_concurrency=_MOST_AT_ONCE,
        **others,
    )
    return _Server(config)


def _require_loopback(listen: str) -> None:
    try:
        loopback = ipaddress.ip_address(listen).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise InputError(
            f"This version of the desk listens on loopback only, not on {listen}.",
            advice="Use --listen 127.0.0.1. It has no log-in, so nobody else may reach it.",
        )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot be made: {error}.", advice="Give another folder for the desk.") from error


def _bound(listen: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in listen else socket.AF_INET
    # the protocol is named because asyncio sets TCP_NODELAY only then; without, every receipt waits 40 ms for an ACK
    door = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((listen, port))
    except (OSError, OverflowError) as error:
        door.close()
        raise InputError(
            f"The desk cannot listen on {listen}, port {port}: {error}.",
            advice="Another program may be using it: choose another port, or 0 for any free one.",
        ) from error
    return door


def _url(scheme: str, door: socket.socket) -> str:
    host, port = door.getsockname()[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
