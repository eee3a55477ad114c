"""Lines that chatter: a loose contact or a floating wire that changes faster than anybody can.

Counted on the raw readings, bounce and all. While a line chatters it is muted: what it says is no sign of life, and
nothing is learnt of it (RELIABILITY, row 16).
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from models.signals import NEVER

FAST_A_SECOND: Final = 20
"""More edges within a second than this, second after second, are no person's: a contact bounces for 20 ms, once."""

FAST_S: Final = 5
"""Seconds in a row of so many edges, after which a line is muted: nobody plays with a switch like that."""

CALM_S: Final = 600
"""Without any such second for so long, a line is heard again."""

_SECOND_MS: Final = 1000


class Chatter:
    """The rates of all lines of a home.

    Args:
        sensors: their ids.

    Attributes:
        muted: each muted line, with when it began to chatter (UTC seconds).
        due_ms: when to look whether one of them is calm (UTC, ms); NEVER while none is muted.

    >>> chatter = Chatter(["hall"])
    >>> [edge for edge in range(200) if chatter.take("hall", 1_000_000 + edge * 40)]  # 25 edges a second
    [125]
    >>> list(chatter.muted.items()), chatter.calmed(1_607), chatter.calmed(1_608)
    ([('hall', 1000)], [], ['hall'])
    """

    def __init__(self, sensors: Iterable[str]) -> None:
        self.muted: dict[str, int] = {}
        self.due_ms = NEVER
        # of each: when its second began (ms), edges in it, fast seconds in a row, when the last fast one was (ms)
        self._rates = {sensor: [0, 0, 0, 0] for sensor in sensors}

    def take(self, sensor: str, at_ms: int) -> bool:
        """Count one reading of `sensor`; whether it has to be muted now."""
        rate = self._rates[sensor]
        since_ms = at_ms - rate[0]
        if since_ms < _SECOND_MS:
            rate[1] += 1
            if rate[1] > FAST_A_SECOND:
                rate[3] = at_ms
            return False
        goes_on = since_ms < 2 * _SECOND_MS
        rate[2] = rate[2] + 1 if goes_on and rate[1] > FAST_A_SECOND else 0
        rate[0] = rate[0] + _SECOND_MS if goes_on else at_ms
        rate[1] = 1
        if rate[2] < FAST_S or sensor in self.muted:
            return False
        self.muted[sensor] = rate[0] // 1000 - rate[2]
        self._look_ahead()
        return True

    def calmed(self, at_s: int) -> list[str]:
        """The lines that are heard again at `at_s`, which are muted no longer."""
        calm = [one for one in self.muted if self._calm_ms(one) <= at_s * 1000]
        for sensor in calm:
            del self.muted[sensor]
        self._look_ahead()
        return calm

    def _calm_ms(self, sensor: str) -> int:
        return -(-self._rates[sensor][3] // 1000) * 1000 + CALM_S * 1000

    def _look_ahead(self) -> None:
        # what chatters on is looked at again then; so a muted line costs no more than another
        self.due_ms = min((self._calm_ms(one) for one in self.muted), default=NEVER)

    def shift(self, by_ms: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago."""
        for rate in self._rates.values():
            rate[0] += by_ms
            rate[3] += by_ms
        for sensor in self.muted:
            self.muted[sensor] += round(by_ms / 1000)
        self._look_ahead()

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        due_ms = None if self.due_ms == NEVER else self.due_ms
        rates = {sensor: list(rate) for sensor, rate in sorted(self._rates.items())}
        return {"muted": dict(sorted(self.muted.items())), "due_ms": due_ms, "rates": rates}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said; lines that are gone are forgotten."""
        self.muted.clear()
        self.muted.update({sensor: at_s for sensor, at_s in state["muted"].items() if sensor in self._rates})
        self._rates |= {sensor: list(rate) for sensor, rate in state["rates"].items() if sensor in self._rates}
        self.due_ms = NEVER if state["due_ms"] is None else state["due_ms"]
        if not self.muted:
            self.due_ms = NEVER
