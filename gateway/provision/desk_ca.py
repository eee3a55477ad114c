"""The desk's own certificate authority, as the technician was given it: a certificate in PEM form, and never a key."""

import ssl
from pathlib import Path
from typing import Final

from gateway.provision.errors import Refused

_MOST_BYTES: Final = 64 * 1024
"""More than `wren enrol` reads of such a file is no authority (gateway/enrol.py)."""
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
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=text)
    except (OSError, ValueError, TypeError) as error:  # ssl.SSLError; nothing in it; not ASCII
        raise Refused(f"{path} is no certificate in PEM form.", advice=_ASK) from error
    if len(raw) > _MOST_BYTES:
        raise Refused(f"{path} is larger than any certificate authority.", advice=_ASK)
    return text
