"""Who is away from home, as people have told it: away until a time, in hospital, and the first days back.

Nobody is unwatched without end: every absence ends by what is told, by its time, after `LONGEST_S`, or when somebody
moves about the home for so long that it can hardly be a caller. Being watched is what is doubted last.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from models import wording_absence as wording
from models.claims import Claim, Ending, Opening
from models.homecoming import Homecoming, Stirring
from models.kinds import AlertKind, Severity
from models.localtime import DAY_S, LocalTime
from models.signals import NEVER, Event
from models.told import Telling, Told
from models.vocabulary import HOUSEHOLD

LONGEST_S: Final = 60 * DAY_S
"""No absence lasts longer without being told again: a word that nobody took back must not leave a person unwatched."""

LATE_H: Final = 4
"""Waking hours after the time of return until somebody is told that nobody was seen: plans slip by an hour or two,
and it is half of what a home may be silent (ALERTS, rule 6)."""

ENDED: Final = (
    AlertKind.INACTIVITY, AlertKind.NOT_HOME, AlertKind.LONG_STAY, AlertKind.LATE_START, AlertKind.NIGHT_EXIT,
    AlertKind.OUT_OF_BED,
)  # fmt: skip
"""Alerts about what somebody does at home, now: over when they are said to be elsewhere. A pressed button is not."""


class Gone(NamedTuple):
    """One person's absence, in UTC seconds."""

    since_s: int
    until_s: int
    hospital: bool


