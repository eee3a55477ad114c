"""What an answer of the desk means: delivered, this message refused, count on from here, or try again later.

Nothing in an answer counts before its signature does: a captive portal answers 200 with HTML, a proxy answers 204 or
302 or 400, somebody who holds the provider's certificate answers whatever he likes, and none of them has told anybody
anything. What such an answer can do is to be tried again later.
"""

import hashlib
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

from gateway.errors import UplinkRejected, UplinkUnavailable
from gateway.uplink import replies
from gateway.uplink.forms import printable
from gateway.uplink.line import Answer
from gateway.uplink.signatures import SEQUENCE

_DELIVERED: Final = frozenset({HTTPStatus.OK, HTTPStatus.CREATED})

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

_MOST_TO_JUMP_TO: Final = 2**48
"""No gateway counts so far (a request a millisecond for nine thousand years), and there is as much left above it."""


class Behind(Exception):
    """The desk has seen a higher number of this key than the request had.

    Attributes:
        highest: the highest that it has seen.
    """

    def __init__(self, highest: int) -> None:
        super().__init__(highest)
        self.highest = highest


def receipt_in(
    answer: Answer, not_signed: str | None, *, message_id: str, body: bytes, sequence: int, now_s: float
) -> replies.Receipt:
    """The receipt for the message `message_id` that was sent as `body` in the request numbered `sequence`.

    `not_signed` says why the answer is not the desk's own word, None if it is. `now_s` (UTC) is what a Retry-After
    date is counted from. Raises UplinkRejected if the desk refuses this message, Behind if it has seen `sequence`
    before, UplinkUnavailable for everything else that is not the receipt.
    """
    if not_signed is not None:
        raise _not_the_desk(answer, not_signed, now_s)
    reply = answer.reply()
    if isinstance(reply, replies.Receipt) and answer.status in _DELIVERED:
        return _checked(reply, message_id=message_id, body=body)
    if isinstance(reply, replies.Refusal) and reply.id == message_id:
        if answer.status in _ABOUT_THIS_MESSAGE:
            reason = printable(reply.reason).rstrip(".")
            raise UplinkRejected(
                f"The provider refused message {message_id}: HTTP status {answer.status}, {reason}.",
                advice="It is set aside (`wren outbox` shows it). Compare the versions of the gateway and of the desk.",
                status=answer.status,
            )
        if answer.status == HTTPStatus.FORBIDDEN:
            raise _behind(answer, sequence)
    if answer.status in _DELIVERED or answer.status in _ABOUT_THIS_MESSAGE:
        raise _not_a_receipt("The provider's answer is neither a receipt for what was sent nor a refusal of it")
    raise _unavailable(answer, now_s)


def _checked(receipt: replies.Receipt, *, message_id: str, body: bytes) -> replies.Receipt:
    if receipt.id != message_id:
        raise _not_a_receipt("The provider's receipt is for another message")
    if receipt.sha256 != hashlib.sha256(body).hexdigest():
        raise _not_a_receipt("The provider's receipt is for other bytes than were sent")
    return receipt


def highest_in(answer: Answer) -> int:
    """The highest number of a request that the desk says it has seen of this key; 0 if it says none to go on from."""
    text = answer.headers.get(SEQUENCE.lower(), "")
    highest = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(_MOST_TO_JUMP_TO)) else 0
    return highest if highest <= _MOST_TO_JUMP_TO else 0


def _behind(answer: Answer, sequence: int) -> Exception:
    highest = highest_in(answer)
    if highest >= sequence:
        return Behind(highest)
    return UplinkUnavailable(
        "The provider refuses the number of a request, and names none to go on from.",
        advice="Tell the provider that its desk has a fault; nothing is lost meanwhile.",
    )


def _not_the_desk(answer: Answer, why: str, now_s: float) -> UplinkUnavailable:
    if answer.status in _DELIVERED or answer.status in _ABOUT_THIS_MESSAGE:
        return UplinkUnavailable(
            f"An answer with HTTP status {answer.status} is not by the desk that this home is enrolled with ({why}); "
            "nothing counts as delivered or refused.",
            advice="Check `url` in [uplink], whether this network has a sign-in page, and with the provider whether "
            "the desk has a new key: then `wren enrol` again.",
            maybe_message=True,
        )
    return _unavailable(answer, now_s)


def _not_a_receipt(problem: str) -> UplinkUnavailable:
    return UplinkUnavailable(
        f"{problem}; nothing counts as delivered.",
        advice="Tell the provider that its desk has a fault; nothing is lost meanwhile.",
        maybe_message=True,
    )


def _unavailable(answer: Answer, now_s: float) -> UplinkUnavailable:
    status = answer.status
    retry_after_s = _retry_after_s(answer.headers.get("retry-after"), now_s)
    if status in _NOT_OUR_TURN or status in (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE):
        problem, advice = "asks to try again later", "Nothing to do: it is tried again by itself."
    elif status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        problem = "does not know this gateway's key, or has revoked it"
        advice = "Ask the provider whether this home is enrolled; a new token and `wren enrol` give it a new key."
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
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(moment.timestamp() - now_s, 0.0)
    except (ValueError, OverflowError):
        return None
