"""All sections over all homes: one home at a time, each read once."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from gateway.evaluation import changes, faulting, labels, rivalry, twins
from gateway.evaluation.catalogue import CHANGES
from gateway.evaluation.faults import FAULTS
from gateway.evaluation.life import Life, lives
from gateway.evaluation.recorded import Recorded, load
from gateway.evaluation.running import Twin, run

SECTIONS: Final = ("twins", "silence", "changes", "rivals", "faults", "labels")


class Evaluation:
    """What was found so far.

    Args:
        sections: which of `SECTIONS` to measure.
        seed: of every lot that is drawn.
        per_home: how many copies of each change and fault in each home.
        tick: called as work goes on, with what is being done; `steps()` times a home.
    """

    def __init__(self, sections: Iterable[str], *, seed: int, per_home: int, tick: Callable[[str], None]) -> None:
        self.sections = frozenset(sections)
        self.seed = seed
        self.per_home = per_home
        self._tick = tick
        self._homes: list[str] = []
        self._twins: list[twins.TwinHome] = []
        self._silences: list[twins.SilenceHome] = []
        self._silent: list[str] = []
        self._trials: list[changes.Trial] = []
        self._skipped: dict[str, list[str]] = {}
        self._contests: list[rivalry.Contest] = []
        self._faults: list[faulting.FaultTrial] = []
        self._broken_not: dict[str, list[str]] = {}
        self._labelled: list[labels.LabelledHome] = []
        self._unlabelled: list[str] = []
        self._injecting = bool(self.sections & {"changes", "rivals"})

    def steps(self) -> int:
        """How often `tick` is called for one home."""
        silences = len(twins.BUDGETS) * ("silence" in self.sections)
        return 1 + silences + len(CHANGES) * self._injecting + len(FAULTS) * ("faults" in self.sections)

    def take(self, folder: Path) -> None:
        """Measure one home. Raises ConfigError or InputError where it cannot be read."""
        recorded = load(folder)
        self._homes.append(recorded.name)
        streams = lives(recorded)
        self._tick(f"{recorded.name}: the untouched twin")
        twin = run(recorded, snapshots=True)
        self._twins.append(twins.twin_home(recorded, twin))
        if "silence" in self.sections:
            self._silence(recorded, streams)
        if self._injecting:
            self._changes(streams, twin)
        if "faults" in self.sections:
            self._break(recorded, twin)
        if "labels" in self.sections:
            labelled = labels.labelled_home(recorded, twin.heard.tables)
            if labelled is None:
                self._unlabelled.append(recorded.name)
            else:
                self._labelled.append(labelled)

    def _silence(self, recorded: Recorded, streams: list[Life]) -> None:
        hours_s = {life.stream: life.waking_hours() if life.knows_places else [] for life in streams}
        measured = [life for life in streams if hours_s[life.stream]]
        if not measured:
            self._silent.append(recorded.name)
        for budget in twins.BUDGETS:
            self._tick(f"{recorded.name}: silence, {budget} false alerts a day")
            if measured:
                ask_s = sorted({at_s for hours in hours_s.values() for at_s in hours})
                twin = run(recorded, budget_per_day=budget, ask_s=ask_s)
                self._silences += [twins.silence_home(life, twin, budget, hours_s[life.stream]) for life in measured]

    def _changes(self, streams: list[Life], twin: Twin) -> None:
        contests = {}
        if "rivals" in self.sections:
            contests = {life.stream: rivalry.contest(life, twin) for life in streams if life.alone}
            self._contests += contests.values()
        for change in CHANGES:
            self._tick(f"{streams[0].recorded.name}: {change.name}")
            found = 0
            for life in streams:
                drawn = changes.draw(life, change, self.seed, self.per_home)
                found += len(drawn.injected)
                self._trials += [changes.trial(life, twin, change, injected) for injected in drawn.injected]
                for injected in drawn.injected if contests else ():
                    contests[life.stream].add(life, change, injected)
            if not found:
                self._skipped.setdefault(change.name, []).append(streams[0].recorded.name)

    def _break(self, recorded: Recorded, twin: Twin) -> None:
        for fault in FAULTS:
            self._tick(f"{recorded.name}: {fault.name}")
            trials = faulting.fault_trials(recorded, twin, fault, self.seed, self.per_home)
            self._faults += trials
            if not trials:
                self._broken_not.setdefault(fault.name, []).append(recorded.name)

    def account(self) -> dict[str, Any]:
        """Everything that was measured, as plain JSON."""
        found: dict[str, Any] = {"seed": self.seed, "per_home": self.per_home, "homes": self._homes}
        if "twins" in self.sections:
            found["twins"] = twins.twins_account(self._twins, self.seed)
        if "silence" in self.sections:
            found["silence"] = twins.silence_account(self._silences, self._silent, self.seed)
        if "changes" in self.sections:
            found["changes"] = changes.changes_account(self._trials, self._skipped, self.seed)
        if "rivals" in self.sections:
            found["rivals"] = rivalry.rivals_account(self._contests, self._trials, self.seed)
        if "faults" in self.sections:
            found["faults"] = faulting.faults_account(self._faults, self._broken_not)
        if "labels" in self.sections:
            found["labels"] = labels.labels_account(self._labelled, self._unlabelled, self.seed)
        return found
