"""What is believed of a stay in the bathroom: from when it is too long, and when it cannot be judged.

Ninety minutes always count (ALERTS, rule 6). Before that, longer than this person's longest of the last two
weeks by a margin. But a sensor only sees somebody pass: people go to bed past the bathroom, past sensors that do
not wake up. What cannot be told apart from that is not claimed, and the weekly summary says so.
"""

from collections.abc import Mapping
from typing import Any, Final

from models.learners.stay import Dwell, Stay
from models.localtime import DAY_S, HOUR_S, MINUTE_S, LocalTime
from models.vocabulary import BATHROOM

CEILING_S: Final = 90 * MINUTE_S
"""In the bathroom, always; what is learnt may only be earlier."""

FLOOR_S: Final = 45 * MINUTE_S
"""Below this, a long stay is not worth anybody's telephone call, however regular the person is."""

MARGIN_S: Final = 25 * MINUTE_S
BUDGET_PER_DAY: Final = 0.005
"""A learnt limit may be passed by chance once in two hundred days: it is an urgent alert."""

_LONGEST_OF_S: Final = 14 * DAY_S

DAY: Final = "/day"
NIGHT: Final = "/night"
_NIGHT_FROM_S: Final = 22 * HOUR_S
_NIGHT_TO_S: Final = 7 * HOUR_S

_UNSEEN_DAYS: Final = 30
_UNSEEN_TIMES: Final = 2
"""A home in which the bathroom was twice in a month left without being seen cannot claim that somebody is in
there, in that part of the day."""

_SURELY_IN_MS: Final = 30 * MINUTE_S * 1000
_PAUSE_MS: Final = 15 * MINUTE_S * 1000
"""Whoever has moved in there for so long, without a longer pause, has not left without being seen."""

_GLIMPSE_MS: Final = 20_000
_REST_MS: Final = HOUR_S * 1000
_ROSE_MS: Final = 15 * MINUTE_S * 1000
"""One glimpse at night is a stay only if its person had got up for it: a quiet hour ended minutes before."""


def part_of(local: LocalTime, at_s: int) -> str:
    """`NIGHT` from 22:00 to 07:00, else `DAY`."""
    second = local.second_of_day(at_s)
    return NIGHT if second >= _NIGHT_FROM_S or second < _NIGHT_TO_S else DAY


class Bathroom:
    """The bathroom stays of one person.

    Args:
        can_see_leaving: whether the home has enough other sensors to notice that somebody left.
    """

    def __init__(self, local: LocalTime, *, can_see_leaving: bool) -> None:
        self._local = local
        self._can_see_leaving = can_see_leaving
        self._stay = Stay(budget_per_day=BUDGET_PER_DAY)
        self._unseen: dict[str, list[int]] = {}
        self._sign_ms = 0
        self._rose_ms = 0
        self._moving_from_ms = 0
        self._moved_ms = 0

    def moved(self, at_ms: int) -> None:
        """Something moved in the bathroom."""
        if at_ms - self._moved_ms > _PAUSE_MS:
            self._moving_from_ms = at_ms
        self._moved_ms = at_ms

    def sign(self, at_ms: int) -> None:
        """Any sign of life, anywhere."""
        if at_ms - self._sign_ms >= _REST_MS:
            self._rose_ms = at_ms
        self._sign_ms = at_ms

    def limit_s(self, start_ms: int, last_ms: int) -> int | None:
        """The length at which a stay is too long; None while it cannot be told from a passing glimpse.

        Args:
            start_ms: when it began.
            last_ms: when something in the bathroom last moved.
        """
        start_s = start_ms // 1000
        part = part_of(self._local, start_s)
        moved_ms = last_ms - start_ms
        if not self.surely_in(start_ms) and BATHROOM + part in self.abstains(start_s):
            return None
        if part == NIGHT and moved_ms < _GLIMPSE_MS and start_ms - self._rose_ms > _ROSE_MS:
            return None
        longest_s, limit_s = self._stay.longest_s(start_s - _LONGEST_OF_S), self._stay.limit_s()
        if longest_s is None or limit_s is None:
            return CEILING_S
        return min(CEILING_S, max(FLOOR_S, longest_s + MARGIN_S, limit_s))

    def surely_in(self, start_ms: int) -> bool:
        """Whether somebody has moved in there, since `start_ms`, for too long to have left unseen."""
        return self._can_see_leaving and self._moved_ms - max(self._moving_from_ms, start_ms) >= _SURELY_IN_MS

    def ended(self, start_ms: int, last_ms: int, end_ms: int) -> None:
        """A stay is over: its person was seen elsewhere at `end_ms`. Learnt, unless the leaving went unseen."""
        if end_ms - last_ms <= CEILING_S * 500:
            self._stay.learn_one(Dwell(start_ms // 1000, end_ms // 1000))
        elif end_ms - start_ms > CEILING_S * 1000:
            part = part_of(self._local, start_ms // 1000)
            self._unseen[part] = [*self._unseen.get(part, []), end_ms // 1000][-_UNSEEN_TIMES:]

    def abstains(self, at_s: int) -> list[str]:
        """When this home cannot tell that somebody is still in there: ``"bathroom/night"``."""
        if not self._can_see_leaving:
            return [BATHROOM + DAY, BATHROOM + NIGHT]
        return sorted(
            BATHROOM + part
            for part, times in self._unseen.items()
            if len(times) >= _UNSEEN_TIMES and times[0] > at_s - _UNSEEN_DAYS * DAY_S
        )

    def usual_s(self) -> int | None:
        """The length that nine in ten stays keep under; None while too few are known."""
        return self._stay.usual_s()

    @property
    def known(self) -> int:
        """How many stays this is learnt from."""
        return self._stay.known

    def shift(self, by_ms: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago."""
        by_s = round(by_ms / 1000)
        self._stay.shift(by_s)
        self._unseen = {part: [at_s + by_s for at_s in times] for part, times in self._unseen.items()}
        self._sign_ms += by_ms
        self._rose_ms += by_ms
        self._moving_from_ms += by_ms
        self._moved_ms += by_ms

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "stay": self._stay.state(),
            "unseen": dict(sorted(self._unseen.items())),
            "sign_ms": self._sign_ms,
            "rose_ms": self._rose_ms,
            "moving_ms": [self._moving_from_ms, self._moved_ms],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said."""
        self._stay = Stay.from_state(state["stay"])
        self._unseen = {part: list(times) for part, times in state["unseen"].items()}
        self._sign_ms = state["sign_ms"]
        self._rose_ms = state["rose_ms"]
        self._moving_from_ms, self._moved_ms = state["moving_ms"]
