"""The desk's two doors over one store."""

import secrets
from datetime import tzinfo
from typing import NamedTuple

from starlette.types import ASGIApp

from desk.gateways import gateways_door
from desk.people import people_door
from desk.store import Store
from gateway.clock import Clock


class Doors(NamedTuple):
    """ASGI applications: `gateways` is to be served over TLS, `people` on loopback only."""

    gateways: ASGIApp
    people: ASGIApp


def build(store: Store, clock: Clock, *, zone: tzinfo | None = None) -> Doors:
    """Both doors. `zone` is the time zone of the page, this machine's own if None."""
    people = people_door(store, clock, secret=secrets.token_bytes(32), zone=zone)
    return Doors(gateways=gateways_door(store, clock), people=people)
