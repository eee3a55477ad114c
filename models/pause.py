"""Pause: a resident does not want to be learnt from for a while, four hours at most.

Meanwhile nothing is learnt, days are not judged by it, and what is not urgent waits for its end; what is urgent goes on
unless this resident's configuration says otherwise, and the help button always does. It ends by itself.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any, Final

from models import wording_panel as wording
from models.claims import Claim, Ending, Opening
from models.coverage import Coverage
from models.kinds import AlertKind, Audience, Severity
from models.localtime import DAY_S, HOUR_S, LocalTime
from models.signals import NEVER
from models.vocabulary import HOUSEHOLD, Evidence, Period, Said, Summary

LONGEST_S: Final = 4 * HOUR_S
"""A pause that nobody took back ends after this (ALERTS, "pause in the resident's own hands")."""

_REMEMBERED: Final = 64
"""Pauses that the week's summary still knows of."""


class Pause:
    """The pauses of the people of one stream.

    Args:
        resident: whose stream it is; `HOUSEHOLD` of several.
        people: who they are. Learning stops while one of them pauses; only what is said of all waits for all.
        everything: those whose pause stops what is urgent, too.
        coverage: what could be seen of this stream's life: a pause hides its time from what is learnt of days.

    Attributes:
        due_ms: when to call `pass_time` (UTC, ms): the first pause ends.
    """

    def __init__(
        self, resident: str, people: tuple[str, ...], everything: frozenset[str], local: LocalTime, coverage: Coverage
    ) -> None:
        self.resident = resident
        self.due_ms = NEVER
        self._people = people
        self._everything = everything
        self._local = local
        self._coverage = coverage
        self._now: dict[str, tuple[int, int]] = {}
        self._past: list[tuple[str, int, int]] = []
        self._hidden_s = 0
        self._waiting: list[Opening] = []

    @property
    def is_on(self) -> bool:
        """Whether one of them pauses, so that nothing is learnt."""
        return bool(self._now)

    @property
    def who(self) -> frozenset[str]:
        """Those who pause."""
        return frozenset(self._now)

    def told(self, who: str, at_s: int, until_s: float) -> list[Claim]:
        """`who` pauses until `until_s` (UTC seconds), or, with what is past, no longer. Says what has waited for it."""
        if not math.isfinite(until_s):
            return []
        for one in self._people if who == HOUSEHOLD else {who} & set(self._people):
            if until_s > at_s:
                if not self._now:
                    self._hidden_s = at_s
                since_s, _ = self._now.get(one, (at_s, 0))  # told again, it still ends four hours after it began
                self._now[one] = (since_s, min(int(until_s), since_s + LONGEST_S))
            elif one in self._now:
                self._end(one, at_s)
        self._wait()
        return self._released(at_s)

    def _end(self, who: str, at_s: int) -> None:
        self.hide(at_s)
        since_s, _ = self._now.pop(who)
        self._past = [*self._past, (who, since_s, at_s)][-_REMEMBERED:]

    def _wait(self) -> None:
        self.due_ms = min(until_s for _, until_s in self._now.values()) * 1000 if self._now else NEVER

    def hide(self, at_s: int) -> None:
        """What happened until `at_s` of a pause that is going on is not to be read as stillness."""
        if self._now and at_s > self._hidden_s:
            self._coverage.hidden(self._hidden_s, at_s)
            self._hidden_s = at_s

    def pass_time(self, now_ms: int) -> list[Claim | Said]:
        """Called when `due_ms` has come: a pause has lasted as long as it may."""
        now_s = now_ms // 1000
        for who in [who for who, (_, until_s) in sorted(self._now.items()) if until_s <= now_s]:
            self._end(who, now_s)
        self._wait()
        return [*self._released(now_s)]

    def waits(self, kind: AlertKind, severity: Severity) -> bool:
        """Whether an alert of `kind` waits for the end of the pause."""
        if not self._now or len(self._now) < len(self._people) or kind is AlertKind.HELP_BUTTON:
            return False
        return severity is not Severity.URGENT or set(self._now) <= self._everything

    def keeps(self, claim: Claim) -> bool:
        """Take `claim` in if it waits for the end of the pause; what has ended meanwhile waits no longer."""
        if isinstance(claim, Ending):
            self._waiting = [one for one in self._waiting if one.kind is not claim.kind]
            return False
        if claim.audience is not Audience.CARE or not self.waits(claim.kind, claim.severity):
            return False
        self._waiting = [*(one for one in self._waiting if one.kind is not claim.kind), claim]
        return True

    def _released(self, at_s: int) -> list[Claim]:
        waiting, self._waiting = self._waiting, []
        free = [one for one in waiting if not self.waits(one.kind, one.severity)]
        self._waiting = [one for one in waiting if one not in free]
        return [self._after(one, at_s) for one in free]

    def _after(self, claim: Opening, at_s: int) -> Opening:
        text = wording.waited(local=self._local, since_s=claim.at_s, at_s=at_s)
        return replace(claim, at_s=at_s, evidence=replace(claim.evidence, because=f"{claim.evidence.because} {text}"))

    def notes(self, at_s: int) -> list[str]:
        """For a sentence about coverage: the pauses of the 24 hours before `at_s`."""
        return [self._sentence(*one, at_s) for one in self._of(at_s - DAY_S, at_s)]

    def lines(self, summary: Summary) -> list[str]:
        """What `summary` says of the pauses of its time."""
        at_s = summary.raised_s
        if summary.period is Period.DAY:
            return self.notes(at_s)
        from_s, spent_s = at_s - 7 * DAY_S, dict[str, int]()
        for who, since_s, until_s in self._of(from_s, at_s):
            spent_s[who] = spent_s.get(who, 0) + min(until_s, at_s) - max(since_s, from_s)
        return [wording.paused_for(who=self._named(who), seconds=spent_s[who]) for who in sorted(spent_s)]

    def _of(self, from_s: int, at_s: int) -> list[tuple[str, int, int]]:
        going_on = [(who, *times) for who, times in sorted(self._now.items())]
        return [one for one in [*self._past, *going_on] if one[2] > from_s and one[1] < at_s]

    def _sentence(self, who: str, since_s: int, until_s: int, at_s: int) -> str:
        return wording.paused(local=self._local, who=self._named(who), since_s=since_s, until_s=until_s, at_s=at_s)

    def _named(self, who: str) -> str:
        return who if len(self._people) > 1 else ""

    def shift(self, by_s: int) -> None:
        """The clock was stepped: a pause lasts as long as it does, whatever the clock says."""
        self._now = {who: (since_s + by_s, until_s + by_s) for who, (since_s, until_s) in self._now.items()}
        self._past = [(who, since_s + by_s, until_s + by_s) for who, since_s, until_s in self._past]
        self._hidden_s += by_s
        self._wait()

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "now": {who: list(times) for who, times in sorted(self._now.items())},
            "past": [list(one) for one in self._past],
            "hidden_s": self._hidden_s,
            "waiting": [asdict(claim) for claim in self._waiting],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said; who does not live here any more does not pause."""
        self._now = {who: (since, until) for who, (since, until) in state["now"].items() if who in self._people}
        self._past = [(who, since_s, until_s) for who, since_s, until_s in state["past"]]
        self._hidden_s = state["hidden_s"]
        self._waiting = [_opening(claim) for claim in state["waiting"]]
        self._wait()


def _opening(said: Mapping[str, Any]) -> Opening:
    enums: dict[str, Callable[[str], Any]] = {"kind": AlertKind, "severity": Severity, "audience": Audience}
    plain = {name: enums[name](value) if name in enums else value for name, value in said.items()}
    return Opening(**{**plain, "evidence": Evidence(**said["evidence"])})
