"""What a person wants to read in the week's summary only, for a while: one kind, of one resident, with an end.

Nothing that is urgent or rests on a fixed limit is ever asked about here (`models.triage`; ALERTS, rules 5 and 6).
"""

import math
from typing import Any

from models import wording_answers
from models.kinds import AlertKind
from models.told import SNOOZABLE, SNOOZE_AT_MOST_S, Telling, Told

_Key = tuple[str, AlertKind]


class Snoozes:
    """The snoozes of one home.

    >>> snoozes = Snoozes()
    >>> late = Told(Telling.SNOOZE, "r1", AlertKind.LATE_START)
    >>> snoozes.told(late, at_s=1_000, value=5_000.0)
    >>> snoozes.holds("r1", AlertKind.LATE_START, 4_999), snoozes.holds("r1", AlertKind.LATE_START, 5_000)
    (True, False)
    """

    __slots__ = ("_listed", "_until_s")

    def __init__(self) -> None:
        self._until_s: dict[_Key, int] = {}
        self._listed: list[_Key] = []

    def told(self, told: Told, at_s: int, value: float) -> None:
        """A person snoozes a kind until `value` (UTC seconds), or, with what is past, no longer."""
        if told.what is not Telling.SNOOZE or told.kind not in SNOOZABLE or not math.isfinite(value):
            return
        until_s = min(int(value), at_s + SNOOZE_AT_MOST_S)
        self._until_s = {**self._until_s, (told.resident, told.kind): until_s}
        self._until_s = {key: end_s for key, end_s in self._until_s.items() if end_s > at_s}

    def holds(self, resident: str, kind: AlertKind, at_s: int) -> bool:
        """Whether what would open now becomes a line of the week's summary; if so, it is one from here on."""
        if at_s >= self._until_s.get((resident, kind), 0):
            return False
        self._listed.append((resident, kind))
        return True

    def account(self, resident: str) -> list[str]:
        """For the week's summary, once: what was told only there."""
        kinds = [kind for whose, kind in self._listed if whose == resident]
        self._listed = [key for key in self._listed if key[0] != resident]
        return [wording_answers.snoozed(kinds)] if kinds else []

    def shift(self, by_s: int) -> None:
        """The clock was stepped: a snooze lasts as long as it does, whatever the clock says."""
        self._until_s = {key: until_s + by_s for key, until_s in self._until_s.items()}

    def state(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "until_s": [[*map(str, key), until_s] for key, until_s in sorted(self._until_s.items())],
            "listed": [[resident, str(kind)] for resident, kind in self._listed],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over what `state()` said."""
        self._until_s = {(who, AlertKind(kind)): until_s for who, kind, until_s in state["until_s"]}
        self._listed = [(who, AlertKind(kind)) for who, kind in state["listed"]]
