"""What a home told, in one row each, with its text: what the judge of the fault matrix reads."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import NamedTuple

from gateway.evaluation.running import Alert, Heard
from models.kinds import Audience, Severity
from models.vocabulary import Change, Finding, Said, Summary, Update

SUMMARY = "summary"


class Told(NamedTuple):
    """Something that was told.

    Attributes:
        at_s: when (UTC s).
        kind: of the alert, or `SUMMARY`.
        change: "opened", "repeated", "resolved", or the period of a summary.
        care: whether it goes to the carer, and may wake anybody.
        technician: whether it goes to the technician.
        opened_s: which alert it is about.
        text: every sentence of it.
    """

    at_s: int
    resident: str
    kind: str
    severity: str
    change: str
    care: bool
    technician: bool
    opened_s: int
    text: str


@dataclass
class Listening:
    """Listens to a home.

    Attributes:
        told: all of it, in order; habit tables never leave the home, so nobody is told them.
        heard: alerts as the rest of the evaluation counts them.
    """

    told: list[Told] = field(default_factory=list)
    heard: Heard = field(default_factory=Heard)
    _of: dict[tuple[str, str, int], Told] = field(default_factory=dict)

    def goes_on(self, at_ms: int) -> "Listening":
        """For a copy that goes on at `at_ms`: news may come of what was open before."""
        known = {name: one for name, one in self._of.items() if one.at_s * 1000 <= at_ms}
        return Listening([], self.heard.goes_on(at_ms), known)

    def take(self, said: Iterable[Said]) -> None:
        """Note what was said."""
        said = list(said)
        self.heard.take(said)
        for one in said:
            if isinstance(one, Finding):
                self.told.append(_finding(one))
                self._of[one.resident, str(one.kind), one.opened_s] = self.told[-1]
            elif isinstance(one, Update):
                before = self._of.get((one.resident, str(one.kind), one.opened_s))
                if before is not None:
                    news = before._replace(at_s=one.raised_s, change=str(one.change), text=one.observed)
                    self.told.append(news)
            elif isinstance(one, Summary):
                text = " ".join((one.headline, one.coverage, *one.lines))
                self.told.append(
                    Told(one.raised_s, one.resident, SUMMARY, "", str(one.period), False, False, one.raised_s, text)
                )

    @property
    def openings(self) -> list[Alert]:
        """Alerts, and those that came back."""
        return self.heard.openings

    def open_at(self, at_s: int, kinds: frozenset[str]) -> bool:
        """Whether an alert of `kinds` was told before `at_s` and is not over then."""
        last: dict[tuple[str, str, int], str] = {}
        for one in self.told:
            if one.kind in kinds and one.at_s <= at_s:
                last[one.resident, one.kind, one.opened_s] = one.change
        return any(change != Change.RESOLVED for change in last.values())


def _finding(one: Finding) -> Told:
    text = " ".join(getattr(one.evidence, part.name) for part in fields(one.evidence))
    care = one.audience is Audience.CARE and one.severity is not Severity.NOTE
    return Told(
        one.opened_s, one.resident, str(one.kind), str(one.severity), "opened", care,
        one.audience is Audience.TECHNICIAN, one.opened_s, text,
    )  # fmt: skip
