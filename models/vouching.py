"""Sensors that anybody near can imitate: what they say counts only where one that nobody can says something, too.

A radio sensor without a key is such a one (RELIABILITY, row 14: unauthenticated data alone neither raises nor clears an
alert). Somebody in the street who makes up a door that opens must not be able to keep a silence from being told, nor
to end one; but in a home that is seen to be lived in, an open fridge is an open fridge.
"""

from typing import Final

from models.localtime import MINUTE_S
from models.signals import Event
from models.whose import SIGNS_OF_LIFE, is_sign

VOUCHED_S: Final = 10 * MINUTE_S
"""So long after a sign of life that cannot be imitated, those that can be are believed: about the time for which
somebody who walks through a room is still about."""


class Vouching:
    """What one stream believes of its weak sensors."""

    def __init__(self) -> None:
        self._sign_ms: int | None = None

    def believes(self, event: Event) -> bool:
        """Whether `event` counts; one that cannot be imitated always does, and vouches for what follows it."""
        if event.sensor.weak:
            return self._sign_ms is not None and 0 <= event.at_ms - self._sign_ms <= VOUCHED_S * 1000
        if event.sensor.kind in SIGNS_OF_LIFE and is_sign(event):
            self._sign_ms = event.at_ms
        return True

    def shift(self, by_ms: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago."""
        if self._sign_ms is not None:
            self._sign_ms += by_ms

    def state(self) -> int | None:
        """Plain JSON."""
        return self._sign_ms

    def restore(self, state: int | None) -> None:
        """Take over what `state()` said."""
        self._sign_ms = state
