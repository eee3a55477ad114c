"""At home or out: what an outside door says about the silence that follows it, and about the one that it ends.

A door alone does not say which way somebody went; what came before it does. A door after a silence that began at
the door, or after any long silence, is an arrival; any other may be a departure. In ten homes none of the 25 silences
over ten minutes that followed an arrival was an outing or lasted five hours; of the silences over 45 minutes that
followed a departure, six in ten were outings. So who comes in and is then not seen is at home.
"""

from collections.abc import Mapping
from typing import Any, Final

from models.learners.silence import Gap
from models.localtime import HOUR_S, MINUTE_S, LocalTime
from models.vocabulary import Sensor

DEPARTED: Final = "door"
"""Context: the last sign was an outside door, by which somebody may have left."""

NEAR_DOOR: Final = "doorway"
"""Context: such a door was used within `SOON_S` before the last sign: it may have been passed again unseen."""

ARRIVED: Final = "arrived"
"""Context: the last sign was an outside door, by which somebody came in."""

MAYBE_OUT: Final = frozenset({DEPARTED, NEAR_DOOR})
"""Contexts of silences in which somebody may have left."""

SOON_S: Final = 6 * MINUTE_S
APART_S: Final = 3 * MINUTE_S
"""Openings closer than this are one coming or going."""

LONG_S: Final = 45 * MINUTE_S
"""After a longer silence a door is an arrival, however the silence began."""

RETURN_S: Final = 2 * MINUTE_S
"""A door this soon after the first sign of a return was part of the return."""

_OUT_S: Final = 5 * HOUR_S
"""Who is not seen by day for longer after a departure was out, even if no door was seen at the return."""

_DAY_FROM_S, _DAY_TO_S = 6 * HOUR_S, 21 * HOUR_S
"""Silences that begin by night may be sleep."""

_BY_DOOR: Final = MAYBE_OUT | {ARRIVED}
"""Where no door began it, a door that ends a silence is as likely a visitor's."""

_NONE: Final = -(1 << 62)


class Presence:
    """Follows the outside doors of one stream.

    Args:
        local: the home's local time.
    """

    def __init__(self, local: LocalTime) -> None:
        self._local = local
        self._left_s = _NONE
        self._arriving_until_s = _NONE
        self._ended: Gap | None = None

    def context(self, at_s: int, silence: tuple[int, str] | None, sensor: Sensor, context: str) -> str:
        """What a sign at `at_s` says about the silence that begins with it.

        Args:
            at_s: when it came, in UTC seconds.
            sensor: what saw it.
            silence: seconds of the silence that this sign ended, and its context; None if it was not seen whole.
            context: what the sign says by itself (`silence.context_of`).
        """
        if silence is not None and silence[0] >= LONG_S:
            self._arriving_until_s = at_s + RETURN_S
        if not sensor.is_outside_door:
            return NEAR_DOOR if at_s - self._left_s <= SOON_S else context
        if silence is not None and silence[0] >= APART_S and silence[1] == DEPARTED:
            self._arriving_until_s = at_s
        if at_s > self._arriving_until_s:
            self._left_s = at_s
            return DEPARTED
        self._arriving_until_s = at_s + APART_S
        self._left_s = _NONE
        return ARRIVED

    def arrives(self, until_s: int) -> None:
        """Whoever uses an outside door until `until_s` leaves this person at home, whatever came before."""
        self._arriving_until_s = max(self._arriving_until_s, until_s)

    def ended(self, gap: Gap, sensor: Sensor) -> Gap | None:
        """A silence that `sensor` ended: itself if it is understood, None if it is kept until it is."""
        if gap.end_s - gap.start_s < LONG_S:
            return gap
        if sensor.is_outside_door:
            return self._labelled(gap, door=True)
        self._ended = gap
        return None

    def understood(self, at_s: int, sensor: Sensor) -> Gap | None:
        """The silence that was kept, if this later sign says how it ended."""
        gap = self._ended
        if gap is None:
            return None
        soon = at_s - gap.end_s <= RETURN_S
        if soon and not sensor.is_outside_door:
            return None
        self._ended = None
        return self._labelled(gap, door=soon)

    def _labelled(self, gap: Gap, *, door: bool) -> Gap:
        by_day = _DAY_FROM_S <= self._local.second_of_day(gap.start_s) < _DAY_TO_S
        gone = by_day and gap.context in MAYBE_OUT and gap.end_s - gap.start_s > _OUT_S
        return gap._replace(outing=gone or (door and gap.context in _BY_DOOR))

    def shift(self, by_s: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago."""
        self._left_s += by_s
        self._arriving_until_s += by_s
        self._ended = None

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "left_s": self._left_s,
            "arriving_until_s": self._arriving_until_s,
            "ended": None if self._ended is None else [*self._ended],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said."""
        self._left_s = state["left_s"]
        self._arriving_until_s = state["arriving_until_s"]
        self._ended = None if state["ended"] is None else Gap(*state["ended"])
