"""Everything that can come back from the desk, as a closed schema: a receipt or a refusal, and what people answered.

Each reply is signed as a whole (`gateway.uplink.signatures`). What people answered is sealed once more, so that the
daemon can check it for itself: it does not have to trust the messenger, which has the network.
"""

from typing import Annotated, Final

import msgspec

from gateway.uplink.forms import Base64, Count, MessageId, PublicKey, Reason, Sha256, Slug, decoded

MAX_REPLY_BYTES: Final = 64 * 1024
"""A receipt takes 150 bytes, one with sixteen answers about 10 kB; whatever is longer than this is not one."""

MAX_ANSWERS: Final = 16
"""In one receipt; the next one brings the rest."""


class Sealed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A signed answer (`gateway.uplink.answers`): DSSE v1 with one Ed25519 signature, by the desk's own key.

    `payload` is the JSON of the answer, byte for byte, in base64.
    """

    payload: Base64
    signature: Base64


class _Reply(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    pass


class Receipt(_Reply, frozen=True, kw_only=True, tag="receipt"):
    """The desk holds the message `id` whose body has this SHA-256, durably. `answers`: what people answered since."""

    id: MessageId
    sha256: Sha256
    answers: Annotated[tuple[Sealed, ...], msgspec.Meta(max_length=MAX_ANSWERS)] = ()


class Refusal(_Reply, frozen=True, kw_only=True, tag="refusal"):
    """The desk refuses the message `id` as it stands; the same bytes again cannot help. `reason` is for the log."""

    id: MessageId
    reason: Reason


class DeskKey(_Reply, frozen=True, kw_only=True, tag="desk"):
    """The key by which this desk signs: asked for at the enrolment, and compared by a person."""

    key: PublicKey


class Enrolled(_Reply, frozen=True, kw_only=True, tag="enrolled"):
    """The desk knows this home by this key from now on.

    `last_seq`, `last_status_seq`: the highest numbers that it ever heard of this home; a gateway that replaces a
    dead one goes on after them. `last_answer`: the number of the last answer that was ever given to this home.
    """

    home: Slug
    key: PublicKey
    last_seq: Count
    last_status_seq: Count
    last_answer: Count = 0


Reply = Receipt | Refusal | DeskKey | Enrolled

_decoder: msgspec.json.Decoder[Reply] = msgspec.json.Decoder(Reply)


def encode(reply: Reply) -> bytes:
    """The body of `reply` as JSON; the same reply always gives the same bytes."""
    return msgspec.json.encode(reply)


def decode(body: bytes) -> Reply:
    """The reply in `body`. Raises msgspec.ValidationError or msgspec.DecodeError (its parent)."""
    return decoded(_decoder, body)
