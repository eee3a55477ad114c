"""The life of findings: one open alert per resident and kind; a repeat is an update, an end is an update.

Alerts about changes over days have a budget that is visibly kept: what would go beyond it is held back and listed
in the summary. A kind that people mostly found not useful, or snoozed, is held back too, and listed. What is urgent,
or rests on a fixed limit, is never held back (ALERTS, rules 5 and 6).

Nothing here turns an attention-level alert into an urgent one: a departure that goes on meets the fixed limits of
`inactivity` and `long_stay`, whose alerts are urgent from the start and wait for nothing that is open.
"""

import math
from typing import Any, Final

from models import wording, wording_answers, wording_panel
from models.claims import Claim, Ending, Opening
from models.kinds import NOTES, TECHNICIAN, AlertKind, Severity
from models.localtime import DAY_S, MINUTE_S, LocalTime
from models.snoozes import Snoozes
from models.told import Outcome, Telling, Told
from models.usefulness import Answers
from models.vocabulary import Change, Finding, Update

_MAY_WAIT: Final = frozenset({
    AlertKind.MORE_BATHROOM, AlertKind.LESS_TAP_USE, AlertKind.LESS_ACTIVE, AlertKind.SEVERAL_CHANGES,
    AlertKind.GRADUAL_CHANGE, AlertKind.SLOW_TRANSIT,
})  # fmt: skip
"""Changes over days can be told in the week's summary. A late morning cannot: it is past by then."""

STANDS_IN: Final = frozenset({AlertKind.LONG_STAY, AlertKind.OUT_OF_BED, AlertKind.NOT_HOME})
"""No answer holds these back. While one is open others are not raised, since it says the same, and it may be urgent or
rest on a fixed limit: whatever is learnt must not depend on whether somebody found it useful."""

_NOW: Final = frozenset({
    AlertKind.INACTIVITY, AlertKind.NOT_HOME, AlertKind.LONG_STAY, AlertKind.LATE_START, AlertKind.NIGHT_EXIT,
    AlertKind.OUT_OF_BED,
})  # fmt: skip
"""What began after such an alert was opened is another one, though nobody told of the end of the first: whoever lives
here was changed in the configuration meanwhile."""

_WEEK_S: Final = 7 * DAY_S
_SLACK: Final = 2
"""A week may have twice the budget, for real trouble comes in clusters; the thresholds keep the mean."""

_AS_AT_FIRST: Final = 0.9
"""A level that moved by less is not worth a sentence."""

SOON_S: Final = 30 * MINUTE_S
"""What comes back so soon after it had ended is the same thing still, and news of the same alert: an outside door that
is opened twice in one night. A help button is pressed anew each time."""

_Key = tuple[str, AlertKind]


