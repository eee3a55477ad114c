"""The door for gateways: `POST /v1/messages`, one message for one receipt.

A receipt is given only after the message is on disk. The same message again gets the same receipt and has no
second effect; the same id with other bytes is refused.
"""

import asyncio
import hashlib
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from desk.store import Store, Taken
from gateway.clock import Clock
from gateway.errors import StoreError
from gateway.uplink import replies, wire

_BODY_S: Final = 20.0
"""How long a gateway may take to send its 16 kB."""


def gateways_door(store: Store, clock: Clock) -> Starlette:
    """The application for gateways. `clock` says when a message arrived."""

    async def messages(request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return _refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "a message is sent as application/json")
        body = await read_body(request, wire.MAX_MESSAGE_BYTES)
        try:
            message = wire.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return _refusal(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
        if request.headers.get("idempotency-key", message.id) != message.id:
            return _refusal(HTTPStatus.BAD_REQUEST, "Idempotency-Key is not the id of the message")
        taken = store.take(message, body, now_s=int(clock.utc_s()))
        if taken is Taken.OTHER_BYTES:
            return _refusal(HTTPStatus.CONFLICT, "another message was received under this id")
        receipt = replies.Receipt(id=message.id, sha256=hashlib.sha256(body).hexdigest())
        return Response(replies.encode(receipt), media_type="application/json")

    async def not_taken(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return _refusal(HTTPStatus(error.status_code), error.detail)

    async def not_stored(_: Request, error: Exception) -> Response:
        assert isinstance(error, StoreError)
        return _refusal(HTTPStatus.SERVICE_UNAVAILABLE, "the desk cannot store messages at the moment")

    return Starlette(
        routes=[Route("/v1/messages", messages, methods=["POST"])],
        exception_handlers={HTTPException: not_taken, StoreError: not_stored},
    )


async def read_body(request: Request, limit: int) -> bytes:
    """The body of `request`. Raises HTTPException if it is longer than `limit` bytes or does not come."""
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {limit} bytes")
    except TimeoutError:
        raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, "the body did not come in time") from None
    except ClientDisconnect:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "the body ended early") from None
    return bytes(body)


def _refusal(status: HTTPStatus, reason: str) -> Response:
    return Response(msgspec.json.encode({"reason": reason}), status, media_type="application/json")
