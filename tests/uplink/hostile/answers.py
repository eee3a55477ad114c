"""Answers that are not the desk's, or are the desk's and no receipt for what was sent."""

import base64
import gzip
import json
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.uplink.answers import Acknowledged, seal
from tests.enrolled import DESK
from tests.uplink.hostile.case import EVIL, Case, says, signs
from tests.uplink.provider import GATEWAY, Line, Request, receipt

_HTML = f"<!doctype html><html><body>{EVIL}: sign in to GuestWifi</body></html>".encode()
_NO = json.dumps({"type": "refusal", "id": "0" * 32, "reason": EVIL}).encode()
_HERE = "https://127.0.0.1:1/v1/messages"


def _refusal(request: Request, **changed: str) -> bytes:
    return json.dumps({"type": "refusal", "id": request.id, "reason": EVIL} | changed).encode()


STATUSES = [
    *(Case(f"{status}, empty", says(status)) for status in (200, 201, 202, 204, 205, 206, 226)),
    *(Case(f"{status}, elsewhere", says(status, _HTML, Location=_HERE)) for status in (300, 301, 302, 303, 307, 308)),
    Case("302, back to itself", says(302, Location="/v1/messages")),
    Case("302, to a file", says(302, Location="file:///etc/passwd")),
    *(Case(f"{status}, unsigned refusal", says(status, _NO)) for status in (400, 409, 413, 422)),
    *(Case(f"{status}, a proxy's page", says(status, _HTML)) for status in (400, 401, 403, 404, 407, 421, 422, 451)),
    *(Case(f"{status}", says(status)) for status in (405, 408, 418, 425, 426, 429, 500, 501, 502, 503, 504, 511, 599)),
    Case("101, another protocol", says(101, Upgrade="websocket", Connection="Upgrade")),
    Case("999, no such status", says(999)),
    Case("503, signed", signs(503, lambda _: _NO)),
    Case("401, signed: revoked", signs(401, _refusal)),
    Case("404, signed", signs(404, _refusal)),
]

PORTALS = [
    Case("200, a sign-in page", says(200, _HTML, Content_Type="text/html")),
    Case("200, a sign-in page that says that it is JSON", says(200, _HTML, Content_Type="application/json")),
    Case("200, the request itself", lambda line, request: line.answer(200, request.body)),
    Case("200, an unsigned receipt", lambda line, request: line.answer(200, receipt(request))),
    Case("200, JSON of somebody else", says(200, json.dumps({"ok": True, "message": EVIL}).encode())),
]


def _says_of(change: Callable[[bytes], bytes]) -> Any:
    return signs(200, lambda request: change(receipt(request)))


def _with(**changed: Any) -> Any:
    return _says_of(lambda body: json.dumps(json.loads(body) | changed).encode())


RECEIPTS = [
    Case("signed, of another id", _with(id="f" * 32)),
    Case("signed, of other bytes", _with(sha256="0" * 64)),
    Case("signed, the digest in capitals", _says_of(lambda body: body.replace(b'"sha256": "', b'"sha256": "A'))),
    Case("signed, another type", _with(type="ok")),
    Case("signed, a desk's key", signs(200, lambda _: b'{"type":"desk","key":"' + b"A" * 43 + b'="}')),
    Case("signed, an unknown field", _with(more=EVIL)),
    Case("signed, null for a digest", _with(sha256=None)),
    Case("signed, a list", _says_of(lambda body: b"[" + body + b"]")),
    Case("signed, two in one", _says_of(lambda body: body + body)),
    Case("signed, cut short", _says_of(lambda body: body[:-1])),
    Case("signed, empty", signs(200, lambda _: b"")),
    Case("signed, no UTF-8", _says_of(lambda body: body.replace(b"receipt", b"\xff\xfe"))),
    Case("signed, UTF-16", _says_of(lambda body: body.decode().encode("utf-16"))),
    Case("signed, 60,000 lists in one another", signs(200, lambda _: b"[" * 60_000)),
    Case("signed, 9,000 objects in one another", signs(200, lambda _: b'{"a":' * 9_000)),
    Case("signed, deep in a field", _says_of(lambda body: body[:-1] + b',"answers":' + b"[" * 50_000)),
    Case("signed, NaN", _says_of(lambda body: body[:-1] + b',"answers":NaN}')),
    Case("signed, a number of 50,000 digits", _says_of(lambda body: body[:-1] + b',"answers":' + b"9" * 50_000 + b"}")),
    Case("signed, longer than any receipt", _says_of(lambda body: body + b" " * 70_000)),
    Case("signed, with status 201 for a refusal", signs(201, _refusal)),
    Case("signed, with status 400", signs(400, receipt)),
    Case("signed, with status 202", signs(202, receipt)),
    Case("signed refusal of another message", signs(422, lambda request: _refusal(request, id="f" * 32))),
    Case("signed refusal that says nothing", signs(422, lambda request: b"{}")),
    Case("signed refusal with status 500", signs(500, _refusal)),
]


