"""Which learners of slow change and of the shape of a day add recall at equal false alerts, on recorded homes.

Usage: .venv/bin/python scripts/compare_learners.py FOLDER...

Each detector sees the same days. Its threshold is the loosest that gives no more than so many alerts on all untouched
homes together (in hindsight, which favours every one of them alike), and then it is asked for changed copies. This is
how docs/decisions/0013 was decided; nothing here is part of Wren.
"""

import math
import sys
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from river import anomaly, drift

from gateway.evaluation.labels import LabelledHome, judge, labelled_home
from gateway.evaluation.recorded import find, load
from gateway.evaluation.running import run
from gateway.evaluation.scoring import auroc
from models.habit_names import ACTIVE
from models.habits import PARTS
from models.learners.drift import NEEDED, Drift
from models.learners.recent import Recent
from models.vocabulary import HabitTable

Days = dict[str, list[float | None]]
SLOW = (ACTIVE, "kitchen", "outside-door", "fridge")
REFRACTORY = 28
START = 14


def days_of(tables: list[HabitTable]) -> Days:
    """Each habit's count a day and part of the day; None where it could not be seen, or nobody was there."""
    found: list[dict[str, float]] = []
    today: dict[str, float] = {}
    for table in tables:
        today |= {one.name: one.observed for one in table.habits if one.direction != "unseen"}
        if any(one.name == ACTIVE for one in table.habits):
            found.append(today)
            today = {}
    usual = float(np.median([day[ACTIVE] for day in found if ACTIVE in day] or [0.0]))
    kept = [day if day.get(ACTIVE, 0.0) >= 0.2 * usual else {} for day in found]
    return {name: [day.get(name) for day in kept] for name in sorted({name for day in found for name in day})}


def trend(values: list[float | None], _level: float) -> np.ndarray:
    """Wren's `Drift`, as a rarity for each day."""
    learner, scores = Drift(-1), []
    for value in values:
        score = learner.score_one(value)
        learner.learn_one(value)
        course = learner.course()
        matters = course is not None and course.then - course.now >= max(1.0, 0.2 * course.then)
        scores.append(1.0 if score is None or not matters else score)
    return np.array(scores)


def _river(make: Callable[[float], Any]) -> Callable[[list[float | None], float], np.ndarray]:
    """One of River's drift detectors on days in units of this person's first four weeks; 0 where it goes off."""

    def scores(values: list[float | None], level: float) -> np.ndarray:
        first = [value for value in values if value is not None][:NEEDED]
        middle = float(np.median(first))
        spread = max(1.4826 * float(np.median(np.abs(np.array(first) - middle))), math.sqrt(max(middle, 0.3)))
        detector, past, found = make(level), [], np.ones(len(values))
        for day, value in enumerate(values):
            if value is None:
                continue
            past.append((value - middle) / spread)
            detector.update(past[-1])
            lower = np.mean(past[-7:]) < np.mean(past[:-7] or [0.0])
            found[day] = 0.0 if detector.drift_detected and day >= NEEDED and lower else 1.0
        return found

    return scores


TRENDS: dict[str, tuple[Callable[[list[float | None], float], np.ndarray], tuple[float, ...]]] = {
    "trend (Wren)": (trend, (0.0,)),
    "ADWIN": (
        _river(lambda level: drift.ADWIN(delta=level, clock=1, min_window_length=5, grace_period=10)),
        (1e-4, 1e-3, 0.002, 0.01, 0.03, 0.1, 0.3, 0.7),
    ),
    "PageHinkley": (
        _river(lambda level: drift.PageHinkley(14, delta=0.25, threshold=level, alpha=1.0, mode="down")),
        (6, 10, 14, 18, 24, 30, 40, 60, 80),
    ),
    "KSWIN": (
        _river(lambda level: drift.KSWIN(alpha=level, window_size=42, stat_size=14, seed=1)),
        (1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.002, 0.005, 0.02),
    ),
}


def opened(scores: np.ndarray, level: float) -> int:
    """Alerts: what goes on within four weeks is one."""
    count, until = 0, -1
    for day, score in enumerate(scores):
        if day >= until and score <= level:
            count, until = count + 1, day + REFRACTORY
    return count


