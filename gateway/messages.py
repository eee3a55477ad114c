"""From what the home says to what leaves the house: ids, rounding, and nothing that the schema does not have.

The same saying always gives the same id, so a replay after a crash, a retry and a duplicate all name the same
message (ARCHITECTURE, "How a reading travels").
"""

import hashlib
from collections.abc import Callable, Iterable
from functools import partial

from gateway.store.outbox import Draft, Opens
from gateway.store.outbox_rows import Rank
from gateway.uplink import wire
from models.kinds import TECHNICIAN, AlertKind, Severity
from models.localtime import utc_text
from models.vocabulary import Change, Finding, HabitTable, Said, Summary, Update


def identity(*parts: str | int) -> str:
    """A message's id: 32 hex digits of the SHA-256 of what makes it that message."""
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:32]


def alert_id(home: str, resident: str, kind: AlertKind, opened_s: int) -> str:
    """An alert's id, from (home, resident, kind, opening instant in UTC seconds)."""
    return identity("alert", home, resident, kind, opened_s)


def drafts_of(home: str, said: Iterable[Said]) -> list[Draft]:
    """The messages to send of what the home said, in order; a table of habits stays in the house."""
    return [_draft(home, one) for one in said if not isinstance(one, HabitTable)]


def _draft(home: str, said: Finding | Update | Summary) -> Draft:
    if isinstance(said, Finding):
        return _alert(home, said)
    if isinstance(said, Update):
        return _update(home, said)
    return _summary(home, said)


def _alert(home: str, finding: Finding) -> Draft:
    message_id = alert_id(home, finding.resident, finding.kind, finding.opened_s)
    evidence = finding.evidence
    encode = partial(
        wire.Alert,
        id=message_id,
        home=home,
        raised_at=utc_text(finding.opened_s),
        resident=finding.resident,
        kind=finding.kind,
        severity=finding.severity,
        audience=finding.audience,
        to=finding.to,
        opened_at=utc_text(finding.since_s),
        observed=evidence.observed,
        usual=evidence.usual,
        because=evidence.because,
        coverage=evidence.coverage,
        cannot_tell=evidence.cannot_tell,
        to_do=evidence.to_do,
        details=evidence.details,
    )
    rank = Rank.URGENT if finding.severity is Severity.URGENT else Rank.ALERT
    opens = Opens(finding.resident, finding.kind, finding.opened_s)
    return Draft(message_id, "alert", rank, finding.opened_s, _body(encode), opens=opens)


def _update(home: str, update: Update) -> Draft:
    about = alert_id(home, update.resident, update.kind, update.opened_s)
    message_id = identity("alert_update", about, update.change, update.raised_s)
    encode = partial(
        wire.AlertUpdate,
        id=message_id,
        home=home,
        raised_at=utc_text(update.raised_s),
        alert_id=about,
        resident=update.resident,
        kind=update.kind,
        change=update.change,
        to=update.to,
        observed=update.observed,
    )
    resolves = about if update.change is Change.RESOLVED else None
    reopens = about if update.change is Change.REPEATED else None
    rank = Rank.URGENT if update.change is Change.REPEATED and update.kind not in TECHNICIAN else Rank.ALERT
    return Draft(
        message_id, "alert_update", rank, update.raised_s, _body(encode), resolves=resolves, reopens=reopens
    )  # fmt: skip


def _summary(home: str, summary: Summary) -> Draft:
    message_id = identity("summary", home, summary.resident, summary.period, summary.day)
    lines, habits = list(summary.lines), summary.habits[: wire.MAX_HABITS]
    if left := len(summary.habits) - len(habits):
        lines.insert(0, f"{left} more habits are not listed here; `wren replay --habits` at the home shows them.")
    encode = partial(
        wire.Summary,
        id=message_id,
        home=home,
        raised_at=utc_text(summary.raised_s),
        resident=summary.resident,
        period=summary.period,
        day=summary.day,
        headline=summary.headline,
        coverage=summary.coverage,
        lines=tuple(lines[: wire.MAX_LINES]),
        habits=tuple(
            wire.HabitLine(
                habit=habit.name, observed=habit.per_day, usual_low=habit.usual_low, usual_high=habit.usual_high
            )
            for habit in habits
        ),
    )
    return Draft(message_id, "summary", Rank.SUMMARY, summary.raised_s, _body(encode))


def _body(encode: Callable[..., wire.Message]) -> Callable[[int], bytes]:
    return lambda seq: wire.encode(encode(seq=seq))
