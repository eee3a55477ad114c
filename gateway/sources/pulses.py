"""Pulses of a flow meter or a vibration sensor, gathered into draws of water: tens a second in, two edges out.

The first pulses open a draw and a pause closes it. Nothing is journalled pulse by pulse: at 450 pulses a litre a bath
would be 70,000 rows.
"""

from typing import Final, NamedTuple

QUIET_S: Final = 3.0
"""A tap that runs turns a flow meter of 100 pulses a litre or more several times a second, even at a trickle."""

LEAST: Final = 2
"""A single pulse is a shock in the pipe, or the mains on a long cable."""


class Draw(NamedTuple):
    """A draw that began (`pulses` is None) or ended, at `at_s` (monotonic seconds) and with so many pulses."""

    at_s: float
    pulses: int | None


class Draws:
    """The draws of one line. Not locked: its owner is.

    Args:
        quiet_s: a draw has ended when no pulse came for so long.
        least: how many pulses make a draw; fewer, and then a pause, are none.
        apart_s: a pulse sooner than this after the one before is its bounce.

    Attributes:
        is_open: whether a draw is going on.

    >>> draws = Draws(quiet_s=3.0, least=2)
    >>> [draws.pulse(at_s) for at_s in (10.0, 10.5, 11.0)], draws.passed(13.9), draws.passed(14.0)
    ([[], [Draw(at_s=10.5, pulses=None)], []], [], [Draw(at_s=14.0, pulses=3)])
    """

    def __init__(self, *, quiet_s: float = QUIET_S, least: int = LEAST, apart_s: float = 0.0) -> None:
        self._quiet_s = quiet_s
        self._least = least
        self._apart_s = apart_s
        self._pulses = 0
        self._last_s = 0.0
        self.is_open = False

    def pulse(self, at_s: float) -> list[Draw]:
        """A pulse at `at_s`, not before the one before; what follows from it, in order."""
        news = self.passed(at_s)
        if self._pulses and at_s - self._last_s < self._apart_s:
            return news
        self._pulses += 1
        self._last_s = at_s
        if not self.is_open and self._pulses >= self._least:
            self.is_open = True
            news.append(Draw(at_s, None))
        return news

    def passed(self, now_s: float) -> list[Draw]:
        """Time has passed until `now_s`: the end of the draw, if it has ended. It carries the moment it was due."""
        due_s = self._last_s + self._quiet_s
        if not self._pulses or now_s < due_s:
            return []
        ended = [Draw(due_s, self._pulses)] if self.is_open else []
        self._pulses = 0
        self.is_open = False
        return ended
