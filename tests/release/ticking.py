"""A machine whose gate runs at the speed of thought: the daemon of each version is as well as the test says."""

from collections.abc import Callable
from dataclasses import dataclass, field

from gateway.release import looking
from gateway.release.gate import Gate
from gateway.release.services import DAEMON, Unit
from gateway.release.trial import Outcome, Result, Trials

from .ground import Box, Stand


@dataclass
class Machine:
    """A booted gateway.

    Attributes:
        new: how the version on trial does: `well`, `never up`, `crash loop`, or whatever `facts` makes of it.
        boot: the id of this boot.
        during: what else happens whenever time passes.
    """

    box: Box
    new: str = "well"
    boot: str = "boot-1"
    now_s: float = 0.0
    said: list[str] = field(default_factory=list)
    during: Callable[[], object] = lambda: None

    def __post_init__(self) -> None:
        self.stand = Stand(boot_id=self.boot)
        self._beaten_s = -1e9

    def gate(self, healthy_for_s: float = 900.0) -> Gate:
        return Gate(
            self.box.root, self.stand, clock=lambda: self.now_s, sleep=self.sleep,
            now_s=lambda: 1_790_000_000.0 + self.now_s, say=self.said.append, healthy_for_s=healthy_for_s,
        )  # fmt: skip

    def boots_until_decided(self) -> Result | None:
        """What wren-gate.path does after a boot: the gate runs if a trial is there. None if none was."""
        if not (Trials(self.box.root).folder / "trial.json").exists():
            return None
        outcome: Outcome | None = self.gate().run()
        return outcome.result if outcome else None

    def sleep(self, seconds: float) -> None:
        """Time passes, and the daemon does what its version does."""
        self.now_s += seconds
        self.during()
        trial = Trials(self.box.root).trial()
        on_trial = trial is not None and self.box.versions.current() == trial.new
        version = self.box.versions.manifest(self.box.versions.current() or "").version
        if on_trial and self.new == "never up":
            self.stand.units[DAEMON] = Unit("activating")
        elif on_trial and self.new == "crash loop":
            self.stand.units[DAEMON] = Unit("activating", int(self.now_s // 15))
        elif self.now_s - self._beaten_s >= 900.0:
            self._beaten_s = self.now_s
            self.box.beat(looking.beat(self.box.files.outbox).number + 1, version)