def _bringing(make: Callable[[], list[dict[str, str]]]) -> Any:
    return signs(200, lambda request: json.dumps(json.loads(receipt(request)) | {"answers": make()}).encode())


def _sealed(key: Ed25519PrivateKey = DESK, home: str = "h-0001", **spoilt: str) -> dict[str, str]:
    answer = Acknowledged(home=home, seq=1, given_at="2026-11-20T14:02:00Z", alert_id="1" * 32)
    plain: dict[str, str] = msgspec.to_builtins(seal(key, answer))
    return plain | spoilt


def _sealed_text(text: bytes) -> dict[str, str]:
    kind = b"application/vnd.wren.answer+json"
    signature = DESK.sign(b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(text), text))
    return {"payload": base64.b64encode(text).decode(), "signature": base64.b64encode(signature).decode()}


def _said(**changed: Any) -> bytes:
    known = {"type": "acknowledged", "home": "h-0001", "seq": 1, "given_at": "2026-11-20T14:02:00Z"}
    return json.dumps(known | {"alert_id": "1" * 32} | changed).encode()


ANSWERS = [
    Case("answers: sealed by somebody else", _bringing(lambda: [_sealed(GATEWAY)]), delivers=True),
    Case("answers: for another home", _bringing(lambda: [_sealed(home="h-0002")]), delivers=True),
    Case("answers: the seal of another one", _bringing(lambda: [_sealed(signature="A" * 88)]), delivers=True),
    Case("answers: no seal but letters", _bringing(lambda: [_sealed(signature="AAAA")]), delivers=True),
    Case("answers: a type that executes", _bringing(lambda: [_sealed_text(_said(type="run"))]), delivers=True),
    Case("answers: an unknown field", _bringing(lambda: [_sealed_text(_said(send=EVIL))]), delivers=True),
    Case("answers: number 0", _bringing(lambda: [_sealed_text(_said(seq=0))]), delivers=True),
    Case("answers: number 2**63", _bringing(lambda: [_sealed_text(_said(seq=2**63))]), delivers=True),
    Case(
        "answers: 30 February", _bringing(lambda: [_sealed_text(_said(given_at="2026-02-30T00:00:00Z"))]), delivers=True
    ),
    Case("answers: deep", _bringing(lambda: [_sealed_text(b"[" * 1_400)]), delivers=True),
    Case("answers: sixteen of another home", _bringing(lambda: [_sealed(home="h-0002")] * 16), delivers=True),
    Case("answers: seventeen", _bringing(lambda: [_sealed()] * 17)),
    Case("answers: not base64", _bringing(lambda: [_sealed(payload="%%%%")])),
    Case("answers: a payload of 20 kB", _bringing(lambda: [_sealed(payload="A" * 20_000)])),
    Case("answers: a third field", _bringing(lambda: [_sealed(keyid=EVIL)])),
]


@cache
def _bomb() -> bytes:
    return gzip.compress(b" " * 50_000_000)


def _packed(line: Line, request: Request) -> None:
    line.reply(request, 200, _bomb(), key=DESK, Content_Encoding="gzip")


def _zipped(line: Line, request: Request) -> None:
    line.reply(request, 200, gzip.compress(receipt(request)), key=DESK, Content_Encoding="gzip")


PACKED = [
    Case("gzip: 50 MB of blanks in 50 kB", _packed),
    Case("gzip: a receipt, which was not asked for", _zipped),
    Case("gzip: says so and is not", signs(200, lambda _: b"\x1f\x8b" + EVIL.encode(), Content_Encoding="gzip")),
]
