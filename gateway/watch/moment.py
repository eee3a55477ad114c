"""One moment, by the watcher's clocks."""

from datetime import datetime, tzinfo
from typing import NamedTuple


class Now(NamedTuple):
    """Monotonic seconds, UTC seconds, and the zone of the home."""

    monotonic_s: float
    utc_s: float
    zone: tzinfo

    def utc_of(self, at_s: float) -> float:
        """A moment of the watcher's monotonic clock, in UTC seconds."""
        return self.utc_s - (self.monotonic_s - at_s)

    def clock(self, at_s: float) -> str:
        """The same, by the home's clock.

        >>> from datetime import UTC
        >>> Now(100.0, 1795183320.0, UTC).clock(97.0)
        '14:01:57'
        """
        return f"{datetime.fromtimestamp(self.utc_of(at_s), self.zone):%H:%M:%S}"
