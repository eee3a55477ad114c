"""Urgent alerts that no person has acknowledged: each goes to a second recipient after a while, once.

That a message has arrived, that the sensors see movement again, or that the resident pressed "I'm OK" acknowledges
nothing (RELIABILITY, row 33): only the word of somebody who answers for it does. What has become of it, or that it is
how it is from now on, is such a word. An alert that is raised again while it is open waits for a new one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Self

from models import wording_answers as wording
from models.claims import Claim, Ending
from models.kinds import AlertKind, Audience, Severity
from models.localtime import DAY_S, LocalTime
from models.signals import NEVER
from models.told import Outcome, Telling, Told
from models.vocabulary import Change, Finding, HomeSpec, Said, Update

KEPT_S: Final = 7 * DAY_S
"""After a week nobody is asked for an answer any more: it is then a matter of the list at the desk."""


class Unanswered(NamedTuple):
    """An urgent alert for carers that no person has acknowledged, by its name; `opened_s` is UTC."""

    resident: str
    kind: AlertKind
    opened_s: int


@dataclass(slots=True)
class _Asked:
    """When an answer was asked for (UTC seconds): `since_s` for the first time, `last_s` for the last.

    `waits_s` are those that the second recipient has yet to be told of: of several the first one and the last one.
    """

    since_s: int
    last_s: int
    waits_s: list[int] = field(default_factory=list)
    is_over: bool = False

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """What said `state`."""
        return cls(state["since_s"], state["last_s"], list(state["waits_s"]), state["is_over"])

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "since_s": self.since_s,
            "last_s": self.last_s,
            "waits_s": list(self.waits_s),
            "is_over": self.is_over,
        }


class Answering:
    """The urgent alerts of one home that wait for a person.

    Args:
        spec: who the second recipient of a kind is, and after how long without an answer.

    Attributes:
        due_ms: when to call `pass_time` (UTC, ms).
    """

    __slots__ = ("_after_s", "_asked", "_local", "_spec", "due_ms")

    def __init__(self, spec: HomeSpec, local: LocalTime) -> None:
        self.due_ms = NEVER
        self._spec = spec
        self._after_s = spec.unanswered_after_s
        self._local = local
        self._asked: dict[Unanswered, _Asked] = {}

    def names(self) -> tuple[Unanswered, ...]:
        """What no person has acknowledged, the oldest first."""
        return tuple(sorted(self._asked, key=lambda one: (one.opened_s, one)))

    def late(self, now_s: float) -> tuple[Unanswered, ...]:
        """What has been asked for longer than the second recipient waits."""
        return tuple(name for name in self.names() if now_s - self._asked[name].since_s >= self._after_s)

    def heard(self, claim: Claim, said: Finding | Update) -> None:
        """What the home says of `claim`: an answer is asked for, or the sensors take it for over."""
        name = Unanswered(said.resident, said.kind, said.opened_s)
        if isinstance(said, Finding):
            self._ask(name, said.severity, said.audience, said.opened_s)
        elif said.change is Change.REPEATED and not isinstance(claim, Ending):
            self._ask(name, claim.severity, claim.audience, said.raised_s)
        elif said.change is Change.RESOLVED and name in self._asked:
            self._asked[name].is_over = True

    def _ask(self, name: Unanswered, severity: Severity, audience: Audience, at_s: int) -> None:
        if severity is not Severity.URGENT or audience is not Audience.CARE:
            return
        asked = self._asked.setdefault(name, _Asked(at_s, at_s))
        asked.last_s, asked.is_over = at_s, False
        if self._second(name.kind) is not None:
            asked.waits_s = [*asked.waits_s[:1], at_s]
        self._plan()

    def _second(self, kind: AlertKind) -> str | None:
        recipients = self._spec.recipients.get(kind)
        return None if recipients is None else recipients.second

    def told(self, told: Told, value: float) -> None:
        """A person says something of the alert that is named."""
        is_word = value in set(Outcome) if told.what is Telling.OUTCOME else value == 1
        if told.what in (Telling.ACK, Telling.OUTCOME, Telling.NEW_NORMAL) and is_word and told.kind is not None:
            self._asked.pop(Unanswered(told.resident, told.kind, told.opened_s or 0), None)
            self._plan()

    def _plan(self) -> None:
        due_s = [asked.waits_s[0] + self._after_s for asked in self._asked.values() if asked.waits_s]
        due_s += [asked.last_s + KEPT_S for asked in self._asked.values()]
        self.due_ms = min(due_s) * 1000 if due_s else NEVER

    def pass_time(self, _now_ms: int) -> list[Claim | Said]:
        """Called when `due_ms` has come: nobody has answered in time."""
        at_s, said = self.due_ms // 1000, list[Claim | Said]()
        for name in self.names():
            asked = self._asked[name]
            if asked.waits_s and asked.waits_s[0] + self._after_s <= at_s:
                since_s = asked.waits_s.pop(0)
                said.append(self._passed_on(name, since_s, at_s, is_over=asked.is_over))
            if asked.last_s + KEPT_S <= at_s:
                del self._asked[name]
        self._plan()
        return said

    def _passed_on(self, name: Unanswered, since_s: int, at_s: int, *, is_over: bool) -> Update:
        text = wording.unanswered(local=self._local, since_s=since_s, at_s=at_s, is_over=is_over)
        return Update(*name, raised_s=at_s, change=Change.UNANSWERED, observed=text, to=self._second(name.kind))

    def shift(self, by_s: int) -> None:
        """The clock was stepped: what was asked `x` ago still was `x` ago. An alert keeps its name."""
        for asked in self._asked.values():
            asked.since_s += by_s
            asked.last_s += by_s
            asked.waits_s = [at_s + by_s for at_s in asked.waits_s]
        self._plan()

    def state(self) -> list[list[Any]]:
        """Plain JSON."""
        return [[*map(str, name[:2]), name.opened_s, self._asked[name].state()] for name in self.names()]

    def restore(self, state: list[list[Any]]) -> None:
        """Take over what `state()` said; who the second recipient is, if there is one, the configuration says."""
        self._asked = {
            Unanswered(who, AlertKind(kind), opened_s): _Asked.from_state(asked) for who, kind, opened_s, asked in state
        }
        for name, asked in self._asked.items():
            if self._second(name.kind) is None:
                asked.waits_s = []
        self._plan()
