"""The shadow run: what a home's own recent past would have given rise to under another configuration.

Both configurations live through the inputs that home.db still holds, side by side, from the same beginning: what had
been learnt from the inputs that are no longer kept, or nothing. Only the last days count; those before let a
proposed threshold settle.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gateway.errors import InputError, StoreUnavailable
from gateway.evaluation.scoring import SAME_WITHIN_S
from gateway.replaying import full_hour_after_s
from gateway.store.checkpoints import Checkpoint
from gateway.store.journal import Journal
from models.errors import ModelError
from models.home import Home
from models.kinds import Audience, Severity
from models.localtime import DAY_S, HOUR_S
from models.vocabulary import CLOCK_STEP, GATEWAY_LINK, Finding, HomeSpec, Reading, Said

WAKING_H: Final = range(8, 22)
"""Full local hours at which both are asked how soon they would notice a silence."""


@dataclass(slots=True)
class Side:
    """One configuration's life in the shadow run.

    Attributes:
        alerts: care alerts that opened within the days that count.
        notice_s: seconds from each moment asked until a silence would be noticed, the same moments on both sides.
    """

    spec: HomeSpec
    home: Home
    alerts: list[Finding] = field(default_factory=list)
    notice_s: list[int] = field(default_factory=list)

    def hear(self, said: Iterable[Said], from_s: int) -> None:
        """Note the care alerts among what was said."""
        for one in said:
            if isinstance(one, Finding) and one.audience is Audience.CARE and one.opened_s >= from_s:
                self.alerts += [one] if one.severity is not Severity.NOTE else []


@dataclass(frozen=True, slots=True)
class Moved:
    """One alert that both would have sent, at different times."""

    present: Finding
    proposed: Finding


@dataclass(slots=True)
class Shadow:
    """What came of it. Times are UTC seconds.

    Attributes:
        begun_s: when both runs begin; `learnt` says whether with what had been learnt before.
        unreadable: what had been learnt before could not be restored under both, so both began from nothing.
        from_s, until_s: the stretch that counts, `blind_s` of it with the gateway down.
        asked: moments at which time to notice was asked for; those left out had no answer on one side.
    """

    present: Side
    proposed: Side
    begun_s: int
    learnt: bool
    unreadable: bool
    from_s: int
    until_s: int
    blind_s: int = 0
    asked: int = 0

    @property
    def person_days(self) -> float:
        """Days that count and could be seen, times residents."""
        return len(self.present.spec.residents) * max(0, self.until_s - self.from_s - self.blind_s) / DAY_S

    def compare(self) -> tuple[list[Finding], list[Finding], list[Moved], int]:
        """Alerts of the proposed one only, of the present one only, of both at other times; and how many are the same.

        Two alerts are the same if they are of one kind about one person and begin with the same event, or open
        within `SAME_WITHIN_S` of each other; each answers for one.
        """
        left = list(self.proposed.alerts)
        fewer, moved, same = [], [], 0
        for mine in self.present.alerts:
            near = [other for other in left if _is_same(mine, other)]
            if not near:
                fewer.append(mine)
                continue
            other = min(near, key=lambda one: abs(one.opened_s - mine.opened_s))
            left.remove(other)
            if other.opened_s == mine.opened_s:
                same += 1
            else:
                moved.append(Moved(mine, other))
        return left, fewer, moved, same


def _is_same(one: Finding, other: Finding) -> bool:
    if (one.resident, one.kind) != (other.resident, other.kind):
        return False
    within_s = SAME_WITHIN_S.get(str(one.severity), 3 * HOUR_S)
    return one.since_s == other.since_s or abs(one.opened_s - other.opened_s) <= within_s


@dataclass(frozen=True, slots=True)
class Kept:
    """What a home.db still holds: the inputs, and what was learnt from those before them."""

    journal: Journal
    heir: Checkpoint | None
    first_seq: int
    last_seq: int

    def inputs(self) -> Iterator[tuple[int, Reading]]:
        """Each input as (sequence number, reading), in order."""
        return self.journal.inputs()

    def close(self) -> None:
        """Leave the file as it was found."""
        if self.journal.opened.stopped_cleanly:
            self.journal.mark_clean_stop()
        self.journal.close()


def kept(path: Path) -> Kept:
    """Open the home.db of a gateway that is not running, or a copy of it.

    Raises InputError where there is none or nothing in it, StoreError where it cannot be used.
    """
    if not path.is_file():
        advice = "Give the home.db in the private folder of [gateway] data_dir, or a copy of it."
        raise InputError(f"{path} is not there.", advice=advice)
    try:
        journal = Journal.open(path, sound_only=True)
    except StoreUnavailable as error:
        advice = "Stop wren.service, copy home.db elsewhere, start it again, and give --home the copy."
        raise StoreUnavailable(error.problem, advice=advice) from error
    first = next(journal.inputs(limit=1), None)
    if first is None:
        journal.mark_clean_stop()
        journal.close()
        raise InputError(f"{path} holds no inputs.", advice="Let the gateway run for some days first.")
    return Kept(journal, journal.heir(), first[0], journal.last_seq())


def shadow_run(
    past: Kept, present: HomeSpec, proposed: HomeSpec, days: int, tick: Callable[[int], None] = lambda _: None
) -> Shadow:
    """Live through `past` under both configurations.

    Args:
        past: what a home.db still holds.
        present: the configuration that is in force, and `proposed` the other one.
        proposed: see `present`.
        days: how many of the last days count.
        tick: told the sequence number of each input as it is taken.
    """
    last_ms = first_ms = 0
    for _, reading in past.inputs():
        first_ms = first_ms or reading.at_ms
        last_ms = max(last_ms, reading.at_ms)
    sides, learnt = _beginning(past.heir, present, proposed)
    begun_s, until_s = first_ms // 1000, last_ms // 1000
    found = Shadow(
        *sides,
        begun_s=begun_s,
        learnt=learnt,
        unreadable=past.heir is not None and not learnt,
        from_s=max(begun_s, until_s - days * DAY_S),
        until_s=until_s,
    )
    blind_from_s: int | None = None
    next_s = full_hour_after_s(sides[0].home.local, found.from_s - 1)
    for seq, reading in past.inputs():
        if reading.sensor == CLOCK_STEP:  # the hours that it jumps over did not pass
            next_s = full_hour_after_s(sides[0].home.local, reading.at_ms // 1000)
        while next_s * 1000 < reading.at_ms:
            _ask(found, next_s)
            next_s = full_hour_after_s(sides[0].home.local, next_s)
        for side in sides:
            side.hear(side.home.step(reading), found.from_s)
        if reading.sensor == GATEWAY_LINK and reading.value == 0 and blind_from_s is None:
            blind_from_s = reading.at_ms // 1000
        elif reading.sensor == GATEWAY_LINK and reading.value and blind_from_s is not None:
            found.blind_s += max(0, reading.at_ms // 1000 - max(blind_from_s, found.from_s))
            blind_from_s = None
        tick(seq)
    if blind_from_s is not None:
        found.blind_s += max(0, until_s - max(blind_from_s, found.from_s))
    return found


def _beginning(heir: Checkpoint | None, present: HomeSpec, proposed: HomeSpec) -> tuple[tuple[Side, Side], bool]:
    """Both homes with what had been learnt; both from nothing if either cannot take it over, so that they compare."""
    if heir is not None:
        try:
            first, second = Home.restore(present, heir.state), Home.restore(proposed, heir.state)
        except ModelError:
            pass
        else:
            return (Side(present, first), Side(proposed, second)), True
    return (Side(present, Home(present)), Side(proposed, Home(proposed))), False


def _ask(found: Shadow, at_s: int) -> None:
    """At a waking hour: how soon would each notice a silence that begins now? Only where both have an answer."""
    sides = (found.present, found.proposed)
    for side in sides:
        side.hear(side.home.advance(at_s * 1000), found.from_s)
    if found.present.home.local.second_of_day(at_s) // HOUR_S not in WAKING_H:
        return
    answers = [side.home.silence_deadlines_s() for side in sides]
    for stream in answers[0].keys() & answers[1].keys():
        mine, other = answers[0][stream], answers[1][stream]
        found.asked += 1
        if mine is not None and other is not None and mine > at_s and other > at_s:
            found.present.notice_s.append(mine - at_s)
            found.proposed.notice_s.append(other - at_s)