def thinned(values: list[float | None], start: int, rng: np.random.Generator) -> list[float | None]:
    """1.5 % less each day for forty days."""
    return [
        value if value is None or day < start else float(rng.binomial(int(value), 0.985 ** min(day - start + 1, 40)))
        for day, value in enumerate(values)
    ]


def compare_trends(homes: dict[str, Days]) -> Iterator[str]:
    """Recall within forty days of a habit that ebbs away, at the same number of false alerts."""
    weeks = sum(max(0, len(days[ACTIVE]) - NEEDED) for days in homes.values()) / 7
    watched = {home: {name: days[name] for name in SLOW if name in days} for home, days in homes.items()}
    rng = np.random.default_rng(1)
    copies = [
        (home, name, start, thinned(values, start, rng))
        for home, each in watched.items()
        for name, values in each.items()
        if name != "fridge" and np.mean([value for value in values if value is not None] or [0.0]) >= 5
        for start in range(START, len(values) - 40, 3)
    ]
    yield f"Habits that ebb away (1.5 % a day, 40 days): {len(copies)} copies, {weeks:.0f} person-weeks untouched"
    yield "false alerts at most  detector      false  a week  recall  delay d"
    found = {}
    for detector, (score, levels) in TRENDS.items():
        for level in levels:
            quiet = {home: np.min([score(v, level) for v in each.values()], axis=0) for home, each in watched.items()}
            found[detector, level] = (
                {home: each * len(watched[home]) for home, each in quiet.items()},
                [
                    (home, score(values, level)[start : start + 41] * len(watched[home]))
                    for home, _, start, values in copies
                ],
            )
    for most in (1, 2, 4, 8):
        for detector, (_, levels) in TRENDS.items():
            best = (0.0, -99.0, 0)
            for level in levels:
                quiet, changed_ones = found[detector, level]
                cuts = sorted({float(p) for each in quiet.values() for p in each if p < 1})
                fits = [cut for cut in cuts if sum(opened(each, cut) for each in quiet.values()) <= most]
                if not fits:
                    continue
                false = sum(opened(each, fits[-1]) for each in quiet.values())
                hits: dict[str, list[bool]] = {}
                delays = []
                for home, scores in changed_ones:
                    at = np.flatnonzero(scores <= fits[-1])
                    hits.setdefault(home, []).append(bool(len(at)))
                    delays += [float(at[0])] if len(at) else []
                recall = float(np.mean([np.mean(each) for each in hits.values()]))
                best = max(best, (recall, -float(np.median(delays or [99.0])), false))
            recall, delay, false = best
            yield f"{most:21}  {detector:12}  {false:5}  {false / weeks:6.3f}  {recall:6.2f}  {-delay:7.0f}"


def shape(days: Days, seed: int = 1) -> np.ndarray:
    """Half-space trees on the day's counts by part, each by its place among this person's own days; 0 to 1, rarer high.

    Ranks among one's own past scores, so that homes can be put together.
    """
    names = [name for name in days if name.endswith(tuple(f"-{part}" for part, _ in PARTS))]
    trees = anomaly.HalfSpaceTrees(n_trees=25, height=6, window_size=START, seed=seed)
    past: dict[str, list[float]] = {name: [] for name in names}
    own: list[float] = []
    ranks = np.full(len(days[ACTIVE]), np.nan)
    for day in range(len(ranks)):
        if any(days[name][day] is None for name in names):
            continue
        vector = {name: _place(past[name], float(days[name][day] or 0.0)) for name in names}
        score = trees.score_one(vector)
        if len(own) >= START:
            ranks[day] = _place(own, score)
        if len(past[names[0]]) >= START:
            own.append(score)
        trees.learn_one(vector)
        for name in names:
            past[name].append(float(days[name][day] or 0.0))
    return ranks


def _place(past: list[float], value: float) -> float:
    """Where `value` lies among `past`: 0 below all, 1 above all."""
    if not past:
        return 0.5
    return (sum(each < value for each in past) + sum(each <= value for each in past)) / 2 / len(past)


def signs(days: Days) -> np.ndarray:
    """What `Trends` looks at: more bathroom at night, less active; the rarest a day, as log10 of how rare."""
    found = np.zeros(len(days[ACTIVE]))
    for name, direction, windows in (("bathroom-night", 1, (1, 2, 3)), (ACTIVE, -1, (5, 10))):
        for window in windows if name in days else ():
            learner = Recent(window, direction)
            for day, value in enumerate(days[name]):
                count = None if value is None else int(value)
                score = learner.score_one(count)
                learner.learn_one(count)
                found[day] = max(found[day], -math.log10(max(score, 1e-9)) if score is not None else 0.0)
    return found


