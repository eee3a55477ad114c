"""One message to the desk: one signed POST, one signed receipt."""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Protocol

from gateway.errors import UplinkRejected, UplinkUnavailable
from gateway.uplink.exchange import exchange
from gateway.uplink.line import DEADLINE_S, Line
from gateway.uplink.replies import Receipt
from gateway.uplink.verdict import Behind, receipt_in
from gateway.uplink.wire import MAX_MESSAGE_BYTES

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PATH: Final = "/v1/messages"

_TRIES: Final = 2
"""The second after the desk has said from which number to go on; what is more is somebody else's counting."""


class Sequences(Protocol):
    """Counts the requests of this key: `gateway.uplink.book.Book`."""

    def next_sequence(self) -> int:
        """A number above all before it, also after a restart. Raises StoreError."""

    def jump_to(self, number: int) -> None:
        """Go on above `number`, which the desk has seen."""


class Client:
    """Delivers messages to the provider's desk.

    Args:
        url: where the desk is, such as ``https://desk.example:8443``; messages go to its `PATH`.
        key: this gateway's, by which every request is signed.
        desk_key: the desk's; an answer that it did not sign is no answer.
        sequences: numbers the requests.
        ca_pem: the provider's own certificate authority; None trusts the public ones. Raises ConfigError if it
            cannot be used.
        deadline_s: how long one request may take in all.
        utc_s: the wall clock, for a Retry-After that is a date and for what the signature says of the time.
    """

    def __init__(
        self,
        url: str,
        key: "Ed25519PrivateKey",
        desk_key: "Ed25519PublicKey",
        sequences: Sequences,
        *,
        ca_pem: str | None = None,
        deadline_s: float = DEADLINE_S,
        utc_s: Callable[[], float] = time.time,
    ) -> None:
        self._url = url.rstrip("/") + PATH
        self._key = key
        self._desk_key = desk_key
        self._sequences = sequences
        self._line = Line(ca_pem, deadline_s=deadline_s)
        self._utc_s = utc_s

    def deliver(self, message_id: str, body: bytes) -> Receipt:
        """Send `body` and return its receipt. Blocks for at most the deadline, twice if the desk is further on.

        Raises UplinkUnavailable if there is no receipt for now, UplinkRejected if the desk refuses this one message,
        StoreError if its number cannot be known. What is larger than any message is refused here, and never sent:
        whoever gets into the daemon has no more room for what he would take along than the schema leaves.
        """
        if len(body) > MAX_MESSAGE_BYTES:
            raise UplinkRejected(
                f"Message {message_id} is larger than any message may be ({len(body)} bytes): it was not sent.",
                advice="No part of Wren writes such a one: look who else writes to outbox.db (`wren audit verify`).",
                status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            )
        for _ in range(_TRIES):
            try:
                return self._try(message_id, body)
            except Behind as behind:
                self._sequences.jump_to(behind.highest)
        raise UplinkUnavailable(
            "The provider hears higher numbers from this gateway's key than this gateway has used.",
            advice="If this lasts, two gateways use one key, such as from a copied card: `wren enrol` this one anew.",
        )

    def abort(self) -> None:
        """End a delivery that is under way, from any thread, and refuse further ones."""
        self._line.abort()

    def _try(self, message_id: str, body: bytes) -> Receipt:
        sequence = self._sequences.next_sequence()
        answer, not_signed = exchange(
            self._line, self._key, self._desk_key, self._url, body,
            sequence=sequence, created_s=self._utc_s(), headers={"Idempotency-Key": message_id},
        )  # fmt: skip
        return receipt_in(answer, not_signed, message_id=message_id, body=body, sequence=sequence, now_s=self._utc_s())
