"""The desk's own certificate authority, as the technician was given it: a certificate in PEM form, and never a key."""

import base64
import re
from pathlib import Path
from typing import Final

from gateway.provision.errors import Refused

_MOST_BYTES: Final = 64 * 1024
"""More than `wren enrol` reads of such a file is no authority (gateway/enrol.py)."""
_BLOCK: Final = re.compile(r"-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----")
_ASK: Final = "Name the file that the provider hands out as its certificate authority (the desk's `ca.pem`)."


def authority(path: Path) -> str:
    """What is in the file. Raises Refused: it cannot be read, holds a private key, or no certificate in PEM form."""
    try:
        with path.open("rb") as file:
            raw = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.", advice=_ASK) from error
    if b"PRIVATE KEY-----" in raw:
        raise Refused(
            f"{path} holds a PRIVATE KEY. It was sent nowhere, and belongs on no gateway and on no laptop.",
            advice="Tell the provider now that its key is in your hands. " + _ASK,
        )
    try:
        text = raw.decode("ascii").replace("\r\n", "\n")
        _require_certificates(text)
    except ValueError as error:  # not ASCII, not base64, or nothing of the kind in it
        raise Refused(f"{path} is no certificate in PEM form.", advice=_ASK) from error
    if len(raw) > _MOST_BYTES:
        raise Refused(f"{path} is larger than any certificate authority.", advice=_ASK)
    return text


def _require_certificates(text: str) -> None:
    """Each block is one DER sequence, whole (RFC 7468); what is in it `wren enrol` reads. Raises ValueError."""
    blocks = _BLOCK.findall(text)
    if not blocks:
        raise ValueError(text)
    for block in blocks:
        der = base64.b64decode("".join(block.split()), validate=True)
        # longer than 127 bytes and shorter than 64 KiB: its length takes one or two bytes more (X.690, 8.1.3)
        size_bytes = {b"\x30\x81": 1, b"\x30\x82": 2}.get(der[:2])
        if size_bytes is None or len(der) != 2 + size_bytes + int.from_bytes(der[2 : 2 + size_bytes]):
            raise ValueError(block)
