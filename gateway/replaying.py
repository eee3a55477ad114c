"""A recorded home through the same `Home` as live: the messages it would have sent, and its deadlines.

The messages are numbered as the outbox would have numbered them and written in the order of the moments at
which they would have been raised.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from gateway.errors import InputError
from gateway.messages import drafts_of
from gateway.sources.replay import Tally
from gateway.store.allowance import Allowance
from gateway.store.journal import Journal
from models.home import Home
from models.localtime import HOUR_S, SLOT_S, LocalTime, utc_text
from models.vocabulary import Finding, HabitTable, Reading, Said


@dataclass(slots=True)
class Outcome:
    """What a replay came to.

    Attributes:
        readings: how many inputs the home was given.
        first_ms, last_ms: the moments of the first and the last of them (UTC).
        alerts: how many of each kind.
        messages: how many messages of all types.
    """

    readings: int = 0
    first_ms: int = 0
    last_ms: int = 0
    alerts: Counter[str] = field(default_factory=Counter)
    messages: int = 0

    def weeks(self, residents: int) -> float:
        """Person-weeks that the recording covers."""
        return residents * (self.last_ms - self.first_ms) / (7 * 86_400_000)


class JournalRecording:
    """The inputs that a stopped gateway's home.db still holds, as a recording.

    Attributes:
        total_bytes, bytes_read: how far the reading has come, in inputs.
        tally: every row counts as accepted: they were checked when they came in.

    Raises:
        InputError: there is no such file.
        StoreError: it cannot be used, for example because the daemon is running.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise InputError(
                f"{path} is not there.", advice="Give the home.db in the private folder of [gateway] data_dir."
            )
        self._journal = Journal.open(path, sound_only=True)
        self.total_bytes = max(1, self._journal.last_seq())
        self.bytes_read = 0
        self.tally = Tally()

    def readings(self) -> Iterator[tuple[int, Reading]]:
        """Each input as (sequence number, reading), in order."""
        clean = self._journal.opened.stopped_cleanly
        try:
            for seq, reading in self._journal.inputs():
                self.bytes_read = seq
                self.tally.accepted += 1
                yield seq, reading
        finally:
            if clean:
                self._journal.mark_clean_stop()
            self._journal.close()


class Replay:
    """One replay.

    Args:
        home: a new home.
        out: takes the messages, one JSON document a line.
        deadlines: takes `time,resident,silence_deadline`, or None.
        habits: takes the table of habits, or None.
    """

    def __init__(
        self,
        home: Home,
        out: Callable[[bytes], object],
        *,
        deadlines: TextIO | None = None,
        habits: TextIO | None = None,
    ) -> None:
        self.outcome = Outcome()
        self._home = home
        self._out = out
        self._deadlines = csv.writer(deadlines, lineterminator="\n") if deadlines else None
        self._habits = csv.writer(habits, lineterminator="\n") if habits else None
        self._known: set[str] = set()
        self._allowance = Allowance(dict[str, int]())
        self._next_hour_s = 0
        if self._deadlines:
            self._deadlines.writerow(("time", "resident", "silence_deadline"))
        if self._habits:
            columns = ("day", "resident", "habit", "observed", "usual_low", "usual_high", "rarity_days", "direction")
            self._habits.writerow(columns)

    def run(self, readings: Iterable[Reading]) -> Outcome:
        """Give the home `readings` one after the other; nothing happens after the last one."""
        home, outcome = self._home, self.outcome
        last_ms = 0
        for reading in readings:
            if self._deadlines:
                self._hours_until(reading.at_ms)
            said = home.step(reading)
            if said:
                self._say(said)
            outcome.readings += 1
            outcome.first_ms = outcome.first_ms or reading.at_ms
            last_ms = max(last_ms, reading.at_ms)
        outcome.last_ms = last_ms
        if self._deadlines and outcome.readings:
            self._write_deadlines(home.now_ms // 1000)
        return outcome

    def _hours_until(self, at_ms: int) -> None:
        if not self._next_hour_s:
            self._next_hour_s = full_hour_after_s(self._home.local, at_ms // 1000 - 1)
        while self._next_hour_s * 1000 < at_ms:
            self._say(self._home.advance(self._next_hour_s * 1000))
            self._write_deadlines(self._next_hour_s)
            self._next_hour_s = full_hour_after_s(self._home.local, self._next_hour_s)

    def _write_deadlines(self, at_s: int) -> None:
        assert self._deadlines
        for resident, deadline_s in self._home.silence_deadlines_s().items():
            self._deadlines.writerow((utc_text(at_s), resident, "" if deadline_s is None else utc_text(deadline_s)))

    def _say(self, said: Iterable[Said]) -> None:
        said = list(said)
        for draft in drafts_of(self._home.spec.id, said):
            if draft.id not in self._known:
                self._known.add(draft.id)
                body = draft.encode(self.outcome.messages + 1)
                if self._allowance.takes(draft, len(body)):
                    self.outcome.messages += 1
                    self._out(body + b"\n")
        for one in said:
            if isinstance(one, Finding):
                self.outcome.alerts[one.kind] += 1
            elif isinstance(one, HabitTable) and self._habits:
                self._write_habits(one)

    def _write_habits(self, table: HabitTable) -> None:
        assert self._habits
        for habit in table.habits:
            numbers = (habit.observed, habit.usual_low, habit.usual_high, habit.rarity_days)
            texts = ("" if number is None else f"{number:g}" for number in numbers)
            self._habits.writerow((table.day, table.resident, habit.name, *texts, habit.direction))


def full_hour_after_s(local: LocalTime, at_s: int) -> int:
    """The first UTC second after `at_s` at which the local clock shows a full hour."""
    moment_s = (at_s // SLOT_S + 1) * SLOT_S  # some zones are off by half an hour, and some move by it
    while local.second_of_day(moment_s) % HOUR_S:
        moment_s += SLOT_S
    return moment_s
