"""The life of findings: one open alert per resident and kind; a repeat is an update, an end is an update."""

from typing import Any

from models import wording
from models.claims import Claim, Opening
from models.localtime import LocalTime
from models.vocabulary import AlertKind, Audience, Change, Finding, Update


class Triage:
    """Which alerts are open.

    Args:
        kinds: the kinds that the configuration has turned on; the others are never said.
    """

    def __init__(self, local: LocalTime, kinds: frozenset[AlertKind]) -> None:
        self._local = local
        self._kinds = kinds
        self._open: dict[tuple[str, AlertKind], int] = {}

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

    def is_open(self, resident: str) -> bool:
        """Whether any alert about `resident` is open."""
        return any(who == resident for who, _ in self._open)

    def state(self) -> list[list[Any]]:
        """Plain JSON."""
        return [[resident, str(kind), opened_s] for (resident, kind), opened_s in sorted(self._open.items())]

    def restore(self, state: list[list[Any]]) -> None:
        """Take over what `state()` said."""
        self._open = {(resident, AlertKind(kind)): opened_s for resident, kind, opened_s in state}
