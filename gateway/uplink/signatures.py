"""HTTP Message Signatures (RFC 9421) with Ed25519 and Content-Digest (RFC 9530), as both sides use them.

A request is signed by the gateway over its method, authority, path, content type, body digest and sequence number, with
a nonce. A reply is signed by the desk over its status, content type, body digest and *the signature of the request that
it answers* (section 2.4), so that no reply can be kept and given to another request; and over the sequence number that
it names, if it names one.

Time decides nothing here: a gateway without a battery-backed clock may be years off and must be heard all the same.
What keeps an old request out is its sequence number; `created` is only told.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gateway.uplink.keys import key_id

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SEQUENCE: Final = "Wren-Sequence"
"""Counts the requests of one key, from 1, never twice; a lost request leaves a gap."""

_GATEWAY: Final = "wren-gateway"
_DESK: Final = "wren-desk"
_LABEL: Final = "wren"
_OF_REQUEST: Final = ("@method", "@authority", "@path", "content-type", "content-digest", "wren-sequence")
_OF_REPLY: Final = ("@status", "content-type", "content-digest", f'"signature";key="{_LABEL}";req')
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,15}")
"""Written in one way only, and never longer than the largest."""

_MOST_SEQUENCE: Final = 2**53 - 1
_ANY_CLOCK: Final = timedelta(days=700_000)
_LAST_S: Final = 2**35
"""The year 3058: within what any clock of a kernel, and the library, can say."""


class NotSigned(Exception):
    """The signature is missing, does not fit, or is by nobody who is known; the reason is safe to log."""


@dataclass(slots=True)
class Request:
    """A request as its signature sees it. `url` is absolute; names in `headers` may be of any case."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Reply:
    status_code: int
    headers: dict[str, str]
    request: Request


class Signed(NamedTuple):
    """What a valid signature of a request says. `created_s` is UTC by the gateway's clock, which may be wrong."""

    key_id: str
    sequence: int
    nonce: str
    created_s: int


def sign_request(
    key: "Ed25519PrivateKey", request: Request, body: bytes, *, sequence: int, nonce: str, created_s: float
) -> None:
    """Add the headers that sign `request`, which must have its Content-Type."""
    request.headers[SEQUENCE] = str(sequence)
    _sign(key, request, body, covered=_OF_REQUEST, tag=_GATEWAY, created_s=created_s, nonce=nonce)


def verify_request(request: Request, body: bytes, key_of: Callable[[str], "Ed25519PublicKey | None"]) -> Signed:
    """Check the signature of `request` by the key that `key_of` knows under its id. Raises NotSigned."""
    known = _verify(key_of, request, body, covered=_OF_REQUEST, tag=_GATEWAY)
    sequence, nonce = _header(request.headers, SEQUENCE), known.get("nonce")
    if not _NUMBER.fullmatch(sequence) or int(sequence) > _MOST_SEQUENCE:
        raise NotSigned("the sequence number is not a number")
    if not nonce:
        raise NotSigned("there is no nonce")
    return Signed(str(known["keyid"]), int(sequence), str(nonce), int(known["created"]))


def sign_reply(
    key: "Ed25519PrivateKey",
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    request: Request,
    *,
    created_s: float,
) -> dict[str, str]:
    """`headers` (with the Content-Type) and those that sign this reply to `request`, which carries its signature."""
    reply = _Reply(status, dict(headers), request)
    _sign(key, reply, body, covered=_of_reply(headers), tag=_DESK, created_s=created_s, nonce=None)
    return reply.headers


def verify_reply(
    key: "Ed25519PublicKey", status: int, headers: Mapping[str, str], body: bytes, request: Request
) -> None:
    """Check that the holder of `key` gave this reply to this very request. Raises NotSigned."""
    own = key_id(key)
    reply = _Reply(status, dict(headers), request)
    _verify(lambda name: key if name == own else None, reply, body, covered=_of_reply(headers), tag=_DESK)


def _of_reply(headers: Mapping[str, str]) -> tuple[str, ...]:
    """What is covered in a reply with `headers`: a sequence number that it names must be the desk's own word."""
    return (*_OF_REPLY, SEQUENCE.lower()) if _header(headers, SEQUENCE) else _OF_REPLY


def _sign(
    key: "Ed25519PrivateKey", message: Request | _Reply, body: bytes, *, covered: tuple[str, ...], tag: str,
    created_s: float, nonce: str | None,
) -> None:  # fmt: skip
    from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms

    class Own(HTTPSignatureKeyResolver):
        def resolve_private_key(self, key_id: str) -> "Ed25519PrivateKey":  # noqa: ARG002 - there is one
            return key

    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=Own())
    signer.sign(
        message,
        key_id=key_id(key.public_key()),
        created=datetime.fromtimestamp(min(max(int(created_s), 0), _LAST_S), UTC),
        nonce=nonce,
        label=_LABEL,
        tag=tag,
        covered_component_ids=covered,
        body=body,
    )


def _verify(
    key_of: Callable[[str], "Ed25519PublicKey | None"], message: Request | _Reply, body: bytes, *,
    covered: tuple[str, ...], tag: str,
) -> dict[str, Any]:  # fmt: skip
    from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms
    from http_message_signatures.exceptions import HTTPMessageSignaturesException

    class Known(HTTPSignatureKeyResolver):
        def resolve_public_key(self, key_id: str) -> "Ed25519PublicKey | None":
            return key_of(key_id)

    class Verifier(HTTPMessageVerifier):
        max_clock_skew = _ANY_CLOCK

    if not _header(message.headers, "Signature"):
        raise NotSigned("there is no signature")
    verifier = Verifier(signature_algorithm=algorithms.ED25519, key_resolver=Known())
    try:
        (known,) = verifier.verify(message, max_age=None, expect_tag=tag, require_components=covered, body=body)
    except (HTTPMessageSignaturesException, ValueError, TypeError, OverflowError) as error:
        raise NotSigned(_why(error)) from error
    return dict(known.parameters)


def _why(error: Exception) -> str:
    """The library's words, unless they quote something of what came."""
    text = str(error)
    return "the signature does not fit" if not text or '"' in text else text.rstrip(".")


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name.lower()), "")
