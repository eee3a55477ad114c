"""What the daemon shows a watcher on this gateway, a line of JSON each. Nothing of it ever leaves the house.

A closed set of types, tagged by `type`: a watcher that is older or newer than the daemon refuses what it does not know
instead of guessing.
"""

import msgspec


class Begin(msgspec.Struct, frozen=True, tag="begin", forbid_unknown_fields=True):
    """The first line. `monotonic_s` and `utc_s` are one moment, by the daemon's clocks.

    `sensors` is a hash over those of the configuration with which the daemon runs (`gateway.walktest.scope`); "": none.
    """

    version: str
    home: str
    monotonic_s: float
    utc_s: float
    sensors: str = ""


class Seen(msgspec.Struct, frozen=True, tag="seen", forbid_unknown_fields=True):
    """A value of a sensor as its driver saw it, before anything is debounced, thinned or learnt.

    `sensor` may begin with "@" (models.vocabulary): a lost link, the radio. `monotonic_s` was stamped in the driver.
    """

    sensor: str
    value: float
    monotonic_s: float


class Heard(msgspec.Struct, frozen=True, tag="heard", forbid_unknown_fields=True):
    """An advert of a device of this home. `sensors`: all that it measures; `rssi_dbm`: how strong it came in."""

    sensors: tuple[str, ...]
    rssi_dbm: int
    monotonic_s: float


class Told(msgspec.Struct, frozen=True, tag="told", forbid_unknown_fields=True):
    """The home says something that goes to the desk: which kind of whom, and what became of it ("raised", ...)."""

    resident: str
    kind: str
    change: str
    monotonic_s: float


class Missed(msgspec.Struct, frozen=True, tag="missed", forbid_unknown_fields=True):
    """This watcher was slower than the home: so many lines before this one were left out."""

    lines: int


Line = Begin | Seen | Heard | Told | Missed
"""Everything that is shown."""
