"""Section 4: each change put into each home, at seeded moments, each on a copy of its own."""

from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from gateway.evaluation.catalogue import CHANGES, Change
from gateway.evaluation.editing import Injected
from gateway.evaluation.life import Life
from gateway.evaluation.running import Heard, Twin, resume
from gateway.evaluation.scoring import bootstrap, mean, noticed_s, p90, ratio
from models.kinds import NOTES
from models.localtime import HOUR_S

_DRAWS: Final = 4
"""How many moments are drawn for each one needed; some do not lend themselves."""


@dataclass
class Trial:
    """One change in one copy.

    Attributes:
        delay_s: from its beginning to the alert that noticed it; None where none did.
        soon: whether that was soon, where the change has a notion of it.
        by_chance: whether the untouched twin, too, raised such an alert in that time.
        open_already: such an alert was open when the change began; it is left out of the recall.
        noted: whether a summary told of it as a weak sign; None where no weak sign counts for this change.
        noted_by_chance: whether the untouched twin's did, too.
    """

    home: str
    change: str
    at_s: int
    delay_s: int | None
    soon: bool | None
    by_chance: bool
    open_already: bool
    noted: bool | None = None
    noted_by_chance: bool = False


@dataclass
class Drawn:
    """The trials of one change in one home; none where the home lacks what it takes."""

    change: str
    injected: list[Injected] = field(default_factory=list)


def draw(life: Life, change: Change, seed: int, per_home: int) -> Drawn:
    """Up to `per_home` changed copies at moments drawn by lot, the same for the same seed."""
    drawn = Drawn(change.name)
    if not life.alone:
        return drawn
    rng = Random(f"{seed}/{life.recorded.name}/{life.stream}/{change.name}")  # noqa: S311 - a lot, not a secret
    moments = change.moments(life)
    for at_s in rng.sample(moments, min(len(moments), per_home * _DRAWS)):
        if len(drawn.injected) == per_home:
            break
        injected = change.inject(life, at_s, rng)
        if injected is not None and _can_be_seen(life, change, injected):
            drawn.injected.append(injected)
    return drawn


def _can_be_seen(life: Life, change: Change, injected: Injected) -> bool:
    blind_s = life.recorded.blind_s(injected.start_s, injected.end_s)
    return injected.end_s <= life.recorded.end_s and not (change.sudden and blind_s)


def trial(life: Life, twin: Twin, change: Change, injected: Injected) -> Trial:
    """Live through the changed copy and see whether it was noticed."""
    start_s, end_s = injected.start_s, injected.end_s
    heard = resume(twin, injected.readings, start_s, end_s)
    delay_s = noticed_s(heard.openings, life.stream, change.hits, start_s, end_s)
    soon: bool | None = None
    if change.soon_s is not None:
        soon = delay_s is not None and delay_s <= change.soon_s(life, start_s)
    return Trial(
        home=life.recorded.name,
        change=change.name,
        at_s=start_s,
        delay_s=delay_s,
        soon=soon,
        by_chance=noticed_s(twin.heard.openings, life.stream, change.hits, start_s, end_s) is not None,
        open_already=twin.heard.open_at(start_s, life.stream, change.hits),
        noted=_noted(heard, life, change, start_s, end_s) if change.hits & NOTE_KINDS else None,
        noted_by_chance=_noted(twin.heard, life, change, start_s, end_s),
    )


NOTE_KINDS: Final = frozenset(map(str, NOTES))
"""Kinds that are lines of a summary; they count beside the recall, never in it."""


def _noted(heard: Heard, life: Life, change: Change, start_s: int, end_s: int) -> bool:
    return any(
        one.resident == life.stream and one.kind in change.hits and start_s < one.told_s <= end_s for one in heard.notes
    )


def recall(trials: list[Trial]) -> float | None:
    """The share that was noticed."""
    return ratio((one.delay_s is not None, 1) for one in trials)


def changes_account(trials: list[Trial], skipped: dict[str, list[str]], seed: int) -> dict[str, Any]:
    """Section 4 for all homes together, a line a change."""
    return {"changes": [_line(change, trials, skipped.get(change.name, []), seed) for change in CHANGES]}


def _line(change: Change, trials: list[Trial], skipped: list[str], seed: int) -> dict[str, Any]:
    every = [one for one in trials if one.change == change.name]
    those = [one for one in every if not one.open_already]
    delays_h = [one.delay_s / HOUR_S for one in those if one.delay_s is not None]
    by_home = [[one for one in those if one.home == home] for home in sorted({one.home for one in those})]
    return {
        "change": change.name,
        "trials": len(those),
        "homes": len(by_home),
        "skipped_homes": skipped,
        "open_already": len(every) - len(those),
        "recall": recall(those),
        "interval": bootstrap(by_home, lambda some: recall([one for home in some for one in home]), seed),
        "by_chance": ratio((one.by_chance, 1) for one in those),
        "delay_mean_h": mean(delays_h),
        "delay_p90_h": p90(delays_h),
        "soon": change.soon or None,
        "soon_recall": ratio((bool(one.soon), 1) for one in those) if change.soon else None,
        "noted": ratio((bool(one.noted), 1) for one in those if one.noted is not None),
        "noted_by_chance": ratio((one.noted_by_chance, 1) for one in those if one.noted is not None),
        "counts_as_noticed": sorted(change.hits),
        "no_such_kind_yet": list(change.missing),
    }
