"""What a watch tells the triage: something should be opened, or what was open has ended."""

from dataclasses import dataclass

from models.kinds import AlertKind, Audience, Severity
from models.vocabulary import Evidence


@dataclass(frozen=True, slots=True)
class Opening:
    """A departure from the ordinary, to be opened at `at_s`; `since_s` is when it began.

    `fixed`: a fixed limit raised it, under all that is learnt or answered, so nothing holds it back (ALERTS, rule 6).
    `audience`: sensor trouble is the technician's, and then `resident` is `HOUSEHOLD`.
    `lists`: it is how this person ordinarily is and was told of lately, so it is a line of the summary, and no alert.
    """

    resident: str
    kind: AlertKind
    severity: Severity
    since_s: int
    at_s: int
    evidence: Evidence
    fixed: bool = False
    lists: bool = False
    audience: Audience = Audience.CARE


@dataclass(frozen=True, slots=True)
class Ending:
    """What `kind` of this resident was about has ended at `at_s`, in one sentence."""

    resident: str
    kind: AlertKind
    at_s: int
    observed: str


Claim = Opening | Ending
