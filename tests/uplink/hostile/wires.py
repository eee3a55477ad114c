"""Bytes that are no HTTP, or never end, and connections that are no TLS, or not to be trusted."""

import socket
import ssl
import struct
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from tests.uplink.hostile.case import EVIL, Case, Ground, held, sends, whole
from tests.uplink.provider import Door, Line, Manner, Request, drip, flood, hang_up

_OK = b"HTTP/1.1 200 x\r\n"


def _cut(keep: Callable[[bytes], bytes]) -> Manner:
    """A genuine receipt, whose bytes are spoilt."""

    def manner(line: Line, request: Request) -> None:
        head, body = whole(request)
        line.connection.sendall(keep(f"{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body))

    return manner


def _framed(frame: Callable[[bytes], bytes], *headers: str) -> Manner:
    """A genuine receipt in a frame of another making; `headers` say which."""

    def manner(line: Line, request: Request) -> None:
        head, body = whole(request)
        line.connection.sendall("\r\n".join((head, *headers)).encode() + b"\r\n\r\n" + frame(body))

    return manner


def _endless(chunk: bytes, first: bytes = _OK) -> Manner:
    def manner(line: Line, _: Request) -> None:
        line.connection.sendall(first)
        while not line.stopped.is_set():
            line.connection.sendall(chunk)

    return manner


def _reset(line: Line, _: Request) -> None:
    """RST instead of an orderly end."""
    line.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.connection.sendall(_OK)
    line.connection.close()


_CHUNKED = "Transfer-Encoding: chunked"

FRAMES = [
    Case("truncated in the status line", _cut(lambda text: text[:9])),
    Case("truncated in the headers", _cut(lambda text: text[:120])),
    Case("truncated in the body", _cut(lambda text: text[:-5])),
    Case("truncated after the headers", _cut(lambda text: text[: text.index(b"\r\n\r\n") + 4])),
    Case("a length that is too short", _framed(lambda body: body, "Content-Length: 10")),
    Case("a negative length", _framed(lambda body: body[:-1], "Content-Length: -1")),
    Case("a length that is no number", _framed(lambda body: body[:-1], "Content-Length: 0x20")),
    Case("two lengths that differ", _framed(lambda body: body, "Content-Length: 5", "Content-Length: 150")),
    Case("a length of 2**70", _framed(lambda body: body, f"Content-Length: {2**70}")),
    Case("chunks of no number", _framed(lambda body: b"zz\r\n" + body + b"\r\n0\r\n\r\n", _CHUNKED)),
    Case("a chunk of 2**64", _framed(lambda body: b"f" * 16 + b"\r\n" + body, _CHUNKED)),
    Case("a negative chunk", _framed(lambda body: b"-5\r\n" + body + b"\r\n0\r\n\r\n", _CHUNKED)),
    Case("chunks that end in the middle", _framed(lambda body: b"40\r\n" + body[:20], _CHUNKED)),
    Case("a chunk's extension of 70 kB", _framed(lambda b: b"5;" + b"x" * 70_000 + b"\r\n" + b + b"\r\n", _CHUNKED)),
    Case("chunks of one byte without end", _endless(b"1\r\n \r\n", _OK + b"Transfer-Encoding: chunked\r\n\r\n")),
    Case("an unknown transfer coding", _framed(lambda body: body[:-1], "Transfer-Encoding: evil")),
    Case("chunked and a length at once", _framed(lambda body: body, "Content-Length: 20", _CHUNKED)),
    Case("SSH", sends(lambda _: b"SSH-2.0-OpenSSH_9\r\n")),
    Case("HTTP/0.9", sends(lambda _: f"<html>{EVIL}</html>".encode())),
    Case("HTTP/2", sends(lambda _: b"\0\0\x12\4\0\0\0\0\0" + b"\0" * 18)),
    Case("a version of HTTP that there is not", sends(lambda _: b"HTTP/9.9 200 x\r\n\r\n")),
    Case("a status that is no number", sends(lambda _: b"HTTP/1.1 EVIL x\r\n\r\n")),
    Case("a status of four digits", sends(lambda _: b"HTTP/1.1 2000 x\r\n\r\n")),
    Case("a status line of 70 kB", sends(lambda _: b"HTTP/1.1 200 " + b"x" * 70_000 + b"\r\n\r\n")),
    Case("nothing but zeros", sends(lambda _: b"\0" * 5_000)),
    Case("an endless body", flood),
    Case("an endless body of a known length", _endless(b" " * 65_536, _OK + b"Content-Length: 99999999999\r\n\r\n")),
]

HEADERS = [
    Case("101 headers", _framed(lambda body: body, *(f"X-{n}: {EVIL}" for n in range(101)))),
    Case("a header of 70 kB", _framed(lambda body: body, "X-Long: " + "x" * 70_000)),
    Case("a header without a colon", _framed(lambda body: body[:-1], EVIL)),
    Case("a header without a colon beside a genuine receipt", _framed(lambda body: body, EVIL), delivers=True),
    Case("a header with a zero in it", _framed(lambda body: body[:-1], "X: a\0b")),
    Case("a header that is no text", lambda line, _: line.connection.sendall(_OK + b"X: \xff\xfe\r\n\r\n")),
    Case("headers without end", _endless(b"X: EVIL\r\n")),
    Case("two content types", _framed(lambda body: body, "Content-Type: text/html", "Content-Length: 147")),
    Case("a cookie", _framed(lambda body: body[:-1], f"Set-Cookie: {EVIL}=1; Domain=127.0.0.1")),
]

SLOW = [
    Case("slow in the headers", drip(_OK + b"X-Slow: "), slow=True),
    Case("slow in the body", drip(_OK + b"Content-Length: 60000\r\n\r\n"), slow=True),
    Case("slow in a body without length", drip(_OK + b"\r\n{"), slow=True),
    Case("slow in a chunk's size", drip(_OK + b"Transfer-Encoding: chunked\r\n\r\n"), slow=True),
    Case("without a word", lambda line, _: held(line), slow=True),
    Case("100 Continue for ever", _endless(b"HTTP/1.1 100 Continue\r\n\r\n", b""), slow=True),
    Case("103 Early Hints for ever", _endless(b"HTTP/1.1 103 x\r\n\r\n", b"")),
    Case("hangs up", hang_up),
    Case("resets the connection", _reset),
]


def _raw(act: Callable[[socket.socket], object]) -> Callable[[Ground], Door]:
    def door(raw: socket.socket, _: threading.Event) -> None:
        act(raw)

    return lambda _: door


def _drips(raw: socket.socket, stopped: threading.Event) -> None:
    raw.sendall(b"\x16\x03\x03\x3f\xff\x02\x00\x3f\xfb\x03\x03")  # a ServerHello of 16 kB
    while not stopped.is_set():
        raw.sendall(b"x")
        time.sleep(0.02)


def _silent(_: socket.socket, stopped: threading.Event) -> None:
    stopped.wait()


def _rst(raw: socket.socket) -> None:
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _with(
    certificate: Callable[[Ground], tuple[Path, Path]], change: Callable[[ssl.SSLContext], None] = lambda _: None
) -> Callable[[Ground], Door]:
    def made(ground: Ground) -> Door:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate(ground))
        change(context)
        return lambda raw, _: context.wrap_socket(raw, server_side=True)

    return made


def _oldest(context: ssl.SSLContext) -> None:
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.maximum_version = ssl.TLSVersion.TLSv1_1


def _nobody_named(context: ssl.SSLContext) -> None:
    context.set_ciphers("aNULL:@SECLEVEL=0")
    context.maximum_version = ssl.TLSVersion.TLSv1_2


TLS = [
    Case("TLS: expired", door=_with(lambda ground: ground.ca.sign("expired", expired=True))),
    Case("TLS: another host", door=_with(lambda ground: ground.ca.sign("host", host="desk.example"))),
    Case("TLS: any host of a name", door=_with(lambda ground: ground.ca.sign("star", host="*.0.0.1"))),
    Case("TLS: signed by nobody but itself", door=_with(lambda ground: ground.other.itself())),
    Case("TLS: by an authority that is not the provider's", door=_with(lambda ground: ground.other.sign("foreign"))),
    Case("TLS 1.1, and nothing newer", door=_with(lambda ground: ground.ca.sign("old"), _oldest)),
    Case("TLS without a certificate", door=_with(lambda ground: ground.ca.sign("none"), _nobody_named)),
    Case("TLS: slow in the handshake", door=lambda _: _drips, slow=True),
    Case("TLS: silent", door=lambda _: _silent, slow=True),
    Case("TLS: hangs up at once", door=_raw(lambda raw: raw.close())),
    Case("TLS: resets at once", door=_raw(_rst)),
    Case("TLS: plain HTTP instead", door=_raw(lambda raw: raw.sendall(_OK + b"\r\n" + EVIL.encode()))),
    Case("TLS: zeros instead", door=_raw(lambda raw: raw.sendall(b"\0" * 5_000))),
    Case("TLS: an alert instead", door=_raw(lambda raw: raw.sendall(b"\x15\x03\x03\0\2\2\x28"))),
]
