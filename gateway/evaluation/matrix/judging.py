"""The judge of the fault matrix. What was changed in its rules after results had been seen: docs/decisions/0029.

**Unsafe silence.** She collapsed, and by eight waking hours (07:00 to 22:00) after it, not counting hours in which the
gateway was down, nobody had been told anything: no care alert about her stillness or her whereabouts, none that says
that she could not be seen, and no "home unheard" at the desk (an hour without a status, while the gateway is down). An
alert that is open already when she collapses counts as told. Sooner than eight hours, where nothing touches it: ninety
minutes in the bathroom, if the same collapse in the sound home is told by then, the gateway is up, and every sensor
that sees her is sound. What a broken sensor says may be *exactly* what a person would make it say (one edge of a
sticking contact): the eight hours then count from the moment until which nobody could tell the two apart
(`Break.looks_alive_until_s`), and the scenario is counted as *misled* where that made it later.

**Care alert for a fault.** She is well (active, out and back, or not collapsed yet), and a care alert opens or comes
back that the same life without the fault does not bring: the same kind within 3 h, or 2 days if it is for attention; or
a change that the twin lists among several. Two sorts are counted apart, of the kinds that are about her only.
*Could not see*: an attention-level `inactivity`, allowed only while all sensors that see her are broken, or after the
gateway was down, and eight waking hours after the last of them was heard. *Like her*: since the fault began no sensor
that sees her and whose link is proven said anything that a person did not seem to do, there is at least one such
sensor, nothing chattered or repeated itself for longer than a person could be taken for it, and the gateway is up.
What the proven links show is then to the edge what she could have made them show before she lay still, and an alert is
right (RELIABILITY, row 17).

**Fault told, coverage**: `judging_faults`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from gateway.evaluation.matrix.breaking import Break, How
from gateway.evaluation.matrix.house import LOCAL, SEES
from gateway.evaluation.matrix.judging_faults import BY_LINK, FaultTold, fault_told, said_s, uncovered, wrong
from gateway.evaluation.matrix.living import Course
from gateway.evaluation.matrix.scenarios import Scenario, fails_s
from gateway.evaluation.matrix.telling import Listening, Told
from gateway.evaluation.running import Alert
from gateway.evaluation.scoring import SAME_WITHIN_S
from models.localtime import HOUR_S, MINUTE_S
from models.vocabulary import Change, Reading

CEILING_S: Final = 8 * HOUR_S
WAKING_H: Final = range(7, 22)
BATHROOM_S: Final = 90 * MINUTE_S
UNHEARD_S: Final = HOUR_S
"""Without a status the desk shows the home as unheard."""

SLACK_S: Final = MINUTE_S
"""A contact settles, and a moment is rounded to its second."""

_WORDS: Final = 3
"""So many words begin a change: "More bathroom movement"."""

ABOUT_HER: Final = frozenset({"inactivity", "long_stay", "late_start", "out_of_bed", "night_exit", "not_home"})
"""Kinds of care alert by which somebody goes and looks."""


@dataclass
class Verdict:
    """What became of one scenario. Times are UTC seconds.

    Attributes:
        told_s, told_kind: when somebody was first told after the collapse, and by what ("unheard": by the desk).
        due_s: by when that had to be.
        unsafe: nobody was, by then.
        misled: it was late by eight hours, and allowed only since a broken sensor looked exactly like her.
        taken_back: how often an alert about her was taken back by a broken sensor after the collapse.
        false_care, could_not_see, like_her: care alerts while she is well, and when.
        faults: what the technician was told of each break.
        wrong: messages to the technician about sensors that are sound.
        uncovered: alerts and summaries that do not say what could not be seen.
    """

    number: int
    person: int
    fault: str
    course: str
    at_s: int
    breaks: list[str]
    down: bool
    told_s: int | None = None
    told_kind: str | None = None
    due_s: int | None = None
    unsafe: bool = False
    misled: bool = False
    taken_back: int = 0
    false_care: list[str] = field(default_factory=list)
    could_not_see: list[str] = field(default_factory=list)
    like_her: list[str] = field(default_factory=list)
    faults: list[FaultTold] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    uncovered: list[str] = field(default_factory=list)


def judge(
    scenario: Scenario, heard: Listening, rows: Sequence[Reading], extra: Iterable[Alert], sound: Sequence[Told]
) -> Verdict:
    """The verdict.

    Args:
        scenario: what happened.
        heard: what the home told, from a day before the fault on.
        rows: what the home was given, from a day before the fault on.
        extra: care alerts that `sound` does not have, before any collapse.
        sound: what is told of the same course without the fault.
    """
    verdict = Verdict(
        scenario.number, scenario.person, scenario.sort.name, str(scenario.course), scenario.at_s,
        [_plainly(one) for one in scenario.breaks], bool(scenario.down),
    )  # fmt: skip
    if scenario.collapses:
        _safety(verdict, scenario, heard, sound)
    for alert in extra:
        if _is_listed(alert, heard.told, sound):
            continue
        after_h = (alert.opened_s - scenario.start_s) / HOUR_S
        name = f"{alert.kind} ({alert.severity}) at {LOCAL.clock(alert.opened_s)}, {after_h:.1f} h after the fault"
        if _says_blind(alert) and _is_blind(scenario, rows, alert.opened_s):
            verdict.could_not_see.append(name)
        elif alert.kind in ABOUT_HER and _is_like_her(scenario, rows, alert.opened_s):
            verdict.like_her.append(name)
        else:
            verdict.false_care.append(name)
    verdict.faults = [fault_told(one, scenario, heard.told) for one in scenario.breaks if one.how not in _MENDED]
    verdict.wrong = wrong(scenario, heard.told, sound)
    verdict.uncovered = uncovered(scenario, heard.told)
    return verdict


_MENDED: Final = frozenset({How.RESTART, How.GATEWAY})
"""A restart of 20 s is mended before anybody could be told; of a gateway that is down the desk tells."""


def _safety(verdict: Verdict, scenario: Scenario, heard: Listening, sound: Sequence[Told]) -> None:
    at_s = scenario.at_s
    strict_s = waking_s(at_s, CEILING_S, scenario.down) + SLACK_S
    likely_s = max([at_s, *(one.looks_alive_until_s or 0 for one in scenario.breaks)])
    due_s = waking_s(likely_s, CEILING_S, scenario.down) + SLACK_S
    if (
        scenario.course is Course.BATHROOM
        and not scenario.down
        and not any(SEES & {*one.sensors} for one in scenario.breaks)
    ):
        fixed_s = at_s + BATHROOM_S + SLACK_S
        if any(one.kind in ABOUT_HER and at_s < one.at_s <= fixed_s for one in sound):
            due_s = strict_s = fixed_s
    news = [(said_s(one.at_s, scenario), one.kind) for one in heard.told if _is_about_her(one) and one.at_s > at_s]
    news += [(shown_s, "unheard") for shown_s in _shown_unheard(scenario)]
    if heard.open_at(at_s, ABOUT_HER):
        news.append((at_s, "open already"))
    verdict.due_s = due_s
    if news:
        verdict.told_s, verdict.told_kind = min(news)
    verdict.unsafe = verdict.told_s is None or verdict.told_s > due_s
    verdict.misled = not verdict.unsafe and verdict.told_s is not None and verdict.told_s > strict_s
    verdict.taken_back = sum(
        1 for one in heard.told if one.kind in ABOUT_HER and one.change == Change.RESOLVED and one.at_s > at_s
    )


def _is_about_her(one: Told) -> bool:
    return one.care and one.kind in ABOUT_HER and one.change in ("opened", Change.REPEATED)


def _shown_unheard(scenario: Scenario) -> list[int]:
    """When, from the collapse on, the desk first shows that the home is unheard."""
    shown = [(start_s + UNHEARD_S, end_s) for start_s, end_s in scenario.down]
    return [max(from_s, scenario.at_s) for from_s, end_s in shown if max(from_s, scenario.at_s) < end_s]


def waking_s(from_s: int, for_s: int, down: Sequence[tuple[int, int]] = ()) -> int:
    """The UTC second at which so much waking time has passed since `from_s`, `down` left out.

    >>> noon_s = 1_741_003_200  # 2025-03-03, London
    >>> (waking_s(noon_s, 8 * 3600) - noon_s) // 3600, (waking_s(noon_s + 4 * 3600, 8 * 3600) - noon_s) // 3600
    (8, 21)
    """
    at_s, left_s = from_s, for_s
    while left_s > 0:
        step_s = min(left_s, MINUTE_S - at_s % MINUTE_S)
        awake = (at_s + LOCAL.offset_s(at_s)) // HOUR_S % 24 in WAKING_H
        if awake and not any(start_s <= at_s < end_s for start_s, end_s in down):
            left_s -= step_s
        at_s += step_s
    return at_s


def _is_listed(alert: Alert, told: Iterable[Told], sound: Iterable[Told]) -> bool:
    """Whether the twin tells the same change, as one of several."""
    opens = next(
        (" ".join(one.text.split()[:_WORDS]) for one in told if one[1:3] == alert[:2] and one.at_s == alert.opened_s),
        "",
    )
    return any(
        opens in one.text and abs(one.at_s - alert.opened_s) <= SAME_WITHIN_S["attention"]
        for one in sound
        if opens and one.kind == "several_changes" and one.change == "opened"
    )


def _says_blind(alert: Alert) -> bool:
    return alert.kind == "inactivity" and alert.severity == "attention"


def _is_blind(scenario: Scenario, rows: Sequence[Reading], at_s: int) -> bool:
    """Whether nothing that sees her is sound at `at_s`, nor was heard for eight waking hours."""
    blind = all(_is_broken(name, scenario, at_s) for name in SEES)
    down = any(start_s <= at_s and at_s <= waking_s(end_s, CEILING_S) for start_s, end_s in scenario.down)
    last_s = max((row.at_ms // 1000 for row in rows if row.sensor in SEES and row.at_ms <= at_s * 1000), default=0)
    return (blind or down) and waking_s(last_s, CEILING_S) <= at_s + SLACK_S


def _is_broken(name: str, scenario: Scenario, at_s: int) -> bool:
    return any(name in one.sensors and fails_s(one) <= at_s < one.end_s for one in scenario.breaks)


def _is_like_her(scenario: Scenario, rows: Iterable[Reading], at_s: int) -> bool:
    if any(start_s <= at_s < end_s for start_s, end_s in scenario.down):
        return False
    if any(one.how is How.CHATTER for one in scenario.breaks):
        return False
    if any(one.how is How.CLOCKWORK and at_s > (one.looks_alive_until_s or 0) for one in scenario.breaks):
        return False
    broken = {name for one in scenario.breaks for name in one.sensors}
    unproven = {name for one in scenario.breaks if one.how in BY_LINK for name in one.sensors}
    since = [row for row in rows if scenario.start_s * 1000 <= row.at_ms <= at_s * 1000]
    return bool(SEES - unproven) and not any(row.sensor in SEES - broken for row in since)


def _plainly(one: Break) -> str:
    return f"{', '.join(one.sensors) or 'gateway'}: {one.how} at {LOCAL.clock(one.start_s)}"
