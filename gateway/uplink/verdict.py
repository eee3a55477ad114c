"""What an answer of the provider means: delivered, this message refused, or try again later.

Only a typed receipt that echoes what was sent counts as delivered. A captive portal answers 200 with HTML,
a proxy answers 204 or 302, and neither has told anybody anything.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final, NamedTuple

import msgspec

from gateway.errors import UplinkRejected, UplinkUnavailable
from gateway.uplink import replies

_ABOUT_THIS_MESSAGE: Final = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.CONFLICT,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)
"""Refusals of a message as it stands: sending the same bytes again cannot help."""

_NOT_OUR_TURN: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
"""The provider asks for patience."""

_REASON_LENGTH: Final = 200


class Answer(NamedTuple):
    """An HTTP answer. `body` holds at most `replies.MAX_REPLY_BYTES + 1` bytes; names in `headers` are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def receipt_in(answer: Answer, *, message_id: str, body: bytes, now_s: float) -> replies.Receipt:
    """The receipt for the message `message_id` that was sent as `body`.

    `now_s` (UTC) is what a Retry-After date is counted from. Raises UplinkRejected if the provider refuses
    this message, UplinkUnavailable for everything else that is not its receipt.
    """
    if answer.status in (HTTPStatus.OK, HTTPStatus.CREATED):
        return _checked(answer, message_id=message_id, body=body)
    if answer.status in _ABOUT_THIS_MESSAGE:
        raise UplinkRejected(
            f"The provider refused message {message_id}: {_reason(answer)}.",
            advice="It is set aside (`wren outbox` shows it). Compare the versions of the gateway and of the desk.",
            status=answer.status,
        )
    raise _unavailable(answer, now_s)


def _checked(answer: Answer, *, message_id: str, body: bytes) -> replies.Receipt:
    try:
        if len(answer.body) > replies.MAX_REPLY_BYTES:
            raise msgspec.ValidationError("the answer is too long")
        receipt = replies.decode(answer.body)
    except msgspec.DecodeError as error:
        raise _not_a_receipt("The provider's answer is not a receipt") from error
    if not isinstance(receipt, replies.Receipt):
        raise _not_a_receipt("The provider's answer is not a receipt")
    if receipt.id != message_id:
        raise _not_a_receipt("The provider's receipt is for another message")
    if receipt.sha256 != hashlib.sha256(body).hexdigest():
        raise _not_a_receipt("The provider's receipt is for other bytes than were sent")
    return receipt


def _not_a_receipt(problem: str) -> UplinkUnavailable:
    return UplinkUnavailable(
        f"{problem}; nothing counts as delivered.",
        advice="Check `url` in [uplink], and whether this network has a sign-in page.",
        maybe_message=True,
    )


def _unavailable(answer: Answer, now_s: float) -> UplinkUnavailable:
    status = answer.status
    retry_after_s = _retry_after_s(answer.headers.get("retry-after"), now_s)
    if status in _NOT_OUR_TURN or status in (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE):
        problem, advice = "asks to try again later", "Nothing to do: it is tried again by itself."
    elif status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        problem, advice = "does not accept this gateway", "Ask the provider whether this home is enrolled there."
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        problem, advice = "has a fault", "If it lasts, tell the provider; nothing is lost meanwhile."
    elif HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        problem = "points elsewhere, and a redirect is never followed"
        advice = "Check `url` in [uplink], and whether this network has a sign-in page."
    else:
        problem, advice = "does not take messages at this address", "Check `url` in [uplink]."
    return UplinkUnavailable(
        f"The provider answers {status}: it {problem}.",
        advice=advice,
        retry_after_s=retry_after_s,
        maybe_message=status == HTTPStatus.INTERNAL_SERVER_ERROR and retry_after_s is None,
    )


def _retry_after_s(value: str | None, now_s: float) -> float | None:
    """Seconds to wait by a Retry-After header (RFC 9110, section 10.2.3), None if there is no usable one.

    >>> _retry_after_s("120", 0.0), _retry_after_s("Thu, 01 Jan 1970 00:02:00 GMT", 60.0), _retry_after_s("soon", 0.0)
    (120.0, 60.0, None)
    """
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(moment.timestamp() - now_s, 0.0)


def _reason(answer: Answer) -> str:
    """The provider's own words, made safe to show: one short printable line."""
    try:
        told = msgspec.json.decode(answer.body[: replies.MAX_REPLY_BYTES], type=dict[str, object]).get("reason")
    except (msgspec.DecodeError, UnicodeDecodeError):
        told = None
    if not isinstance(told, str):
        return f"HTTP status {answer.status}"
    line = "".join(letter if letter.isprintable() else " " for letter in told[:_REASON_LENGTH])
    return f"HTTP status {answer.status}, {line.rstrip('.')}"
