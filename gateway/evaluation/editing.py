"""Small pure edits of a list of readings. None of them changes its argument; times stay ascending."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from heapq import merge
from typing import NamedTuple

from models.vocabulary import Reading


class Injected(NamedTuple):
    """A changed copy of a recording, and the label of the change.

    `start_s` is when the change begins; an alert from then until `end_s` (UTC seconds) counts as noticing it.
    """

    readings: list[Reading]
    start_s: int
    end_s: int


def edited(
    readings: list[Reading],
    start_ms: int,
    end_ms: int,
    keep: Callable[[Reading], Reading | None],
    add: Iterable[Reading] = (),
) -> list[Reading]:
    """`readings` with each of those in [start_ms, end_ms) put through `keep`, and `add` merged into them.

    `keep` returns None for a row that goes. What is added must lie in the same stretch.
    """
    low = bisect_left(readings, start_ms, key=_at_ms)
    high = bisect_left(readings, end_ms, key=_at_ms)
    kept = [row for row in map(keep, readings[low:high]) if row is not None]
    return [*readings[:low], *merge(kept, sorted(add, key=_at_ms), key=_at_ms), *readings[high:]]


def level_before(readings: list[Reading], sensor: str, at_ms: int) -> float | None:
    """The last value of `sensor` before `at_ms`; None if there is none."""
    for place in range(bisect_left(readings, at_ms, key=_at_ms) - 1, -1, -1):
        if readings[place].sensor == sensor:
            return readings[place].value
    return None


def has_level(readings: list[Reading], sensor: str) -> bool:
    """Whether `sensor` ever says 0; one that does not only fires."""
    return any(row.sensor == sensor and row.value == 0 for row in readings)


def uses(readings: list[Reading], sensors: frozenset[str], start_ms: int, end_ms: int) -> list[list[Reading]]:
    """The uses of `sensors` that begin in [start_ms, end_ms): each an "on" with all until the next "on"."""
    low = bisect_left(readings, start_ms, key=_at_ms)
    high = bisect_right(readings, end_ms - 1, key=_at_ms)
    found: list[list[Reading]] = []
    last: dict[str, list[Reading]] = {}
    for row in readings[low:high]:
        if row.sensor not in sensors:
            continue
        if row.value > 0:
            last[row.sensor] = [row]
            found.append(last[row.sensor])
        elif row.sensor in last:
            last[row.sensor].append(row)
    return found


def _at_ms(row: Reading) -> int:
    return row.at_ms
