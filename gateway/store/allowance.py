"""How much may leave in a day of what can wait: a runaway must not become a stream that says how somebody lives.

Counted are the bytes of the bodies that were *raised* on one UTC day, whenever they are sent, so a home that was
offline for a month has a month's allowance, and a replay comes to the same. What is urgent has none, and neither has
news of an alert about a resident, for nothing may stay open at the desk to save bytes. Heartbeats are paced by the
clock, and each is of one small form; they are not counted either.

A message for which there is no room takes no number and is never sent, but it is not silent: it is counted, noted in
the trail, logged once a day, and `wren status` says so.
"""

from collections.abc import Mapping
from typing import Final, Protocol

from gateway.store.connection import Connection
from gateway.store.opening import get_meta, set_meta
from gateway.store.outbox_rows import Rank
from models.localtime import DAY_S

A_DAY: Final[Mapping[Rank, int]] = {Rank.ALERT: 32 * 1024, Rank.SUMMARY: 96 * 1024}
"""Bytes. Alerts cannot use up what the summaries have, so the day's line of coverage comes even then.

Measured over 7 recorded homes (596 days): alerts that are not urgent and their news at most 1.5 kB a day, 0.1 kB in the
mean; summaries at most 2.6 kB, 0.6 kB in the mean. A Monday of eight residents and a household with 48 habits each, the
largest home that a configuration can have, takes about 80 kB.
"""

KEPT_BACK_TEXT: Final = "Not sent: what may leave of this sort in one day was used up."

_SPENT, _KEPT_BACK = "spent/", "kept_back/"


class Numbers(Protocol):
    """Where the counting is kept: a dict in a replay, the table `meta` in the outbox."""

    def get(self, key: str, /) -> int | None:
        """What was set last."""

    def __setitem__(self, key: str, value: int, /) -> None:
        """Keep it."""


class Leaving(Protocol):
    """What wants to leave: `gateway.store.outbox.Draft`."""

    @property
    def id(self) -> str:
        """Its own id."""

    @property
    def rank(self) -> Rank:
        """What goes first."""

    @property
    def raised_s(self) -> int:
        """UTC in seconds."""

    @property
    def resolves(self) -> str | None:
        """The alert that it ends."""

    @property
    def spared(self) -> bool:
        """Whether it leaves whatever was spent."""


class Allowance:
    """Keeps the books of every UTC day."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers

    def takes(self, one: Leaving, size: int) -> bool:
        """Whether `one`, of `size` bytes, may leave; it is booked either way."""
        if one.spared or one.rank not in A_DAY:
            return True
        day = one.raised_s // DAY_S
        if one.resolves is not None:  # there is one for each alert that left, and none for another
            has_room = self._numbers.get(_KEPT_BACK + one.resolves) is None
        else:
            key = f"{_SPENT}{int(one.rank)}/{day}"
            spent = self._numbers.get(key) or 0
            has_room = spent + size <= A_DAY[one.rank]
            if has_room:
                self._numbers[key] = spent + size
        if not has_room:
            self._numbers[_KEPT_BACK + one.id] = day
        return has_room

    def is_kept_back(self, message_id: str) -> bool:
        """Whether it was offered before, and there was no room."""
        return self._numbers.get(_KEPT_BACK + message_id) is not None


class Meta:
    """The table `meta` as `Numbers`, within the transaction that is open."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, key: str, /) -> int | None:
        """What was set last."""
        return get_meta(self._connection, key)

    def __setitem__(self, key: str, value: int, /) -> None:
        set_meta(self._connection.raw, key, value)


def kept_back(connection: Connection) -> dict[int, int]:
    """How many messages were kept back, by the UTC second at which their day began."""
    rows = connection.rows(f"SELECT value, count(*) FROM meta WHERE key LIKE '{_KEPT_BACK}%' GROUP BY value")
    return {day * DAY_S: count for day, count in rows}


def forget(connection: Connection, before_s: int) -> None:
    """Let the books of days before `before_s` (UTC) go, within the transaction that is open."""
    day, raw = before_s // DAY_S, connection.raw
    raw.execute(f"DELETE FROM meta WHERE key LIKE '{_KEPT_BACK}%' AND value < ?", (day,))
    spent = [key for (key,) in connection.rows(f"SELECT key FROM meta WHERE key LIKE '{_SPENT}%'")]
    raw.executemany("DELETE FROM meta WHERE key = ?", [(key,) for key in spent if int(key.rpartition("/")[2]) < day])
