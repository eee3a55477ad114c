"""A provider's server over real TLS on loopback, whose manners a test chooses, and who signs what is the desk's own."""

import hashlib
import json
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.uplink import signatures
from gateway.uplink.client import Client, Sequences
from gateway.uplink.keys import key_id
from tests.enrolled import DESK

from .tls import Authority

GATEWAY = Ed25519PrivateKey.from_private_bytes(b"g" * 32)
"""The gateway's key of these tests."""


@dataclass(frozen=True)
class Request:
    """What arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def signed(self) -> signatures.Request:
        """As a signature sees it."""
        return signatures.Request(self.method, f"https://{self.headers['host']}{self.path}", self.headers)

    def check(self, key: Ed25519PrivateKey = GATEWAY) -> signatures.Signed:
        """What its signature by `key` says. Raises NotSigned."""
        own = key.public_key()
        return signatures.verify_request(self.signed, self.body, lambda name: own if name == key_id(own) else None)

    @property
    def id(self) -> str:
        return str(json.loads(self.body)["id"])


Manner = Callable[["Line", Request], None]
"""Answers a request, or does not."""


class Line:
    """The server's end of one connection."""

    def __init__(self, connection: ssl.SSLSocket, stopped: threading.Event) -> None:
        self.connection = connection
        self.stopped = stopped

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        head = [f"HTTP/1.1 {status} x", f"Content-Length: {len(body)}"]
        head += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + body)

    def reply(
        self, request: Request, status: int, body: bytes, *, key: Ed25519PrivateKey = DESK, **headers: str
    ) -> None:
        """An answer to `request` that is signed with `key`."""
        self.answer(status, body, **signed(request, status, body, key=key, **headers))


def receipt(request: Request, **changed: str) -> bytes:
    whole = {"type": "receipt", "id": request.id, "sha256": hashlib.sha256(request.body).hexdigest()}
    return json.dumps(whole | changed).encode()


def signed(
    request: Request, status: int, body: bytes, *, key: Ed25519PrivateKey = DESK, **headers: str
) -> dict[str, str]:
    """The headers of a reply to `request` that is signed with `key`."""
    named = {"Content-Type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return signatures.sign_reply(key, status, named, body, request.signed, created_s=0)


def good(line: Line, request: Request) -> None:
    line.reply(request, 200, receipt(request))


def refusing(status: int, reason: str = "unknown field", **headers: str) -> Manner:
    """The desk's own word that it does not want this message."""
    return lambda line, request: line.reply(
        request,
        status,
        json.dumps({"type": "refusal", "id": request.id, "reason": reason}).encode(),
        key=DESK,
        **headers,
    )


def always(status: int, body: bytes = b"", **headers: str) -> Manner:
    return lambda line, _: line.answer(status, body, **headers)


def drip(first: bytes) -> Manner:
    """One byte every 20 ms, for as long as the other side holds the line."""

    def manner(line: Line, _: Request) -> None:
        line.connection.sendall(first)
        while not line.stopped.is_set():
            line.connection.sendall(b"x")
            time.sleep(0.02)

    return manner


def flood(line: Line, _: Request) -> None:
    line.connection.sendall(b"HTTP/1.1 200 x\r\nContent-Type: application/json\r\n\r\n")
    while not line.stopped.is_set():
        line.connection.sendall(b" " * 65536)


def hang_up(line: Line, _: Request) -> None:
    line.connection.close()


Door = Callable[[socket.socket, threading.Event], ssl.SSLSocket | None]
"""Makes TLS of a connection, or does something else with it."""


@dataclass
class Server:
    """What is known of a running server: requests in order, and manner and door, which may be changed."""

    url: str = ""
    manner: Manner = good
    door: Door | None = None
    requests: list[Request] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [request.id for request in self.requests]


@contextmanager
def serving(certificate: tuple[Path, Path] | None, manner: Manner = good) -> Iterator[Server]:
    """A server with this certificate and key; without one its TLS handshake never ends."""
    server, stopped = Server(manner=manner), threading.Event()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if certificate is not None:
        context.load_cert_chain(*certificate)

    def tls(raw: socket.socket, _: threading.Event) -> ssl.SSLSocket:
        return context.wrap_socket(raw, server_side=True)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            if certificate is None:
                self.request.sendall(b"\x16\x03\x03\x3f\xff\x02\x00\x3f\xfb\x03\x03")  # a ServerHello of 16 kB
                while not stopped.is_set():
                    self.request.sendall(b"x")
                    time.sleep(0.02)
                return
            connection = (server.door or tls)(self.request, stopped)
            if connection is None:
                return
            with connection:
                request = _read(connection)
                if request is not None:
                    manner = server.manner
                    server.requests.append(request)
                    if manner is good:
                        server.accepted.append(request.id)
                    manner(Line(connection, stopped), request)

    class Threads(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that hangs up on a bad server is what these tests are about."""

    with Threads(("127.0.0.1", 0), Handler) as listener:
        server.url = f"https://127.0.0.1:{listener.server_address[1]}"
        thread = threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            stopped.set()
            listener.shutdown()
            thread.join()


def _read(connection: ssl.SSLSocket) -> Request | None:
    with connection.makefile("rb") as stream:
        first = stream.readline().split()
        if not first:
            return None
        headers = {}
        while (line := stream.readline().decode().strip()) != "":
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", 0)))
        return Request(first[0].decode(), first[1].decode(), headers, body)


@dataclass
class Counting:
    """Numbers of requests, kept nowhere: `gateway.uplink.book.Book` keeps them."""

    given: int = 0

    def next_sequence(self) -> int:
        self.given += 1
        return self.given

    def jump_to(self, number: int) -> None:
        self.given = max(self.given, number)


def client_of(
    url: str,
    ca: Authority | None,
    sequences: Sequences | None = None,
    *,
    deadline_s: float = 5.0,
    utc_s: Callable[[], float] = time.time,
) -> Client:
    """The gateway's end: it signs with `GATEWAY` and believes `DESK`."""
    pem = None if ca is None else ca.pem
    return Client(
        url, GATEWAY, DESK.public_key(), sequences or Counting(), ca_pem=pem, deadline_s=deadline_s, utc_s=utc_s
    )
