"""One sensor while it is its turn: what of it was seen so far, and what is still missing."""

from typing import Final

from gateway.walktest import radio
from gateway.walktest.bounce import Bounce
from gateway.walktest.forms import RadioProof, WireProof
from gateway.walktest.radio import LEAST_DBM, PACKETS, median_of
from gateway.walktest.scope import Item

MOST_PACKETS: Final = 500
"""Of a device that are kept: the last ones."""


class Packets:
    """The adverts of the home's devices, by sensor, from the beginning of the walk on."""

    def __init__(self) -> None:
        self._dbm: dict[str, list[int]] = {}

    def take(self, sensors: tuple[str, ...], dbm: int) -> None:
        """An advert of a device that measures `sensors`."""
        for sensor in sensors:
            self._dbm[sensor] = [*self._dbm.get(sensor, []), dbm][-MOST_PACKETS:]

    def forget(self, sensor: str) -> None:
        """Those so far were of another place."""
        self._dbm.pop(sensor, None)

    def of(self, sensor: str) -> list[int]:
        """Those of one sensor's device (dBm)."""
        return self._dbm.get(sensor, [])


class Turn:
    """The turn of one sensor.

    Args:
        item: which.
        packets: what was heard by radio.

    Attributes:
        values: the last values that it gave.
        lost: whether its link is lost, by the daemon's word.
        pressed_s: when it was first seen (monotonic seconds); None before.
    """

    def __init__(self, item: Item, packets: Packets) -> None:
        self.item = item
        self.values: list[float] = []
        self.lost = False
        self.pressed_s: float | None = None
        self._packets = packets
        self._bounce = Bounce()

    def take(self, value: float, at_s: float) -> None:
        """It gave a value."""
        self.values = [*self.values, value][-MOST_PACKETS:]
        self.pressed_s = at_s if self.pressed_s is None else self.pressed_s
        self.lost = False
        if self.item.debounce_ms is not None:
            self._bounce.take(at_s)

    @property
    def is_seen(self) -> bool:
        """Whether all of it was seen that has to be: both edges, where it has two."""
        item, on, off = self.item, any(self.values), 0.0 in self.values
        if item.kind in ("badge", "battery"):  # a level that stays is told once an hour; its device is heard meanwhile
            return bool(self.values) or bool(self._packets.of(item.name))
        return bool(self.values) if item.seen == "value" else on and (off or item.seen == "one")

    def missing(self, now_s: float) -> str:
        """What is still missing, as the next thing to do; empty: nothing."""
        if not self.is_seen:
            return self._unseen()
        if self.item.debounce_ms is not None:
            if not self._bounce.rests(now_s):
                return "seen; its contact is not at rest yet"
            if self._bounce.floats:
                a_second = self._bounce.most_a_second
                return f"seen, but {a_second} edges within a second: a floating line or a loose plug; mend it, then r"
            if self._bounce.longest_ms > max(self.item.debounce_ms, 1):
                slow = f"it bounced for {self._bounce.longest_ms} ms, and its debounce is {self.item.debounce_ms} ms"
                return f"seen, but {slow}: raise `debounce_ms`, or mend the contact, then r"
        if self.item.counted:
            return self._radio()
        return ""

    def _unseen(self) -> str:
        if self.lost:
            return "its link is lost: look at the wire or the battery"
        if any(self.values):
            return "seen once; now back again"
        return "back seen; now once more" if self.values else ""

    def _radio(self) -> str:
        dbm = self._packets.of(self.item.name)
        if len(dbm) < PACKETS:
            return f"seen; {len(dbm)} of {PACKETS} radio packets heard: set it off again"
        proof = self.radio()
        if proof is not None and proof.median_dbm < LEAST_DBM:
            margin = proof.median_dbm - radio.SENSITIVITY_DBM
            return f"seen, but weak: {proof.median_dbm} dBm, a margin of {margin} dB where {radio.MARGIN_DB} are needed"
        return ""

    def radio(self) -> RadioProof | None:
        """How it came in, if it came by radio."""
        dbm = self._packets.of(self.item.name)
        counts = {one: dbm.count(one) for one in dbm}
        median = median_of(counts)
        return None if median is None else RadioProof(packets=len(dbm), median_dbm=median, least_dbm=min(dbm))

    def wire(self) -> WireProof | None:
        """How its contact came to rest, if it has one."""
        if self.item.debounce_ms is None or not self.values:
            return None
        return WireProof(
            changes=self._bounce.changes,
            longest_ms=self._bounce.longest_ms,
            debounce_ms=self.item.debounce_ms,
            most_a_second=self._bounce.most_a_second,
        )
