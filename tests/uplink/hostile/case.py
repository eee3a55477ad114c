"""One hostile server."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.enrolled import DESK
from tests.uplink.live import NOW_S
from tests.uplink.provider import Door, Line, Manner, Request, good, receipt, signed
from tests.uplink.tls import Authority

EVIL: Final = "EVIL"
"""In every text that a hostile server makes up: it must not get into a log."""


@dataclass(frozen=True)
class Ground:
    """The authority that this home was given, and one that it was not."""

    ca: Authority
    other: Authority


@dataclass(frozen=True)
class Case:
    """A server that does not behave.

    Attributes:
        name: for the table.
        manner: what it does with a request.
        door: what it does with a connection, if it does not even make TLS of it as it should; made on the ground.
        delivers: whether its receipt is genuine all the same, and only what comes with it is not.
        slow: whether it keeps the line until the deadline.
        utc_s: the gateway's clock.
    """

    name: str
    manner: Manner = good
    door: Callable[[Ground], Door] | None = None
    delivers: bool = False
    slow: bool = False
    utc_s: float = NOW_S


def says(status: int, body: bytes = b"", **headers: str) -> Manner:
    """Unsigned words."""
    return lambda line, _: line.answer(status, body, **headers)


def signs(status: int, body: Callable[[Request], bytes], **headers: str) -> Manner:
    """The desk's own signature over words that are no receipt: a desk with a fault, or of another version."""
    return lambda line, request: line.reply(request, status, body(request), key=DESK, **headers)


def sends(make: Callable[[Request], bytes]) -> Manner:
    """These bytes, whatever they are."""
    return lambda line, request: line.connection.sendall(make(request))


def whole(request: Request, *, body: bytes | None = None, status: int = 200, **changed: str) -> tuple[str, bytes]:
    """The head and the body of a genuine receipt, to be spoilt. `changed`: headers in the place of its own."""
    body = receipt(request) if body is None else body
    headers = signed(request, status, body) | {name.replace("_", "-"): value for name, value in changed.items()}
    head = [f"HTTP/1.1 {status} x", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(head), body


def held(line: Line) -> None:
    """Keep the line until the other side has gone."""
    line.stopped.wait()
