"""Replays: an encrypted advert counts once, and never again.

An encrypted BTHome advert carries a counter under its seal (BTHome v2, "Encryption"). Whoever records one can send it
again; so of each device only a counter higher than the last is taken. bthome-ble's own rule lets any counter below 100
pass, as after a battery change; here a technician says that there was one (`wren forget-counter`).
"""

from enum import Enum


class Verdict(Enum):
    """What an advert's counter says."""

    NEW = 0
    REPEATED = 1
    REPLAYED = 2


class Counter:
    """The counter of one device.

    Args:
        last: the highest taken so far; None if none was, or a technician said to forget it.

    >>> counter = Counter(7)
    >>> counter.judge(8, b"a")
    <Verdict.NEW: 0>
    >>> counter.take(8, b"a")
    >>> counter.judge(8, b"a"), counter.judge(8, b"b"), counter.judge(7, b"a")
    (<Verdict.REPEATED: 1>, <Verdict.REPLAYED: 2>, <Verdict.REPLAYED: 2>)
    """

    def __init__(self, last: int | None = None) -> None:
        self.last = last
        self._data = b""

    def judge(self, counter: int, data: bytes) -> Verdict:
        """What to make of `counter`; `data` is the whole advert. Changes nothing: the seal is yet to be looked at.

        REPEATED is the very advert that was taken last: a device sends each several times, and BlueZ tells of it again
        when its strength changes. It is no attack, but it proves nothing either.
        """
        if self.last is None or counter > self.last:
            return Verdict.NEW
        return Verdict.REPEATED if counter == self.last and data == self._data else Verdict.REPLAYED

    def take(self, counter: int, data: bytes) -> None:
        """The advert was authentic."""
        self.last, self._data = counter, data

    def forget(self) -> None:
        """The next authentic advert begins anew, whatever its counter."""
        self.last, self._data = None, b""
