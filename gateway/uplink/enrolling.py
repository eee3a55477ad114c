"""What a gateway asks of the desk about its own key: to know it (enrolment), or to know another one (rotation).

Both requests are signed as messages are (`gateway.uplink.signatures`), so both prove that the asker holds a key: the
enrolment that of the new key, the rotation that of the old one, with a proof by the new key in its body.
"""

import base64
from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from gateway.uplink.forms import Base64, PublicKey, Slug, decoded

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

DESK_PATH: Final = "/v1/desk"
ENROL_PATH: Final = "/v1/enrol"
ROTATE_PATH: Final = "/v1/rotate"

MAX_ASKING_BYTES: Final = 4 * 1024
"""Such a request takes 300 bytes."""

Token = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{16,128}(?!\n)$")]
"""A single-use, short-lived word that the desk gave to the technician: URL-safe, at least 96 bits."""


class _Asking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    home: Slug
    key: PublicKey


class Enrol(_Asking, frozen=True, kw_only=True, tag="enrol"):
    """Know `home` by `key` from now on. The request is signed by that key, and `token` is why the desk should."""

    token: Token

    def __repr__(self) -> str:
        return f"Enrol(home={self.home!r})"  # a token is shown nowhere, not by mistake either


class Rotate(_Asking, frozen=True, kw_only=True, tag="rotate"):
    """Know `home` by `key` instead of the key that signs this request; `proof` is the new key's own signature."""

    proof: Base64


Asking = Enrol | Rotate

_decoder: msgspec.json.Decoder[Asking] = msgspec.json.Decoder(Asking)


def encode(asking: Asking) -> bytes:
    """The body of `asking` as JSON."""
    return msgspec.json.encode(asking)


def decode(body: bytes) -> Asking:
    """The request in `body`. Raises msgspec.ValidationError or msgspec.DecodeError (its parent)."""
    return decoded(_decoder, body)


def rotation_proof(home: str, old_key_id: str) -> bytes:
    r"""What the new key signs to show that its holder wants to take the place of the key `old_key_id` of `home`.

    >>> rotation_proof("h-0001", "66687aadf862bd776c8fc18b8e9f8e20")
    b'wren-rotate\nh-0001\n66687aadf862bd776c8fc18b8e9f8e20'
    """
    return b"wren-rotate\n%b\n%b" % (home.encode(), old_key_id.encode())


def prove(new: "Ed25519PrivateKey", home: str, old_key_id: str) -> str:
    """The `proof` of a rotation."""
    return base64.b64encode(new.sign(rotation_proof(home, old_key_id))).decode()


def is_proven(new: "Ed25519PublicKey", proof: str, home: str, old_key_id: str) -> bool:
    """Whether `proof` is by the holder of `new`, for this home and this old key."""
    from cryptography.exceptions import InvalidSignature

    try:
        new.verify(base64.b64decode(proof, validate=True), rotation_proof(home, old_key_id))
    except (InvalidSignature, ValueError):
        return False
    return True
