"""Section 6: each fault put into each home; care alerts beyond the untouched twin's are failures, and 0 is the goal."""

from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from gateway.evaluation.faults import FAULTS, Fault, moments
from gateway.evaluation.recorded import Recorded
from gateway.evaluation.running import Twin, resume
from gateway.evaluation.scoring import beyond
from models.localtime import DAY_S

AFTER_S: Final = 3 * DAY_S
"""An alert this long after the fault may still be its doing."""


@dataclass
class FaultTrial:
    """One fault in one copy: the kinds of care alerts beyond the twin's."""

    home: str
    fault: str
    at_s: int
    extra: list[str]


def fault_trials(recorded: Recorded, twin: Twin, fault: Fault, seed: int, per_home: int) -> list[FaultTrial]:
    """Up to `per_home` copies with `fault`, at moments drawn by lot."""
    rng = Random(f"{seed}/{recorded.name}/{fault.name}")  # noqa: S311 - a lot, not a secret
    possible = moments(recorded, fault.lasts_s + AFTER_S)
    trials = []
    for at_s in rng.sample(possible, min(len(possible), per_home)):
        faulty = fault.inject(recorded, at_s, rng)
        if faulty is None:
            continue
        until_s = faulty.end_s + AFTER_S
        heard = resume(twin, faulty.readings, min(at_s, faulty.start_s), until_s)
        last_s = until_s + max(0, *faulty.shifts_s) if fault.lasts_s < AFTER_S else until_s
        extra = beyond(heard.openings, twin.heard.openings, faulty.start_s, last_s, faulty.shifts_s)
        trials.append(FaultTrial(recorded.name, fault.name, at_s, sorted(alert.kind for alert in extra)))
    return trials


def faults_account(trials: list[FaultTrial], skipped: dict[str, list[str]]) -> dict[str, Any]:
    """Section 6 for all homes together, a line a fault."""
    lines = []
    for fault in FAULTS:
        those = [one for one in trials if one.fault == fault.name]
        lines.append(
            {
                "fault": fault.name,
                "trials": len(those),
                "homes": len({one.home for one in those}),
                "skipped_homes": skipped.get(fault.name, []),
                "trials_with_alerts": sum(1 for one in those if one.extra),
                "alerts_beyond_twin": sum(len(one.extra) for one in those),
                "kinds": dict(sorted(Counter(kind for one in those for kind in one.extra).items())),
                "failures": [{"home": one.home, "at_s": one.at_s, "kinds": one.extra} for one in those if one.extra],
            }
        )
    return {"faults": lines, "alerts_beyond_twin": sum(len(one.extra) for one in trials)}
