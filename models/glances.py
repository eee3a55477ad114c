"""Which sensors saw somebody in each quarter of an hour of the last two weeks: what the others alone would have shown.

When some sensors cannot be heard, the silence of the rest means less. How much less is asked of what was seen while
all could be heard: the longest waking time in which these others were quiet though the person was about.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from models.learners.silence import CEILING_H, LEARNING_DAYS, NIGHT_ENDS_H, NIGHT_STARTS_H
from models.localtime import DAY_S, DAY_STARTS_H, HOUR_S, SLOT_S, LocalTime
from models.vocabulary import BATHROOM, BEDROOM, Sensor

REMEMBERED: Final = 14 * DAY_S // SLOT_S
_NEEDED: Final = LEARNING_DAYS * DAY_S // SLOT_S
"""Quarters of an hour on record before they say anything: as many days as a silence needs."""

_TOLD: Final = CEILING_H * HOUR_S // SLOT_S
"""Quarters of waking silence that were told of, whatever was learnt."""

_UP_BY_S: Final = 11 * HOUR_S + HOUR_S // 2
_UP_QUARTERS: Final = 2
"""Seen about in so many quarters of a morning: a bout of activity, and not one glimpse (`models.about`)."""


class Glances:
    """The quarters of an hour of one stream.

    Args:
        sensors: those that see its life; their order gives the bits.

    >>> tap, hall = (Sensor(name, "motion", name) for name in ("tap", "hall"))
    >>> glances = Glances(LocalTime("UTC"), [tap, hall])
    >>> for hour in range(24 * 4):  # something every hour, at the tap every fifth
    ...     glances.see(hall if hour % 5 else tap, hour * 3600)
    >>> glances.longest_s({"hall", "tap"}, []) / 3600, glances.longest_s({"tap"}, []) / 3600
    (1.25, 5.25)
    """

    __slots__ = ("_bits", "_doors", "_elsewhere", "_from_s", "_in_bathroom", "_local", "_many", "_slots", "_up")

    def __init__(self, local: LocalTime, sensors: Sequence[Sensor]) -> None:
        self._local = local
        self._bits = {sensor.id: 1 << number for number, sensor in enumerate(sensors)}
        self._many = len(sensors)  # so many bits on are those that saw somebody after the last sign in the bathroom
        self._doors = self._of(sensors, lambda one: one.is_outside_door)
        self._in_bathroom = self._of(sensors, lambda one: one.place == BATHROOM)
        self._elsewhere = self._of(sensors, lambda one: one.place != BATHROOM)
        self._up = self._of(sensors, lambda one: not one.is_outside_door and one.place not in (BATHROOM, BEDROOM))
        self._from_s = 0
        self._slots: list[int] = []

    def _of(self, sensors: Sequence[Sensor], wanted: Callable[[Sensor], bool]) -> int:
        return sum(self._bits[sensor.id] for sensor in sensors if wanted(sensor))

    def see(self, sensor: Sensor, at_s: int) -> None:
        """Somebody was seen by `sensor` at `at_s` (UTC seconds)."""
        bit = self._bits.get(sensor.id)
        if bit is None:
            return
        if not self._slots or not 0 <= at_s - self._from_s < 2 * REMEMBERED * SLOT_S:
            self._from_s, self._slots = at_s - at_s % SLOT_S, [0]
        slot = (at_s - self._from_s) // SLOT_S
        if slot >= len(self._slots):
            self._slots += [0] * (slot + 1 - len(self._slots))
            if len(self._slots) > REMEMBERED + DAY_S // SLOT_S:  # a day at a time: not for each quarter anew
                gone = len(self._slots) - REMEMBERED
                self._slots, self._from_s, slot = self._slots[gone:], self._from_s + gone * SLOT_S, slot - gone
        seen = self._slots[slot] | bit
        if bit & self._in_bathroom:
            seen &= (1 << self._many) - 1
        elif seen & self._in_bathroom:
            seen |= bit << self._many
        self._slots[slot] = seen

    @property
    def from_s(self) -> int:
        """The beginning of the record (UTC seconds)."""
        return self._from_s

    @property
    def knows(self) -> bool:
        """Whether there is enough on record to say anything of it."""
        return len(self._slots) >= _NEEDED

    def longest_s(self, sensors: Collection[str], hidden: Sequence[tuple[int, int]]) -> int:
        """The longest waking time without a sign of these `sensors` that was followed by one (seconds, rounded up).

        What an outside door explains, and what could not be seen by all of them (`hidden`, UTC seconds), does not
        count; nor does the silence that goes on, or it would put off its own alert, nor one in which none of all the
        sensors saw anything for as long as the fixed limit: that is no weakness of these.
        """
        mask = self._mask(sensors)
        longest, waking, since, quiet, was_told = 0, 0, -1, 0, False
        for slot, seen, is_hidden in self._walk(hidden):
            quiet = 0 if seen or is_hidden else quiet + self._is_waking(slot)
            if is_hidden or seen & mask:
                counts = since >= 0 and not is_hidden and not was_told
                if counts and not self._is_by_door(since, mask):
                    longest = max(longest, waking)
                waking, since, was_told = 0, slot if seen & mask else -1, False
            elif since >= 0 and self._is_waking(slot):
                waking += 1
                was_told = was_told or quiet >= _TOLD
        return (longest + 2) * SLOT_S  # from the beginning of one quarter to the end of another

    def after_bathroom_s(self, sensors: Collection[str], hidden: Sequence[tuple[int, int]], *, waking: bool) -> int:
        """The longest time from the last sign in the bathroom to the first elsewhere of these `sensors` (seconds)."""
        mask = self._mask(sensors) & self._elsewhere
        longest, since = 0, -1
        for slot, seen, is_hidden in self._walk(hidden):
            if is_hidden:
                since = -1
            elif since >= 0 and seen & mask:
                longest, since = max(longest, slot - since), -1
            if seen & self._in_bathroom and not is_hidden:
                since = slot if not seen >> self._many & mask and self._is_waking(slot) == waking else -1
        return (longest + 1) * SLOT_S

    def sees_up(self, sensors: Collection[str], hidden: Sequence[tuple[int, int]]) -> bool:
        """Whether these `sensors` alone would have seen somebody up by half past eleven whenever all of them did."""
        mask = self._mask(sensors)
        seen_by: dict[int, list[int]] = {}
        for slot, seen, is_hidden in self._walk(hidden):
            at_s = self._from_s + slot * SLOT_S
            if not is_hidden and DAY_STARTS_H * HOUR_S <= self._local.second_of_day(at_s) < _UP_BY_S:
                counts = seen_by.setdefault(self._local.day(at_s), [0, 0])
                counts[0] += bool(seen & self._up)
                counts[1] += bool(seen & self._up & mask)
        return all(some >= _UP_QUARTERS for every, some in seen_by.values() if every >= _UP_QUARTERS)

    def _walk(self, hidden: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, bool]]:
        blind = bytearray(len(self._slots))
        for start_s, end_s in hidden:
            first = max(0, (start_s - self._from_s) // SLOT_S)
            last = min(len(blind), -((self._from_s - end_s) // SLOT_S))
            if end_s > start_s and last > first:
                blind[first:last] = b"\1" * (last - first)
        return ((slot, seen, bool(blind[slot])) for slot, seen in enumerate(self._slots))

    def _is_waking(self, slot: int) -> bool:
        second = self._local.second_of_day(self._from_s + slot * SLOT_S)
        return NIGHT_ENDS_H * HOUR_S <= second < NIGHT_STARTS_H * HOUR_S

    def _is_by_door(self, slot: int, mask: int) -> bool:
        """Whether an outside door that can be heard was used just before: by whom, and which way, is judged by that."""
        return bool((self._slots[slot] | self._slots[max(0, slot - 1)]) & self._doors & mask)

    def _mask(self, sensors: Collection[str]) -> int:
        return sum(bit for sensor, bit in self._bits.items() if sensor in sensors)

    def shift(self, by_s: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago."""
        self._from_s += by_s

    def state(self) -> dict[str, Any]:
        """Plain JSON: the quarters in hex, an empty one as nothing."""
        slots = ",".join(f"{seen:x}" if seen else "" for seen in self._slots)
        return {"sensors": list(self._bits), "from_s": self._from_s, "slots": slots if self._slots else None}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said; the glances of sensors that are gone go with them."""
        moved = [(1 << number, self._bits.get(name, 0)) for number, name in enumerate(state["sensors"])]
        moved += [(old << len(moved), new << self._many) for old, new in moved]
        self._from_s = state["from_s"]
        slots = [] if state["slots"] is None else [int(seen or "0", 16) for seen in state["slots"].split(",")]
        if list(self._bits) == state["sensors"]:
            self._slots = slots
        else:
            self._slots = [sum(new for old, new in moved if seen & old) for seen in slots]
