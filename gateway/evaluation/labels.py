"""Section 7: days on which people recorded something, against the table of habits (`--habits`).

A day's score is made of how rare each habit's count was, by the home's own account at the time, and in which
direction. A label's time is when it was recorded, so a labelled day is judged by the best score of itself and its
neighbours, and so is every day that it is compared with.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np

from gateway.evaluation.recorded import Recorded
from gateway.evaluation.scoring import auroc, bootstrap
from models.habit_names import ACTIVE
from models.localtime import LocalTime
from models.pulse import NIGHT as RESTING_PULSE
from models.vocabulary import HabitTable

ALERT_RATES: Final = (0.05, 0.1)
"""Shares of unlabelled days on which a threshold may alert."""

_EPOCH: Final = date(1970, 1, 1)


Signed = Mapping[str, float]
"""A day's habits, each as log10 of its rarity in days, above 0 for more than usual and below for less."""


def _all(signed: Signed) -> list[float]:
    return [abs(rarity) for rarity in signed.values()]


def _more(signed: Signed) -> list[float]:
    return [max(rarity, 0.0) for rarity in signed.values()]


def _less(signed: Signed) -> list[float]:
    return [max(-rarity, 0.0) for rarity in signed.values()]


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


SCORES: Final[dict[str, Callable[[Signed], float | None]]] = {
    "more, mean": lambda signed: _mean(_more(signed)),
    "more, greatest": lambda signed: max(_more(signed)),
    "less, mean": lambda signed: _mean(_less(signed)),
    "less, greatest": lambda signed: max(_less(signed)),
    "more minus less, mean": lambda signed: _mean(list(signed.values())),
    "either, mean": lambda signed: _mean(_all(signed)),
    "all movement": lambda signed: signed.get(ACTIVE),
    "resting pulse": lambda signed: signed.get(RESTING_PULSE),
}
"""From a day's habits to one number. The last two are one habit alone: how busy the whole day was, the plain "more
active than usual" of LEARNER, added after the others had been seen; and the pulse at night, where a wearable tells.
None on a day, or a night, that was not seen whole."""

MAIN: Final = ("agitation", "more, mean")
"""Said beforehand: people who are agitated are more active than usual (LEARNER, "Facts that decide the design")."""


@dataclass
class LabelledHome:
    """One person: each scored day's habits, signed, by day number; and the days of each label."""

    home: str
    days: dict[int, dict[str, float]]
    labels: dict[str, set[int]]


def labelled_home(recorded: Recorded, tables: Iterable[HabitTable]) -> LabelledHome | None:
    """What is needed of one home; None where nobody labelled it."""
    if recorded.labels is None:
        return None
    local = LocalTime(recorded.spec.timezone)
    days: dict[int, dict[str, float]] = {}
    for table in tables:
        signed = {
            habit.name: value
            for habit in table.habits
            if (value := signed_rarity(habit.rarity_days, habit.direction)) is not None
        }
        if signed:
            days.setdefault((date.fromisoformat(table.day) - _EPOCH).days, {}).update(signed)
    labels: dict[str, set[int]] = {}
    for label in recorded.labels:
        labels.setdefault(label.name, set()).add(local.day(label.at_s))
    return LabelledHome(recorded.name, days, labels)


def signed_rarity(rarity_days: float | None, direction: str) -> float | None:
    """Log10 of the rarity: above 0 for more, below for less, 0 for the same; None where nothing was said."""
    if rarity_days is None:
        return None
    sign = {"more": 1.0, "less": -1.0}.get(direction, 0.0)
    return sign * math.log10(max(rarity_days, 1.0))


@dataclass
class Judged:
    """One person's days under one score: with their neighbours, labelled days and the others; and each kind alone."""

    labelled: list[float]
    others: list[float]
    plain: list[float]
    that_day: list[float]


def judge(home: LabelledHome, label: str, score: Callable[[Signed], float | None]) -> Judged:
    """Score each day, and each day with its neighbours. Days within two of a label are nobody's comparison."""
    scores = {day: value for day, signed in home.days.items() if (value := score(signed)) is not None}
    hit_days = home.labels.get(label, set())

    def window(day: int) -> float | None:
        return max((scores[near] for near in (day - 1, day, day + 1) if near in scores), default=None)

    near_a_label = {day + by for day in hit_days for by in (-2, -1, 0, 1, 2)}
    return Judged(
        labelled=[value for day in sorted(hit_days) if (value := window(day)) is not None],
        others=[value for day in sorted(scores) if day not in near_a_label and (value := window(day)) is not None],
        plain=[value for day, value in sorted(scores.items()) if day not in near_a_label],
        that_day=[scores[day] for day in sorted(hit_days) if day in scores],
    )


def recall_at_rate(judged: Sequence[Judged], rate: float = ALERT_RATES[0]) -> float | None:
    """Share of labelled days with a score, theirs or a neighbour's, above what `rate` of the other days exceed."""
    plain = [value for one in judged for value in one.plain]
    labelled = [value for one in judged for value in one.labelled]
    if not plain or not labelled:
        return None
    threshold = float(np.quantile(plain, 1 - rate))
    return sum(value > threshold for value in labelled) / len(labelled)


def chance_at_rate(judged: Sequence[Judged], rate: float = ALERT_RATES[0]) -> float | None:
    """The same share for days that are not labelled: what chance alone gives."""
    plain = [value for one in judged for value in one.plain]
    others = [value for one in judged for value in one.others]
    if not plain:
        return None
    threshold = float(np.quantile(plain, 1 - rate))
    return sum(value > threshold for value in others) / len(others)


def _auroc(judged: Sequence[Judged]) -> float | None:
    return auroc([v for one in judged for v in one.labelled], [v for one in judged for v in one.others])


def labels_account(homes: list[LabelledHome], unlabelled: list[str], seed: int) -> dict[str, Any]:
    """Section 7 for all labelled homes together: each label under each score."""
    lines = []
    names = sorted({name for home in homes for name in home.labels}, key=lambda name: (name != MAIN[0], name))
    for label in names:
        # a home belongs to the recordings in which this label could have been given at all
        family = {_family(home.home) for home in homes if label in home.labels}
        people = [home for home in homes if _family(home.home) in family]
        for name, score in SCORES.items():
            judged = [judge(home, label, score) for home in people]
            if not any(one.plain for one in judged):  # nobody there has what this score is made of
                continue
            lines.append(
                {
                    "label": label,
                    "score": name,
                    "main": (label, name) == MAIN,
                    "people": len(people),
                    "people_with_label": sum(1 for home in people if label in home.labels),
                    "labelled_days": sum(len(one.labelled) for one in judged),
                    "other_days": sum(len(one.others) for one in judged),
                    "auroc": _auroc(judged),
                    "auroc_that_day": auroc(
                        [v for one in judged for v in one.that_day], [v for one in judged for v in one.plain]
                    ),
                    "auroc_interval": bootstrap(judged, _auroc, seed),
                    "recall_at_5_percent": recall_at_rate(judged),
                    "recall_interval": bootstrap(judged, recall_at_rate, seed),
                    "recall_by_chance": chance_at_rate(judged),
                    "recall_at_10_percent": recall_at_rate(judged, ALERT_RATES[1]),
                    "recall_at_10_percent_by_chance": chance_at_rate(judged, ALERT_RATES[1]),
                }
            )
    return {"labels": lines, "not_labelled": unlabelled, "alert_rates": list(ALERT_RATES)}


def _family(name: str) -> str:
    """`home-a` of `home-a07`: recordings of one study are named alike."""
    return name.rstrip("0123456789")
