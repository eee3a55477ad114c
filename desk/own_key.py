"""The key by which this desk signs receipts and seals answers: Ed25519, made at the first start, kept beside desk.db.

Every gateway was told at its enrolment to believe this key and no other, so a damaged one is never replaced by itself.
"""

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.errors import InputError

NAME: Final = "signing.key"


def own_key(folder: Path) -> Ed25519PrivateKey:
    """The key in `folder`, made if there is none. Raises InputError: it is damaged, or cannot be read or made."""
    path = folder / NAME
    try:
        if not path.exists():
            _make(path)
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError("it is no Ed25519 key")
    except (OSError, ValueError, TypeError) as error:
        raise InputError(
            f"{path}: the desk's signing key cannot be made or read: {error}.",
            advice="Put the file back from a copy. Without it every gateway must be enrolled anew: remove the file "
            "only if you mean that.",
        ) from error
    return key


def _make(path: Path) -> None:
    """Whole or not there, durable, never for a moment readable by others; who comes second keeps the first one's."""
    key = Ed25519PrivateKey.generate()
    content = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    handle, fresh = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
    finally:
        Path(fresh).unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
