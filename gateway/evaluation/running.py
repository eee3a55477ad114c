"""A recording through `Home`: the untouched twin, and copies that go on from the twin's own state.

What a change leaves alone need not be lived through twice: a copy is resumed from the twin's last snapshot before
the first row that differs. That is exact, since a restored home says what the home would have said.
"""

import json
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from gateway.evaluation.recorded import Recorded
from models.home import Home
from models.kinds import AlertKind, Audience, Severity
from models.localtime import LocalTime
from models.vocabulary import Change, Finding, HabitTable, HomeSpec, Period, Reading, Said, Summary, Update
from models.wording_notes import restless_night


class Alert(NamedTuple):
    """One alert: to whom it refers, its kind by name, and the UTC second at which it opened."""

    resident: str
    kind: str
    severity: str
    care: bool
    opened_s: int


_Name = tuple[str, str, int]
"""An alert by resident, kind and when it first opened, which is how news of it names it."""


class Note(NamedTuple):
    """A weak sign that a day's summary told of: of whom, of which kind, and the UTC second of the summary."""

    resident: str
    kind: str
    told_s: int


def _begins(*, in_bed: bool) -> str:
    sign = restless_night(raised=1, nights=1, in_bed=in_bed, known_days=1, is_new=True)
    return f"Noted: {sign.observed.partition(' than usual')[0]}"


_RESTLESS: Final = (_begins(in_bed=True), _begins(in_bed=False))
"""How lines about restless nights begin; of the weak signs only these count for a change."""


@dataclass(slots=True)
class Heard:
    """What a home said.

    Attributes:
        alerts: in order. What is for the technician is among them.
        again: those that came back so soon after they had ended that it was news of the same alert, each at the moment
            at which it came back.
        notes: weak signs, which are lines of a summary and never alerts.
        ended: (resident, kind, opened, ended) of alerts that were resolved.
        tables: habits against what is usual.
    """

    alerts: list[Alert] = field(default_factory=list)
    again: list[Alert] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    ended: list[tuple[str, str, int, int]] = field(default_factory=list)
    tables: list[HabitTable] = field(default_factory=list)
    _by_name: dict[_Name, Alert] = field(default_factory=dict)
    _closed: dict[_Name, list[tuple[int, bool]]] = field(default_factory=dict)

    def goes_on(self, at_ms: int) -> "Heard":
        """An empty one for a copy that goes on at `at_ms`: what comes back may have been open before."""
        names = {name: alert for name, alert in self._by_name.items() if alert.opened_s * 1000 <= at_ms}
        closed = {
            name: [one for one in news if one[0] * 1000 <= at_ms]
            for name, news in self._closed.items()
            if name in names
        }
        return Heard(_by_name=names, _closed=closed)

    @property
    def openings(self) -> list[Alert]:
        """Alerts and those that came back, in order."""
        return sorted((*self.alerts, *self.again), key=lambda alert: alert.opened_s)

    def take(self, said: Iterable[Said]) -> None:
        """Note what was said."""
        for one in said:
            if isinstance(one, Finding):
                care = one.audience is Audience.CARE and one.severity is not Severity.NOTE
                alert = Alert(one.resident, str(one.kind), str(one.severity), care, one.opened_s)
                self.alerts.append(alert)
                self._by_name[one.resident, alert.kind, one.opened_s] = alert
            elif isinstance(one, Update):
                self._update(one)
            elif isinstance(one, Summary) and one.period is Period.DAY:
                told = [line for line in one.lines if line.startswith(_RESTLESS)]
                self.notes += [Note(one.resident, str(AlertKind.RESTLESS_NIGHT), one.raised_s) for _ in told]
            elif isinstance(one, HabitTable):
                self.tables.append(one)

    def _update(self, one: Update) -> None:
        name = (one.resident, str(one.kind), one.opened_s)
        news = self._closed.setdefault(name, [])
        if one.change is Change.RESOLVED:
            self.ended.append((*name, one.raised_s))
            news.append((one.raised_s, True))
        elif news and news[-1][1]:  # what is repeated while it is open is no news here
            self.again.append(self._by_name[name]._replace(opened_s=one.raised_s))
            news.append((one.raised_s, False))

    def open_at(self, at_s: int, resident: str, kinds: frozenset[str]) -> bool:
        """Whether an alert of one of `kinds` about `resident` was open at `at_s`."""

        def has_ended(alert: Alert) -> bool:
            return any(
                end_s <= at_s and (alert.opened_s < end_s or alert.opened_s == opened_s)
                for who, kind, opened_s, end_s in self.ended
                if (who, kind) == (alert.resident, alert.kind)
            )

        return any(
            alert.opened_s <= at_s and not has_ended(alert)
            for alert in self.openings
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
    recorded: Recorded,
    *,
    budget_per_day: float | None = None,
    attention_per_week: float | None = None,
    ask_s: Sequence[int] = (),
    snapshots: bool = False,
) -> Twin:
    """Live through `recorded`, score before learning, with nothing known of what comes.

    Args:
        recorded: the home.
        budget_per_day: the `inactivity` budget to solve for; None for the configuration's own.
        attention_per_week: the budget of attention-level alerts; None for the configuration's own.
        ask_s: moments at which to ask for the silence deadlines.
        snapshots: whether copies will go on from here.
    """
    spec = recorded.spec
    if budget_per_day is not None:
        spec = replace(spec, silence_budget_per_day=budget_per_day)
    if attention_per_week is not None:
        spec = replace(spec, attention_budget_per_week=attention_per_week)
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
    heard = twin.heard.goes_on(twin.snapshots[place].at_ms) if place >= 0 else Heard()
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
