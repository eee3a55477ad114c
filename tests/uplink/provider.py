"""A provider's server over real TLS on loopback, whose manners a test chooses."""

import hashlib
import json
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Request:
    """What arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

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


def receipt(request: Request, **changed: str) -> bytes:
    whole = {"type": "receipt", "id": request.id, "sha256": hashlib.sha256(request.body).hexdigest()}
    return json.dumps(whole | changed).encode()


def good(line: Line, request: Request) -> None:
    line.answer(200, receipt(request), Content_Type="application/json")


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


@dataclass
class Server:
    """What is known of a running server: requests in order, and the manner, which may be changed."""

    url: str = ""
    manner: Manner = good
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

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            if certificate is None:
                self.request.sendall(b"\x16\x03\x03\x3f\xff\x02\x00\x3f\xfb\x03\x03")  # a ServerHello of 16 kB
                while not stopped.is_set():
                    self.request.sendall(b"x")
                    time.sleep(0.02)
                return
            with context.wrap_socket(self.request, server_side=True) as connection:
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
        return Request(first[1].decode(), headers, stream.read(int(headers.get("content-length", 0))))
