"""The account of an evaluation as tables of text, each with a sentence on how to read it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Shown:
    """One table.

    Attributes:
        title: what it is.
        header: a word or two for each column; the first column is text, the others are numbers.
        rows: of text, as many as the header.
        notes: sentences under it.
    """

    title: str
    header: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def tables(account: dict[str, Any]) -> list[Shown]:
    """All tables of `account` (`Evaluation.account`), in its order."""
    makers: dict[str, Callable[[dict[str, Any]], Iterator[Shown]]] = {
        "twins": _twins,
        "silence": _silence,
        "calibration": _calibration,
        "changes": _changes,
        "rivals": _rivals,
        "faults": _faults,
        "labels": _labels,
    }
    shown = [table for name, make in makers.items() if name in account for table in make(account[name])]
    if shown:
        homes = len(account["homes"])
        drawn = f"seed {account['seed']}, up to {account['per_home']} copies a home"
        shown[-1].notes.append(f"{homes} home{'' if homes == 1 else 's'}; {drawn}. Intervals: 95 %, over people.")
    return shown


def _twins(part: dict[str, Any]) -> Iterator[Shown]:
    table = Shown("Untouched: every care alert counts as false", ("", "alerts", "rate", "95 %"))
    names = {
        "attention_per_person_week": "attention, a person-week",
        "attention_per_person_week_after_day_14": "  the same after day 14",
        "urgent_per_person_month": "urgent, a person-month",
        "urgent_per_person_month_after_day_14": "  the same after day 14",
    }
    for key, text in names.items():
        one = part[key]
        table.rows.append((text, str(one["count"]), _number(one["rate"]), _span(one["interval"])))
    days, late = part["person_days"], part["person_days_after_day_14"]
    table.notes.append(f"{days:.0f} person-days that could be seen, {late:.0f} of them after day 14.")
    if part["came_back"]:
        table.notes.append(f"{part['came_back']} times one came back within half an hour of its end: the same alert.")
    yield table
    kinds = Shown("By kind", ("kind", "severity", "alerts", "a person-week", "after day 14", "a person-day then"))
    for one in part["kinds"]:
        kinds.rows.append(
            (
                one["kind"],
                one["severity"],
                str(one["count"]),
                _number(one["per_person_week"]),
                str(one["count_after_day_14"]),
                _number(one["per_person_day_after_day_14"], 4),
            )
        )
    yield kinds


def _silence(part: dict[str, Any]) -> Iterator[Shown]:
    header = ("false a day: asked", "realised", "95 %", "ratio", "false", "notice, mean h", "p90 h", "moments")
    table = Shown("Silence: time to notice at waking moments at home, and what it costs", header)
    for one in part["budgets"]:
        table.rows.append(
            (
                _number(one["asked"]),
                _number(one["realised"], 4),
                _span(one["interval"], 3),
                _number(one["realised_over_asked"]),
                str(one["false"]),
                _number(one["notice_mean_h"]),
                _number(one["notice_p90_h"]),
                str(one["moments"]),
            )
        )
        left = (
            f"{one['open_already']} moments left out (an alert was open), {one['without_deadline']} without a deadline"
        )
        table.notes.append(f"At {one['asked']}: {left} (counted as 24 h).")
    if part["skipped"]:
        table.notes.append(f"No waking moment at home can be told in {', '.join(part['skipped'])}.")
    yield table


def _calibration(part: dict[str, Any]) -> Iterator[Shown]:
    for key, what in (
        ("inactivity_per_person_day", "inactivity, a person-day"),
        ("attention_per_person_week", "attention, a person-week"),
    ):
        header = ("asked", "realised", "95 %", "ratio", f"within {part['within']}", "alerts", "homes")
        table = Shown(f"Calibration, {what}: alerts of untouched recordings after day 14", header)
        for one in part[key]:
            table.rows.append(
                (
                    f"{one['asked']:g}",
                    _number(one["realised"], 3),
                    _span(one["interval"], 3),
                    _number(one["realised_over_asked"]),
                    {None: "-", True: "yes", False: "no"}[one["within"]],
                    str(one["alerts"]),
                    str(one["homes"]),
                )
            )
        if key.startswith("inactivity") and part["not_judged"]:
            table.notes.append(f"Silence is not judged in {', '.join(part['not_judged'])}: left out.")
        yield table
    header = ("said: at most one day in", "said", "found", "95 %", "ratio", "more", "less")
    table = Shown("Calibration, habits: how often they are as rare as they are said to be", header)
    for one in part["habits"]:
        numbers = (_number(one["said"], 3), _number(one["found"], 3), _span(one["interval"], 3))
        sides = (_number(one["found_over_said"]), _number(one["more"], 3), _number(one["less"], 3))
        table.rows.append((str(one["one_day_in"]), *numbers, *sides))
    table.notes.append(f"{part['habits_judged']:,} counts of parts of days and whole days after day 14.")
    yield table


def _changes(part: dict[str, Any]) -> Iterator[Shown]:
    header = ("change", "copies", "homes", "recall", "95 %", "by chance", "delay h", "p90 h", "soon", "what is soon")
    table = Shown("Changes put into recordings: noticed within their time", header)
    for one in part["changes"]:
        table.rows.append(
            (
                one["change"],
                str(one["trials"]),
                str(one["homes"]),
                _number(one["recall"]),
                _span(one["interval"]),
                _number(one["by_chance"]),
                _number(one["delay_mean_h"]),
                _number(one["delay_p90_h"]),
                _number(one["soon_recall"]),
                one["soon"] or "",
            )
        )
        if one["noted"] is not None:
            noted = f"noted in a summary in {_number(one['noted'])} ({_number(one['noted_by_chance'])} by chance)"
            table.notes.append(f"{one['change']}: {noted}; that is no alert, and not in the recall.")
        if one["no_such_kind_yet"]:
            table.notes.append(f"{one['change']}: no such kind yet: {', '.join(one['no_such_kind_yet'])}.")
        if one["open_already"]:
            table.notes.append(f"{one['change']}: {one['open_already']} left out, such an alert was open already.")
        if one["skipped_homes"]:
            table.notes.append(
                f"{one['change']}: skipped in {len(one['skipped_homes'])} homes that lack what it takes."
            )
    yield table


def _rivals(part: dict[str, Any]) -> Iterator[Shown]:
    rivals = ("half-space trees", "2 sigma per slot")
    rates = Shown(
        "Rivals: false alerts a person-day after day 14", ("judging", "asked", "Wren", *rivals, "plain 2 sigma")
    )
    for key in ("hours", "days"):
        one = part[key]
        numbers = (one[name] for name in ("asked_per_person_day", "wren", *rivals, "plain 2 sigma"))
        rates.rows.append((key, *(_number(number, 3) for number in numbers)))
    yield rates
    header = ("change", "copies", *(text for name in ("Wren", *rivals) for text in (name, "chance", "delay h")))
    table = Shown("Rivals: recall on the same copies, beside chance", header)
    for one in part["changes"]:
        whats = ("recall", "by_chance", "delay_mean_h")
        cells = [_number(one[who][what]) for who in ("wren", *rivals) for what in whats]
        table.rows.append((one["change"], str(one["trials"]), *cells))
    yield table


def _faults(part: dict[str, Any]) -> Iterator[Shown]:
    header = ("fault", "copies", "homes", "with alerts", "alerts beyond the twin's", "of these kinds")
    table = Shown("Faults: care alerts that the untouched twin does not raise (0 is the goal)", header)
    for one in part["faults"]:
        kinds = ", ".join(f"{kind} {number}" for kind, number in one["kinds"].items())
        numbers = (one["trials"], one["homes"], one["trials_with_alerts"], one["alerts_beyond_twin"])
        table.rows.append((one["fault"], *map(str, numbers), kinds))
    table.notes.append(f"{part['alerts_beyond_twin']} in all.")
    yield table


def _labels(part: dict[str, Any]) -> Iterator[Shown]:
    header = (
        "label",
        "score",
        "AUROC",
        "95 %",
        "that day alone",
        "recall at 5 %",
        "95 %",
        "by chance",
        "at 10 %",
        "by chance",
        "days",
        "people",
    )
    table = Shown("Labelled days, from the table of habits", header)
    for one in part["labels"]:
        table.rows.append(
            (
                one["label"],
                one["score"] + (" (main)" if one["main"] else ""),
                _number(one["auroc"]),
                _span(one["auroc_interval"]),
                _number(one["auroc_that_day"]),
                _number(one["recall_at_5_percent"]),
                _span(one["recall_interval"]),
                _number(one["recall_by_chance"]),
                _number(one["recall_at_10_percent"]),
                _number(one["recall_at_10_percent_by_chance"]),
                str(one["labelled_days"]),
                f"{one['people_with_label']}/{one['people']}",
            )
        )
    if part["not_labelled"]:
        table.notes.append(f"Without labels.csv, left out: {', '.join(part['not_labelled'])}.")
    yield table


def _number(value: float | None, digits: int = 2) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _span(interval: tuple[float, float] | None, digits: int = 2) -> str:
    return "-" if interval is None else f"{interval[0]:.{digits}f} to {interval[1]:.{digits}f}"
