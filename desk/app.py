"""The desk's two doors over one store."""

import secrets
from datetime import tzinfo
from typing import TYPE_CHECKING, NamedTuple

from starlette.types import ASGIApp

from desk.gateways import gateways_door
from desk.people import people_door
from desk.store import Store
from gateway.clock import Clock

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class Doors(NamedTuple):
    """ASGI applications: `gateways` is to be served over TLS, `people` on loopback only."""

    gateways: ASGIApp
    people: ASGIApp


def build(store: Store, clock: Clock, *, key: "Ed25519PrivateKey", zone: tzinfo | None = None) -> Doors:
    """Both doors. The desk signs by `key`; `zone` is the time zone of the page, this machine's own if None."""
    people = people_door(store, clock, key=key, secret=secrets.token_bytes(32), zone=zone)
    return Doors(gateways=gateways_door(store, clock, key), people=people)
