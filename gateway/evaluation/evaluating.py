"""All sections over all homes: one home at a time, each read once."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from gateway.evaluation import calibrating, changes, faulting, labels, rivalry, twins
from gateway.evaluation.catalogue import CHANGES
from gateway.evaluation.faults import FAULTS
from gateway.evaluation.life import Life, lives
from gateway.evaluation.recorded import Recorded, load
from gateway.evaluation.running import Twin, run

SECTIONS: Final = ("twins", "silence", "calibration", "changes", "rivals", "faults", "labels")


class Evaluation:
    """What was found so far.

    Args:
        sections: which of `SECTIONS` to measure.
        seed: of every lot that is drawn.
        per_home: how many copies of each change and fault in each home.
        tick: called as work goes on, with what is being done; `steps` times a home.
    """

    def __init__(self, sections: Iterable[str], *, seed: int, per_home: int, tick: Callable[[str], None]) -> None:
        self.sections = frozenset(sections)
        self.seed = seed
        self.per_home = per_home
        self.tick = tick
        self._homes: list[str] = []
        self._twins: list[twins.TwinHome] = []
        self._silences: list[twins.SilenceHome] = []
        self._silent: list[str] = []
        self._inactivity: list[calibrating.Realised] = []
        self._attention: list[calibrating.Realised] = []
        self._rarities: list[calibrating.Rarities] = []
        self._trials: list[changes.Trial] = []
        self._skipped: dict[str, list[str]] = {}
        self._contests: list[rivalry.Contest] = []
        self._faults: list[faulting.FaultTrial] = []
        self._broken_not: dict[str, list[str]] = {}
        self._labelled: list[labels.LabelledHome] = []
        self._unlabelled: list[str] = []
        self._injecting = bool(self.sections & {"changes", "rivals"})

    def take(self, folder: Path) -> None:
        """Measure one home. Raises ConfigError or InputError where it cannot be read."""
        recorded = load(folder)
        self._homes.append(recorded.name)
        streams = lives(recorded)
        self.tick(f"{recorded.name}: the untouched twin")
        twin = run(recorded, snapshots=True)
        self._twins.append(twins.twin_home(recorded, twin))
        if _silence_budgets(self.sections):
            self._silence(recorded, streams)
        if "calibration" in self.sections:
            self._calibrate(recorded, twin)
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
        ask_s = sorted({at_s for hours in hours_s.values() for at_s in hours}.union(calibrating.noons_s(recorded)))
        for budget in _silence_budgets(self.sections):
            self.tick(f"{recorded.name}: silence, {budget} false alerts a day")
            if not measured and "calibration" not in self.sections:
                continue
            twin = run(recorded, budget_per_day=budget, ask_s=ask_s)
            self._inactivity.append(calibrating.inactivity(recorded, twin, budget))
            if budget in twins.BUDGETS:
                self._silences += [twins.silence_home(life, twin, budget, hours_s[life.stream]) for life in measured]

    def _calibrate(self, recorded: Recorded, twin: Twin) -> None:
        self._rarities.append(calibrating.rarities(recorded, twin.heard.tables))
        for budget in calibrating.ATTENTION_PER_WEEK:
            self.tick(f"{recorded.name}: calibration, {budget} alerts a week")
            is_own = budget == recorded.spec.attention_budget_per_week
            lived = twin if is_own else run(recorded, attention_per_week=budget)
            self._attention.append(calibrating.attention(recorded, lived, budget))

    def _changes(self, streams: list[Life], twin: Twin) -> None:
        contests = {}
        if "rivals" in self.sections:
            contests = {life.stream: rivalry.contest(life, twin) for life in streams if life.alone}
            self._contests += contests.values()
        for change in CHANGES:
            self.tick(f"{streams[0].recorded.name}: {change.name}")
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
            self.tick(f"{recorded.name}: {fault.name}")
            trials = faulting.fault_trials(recorded, twin, fault, self.seed, self.per_home)
            self._faults += trials
            if not trials:
                self._broken_not.setdefault(fault.name, []).append(recorded.name)

    def add(self, other: "Evaluation") -> None:
        """Take over what another one, of the same sections, seed and copies, has found in other homes."""
        for name, mine in vars(self).items():
            theirs = getattr(other, name)
            if isinstance(mine, list):
                mine.extend(theirs)
            elif isinstance(mine, dict):
                for key, homes in theirs.items():
                    mine.setdefault(key, []).extend(homes)

    def account(self) -> dict[str, Any]:
        """Everything that was measured, as plain JSON."""
        found: dict[str, Any] = {"seed": self.seed, "per_home": self.per_home, "homes": self._homes}
        if "twins" in self.sections:
            found["twins"] = twins.twins_account(self._twins, self.seed)
        if "silence" in self.sections:
            found["silence"] = twins.silence_account(self._silences, self._silent, self.seed)
        if "calibration" in self.sections:
            found["calibration"] = calibrating.calibration_account(
                self._inactivity, self._attention, self._rarities, self.seed
            )
        if "changes" in self.sections:
            found["changes"] = changes.changes_account(self._trials, self._skipped, self.seed)
        if "rivals" in self.sections:
            found["rivals"] = rivalry.rivals_account(self._contests, self._trials, self.seed)
        if "faults" in self.sections:
            found["faults"] = faulting.faults_account(self._faults, self._broken_not)
        if "labels" in self.sections:
            found["labels"] = labels.labels_account(self._labelled, self._unlabelled, self.seed)
        return found


def steps(sections: Iterable[str]) -> int:
    """How often `tick` is called for one home when `sections` are measured."""
    asked = frozenset(sections)
    budgets = len(_silence_budgets(asked)) + len(calibrating.ATTENTION_PER_WEEK) * ("calibration" in asked)
    injecting = bool(asked & {"changes", "rivals"})
    return 1 + budgets + len(CHANGES) * injecting + len(FAULTS) * ("faults" in asked)


def _silence_budgets(sections: frozenset[str]) -> list[float]:
    """The budgets of `inactivity` under which a home is lived through: one run serves both sections."""
    asked = set(twins.BUDGETS) if "silence" in sections else set[float]()
    asked |= set(calibrating.INACTIVITY_PER_DAY) if "calibration" in sections else set[float]()
    return sorted(asked)
