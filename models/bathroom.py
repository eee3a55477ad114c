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
"""While less than two weeks are known, a limit may be passed by chance once in two hundred days."""

_LONGEST_OF_S: Final = 14 * DAY_S

DAY: Final = "/day"
NIGHT: Final = "/night"
GLIMPSE: Final = "/glimpse"
_NIGHT_FROM_S: Final = 22 * HOUR_S
_NIGHT_TO_S: Final = 7 * HOUR_S

_UNSEEN_DAYS: Final = 30
_UNSEEN_TIMES: Final = 2
"""A home in which the bathroom was twice in a month left without being seen cannot claim that somebody is in
there, in that part of the day."""

_SURELY_IN_MS: Final = 30 * MINUTE_S * 1000
_PAUSE_MS: Final = 15 * MINUTE_S * 1000
"""Whoever has moved in there for so long, without a longer pause, has not left without being seen."""

_STEADY_MS: Final = 7 * MINUTE_S * 1000
"""Without the sensors that would see the leaving: nobody goes to bed and comes back within so short pauses."""

_QUIET_MS: Final = CEILING_S * 500
"""Nothing for so long, and then a sign elsewhere: nobody can tell when they had left."""

_GLIMPSE_MS: Final = 75_000
"""A motion sensor that has gone off rests for a minute (61 s in ten homes). Who is back within that time walks
past sensors that do not wake up. Of 980 nightly looks into the bathroom so soon after a sign elsewhere 12 were
followed by 90 minutes of nothing; of 1,600 later ones, by somebody who had been seen coming, one."""

_CAME_SEEN_MS: Final = 20 * MINUTE_S * 1000
"""Who was not seen on the way there for so long may go unseen as well."""

_PROVEN: Final = 30
"""Nightly glimpses whose leaving was seen, before one is taken for a stay: about two weeks of nights."""

