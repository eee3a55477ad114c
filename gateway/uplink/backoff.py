"""How long to leave the provider alone after a failure: capped exponential backoff with full jitter.

The method is "full jitter" of the AWS Architecture Blog ("Exponential Backoff And Jitter", M. Brooker, 2015):
a uniform draw between zero and the capped exponential, so that homes that lost the same provider at the same
moment do not come back at the same moment.
"""

from collections.abc import Callable
from typing import Final

FIRST_S: Final = 2.0
ALERT_CAP_S: Final = 60.0
"""An alert that waits is tried at least this often (RELIABILITY, fault 18)."""

CAP_S: Final = 15 * 60.0
"""For everything else: as rare as the heartbeat, well under the hour after which the desk raises its alarm."""

_MOST_DOUBLINGS: Final = 16


class Backoff:
    """The wait after a row of failures. It is a number, not a sleep: an alert that comes meanwhile shortens it.

    Args:
        draw: a uniform random number in [0, 1), such as ``random.Random(seed).random``.

    >>> backoff = Backoff(lambda: 0.5)
    >>> for _ in range(10):
    ...     backoff.failed()
    >>> backoff.wait_s(alert=False), backoff.wait_s(alert=True)
    (450.0, 30.0)
    """

    def __init__(self, draw: Callable[[], float]) -> None:
        self._draw = draw
        self._failures = 0
        self._share = 0.0
        self._asked_s = 0.0

    def failed(self, retry_after_s: float | None = None) -> None:
        """Count a failure; `retry_after_s` is what the provider asked for."""
        self._failures += 1
        self._share = self._draw()
        self._asked_s = retry_after_s or 0.0

    def succeeded(self) -> None:
        """Forget the failures."""
        self._failures = 0
        self._asked_s = 0.0

    def wait_s(self, *, alert: bool) -> float:
        """Seconds from the last failure to the next try; `alert` says whether an alert waits.

        What the provider asks for is obeyed up to the same cap: no answer of a server can keep an alert
        at home for longer than a minute.
        """
        if not self._failures:
            return 0.0
        cap_s = ALERT_CAP_S if alert else CAP_S
        ceiling_s = min(cap_s, FIRST_S * 2.0 ** min(self._failures - 1, _MOST_DOUBLINGS))
        return max(self._share * ceiling_s, min(self._asked_s, cap_s))
