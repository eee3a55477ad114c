"""When a lost link is a fault: not for a moment, nor while the radio explains it, nor of what is worn for a day."""

from collections.abc import Mapping
from typing import Any, Final

from models.implausible import WORN
from models.kinds import SensorKind
from models.links import Links
from models.localtime import DAY_S, MINUTE_S
from models.signals import NEVER
from models.trouble import Fault
from models.vocabulary import Sensor

RADIO_GRACE_S: Final = 40
"""A bluetoothd that is restarted is back sooner. With the 10 to 15 s after which a source says that the radio is gone
this stays within the 60 s of RELIABILITY, row 10."""

LINK_GRACE_S: Final = 30
"""A link that is lost for less is nobody's business. How long a device may be missing before is its source's to say."""

WORN_GRACE_S: Final = DAY_S
"""Who wears something takes it off, goes out with it and forgets to charge it: unknown, and no fault (row 13)."""

AFTER_S: Final = 15 * MINUTE_S
"""After the radio has come back, or the gateway, a device may take so long to say something again."""


class Outages:
    """The links of one home, as faults.

    Args:
        links: which are lost.
        sensors: by their ids.

    Attributes:
        seeing_s: since when the gateway has seen (UTC seconds); 0 if always.
    """

    def __init__(self, links: Links, sensors: Mapping[str, Sensor]) -> None:
        self.seeing_s = 0
        self._links, self._sensors = links, sensors
        self._radio_back_s = 0
        self._radio_was_down = False

    def linked(self, at_s: int) -> None:
        """A link was lost or found, or the radio."""
        is_down = self._links.radio_down_s is not None
        if self._radio_was_down and not is_down:
            self._radio_back_s = at_s
        self._radio_was_down = is_down

    def radio(self, at_s: int, known: Mapping[str, Fault]) -> tuple[dict[str, Fault], int]:
        """The radio as a fault if it is one, and when it will be (UTC seconds); `known`: what was told before."""
        down_s = self._links.radio_down_s
        if down_s is None:
            return {}, NEVER
        due_s = max(down_s, self.seeing_s) + RADIO_GRACE_S
        if known or due_s <= at_s:
            return dict(known) or {"": Fault("", down_s, "radio")}, NEVER
        return {}, due_s

    def lost(self, at_s: int, known: Mapping[str, Fault]) -> tuple[dict[str, Fault], int]:
        """The links that were lost for long enough, and when the next will have been (UTC seconds)."""
        found, next_s = dict[str, Fault](), NEVER
        for name, lost_s in sorted(self._links.lost_s.items()):
            sensor = self._sensors[name]
            if sensor.kind is SensorKind.BATTERY:
                continue  # it has no link of its own
            if name in known and known[name].what in ("link", "worn"):
                found[name] = known[name]
                continue
            if sensor.wireless and self._links.radio_down_s is not None:
                continue  # the radio says it for all
            worn = sensor.kind in WORN
            due_s = lost_s + (WORN_GRACE_S if worn else LINK_GRACE_S)
            if lost_s <= self.seeing_s:
                due_s = max(due_s, self.seeing_s + AFTER_S)
            if sensor.wireless and lost_s <= self._radio_back_s:
                due_s = max(due_s, self._radio_back_s + AFTER_S)
            if due_s <= at_s:
                found[name] = Fault(name, lost_s, "worn" if worn else "link")
            else:
                next_s = min(next_s, due_s)
        return found, next_s

    def shift(self, by_s: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago."""
        self.seeing_s += by_s
        self._radio_back_s += by_s

    def state(self) -> list[Any]:
        """Plain JSON."""
        return [self.seeing_s, self._radio_back_s, self._radio_was_down]

    def restore(self, state: list[Any]) -> None:
        """Take over what `state()` said."""
        self.seeing_s, self._radio_back_s, self._radio_was_down = state
