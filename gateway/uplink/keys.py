"""Public keys as both sides write them: base64 on the wire, a name in a signature, groups of letters for people."""

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def text_of(key: "Ed25519PublicKey") -> str:
    """The raw key in base64: `gateway.uplink.forms.PublicKey`."""
    return base64.b64encode(key.public_bytes_raw()).decode()


def key_of(text: str) -> "Ed25519PublicKey":
    """The key that `text_of` wrote. Raises ValueError."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
    except binascii.Error as error:
        raise ValueError("not base64") from error


def key_id(key: "Ed25519PublicKey") -> str:
    """The key's name in a signature: the first 32 hex digits of its SHA-256."""
    return _name(key.public_bytes_raw())


def key_id_of(text: str) -> str:
    """The same of a key as `text_of` wrote it, for who does not use it and need not load the library (7 MB)."""
    return _name(base64.b64decode(text))


def _name(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:32]


def fingerprint(key: "Ed25519PublicKey") -> str:
    """What two people compare, aloud if need be: 128 bits in groups of four.

    >>> fingerprint(key_of("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="))
    '66687aad f862bd77 6c8fc18b 8e9f8e20'
    """
    name = key_id(key)
    return " ".join(name[start : start + 8] for start in range(0, len(name), 8))
