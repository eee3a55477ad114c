"""key.pem: the gateway's Ed25519 key, whole or not there, readable by the messenger alone, and bound to the board.

PKCS #8, encrypted with a passphrase that comes from the board's own name (`gateway.uplink.board`). What that stops: a
card that was copied, or moved into another board, cannot speak as this home (RELIABILITY, fault 29); and the file
alone, such as from a backup, is not the key. What it does not stop: whoever has the board too, or a shell on it as
this user; whoever knows, or finds by trying for days, the board's serial number; and, where only /etc/machine-id names
the machine, whoever has the card. Against those the desk revokes the key (`wren desk revoke`), and two gateways that
use one key show at the desk by their sequence numbers.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway import small_files
from gateway.errors import NotEnrolled, StoreError
from gateway.uplink.board import Bond, bonds

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Bonds = Callable[[], Iterable[Bond]]

_MOST_BYTES: Final = 4096
_ENROL: Final = "Enrol this gateway anew (`wren enrol`), with a token that the provider made for a replacement."


def make() -> "Ed25519PrivateKey":
    """A new key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.generate()


def write(path: Path, key: "Ed25519PrivateKey", board: Bonds = bonds, *, given: bool = True) -> str:
    """Put `key` in the place of `path`: mode 0600, its folder's owner's if `given`, on the card on return.

    Returns what it is bound to, such as "serial number". Raises StoreError.
    """
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

    bond = next(iter(board()))
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(bond.passphrase))
    small_files.keep(path, text, given=given)
    return bond.to


def copy(source: Path, path: Path) -> None:
    """Put the key in `source`, which must be this user's own, in the place of `path` too; as `write`.

    Raises StoreError.
    """
    try:
        text = small_files.read(source, _MOST_BYTES, own=True)
    except OSError as error:
        raise StoreError(f"{source} cannot be read: {error.strerror}.", advice="Run this again.") from error
    small_files.keep(path, text)


def load(path: Path, board: Bonds = bonds, *, own: bool = False) -> "Ed25519PrivateKey":
    """The key in `path`, which must be this user's `own` if so.

    Raises NotEnrolled: there is none, or none that opens on this board; StoreError: the file may not be read, or is
    not what it must be.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    text = small_files.kept(path, _MOST_BYTES, reader="wren uplink", own=own)
    if text is None:
        advice = "Run `wren enrol` as root."
        raise NotEnrolled("This gateway has no key yet, so the provider cannot know it.", advice=advice)
    if b"BEGIN ENCRYPTED PRIVATE KEY" not in text:
        raise NotEnrolled(f"{path} is not a key that is bound to a board.", advice=_ENROL)
    for bond in board():
        try:
            key = load_pem_private_key(text, bond.passphrase)
        except ValueError:
            continue  # another name of this board, another board, or a damaged file: they look the same
        if isinstance(key, Ed25519PrivateKey):
            return key
    raise NotEnrolled(f"{path} is damaged, or was made on another board: it does not open on this one.", advice=_ENROL)
