"""The door for gateways: `POST /v1/messages`, one message for one receipt, and the enrolment of their keys.

A receipt is given only after the message is on disk. The same message again gets the same receipt and has no
second effect; the same id with other bytes is refused. Everything but the desk's public key is asked and answered with
signatures, and a request counts once: its number must be above all that were heard of its key.
"""

import hashlib
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from desk import enrolments
from desk.enrolments import NotTaken
from desk.signed_door import JSON, Asked, Replying, asked, unsigned
from desk.store import Store, Taken
from gateway.clock import Clock
from gateway.errors import StoreError
from gateway.uplink import enrolling, keys, replies, wire
from gateway.uplink.forms import MessageId, decoded, printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_MOST_READ: Final = 4 * wire.MAX_MESSAGE_BYTES
"""A message that is somewhat too large is read to its end: only then its signature counts, and so does the refusal."""

_REFUSED: Final = {
    Taken.REVOKED: (HTTPStatus.UNAUTHORIZED, "this key was revoked"),
    Taken.OF_ANOTHER_HOME: (HTTPStatus.UNAUTHORIZED, "this key is another home's"),
    Taken.OTHER_BYTES: (HTTPStatus.CONFLICT, "another message was received under this id"),
    Taken.OF_ANOTHERS_ALERT: (HTTPStatus.CONFLICT, "this is about another home's alert"),
}
"""401 is about the gateway and never about the message, which is kept there; 409 sets this one message aside."""

_NO_ID: Final = "0" * 32


def gateways_door(store: Store, clock: Clock, key: "Ed25519PrivateKey") -> Starlette:
    """The application for gateways. `clock` says when a message arrived; the desk signs by `key`."""
    door = _Door(store, clock, key)
    return Starlette(
        routes=[
            Route("/v1/messages", door.messages, methods=["POST"]),
            Route(enrolling.DESK_PATH, door.desk, methods=["GET"]),
            Route(enrolling.ENROL_PATH, door.enrol, methods=["POST"]),
            Route(enrolling.ROTATE_PATH, door.rotate, methods=["POST"]),
        ],
        exception_handlers={HTTPException: _not_taken, StoreError: _not_stored},
    )


class _Door:
    def __init__(self, store: Store, clock: Clock, key: "Ed25519PrivateKey") -> None:
        self._store = store
        self._clock = clock
        self._replying = Replying(key, clock.utc_s)
        self._own = replies.encode(replies.DeskKey(key=keys.text_of(key.public_key())))

    async def messages(self, request: Request) -> Response:
        """One message."""
        whole = await asked(request, self._known, most_bytes=_MOST_READ)
        message, problem, problem_status = _message(whole.body)
        verdict = self._store.take(whole.signed, message, whole.body, now_s=self._now_s())
        message_id = _id_of(whole) if message is None else message.id
        if verdict.taken is Taken.STEP_BACK:
            reason = f"the number of the request is not above {verdict.highest}"
            return self._replying.refuse(whole, message_id, HTTPStatus.FORBIDDEN, reason, highest=verdict.highest)
        refusal = _REFUSED.get(verdict.taken) or (problem_status, problem)
        if message is None or verdict.taken in _REFUSED:
            return self._replying.refuse(whole, message_id, *refusal)
        digest = hashlib.sha256(whole.body).hexdigest()
        return self._replying.reply(whole, replies.Receipt(id=message_id, sha256=digest, answers=verdict.answers))

    async def desk(self, _: Request) -> Response:
        """The key by which this desk signs; a person compares its fingerprint."""
        return Response(self._own, media_type=JSON)

    async def enrol(self, request: Request) -> Response:
        """A home by a new key."""
        whole = await asked(request, _own_key, most_bytes=enrolling.MAX_ASKING_BYTES)
        return self._done(whole, enrolling.Enrol, enrolments.enrol)

    async def rotate(self, request: Request) -> Response:
        """A home by another key than the one that asks."""
        whole = await asked(request, self._known, most_bytes=enrolling.MAX_ASKING_BYTES)
        return self._done(whole, enrolling.Rotate, enrolments.rotate)

    def _done(
        self, whole: Asked, kind: type[enrolling.Enrol] | type[enrolling.Rotate], do: "Callable[..., replies.Enrolled]"
    ) -> Response:
        name = whole.signed.key_id
        try:
            asking = enrolling.decode(whole.body)
            keys.key_of(asking.key)
        except (msgspec.DecodeError, ValueError):
            asking = None
        if not isinstance(asking, kind):
            return self._replying.refuse(whole, name, HTTPStatus.UNPROCESSABLE_ENTITY, "nothing known is asked")
        try:
            enrolled = do(self._store.database, asking, whole.signed, now_s=self._now_s())
        except NotTaken as refused:
            return self._replying.refuse(whole, name, refused.status, refused.reason, highest=refused.highest)
        return self._replying.reply(whole, enrolled)

    def _known(self, key_id: str, _: bytes) -> "Ed25519PublicKey | None":
        found = self._store.gateways.known(key_id)
        return None if found is None else found.key

    def _now_s(self) -> int:
        return int(self._clock.utc_s())


async def _not_taken(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return unsigned(error.status_code, error.detail)


async def _not_stored(_: Request, error: Exception) -> Response:
    assert isinstance(error, StoreError)
    return unsigned(HTTPStatus.SERVICE_UNAVAILABLE, "the desk cannot store messages at the moment")


def _own_key(key_id: str, body: bytes) -> "Ed25519PublicKey | None":
    """Of an enrolment: the key that it asks for, by which it must be signed."""
    try:
        key = keys.key_of(enrolling.decode(body).key)
    except (msgspec.DecodeError, ValueError):
        return None
    return key if keys.key_id(key) == key_id else None


def _message(body: bytes) -> tuple[wire.Message | None, str, int]:
    """The message, or why it is none and with which status that is told."""
    if len(body) > wire.MAX_MESSAGE_BYTES:
        return None, f"more than {wire.MAX_MESSAGE_BYTES} bytes", HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    try:
        return wire.decode(body), "", HTTPStatus.OK
    except msgspec.DecodeError as error:
        return None, printable(str(error)), HTTPStatus.UNPROCESSABLE_ENTITY


class _Named(msgspec.Struct):
    id: MessageId


_named: msgspec.json.Decoder[_Named] = msgspec.json.Decoder(_Named)


def _id_of(whole: Asked) -> str:
    """The id under which the gateway knows what this desk cannot read."""
    for text in (whole.body, b'{"id":"%b"}' % whole.request.headers.get("idempotency-key", "").encode("latin-1")):
        try:
            return decoded(_named, text).id
        except msgspec.DecodeError:
            continue
    return _NO_ID
