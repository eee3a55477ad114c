"""What a signed request is at this door, and how it is answered: by the desk's own signature, for this request alone.

Whoever is not known is answered without a signature, and nothing of what he sent is kept, written or logged.
"""

from collections import Counter
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from desk.bodies import read_body
from desk.guard import is_ours
from gateway.uplink import replies, signatures
from gateway.uplink.signatures import SEQUENCE, NotSigned, Signed

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

JSON: Final = "application/json"

_ONCE: Final = ("host", "content-type", "content-digest", "signature", "signature-input", SEQUENCE.lower())
"""Two of these could mean one thing to who checks the signature, and another to who reads the message."""

_MOST_SEQUENCE: Final = 2**53 - 1


class Asked(NamedTuple):
    """A request whose signature holds."""

    request: signatures.Request
    signed: Signed
    body: bytes


class Replying(NamedTuple):
    """How this desk answers: with its key, at a moment of its clock."""

    key: "Ed25519PrivateKey"
    utc_s: Callable[[], float]

    def reply(
        self, asked: Asked, reply: replies.Reply, status: int = HTTPStatus.OK, *, highest: int | None = None
    ) -> Response:
        """`reply`, signed for this request; `highest` names the number that the next request must be above."""
        body = replies.encode(reply)
        headers = {"Content-Type": JSON} | ({} if highest is None else {SEQUENCE: str(highest)})
        signed = signatures.sign_reply(self.key, status, headers, body, asked.request, created_s=self.utc_s())
        return Response(body, status, headers=signed)

    def refuse(
        self, asked: Asked, message_id: str, status: int, reason: str, *, highest: int | None = None
    ) -> Response:
        """A refusal of `message_id`, signed for this request."""
        return self.reply(asked, replies.Refusal(id=message_id, reason=reason[:200]), status, highest=highest)


def request_of(request: Request) -> signatures.Request:
    """`request` as its signature sees it. Raises HTTPException: it is not for this desk, or says a thing twice."""
    names = Counter(name.decode("latin-1").lower() for name, _ in request.headers.raw)
    if any(names[name] > 1 for name in _ONCE):
        raise HTTPException(HTTPStatus.BAD_REQUEST, "a header stands there twice")
    if not is_ours(request.headers.get("host", "")):
        raise HTTPException(HTTPStatus.MISDIRECTED_REQUEST, "this desk has another name")
    if request.scope["query_string"] or request.scope["path"] != request.scope["raw_path"].decode("latin-1"):
        raise HTTPException(HTTPStatus.NOT_FOUND, "there is nothing at this address")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "a message is sent as application/json")
    url = f"https://{request.headers['host']}{request.scope['path']}"
    return signatures.Request(request.method, url, dict(request.headers))


async def asked(
    request: Request, key_of: Callable[[str, bytes], "Ed25519PublicKey | None"], *, most_bytes: int
) -> Asked:
    """The request, if it is signed by a key that `key_of` knows by its id and the body.

    Raises HTTPException.
    """
    as_signed = request_of(request)
    body = await read_body(request, most_bytes)
    try:
        signed = signatures.verify_request(as_signed, body, lambda key_id: key_of(key_id, body))
    except (NotSigned, ValueError) as error:  # int() refuses numbers of thousands of digits
        raise HTTPException(HTTPStatus.UNAUTHORIZED, "this desk does not know the signature") from error
    if signed.sequence > _MOST_SEQUENCE:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "the sequence number is too large")
    return Asked(as_signed, signed, body)


def unsigned(status: int, reason: str) -> Response:
    """An answer to somebody who is not known."""
    return Response(msgspec.json.encode({"reason": reason}), status, media_type=JSON)
