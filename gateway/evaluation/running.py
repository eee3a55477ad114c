"""A recording through `Home`: the untouched twin, and copies that go on from the twin's own state.

What a change leaves alone need not be lived through twice: a copy is resumed from the twin's last snapshot before
the first row that differs. That is exact, since a restored home says what the home would have said.
"""

import json
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from gateway.evaluation.recorded import Recorded
from models.home import Home
from models.localtime import LocalTime
from models.vocabulary import (
    Audience,
    Change,
    Finding,
    HabitTable,
    HomeSpec,
    Reading,
    Said,
    Severity,
    Update,
)


class Alert(NamedTuple):
    """One alert: to whom it refers, its kind by name, and the UTC second at which it opened."""

    resident: str
    kind: str
    severity: str
    care: bool
    opened_s: int


@dataclass(slots=True)
class Heard:
    """What a home said.

    Attributes:
        alerts: in order. Notes and what is for the technician are among them.
        ended: (resident, kind, opened, ended) of alerts that were resolved.
        tables: habits against what is usual.
    """

    alerts: list[Alert] = field(default_factory=list)
    ended: list[tuple[str, str, int, int]] = field(default_factory=list)
    tables: list[HabitTable] = field(default_factory=list)

    def take(self, said: Iterable[Said]) -> None:
        """Note what was said."""
        for one in said:
            if isinstance(one, Finding):
                care = one.audience is Audience.CARE and one.severity is not Severity.NOTE
                self.alerts.append(Alert(one.resident, str(one.kind), str(one.severity), care, one.opened_s))
            elif isinstance(one, Update) and one.change is Change.RESOLVED:
                self.ended.append((one.resident, str(one.kind), one.opened_s, one.raised_s))
            elif isinstance(one, HabitTable):
                self.tables.append(one)

    def open_at(self, at_s: int, resident: str, kinds: frozenset[str]) -> bool:
        """Whether an alert of one of `kinds` about `resident` was open at `at_s`."""
        ended = {(who, kind, opened): end for who, kind, opened, end in self.ended}
        return any(
            alert.opened_s <= at_s < ended.get((alert.resident, alert.kind, alert.opened_s), at_s + 1)
            for alert in self.alerts
            if alert.resident == resident and alert.kind in kinds
        )


class Snapshot(NamedTuple):
    """A home's state as JSON text at `at_ms`, after the first `rows` readings."""

    at_ms: int
    rows: int
    text: str


@dataclass(slots=True)
class Twin:
    """The untouched recording, lived through once.

    Attributes:
        deadlines: for each moment asked for, each stream's silence deadline (UTC s).
        snapshots: at the start of each resident day, where asked for.
    """

    spec: HomeSpec
    readings: list[Reading]
    heard: Heard = field(default_factory=Heard)
    deadlines: dict[int, dict[str, int | None]] = field(default_factory=dict)
    snapshots: list[Snapshot] = field(default_factory=list)


def run(
    recorded: Recorded, *, budget_per_day: float | None = None, ask_s: Sequence[int] = (), snapshots: bool = False
) -> Twin:
    """Live through `recorded`, score before learning, with nothing known of what comes.

    Args:
        recorded: the home.
        budget_per_day: the `inactivity` budget to solve for; None for the configuration's own.
        ask_s: moments at which to ask for the silence deadlines.
        snapshots: whether copies will go on from here.
    """
    spec = recorded.spec
    if budget_per_day is not None:
        spec = replace(spec, silence_budget_per_day=budget_per_day)
    home = Home(spec)
    twin = Twin(spec, recorded.readings)
    day_starts = set(_day_starts(recorded)) if snapshots else set[int]()
    stops_s = sorted(set(ask_s) | day_starts)
    stop = 0
    for index, reading in enumerate(recorded.readings):
        while stop < len(stops_s) and stops_s[stop] * 1000 <= reading.at_ms:
            at_s = stops_s[stop]
            twin.heard.take(home.advance(at_s * 1000))
            if at_s in day_starts:
                twin.snapshots.append(Snapshot(at_s * 1000, index, json.dumps(home.state())))
            twin.deadlines[at_s] = home.silence_deadlines_s()
            stop += 1
        twin.heard.take(home.step(reading))
    return twin


def _day_starts(recorded: Recorded) -> list[int]:
    local = LocalTime(recorded.spec.timezone)
    days = range(local.day(recorded.start_s) + 1, local.day(recorded.end_s) + 1)
    return [local.day_start_s(day) for day in days]


def resume(twin: Twin, changed: list[Reading], from_s: int, until_s: int) -> Heard:
    """What the twin's home would have said from its last snapshot on, had it been given `changed` instead.

    It is given every row up to the last one that is not later than `until_s`, and then time until `until_s`. Nothing
    may differ before `from_s` (what a wrong clock says apart).
    """
    first = first_difference(twin.readings, changed)
    first_ms = min(from_s * 1000, changed[first].at_ms) if first < len(changed) else from_s * 1000
    place = bisect_right(twin.snapshots, first, key=lambda snapshot: snapshot.rows) - 1
    while place >= 0 and twin.snapshots[place].at_ms > first_ms:
        place -= 1
    index, home = 0, Home(twin.spec)
    if place >= 0:
        index, home = twin.snapshots[place].rows, Home.restore(twin.spec, json.loads(twin.snapshots[place].text))
    end = len(changed)
    while end > index and changed[end - 1].at_ms > until_s * 1000:
        end -= 1
    heard = Heard()
    for reading in changed[index:end]:
        heard.take(home.step(reading))
    heard.take(home.advance(until_s * 1000))
    return heard


def first_difference(one: list[Reading], other: list[Reading]) -> int:
    """The first index at which two lists differ; the length of the shorter one if it begins the other."""
    for index, (mine, yours) in enumerate(zip(one, other, strict=False)):
        if mine is not yours and mine != yours:
            return index
    return min(len(one), len(other))
