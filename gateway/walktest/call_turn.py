"""The turn of a help button: the desk is told, the button is pressed, and a person at the desk answers.

Nothing here hides or answers a call. The alert is the real one, as loud as ever; beside it the desk says that a
technician has announced a test, so that whoever answers knows to ask.
"""

import time
from collections.abc import Callable

from gateway.walktest.desk_side import Call, DeskSide
from gateway.walktest.forms import CallProof
from gateway.walktest.scope import Item
from gateway.walktest.turn import Packets, Turn
from gateway.walktest.wish import CALL_S


class CallTurn(Turn):
    """One help button.

    Args:
        item, packets: as of any sensor.
        announce: has the desk be told that a test comes.
        utc_s: the wall clock.

    Attributes:
        announced_s: when the test was announced (UTC seconds); None before.
    """

    def __init__(
        self, item: Item, packets: Packets, announce: Callable[[], None], utc_s: Callable[[], float] = time.time
    ) -> None:
        super().__init__(item, packets)
        self.announced_s: int | None = None
        self._announce = announce
        self._utc_s = utc_s
        self._desk_knows = False
        self._call: Call | None = None
        self._pressed_utc_s: int | None = None

    def announce(self) -> None:
        """The technician says that the test comes now."""
        self._announce()
        self.announced_s = int(self._utc_s())
        self._desk_knows = False

    def take(self, value: float, at_s: float) -> None:
        """It was pressed. Before the desk was told this is a call like any, and no part of the test."""
        if self._desk_knows:
            super().take(value, at_s)
            if self._pressed_utc_s is None:
                self._pressed_utc_s = int(self._utc_s())

    def look(self, desk: DeskSide) -> None:
        """See how far it has come."""
        if self.announced_s is not None and self._pressed_utc_s is None:
            self._let_go(self.announced_s)
        if self.announced_s is None:
            return
        if not self._desk_knows:
            self._desk_knows = desk.confirmed_heartbeat(self.announced_s, test_call=True) is not None
        if self._pressed_utc_s is not None:
            assert self.item.calls is not None
            self._call = desk.call(self.item.calls, self._pressed_utc_s - 2)

    def _let_go(self, announced_s: int) -> None:
        """What was announced for so long is announced no more: at the desk a press would be a call like any."""
        if not 0 <= self._utc_s() - announced_s < CALL_S:
            self.announced_s, self._desk_knows = None, False

    @property
    def waits_for_a_person(self) -> bool:
        """Whether the desk has it, and nobody there has answered: what they say comes back with a heartbeat."""
        return self._call is not None and self._call.at_the_desk_s is not None and self._call.acknowledged_s is None

    def missing(self, now_s: float) -> str:
        """What is still missing, as what is waited for."""
        if self.announced_s is None:
            return "tell the care worker on duty by telephone that a test comes; then t, which tells the desk, too"
        if not self._desk_knows:
            return "waiting for the desk to confirm that a test was announced"
        if not self.is_seen:
            return "the desk knows that a test comes: press the button now"
        if self._call is None:
            return "press seen; waiting for the alert to be raised"
        if self._call.at_the_desk_s is None:
            return "alert raised; waiting for the desk's receipt"
        if self._call.acknowledged_s is None:
            return 'at the desk; waiting for a person there to press "I am seeing to it" (this may take a while)'
        return super().missing(now_s)

    def call(self) -> CallProof | None:
        """The way that it went."""
        done = self._call
        if done is None or done.at_the_desk_s is None or done.acknowledged_s is None:
            return None
        at_s = done.raised_s
        return CallProof(
            alert_id=done.alert_id,
            at_the_desk_s=max(0, done.at_the_desk_s - at_s),
            acknowledged_s=max(0, done.acknowledged_s - at_s),
        )
