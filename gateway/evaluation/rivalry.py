"""Section 5: the same copies before the two rivals, at the rate of false alerts that Wren came to."""

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gateway.evaluation.catalogue import CHANGES, Change
from gateway.evaluation.changes import Trial
from gateway.evaluation.counts import Counts, days, hours
from gateway.evaluation.editing import Injected
from gateway.evaluation.life import Life
from gateway.evaluation.running import Twin
from gateway.evaluation.scoring import mean, ratio
from gateway.evaluation.twins import from_s
from models.localtime import DAY_S, HOUR_S

if TYPE_CHECKING:
    from gateway.evaluation.rivals import Rival

NAMES: Final = ("half-space trees", "2 sigma per slot")
AT_LEAST: Final = {True: 0.02, False: 1 / 7}
"""Alerts a person-day to ask for where Wren raised none: the budgets of `inactivity` and of attention-level alerts."""

_HOURS_A_DAY: Final = 24
_WINDOW: Final = {True: 240, False: 14}
"""Half-space trees compare one window with the last: ten days of hours, or two weeks of days."""


@dataclass
class Copy:
    """One changed copy as the rivals see it: its hours or days from the change on, until it is over."""

    change: str
    start_s: int
    end_s: int
    counts: list[Counts]


class Score(NamedTuple):
    """How one came out: seconds until it was noticed, and whether the twin, too, gave an alert in that time."""

    delay_s: int | None
    by_chance: bool


class Played(NamedTuple):
    """One rival on one life: alerts on the untouched twin, and each copy's change with its score."""

    false: int
    scores: list[tuple[str, Score]]


@dataclass
class Contest:
    """What the rivals need of one life, by whether they judge hours (True) or days.

    Attributes:
        false: care alerts of Wren after day 14 on the untouched twin, of the kinds that count for such changes.
        days: person-days after day 14.
    """

    home: str
    from_s: int
    days: float
    twin: dict[bool, list[Counts]]
    false: dict[bool, int]
    copies: dict[bool, list[Copy]] = field(default_factory=lambda: {True: [], False: []})

    def add(self, life: Life, change: Change, injected: Injected) -> None:
        """One more changed copy."""
        count = hours if change.sudden else days
        # a day that has begun when the change begins is judged with it
        from_s = injected.start_s - (HOUR_S if change.sudden else DAY_S) + 1
        counts = count(life, injected.readings, from_s, injected.end_s)
        self.copies[change.sudden].append(Copy(change.name, injected.start_s, injected.end_s, counts))


def contest(life: Life, twin: Twin) -> Contest:
    """The twin as the rivals see it."""
    recorded = life.recorded
    late_s = from_s(recorded)

    def false(sudden: bool) -> int:
        kinds = frozenset[str]().union(*(change.hits for change in CHANGES if change.sudden is sudden))
        return sum(
            1
            for alert in twin.heard.alerts
            if alert.care and alert.resident == life.stream and alert.kind in kinds and alert.opened_s >= late_s
        )

    span = (recorded.start_s, recorded.end_s)
    return Contest(
        home=recorded.name,
        from_s=late_s,
        days=recorded.person_days(late_s),
        twin={True: hours(life, recorded.readings, *span), False: days(life, recorded.readings, *span)},
        false={sudden: false(sudden) for sudden in (True, False)},
    )


def asked_per_day(contests: list[Contest], sudden: bool) -> tuple[float, float | None]:
    """The rate to ask for, a person-day, and the one that Wren came to."""
    came_to = ratio((one.false[sudden], one.days) for one in contests)
    return (came_to or AT_LEAST[sudden]), came_to


def rivals_account(contests: list[Contest], trials: list[Trial], seed: int) -> dict[str, Any]:
    """Section 5 for all homes together."""
    from gateway.evaluation.rivals import plain_sigma_share

    found: dict[str, Any] = {"hours": {}, "days": {}, "changes": []}
    scores: dict[tuple[str, str], list[Score]] = {
        (change.name, "wren"): [Score(one.delay_s, one.by_chance) for one in trials if one.change == change.name]
        for change in CHANGES
    }
    for sudden, name in ((True, "hours"), (False, "days")):
        asked, wren = asked_per_day(contests, sudden)
        share = asked / (_HOURS_A_DAY if sudden else 1)
        false: dict[str, float | None] = {}
        for rival in NAMES:
            played = [_play(one, rival, sudden, share, seed) for one in contests]
            false[rival] = ratio((one.false, life.days) for one, life in zip(played, contests, strict=True))
            for one in played:
                for change_name, score in one.scores:
                    scores.setdefault((change_name, rival), []).append(score)
        plain = ratio(plain_sigma_share(one.twin[sudden], one.from_s) for one in contests)
        per_day = None if plain is None else plain * (_HOURS_A_DAY if sudden else 1)
        found[name] = {"asked_per_person_day": asked, "wren": wren, **false, "plain 2 sigma": per_day}
    for change in CHANGES:
        line = {who: _line(scores.get((change.name, who), [])) for who in ("wren", *NAMES)}
        found["changes"].append({"change": change.name, "trials": len(scores[change.name, "wren"]), **line})
    return found


def _line(scores: list[Score]) -> dict[str, float | None]:
    return {
        "recall": ratio((one.delay_s is not None, 1) for one in scores),
        "by_chance": ratio((one.by_chance, 1) for one in scores),
        "delay_mean_h": mean([one.delay_s / HOUR_S for one in scores if one.delay_s is not None]),
    }


def _play(one: Contest, rival: str, sudden: bool, share: float, seed: int) -> Played:
    """Run one rival over one life and all its copies."""
    from gateway.evaluation.rivals import HalfSpace, Rival, SigmaPerSlot

    detector = HalfSpace(_WINDOW[sudden], seed) if rival == NAMES[0] else SigmaPerSlot()
    runner = Rival(detector, share, one.from_s)
    ends = [counts.end_s for counts in one.twin[sudden]]
    due: dict[int, list[Copy]] = {}
    for copy in one.copies[sudden]:
        first_s = copy.counts[0].end_s if copy.counts else copy.start_s
        due.setdefault(bisect_left(ends, first_s), []).append(copy)
    opened: list[int] = []
    delays: list[tuple[Copy, int | None]] = []
    for index, counts in enumerate(one.twin[sudden]):
        delays += [(copy, _delay_s(runner.copy(), copy)) for copy in due.get(index, ())]
        opened += [counts.end_s] if runner.hear(counts) else []
    return Played(
        len(opened),
        [
            (copy.change, Score(delay_s, any(copy.start_s < at_s <= copy.end_s for at_s in opened)))
            for copy, delay_s in delays
        ],
    )


def _delay_s(runner: "Rival", copy: Copy) -> int | None:
    for counts in copy.counts:
        if runner.hear(counts) and copy.start_s < counts.end_s <= copy.end_s:
            return counts.end_s - copy.start_s
    return None
