"""The fault matrix as tables: by fault, by what she did, and every scenario that fell short."""

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import Any, Final

from gateway.evaluation.matrix.judging import Verdict
from gateway.evaluation.matrix.judging_faults import FaultTold
from gateway.evaluation.report import Shown
from models.localtime import HOUR_S

_HEADER: Final = (
    "scenarios", "unsafe silence", "care alert for a fault", "could not see", "like her", "told in time",
    "median s", "by statistics", "median h", "not covered",
)  # fmt: skip
_SHOWN: Final = 40


def totals(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """One line of the matrix, as numbers."""
    faults = [one for verdict in verdicts for one in verdict.faults]
    by_link = [one for one in faults if one.by_link]
    by_statistics = [one for one in faults if not one.by_link]
    return {
        "scenarios": len(verdicts),
        "unsafe": _count(verdicts, lambda one: one.unsafe),
        "false_care": _count(verdicts, lambda one: one.false_care),
        "could_not_see": _count(verdicts, lambda one: one.could_not_see),
        "like_her": _count(verdicts, lambda one: one.like_her),
        "by_link": len(by_link),
        "by_link_in_time": sum(one.in_time for one in by_link),
        "by_link_median_s": _median(by_link),
        "by_statistics": len(by_statistics),
        "by_statistics_told": sum(one.first_s is not None for one in by_statistics),
        "by_statistics_median_h": None if (s := _median(by_statistics)) is None else round(s / HOUR_S, 1),
        "uncovered": _count(verdicts, lambda one: one.uncovered),
        "collapses": _count(verdicts, lambda one: one.due_s is not None),
        "misled": _count(verdicts, lambda one: one.misled),
        "taken_back": _count(verdicts, lambda one: one.taken_back),
        "by_desk": _count(verdicts, lambda one: one.told_kind == "unheard"),
        "wrong": _count(verdicts, lambda one: one.wrong),
        "down": _count(verdicts, lambda one: one.down),
    }


def account(verdicts: Sequence[Verdict], seed: int) -> dict[str, Any]:
    """Everything, for `--json`."""
    return {
        "seed": seed,
        "all": totals(verdicts),
        "faults": {name: totals(some) for name, some in _by(verdicts, lambda one: one.fault)},
        "courses": {name: totals(some) for name, some in _by(verdicts, lambda one: one.course)},
        "verdicts": [asdict(one) for one in verdicts],
    }


def tables(verdicts: Sequence[Verdict]) -> list[Shown]:
    """The tables that are printed."""
    by_fault = Shown("By fault", ("fault", *_HEADER), [_line(*one) for one in _by(verdicts, lambda one: one.fault)])
    by_course = Shown(
        "By what she did", ("course", *_HEADER), [_line(*one) for one in _by(verdicts, lambda one: one.course)]
    )
    all_of_them = totals(verdicts)
    by_course.rows.append(_line("all", verdicts))
    late = f"Told late, since a broken sensor looked exactly like her: {all_of_them['misled']}"
    desk = f"first told by the desk (unheard): {all_of_them['by_desk']}"
    back = f"an alert taken back afterwards: {all_of_them['taken_back']}"
    wrong = f"Messages to the technician about sound sensors in {all_of_them['wrong']}"
    by_course.notes += [
        f"Collapses: {all_of_them['collapses']}. {late}; {desk}; {back}.",
        f"The gateway was down meanwhile in {all_of_them['down']}. {wrong}.",
        "Told in time: within 60 s of when a link, the radio or a chatter can be known. By statistics: told at all.",
    ]
    return [by_fault, by_course, *_told(verdicts), *_failures(verdicts)]


def _line(name: str, verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    line = totals(verdicts)
    return (
        name,
        *(str(line[key]) for key in ("scenarios", "unsafe", "false_care", "could_not_see", "like_her")),
        _share(line["by_link_in_time"], line["by_link"]),
        _number(line["by_link_median_s"]),
        _share(line["by_statistics_told"], line["by_statistics"]),
        _number(line["by_statistics_median_h"]),
        str(line["uncovered"]),
    )


def _told(verdicts: Sequence[Verdict]) -> list[Shown]:
    """How each way of failing was told, and what was never named."""
    rows: list[tuple[str, ...]] = []
    for how, some in _by([one for verdict in verdicts for one in verdict.faults], lambda one: one.how):
        told = [one for one in some if one.delay_s is not None]
        rows.append((
            how, str(len(some)), str(len(told)), str(sum(one.in_time for one in some if one.by_link)),
            str(sum(one.by_link for one in some)), _number(_median(some)),
            ", ".join(sorted({name for one in some for name in one.unnamed})) or "none",
        ))  # fmt: skip
    header = ("how", "faults", "told", "in time", "of", "median s", "never named, in some scenario")
    return [Shown("What the technician was told", header, rows)]


def _failures(verdicts: Sequence[Verdict]) -> list[Shown]:
    rows: list[tuple[str, ...]] = []
    for one in verdicts:
        what = [f"care alert: {alert}" for alert in one.false_care]
        if one.unsafe and one.due_s is not None:
            told = "never" if one.told_s is None else f"{(one.told_s - one.at_s) / HOUR_S:.1f} h ({one.told_kind})"
            what.append(f"unsafe: told after {told}, due after {(one.due_s - one.at_s) / HOUR_S:.1f} h")
        rows += [(f"{one.number}", one.fault, one.course, "; ".join(one.breaks), each) for each in what]
    if not rows:
        return []
    notes = [] if len(rows) <= _SHOWN else [f"{len(rows) - _SHOWN} more: --json has them all."]
    return [Shown("Failures", ("scenario", "fault", "course", "what broke", "what was told"), rows[:_SHOWN], notes)]


def _by(items: Iterable[Any], key: Callable[[Any], str]) -> list[tuple[str, list[Any]]]:
    groups: dict[str, list[Any]] = {}
    for one in items:
        groups.setdefault(key(one), []).append(one)
    return list(groups.items())


def _count(verdicts: Iterable[Verdict], which: Callable[[Verdict], Any]) -> int:
    return sum(1 for one in verdicts if which(one))


def _median(faults: Iterable[FaultTold]) -> int | None:
    delays = [one.delay_s for one in faults if one.delay_s is not None]
    return round(statistics.median(delays)) if delays else None


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole}" if whole else "-"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"
