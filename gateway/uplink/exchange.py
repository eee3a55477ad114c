"""One signed question and its answer, as messages, enrolment and rotation all ask it."""

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from gateway.uplink.line import Answer, Line
from gateway.uplink.signatures import NotSigned, Request, sign_request, verify_reply

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class Exchanged(NamedTuple):
    """What came back, and why it is not the desk's answer to this very question; None: it is, by its signature."""

    answer: Answer
    not_signed: str | None


def exchange(
    line: Line, key: "Ed25519PrivateKey", desk_key: "Ed25519PublicKey", url: str, body: bytes, *,
    sequence: int, created_s: float, headers: Mapping[str, str] | None = None,
) -> Exchanged:  # fmt: skip
    """POST `body`, JSON, signed by `key` with a nonce of its own. Raises UplinkUnavailable as `Line.ask` does."""
    request = Request("POST", url, {"Content-Type": "application/json", **(headers or {})})
    sign_request(key, request, body, sequence=sequence, nonce=secrets.token_urlsafe(16), created_s=created_s)
    answer = line.ask(request.method, request.url, request.headers, body)
    try:
        verify_reply(desk_key, answer.status, answer.headers, answer.body, request)
    except NotSigned as error:
        return Exchanged(answer, str(error))
    return Exchanged(answer, None)
