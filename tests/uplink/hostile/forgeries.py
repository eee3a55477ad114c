"""Signatures that are none, numbers that lead astray, clocks that are wrong."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.uplink import signatures
from tests.enrolled import DESK
from tests.uplink.hostile.case import EVIL, Case, says, whole
from tests.uplink.provider import GATEWAY, Line, Manner, Request, receipt, signed

OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)


class Keeps:
    """Answers every request with what it was given to answer the first with, or the one of another message."""

    def __init__(self) -> None:
        self._first: tuple[bytes, dict[str, str]] | None = None

    def __call__(self, line: Line, request: Request) -> None:
        first, self._first = self._first, self._first or (receipt(request), signed(request, 200, receipt(request)))
        if first is None:
            line.connection.close()  # the receipt that it keeps back for later
        else:
            line.answer(200, first[0], **first[1])


def _changed(change: Callable[[dict[str, str]], object], status: int = 200, said: int = 200) -> Manner:
    def manner(line: Line, request: Request) -> None:
        headers = signed(request, status, receipt(request))
        change(headers)
        line.answer(said, receipt(request), **headers)

    return manner


def _input(old: str, new: str) -> Manner:
    return _changed(lambda h: h.update({"Signature-Input": h["Signature-Input"].replace(old, new, 1)}))


def _hmac(line: Line, request: Request) -> None:
    """The public key as a shared secret: what a careless verifier would believe."""
    headers = signed(request, 200, receipt(request))
    params = headers["Signature-Input"].removeprefix("wren=")
    digest = hmac.digest(DESK.public_key().public_bytes_raw(), params.encode(), hashlib.sha256)
    headers["Signature-Input"] = f'wren={params};alg="hmac-sha256"'
    headers["Signature"] = f"wren=:{base64.b64encode(digest).decode()}:"
    line.answer(200, receipt(request), **headers)


def _as_request(line: Line, request: Request) -> None:
    """The desk's key under a signature of the other kind."""
    told = signatures.Request("POST", request.signed.url, {"Content-Type": "application/json"})
    signatures.sign_request(DESK, told, receipt(request), sequence=1, nonce="n", created_s=0)
    line.answer(200, receipt(request), **told.headers)


def _of_other_bytes(line: Line, request: Request) -> None:
    line.answer(200, receipt(request), **signed(request, 200, b"{}"))


SIGNATURES = [
    Case("signed by another key", lambda line, request: line.reply(request, 200, receipt(request), key=OTHER)),
    Case("signed by the gateway's own key", lambda line, r: line.reply(r, 200, receipt(r), key=GATEWAY)),
    Case("the gateway's signature sent back", lambda line, r: line.answer(200, receipt(r), **_echo(r))),
    Case("a receipt kept back and given to another request", Keeps()),
    Case("signed over other bytes", _of_other_bytes),
    Case("signed for status 422, sent with 200", _changed(lambda _: None, status=422)),
    Case("signed as a request", _as_request),
    Case("no signature", _changed(lambda h: h.pop("Signature"))),
    Case("no signature input", _changed(lambda h: h.pop("Signature-Input"))),
    Case("no digest", _changed(lambda h: h.pop("Content-Digest"))),
    Case("another digest", _changed(lambda h: h.update({"Content-Digest": "sha-256=:" + "A" * 43 + "=:"}))),
    Case("a digest that nobody knows", _changed(lambda h: h.update({"Content-Digest": "md5=:AAAA:"}))),
    Case("another content type", _changed(lambda h: h.update({"Content-Type": "text/plain"}))),
    Case("a signature of zeros", _changed(lambda h: h.update({"Signature": "wren=:" + "A" * 86 + "==:"}))),
    Case("an empty signature", _changed(lambda h: h.update({"Signature": "wren=::"}))),
    Case("a signature that is no field", _changed(lambda h: h.update({"Signature": EVIL * 1000}))),
    Case("a signature input that is no field", _changed(lambda h: h.update({"Signature-Input": "((((" * 5000}))),
    Case(
        "a signature input with 5,000 members",
        _changed(lambda h: h.update({"Signature-Input": ", ".join(f"a{n}=()" for n in range(5000))})),
    ),
    Case("the body left out of what is signed", _input(' "content-digest"', "")),
    Case("the request left out of what is signed", _input(' "signature";key="wren";req', "")),
    Case("the status left out of what is signed", _input('"@status"', "")),
    Case("another key's name", _input('keyid="', 'keyid="0')),
    Case("another tag", _input('tag="wren-desk"', 'tag="wren-gateway"')),
    Case("another algorithm", _input(";created", ';alg="rsa-v1_5-sha256";created')),
    Case("the public key as a shared secret", _hmac),
    Case("one component twice", _input('"@status"', '"@status" "@status"')),
    Case("expired, and the expiry not signed", _input(";created", ";expires=1;created")),
    Case("two signatures of one name", lambda line, r: line.connection.sendall(_doubled(r))),
]


