"""When is a quiet radio deaf? What is done about silence, as times only.

BlueZ can stop scanning without a word, and a controller can stop hearing; there is only silence. But a home without
neighbours whose one device has gone out with its wearer is silent too, and nothing is wrong with it. So what is done
about silence harms nothing, and deafness is claimed only where silence is unlike this home:

1. after `QUIET_S` without an advert the scan is begun anew (`scanner.py`);
2. after `AGAIN_S` more the adapter is switched off and on: once, and then only if the silence is unlike this home, at
   most once in `CYCLE_EVERY_S`;
3. after `AGAIN_S` more (at once if it was not time for 2) the radio is called deaf, if this process has heard anything
   before, and if the silence has lasted `UNLIKE` times as long as the longest of the last week that ended without our
   doing.
"""

from collections import deque
from enum import Enum
from typing import Final

QUIET_S: Final = 90.0
"""Nearly every home hears some advert every few seconds (a telephone, a television), so 90 s without any is odd; and
BlueZ forgets an unseen device after 180 s, which leaves time for a restart and a second one."""

AGAIN_S: Final = 30.0
"""A fresh scan tells of every device at its first advert, and no device may leave more than 10.24 s between two
(Bluetooth Core, vol 6, part B, 4.4.2.2)."""

CYCLE_EVERY_S: Final = 3600.0
"""An adapter that does not mend by being switched off and on once will not by the tenth time."""

UNLIKE: Final = 2.0
"""A silence of two hours because somebody went shopping makes one of three hours nothing new."""

MENDED_S: Final = 5.0
"""A silence that ends so soon after a scan was begun ended by our doing."""

REMEMBERED_S: Final = 7 * 86_400.0


class Step(Enum):
    """What is to be done about the silence now."""

    NOTHING = 0
    POWER_CYCLE = 1
    GIVE_UP = 2


class Hearing:
    """One radio's hearing, over all attempts of one process. Times are monotonic seconds.

    Attributes:
        is_deaf: called deaf, and nothing was heard since.

    >>> ear = Hearing()
    >>> ear.scan_begun(0.0)
    >>> ear.heard(1.0)
    >>> [ear.next(at_s) for at_s in (90.0, 121.0, 151.0)]
    [<Step.NOTHING: 0>, <Step.POWER_CYCLE: 1>, <Step.GIVE_UP: 2>]
    """

    def __init__(self) -> None:
        self.is_deaf = False
        self._has_heard = False
        self._quiet_since_s: float | None = None
        self._due_s = 0.0
        self._begun_s = 0.0
        self._cycled_s: float | None = None
        self._silences: deque[tuple[float, float]] = deque()

    def scan_begun(self, now_s: float) -> None:
        """A scan has begun, for whatever reason; the first after a rest is where silence counts from."""
        self._begun_s = now_s
        if self._quiet_since_s is None:
            self._quiet_since_s = now_s
            self._due_s = now_s + QUIET_S + AGAIN_S

    def rest(self) -> None:
        """Nobody listens from now on: silence means nothing. What was called deaf stays so until it hears."""
        if not self.is_deaf:
            self._quiet_since_s = None

    def heard(self, now_s: float) -> None:
        """An advert or a payload, anybody's."""
        since_s = self._quiet_since_s
        self._has_heard = True
        self.is_deaf = False
        if since_s is None:
            return
        if now_s - since_s >= QUIET_S and now_s - self._begun_s > MENDED_S:
            self._silences.append((now_s, now_s - since_s))
        self._quiet_since_s = now_s
        self._due_s = now_s + QUIET_S + AGAIN_S

    def due_s(self, now_s: float) -> float:
        """For how long nothing is to be done if nothing is heard, seconds."""
        return QUIET_S if self._quiet_since_s is None else max(0.0, self._due_s - now_s)

    def next(self, now_s: float) -> Step:
        """What is to be done now; who asks does it."""
        if self._quiet_since_s is None or now_s < self._due_s:
            return Step.NOTHING
        is_unlike = self.is_deaf or self._is_unlike_this_home(now_s, self._quiet_since_s)
        if self._cycled_s is None or (is_unlike and now_s - self._cycled_s >= CYCLE_EVERY_S):
            self._cycled_s = now_s
            self._due_s = now_s + AGAIN_S
            return Step.POWER_CYCLE
        self._due_s = now_s + QUIET_S
        if not is_unlike:
            return Step.NOTHING
        self.is_deaf = True
        return Step.GIVE_UP

    def _is_unlike_this_home(self, now_s: float, since_s: float) -> bool:
        while self._silences and now_s - self._silences[0][0] > REMEMBERED_S:
            self._silences.popleft()
        usual_s = max((seconds for _, seconds in self._silences), default=0.0)
        return self._has_heard and now_s - since_s >= UNLIKE * usual_s
