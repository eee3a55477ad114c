"""Findings as lines for a terminal, and as a closed JSON object."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from gateway.doctor.catalogue import worst
from gateway.doctor.facts import Facts
from gateway.doctor.findings import Finding, State
from models.localtime import utc_text

_STYLE: Final = {State.FAIL: "bold red", State.WARN: "yellow", State.PASS: "green", State.SKIP: ""}

Line = tuple[str, str, int]
"""A text, its style, and how far it is indented."""


def fails(findings: Sequence[Finding]) -> bool:
    """Whether anything fails."""
    return any(one.state is State.FAIL for one in findings)


def verdict(findings: Sequence[Finding]) -> str:
    """Everything in one line."""
    count = Counter(one.state for one in findings)
    first = next(iter(worst(findings)), None)
    counted = [
        _many(count[State.FAIL], "fault"), _many(count[State.WARN], "warning"), f"{count[State.PASS]} passed",
        f"{count[State.SKIP]} not looked at" if count[State.SKIP] else "",
    ]  # fmt: skip
    said = ", ".join(one for one in counted if one)
    if first is None:
        return f"Nothing found that needs the technician ({said}). This does not say how anybody is."
    return f"{first.why} ({said})"


def lines(facts: Facts, findings: Sequence[Finding], *, all_: bool = False) -> list[Line]:
    """The verdict, what fails, what warns, then a line for each part of the machine that is well."""
    wrong = worst(findings)
    shown: list[Line] = [(verdict(findings), _verdict_style(wrong), 0)]
    for one in wrong:
        shown.append((f"{one.state}  {one.check}: {one.why}", _STYLE[one.state], 0))
        shown.append((f"next: {one.next}", "", 6))
    if all_:
        shown += [
            (f"{one.state}  {one.check}: {one.why}" + (f" ({one.next})" if one.next else ""), _STYLE[one.state], 0)
            for state in (State.PASS, State.SKIP)
            for one in findings
            if one.state is state
        ]
    else:
        shown += _folded(findings)
    if not facts.is_root:
        shown.append(("Not run as root: what only root may see was not looked at. Next: sudo wren doctor", "yellow", 0))
    return shown


def document(facts: Facts, findings: Sequence[Finding]) -> dict[str, Any]:
    """Everything as JSON: the names of checks, states and causes are those of `gateway.doctor.catalogue`."""
    count = Counter(one.state for one in findings)
    return {
        "home": None if facts.home.config is None else facts.home.config.home.id,
        "at": utc_text(facts.at_s),
        "version": facts.version,
        "root": facts.is_root,
        "ok": not fails(findings),
        "counts": {str(state): count[state] for state in State},
        "findings": [
            {"check": one.check, "state": str(one.state), "cause": one.cause, "why": one.why, "next": one.next}
            for one in (*worst(findings), *(one for one in findings if one.state in (State.PASS, State.SKIP)))
        ],
    }


def _folded(findings: Sequence[Finding]) -> list[Line]:
    """Such as ``pass  board: power, heat, memory``; what was not looked at by the reason."""
    passed: dict[str, list[str]] = {}
    skipped: dict[str, list[str]] = {}
    for one in findings:
        if one.state is State.PASS:
            passed.setdefault(one.group, []).append(one.check.partition(".")[2].replace("_", " "))
        elif one.state is State.SKIP:
            reason = f"{one.why} ({one.next})" if one.next else one.why
            skipped.setdefault(reason, []).append(one.check)
    width = max(map(len, passed), default=0)
    shown = [
        (f"pass  {group:<{width}}  {', '.join(dict.fromkeys(names))}", "green", 0) for group, names in passed.items()
    ]
    return [*shown, *((f"skip  {', '.join(names)}: {reason}", "", 0) for reason, names in skipped.items())]


def _verdict_style(wrong: Sequence[Finding]) -> str:
    return f"{_STYLE[wrong[0].state]}" if wrong else "bold green"


def _many(count: int, what: str) -> str:
    return "" if not count else f"{count} {what}{'' if count == 1 else 's'}"
