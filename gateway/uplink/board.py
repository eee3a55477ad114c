"""What this board is called by its maker, so that the gateway's key can be bound to it.

It is no secret: whoever has the board, or a shell on it, can read it. It is what a copied card does not take along.
"""

import hashlib
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from gateway import small_files

PLACES: Final[Mapping[str, Path]] = {
    "serial number": Path("/sys/firmware/devicetree/base/serial-number"),
    "firmware id": Path("/sys/class/dmi/id/product_uuid"),
    "machine id": Path("/etc/machine-id"),
}
"""Best first: burnt into a Raspberry Pi; written into a PC's firmware; written onto the card at its first boot.

The last one is copied with the card, and binds to this installation alone.
"""

NOTHING: Final = "nothing"
"""What a key is bound to on a machine without a name, such as a container of a developer: it opens anywhere."""

_MOST_BYTES: Final = 256
_SHORTEST: Final = 8
_STRETCH: Final = 2**15
"""scrypt's cost with r = 8: 32 MB for a moment, 0.1 s on a PC, at a start only.

A Pi's serial number has 32 bits that cannot be known without the board; this is what each try at them costs.
"""


class Bond(NamedTuple):
    """What binds a key to this board: the name of the board's name, and the passphrase that comes from it."""

    to: str
    passphrase: bytes


def bonds(places: Mapping[str, Path] = PLACES) -> Iterator[Bond]:
    """The bonds that this board offers, best first and `NOTHING` last.

    A name that only root may read is left out: `wren enrol` may run as root, `wren uplink` never does.
    """
    for to, place in places.items():
        try:
            if not place.stat().st_mode & stat.S_IROTH:
                continue
            name = small_files.read(place, _MOST_BYTES).strip(b"\0 \n")
        except OSError:
            continue
        if len(name) >= _SHORTEST:
            yield Bond(to, _stretched(name))
    yield Bond(NOTHING, _stretched(b""))


def _stretched(name: bytes) -> bytes:
    # maxmem: twice what is needed (128 * r * n); OpenSSL's own limit is just below that
    key = hashlib.scrypt(name, salt=b"wren gateway key 1", n=_STRETCH, r=8, p=1, maxmem=2**26, dklen=32)
    return key.hex().encode()
