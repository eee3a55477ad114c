"""Coming home: what movement says that somebody is back, and the first days after, which teach nothing.

After a hospital stay the first days matter most (LEARNER): they are compared with how it was before the stay, from the
first hour, and a slow week at home must not become what is usual by lasting.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from models import wording_absence as wording
from models.localtime import DAY_S, HOUR_S, MINUTE_S, LocalTime
from models.signals import Event, Phase
from models.stays import GOES_OFF_ALONE, NOWHERE

BACK_S: Final = 30 * MINUTE_S
"""Movement for so long, in two places, is taken for somebody who is back: a neighbour who waters the plants is gone by
then, and who cleans stands in the configuration as a planned visit."""

STAYED_S: Final = 4 * HOUR_S
"""The same where a visit is planned at the time: cleaning or a delivery takes less, and a window may last all day."""

_PAUSE_S: Final = HOUR_S
"""A longer pause between two signs, and the second one is a new coming."""

_PLACES: Final = 2

_COMINGS: Final = 3
_WITHIN_S: Final = 12 * HOUR_S
"""Who lies in bed between short ways to the bathroom never moves for `BACK_S`: the third coming in two places within
half a day is one of somebody who lives there, for a neighbour comes once or twice."""

APART_DAYS: Final = 14
"""Days after a hospital stay that are set apart: most who go back in go back in within two weeks of coming home."""

LONG_S: Final = 7 * DAY_S
GENTLE_DAYS: Final = 3
"""After longer than a week away the first days teach nothing, for as long as learning in takes (LEARNER: "restart
gently after more than 7 days away")."""

_COMPARED_DAYS: Final = 28
"""Counts halve in three weeks, so four weeks hold most of what is compared with."""


class Stirring:
    """Movement in a home that should be empty.

    Args:
        places: in how many places this home can be seen; where it is one, one must do. What is worn has none.
        visits: whether it is shown what is seen during planned visits, too, so that it must last for longer.
    """

    def __init__(self, places: int, *, visits: bool = False) -> None:
        self.places = places
        self._visits = visits
        self._from_s = 0
        self._last_s = -(1 << 62)
        self._seen: list[str] = []
        self._comings: list[int] = []

    def see(self, event: Event) -> bool:
        """An event; whether somebody has moved about for so long that they are back."""
        sensor, at_s = event.sensor, event.at_ms // 1000
        if (sensor.kind in NOWHERE and self.places) or (event.phase is Phase.OFF and sensor.kind in GOES_OFF_ALONE):
            return False
        if at_s - self._last_s > _PAUSE_S:
            self._from_s, self._seen = at_s, []
        self._last_s = at_s
        if sensor.place not in self._seen:
            self._seen = [*self._seen, sensor.place][:_PLACES]
        if len(self._seen) < min(_PLACES, self.places):
            return False
        if self._visits:
            return at_s - self._from_s >= STAYED_S
        if self._from_s not in self._comings:
            self._comings = [*(one for one in self._comings if at_s - one <= _WITHIN_S), self._from_s]
        return len(self._comings) >= _COMINGS or at_s - self._from_s >= BACK_S

    @property
    def last_s(self) -> int:
        """UTC second at which something was last seen; far in the past if nothing was."""
        return self._last_s

    def state(self) -> list[Any]:
        """Plain JSON."""
        return [self._from_s, self._last_s, list(self._seen), list(self._comings)]

    def restore(self, state: list[Any]) -> None:
        """Take over what `state()` said."""
        self._from_s, self._last_s, seen, comings = state
        self._seen, self._comings = list(seen), list(comings)


class _Back(NamedTuple):
    """The last return, in UTC seconds.

    `before_s`: what was usual before then is what these days are compared with; `apart_s`, `gentle_s`: until when
    nothing is learnt, and until when changes over days are not judged. `hospital`: these are the first days after a
    stay there; `was_hospital`: this return was from it; `early`: it was seen before it was told.
    """

    left_s: int
    back_s: int
    told_s: int
    before_s: int
    apart_s: int
    gentle_s: int
    hospital: bool
    was_hospital: bool
    early: bool


class Homecoming:
    """The last return of the people of one stream, and the first days since."""

    def __init__(self, local: LocalTime) -> None:
        self._local = local
        self._first_s: int | None = None
        self._back: _Back | None = None

    def met(self, at_s: int) -> None:
        """Something was seen of them, at home."""
        if self._first_s is None:
            self._first_s = at_s

    def begin(
        self, left_s: int, back_s: int, told_s: int | None = None, *, hospital: bool, early: bool = False
    ) -> None:
        """Back at `back_s`; if they are `early`, `told_s` is the time until which they were said to be away."""
        told_s = back_s if told_s is None else told_s
        days = APART_DAYS if hospital else GENTLE_DAYS if back_s - left_s > LONG_S else 0
        apart_s = self._local.day_start_s(self._local.day(back_s) + days) if days else back_s
        new = _Back(
            left_s=left_s, back_s=back_s, told_s=told_s, before_s=left_s, apart_s=max(apart_s, told_s),
            gentle_s=back_s if hospital else apart_s, hospital=hospital, was_hospital=hospital, early=early,
        )  # fmt: skip
        old = self._back
        if old is not None and old.hospital and self.lasts(back_s):
            # a weekend away or another stay meanwhile: how it was before the first stay still is what counts
            apart_s = max(old.apart_s, new.apart_s)
            new = new._replace(before_s=old.before_s, apart_s=apart_s, gentle_s=back_s, hospital=True)
        self._back = new

    def unannounced(self, at_s: int) -> None:
        """Home from hospital, though nobody had told of the stay. Told again, it changes nothing."""
        back = self._back
        if back is None or not back.hospital or back.early or not self.lasts(at_s):
            self.begin(at_s, at_s, hospital=True)

    def lasts(self, at_s: int) -> bool:
        """Whether `at_s` lies in the days that teach nothing."""
        return self._back is not None and at_s < self._back.apart_s

    def is_gentle(self, at_s: int) -> bool:
        """Whether `at_s` lies in the days on which changes over days are not judged."""
        return self._back is not None and at_s < self._back.gentle_s

    def lines(self, from_s: int, at_s: int) -> list[str]:
        """What there is to say of the time between two UTC seconds."""
        back = self._back
        if back is None:
            return []
        said = []
        if from_s <= back.back_s and back.left_s < back.back_s:
            span = {"left_s": back.left_s, "back_s": back.back_s}
            said = [wording.back(local=self._local, **span, early=back.early, hospital=back.was_hospital)]
        if (back.hospital and self.lasts(at_s)) or self.is_gentle(at_s):
            said.append(self._first_days(back))
        return said

    def notes(self, at_s: int) -> list[str]:
        """What goes with an alert at `at_s`."""
        back = self._back
        if back is None:
            return []
        said = [self._first_days(back)] if back.hospital and self.lasts(at_s) else []
        if at_s < back.told_s:
            said.append(wording.early_note(local=self._local, until_s=back.told_s, back_s=back.back_s, at_s=at_s))
        return said

    def _first_days(self, back: _Back) -> str:
        known = 0 if self._first_s is None else (back.before_s - self._first_s) // DAY_S
        return wording.first_days(known_days=min(known, _COMPARED_DAYS), hospital=back.hospital)

    def shift(self, by_s: int) -> None:
        """The clock was stepped: what happened `x` ago still happened `x` ago; the hour that was told stays."""
        if self._first_s is not None:
            self._first_s += by_s
        if self._back is not None:
            at = {name: getattr(self._back, name) + by_s for name in ("left_s", "back_s", "before_s")}
            until = {name: getattr(self._back, name) + by_s for name in ("apart_s", "gentle_s")}
            self._back = self._back._replace(**at, **until)

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"first_s": self._first_s, "back": None if self._back is None else list(self._back)}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said."""
        self._first_s = state["first_s"]
        self._back = None if state["back"] is None else _Back(*state["back"])
