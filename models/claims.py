"""What a watch tells the triage: something should be opened, or what was open has ended."""

from dataclasses import dataclass

from models.vocabulary import AlertKind, Evidence, Severity


@dataclass(frozen=True, slots=True)
class Opening:
    """A departure from the ordinary, to be opened at `at_s`; `since_s` is when it began."""

    resident: str
    kind: AlertKind
    severity: Severity
    since_s: int
    at_s: int
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Ending:
    """What `kind` of this resident was about has ended at `at_s`, in one sentence."""

    resident: str
    kind: AlertKind
    at_s: int
    observed: str


Claim = Opening | Ending
