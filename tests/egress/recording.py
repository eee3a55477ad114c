"""A desk's door that keeps every byte of it: what crossed the line, and what was said under TLS."""

import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from tests.enrolled import DESK
from tests.uplink.provider import Request, receipt, signed

T = TypeVar("T")


@dataclass
class Recording:
    """What has arrived so far: `line` as an eavesdropper sees it, `requests` as the desk does, and their ids."""

    url: str = ""
    line: bytearray = field(default_factory=bytearray)
    requests: list[bytes] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)


class _Tls:
    """The server's end of TLS over a plain socket, in memory, so that the bytes of the line can be kept."""

    def __init__(self, connection: socketserver.BaseRequestHandler, context: ssl.SSLContext, kept: Recording) -> None:
        self._socket = connection.request
        self._kept = kept
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_side=True)
        self._until(self._tls.do_handshake)

    def _until(self, act: Callable[[], T]) -> T:
        while True:
            try:
                done = act()
            except ssl.SSLWantReadError:
                self._flush()
                came = self._socket.recv(65536)
                self._kept.line += came
                self._in.write(came) if came else self._in.write_eof()
            else:
                self._flush()
                return done

    def _flush(self) -> None:
        if out := self._out.read():
            self._socket.sendall(out)

    def read(self) -> bytes:
        return bytes(self._until(lambda: self._tls.read(65536)))

    def write(self, data: bytes) -> None:
        self._until(lambda: self._tls.write(data))


def _request(tls: _Tls) -> bytes:
    taken = bytearray()
    while b"\r\n\r\n" not in taken:
        taken += tls.read()
    head = bytes(taken).partition(b"\r\n\r\n")[0].lower()
    length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
    while len(taken) < len(head) + 4 + length:
        taken += tls.read()
    return bytes(taken)


def _parsed(raw: bytes) -> Request:
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("ascii").split("\r\n")
    method, path, _ = first.split()
    pairs = (line.partition(":") for line in lines)
    return Request(method, path, {name.lower(): value.strip() for name, _, value in pairs}, body)


@contextmanager
def recording(certificate: tuple[Path, Path]) -> Iterator[Recording]:
    """A desk that takes everything, checks its signature, and gives signed receipts."""
    kept = Recording()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            tls = _Tls(self, context, kept)
            raw = _request(tls)
            request = _parsed(raw)
            body = receipt(request)
            lines = [f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}"]
            lines += [f"{name}: {value}" for name, value in signed(request, 200, body, key=DESK).items()]
            kept.requests.append(raw)
            kept.bodies.append(request.body)
            tls.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
            kept.ids.add(request.id)

    class Door(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Door(("127.0.0.1", 0), Handler) as door:
        kept.url = f"https://127.0.0.1:{door.server_address[1]}"
        thread = threading.Thread(target=door.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield kept
        finally:
            door.shutdown()
            thread.join()
