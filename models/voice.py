"""The home's voice: from what its watches claim to what is said, and what people answer to it.

Everything that is said goes through here, so that the summaries' book knows of each alert and of what was held back.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from models.attention import Attention
from models.claims import Claim, Ending, Opening
from models.kinds import TECHNICIAN, AlertKind
from models.localtime import LocalTime
from models.portrait import AnswersPortrait
from models.stream import Stream
from models.told import Outcome, Telling, Told
from models.triage import STANDS_IN, Triage
from models.unanswered import Answering
from models.vocabulary import HOUSEHOLD, Finding, HomeSpec, Period, Said, Summary, Update


class Voice:
    """What this home says.

    Args:
        spec: which kinds are on, who owns them, and the budget.
        streams: their summaries tell of what is raised, and their levels heed what is answered.

    Attributes:
        answering: which urgent alerts wait for a person's answer.
    """

    def __init__(self, spec: HomeSpec, local: LocalTime, streams: Iterable[Stream]) -> None:
        self._spec = spec
        self._triage = Triage(local, spec.alerts, spec.attention_budget_per_week)
        self._attention = Attention(spec.attention_budget_per_week)
        self.answering = Answering(spec, local)
        self._streams = {stream.resident: stream for stream in streams}
        for stream in self._streams.values():
            stream.is_told = self._triage.is_told

    def say(self, claims: Iterable[Claim | Said]) -> list[Said]:
        """What is said of `claims`, in their order."""
        said: list[Said] = []
        for claim in claims:
            if isinstance(claim, Opening | Ending) and (whose := self._streams.get(claim.resident)) is not None:
                if whose.whereabouts.pause.keeps(claim):
                    continue
                claim = whose.checkin.naming(claim) if isinstance(claim, Opening) else claim  # noqa: PLW2901
            word = self._triage.judge(claim) if isinstance(claim, Opening | Ending) else claim
            if isinstance(claim, Opening | Ending) and isinstance(word, Finding | Update):
                self.answering.heard(claim, word)
            if isinstance(word, Finding):
                word = self._owned(word)
                # who has no sensors of their own stands in the household's book
                stream = self._streams.get(word.resident) or self._streams.get(HOUSEHOLD)
                if stream is not None and word.kind not in TECHNICIAN:
                    stream.summaries.note_alert(word)
            if isinstance(word, Summary) and word.period is Period.WEEK:
                word = replace(word, lines=(*word.lines, *self._account(word)))
            if word is not None:
                said.append(word)
        while self._triage.held:
            resident, kind = self._triage.held.pop()
            if resident in self._streams:
                self._streams[resident].summaries.note_held(kind)
        return said

    def _owned(self, finding: Finding) -> Finding:
        recipients = self._spec.recipients.get(finding.kind)
        return finding if recipients is None else replace(finding, to=recipients.owner)

    def _account(self, week: Summary) -> list[str]:
        """What was answered so far; old answers fade, and the levels with them."""
        for (resident, kind), answers in self._triage.answers.items():
            if resident == week.resident:
                self._ask(resident, kind, answers.weight(week.raised_s))
        return [*self._attention.account(), *self._triage.account(week.resident, week.raised_s)]

    def _ask(self, resident: str, kind: AlertKind, weight: float) -> None:
        stream = self._streams.get(resident)
        if stream is not None:
            stream.trends.ask(kind, weight)
            stream.slow.ask(kind, weight)

    def told(self, told: Told, at_s: int, value: float) -> None:
        """Somebody says what became of an alert: how often its kind is told heeds it, and what is usual may, too.

        Or that they see to it, or what they want to be told of from now on.
        """
        self.answering.told(self._triage.named(told), value)
        if told.resident in (HOUSEHOLD, *self._spec.residents):
            self._triage.snoozes.told(told, at_s, value)
        if self._attention.told(told, value):
            self._aim()
        if told.what not in (Telling.OUTCOME, Telling.NEW_NORMAL):
            return
        answers = self._triage.answered(told, at_s, value)
        if answers is None or told.kind is None:
            return
        self._ask(told.resident, told.kind, answers.weight(at_s))
        if told.what is Telling.NEW_NORMAL and told.resident in self._streams:
            self._streams[told.resident].accept(told.kind)

    def _aim(self) -> None:
        self._triage.ask_for(self._attention.per_week)
        for stream in self._streams.values():
            self._attention.aim(stream)

    def pressed(self, residents: Iterable[str], at_s: int) -> list[Update]:
        """The button of a panel was pressed: news of what is open of its resident, and no end of it."""
        return [update for resident in sorted(residents) for update in self._triage.pressed(resident, at_s)]

    def portrait(self, now_s: int) -> tuple[AnswersPortrait, ...]:
        """What was answered, kind by kind, to be looked at."""
        return tuple(
            AnswersPortrait(
                resident=resident,
                kind=kind,
                alerts=answers.alerts,
                useful=answers.count(Outcome.USEFUL),
                known_reason=answers.count(Outcome.KNOWN_REASON),
                not_useful=answers.count(Outcome.NOT_USEFUL),
                sensor_fault=answers.count(Outcome.SENSOR_FAULT),
                share=answers.usefulness(now_s),
                held_back_until_s=None if kind in STANDS_IN else answers.held_back_until_s(now_s),
            )
            for (resident, kind), answers in sorted(self._triage.answers.items())
        )

    def shift(self, by_s: int) -> None:
        """The clock was stepped by `by_s`."""
        self._triage.shift(by_s)
        self.answering.shift(by_s)

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            **self._triage.state(),
            "budget": self._attention.state(),
            "answering": self.answering.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over what `state()` said; before the streams do, whose levels then keep what they came to."""
        self._triage.restore(state)
        self.answering.restore(state["answering"])
        self._attention.restore(state["budget"])
        self._aim()
