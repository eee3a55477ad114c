"""Carers' badges: while one is heard in the home, a visit is on, planned or not.

As in a planned window (`models.visits`), what is seen meanwhile may be the carer's: it is not counted and not learnt. A
badge is no sign of anybody's life, and no fault when it is not heard: it went home with who wears it. Who came, and
when, never leaves the home.
"""

from collections.abc import Mapping
from typing import Any, Final

from models.localtime import HOUR_S
from models.signals import Event, Phase

LONGEST_S: Final = 6 * HOUR_S
"""A badge that is heard for longer was left behind, and means no visit until it has been away."""

AWAY_S: Final = HOUR_S
"""For so long at least: one that lies in a drawer is heard now and then, and must not begin a visit each time."""


class Badges:
    """The badges that concern one stream.

    >>> from models.kinds import SensorKind
    >>> from models.vocabulary import Sensor
    >>> badge, badges = Sensor("badge", SensorKind.BADGE, "worn"), Badges()
    >>> badges.see(Event(1_000_000, badge, Phase.FIRED, 1.0))
    >>> badges.hold(999), badges.hold(1000), badges.hold(1000 + LONGEST_S)
    (False, True, False)
    """

    def __init__(self) -> None:
        self._since_s: dict[str, int] = {}
        # of those that are not heard: since when they were, and until when
        self._gone: dict[str, tuple[int, int]] = {}

    def see(self, event: Event) -> None:
        """A badge came or went."""
        badge, at_s = event.sensor.id, event.at_ms // 1000
        if event.phase is Phase.OFF:
            if badge in self._since_s:
                self._gone[badge] = (self._since_s.pop(badge), at_s)
        elif badge not in self._since_s:
            since_s, until_s = self._gone.pop(badge, (at_s, at_s))
            self._since_s[badge] = since_s if at_s - until_s < AWAY_S else at_s

    def hold(self, at_s: int) -> bool:
        """Whether somebody with a badge is there at `at_s` (UTC seconds)."""
        return any(0 <= at_s - since_s < LONGEST_S for since_s in self._since_s.values())

    def shift(self, by_s: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago."""
        self._since_s = {badge: since_s + by_s for badge, since_s in self._since_s.items()}
        self._gone = {badge: (since_s + by_s, until_s + by_s) for badge, (since_s, until_s) in self._gone.items()}

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        gone = {badge: list(times) for badge, times in sorted(self._gone.items())}
        return {"here": dict(sorted(self._since_s.items())), "gone": gone}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said."""
        self._since_s = dict(state["here"])
        self._gone = {badge: (since_s, until_s) for badge, (since_s, until_s) in state["gone"].items()}
