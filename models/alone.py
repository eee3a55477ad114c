"""Alone at home: one of several is told to be the only one in the house for a while.

Then the household's silence is theirs. Alerts of it name them and come earlier than for a house full of people; never
later, and nothing that would have been told is left out.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from models import wording_absence as wording
from models.claims import Claim, Ending
from models.kinds import AlertKind
from models.localtime import LocalTime

CEILING_H: Final = 4
"""Waking silence that alerts while somebody is alone: half of what a home may be silent (ALERTS, rule 6), because the
one who usually would notice has said that they cannot. A nap after lunch fits in it."""

_OF_SILENCE: Final = frozenset({AlertKind.INACTIVITY, AlertKind.NOT_HOME})


class Alone:
    """Who is alone in a shared home, and until when.

    Args:
        ceiling_s: the UTC second at which so many waking hours have passed since a UTC second.
    """

    def __init__(self, local: LocalTime, ceiling_s: Callable[[int, int], int]) -> None:
        self._local = local
        self._ceiling_s = ceiling_s
        self._who = ""
        self._since_s = 0
        self._until_s = 0
        self._named: dict[AlertKind, str] = {}

    def told(self, who: str, at_s: int, until_s: int) -> None:
        """`who` is alone until `until_s`; what is past, or 0, ends it."""
        if until_s > at_s:
            self._since_s = self._since_s if self._who == who and at_s < self._until_s else at_s
            self._who, self._until_s = who, until_s
        elif self._who == who:
            self._until_s = min(self._until_s, at_s)

    def sooner_s(self, start_s: int, deadline_s: int | None) -> int | None:
        """The deadline of a silence since `start_s`, if it ends no later than `deadline_s` and while they are alone."""
        limit_s = self._limit_s(start_s)
        return limit_s if limit_s is not None and (deadline_s is None or limit_s < deadline_s) else deadline_s

    def _limit_s(self, start_s: int) -> int | None:
        if not self._who:
            return None
        limit_s = self._ceiling_s(max(start_s, self._since_s), CEILING_H)
        return limit_s if limit_s <= self._until_s else None

    def naming(self, claim: Claim | None) -> Claim | None:
        """The same claim, in the name of who is alone; what has ended ends in the name in which it was opened."""
        if claim is None or claim.kind not in _OF_SILENCE:
            return claim
        if isinstance(claim, Ending):
            who = self._named.pop(claim.kind, None)
            return claim if who is None else replace(claim, resident=who)
        if not self._since_s <= claim.at_s <= self._until_s or not self._who:
            return claim
        self._named[claim.kind] = self._who
        if claim.kind is AlertKind.INACTIVITY and claim.at_s == self._limit_s(claim.since_s):
            because = wording.alone_ceiling(local=self._local, until_s=self._until_s, at_s=claim.at_s)
            claim = replace(claim, evidence=replace(claim.evidence, because=because))
        return replace(claim, resident=self._who)

    def note(self, at_s: int) -> str | None:
        """A sentence for whoever reads an alert at `at_s`."""
        if not self._who or not self._since_s <= at_s <= self._until_s:
            return None
        return wording.alone(local=self._local, who=self._who, until_s=self._until_s, at_s=at_s)

    def shift(self, by_s: int) -> None:
        """The clock was stepped: it was told `x` ago; the hour until which it holds stays what it is."""
        self._since_s += by_s

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        named = {str(kind): who for kind, who in sorted(self._named.items())}
        return {"who": self._who, "since_s": self._since_s, "until_s": self._until_s, "named": named}

    def restore(self, state: Mapping[str, Any], people: Collection[str]) -> None:
        """Take over what `state()` said; who is none of the `people` any more is not alone."""
        self._who, self._since_s, self._until_s = state["who"], state["since_s"], state["until_s"]
        if self._who not in people:
            self._who = ""
        self._named = {AlertKind(kind): who for kind, who in state["named"].items()}
