"""The way back in: the only things that people at the desk can tell a home. What is not here does not come in.

Nothing here executes, and nothing loosens privacy: no kind can be switched on, no reading asked for, no recipient, time
to keep or address changed. An answer is sealed by the desk (DSSE, github.com/secure-systems-lab/dsse, v1.0), names its
home, and is numbered: a home takes each number once and none below, so that an old answer cannot be brought again.
Who gave it stays at the desk.
"""

import base64
import binascii
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec

from gateway.uplink.dsse import to_sign
from gateway.uplink.forms import MessageId, Seq, Slug, Utc, decoded
from gateway.uplink.replies import Sealed
from models.kinds import AlertKind

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PAYLOAD_TYPE: Final = "application/vnd.wren.answer+json"


class _Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    home: Slug
    seq: Seq
    given_at: Utc

    def __post_init__(self) -> None:
        datetime.fromisoformat(self.given_at)


class Acknowledged(_Answer, frozen=True, kw_only=True, tag="acknowledged"):
    """A person has seen this alert and sees to it."""

    alert_id: MessageId


class OutcomeOf(_Answer, frozen=True, kw_only=True, tag="outcome"):
    """What became of this alert."""

    alert_id: MessageId
    outcome: Literal["useful", "known_reason", "not_useful", "sensor_fault"]


class NewNormal(_Answer, frozen=True, kw_only=True, tag="new_normal"):
    """The change that this alert told of is how it is from now on."""

    alert_id: MessageId


class Snooze(_Answer, frozen=True, kw_only=True, tag="snooze"):
    """Not before `until`: this kind, of this resident, is a line of the summary only. Never what is urgent."""

    resident: Slug
    kind: AlertKind
    until: Utc

    def __post_init__(self) -> None:
        datetime.fromisoformat(self.given_at)
        datetime.fromisoformat(self.until)


class Away(_Answer, frozen=True, kw_only=True, tag="away"):
    """The resident is out of the house until then; None: back."""

    resident: Slug
    until: Utc | None

    def __post_init__(self) -> None:
        datetime.fromisoformat(self.given_at)
        if self.until is not None:
            datetime.fromisoformat(self.until)


class BudgetOf(_Answer, frozen=True, kw_only=True, tag="budget"):
    """How many attention-level alerts a week are wanted of each resident, within the bounds that the home has set."""

    attention_per_week: Annotated[float, msgspec.Meta(ge=0.1, le=7)]


Answer = Acknowledged | OutcomeOf | NewNormal | Snooze | Away | BudgetOf

_decoder: msgspec.json.Decoder[Answer] = msgspec.json.Decoder(Answer)


class NotSealed(Exception):
    """What came is no answer of this desk to this home; the reason is for the log, and quotes nothing of it."""


def seal(key: "Ed25519PrivateKey", answer: Answer) -> Sealed:
    """`answer`, signed by the desk."""
    payload = msgspec.json.encode(answer)
    signature = key.sign(to_sign(PAYLOAD_TYPE, payload))
    return Sealed(payload=base64.b64encode(payload).decode(), signature=base64.b64encode(signature).decode())


def opened(key: "Ed25519PublicKey", sealed: Sealed, *, home: str) -> Answer:
    """The answer in `sealed`, if the desk that has `key` gave it to `home`. Raises NotSealed."""
    from cryptography.exceptions import InvalidSignature

    try:
        payload = base64.b64decode(sealed.payload, validate=True)
        key.verify(base64.b64decode(sealed.signature, validate=True), to_sign(PAYLOAD_TYPE, payload))
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise NotSealed("the seal is not this desk's") from error
    try:
        answer = decoded(_decoder, payload)
    except msgspec.DecodeError as error:
        raise NotSealed("it is no answer that this version knows") from error
    if answer.home != home:
        raise NotSealed("it is for another home")
    return answer