def changed(days: Days, start: int, what: str, rng: np.random.Generator) -> tuple[Days, int]:
    """A copy with more bathroom at night for three days, or a third less of everything for fourteen."""
    long = 3 if what == "night bathroom x2" else 14
    copy = {name: list(values) for name, values in days.items()}
    for name, values in copy.items():
        for day in range(start, min(start + long, len(values))):
            value = values[day]
            if value is None:
                continue
            if what == "night bathroom x2":
                extra = days["bathroom-night"][day] or 0.0
                values[day] = value + extra if name in ("bathroom", "bathroom-night") else value
            else:
                values[day] = float(rng.binomial(int(value), 2 / 3))
    return copy, long


def compare_shapes(homes: dict[str, Days], labelled: dict[str, LabelledHome]) -> Iterator[str]:
    """Recall of the signs, of the shape of the day, and of both together, at the same number of false alert days."""
    yield "The shape of a day: recall at equal false alert days (both: half of the alerts each)"
    yield "change                false a week  signs  shape  both"
    quiet = {home: (signs(days), shape(days)) for home, days in homes.items()}
    weeks = sum(np.isfinite(each[1]).sum() for each in quiet.values()) / 7
    for what in ("night bathroom x2", "less active by 1/3"):
        rng = np.random.default_rng(2)
        copies = []
        for home, days in homes.items():
            if what.startswith("night") and float(np.median([v or 0.0 for v in days.get("bathroom-night", [0.0])])) < 1:
                continue
            for start in range(NEEDED, len(days[ACTIVE]) - 14, 6):
                copy, long = changed(days, start, what, rng)
                copies.append((home, slice(start, start + long), signs(copy), shape(copy)))
        for rate in (0.1, 0.3, 1.0):
            allowed = int(rate * weeks)
            cuts = [
                [_cut([each[kind] for each in quiet.values()], part) for part in (allowed, allowed // 2)]
                for kind in (0, 1)
            ]
            rows: dict[str, list[tuple[bool, bool, bool]]] = {}
            for home, when, by_sign, by_shape in copies:
                one, other = (float(np.nanmax(each[when], initial=0.0)) for each in (by_sign, by_shape))
                both = one > cuts[0][1] or other > cuts[1][1]
                rows.setdefault(home, []).append((one > cuts[0][0], other > cuts[1][0], both))
            means = np.mean([np.mean(each, axis=0) for each in rows.values()], axis=0)
            yield f"{what:20}  {rate:12.1f}  {means[0]:5.2f}  {means[1]:5.2f}  {means[2]:4.2f}"
    positive, negative = [], []
    for home, one in labelled.items():
        first = min(one.days, default=0)
        scored = {first + day: float(value) for day, value in enumerate(quiet[home][1]) if np.isfinite(value)}
        seen = LabelledHome(home, {day: {"shape": value} for day, value in scored.items()}, one.labels)
        judged = judge(seen, "agitation", lambda each: each["shape"])
        positive, negative = positive + judged.labelled, negative + judged.others
    area = auroc(positive, negative)
    yield f"Agitation days, half-space trees: AUROC {area:.2f}" if area is not None else "No agitation days."


def _cut(scores: list[np.ndarray], most: int) -> float:
    """The score that no more than `most` untouched days are above."""
    ranked = np.sort(np.concatenate([each[np.isfinite(each)] for each in scores]))[::-1]
    return float(ranked[min(most, len(ranked) - 1)])


def main() -> None:
    """Measure and print."""
    homes: dict[str, Days] = {}
    labelled: dict[str, LabelledHome] = {}
    for folder in find(tuple(Path(name) for name in sys.argv[1:])):
        recorded = load(folder)
        tables = run(recorded).heard.tables
        days = days_of(tables)
        if ACTIVE in days and len(days) > 5 and len(days[ACTIVE]) > NEEDED:
            homes[recorded.name] = days
            if (one := labelled_home(recorded, tables)) is not None:
                labelled[recorded.name] = one
    for line in chain(compare_trends(homes), [""], compare_shapes(homes, labelled)):
        print(line, flush=True)


if __name__ == "__main__":
    main()
