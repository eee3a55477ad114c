"""Which watches of a life are asked about first, and how each waits."""

from collections.abc import Callable

from models.checkin import ASK_S, CheckIn, Pending, Watched
from models.inactivity import Inactivity
from models.kinds import AlertKind, Severity
from models.localtime import DAY_STARTS_H, HOUR_S, LocalTime
from models.mornings import Mornings
from models.out_of_bed import OutOfBed
from models.rest import Rest
from models.signals import NEVER
from models.stays import Stays
from models.vocabulary import HOUSEHOLD, HomeSpec
from models.whereabouts import Whereabouts

URGENT = frozenset({AlertKind.INACTIVITY, AlertKind.LONG_STAY})
"""Kinds that may be urgent: asked about in a pause as well, for what is urgent goes on in it."""


def asking_of(
    resident: str, spec: HomeSpec, local: LocalTime, whereabouts: Whereabouts, is_told: Callable[[AlertKind], bool], *,
    inactivity: Inactivity, tells_silence: bool, stays: Stays, rest: Rest,
) -> CheckIn:  # fmt: skip
    """What the panel of a stream's one person asks; nothing where it has none.

    The silence of a household of several is nobody's own, so nobody is asked of it: an answer of one says nothing of
    the others (ALERTS, rule 7: it counts only for the resident whose button it is).
    """
    people = spec.residents if resident == HOUSEHOLD else (resident,)
    panel = spec.panels.get(people[0]) if len(people) == 1 else None
    watched = (
        _silence(inactivity) if tells_silence else None,
        Watched(AlertKind.LONG_STAY, stays.pending, stays.postpone),
        _morning(rest.mornings, local),
        _bed(rest.out_of_bed),
    )
    on = tuple(one for one in watched if one is not None and one.kind in spec.alerts) if panel and panel.asks else ()
    pause = whereabouts.pause
    checkin = CheckIn(
        local, on,
        waits=lambda kind: pause.waits(kind, Severity.URGENT if kind in URGENT else Severity.ATTENTION),
        is_told=is_told, is_blind=lambda: whereabouts.coverage.blind_since_s is not None,
    )  # fmt: skip
    inactivity.limits.later_s = checkin.later_s
    return checkin


def _silence(inactivity: Inactivity) -> Watched:
    def pending(now_s: int) -> Pending | None:
        if inactivity.due_ms == NEVER:
            return None
        due_s = inactivity.due_ms // 1000
        if due_s - now_s > ASK_S:  # its deadline, or when that is looked up
            return Pending(inactivity.since_s, due_s)
        deadline_s = inactivity.deadline_s()
        is_open = deadline_s is None or deadline_s <= now_s
        return None if is_open or deadline_s is None else Pending(inactivity.since_s, deadline_s)

    return Watched(AlertKind.INACTIVITY, pending, lambda _: inactivity.look_again())


def _morning(mornings: Mornings, local: LocalTime) -> Watched:
    def pending(now_s: int) -> Pending | None:
        due_s = mornings.due_ms // 1000
        waits = now_s * 1000 < mornings.due_ms < NEVER and not mornings.is_up()
        if not waits or local.second_of_day(due_s) == DAY_STARTS_H * HOUR_S:
            return None  # the next day is waited for, and no limit
        return Pending(local.day_start_s(local.day(due_s)), due_s)

    def postpone(until_s: int) -> None:
        mornings.due_ms = until_s * 1000

    return Watched(AlertKind.LATE_START, pending, postpone)


def _bed(out_of_bed: OutOfBed) -> Watched:
    def pending(now_s: int) -> Pending | None:
        waits = now_s * 1000 < out_of_bed.due_ms < NEVER and not out_of_bed.is_open
        return Pending(0, out_of_bed.due_ms // 1000) if waits else None

    def postpone(until_s: int) -> None:
        out_of_bed.due_ms = until_s * 1000

    return Watched(AlertKind.OUT_OF_BED, pending, postpone)