class Absence:
    """The absences of the people of one stream.

    Args:
        people: who they are; the stream is empty when all of them are gone.
        places: in how many places this stream can be seen.
        tells: whether it may be told that somebody who was expected back is not seen (`not_home`).
        ceiling_s: the UTC second at which so many waking hours have passed since a UTC second.

    Attributes:
        due_ms: when to call `pass_time` (UTC, ms); NEVER while nobody is gone.
    """

    def __init__(
        self, resident: str, people: Iterable[str], places: int, local: LocalTime,
        ceiling_s: Callable[[int, int], int], *, tells: bool,
    ) -> None:  # fmt: skip
        self.resident = resident
        self.due_ms = NEVER
        self._people = tuple(people)
        self._local = local
        self._ceiling_s = ceiling_s
        self._tells = tells
        self._gone: dict[str, Gone] = {}
        self._late_s: int | None = None
        self._is_open = False
        self._places = places
        self._begin_looking()
        self.homecoming = Homecoming(local)

    def _begin_looking(self) -> None:
        self._stirring = Stirring(self._places)
        self._staying = Stirring(self._places, visits=True)

    @property
    def is_empty(self) -> bool:
        """Whether all of them are gone, so that nothing is judged."""
        return bool(self._gone) and len(self._gone) == len(self._people)

    @property
    def is_partly(self) -> bool:
        """Whether some of several are gone, so that habits are not those of all."""
        return bool(self._gone) and not self.is_empty

    def told(self, told: Told, at_s: int, value: float) -> list[Claim]:
        """Somebody is away until `value`, in hospital (1), or back (0, or a time that is past).

        Whatever is told last holds. Home ends every absence, for to be watched is what does no harm.
        """
        if not math.isfinite(value):
            return []
        for who in self._people if told.resident == HOUSEHOLD else {told.resident} & set(self._people):
            self._tell(who, told.what, at_s, value)
        self._wait()
        if not (self._is_open and self.is_empty and self._late_s is None):
            return []
        self._is_open = False
        return [Ending(self.resident, AlertKind.NOT_HOME, at_s, self._where())]

    def _tell(self, who: str, what: Telling, at_s: int, value: float) -> None:
        known = self._gone.get(who)
        longest_s = at_s + LONGEST_S
        until_s = min(int(value), longest_s) if what is Telling.AWAY else longest_s if value > 0 else 0
        if until_s > at_s:
            hospital = what is Telling.HOSPITAL or (known is not None and known.hospital)
            self._gone[who] = Gone(at_s if known is None else known.since_s, until_s, hospital)
        elif known is not None:
            self._end(who, at_s, early=False)
        elif what is Telling.HOSPITAL:
            self.homecoming.unannounced(at_s)
            return
        else:
            return
        self._late_s = None

    def _end(self, who: str, at_s: int, *, early: bool) -> None:
        gone = self._gone.pop(who)
        told_s = gone.until_s if early and not gone.hospital else None
        self.homecoming.begin(gone.since_s, at_s, told_s, hospital=gone.hospital, early=early)

    def _wait(self) -> None:
        """Until the first of them is expected back, or, if they are late, until that is told."""
        if self._late_s is None:
            until_s = [gone.until_s for gone in self._gone.values()]
            self.due_ms = min(until_s) * 1000 if until_s else NEVER

    def see(self, event: Event, *, visit: bool) -> bool:
        """An event while the stream is empty; True if somebody is taken to be back with it."""
        at_s = event.at_ms // 1000
        stays = self._staying.see(event)  # or else a window that lasts all day would hide them for ever
        if not (stays or (not visit and (self._late_s is not None or self._stirring.see(event)))):
            return False
        early = self._late_s is None
        # who of several has come cannot be told; a time of return that is yet to come holds if another's is past
        for who, gone in sorted(self._gone.items()):
            if early or gone.until_s <= at_s:
                self._end(who, at_s, early=early)
        self._late_s = None
        self._wait()
        return True

    def pass_time(self, now_s: int, coverage: Callable[[int], str]) -> list[Claim]:
        """Called when `due_ms` has come: somebody is expected back, or has been for long.

        Where nobody would be told that they are not seen, they count as back from the hour that was told.
        """
        due = [who for who, gone in sorted(self._gone.items()) if gone.until_s <= now_s]
        if not (self.is_empty and self._tells and (due or self._late_s is not None)):
            for who in due:
                self._end(who, now_s, early=False)
            self._late_s = None
            self._wait()
            return []
        if self._late_s is None:
            self._late_s = max(self._gone[who].until_s for who in due)
            self.due_ms = max(self._ceiling_s(self._late_s, LATE_H), now_s + 1) * 1000
            return []
        self.due_ms = NEVER
        self._is_open = True
        evidence = wording.expected(
            local=self._local, left_s=min(gone.since_s for gone in self._gone.values()), until_s=self._late_s,
            at_s=now_s, hours=LATE_H, coverage=coverage(now_s),
        )  # fmt: skip
        return [Opening(self.resident, AlertKind.NOT_HOME, Severity.ATTENTION, self._late_s, now_s, evidence)]

    def left(self, at_s: int) -> list[Claim]:
        """The stream is empty from `at_s` on: what was open of it has ended."""
        self._begin_looking()
        return [Ending(self.resident, kind, at_s, self._where()) for kind in ENDED]

    def _where(self) -> str:
        return wording.told_away(hospital=any(gone.hospital for gone in self._gone.values()))

    def returned(self, at_s: int) -> list[Claim]:
        """The stream is not empty any more."""
        was_open, self._is_open = self._is_open, False
        text = wording.seen_back(local=self._local, at_s=at_s)
        return [Ending(self.resident, AlertKind.NOT_HOME, at_s, text)] if was_open else []

    def teaches(self, at_s: int) -> bool:
        """Whether what is seen at `at_s` may become what is usual."""
        return not self._gone and not self.homecoming.lasts(at_s)

    def lines(self, from_s: int, at_s: int) -> list[str]:
        """What there is to say of the time between two UTC seconds."""
        said = self.homecoming.lines(from_s, at_s)
        if self._late_s is not None:
            return [*said, wording.not_back(local=self._local, until_s=self._late_s)]
        if self.is_empty and self._staying.last_s >= from_s:
            said.append(wording.too_little(local=self._local, last_s=self._staying.last_s))
        for who, gone in sorted(self._gone.items()):
            if self.is_partly:
                said.append(wording.one_away(who=who))
            else:
                whom = HOUSEHOLD if len(self._people) == 1 else who
                said.append(wording.away(local=self._local, who=whom, **gone._asdict()))
        return said

    def shift(self, at_s: int, by_s: int) -> None:
        """The clock was stepped by `by_s` and now says `at_s`: they left `x` ago; the hour that was told stays."""
        limit_s = at_s + LONGEST_S
        for who, gone in self._gone.items():
            self._gone[who] = gone._replace(since_s=gone.since_s + by_s, until_s=min(gone.until_s, limit_s))
        self._begin_looking()
        self.homecoming.shift(by_s)
        if self._late_s is not None and self.due_ms != NEVER:
            self.due_ms = min(self.due_ms, self._ceiling_s(at_s, LATE_H) * 1000)
        self._wait()

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "due_ms": None if self.due_ms == NEVER else self.due_ms,
            "gone": {who: list(gone) for who, gone in sorted(self._gone.items())},
            "late_s": self._late_s,
            "is_open": self._is_open,
            "stirring": self._stirring.state(),
            "staying": self._staying.state(),
            "homecoming": self.homecoming.state(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said; who does not live here any more is nobody's absence."""
        self.due_ms = NEVER if state["due_ms"] is None else state["due_ms"]
        self._gone = {who: Gone(*gone) for who, gone in state["gone"].items() if who in self._people}
        self._late_s = state["late_s"]
        self._is_open = state["is_open"]
        if len(self._gone) < len(state["gone"]):
            self._late_s, self.due_ms = None, 0
        self._stirring.restore(state["stirring"])
        self._staying.restore(state["staying"])
        self.homecoming.restore(state["homecoming"])
