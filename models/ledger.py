"""The ledger of what could be heard: for each sensor, when the gateway could not hear it, for the last two weeks.

A sensor is unheard from the moment at which its link is lost until it is proven again, and, where nothing is known of
its link, from its last word on while others show that it should have spoken (`models.health`). That is found out
afterwards and holds from that last word. With the gateway's own blindness it comes to seen, partly or blind for each
sensor and hour.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from models.coverage import FORGIVEN_S
from models.localtime import DAY_S, HOUR_S

REMEMBERED_S: Final = 14 * DAY_S
SILENT_S: Final = DAY_S
"""A sensor that is silent of itself is unheard once it has been for so long. In a recorded home sofas were silent for
seven hours beyond what they ever were and had nothing wrong with them: until then that is said, and nothing masked."""

_STRETCHES: Final = 64
"""Kept of one sensor; of more the two that lie nearest to each other become one, with what lies between them."""


class Sighting(StrEnum):
    """How much of an hour a sensor could see."""

    SEEN = "seen"
    PARTLY = "partly"
    BLIND = "blind"


class Ledger:
    """The unheard stretches of some sensors.

    Args:
        sensors: their ids.
        suspects: those that `models.health` does not believe just now, silent ones among them.

    Attributes:
        lost_s: for each sensor whose link is lost, since when (UTC seconds).
        broken: those that are stuck, and since when; set by who knows them (`models.faults`).
        found_s: when a link was last proven that had been lost for more than a moment (UTC seconds).

    >>> ledger = Ledger(["hall", "tap"], lambda: ())
    >>> ledger.relink({"hall": 3600}, 3600)
    frozenset({'hall'})
    >>> ledger.unheard_s("hall", 0, 7200), ledger.unheard_s("tap", 0, 7200)
    (3600, 0)
    """

    __slots__ = ("_closed", "_sensors", "_suspects", "_word_s", "broken", "found_s", "lost_s")

    def __init__(self, sensors: Iterable[str], suspects: Callable[[], Collection[str]]) -> None:
        self.lost_s: dict[str, int] = {}
        self.broken: Mapping[str, int] = {}
        self.found_s = 0
        self._sensors = frozenset(sensors)
        self._suspects = suspects
        self._closed: dict[str, list[tuple[int, int]]] = {}
        self._word_s: dict[str, int] = {}

    def relink(self, lost_s: Mapping[str, int], at_s: int) -> frozenset[str]:
        """The lost links of the home at `at_s`, and since when; the sensors of which that is news."""
        mine = {sensor: since_s for sensor, since_s in lost_s.items() if sensor in self._sensors}
        news = frozenset(mine.keys() ^ self.lost_s.keys())
        for sensor in sorted(news - mine.keys()):
            self._close(sensor, self.lost_s[sensor], at_s)
            self.found_s = at_s if at_s - self.lost_s[sensor] >= FORGIVEN_S else self.found_s
        self.lost_s = mine
        return news

    def word(self, sensor: str, at_s: int) -> None:
        """A word of a sensor, before `models.health` takes it: had it been silent for too long, it was unheard."""
        before_s = self._word_s.get(sensor, at_s)
        if at_s - before_s >= SILENT_S and sensor not in self.lost_s and sensor in self._suspects():
            self._close(sensor, before_s, at_s)
        self._word_s[sensor] = at_s

    def _close(self, sensor: str, start_s: int, end_s: int) -> None:
        kept: list[tuple[int, int]] = []
        for start, end in sorted([*self._closed.get(sensor, ()), (start_s, end_s)]):
            if kept and start <= kept[-1][1]:
                kept[-1] = (kept[-1][0], max(kept[-1][1], end))
            elif end > end_s - REMEMBERED_S:
                kept.append((start, end))
        if len(kept) > _STRETCHES:
            near = min(range(1, len(kept)), key=lambda index: kept[index][0] - kept[index - 1][1])
            kept[near - 1 : near + 1] = [(kept[near - 1][0], kept[near][1])]
        self._closed[sensor] = kept

    def silent_s(self) -> dict[str, int]:
        """The sensors that are silent though others are not, no link of them being lost, and their last words.

        One that cannot be believed for being busy is none of these: it has only just spoken.
        """
        now_s = self._now_s()
        words_s = {name: self._word_s.get(name, now_s) for name in self._suspects() if name not in self.lost_s}
        return {name: at_s for name, at_s in sorted(words_s.items()) if now_s - at_s >= HOUR_S}

    def _now_s(self) -> int:
        """When the last word of any sensor was heard: a silence is one beside others that speak."""
        return max(self._word_s.values(), default=0)

    def since_s(self, sensor: str) -> int | None:
        """Since when it cannot be heard (UTC seconds), or None if it can be."""
        start_s, end_s = [(0, 0), *self.stretches(sensor)][-1]
        return start_s if end_s is None else None

    def stretches(self, sensor: str) -> list[tuple[int, int | None]]:
        """When it was unheard, oldest first: from when until when (UTC seconds; None: it still is)."""
        since_s = self.lost_s.get(sensor, self.broken.get(sensor))
        if since_s is None:
            word_s = self._word_s.get(sensor)
            is_long = word_s is not None and self._now_s() - word_s >= SILENT_S
            since_s = word_s if is_long and sensor in self._suspects() else None
        return [*self._closed.get(sensor, ()), *([] if since_s is None else [(since_s, None)])]

    def unheard_s(self, sensor: str, start_s: int, end_s: int) -> int:
        """Seconds between `start_s` and `end_s` in which it could not be heard."""
        return _length_s(self.stretches(sensor), start_s, end_s)

    def lost_since(self, start_s: int) -> frozenset[str]:
        """The sensors that were found to be unheard for more than a moment since `start_s`, or whose links are lost."""
        past = {
            sensor
            for sensor, stretches in self._closed.items()
            if any(end > start_s and end - start >= FORGIVEN_S for start, end in stretches)
        }
        return frozenset(past | self.lost_s.keys())

    def missing_since(self, start_s: int) -> frozenset[str]:
        """The same, and those that are silent of themselves."""
        return self.lost_since(start_s) | self.silent_s().keys()

    def hours(self, sensor: str, from_s: int, hidden_s: Sequence[int]) -> tuple[Sighting, ...]:
        """How much it could see of each hour from `from_s` (UTC seconds).

        `hidden_s` is for how many seconds of each the gateway could not see.
        """
        stretches = self.stretches(sensor)
        found = []
        for hour, gateway_s in enumerate(hidden_s):
            start_s = from_s + hour * HOUR_S
            blind_s = max(gateway_s, _length_s(stretches, start_s, start_s + HOUR_S))
            if blind_s < FORGIVEN_S:
                found.append(Sighting.SEEN)
            else:
                found.append(Sighting.PARTLY if blind_s <= HOUR_S - FORGIVEN_S else Sighting.BLIND)
        return tuple(found)

    def shift(self, by_s: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago."""
        self.lost_s = {sensor: at_s + by_s for sensor, at_s in self.lost_s.items()}
        self._word_s = {sensor: at_s + by_s for sensor, at_s in self._word_s.items()}
        self.found_s += by_s
        self._closed = {
            sensor: [(start + by_s, end + by_s) for start, end in stretches]
            for sensor, stretches in self._closed.items()
        }

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "lost_s": dict(sorted(self.lost_s.items())),
            "found_s": self.found_s,
            "word_s": dict(sorted(self._word_s.items())),
            "closed": {sensor: [list(pair) for pair in pairs] for sensor, pairs in sorted(self._closed.items())},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said; sensors that are gone are forgotten."""
        self.lost_s = {name: at_s for name, at_s in state["lost_s"].items() if name in self._sensors}
        self.found_s = state["found_s"]
        self._word_s = {name: at_s for name, at_s in state["word_s"].items() if name in self._sensors}
        self._closed = {
            name: [(start, end) for start, end in pairs]
            for name, pairs in state["closed"].items()
            if name in self._sensors
        }


def _length_s(stretches: Iterable[tuple[int, int | None]], start_s: int, end_s: int) -> int:
    total_s, until_s = 0, start_s
    for start, end in stretches:
        stop = end_s if end is None else min(end, end_s)
        total_s += max(0, stop - max(start, until_s))
        until_s = max(until_s, stop)
    return total_s