_REST_MS: Final = HOUR_S * 1000
_ROSE_MS: Final = 15 * MINUTE_S * 1000
"""Who had got up for it, a quiet hour ended minutes before, is believed from the first night on."""


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
        self._longest: list[tuple[int, int]] = []
        self._unseen: dict[str, list[int]] = {}
        self._proven = 0
        self._sign_ms = 0
        self._rose_ms = 0
        self._elsewhere_ms = 0
        self._moving_from_ms = 0
        self._steady_from_ms = 0
        self._moved_ms = 0
        self._pause_ms = 0

    def sign(self, at_ms: int) -> None:
        """Any sign of life, anywhere."""
        if at_ms - self._sign_ms >= _REST_MS:
            self._rose_ms = at_ms
        self._sign_ms = at_ms

    def elsewhere(self, at_ms: int) -> None:
        """Somebody was seen, but not in the bathroom."""
        self._elsewhere_ms = at_ms

    def moved(self, at_ms: int) -> None:
        """Something moved in the bathroom."""
        pause_ms = at_ms - self._moved_ms
        if pause_ms > _PAUSE_MS:
            self._moving_from_ms = at_ms
        if pause_ms > _STEADY_MS:
            self._steady_from_ms = at_ms
        came = self._elsewhere_ms >= self._moved_ms
        self._pause_ms = 0 if came else max(self._pause_ms, pause_ms)
        self._moved_ms = at_ms

    def limit_s(self, start_ms: int, last_ms: int) -> int | None:
        """The length at which a stay is too long; None while it cannot be told from having left unseen.

        Args:
            start_ms: when it began.
            last_ms: when something in the bathroom last moved.
        """
        start_s = start_ms // 1000
        if not self.surely_in(start_ms) and not self._would_be_seen(start_ms, last_ms):
            return None
        limit_s = self._stay.limit_s()
        longest = [pair for pair in self._longest if pair[0] >= start_s - _LONGEST_OF_S]
        if limit_s is None or not longest:
            return CEILING_S
        learnt_s = max(FLOOR_S, max(length_s for _, length_s in longest) + MARGIN_S)
        if longest[0][0] > start_s - _LONGEST_OF_S + DAY_S:
            learnt_s = max(learnt_s, limit_s)
        return min(CEILING_S, learnt_s)

    def _would_be_seen(self, start_ms: int, last_ms: int) -> bool:
        """Whether somebody who had left again would have been seen elsewhere by now."""
        start_s = start_ms // 1000
        part = part_of(self._local, start_s)
        if not self._is_doubtful(start_ms, last_ms):
            return BATHROOM + part not in self.abstains(start_s)
        if not self._can_see_leaving or self._unseen_lately(GLIMPSE, start_s):
            return False
        got_up = start_ms - self._rose_ms <= _ROSE_MS and start_ms - self._elsewhere_ms <= _CAME_SEEN_MS
        return got_up or self._proven >= _PROVEN

    def _is_doubtful(self, start_ms: int, last_ms: int) -> bool:
        """Whether, at night, somebody was in there so shortly, or came so unseen, that they may be in bed again."""
        glimpse = last_ms - self._elsewhere_ms <= _GLIMPSE_MS
        came_unseen = start_ms - self._elsewhere_ms > _CAME_SEEN_MS
        return part_of(self._local, start_ms // 1000) == NIGHT and (glimpse or came_unseen)

    def surely_in(self, start_ms: int) -> bool:
        """Whether somebody has moved in there, since `start_ms`, for too long to have left unseen."""
        return self._can_see_leaving and self._moved_ms - max(self._moving_from_ms, start_ms) >= _SURELY_IN_MS

    def goes_on(self, start_ms: int, at_ms: int) -> bool:
        """The same, with so short pauses, and so lately, that no sensor elsewhere is needed to say so."""
        steady = self._moved_ms - max(self._steady_from_ms, start_ms) >= _SURELY_IN_MS
        return steady and self.surely_in(start_ms) and at_ms - self._moved_ms <= _PAUSE_MS

    def ended(self, start_ms: int, last_ms: int, end_ms: int) -> None:
        """A stay is over: its person was seen elsewhere at `end_ms`, of which `elsewhere` is told afterwards."""
        start_s, end_s = start_ms // 1000, end_ms // 1000
        doubtful, quiet_ms = self._is_doubtful(start_ms, last_ms), end_ms - last_ms
        if quiet_ms <= _QUIET_MS:
            self._stay.learn_one(Dwell(start_s, end_s))
        if end_s - start_s <= CEILING_S:
            self._longest = _with_longest(self._longest, start_s, end_s - start_s)
        if doubtful and quiet_ms <= _QUIET_MS:
            self._proven = min(self._proven + 1, _PROVEN)
        elif doubtful:
            self._unseen[GLIMPSE] = [end_s]
        elif end_s - start_s > CEILING_S and max(quiet_ms, self._pause_ms) > _QUIET_MS:
            part = part_of(self._local, start_s)
            self._unseen[part] = [*self._unseen.get(part, []), end_s][-_UNSEEN_TIMES:]

    def _unseen_lately(self, way: str, at_s: int) -> bool:
        return any(unseen_s > at_s - _UNSEEN_DAYS * DAY_S for unseen_s in self._unseen.get(way, [])[:1])

    def abstains(self, at_s: int) -> list[str]:
        """When this home cannot tell that somebody is still in there: ``"bathroom/night"``."""
        if not self._can_see_leaving:
            return [BATHROOM + DAY, BATHROOM + NIGHT]
        found = [
            BATHROOM + part
            for part in (DAY, NIGHT)
            if len(self._unseen.get(part, [])) >= _UNSEEN_TIMES and self._unseen_lately(part, at_s)
        ]
        doubted = self._unseen_lately(GLIMPSE, at_s) or self._proven < _PROVEN
        if doubted and self._stay.known and BATHROOM + NIGHT not in found:
            found.append(BATHROOM + GLIMPSE)
        return found

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
        self._longest = [(at_s + by_s, length_s) for at_s, length_s in self._longest]
        self._sign_ms += by_ms
        self._rose_ms += by_ms
        self._elsewhere_ms += by_ms
        self._moving_from_ms += by_ms
        self._steady_from_ms += by_ms
        self._moved_ms += by_ms

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "stay": self._stay.state(),
            "longest": [list(pair) for pair in self._longest],
            "unseen": dict(sorted(self._unseen.items())),
            "proven": self._proven,
            "sign_ms": self._sign_ms,
            "rose_ms": self._rose_ms,
            "elsewhere_ms": self._elsewhere_ms,
            "moving_ms": [self._moving_from_ms, self._steady_from_ms, self._moved_ms, self._pause_ms],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said."""
        self._stay = Stay.from_state(state["stay"])
        self._longest = [(at_s, length_s) for at_s, length_s in state["longest"]]
        self._unseen = {way: list(times) for way, times in state["unseen"].items()}
        self._proven = state["proven"]
        self._sign_ms = state["sign_ms"]
        self._rose_ms = state["rose_ms"]
        self._elsewhere_ms = state["elsewhere_ms"]
        self._moving_from_ms, self._steady_from_ms, self._moved_ms, self._pause_ms = state["moving_ms"]


def _with_longest(longest: list[tuple[int, int]], start_s: int, length_s: int) -> list[tuple[int, int]]:
    """The longest stay of each of the last two weeks' days, with one more."""
    if longest and start_s - longest[-1][0] < DAY_S and longest[-1][0] // DAY_S == start_s // DAY_S:
        return [*longest[:-1], max(longest[-1], (start_s, length_s), key=lambda pair: pair[1])]
    return [pair for pair in longest if pair[0] > start_s - _LONGEST_OF_S - DAY_S] + [(start_s, length_s)]
