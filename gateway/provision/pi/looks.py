"""What a step is on the Pi: a look that changes nothing, and a deed after which the look finds nothing more to do."""

import hashlib
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from gateway.provision.pi.machine import Machine

Want = dict[str, Any]
"""What the laptop asks for, as it came over the line."""
Say = Callable[[str], None]

STATE: Final = "/var/lib/wren-release"
INCOMING: Final = f"{STATE}/incoming"
APPLIED: Final = f"{STATE}/applied"
CURRENT: Final = "/opt/wren/current"
WREN: Final = f"{CURRENT}/bin/wren"
HOME_TOML: Final = "/etc/wren/home.toml"
ENROLMENT: Final = "/var/lib/wren-uplink/enrolment.json"


class Look(NamedTuple):
    """What is still to be done, a sentence each (nothing: it is done); and what else a technician should know."""

    todo: list[str]
    notes: list[str]


class Step(NamedTuple):
    """`deed` says what it does; it may be cut anywhere, and the same deed again mends what was left."""

    look: Callable[[Machine, Want], Look]
    deed: Callable[[Machine, Want, Say], None]


def fingerprint(text: str) -> str:
    """By which a text is known again."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_applied(machine: Machine, name: str, text: str) -> bool:
    """Whether this very text was not only written but also put to use.

    A file that was written by a run that was cut off before the service read it looks as if all were done.
    """
    return machine.text(f"{APPLIED}/{name}") == fingerprint(text)


def applied(machine: Machine, name: str, text: str) -> None:
    """It was put to use."""
    machine.write(f"{APPLIED}/{name}", fingerprint(text), mode=0o600)
