"""Whether one person is up and about: a bout of activity, not one glimpse.

To be up is more than a visit to the bathroom: seen in `ELSEWHERE_MINUTES` different minutes of half an hour
outside bedroom and bathroom, or in `ANYWHERE_MINUTES` of an hour in whatever room (washing and dressing). While it is
early it takes more than that, or a walk to the kitchen at five would count. Of the rules tried on ten recorded homes
this one gave the narrowest mornings at the fewest false alerts.
"""

from collections.abc import Mapping
from typing import Any, Final

from models.localtime import MINUTE_S
from models.vocabulary import BATHROOM, BEDROOM, Sensor

ELSEWHERE_MINUTES: Final = 3
ANYWHERE_MINUTES: Final = 6
_EARLY_MINUTES: Final = 6
_EARLY_SPAN: Final = 15
_ELSEWHERE_WITHIN: Final = 30
_ANYWHERE_WITHIN: Final = 60
"""All in minutes."""


class About:
    """The minutes of the last hour in which one person was seen, in whatever room and outside bedroom and bathroom."""

    __slots__ = ("_anywhere", "_elsewhere")

    def __init__(self) -> None:
        self._elsewhere: list[int] = []
        self._anywhere: list[int] = []

    def see(self, sensor: Sensor, at_s: int) -> bool:
        """Somebody was at `sensor` at `at_s` (UTC seconds); whether that makes them about outside bed and bathroom."""
        minute = at_s // MINUTE_S
        _add(self._anywhere, minute, _ANYWHERE_WITHIN)
        if sensor.place in (BEDROOM, BATHROOM):
            return False
        _add(self._elsewhere, minute, _ELSEWHERE_WITHIN)
        return len(self._elsewhere) >= ELSEWHERE_MINUTES

    def since_s(self, at_s: int, *, early: bool) -> int | None:
        """Since when they have been up, going by the last half hour and hour; None if they are not."""
        elsewhere = self._elsewhere
        if early:
            enough = len(elsewhere) >= _EARLY_MINUTES and elsewhere[-1] - elsewhere[0] >= _EARLY_SPAN
            since = elsewhere[0] if enough else None
        elif len(elsewhere) >= ELSEWHERE_MINUTES and elsewhere[-1] == at_s // MINUTE_S:
            since = elsewhere[0]
        else:
            since = self._anywhere[0] if len(self._anywhere) >= ANYWHERE_MINUTES else None
        return None if since is None else since * MINUTE_S

    def is_about(self, at_s: int) -> bool:
        """Whether at `at_s` they have been about as those are who are up, however early it is."""
        minute = at_s // MINUTE_S
        elsewhere = sum(past > minute - _ELSEWHERE_WITHIN for past in self._elsewhere)
        anywhere = sum(past > minute - _ANYWHERE_WITHIN for past in self._anywhere)
        return elsewhere >= ELSEWHERE_MINUTES or anywhere >= ANYWHERE_MINUTES

    def clear(self) -> None:
        """Where they were is unknown, or of another day."""
        self._elsewhere, self._anywhere = [], []

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"elsewhere": list(self._elsewhere), "anywhere": list(self._anywhere)}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said."""
        self._elsewhere = list(state["elsewhere"])
        self._anywhere = list(state["anywhere"])


def _add(minutes: list[int], minute: int, within: int) -> None:
    """Add `minute` to the latest minutes, oldest first, and forget those that lie `within` or more before it."""
    if minutes and minutes[-1] == minute:
        return
    while minutes and minutes[0] <= minute - within:
        del minutes[0]
    minutes.append(minute)
