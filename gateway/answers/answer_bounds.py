"""What of the desk's answers this home does: each is one thing that people may tell it, within what its owner allows.

That an answer is sealed says that the desk gave it, and no more. What it may do is said here and in home.toml: nothing
that is not one of `models.told.Telling`, nothing urgent kept quiet, nothing without an end.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import msgspec

from gateway.answers.answered import Dealt, Refused
from gateway.config.tables import AnswersTable
from gateway.store.outbox_rows import KnownAlert
from gateway.uplink.answers import Acknowledged, Answer, Away, BudgetOf, NewNormal, OutcomeOf, Snooze
from models.kinds import AlertKind
from models.localtime import DAY_S, utc_seconds
from models.told import ACCEPTED, SNOOZABLE, Outcome, Telling, Told
from models.vocabulary import HOUSEHOLD

AWAY_AT_MOST_S: Final = 366 * DAY_S

_OUTCOMES: Final = {
    "useful": Outcome.USEFUL,
    "known_reason": Outcome.KNOWN_REASON,
    "not_useful": Outcome.NOT_USEFUL,
    "sensor_fault": Outcome.SENSOR_FAULT,
}


class Input(NamedTuple):
    """What the home is told: the input's name and its value (see `models.told`)."""

    told: Told
    value: float


class Bounds:
    """Judges answers.

    Args:
        allowed: the home's `[answers]`.
        residents: who lives here by the configuration.
        alert: gives the alert of an id, open or not; None if this home never raised it.
    """

    def __init__(
        self, allowed: AnswersTable, residents: frozenset[str], alert: Callable[[str], KnownAlert | None]
    ) -> None:
        self._allowed = allowed
        self._residents = residents | {HOUSEHOLD}
        self._alert = alert

    def judge(self, answer: Answer, at_s: int, *, clock_set: bool) -> tuple[Dealt, Input | None]:
        """What becomes of `answer` at `at_s` (UTC), and what the home is told; None if it is refused.

        `clock_set`: this machine's clock has been set from the network. Raises StoreError.
        """
        dealt = Dealt(seq=answer.seq, at_s=at_s, what=str(answer.__struct_config__.tag))
        match answer:
            case Acknowledged() | OutcomeOf() | NewNormal():
                dealt, found = self._of_alert(answer, dealt)
            case Snooze():
                dealt, found = self._snooze(answer, dealt, clock_set=clock_set)
            case Away():
                dealt, found = self._away(answer, dealt, clock_set=clock_set)
            case BudgetOf():
                dealt, found = self._budget(answer, dealt)
        if isinstance(found, Refused):
            return msgspec.structs.replace(dealt, refused=found), None
        return dealt, found

    def _of_alert(self, answer: Acknowledged | OutcomeOf | NewNormal, dealt: Dealt) -> tuple[Dealt, Input | Refused]:
        outcome = answer.outcome if isinstance(answer, OutcomeOf) else None
        dealt = msgspec.structs.replace(dealt, alert_id=answer.alert_id, outcome=outcome)
        alert = self._alert(answer.alert_id)
        if alert is None or alert.kind not in set(AlertKind):  # such as another version's
            return dealt, Refused.UNKNOWN_ALERT
        kind = AlertKind(alert.kind)
        dealt = msgspec.structs.replace(dealt, resident=alert.resident, kind=kind)
        if alert.resident not in self._residents:
            return dealt, Refused.UNKNOWN_RESIDENT
        if isinstance(answer, NewNormal) and kind not in ACCEPTED:
            return dealt, Refused.NOT_THIS_KIND
        what, value = Telling.ACK, 1.0
        if isinstance(answer, NewNormal):
            what = Telling.NEW_NORMAL
        elif outcome is not None:
            what, value = Telling.OUTCOME, float(_OUTCOMES[outcome])
        return dealt, Input(Told(what, alert.resident, kind, alert.opened_s), value)

    def _snooze(self, answer: Snooze, dealt: Dealt, *, clock_set: bool) -> tuple[Dealt, Input | Refused]:
        until_s, most_s = utc_seconds(answer.until), self._allowed.snooze_at_most_days * DAY_S
        dealt = msgspec.structs.replace(dealt, resident=answer.resident, kind=answer.kind, until_s=until_s)
        told = Told(Telling.SNOOZE, answer.resident, answer.kind)
        if answer.resident not in self._residents:
            return dealt, Refused.UNKNOWN_RESIDENT
        if answer.kind not in SNOOZABLE:
            return dealt, Refused.NOT_THIS_KIND
        if until_s <= utc_seconds(answer.given_at):  # the end of one, which needs no clock and no leave
            return dealt, Input(told, 0.0)
        if not most_s:
            return dealt, Refused.NOT_ALLOWED
        return dealt, _until(until_s, dealt.at_s, most_s, clock_set=clock_set) or Input(told, until_s)

    def _away(self, answer: Away, dealt: Dealt, *, clock_set: bool) -> tuple[Dealt, Input | Refused]:
        until_s = None if answer.until is None else utc_seconds(answer.until)
        dealt = msgspec.structs.replace(dealt, resident=answer.resident, until_s=until_s)
        told = Told(Telling.AWAY, answer.resident)
        if answer.resident not in self._residents:
            return dealt, Refused.UNKNOWN_RESIDENT
        if until_s is None:
            return dealt, Input(told, 0.0)
        return dealt, _until(until_s, dealt.at_s, AWAY_AT_MOST_S, clock_set=clock_set) or Input(told, until_s)

    def _budget(self, answer: BudgetOf, dealt: Dealt) -> tuple[Dealt, Input | Refused]:
        dealt = msgspec.structs.replace(dealt, per_week=answer.attention_per_week)
        bounds = self._allowed.attention_per_week
        if bounds is None:
            return dealt, Refused.NOT_ALLOWED
        if not bounds[0] <= answer.attention_per_week <= bounds[1]:
            return dealt, Refused.OUT_OF_BOUNDS
        return dealt, Input(Told(Telling.BUDGET, HOUSEHOLD), answer.attention_per_week)


def _until(until_s: int, at_s: int, most_s: int, *, clock_set: bool) -> Refused | None:
    """Why nothing may go on until `until_s`; None if it may, for `most_s` at most (all in seconds)."""
    if not clock_set:
        return Refused.CLOCK_NOT_SET
    if until_s <= at_s:
        return Refused.PAST
    return Refused.TOO_LONG if until_s - at_s > most_s else None
