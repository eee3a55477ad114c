"""Asks the desk for its key, and to know this gateway by a key of its own (docs/decisions/0031)."""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from gateway.errors import UplinkError, UplinkUnavailable
from gateway.uplink import enrolling, replies
from gateway.uplink.exchange import Exchanged, exchange
from gateway.uplink.forms import printable
from gateway.uplink.keys import key_id, key_of, text_of
from gateway.uplink.line import Line
from gateway.uplink.verdict import highest_in

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

FIRST_SEQUENCE: Final = 1
"""The number of a key's enrolment; its messages come after it."""

_TRIES: Final = 2


class NotTaken(UplinkError):
    """The desk said no, in its own signed words.

    Attributes:
        status: the HTTP status.
    """

    def __init__(self, problem: str, *, advice: str, status: int) -> None:
        super().__init__(problem, advice=advice)
        self.status = status


class Registrar:
    """Where a gateway becomes known.

    Args:
        url: the desk's, as in [uplink].
        home: the home's id.
        ca_pem: the provider's own certificate authority; None trusts the public ones. Raises ConfigError if it
            cannot be used.
        utc_s: the wall clock, for what a signature says of the time.

    Every method raises UplinkUnavailable: nobody answers, or not the desk; it is not known whether anything was done.
    """

    def __init__(
        self,
        url: str,
        home: str,
        *,
        ca_pem: str | None,
        utc_s: Callable[[], float] = time.time,
    ) -> None:
        self._url = url.rstrip("/")
        self._home = home
        self._line = Line(ca_pem)
        self._utc_s = utc_s

    def desk_key(self) -> "Ed25519PublicKey":
        """The key that answers there: nobody has vouched for it yet."""
        answer = self._line.ask("GET", self._url + enrolling.DESK_PATH, {})
        reply = answer.reply()
        if answer.status != HTTPStatus.OK or not isinstance(reply, replies.DeskKey):
            raise UplinkUnavailable(
                f"What answers there (HTTP status {answer.status}) is not a desk of this version of Wren.",
                advice="Check `url` in [uplink], and whether this network has a sign-in page.",
            )
        try:
            return key_of(reply.key)
        except ValueError as error:
            raise UplinkUnavailable(
                "The desk's key is not one that can be used.", advice="Tell the provider that its desk has a fault."
            ) from error

    def enrol(self, key: "Ed25519PrivateKey", desk_key: "Ed25519PublicKey", token: str) -> replies.Enrolled:
        """Have the desk know this home by `key`. The same again gets the same answer. Raises NotTaken."""
        asking = enrolling.Enrol(home=self._home, key=text_of(key.public_key()), token=token)
        return self._ask(enrolling.ENROL_PATH, asking, key, desk_key, FIRST_SEQUENCE)

    def rotate(
        self, old: "Ed25519PrivateKey", new: "Ed25519PrivateKey", desk_key: "Ed25519PublicKey", *, sequence: int
    ) -> replies.Enrolled:
        """Have the desk know this home by `new` instead of `old`, whose next request has this number.

        The same again gets the same answer. Raises NotTaken.
        """
        proof = enrolling.prove(new, self._home, key_id(old.public_key()))
        asking = enrolling.Rotate(home=self._home, key=text_of(new.public_key()), proof=proof)
        return self._ask(enrolling.ROTATE_PATH, asking, old, desk_key, sequence)

    def _ask(
        self,
        path: str,
        asking: enrolling.Asking,
        key: "Ed25519PrivateKey",
        desk_key: "Ed25519PublicKey",
        sequence: int,
    ) -> replies.Enrolled:
        body = enrolling.encode(asking)
        for _ in range(_TRIES):
            exchanged = exchange(
                self._line, key, desk_key, self._url + path, body, sequence=sequence, created_s=self._utc_s()
            )
            answer, reply = exchanged.answer, _signed(exchanged)
            if isinstance(reply, replies.Enrolled) and answer.status == HTTPStatus.OK:
                if (reply.home, reply.key) != (asking.home, asking.key):
                    break
                return reply
            if not isinstance(reply, replies.Refusal):
                break
            highest = highest_in(answer)
            if answer.status != HTTPStatus.FORBIDDEN or not highest:
                raise _not_taken(answer.status, reply.reason)
            sequence = highest + 1
        raise UplinkUnavailable(
            "The desk gives an answer that has nothing to do with what was asked.",
            advice="Tell the provider that its desk has a fault, and run this again then.",
        )


def _signed(exchanged: Exchanged) -> replies.Reply | None:
    answer, not_signed = exchanged
    if not_signed is not None:
        raise UplinkUnavailable(
            f"The answer (HTTP status {answer.status}) is not signed by the desk whose fingerprint was compared.",
            advice="Run this again. If it lasts, something stands between this home and the desk: tell the provider.",
        )
    return answer.reply()


def _not_taken(status: int, reason: str) -> NotTaken:
    line = printable(reason).rstrip(".")
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.CONFLICT):
        advice = "Have the provider make a token (`wren desk token HOME --replace`), and run `wren enrol` with it."
    else:
        advice = "Have the provider make a new token (`wren desk token HOME`), and run `wren enrol` with it."
    return NotTaken(f"The desk refuses: {line}.", advice=advice, status=status)
