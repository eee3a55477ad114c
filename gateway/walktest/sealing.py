"""The certificate, signed by the gateway's own key: a DSSE envelope, of which not one byte may be another.

Which key that was stands in the certificate, so anybody can check it anywhere; that it is this home's gateway is
shown by its fingerprint, which the desk's page shows for the home, too.
"""

import base64
import binascii
from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from gateway.errors import InputError
from gateway.uplink import keys
from gateway.uplink.dsse import to_sign
from gateway.walktest.forms import Certificate

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PAYLOAD_TYPE: Final = "application/vnd.wren.walk-test+json"
MOST_BYTES: Final = 1 << 20


class _Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    keyid: str
    sig: str


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    payloadType: str  # noqa: N815 - DSSE's own names
    payload: str
    signatures: Annotated[tuple[_Signature, ...], msgspec.Meta(min_length=1, max_length=1)]


class NotGenuine(InputError):
    """The certificate, or the signature on it, is not what it was when it was made."""

    exit_code = 1


def seal(key: "Ed25519PrivateKey", certificate: Certificate) -> bytes:
    """`certificate`, signed with `key`, which it names."""
    payload = msgspec.json.encode(certificate)
    signature = base64.b64encode(key.sign(to_sign(PAYLOAD_TYPE, payload))).decode()
    signed = _Signature(keys.key_id(key.public_key()), signature)
    return _written(_Envelope(PAYLOAD_TYPE, base64.b64encode(payload).decode(), (signed,)))


def opened(text: bytes) -> Certificate:
    """The certificate in `text`, whole and signed by the key that it names. Raises NotGenuine."""
    from cryptography.exceptions import InvalidSignature

    try:
        envelope = msgspec.json.decode(text, type=_Envelope)
        payload = base64.b64decode(envelope.payload, validate=True)
        certificate = msgspec.json.decode(payload, type=Certificate)
        key = keys.key_of(certificate.gateway_key)
        key.verify(base64.b64decode(envelope.signatures[0].sig, validate=True), to_sign(PAYLOAD_TYPE, payload))
        same = _written(envelope) == text and msgspec.json.encode(certificate) == payload
    except (msgspec.DecodeError, UnicodeDecodeError, binascii.Error, ValueError, InvalidSignature, RecursionError):
        raise _changed() from None
    if not same or envelope.payloadType != PAYLOAD_TYPE or envelope.signatures[0].keyid != keys.key_id(key):
        raise _changed()
    if base64.b64encode(payload).decode() != envelope.payload or not _is_canonical(envelope.signatures[0].sig):
        raise _changed()
    return certificate


def _is_canonical(text: str) -> bool:
    return base64.b64encode(base64.b64decode(text, validate=True)).decode() == text


def _written(envelope: _Envelope) -> bytes:
    return msgspec.json.encode(envelope) + b"\n"


def _changed() -> NotGenuine:
    return NotGenuine(
        "This is no certificate of a walk-test, or it was changed since it was signed.",
        advice="Take the file as `wren walk-test` wrote it; it lies in the gateway's private folder.",
    )
