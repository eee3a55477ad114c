"""The life of findings: one open alert per resident and kind; a repeat is an update, an end is an update.

Alerts about changes over days have a budget that is visibly kept: what would go beyond it is held back and listed
in the summary. What is urgent, or would be too late then, is never held back (ALERTS, rule 5).
"""

import math
from typing import Any, Final

from models import wording
from models.claims import Claim, Opening
from models.localtime import DAY_S, LocalTime
from models.vocabulary import AlertKind, Audience, Change, Finding, Update

_MAY_WAIT: Final = frozenset(
    {AlertKind.MORE_BATHROOM, AlertKind.LESS_TAP_USE, AlertKind.LESS_ACTIVE, AlertKind.SEVERAL_CHANGES}
)
"""Changes over days can be told in the week's summary. A late morning cannot: it is past by then."""

_WEEK_S: Final = 7 * DAY_S
_SLACK: Final = 2
"""A week may have twice the budget, for real trouble comes in clusters; the thresholds keep the mean."""


class Triage:
    """Which alerts are open.

    Args:
        kinds: the kinds that the configuration has turned on; the others are never said.
        attention_per_week: attention-level alerts a week that were asked for, for one resident.

    Attributes:
        held: (resident, kind) of what was held back since the list was last emptied.
    """

    def __init__(self, local: LocalTime, kinds: frozenset[AlertKind], attention_per_week: float = 1.0) -> None:
        self.held: list[tuple[str, AlertKind]] = []
        self._local = local
        self._kinds = kinds
        self._most = math.ceil(attention_per_week * _SLACK)
        self._open: dict[tuple[str, AlertKind], int] = {}
        self._attention: dict[str, list[int]] = {}

    def judge(self, claim: Claim) -> Finding | Update | None:
        """What is to be said of `claim`; None if nothing is."""
        if claim.kind not in self._kinds:
            return None
        key = (claim.resident, claim.kind)
        opened_s = self._open.get(key)
        if isinstance(claim, Opening):
            if opened_s is not None:
                text = wording.pressed_again(local=self._local, at_s=claim.at_s)
                return Update(claim.resident, claim.kind, opened_s, claim.at_s, Change.REPEATED, text)
            if claim.kind in _MAY_WAIT and not self._within_budget(claim):
                self.held.append(key)
                return None
            self._open[key] = claim.at_s
            return Finding(
                resident=claim.resident,
                kind=claim.kind,
                severity=claim.severity,
                audience=Audience.CARE,
                opened_s=claim.at_s,
                since_s=claim.since_s,
                evidence=claim.evidence,
            )
        self._open.pop(key, None)
        if opened_s is None or not claim.observed:
            return None
        return Update(claim.resident, claim.kind, opened_s, claim.at_s, Change.RESOLVED, claim.observed)

    def _within_budget(self, claim: Opening) -> bool:
        times = [at_s for at_s in self._attention.get(claim.resident, ()) if at_s > claim.at_s - _WEEK_S]
        fits = len(times) < self._most
        self._attention[claim.resident] = [*times, claim.at_s] if fits else times
        return fits

    def shift(self, by_s: int) -> None:
        """The clock was stepped: what was told `x` ago was still told `x` ago."""
        self._attention = {who: [at_s + by_s for at_s in times] for who, times in self._attention.items()}

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "open": [[resident, str(kind), opened_s] for (resident, kind), opened_s in sorted(self._open.items())],
            "attention": {resident: list(times) for resident, times in sorted(self._attention.items())},
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over what `state()` said."""
        self._open = {(resident, AlertKind(kind)): opened_s for resident, kind, opened_s in state["open"]}
        self._attention = {resident: list(times) for resident, times in state["attention"].items()}
