"""From what the home says to what leaves the house: ids, rounding, and nothing that the schema does not have.

The same saying always gives the same id, so a replay after a crash, a retry and a duplicate all name the same
message (ARCHITECTURE, "How a reading travels").
"""

from collections.abc import Callable, Iterable
from functools import partial

import msgspec

from gateway.store.outbox import Draft, Opens
from gateway.store.outbox_rows import Rank
from gateway.uplink import wire
from gateway.uplink.forms import MAX_SENTENCE
from gateway.uplink.ids import identity
from models.kinds import TECHNICIAN, AlertKind, Severity
from models.localtime import utc_text
from models.vocabulary import Change, Finding, HabitTable, Said, Summary, Update, WeekOfHabit


def alert_id(home: str, resident: str, kind: AlertKind, opened_s: int) -> str:
    """An alert's id, from (home, resident, kind, opening instant in UTC seconds)."""
    return identity("alert", home, resident, kind, opened_s)


def drafts_of(home: str, said: Iterable[Said]) -> list[Draft]:
    """The messages to send of what the home said, in order; a table of habits stays in the house."""
    return [_draft(home, one) for one in said if not isinstance(one, HabitTable)]


def tables_of(said: Iterable[Said]) -> list[HabitTable]:
    """The daily counts of what the home said, in order: they are kept in the house (`gateway.store.habit_days`)."""
    return [one for one in said if isinstance(one, HabitTable)]


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
        opened_at=utc_text(finding.since_s // 60 * 60),
        observed=plain(evidence.observed),
        usual=plain(evidence.usual),
        because=plain(evidence.because),
        coverage=plain(evidence.coverage),
        cannot_tell=plain(evidence.cannot_tell),
        to_do=plain(evidence.to_do),
        details=plain(evidence.details),
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
        observed=plain(update.observed),
    )
    resolves = about if update.change is Change.RESOLVED else None
    reopens = about if update.change is Change.REPEATED else None
    presses = update.change in (Change.REPEATED, Change.UNANSWERED) and update.kind not in TECHNICIAN
    rank = Rank.URGENT if presses else Rank.ALERT
    return Draft(
        message_id, "alert_update", rank, update.raised_s, _body(encode), resolves=resolves, reopens=reopens,
        spared=update.kind not in TECHNICIAN,
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
        headline=plain(summary.headline),
        coverage=plain(summary.coverage),
        lines=tuple(plain(line) for line in lines[: wire.MAX_LINES]),
        habits=tuple(_line(habit) for habit in habits),
    )
    return Draft(message_id, "summary", Rank.SUMMARY, summary.raised_s, _body(encode))


def _line(habit: WeekOfHabit) -> wire.HabitLine:
    low, high = habit.usual_low, habit.usual_high
    return wire.HabitLine(
        habit=habit.name,
        observed=rounded(habit.per_day),
        usual_low=None if low is None else rounded(low),
        usual_high=None if high is None else rounded(high),
    )


def plain(text: str) -> str:
    """`text` within the alphabet and the length of the wire: an alert must not be lost for a long name.

    >>> plain("No movement seen since 09:42 (cafe)."), plain("caf\u00e9"), len(plain("a" * 700))
    ('No movement seen since 09:42 (cafe).', 'caf?', 600)
    """
    known = "".join(one if " " <= one <= "~" or one == "°" else "?" for one in text)
    return known if len(known) <= MAX_SENTENCE else f"{known[: MAX_SENTENCE - 3]}..."


def rounded(number: float) -> float:
    """A mean a day as it leaves: one decimal, within the bounds.

    >>> rounded(4.25001), rounded(-0.01), rounded(1e9)
    (4.3, 0.0, 10000.0)
    """
    return abs(round(min(max(number, 0.0), wire.MOST_A_DAY), 1))


def _body(encode: Callable[..., wire.Message]) -> Callable[[int], bytes]:
    def body(seq: int) -> bytes:
        message = encode(seq=seq)
        while True:
            try:
                return wire.encode(message)
            except wire.TooLarge:
                if not isinstance(message, wire.Summary) or not (message.habits or message.lines):
                    raise
                lines = message.lines if message.habits else message.lines[: len(message.lines) // 2]
                habits = message.habits[: len(message.habits) // 2]
                message = msgspec.structs.replace(message, lines=lines, habits=habits)

    return body