class Triage:
    """Which alerts are open, and what people answered to them.

    Args:
        kinds: the kinds that the configuration has turned on; the others are never said, and notes never alone.
        attention_per_week: attention-level alerts a week that were asked for, for one resident.

    Attributes:
        held: (resident, kind) of what was held back for the budget since the list was last emptied.
        answers: for each resident and kind of which there ever was an alert, what people answered.
        snoozes: what a person wants to read in the week's summary only, for a while.
    """

    def __init__(self, local: LocalTime, kinds: frozenset[AlertKind], attention_per_week: float = 1.0) -> None:
        self.held: list[_Key] = []
        self.answers: dict[_Key, Answers] = {}
        self.snoozes = Snoozes()
        self._local = local
        self._kinds = kinds - NOTES
        self.ask_for(attention_per_week)
        self._open: dict[_Key, tuple[int, Severity]] = {}
        self._ended: dict[_Key, tuple[int, Severity, int]] = {}
        self._attention: dict[str, list[int]] = {}
        self._not_useful: list[_Key] = []

    def ask_for(self, attention_per_week: float) -> None:
        """From now on the budget is another one."""
        self._most = math.ceil(attention_per_week * _SLACK)

    def judge(self, claim: Claim) -> Finding | Update | None:
        """What is to be said of `claim`; None if nothing is."""
        if isinstance(claim, Ending):
            return self._ending(claim)  # of a kind that was turned off meanwhile, too
        return self._opening(claim) if claim.kind in self._kinds else None

    def _opening(self, claim: Opening) -> Finding | Update | None:
        key = (claim.resident, claim.kind)
        if key in self._open and not (claim.kind in _NOW and claim.since_s >= self._open[key][0]):
            return self._again(claim, self._open[key][0], joins=claim.kind in TECHNICIAN)
        if self._is_held_back(claim):
            return None
        ended = self._ended.pop(key, None)
        if ended is not None and claim.kind is not AlertKind.HELP_BUTTON:
            opened_s, severity, ended_s = ended
            if severity is claim.severity and claim.at_s - ended_s < SOON_S:
                self._open[key] = (opened_s, severity)
                return self._again(claim, opened_s)
        self._open[key] = (claim.at_s, claim.severity)
        self._note(claim)
        return Finding(
            resident=claim.resident,
            kind=claim.kind,
            severity=claim.severity,
            audience=claim.audience,
            opened_s=claim.at_s,
            since_s=claim.since_s,
            evidence=claim.evidence,
        )

    def _again(self, claim: Opening, opened_s: int, *, joins: bool = False) -> Update:
        if claim.kind is AlertKind.HELP_BUTTON:
            text = wording.pressed_again(local=self._local, at_s=claim.at_s)
        elif joins:  # another sensor
            text = claim.evidence.observed
        else:
            text = wording_answers.again(claim.evidence.observed)
        return Update(claim.resident, claim.kind, opened_s, claim.at_s, Change.REPEATED, text)

    def _ending(self, claim: Ending) -> Update | None:
        key = (claim.resident, claim.kind)
        was_open = self._open.pop(key, None)
        if was_open is None:
            return None
        opened_s, severity = was_open
        text = claim.observed
        if text:
            self._ended[key] = (opened_s, severity, claim.at_s)
        elif claim.kind in _MAY_WAIT:
            text = wording_answers.merged()
        return Update(claim.resident, claim.kind, opened_s, claim.at_s, Change.RESOLVED, text) if text else None

    def pressed(self, resident: str, at_s: int) -> list[Update]:
        """The resident pressed "I'm OK": news of what is open and about what they do just now."""
        text = wording_panel.pressed(local=self._local, at_s=at_s)
        return [
            Update(resident, kind, opened_s, at_s, Change.ANSWERED, text)
            for (whose, kind), (opened_s, _) in sorted(self._open.items())
            if whose == resident and kind in _NOW
        ]

    def _is_held_back(self, claim: Opening) -> bool:
        """Whether `claim` waits for the week's summary. What is urgent, or rests on a fixed limit, never does."""
        key = (claim.resident, claim.kind)
        if claim.lists and claim.severity is not Severity.URGENT:
            self.held.append(key)
            return True
        if claim.severity is Severity.URGENT or claim.fixed:
            return False
        if self.snoozes.holds(claim.resident, claim.kind, claim.at_s):
            return True
        heard = claim.kind not in STANDS_IN and key in self.answers
        if heard and self.answers[key].is_held_back(claim.at_s):
            self._note(claim)  # it can be marked useful, too
            self._not_useful.append(key)
            return True
        if claim.kind in _MAY_WAIT and not self._within_budget(claim):
            self.held.append(key)
            return True
        return False

    def _note(self, claim: Opening) -> None:
        answers = self.answers.setdefault((claim.resident, claim.kind), Answers())
        answers.raised(claim.at_s, weighs=claim.severity is not Severity.URGENT)

    def _within_budget(self, claim: Opening) -> bool:
        times = [at_s for at_s in self._attention.get(claim.resident, ()) if at_s > claim.at_s - _WEEK_S]
        fits = len(times) < self._most
        self._attention[claim.resident] = [*times, claim.at_s] if fits else times
        return fits

    def is_told(self, resident: str, kind: AlertKind) -> bool:
        """Whether an alert of this kind is open, and was not held back."""
        return (resident, kind) in self._open

    def named(self, told: Told) -> Told:
        """The same with the alert's name: of the last one of its kind, if none was named."""
        answers = self.answers.get((told.resident, told.kind)) if told.kind is not None else None
        return told if told.opened_s is not None or answers is None else told._replace(opened_s=answers.last_s())

    def answered(self, told: Told, at_s: int, value: float) -> Answers | None:
        """Somebody says what became of an alert: all the answers to its kind. None if it never was."""
        if told.kind is None or value not in set(Outcome):
            return None
        answers = self.answers.get((told.resident, told.kind))
        outcome = Outcome.KNOWN_REASON if told.what is Telling.NEW_NORMAL else Outcome(int(value))
        known = answers is not None and answers.answer(outcome, at_s=at_s, opened_s=told.opened_s)
        return answers if known else None

    def account(self, resident: str, at_s: int) -> list[str]:
        """For the week's summary: what was held back because of the answers, and how useful each kind was found."""
        back = [kind for whose, kind in self._not_useful if whose == resident]
        self._not_useful = [key for key in self._not_useful if key[0] != resident]
        lines = self.snoozes.account(resident)
        lines += [wording_answers.held_back(back)] if back else []
        for (whose, kind), answers in sorted(self.answers.items()):
            asks_more = kind in _MAY_WAIT and answers.weight(at_s) < _AS_AT_FIRST
            told = whose == resident and kind not in TECHNICIAN  # of sensors nothing is said to carers
            line = wording_answers.score(kind, answers, at_s, asks_more=asks_more) if told else None
            lines += [] if line is None else [line]
        return lines

    def shift(self, by_s: int) -> None:
        """The clock was stepped: what was told `x` ago was still told `x` ago. An open alert keeps its name."""
        self._attention = {who: [at_s + by_s for at_s in times] for who, times in self._attention.items()}
        self._ended = {key: (opened_s, how, at_s + by_s) for key, (opened_s, how, at_s) in self._ended.items()}
        self.snoozes.shift(by_s)
        for answers in self.answers.values():
            answers.shift(by_s)

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "open": [[*map(str, key), opened_s, str(how)] for key, (opened_s, how) in sorted(self._open.items())],
            "ended": [
                [*map(str, key), opened_s, str(how), at_s] for key, (opened_s, how, at_s) in sorted(self._ended.items())
            ],
            "attention": {resident: list(times) for resident, times in sorted(self._attention.items())},
            "answers": [[*map(str, key), answers.state()] for key, answers in sorted(self.answers.items())],
            "not_useful": [[resident, str(kind)] for resident, kind in self._not_useful],
            "snoozes": self.snoozes.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over what `state()` said."""
        self._open = {(who, AlertKind(kind)): (at_s, Severity(how)) for who, kind, at_s, how in state["open"]}
        self._ended = {
            (who, AlertKind(kind)): (opened_s, Severity(how), at_s) for who, kind, opened_s, how, at_s in state["ended"]
        }
        self._attention = {resident: list(times) for resident, times in state["attention"].items()}
        self.answers = {(who, AlertKind(kind)): Answers.from_state(known) for who, kind, known in state["answers"]}
        self._not_useful = [(resident, AlertKind(kind)) for resident, kind in state["not_useful"]]
        self.snoozes.restore(state["snoozes"])
