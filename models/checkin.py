"""Ask first: before an alert of one person's opens, their panel asks, and "I'm OK" puts it off by half an hour.

The panel asks from `ASK_S` before the deadline, so that the alert itself is never late: without an answer it opens at
its deadline, as it would without a panel. An answer is a person's own word, for their own home, with an end; so it
may go beyond the fixed limits, which stand in for a word that nobody has given. It is never a sign of life, closes
nothing, and is asked for anew each time. All this follows from deadlines and inputs alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from models import wording_panel as wording
from models.claims import Claim, Opening
from models.kinds import AlertKind
from models.localtime import HOUR_S, MINUTE_S, LocalTime
from models.signals import NEVER
from models.told import Telling, Told
from models.vocabulary import Said

ASK_S: Final = 10 * MINUTE_S
"""From how long before a deadline the panel asks: time to see it and to get up, and seldom in vain."""

POSTPONES_S: Final = 30 * MINUTE_S
"""By how much an answer puts the deadline off (ALERTS, rule 7)."""

STRAYS: Final = 4
"""After so many presses in an hour that nobody had asked for, none answers: a loose wire must keep no alert away. Who
presses a few times more than they need to has pressed once."""

_SAME_S: Final = 5 * MINUTE_S
"""Presses that come so soon after another are the same."""

_WORTH_SAYING_S: Final = MINUTE_S
_KEPT: Final = 24
"""Answers of one stretch that are remembered: twelve hours of them."""


class Pending(NamedTuple):
    """What is waited for: when it began, and its deadline (UTC seconds); None: it goes on, and has none just now."""

    since_s: int
    due_s: int | None


@dataclass(frozen=True, slots=True)
class Watched:
    """One watch whose alert is asked about first.

    Attributes:
        pending: what is waited for at a UTC second, None if nothing. A deadline that is further off than `ASK_S` may be
            given too early: it is asked for again when it is near.
        postpone: put the deadline off until a UTC second.
    """

    kind: AlertKind
    pending: Callable[[int], Pending | None]
    postpone: Callable[[int], None]


@dataclass(slots=True)
class _Question:
    since_s: int
    asked_s: int | None = None
    until_s: int = 0
    pressed_s: list[int] = field(default_factory=list)


class CheckIn:
    """What the panel of one person asks.

    Args:
        watched: the watches that are asked about.
        waits: whether an alert of a kind would wait for the end of a pause anyway.
        is_told: whether an alert of a kind is open, and was told.
        is_blind: whether nothing can be seen of this life just now.

    Attributes:
        works: whether the panel can ask; told by the gateway (`models.told.Telling.PANEL`).
        due_ms: when the panel begins to ask (UTC, ms).
    """

    def __init__(
        self, local: LocalTime, watched: tuple[Watched, ...], *, waits: Callable[[AlertKind], bool],
        is_told: Callable[[AlertKind], bool], is_blind: Callable[[], bool],
    ) -> None:  # fmt: skip
        self.works = False
        self.due_ms = NEVER
        self._local = local
        self._watched = watched
        self._waits = waits
        self._is_told = is_told
        self._is_blind = is_blind
        self._questions: dict[AlertKind, _Question] = {}
        self._strays_s: list[int] = []
        self._pressed_s = 0

    @property
    def asks(self) -> bool:
        """Whether the panel asks now."""
        return any(question.asked_s is not None for question in self._questions.values())

    def plan(self, now_ms: int) -> None:
        """What is waited for may have changed: whether to ask now, and when to look again. Idempotent."""
        self.due_ms, now_s = NEVER, now_ms // 1000
        blind = not self.works or self._is_blind()
        for watch in self._watched:
            question = self._questions.get(watch.kind)
            if blind or self._waits(watch.kind):
                if question is not None:
                    question.asked_s = None  # who asks, or can be seen to answer, is not there; what was answered was
                continue
            pending = None if self._is_told(watch.kind) else watch.pending(now_s)
            if question is not None and (pending is None or abs(pending.since_s - question.since_s) > 1):
                del self._questions[watch.kind]
                question = None
            if pending is None:
                continue
            ask_s = None if pending.due_s is None else pending.due_s - ASK_S
            if ask_s is None or ask_s > now_s:
                if question is not None:
                    question.asked_s = None
                self.due_ms = self.due_ms if ask_s is None else min(self.due_ms, ask_s * 1000)
            elif question is None:
                self._questions[watch.kind] = _Question(pending.since_s, asked_s=now_s)
            elif question.asked_s is None:
                question.asked_s = now_s

    def pass_time(self, _now_ms: int) -> list[Claim | Said]:
        """Called when `due_ms` has come: what happens then is all in `plan`, which follows."""
        return []

    def told(self, told: Told, at_s: int, value: float) -> None:
        """The panel says that it works, or that it does not, or that its button was pressed."""
        if told.what is Telling.PANEL:
            self.works = bool(value)
        elif told.what is Telling.OK and value == 1:
            self._pressed(at_s)

    def _pressed(self, at_s: int) -> None:
        if not self.asks:
            if at_s - self._pressed_s >= _SAME_S:
                self._pressed_s, self._strays_s = at_s, [*self._strays_s, at_s][-STRAYS:]
            return
        self._pressed_s = at_s
        strays = len(self._strays_s) == STRAYS and at_s - self._strays_s[0] < HOUR_S
        # what is being asked is answered, and asked again before the new deadline
        for watch in self._watched:
            question = self._questions.get(watch.kind)
            pending = watch.pending(at_s) if question is not None and question.asked_s is not None else None
            if question is None or pending is None or pending.due_s is None:
                continue
            question.pressed_s = [*question.pressed_s, at_s][-_KEPT:]
            if strays:
                continue
            question.asked_s = None
            question.until_s = pending.due_s + POSTPONES_S
            watch.postpone(question.until_s)

    def later_s(self, start_s: int, deadline_s: int) -> int:
        """The deadline of a silence since `start_s` after what was answered in it."""
        question = self._questions.get(AlertKind.INACTIVITY)
        if question is None or abs(question.since_s - start_s) > 1:
            return deadline_s
        return max(deadline_s, question.until_s)

    def naming(self, claim: Opening) -> Opening:
        """The same claim with what was asked and answered before it; both are part of what was observed."""
        question = self._questions.get(claim.kind)
        if question is None:
            return claim
        said = [claim.evidence.observed]
        asked_s, pressed_s = question.asked_s, max(question.pressed_s, default=0)
        if asked_s is not None and pressed_s < asked_s and claim.at_s - asked_s >= _WORTH_SAYING_S:
            said.append(wording.asked(local=self._local, asked_s=asked_s, at_s=claim.at_s))
        if question.pressed_s:
            said.append(wording.answered(local=self._local, pressed_s=question.pressed_s, at_s=claim.at_s))
        return replace(claim, evidence=replace(claim.evidence, observed=" ".join(said)))

    def shift(self, by_s: int) -> None:
        """The clock was stepped: what was asked and answered `x` ago still was `x` ago."""
        self._pressed_s, self._strays_s = self._pressed_s + by_s, [one_s + by_s for one_s in self._strays_s]
        for question in self._questions.values():
            question.since_s += by_s
            question.until_s += by_s
            question.asked_s = None if question.asked_s is None else question.asked_s + by_s
            question.pressed_s = [at_s + by_s for at_s in question.pressed_s]

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "works": self.works,
            "pressed_s": self._pressed_s,
            "strays_s": list(self._strays_s),
            "questions": {
                str(kind): [question.since_s, question.asked_s, question.until_s, list(question.pressed_s)]
                for kind, question in sorted(self._questions.items())
            },
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state()` said; a kind that is not asked about any more is forgotten."""
        self.works = state["works"]
        self._pressed_s, self._strays_s = state["pressed_s"], list(state["strays_s"])
        known = {watch.kind for watch in self._watched}
        self._questions = {
            AlertKind(kind): _Question(since_s, asked_s, until_s, list(pressed_s))
            for kind, (since_s, asked_s, until_s, pressed_s) in state["questions"].items()
            if AlertKind(kind) in known
        }
