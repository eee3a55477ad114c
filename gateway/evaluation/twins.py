"""Sections 1 and 2: what an untouched recording gives rise to, and how soon a silence would be noticed."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.evaluation.life import CLEAN_DAYS, Life
from gateway.evaluation.recorded import Recorded
from gateway.evaluation.running import Twin
from gateway.evaluation.scoring import bootstrap, count, mean, p90, ratio
from models.localtime import DAY_S, HOUR_S

BUDGETS: Final = (0.01, 0.02, 0.05)
"""False `inactivity` alerts a person-day that are asked for."""

MONTH_DAYS: Final = 30
UNNOTICED_S: Final = DAY_S
"""A moment without any deadline counts as this long to notice."""


@dataclass
class TwinHome:
    """What one untouched home gave rise to; `*_late` counts from day 14 on, `again` what came back soon."""

    home: str
    days: float
    days_late: float
    kinds: Counter[str]
    kinds_late: Counter[str]
    attention: int
    urgent: int
    attention_late: int
    urgent_late: int
    again: int


@dataclass
class SilenceHome:
    """One stream under one budget: false `inactivity` alerts after day 14, and the time to notice at each moment."""

    home: str
    budget: float
    days: float
    false: int
    notice_s: list[int] = field(default_factory=list)
    open_already: int = 0
    without: int = 0


def from_s(recorded: Recorded) -> int:
    """When the two clean weeks are over."""
    return recorded.start_s + CLEAN_DAYS * DAY_S


def twin_home(recorded: Recorded, twin: Twin) -> TwinHome:
    """Count what was raised."""
    late_s = from_s(recorded)
    care = [alert for alert in twin.heard.alerts if alert.care]
    return TwinHome(
        home=recorded.name,
        days=recorded.person_days(recorded.start_s),
        days_late=recorded.person_days(late_s),
        kinds=Counter(f"{alert.kind}/{alert.severity}" for alert in care),
        kinds_late=Counter(f"{alert.kind}/{alert.severity}" for alert in care if alert.opened_s >= late_s),
        attention=count(twin.heard, "attention"),
        urgent=count(twin.heard, "urgent"),
        attention_late=count(twin.heard, "attention", late_s),
        urgent_late=count(twin.heard, "urgent", late_s),
        again=sum(1 for alert in twin.heard.again if alert.care),
    )


def silence_home(life: Life, twin: Twin, budget: float, hours_s: list[int]) -> SilenceHome:
    """The time to notice at each of `hours_s`, and the false alerts that it was bought with."""
    recorded = life.recorded
    late_s = from_s(recorded)
    residents = 1 if life.stream in recorded.spec.residents else len(recorded.spec.residents)
    result = SilenceHome(
        home=recorded.name,
        budget=budget,
        days=recorded.person_days(late_s) * residents / len(recorded.spec.residents),
        false=sum(
            1
            for alert in twin.heard.alerts
            if alert.kind == "inactivity" and alert.resident == life.stream and alert.opened_s >= late_s
        ),
    )
    for at_s in hours_s:
        deadline_s = twin.deadlines[at_s].get(life.stream)
        if deadline_s is None:
            result.without += 1
            result.notice_s.append(UNNOTICED_S)
        elif deadline_s <= at_s:
            result.open_already += 1
        else:
            result.notice_s.append(min(deadline_s - at_s, UNNOTICED_S))
    return result


def twins_account(homes: list[TwinHome], seed: int) -> dict[str, Any]:
    """Section 1 for all homes together."""

    def rate(name: str, days_name: str, per_days: int) -> dict[str, Any]:
        def pairs(some: Any) -> float | None:  # noqa: ANN401 - a sequence of homes, given back by bootstrap
            return ratio((getattr(home, name) * per_days, getattr(home, days_name)) for home in some)

        return {
            "count": sum(getattr(home, name) for home in homes),
            "rate": pairs(homes),
            "interval": bootstrap(homes, pairs, seed),
        }

    days, late = sum(home.days for home in homes), sum(home.days_late for home in homes)
    kinds = sum((home.kinds for home in homes), Counter[str]())
    kinds_late = sum((home.kinds_late for home in homes), Counter[str]())
    return {
        "person_days": days,
        "person_days_after_day_14": late,
        "attention_per_person_week": rate("attention", "days", 7),
        "urgent_per_person_month": rate("urgent", "days", MONTH_DAYS),
        "attention_per_person_week_after_day_14": rate("attention_late", "days_late", 7),
        "urgent_per_person_month_after_day_14": rate("urgent_late", "days_late", MONTH_DAYS),
        "came_back": sum(home.again for home in homes),
        "kinds": [
            {
                "kind": name.partition("/")[0],
                "severity": name.partition("/")[2],
                "count": number,
                "per_person_week": number * 7 / days if days else None,
                "count_after_day_14": kinds_late[name],
                "per_person_day_after_day_14": kinds_late[name] / late if late else None,
            }
            for name, number in sorted(kinds.items())
        ],
        "homes": [
            {
                "home": home.home,
                "days": round(home.days, 1),
                "attention": home.attention,
                "urgent": home.urgent,
                "kinds": dict(sorted(home.kinds.items())),
            }
            for home in homes
        ],
    }


def silence_account(results: list[SilenceHome], skipped: list[str], seed: int) -> dict[str, Any]:
    """Section 2: for each budget, asked and realised, and the time to notice."""

    def false(some: Any) -> float | None:  # noqa: ANN401
        return ratio((one.false, one.days) for one in some)

    lines = []
    for budget in sorted({one.budget for one in results}):
        those = [one for one in results if one.budget == budget]
        notice_h = [s / HOUR_S for one in those for s in one.notice_s]
        realised = false(those)
        lines.append(
            {
                "asked": budget,
                "realised": realised,
                "interval": bootstrap(those, false, seed),
                "realised_over_asked": None if realised is None else realised / budget,
                "false": sum(one.false for one in those),
                "person_days": sum(one.days for one in those),
                "moments": len(notice_h),
                "notice_mean_h": mean(notice_h),
                "notice_p90_h": p90(notice_h),
                "open_already": sum(one.open_already for one in those),
                "without_deadline": sum(one.without for one in those),
                "homes": [
                    {
                        "home": one.home,
                        "false_per_day": one.false / one.days if one.days else None,
                        "notice_mean_h": mean([s / HOUR_S for s in one.notice_s]),
                        "notice_p90_h": p90([s / HOUR_S for s in one.notice_s]),
                    }
                    for one in those
                ],
            }
        )
    return {"budgets": lines, "skipped": skipped}