def _echo(request: Request) -> dict[str, str]:
    names = ("content-type", "content-digest", "signature", "signature-input")
    return {name: request.headers[name] for name in names}


def _doubled(request: Request) -> bytes:
    head, body = whole(request)
    again = next(line for line in head.split("\r\n") if line.startswith("Signature:"))
    return f"{head}\r\n{again}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def _seen(named: str | None, *, status: int = 403) -> Manner:
    """The desk's own word that it has seen a number; `{}` is the one that was sent."""

    def manner(line: Line, request: Request) -> None:
        body = json.dumps({"type": "refusal", "id": request.id, "reason": EVIL}).encode()
        number = {} if named is None else {"Wren_Sequence": named.format(request.headers["wren-sequence"])}
        line.reply(request, status, body, key=DESK, **number)

    return manner


def _always_one_ahead(line: Line, request: Request) -> None:
    _seen(str(request.check().sequence + 1))(line, request)


def _unsigned_number(line: Line, request: Request) -> None:
    body = json.dumps({"type": "refusal", "id": request.id, "reason": EVIL}).encode()
    line.answer(403, body, **signed(request, 403, body), Wren_Sequence="1000000")


NUMBERS = [
    Case("count on from: nothing", _seen(None)),
    Case("count on from: 0", _seen("0")),
    Case("count on from: 2**48 + 1", _seen(str(2**48 + 1))),
    Case("count on from: 2**53", _seen(str(2**53))),
    Case("count on from: 2**64", _seen(str(2**64))),
    Case("count on from: a number of 9,000 digits", _seen("9" * 9_000)),
    Case("count on from: -1", _seen("-1")),
    Case("count on from: words", _seen(EVIL)),
    Case("count on from: always the same", _seen("{}")),
    Case("count on from: always one ahead", _always_one_ahead),
    Case("count on from: a number that is not signed", _unsigned_number),
    Case("count on from: an unsigned answer", says(403, Wren_Sequence="1000000")),
    Case("count on from: with status 200", _seen("5", status=200)),
]


def _dated(date: str, created_s: float) -> Manner:
    def manner(line: Line, request: Request) -> None:
        named = {"Content-Type": "application/json", "Date": date}
        body = receipt(request)
        own = signatures.sign_reply(DESK, 200, named, body, request.signed, created_s=created_s)
        line.answer(200, body, **own)

    return manner


CLOCKS = [
    Case("clock: the gateway is in 1970", utc_s=0.0, delivers=True),
    Case("clock: the gateway is in 2150", utc_s=5_680_281_600.0, delivers=True),
    Case("clock: the desk is in 1970", _dated("Thu, 01 Jan 1970 00:00:00 GMT", 0), delivers=True),
    Case("clock: the desk is in 2150", _dated("Thu, 01 Jan 2150 00:00:00 GMT", 5_680_281_600), delivers=True),
    Case("clock: the desk has no such day", _dated("Mon, 99 Foo 99999 99:99:99 EVIL", 0), delivers=True),
    Case("Retry-After: ten years", says(503, Retry_After="315360000")),
    Case("Retry-After: 9 * 5,000 digits", says(429, Retry_After="9" * 5_000)),
    Case("Retry-After: -1", says(503, Retry_After="-1")),
    Case("Retry-After: 1e400", says(503, Retry_After="1e400")),
    Case("Retry-After: the year 9999", says(503, Retry_After="Fri, 31 Dec 9999 23:59:59 GMT")),
    Case("Retry-After: the year 0", says(503, Retry_After="Fri, 31 Dec 0000 23:59:59 -9999")),
    Case("Retry-After: soon", says(503, Retry_After=EVIL)),
    Case("Retry-After: with a status 200", says(200, Retry_After="3600")),
]
