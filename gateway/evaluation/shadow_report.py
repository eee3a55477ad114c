"""What a shadow run says: sentences and tables for people, plain JSON for programs."""

from typing import Any, Final

from gateway.evaluation.report import Shown
from gateway.evaluation.scoring import mean, p90
from gateway.evaluation.shadow import Moved, Shadow, Side
from gateway.evaluation.twins import MONTH_DAYS
from models.coverage import duration
from models.kinds import AlertKind, Severity
from models.localtime import DAY_S, HOUR_S, LocalTime, utc_text
from models.vocabulary import Finding, HomeSpec

URGENT_PER_MONTH: Final = 1.0
"""What all urgent kinds together should stay under for one person (ALERTS, rule 5); no configuration moves it."""

_NO_ANSWER: Final = "What people would have done about another alert is not known: the rest of these days is as it was."


def account(found: Shadow) -> dict[str, Any]:
    """Everything, as plain JSON."""
    more, fewer, moved, same = found.compare()
    return {
        "home": found.present.spec.id,
        "from": utc_text(found.from_s),
        "until": utc_text(found.until_s),
        "days": round((found.until_s - found.from_s) / DAY_S, 1),
        "person_days": round(found.person_days, 1),
        "begun": utc_text(found.begun_s),
        "begun_with_what_was_learnt": found.learnt,
        "more": [_alert(one) for one in more],
        "fewer": [_alert(one) for one in fewer],
        "moved": [_alert(one.present) | {"proposed_opened_at": utc_text(one.proposed.opened_s)} for one in moved],
        "same": same,
        "present": _side(found, found.present),
        "proposed": _side(found, found.proposed),
        "waking_hours_asked": found.asked,
        "waking_hours_compared": len(found.present.notice_s),
        "sentences": [headline(found), *notes(found)],
    }


def _alert(one: Finding) -> dict[str, Any]:
    return {
        "resident": one.resident,
        "kind": str(one.kind),
        "severity": str(one.severity),
        "opened_at": utc_text(one.opened_s),
        "observed": one.evidence.observed,
    }


def _side(found: Shadow, side: Side) -> dict[str, Any]:
    notice_h = [seconds / HOUR_S for seconds in side.notice_s]
    return {
        "alerts": len(side.alerts),
        "attention_per_person_week": _rate(found, _count(side, Severity.ATTENTION), 7),
        "attention_budget_per_week": side.spec.attention_budget_per_week,
        "urgent_per_person_month": _rate(found, _count(side, Severity.URGENT), MONTH_DAYS),
        "urgent_budget_per_month": URGENT_PER_MONTH,
        "inactivity_per_person_day": _rate(found, sum(a.kind is AlertKind.INACTIVITY for a in side.alerts), 1),
        "inactivity_budget_per_day": side.spec.silence_budget_per_day,
        "notice_mean_h": mean(notice_h),
        "notice_p90_h": p90(notice_h),
    }


def _count(side: Side, severity: Severity) -> int:
    return sum(1 for one in side.alerts if one.severity is severity)


def _rate(found: Shadow, count: int, per_days: int) -> float | None:
    return count * per_days / found.person_days if found.person_days else None


def headline(found: Shadow) -> str:
    """The one sentence."""
    more, fewer, moved, same = found.compare()
    days = max(1, round((found.until_s - found.from_s) / DAY_S))
    would = f"In the last {'day' if days == 1 else f'{days} days'} this setting would have sent"
    at_other_times = f" {len(moved)} would have come at another time." if moved else ""
    if more or fewer:
        return (
            f"{would} {len(more)} more and {len(fewer)} fewer alerts{': these' if not moved else ''}.{at_other_times}"
        )
    if not (same or moved):
        return f"{would} no alert, and the present one did not either."
    return f"{would} the same {same + len(moved)} alert{'s' if same + len(moved) > 1 else ''}.{at_other_times}"


