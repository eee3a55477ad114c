"""enrolment.json: all that the messenger needs to know, so that it never opens home.toml.

It is written by `wren enrol` into the messenger's own folder, beside key.pem. Nothing in it is secret.
"""

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from gateway import small_files
from gateway.errors import NotEnrolled
from gateway.uplink.forms import PublicKey, Slug, Utc

_URL: Final = re.compile(
    r"https://(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[(?P<six>[0-9A-Fa-f:.]+)\])(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]*)?"
)

_MOST_BYTES: Final = 128 * 1024
_ANEW: Final = "Enrol this gateway (`wren enrol`)."


class Enrolment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How this home reaches its desk.

    Attributes:
        home: its opaque id.
        url: the desk's.
        ca_pem: the provider's own certificate authority; None trusts the public ones.
        desk_key: by which the desk signs.
        outbox: the folder of outbox.db, absolute.
        enrolled_at: when the desk took this gateway's key, by this machine's clock.
    """

    version: Literal[1] = 1
    home: Slug
    url: Annotated[str, msgspec.Meta(max_length=500)]
    ca_pem: Annotated[str, msgspec.Meta(max_length=64 * 1024)] | None
    desk_key: PublicKey
    outbox: Annotated[str, msgspec.Meta(min_length=1, max_length=4096)]
    enrolled_at: Utc

    def __post_init__(self) -> None:
        if not is_url(self.url):
            raise ValueError("not the address of a desk")


def is_url(url: str) -> bool:
    """Whether a desk can be there: a host, a port and a path as they can be signed; no name, password or query.

    >>> is_url("https://desk.example:8443"), is_url("https://user:secret@desk.example"), is_url("http://desk.example")
    (True, False, False)
    """
    match = _URL.fullmatch(url)
    if match is None:
        return False
    try:
        return match["six"] is None or bool(ipaddress.IPv6Address(match["six"]))
    except ValueError:
        return False


def write(path: Path, enrolment: Enrolment) -> None:
    """Put `enrolment` in the place of `path`: mode 0600, its folder's owner's, on the card on return.

    Raises StoreError.
    """
    small_files.keep(path, msgspec.json.format(msgspec.json.encode(enrolment)))


def read(path: Path) -> Enrolment:
    """What `write` wrote. Raises NotEnrolled: there is none, or it is damaged; StoreError: it may not be read."""
    text = small_files.kept(path, _MOST_BYTES, reader="wren uplink")
    if text is None:
        raise NotEnrolled("This gateway is not enrolled with a provider yet.", advice=_ANEW)
    try:
        return msgspec.json.decode(text, type=Enrolment)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotEnrolled(f"{path} is damaged, or was written by another version of Wren.", advice=_ANEW) from error
