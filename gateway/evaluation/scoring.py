"""What counts as noticed, as false, as the same alert; and the few statistics that are printed.

AUROC as the share of pairs that are in the right order, ties half (Hanley and McNeil, Radiology 1982). Intervals by
bootstrap over people, not over days: a person's days resemble each other (Efron and Tibshirani 1993, ch. 6).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

import numpy as np

from gateway.evaluation.running import Alert, Heard
from models.localtime import DAY_S, HOUR_S

SAME_WITHIN_S: Final = {"urgent": 3 * HOUR_S, "attention": 2 * DAY_S}
"""Two alerts of one kind about one person are the same if they open within this of each other, by severity: what is
judged by days may come a day sooner or later."""

BOOTSTRAPS: Final = 1000

Person = TypeVar("Person")


def noticed_s(alerts: Iterable[Alert], stream: str, hits: frozenset[str], start_s: int, end_s: int) -> int | None:
    """Seconds from `start_s` to the first alert of one of `hits` about `stream` until `end_s`; None without one."""
    opened = [
        alert.opened_s - start_s
        for alert in alerts
        if alert.resident == stream and alert.kind in hits and start_s < alert.opened_s <= end_s
    ]
    return min(opened, default=None)


def beyond(
    found: Sequence[Alert], twin: Sequence[Alert], start_s: int, end_s: int, shifts_s: Sequence[int] = (0,)
) -> list[Alert]:
    """Care alerts of `found` that opened in [start_s, end_s] and that the twin did not raise as well.

    Each alert of the twin answers for one: the same resident and kind, within `SAME_WITHIN_S`, after one of
    `shifts_s` has been taken off (a clock that was wrong dates alerts wrongly).
    """
    left = [alert for alert in twin if alert.care]
    extra = []
    for alert in found:
        if not alert.care or not start_s <= alert.opened_s <= end_s:
            continue
        same = [
            other
            for other in left
            if (other.resident, other.kind) == (alert.resident, alert.kind)
            and any(
                abs(alert.opened_s - shift_s - other.opened_s) <= SAME_WITHIN_S.get(alert.severity, 3 * HOUR_S)
                for shift_s in shifts_s
            )
        ]
        if same:
            left.remove(min(same, key=lambda other: abs(other.opened_s - alert.opened_s)))
        else:
            extra.append(alert)
    return extra


def count(heard: Heard, severity: str, from_s: int = 0) -> int:
    """Care alerts of `severity` that opened from `from_s` on."""
    return sum(1 for alert in heard.alerts if alert.care and alert.severity == severity and alert.opened_s >= from_s)


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """The chance that a positive scores above a negative; None where one of them is missing."""
    if not positive or not negative:
        return None
    ranked = np.sort(np.asarray(negative, dtype=float))
    hits = np.asarray(positive, dtype=float)
    below = np.searchsorted(ranked, hits, side="left")
    not_above = np.searchsorted(ranked, hits, side="right")
    return float((below + not_above).mean() / 2 / len(ranked))


def bootstrap(
    people: Sequence[Person], measure: Callable[[Sequence[Person]], float | None], seed: int
) -> tuple[float, float] | None:
    """The central 95 % of `measure` over samples of people, drawn with replacement. None for fewer than two."""
    if len(people) < 2:
        return None
    rng = np.random.default_rng(seed)
    draws = (measure([people[i] for i in rng.integers(0, len(people), len(people))]) for _ in range(BOOTSTRAPS))
    values = [value for value in draws if value is not None]
    if not values:
        return None
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def ratio(pairs: Iterable[tuple[float, float]]) -> float | None:
    """Sum over sum; None where there is nothing to divide by."""
    over, under = 0.0, 0.0
    for mine, all_of_them in pairs:
        over += mine
        under += all_of_them
    return over / under if under else None


def mean(values: Sequence[float]) -> float | None:
    """The mean; None of nothing."""
    return float(np.mean(values)) if values else None


def p90(values: Sequence[float]) -> float | None:
    """The 90th percentile; None of nothing."""
    return float(np.percentile(values, 90)) if values else None