def notes(found: Shadow) -> list[str]:
    """What has to be known beside it: where both begin, what differs beside the settings, what cannot be known."""
    local = LocalTime(found.present.spec.timezone)
    begun = f"{local.weekday(found.begun_s)} {local.date(local.day(found.begun_s)).isoformat()}"
    if found.learnt:
        start = f"Both begin on {begun}, the oldest day that is kept, with what had been learnt until then."
        start += " That was learnt under the settings of that time, so a new one takes some days to show in full."
    elif found.unreadable:
        start = f"Both begin on {begun} with nothing learnt: what had been learnt before does not fit both."
    else:
        start = f"Both begin on {begun}, the first day of this home, with nothing learnt."
    said = [start]
    if found.blind_s >= HOUR_S:
        said.append(f"The gateway was down for {duration(found.blind_s)} of this time; that is not counted.")
    asked, compared = found.asked, len(found.present.notice_s)
    said.append(f"Time to notice: {compared} of {asked} waking hours, where both had an answer and no alert was open.")
    if compared:
        new, old = (duration(mean(side.notice_s) or 0) for side in (found.proposed, found.present))
        said[-1] += f" There it would take {new} on average until somebody is told, instead of {old}."
    return [*said, *differences(found.present.spec, found.proposed.spec), _NO_ANSWER]


def differences(present: HomeSpec, proposed: HomeSpec) -> list[str]:
    """What differs beside budgets and alert kinds, and what follows from that for such a run."""
    said = []
    mine, other = ({sensor.id: sensor for sensor in spec.sensors} for spec in (present, proposed))
    if new := sorted(other.keys() - mine.keys()):
        said.append(
            f"Only the proposed one has {_names(new)}: there is no past of it, so this run cannot show its part."
        )
    if gone := sorted(mine.keys() - other.keys()):
        said.append(f"The proposed one lacks {_names(gone)}: it lives through these days without it.")
    changed = sorted(name for name in mine.keys() & other.keys() if mine[name] != other[name])
    if changed:
        said.append(
            f"Kind, place or resident differs for {_names(changed)}: its past is read as each of the two says; what "
            "had been learnt before is the present one's."
        )
    if present.residents != proposed.residents:
        said.append(
            "The residents differ: alerts about somebody whom only one of the two knows count as more or fewer."
        )
    if present.timezone != proposed.timezone:
        said.append("The time zones differ: hours that were learnt in the one are read in the other.")
    return said


def _names(names: list[str]) -> str:
    return ", ".join(names)


def tables(found: Shadow) -> list[Shown]:
    """The alerts that differ, and both settings beside their budgets."""
    more, fewer, moved, _ = found.compare()
    shown = [_alerts(found, more, fewer, moved)] if more or fewer or moved else []
    both = Shown("Present and proposed setting", ("", "present", "proposed"))
    for name, text in _LINES:
        sides = (_side(found, found.present), _side(found, found.proposed))
        both.rows.append((text, *("-" if side[name] is None else f"{side[name]:.3g}" for side in sides)))
    both.notes = notes(found)
    return [*shown, both]


_LINES: Final = (
    ("alerts", "alerts"),
    ("attention_per_person_week", "attention, a person-week"),
    ("attention_budget_per_week", "  budget"),
    ("urgent_per_person_month", "urgent, a person-month"),
    ("urgent_budget_per_month", "  at most"),
    ("inactivity_per_person_day", "inactivity, a person-day"),
    ("inactivity_budget_per_day", "  budget"),
    ("notice_mean_h", "a silence is noticed after, mean h"),
    ("notice_p90_h", "  nine in ten within, h"),
)


def _alerts(found: Shadow, more: list[Finding], fewer: list[Finding], moved: list[Moved]) -> Shown:
    table = Shown("Alerts that differ", ("", "kind", "opened", "about", "seen"))
    local = LocalTime(found.present.spec.timezone)
    rows = [("more", one, "") for one in more] + [("fewer", one, "") for one in fewer]
    rows += [("moved", one.proposed, _by(one)) for one in moved]
    for what, one, by in sorted(rows, key=lambda row: row[1].opened_s):
        table.rows.append((what + by, str(one.kind), _when(local, one.opened_s), one.resident, one.evidence.observed))
    return table


def _by(one: Moved) -> str:
    by_s = one.proposed.opened_s - one.present.opened_s
    length = f"{abs(by_s) / DAY_S:.0f} d" if abs(by_s) >= 2 * DAY_S else duration(abs(by_s))
    return f", {length} {'later' if by_s > 0 else 'sooner'}"


def _when(local: LocalTime, at_s: int) -> str:
    return f"{utc_text(at_s + local.offset_s(at_s))[:10]} {local.clock(at_s)}"
